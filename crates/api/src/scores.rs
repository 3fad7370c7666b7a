//! `/scorecards`, `/scores` and `/calls/{id}/scores`: how good calls were, as those who listened say.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use model::Problem;
use pbx::score::{self, Card, CardPatch, Given, NewCard, Question, Report, Score};
use rest::input::field_id;
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_cards, create_card))
        .routes(routes!(show_card, update_card, delete_card))
        .routes(routes!(card_version))
        .routes(routes!(of_call))
        .routes(routes!(give))
        .routes(routes!(search))
        .routes(routes!(report))
        .routes(routes!(show, take_back))
        .routes(routes!(dispute))
        .routes(routes!(settle))
}

/// The scorecards.
#[utoipa::path(get, path = "/scorecards", tag = "scores", params(Paging), responses((status = 200, body = PageOf<Card>)))]
async fn list_cards(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Card>>> {
    Ok(PageOf::of(score::list(&actor, &state.db, paging.request()?).await?, |card| card))
}

/// Create a scorecard.
#[utoipa::path(post, path = "/scorecards", tag = "scores", request_body = NewCard, responses((status = 201, body = Card)))]
async fn create_card(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewCard>,
) -> Answer<(StatusCode, axum::Json<Card>)> {
    Ok((StatusCode::CREATED, axum::Json(score::create(&actor, &state.db, new).await?)))
}

/// One scorecard.
#[utoipa::path(get, path = "/scorecards/{scorecard_id}", tag = "scores", params(("scorecard_id" = String, Path)),
    responses((status = 200, body = Card)))]
async fn show_card(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(card): Path<String>,
) -> Answer<axum::Json<Card>> {
    Ok(axum::Json(score::get(&actor, &state.db, id("scorecard", &card)?).await?))
}

/// Change a scorecard; other questions make a new version, and scores keep the version they were given by.
#[utoipa::path(patch, path = "/scorecards/{scorecard_id}", tag = "scores", params(("scorecard_id" = String, Path)),
    request_body = CardPatch, responses((status = 200, body = Card)))]
async fn update_card(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(card): Path<String>,
    Json(patch): Json<CardPatch>,
) -> Answer<axum::Json<Card>> {
    Ok(axum::Json(score::update(&actor, &state.db, id("scorecard", &card)?, patch).await?))
}

/// Delete a scorecard by which nothing was scored.
#[utoipa::path(delete, path = "/scorecards/{scorecard_id}", tag = "scores", params(("scorecard_id" = String, Path)),
    responses((status = 204)))]
async fn delete_card(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(card): Path<String>,
) -> Answer<StatusCode> {
    score::delete(&actor, &state.db, id("scorecard", &card)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The questions of one version of a scorecard.
#[derive(Serialize, ToSchema)]
struct ScorecardVersion {
    version: i64,
    questions: Vec<Question>,
}

/// The questions as they were in a version, for scores that were given by it.
#[utoipa::path(get, path = "/scorecards/{scorecard_id}/versions/{version}", tag = "scores",
    params(("scorecard_id" = String, Path), ("version" = i64, Path)), responses((status = 200, body = ScorecardVersion)))]
async fn card_version(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((card, version)): Path<(String, String)>,
) -> Answer<axum::Json<ScorecardVersion>> {
    let version: i64 = version.parse().map_err(|_| Problem::not_found("scorecard"))?;
    let questions = score::questions(&actor, &state.db, id("scorecard", &card)?, version).await?;
    Ok(axum::Json(ScorecardVersion { version, questions }))
}

/// The scores of a call.
#[derive(Serialize, ToSchema)]
struct CallScores {
    items: Vec<Score>,
}

/// The scores of a call, whoever gave them. Agents see those of their own calls.
#[utoipa::path(get, path = "/calls/{call_id}/scores", tag = "scores", params(("call_id" = String, Path)),
    responses((status = 200, body = CallScores)))]
async fn of_call(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<axum::Json<CallScores>> {
    let items = score::of_call(&actor, &state.db, id("call", &call)?).await?;
    Ok(axum::Json(CallScores { items }))
}

/// Score a call by a scorecard, or change what the same person gave by it. For supervisors; not one's own call.
#[utoipa::path(put, path = "/calls/{call_id}/scores/{scorecard_id}", tag = "scores",
    params(("call_id" = String, Path), ("scorecard_id" = String, Path)), request_body = Given,
    responses((status = 200, body = Score)))]
async fn give(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((call, card)): Path<(String, String)>,
    Json(given): Json<Given>,
) -> Answer<axum::Json<Score>> {
    let (call, card) = (id("call", &call)?, id("scorecard", &card)?);
    Ok(axum::Json(score::give(&actor, &state.db, call, card, given).await?))
}

/// Which scores; all conditions hold together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The id of the extension whose calls they are of.
    extension: Option<String>,
    /// The id of the scorecard.
    scorecard: Option<String>,
    /// `given`, `disputed` or `settled`.
    state: Option<String>,
    /// Of calls that began then or later, milliseconds since 1970.
    from: Option<i64>,
    /// Of calls that began before then.
    to: Option<i64>,
    /// How many at most; 50 when left out. Of lists.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before. Of lists.
    after: Option<String>,
}

impl Wanted {
    fn filter(&self) -> Result<score::Wanted, Problem> {
        let state = self.state.as_deref().map(|word| {
            let words = "Use given, disputed or settled.";
            score::State::parse(word).ok_or_else(|| Problem::invalid("state", words))
        });
        Ok(score::Wanted {
            extension: self.extension.as_deref().map(|text| field_id("extension", text)).transpose()?,
            card: self.scorecard.as_deref().map(|text| field_id("scorecard", text)).transpose()?,
            state: state.transpose()?,
            from: self.from,
            to: self.to,
        })
    }
}

/// Scores, those of the newest calls first. Agents see those of their own calls.
#[utoipa::path(get, path = "/scores", tag = "scores", params(Wanted), responses((status = 200, body = PageOf<Score>)))]
async fn search(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<PageOf<Score>>> {
    let filter = wanted.filter()?;
    let page = page_request(wanted.limit, wanted.after)?;
    Ok(PageOf::of(score::search(&actor, &state.db, filter, page).await?, |score| score))
}

/// How good the calls were, by agent and by question. Agents see their own.
#[utoipa::path(get, path = "/scores/report", tag = "scores", params(Wanted), responses((status = 200, body = Report)))]
async fn report(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<Report>> {
    Ok(axum::Json(score::report(&actor, &state.db, wanted.filter()?).await?))
}

/// One score.
#[utoipa::path(get, path = "/scores/{score_id}", tag = "scores", params(("score_id" = String, Path)),
    responses((status = 200, body = Score)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(score): Path<String>,
) -> Answer<axum::Json<Score>> {
    Ok(axum::Json(score::find(&actor, &state.db, id("score", &score)?).await?))
}

/// Take a score back, as if it had not been given.
#[utoipa::path(delete, path = "/scores/{score_id}", tag = "scores", params(("score_id" = String, Path)),
    responses((status = 204)))]
async fn take_back(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(score): Path<String>,
) -> Answer<StatusCode> {
    score::take_back(&actor, &state.db, id("score", &score)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a score is disputed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScoreDispute {
    reason: String,
}

/// Dispute the score of one's own call, once.
#[utoipa::path(put, path = "/scores/{score_id}/dispute", tag = "scores", params(("score_id" = String, Path)),
    request_body = ScoreDispute, responses((status = 200, body = Score)))]
async fn dispute(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(score): Path<String>,
    Json(wanted): Json<ScoreDispute>,
) -> Answer<axum::Json<Score>> {
    Ok(axum::Json(score::dispute(&actor, &state.db, id("score", &score)?, &wanted.reason).await?))
}

/// What a supervisor answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScoreSettlement {
    reply: String,
}

/// Answer a dispute; change the score before, when it is right.
#[utoipa::path(put, path = "/scores/{score_id}/settlement", tag = "scores", params(("score_id" = String, Path)),
    request_body = ScoreSettlement, responses((status = 200, body = Score)))]
async fn settle(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(score): Path<String>,
    Json(wanted): Json<ScoreSettlement>,
) -> Answer<axum::Json<Score>> {
    Ok(axum::Json(score::settle(&actor, &state.db, id("score", &score)?, &wanted.reply).await?))
}

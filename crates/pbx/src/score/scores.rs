//! What one can do with the scores of calls. Supervisors give, change and settle them; agents see those of their own calls,
//! and dispute them.

use super::card::{Question, score};
use super::cards::{unknown, who};
use super::repo;
use crate::calls::repo as calls;
use crate::extension;
use model::{Actor, CallId, ExtensionId, Faults, Page, PageRequest, Permission, Problem, ScoreId, ScorecardId};
use serde::{Deserialize, Serialize};
use store::{Db, NewEvent, Tx, mint, now};

/// How far a score is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ScoreState))]
pub enum State {
    /// It was given.
    Given,
    /// Whose call it is thinks otherwise.
    Disputed,
    /// A supervisor has answered that.
    Settled,
}

impl State {
    pub(crate) const ALL: [(State, &'static str); 3] =
        [(State::Given, "given"), (State::Disputed, "disputed"), (State::Settled, "settled")];

    /// The state with this word.
    pub fn parse(word: &str) -> Option<State> {
        crate::trunk::value(&State::ALL, word)
    }
}

/// The score of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallScore))]
pub struct Score {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "scr_01hv3k0000000000000000000"))]
    pub id: ScoreId,
    /// Of which call.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub call: CallId,
    /// By which scorecard.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub card: ScorecardId,
    /// Its name now.
    pub card_name: String,
    /// Of which version of it.
    pub card_version: i64,
    /// Whose call it was.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub extension: ExtensionId,
    /// Who gave it: a person or a key.
    pub scorer: String,
    /// How much of what can be reached, in hundredths of a percent: 10000 is all.
    pub score: i64,
    /// What the scorer says of it all.
    pub comment: String,
    /// How far it is.
    pub state: State,
    /// Why it is disputed; empty when it was not.
    pub dispute: String,
    /// What was answered; empty when nothing was.
    pub reply: String,
    /// The points, question by question.
    pub answers: Vec<Answer>,
    /// When the call began, milliseconds since 1970.
    pub called_at: i64,
    /// When the score was given.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// The points for one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallScoreAnswer))]
pub struct Answer {
    /// The question's key.
    pub question: String,
    /// The points; null when it did not apply to this call.
    pub points: Option<i64>,
    /// Of how many; told, not taken.
    #[serde(default)]
    pub most: i64,
    /// What the scorer says of it.
    #[serde(default)]
    pub comment: String,
}

/// A score to give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewCallScore))]
pub struct Given {
    /// The points of every question.
    pub answers: Vec<Answer>,
    /// What the scorer says of it all.
    #[serde(default)]
    pub comment: String,
}

/// Which scores; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of whose calls.
    pub extension: Option<ExtensionId>,
    /// By which scorecard.
    pub card: Option<ScorecardId>,
    /// In which state.
    pub state: Option<State>,
    /// Of calls that began then or later, milliseconds since 1970.
    pub from: Option<i64>,
    /// Of calls that began before then.
    pub to: Option<i64>,
}

impl Given {
    /// The points in the order of the questions.
    fn check(&self, questions: &[Question]) -> Result<Vec<Answer>, Problem> {
        let mut faults = Faults::default();
        for (number, answer) in self.answers.iter().enumerate() {
            let field = |name: &str| format!("answers[{number}].{name}");
            let Some(question) = questions.iter().find(|question| question.key == answer.question) else {
                faults.add(field("question"), "The scorecard has no such question.");
                continue;
            };
            if self.answers[..number].iter().any(|earlier| earlier.question == answer.question) {
                faults.add(field("question"), "This question is answered already.");
            }
            if answer.points.is_some_and(|points| !(0..=question.most).contains(&points)) {
                faults.add(field("points"), format!("Use 0 to {}, or null where it does not apply.", question.most));
            }
            if answer.comment.chars().count() > 2_000 {
                faults.add(field("comment"), "Use at most 2000 characters.");
            }
        }
        if self.comment.chars().count() > 5_000 {
            faults.add("comment", "Use at most 5000 characters.");
        }
        let missing: Vec<&str> = questions
            .iter()
            .map(|question| question.key.as_str())
            .filter(|key| !self.answers.iter().any(|answer| answer.question == *key))
            .collect();
        if !missing.is_empty() {
            faults.add("answers", format!("Answer these too: {}.", missing.join(", ")));
        }
        faults.done()?;
        let answer = |question: &Question| {
            let given = self.answers.iter().find(|answer| answer.question == question.key)?;
            Some(Answer { most: question.most, comment: given.comment.trim().to_owned(), ..given.clone() })
        };
        Ok(questions.iter().filter_map(answer).collect())
    }
}

/// Scores a call, or changes the score that the same person gave by the same card. A disputed score that is changed is settled.
pub async fn give(actor: &Actor, db: &Db, call: CallId, card: ScorecardId, given: Given) -> Result<Score, Problem> {
    actor.require(Permission::Supervise)?;
    let mut tx = db.write(actor.tenant).await?;
    let found = calls::find(&mut tx, call).await?.ok_or_else(|| Problem::not_found("call"))?.call;
    let card = repo::lock_card(&mut tx, card).await?.ok_or_else(unknown)?;
    if !card.enabled {
        return Err(Problem::conflict("scorecard_off", "This scorecard is switched off; use another."));
    }
    let Some(extension) = found.extension else {
        return Err(Problem::conflict("nobody_to_score", "No extension answered or placed this call."));
    };
    let own = extension::repo::find(&mut tx, extension).await?.and_then(|extension| extension.user);
    if own.is_some() && own == actor.user {
        return Err(Problem::forbidden("own_call", "This is your own call; let somebody else score it."));
    }
    let scorer = who(actor);
    let earlier = repo::find_by(&mut tx, call, card.id, &scorer).await?;
    // What was scored by an earlier version is changed by it.
    let (version, questions) = match &earlier {
        Some(earlier) if earlier.card_version != card.version => {
            let questions = repo::questions(&mut tx, card.id, earlier.card_version).await?.ok_or_else(unknown)?;
            (earlier.card_version, questions)
        }
        Some(_) | None => (card.version, card.questions),
    };
    let answers = given.check(&questions)?;
    let comment = given.comment;
    let points: Vec<Option<i64>> = answers.iter().map(|answer| answer.points).collect();
    let Some(hundredths) = score(&questions, &points) else {
        return Err(Problem::invalid("answers", "Give points to at least one question."));
    };
    let at = now().as_millis();
    let disputed = earlier.as_ref().is_some_and(|earlier| earlier.state != State::Given);
    let given = Score {
        id: earlier.as_ref().map_or_else(mint, |earlier| earlier.id),
        call,
        card: card.id,
        card_name: card.name,
        card_version: version,
        extension,
        scorer,
        score: hundredths,
        comment: comment.trim().to_owned(),
        state: if disputed { State::Settled } else { State::Given },
        dispute: earlier.as_ref().map(|earlier| earlier.dispute.clone()).unwrap_or_default(),
        reply: earlier.as_ref().map(|earlier| earlier.reply.clone()).unwrap_or_default(),
        answers,
        called_at: found.started_at,
        created_at: earlier.as_ref().map_or(at, |earlier| earlier.created_at),
        updated_at: at,
    };
    repo::save_score(&mut tx, &given).await?;
    tx.emit(event("call.scored", &given));
    tx.commit().await?;
    Ok(given)
}

/// The scores of a call; an agent's own calls only, for agents.
pub async fn of_call(actor: &Actor, db: &Db, call: CallId) -> Result<Vec<Score>, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    let own = own(actor, &mut tx).await?;
    let found = calls::find(&mut tx, call).await?.ok_or_else(|| Problem::not_found("call"))?;
    if own.is_some_and(|own| own != found.call.extension) {
        return Err(Problem::not_found("call"));
    }
    Ok(repo::of_call(&mut tx, call).await?)
}

/// Scores, those of the newest calls first; those of the own calls, for agents.
pub async fn search(actor: &Actor, db: &Db, mut wanted: Wanted, page: PageRequest) -> Result<Page<Score>, Problem> {
    let after = page.after.as_deref().map(read_key).transpose()?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    match own(actor, &mut tx).await? {
        Some(None) => return Ok(Page { items: Vec::new(), next: None }),
        Some(own) => wanted.extension = own,
        None => {}
    }
    let rows = repo::search(&mut tx, &wanted, after, limit).await?;
    Ok(Page::from_rows(rows, limit, |score| format!("{}.{}", score.called_at, score.id)))
}

fn read_key(text: &str) -> Result<(i64, ScoreId), Problem> {
    let parts = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parts.ok_or_else(|| Problem::invalid("after", "Send the `next` of the page before."))
}

/// One score.
pub async fn find(actor: &Actor, db: &Db, id: ScoreId) -> Result<Score, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    visible(actor, &mut tx, id).await
}

/// Who was scored thinks otherwise.
pub async fn dispute(actor: &Actor, db: &Db, id: ScoreId, why: &str) -> Result<Score, Problem> {
    let why = said("reason", why)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut score = visible(actor, &mut tx, id).await?;
    let user = extension::repo::find(&mut tx, score.extension).await?.and_then(|extension| extension.user);
    if user.is_none() || user != actor.user {
        return Err(Problem::forbidden("not_your_call", "Only who was scored disputes a score."));
    }
    if score.state != State::Given {
        return Err(Problem::conflict("disputed_already", "This score was disputed already."));
    }
    (score.state, score.dispute, score.updated_at) = (State::Disputed, why, now().as_millis());
    repo::save_state(&mut tx, &score).await?;
    tx.emit(event("call.score_disputed", &score));
    tx.commit().await?;
    Ok(score)
}

/// A supervisor answers a dispute; the score stays, or was changed before.
pub async fn settle(actor: &Actor, db: &Db, id: ScoreId, reply: &str) -> Result<Score, Problem> {
    actor.require(Permission::Supervise)?;
    let reply = said("reply", reply)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut score = visible(actor, &mut tx, id).await?;
    if score.state == State::Given {
        return Err(Problem::conflict("not_disputed", "This score is not disputed."));
    }
    (score.state, score.reply, score.updated_at) = (State::Settled, reply, now().as_millis());
    repo::save_state(&mut tx, &score).await?;
    tx.emit(event("call.score_settled", &score));
    tx.commit().await?;
    Ok(score)
}

/// Takes a score back, as if it had not been given. Its giver or a supervisor may.
pub async fn take_back(actor: &Actor, db: &Db, id: ScoreId) -> Result<(), Problem> {
    actor.require(Permission::Supervise)?;
    let mut tx = db.write(actor.tenant).await?;
    let score = visible(actor, &mut tx, id).await?;
    repo::delete_score(&mut tx, id).await?;
    tx.emit(event("call.score_deleted", &score));
    tx.commit().await?;
    Ok(())
}

fn said(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if (1..=2_000).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid(field, "Say it in 1 to 2000 characters."))
}

async fn visible(actor: &Actor, tx: &mut Tx, id: ScoreId) -> Result<Score, Problem> {
    let own = own(actor, tx).await?;
    let score = repo::find_score(tx, id).await?.ok_or_else(|| Problem::not_found("score"))?;
    match own {
        Some(own) if own != Some(score.extension) => Err(Problem::not_found("score")),
        Some(_) | None => Ok(score),
    }
}

/// None for who sees all scores; else the extension whose scores are seen, if there is one.
pub(super) async fn own(actor: &Actor, tx: &mut Tx) -> Result<Option<Option<ExtensionId>>, Problem> {
    if actor.role.may(Permission::ViewCalls) {
        return Ok(None);
    }
    actor.require(Permission::MakeCalls)?;
    let Some(user) = actor.user else { return Ok(Some(None)) };
    Ok(Some(extension::repo::find_by_user(tx, user).await?.map(|extension| extension.id)))
}

fn event(kind: &'static str, score: &Score) -> NewEvent {
    let data = serde_json::json!({
        "id": score.id.to_string(),
        "call_id": score.call.to_string(),
        "scorecard_id": score.card.to_string(),
        "extension_id": score.extension.to_string(),
        "score": score.score,
        "state": crate::trunk::word(&State::ALL, score.state),
    });
    NewEvent { kind, call: Some(score.call), data: data.to_string() }
}

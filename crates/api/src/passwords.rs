//! `/password-links`: choosing a password by a link that was mailed, without being logged in.

use crate::State;
use account::link::{self, Language, Shown};
use axum::extract;
use axum::http::StatusCode;
use model::Problem;
use rest::{Answer, Caller, Json, Source};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What requests for links are counted under, beside the logins: no login has a space.
const ASKED: &str = "forgotten passwords";

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(show)).routes(routes!(redeem)).routes(routes!(join))
}

/// Who forgot the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForgottenPassword {
    /// The login, or the address that only one person has.
    login: String,
    /// The language of the mail; Vietnamese when missing.
    #[serde(default)]
    #[schema(value_type = Option<Language>)]
    language: Language,
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordLinkToken {
    /// What stands behind `#` in the link.
    token: String,
}

/// A password chosen by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChosenPassword {
    /// What stands behind `#` in the link.
    token: String,
    /// The new password, 10–128 characters.
    password: String,
}

/// Ask for a mail with a link to choose a new password. The answer is the same whether or not the login is known.
#[utoipa::path(post, path = "/password-links", tag = "session", request_body = ForgottenPassword, security(()),
    responses((status = 202, description = "A mail is on its way, if the login is known."),
        (status = 409, description = "`mail_not_set`: this server sends no mail.", body = rest::ProblemBody)))]
async fn ask(
    Source(source): Source,
    extract::State(state): extract::State<State>,
    Json(asked): Json<ForgottenPassword>,
) -> Answer<StatusCode> {
    if !state.post.mail {
        let message = "This server sends no mail; ask who manages your company for a new password.";
        return Err(Problem::conflict("mail_not_set", message).into());
    }
    state.logins.attempts().check(source, ASKED, state.logins.now())?;
    state.logins.attempts().failed(source, ASKED, state.logins.now());
    // Apart, so that the time it takes tells nothing.
    tokio::spawn(async move {
        if let Err(problem) = link::forgotten(&state.db, &state.post, &asked.login, asked.language).await {
            tracing::warn!("a link for a new password could not be made: {problem}");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// What a link opens: for whom and what for.
#[utoipa::path(post, path = "/password-links/show", tag = "session", request_body = PasswordLinkToken, security(()),
    responses((status = 200, body = Shown)))]
async fn show(
    extract::State(state): extract::State<State>,
    Json(body): Json<PasswordLinkToken>,
) -> Answer<axum::Json<Shown>> {
    Ok(axum::Json(link::show(&state.db, &body.token).await?))
}

/// Choose the password. The link counts once; all sessions of the person end.
#[utoipa::path(post, path = "/password-links/use", tag = "session", request_body = ChosenPassword, security(()),
    responses((status = 204)))]
async fn redeem(extract::State(state): extract::State<State>, Json(body): Json<ChosenPassword>) -> Answer<StatusCode> {
    link::redeem(&state.db, &body.token, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation with the account one is logged in with: one works for that company too. The link counts once.
#[utoipa::path(post, path = "/password-links/join", tag = "session", request_body = PasswordLinkToken,
    responses((status = 204), (status = 409, description = "`already_member`: one works there already.", body = rest::ProblemBody)))]
async fn join(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(body): Json<PasswordLinkToken>,
) -> Answer<StatusCode> {
    link::join(&actor, &state.db, &body.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What people write on calls that ended: what came of them, notes, and comments.

use crate::State;
use account::user;
use axum::extract;
use axum::http::StatusCode;
use model::{Actor, Problem, UserId};
use pbx::calls::{self, Call, Comment, NewComment, Note, NotePatch};
use rest::{Answer, Caller, Json, Path, id};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(wrap_up)).routes(routes!(list, say)).routes(routes!(take_back))
}

/// A call as lists show it, with what people wrote on it.
#[derive(Serialize, ToSchema)]
pub(super) struct CallInList {
    #[serde(flatten)]
    call: Call,
    /// What people wrote on it; missing while nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    wrap_up: Option<Note>,
}

/// The calls with what people wrote on them.
pub(super) async fn with_notes(actor: &Actor, state: &State, calls: Vec<Call>) -> Result<Vec<CallInList>, Problem> {
    let ids: Vec<_> = calls.iter().map(|call| call.id).collect();
    let mut notes = calls::notes(actor, &state.db, &ids).await?;
    Ok(calls.into_iter().map(|call| CallInList { wrap_up: notes.remove(&call.id), call }).collect())
}

/// A comment with its author's name.
#[derive(Serialize, ToSchema)]
struct CallRemark {
    #[serde(flatten)]
    comment: Comment,
    /// What its author is called; missing when a program wrote it.
    author_name: Option<String>,
}

/// What was said about a call.
#[derive(Serialize, ToSchema)]
struct CallRemarks {
    items: Vec<CallRemark>,
}

fn named(comment: Comment, names: &HashMap<UserId, String>) -> CallRemark {
    CallRemark { author_name: comment.author.and_then(|id| names.get(&id).cloned()), comment }
}

/// Write what came of a call, and a note. People who may not see all calls write on those of their own extension.
#[utoipa::path(patch, path = "/calls/{call_id}/wrap-up", tag = "calls", params(("call_id" = String, Path)),
    request_body = NotePatch, responses((status = 200, body = Note)))]
async fn wrap_up(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(patch): Json<NotePatch>,
) -> Answer<axum::Json<Note>> {
    Ok(axum::Json(calls::annotate(&actor, &state.db, id("call", &call)?, patch).await?))
}

/// What people said about a call, oldest first.
#[utoipa::path(get, path = "/calls/{call_id}/comments", tag = "calls", params(("call_id" = String, Path)),
    responses((status = 200, body = CallRemarks)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<axum::Json<CallRemarks>> {
    let comments = calls::comments(&actor, &state.db, id("call", &call)?).await?;
    let authors: Vec<UserId> = comments.iter().filter_map(|comment| comment.author).collect();
    let names = user::names(&actor, &state.db, &authors).await?;
    let items = comments.into_iter().map(|comment| named(comment, &names)).collect();
    Ok(axum::Json(CallRemarks { items }))
}

/// Say something about a call, with the place in its recording that is meant.
#[utoipa::path(post, path = "/calls/{call_id}/comments", tag = "calls", params(("call_id" = String, Path)),
    request_body = NewComment, responses((status = 201, body = CallRemark)))]
async fn say(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(new): Json<NewComment>,
) -> Answer<(StatusCode, axum::Json<CallRemark>)> {
    let comment = calls::comment(&actor, &state.db, id("call", &call)?, new).await?;
    let names = user::names(&actor, &state.db, comment.author.as_slice()).await?;
    Ok((StatusCode::CREATED, axum::Json(named(comment, &names))))
}

/// Take back what one said; a supervisor takes back anything.
#[utoipa::path(delete, path = "/calls/{call_id}/comments/{comment_id}", tag = "calls",
    params(("call_id" = String, Path), ("comment_id" = String, Path)), responses((status = 204)))]
async fn take_back(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((call, comment)): Path<(String, String)>,
) -> Answer<StatusCode> {
    calls::uncomment(&actor, &state.db, id("call", &call)?, id("comment", &comment)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

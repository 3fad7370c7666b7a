//! What people say about a finished call, each with its author, its time, and the place in the recording that is meant.

mod repo;
#[cfg(test)]
mod tests;

use super::own;
use model::{Actor, CallId, CommentId, Faults, Permission, Problem, UserId};
use serde::{Deserialize, Serialize};
use store::{Db, NewEvent, mint, now};

/// The most comments of one call.
const MOST: i64 = 500;
/// The longest recording that a place can lie in: a day.
const LONGEST_MS: i64 = 86_400_000;

/// What somebody said about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallComment))]
pub struct Comment {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "cmt_01hv3k0000000000000000000"))]
    pub id: CommentId,
    /// Who said it; missing when a program did.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub author: Option<UserId>,
    /// What was said.
    pub body: String,
    /// The place in the recording that is meant.
    pub at_ms: Option<i64>,
    /// When it was said, milliseconds since 1970.
    pub created_at: i64,
}

/// Something to say about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewCallComment))]
pub struct NewComment {
    /// What is said, 1 to 4,000 characters.
    pub body: String,
    /// The place in the recording that is meant, within a day.
    #[serde(default)]
    pub at_ms: Option<i64>,
}

impl NewComment {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if !(1..=4_000).contains(&self.body.trim().chars().count()) {
            faults.add("body", "Write 1 to 4000 characters.");
        }
        if self.at_ms.is_some_and(|at| !(0..LONGEST_MS).contains(&at)) {
            faults.add("at_ms", "Use a place in the recording, in milliseconds from its beginning.");
        }
        faults.done()
    }
}

/// What was said about a call that one may see, oldest first.
pub async fn comments(actor: &Actor, db: &Db, call: CallId) -> Result<Vec<Comment>, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    own::find(actor, &mut tx, call).await?;
    Ok(repo::of(&mut tx, call).await?)
}

/// Says something about a call that one may see.
pub async fn comment(actor: &Actor, db: &Db, call: CallId, new: NewComment) -> Result<Comment, Problem> {
    let mut tx = db.write(actor.tenant).await?;
    own::find(actor, &mut tx, call).await?;
    new.check()?;
    if repo::count(&mut tx, call).await? >= MOST {
        return Err(Problem::conflict("too_many", format!("A call has at most {MOST} comments.")));
    }
    let body = new.body.trim().to_owned();
    let comment = Comment { id: mint(), author: actor.user, body, at_ms: new.at_ms, created_at: now().as_millis() };
    repo::insert(&mut tx, call, &comment).await?;
    tx.emit(event("call.commented", call, &comment));
    tx.commit().await?;
    Ok(comment)
}

/// Takes a comment back: one's own, or anybody's for a supervisor.
pub async fn uncomment(actor: &Actor, db: &Db, call: CallId, id: CommentId) -> Result<(), Problem> {
    let mut tx = db.write(actor.tenant).await?;
    own::find(actor, &mut tx, call).await?;
    let found = repo::of(&mut tx, call).await?.into_iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| Problem::not_found("comment"))?;
    if actor.user.is_none() || found.author != actor.user {
        actor.require(Permission::Supervise)?;
    }
    repo::delete(&mut tx, call, id).await?;
    tx.emit(event("call.uncommented", call, &found));
    Ok(tx.commit().await?)
}

fn event(kind: &'static str, call: CallId, comment: &Comment) -> NewEvent {
    let data = serde_json::json!({
        "call": call.to_string(),
        "comment": comment.id.to_string(),
        "author": comment.author.map(|id| id.to_string()),
        "body": comment.body,
        "at_ms": comment.at_ms,
    });
    NewEvent { kind, call: Some(call), data: data.to_string() }
}

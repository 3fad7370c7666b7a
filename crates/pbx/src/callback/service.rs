//! What one can do with callbacks, and what the queue tells of them.

use super::{Callback, News, State, repo};
use crate::queue;
use crate::queue::Settings;
use crate::queue::visit::{self, Visit};
use model::{Actor, CallId, Page, PageRequest, Permission, Problem, QueueId, QueueOutcome, TenantId};
use serde_json::json;
use store::{Db, NewEvent, Tx, now};

/// One that was taken back is told to the queue for so long.
const TOLD_FOR_MS: i64 = 3_600_000;
/// The place of the end of a callback among the stays of its call, behind all that the call itself had.
const LAST_PLACE: i64 = 1_000;

/// The callbacks of a queue, the newest first; of one state when asked so.
pub async fn list(
    actor: &Actor,
    db: &Db,
    queue: QueueId,
    state: Option<State>,
    page: PageRequest,
) -> Result<Page<Callback>, Problem> {
    actor.require(Permission::Supervise)?;
    queue::get(actor, db, queue).await?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, queue, state, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |callback| callback.call.to_string()))
}

/// Takes one back: nobody is called any more. A call that is under way goes on.
pub async fn cancel(actor: &Actor, db: &Db, queue: QueueId, call: CallId) -> Result<(), Problem> {
    actor.require(Permission::Supervise)?;
    let mut tx = db.write(actor.tenant).await?;
    let found = repo::find(&mut tx, call).await?.filter(|callback| callback.queue == queue);
    let callback = found.ok_or_else(|| Problem::not_found("callback"))?;
    if callback.state != State::Waiting {
        return Err(Problem::conflict("callback_over", "This callback has come to its end already."));
    }
    let (tries, next_at) = (callback.tries, callback.next_at);
    let news = News { call, state: State::Cancelled, tries, next_at, last_call: None, agent: None };
    end(&mut tx, actor.tenant, &callback, &news).await?;
    repo::touch(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps a promise that a queue made.
pub async fn keep(db: &Db, tenant: TenantId, callback: &Callback) -> Result<(), Problem> {
    let mut tx = db.write(tenant).await?;
    if repo::insert(&mut tx, callback).await? {
        let data = json!({
            "call_id": callback.call.to_string(),
            "queue_id": callback.queue.to_string(),
            "number": callback.number,
        });
        let kind = "queue.callback_requested";
        tx.emit(NewEvent { kind, call: Some(callback.call), data: data.to_string() });
        tx.commit().await?;
    }
    Ok(())
}

/// Keeps what a queue tells of a promise. One that has ended stays as it is.
pub async fn told(db: &Db, tenant: TenantId, news: &News) -> Result<(), Problem> {
    let mut tx = db.write(tenant).await?;
    let Some(callback) = repo::find(&mut tx, news.call).await?.filter(|one| one.state == State::Waiting) else {
        return Ok(());
    };
    end(&mut tx, tenant, &callback, news).await?;
    tx.commit().await?;
    Ok(())
}

/// Saves it; an end counts as the end of the caller's stay in the queue.
async fn end(tx: &mut Tx, tenant: TenantId, callback: &Callback, news: &News) -> Result<(), Problem> {
    let at = now().as_millis();
    repo::save(tx, news, at).await?;
    let (outcome, word) = match news.state {
        State::Waiting => return Ok(()),
        State::Done => (QueueOutcome::Answered, "done"),
        State::Failed => (QueueOutcome::TimedOut, "failed"),
        State::Cancelled => (QueueOutcome::Abandoned, "cancelled"),
    };
    let held = queue::repo::find(tx, callback.queue).await?;
    let visit = Visit {
        tenant,
        promised_ms: held.map_or_else(|| Settings::default().service_level_ms, |queue| queue.settings.service_level_ms),
        call: callback.call,
        place: LAST_PLACE,
        queue: callback.queue,
        caller_number: callback.number.clone(),
        joined_at: callback.asked_at,
        left_at: at.max(callback.asked_at),
        outcome,
        agent: news.agent.filter(|_| outcome == QueueOutcome::Answered),
    };
    visit::repo::insert(tx, &[visit]).await?;
    let data = json!({
        "call_id": callback.call.to_string(),
        "queue_id": callback.queue.to_string(),
        "number": callback.number,
        "state": word,
        "tries": news.tries,
        "last_call_id": news.last_call.map(|id| id.to_string()),
        "extension_id": news.agent.map(|id| id.to_string()),
    });
    tx.emit(NewEvent { kind: "queue.callback_ended", call: Some(callback.call), data: data.to_string() });
    Ok(())
}

/// All that wait, of all companies, and those taken back not long ago; the oldest first. For the engine.
pub async fn open(db: &Db) -> Result<Vec<(TenantId, Callback)>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::open(&mut tx, now().as_millis() - TOLD_FOR_MS).await?)
}

/// A number that grows when somebody outside the queues changes a callback.
pub async fn version(db: &Db) -> Result<i64, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::version(&mut tx).await?)
}

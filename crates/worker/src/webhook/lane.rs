//! The sender of one endpoint: several lanes (calls) at a time, within a lane one event after another. A slow or dead
//! receiver keeps its own task waiting and nobody else's.

use super::client::{Outgoing, Reaction, Sending, Signed};
use super::endpoint::State;
use super::ledger::{Line, Outcome};
use super::repo::{self, Due, Target};
use super::schedule::Schedule;
use super::sign::{self, Secret};
use super::tongue::{Method, Request, Told, Tongue, Tongues};
use model::{Dialect, EndpointId, Problem, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use store::Db;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{Id, JoinSet};

/// What all endpoints share.
pub(super) struct Shared {
    pub(super) db: Db,
    pub(super) client: Outgoing,
    pub(super) tongues: Tongues,
    pub(super) schedule: Schedule,
    pub(super) parallel: usize,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) ledger: mpsc::Sender<Line>,
}

/// Sends what is due whenever `wake` says that something may be; ends when the endpoint is gone or off.
pub(super) async fn run(shared: Arc<Shared>, tenant: String, id: EndpointId, wake: Arc<Notify>) {
    let mut running = JoinSet::new();
    let mut busy: HashMap<Id, i64> = HashMap::new();
    loop {
        match launch(&shared, &tenant, id, &mut running, &mut busy).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(problem) => tracing::warn!(endpoint.id = %id, "webhooks due cannot be read: {problem}"),
        }
        tokio::select! {
            () = wake.notified() => {}
            Some(done) = running.join_next_with_id() => {
                forget(done, &mut busy);
                while let Some(done) = running.try_join_next_with_id() {
                    forget(done, &mut busy);
                }
            }
        }
    }
}

fn forget(done: Result<(Id, ()), tokio::task::JoinError>, busy: &mut HashMap<Id, i64>) {
    let task = match done {
        Ok((task, ())) => task,
        Err(error) => error.id(),
    };
    busy.remove(&task);
}

/// Starts attempts until the endpoint's share is used up; false when the endpoint is gone or off.
async fn launch(
    shared: &Arc<Shared>,
    tenant: &str,
    id: EndpointId,
    running: &mut JoinSet<()>,
    busy: &mut HashMap<Id, i64>,
) -> Result<bool, Problem> {
    let mut tx = shared.db.system().await?;
    let Some(target) = repo::target_of(&mut tx, tenant, id).await?.filter(|t| t.endpoint.enabled) else {
        return Ok(false);
    };
    let free = shared.parallel.saturating_sub(busy.len());
    if free == 0 {
        return Ok(true);
    }
    let due = repo::due(&mut tx, &target, (shared.clock)(), shared.parallel + busy.len()).await?;
    drop(tx);
    let target = Arc::new(target);
    let fresh: Vec<Due> = due.into_iter().filter(|d| !busy.values().any(|seq| *seq == d.seq)).take(free).collect();
    for due in fresh {
        let seq = due.seq;
        let task = running.spawn(attempt(shared.clone(), target.clone(), due));
        busy.insert(task.id(), seq);
    }
    Ok(true)
}

async fn attempt(shared: Arc<Shared>, target: Arc<Target>, due: Due) {
    let (began_at, began) = ((shared.clock)(), Instant::now());
    let reaction = match target.endpoint.dialect {
        Dialect::Alo => match post(&shared, &target, &due, began_at).await {
            Ok(reaction) => reaction,
            Err(problem) => {
                return tracing::error!(endpoint.id = %target.endpoint.id, "a webhook cannot be signed: {problem}");
            }
        },
        dialect => translated(&shared, &target, &due, dialect).await,
    };
    let ended_at = (shared.clock)();
    let tries = u32::try_from(due.tries + 1).unwrap_or(u32::MAX);
    let (state, next_at) = match (&reaction.error, shared.schedule.wait(tries, random(), reaction.retry_after)) {
        (None, _) => (State::Delivered, ended_at),
        (Some(_), Some(wait)) => (State::Pending, ended_at + wait),
        (Some(_), None) => (State::Dead, ended_at),
    };
    metrics::counter!("alo_webhook_attempts_total", "outcome" => state.as_str()).increment(1);
    tracing::debug!(endpoint.id = %target.endpoint.id, event.id = due.event_id, outcome = state.as_str(), "a webhook was attempted");
    let outcome = Outcome {
        tenant: target.tenant.clone(),
        endpoint: target.endpoint.id,
        due,
        state,
        next_at,
        began_at,
        ended_at,
        duration_ms: i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
        status: reaction.status.map(i64::from),
        error: reaction.error,
        answer: reaction.answer,
    };
    let (written, wait) = oneshot::channel();
    if shared.ledger.send((outcome, written)).await.is_ok() {
        // When the ledger is gone the process stops, and the delivery is attempted again after the next start.
        let _ = wait.await;
    }
}

/// Our own words, signed.
async fn post(shared: &Shared, target: &Target, due: &Due, now: Timestamp) -> Result<Reaction, Problem> {
    let secrets = secrets(&shared.db, target, now)?;
    let timestamp = now.as_millis() / 1000;
    let signature = sign::header(&secrets, &due.event_id, timestamp, &due.body);
    let request = Request { method: Method::Post, url: target.endpoint.url.clone(), body: due.body.clone() };
    let signed = Some(Signed { id: &due.event_id, timestamp, signature });
    Ok(shared.client.send(Sending { request: &request, signed }).await)
}

/// Another vendor's words: its requests one after another until one fails. When that is tried again, all of them are.
async fn translated(shared: &Shared, target: &Target, due: &Due, dialect: Dialect) -> Reaction {
    let failed = |error: String| Reaction { error: Some(error), ..Reaction::default() };
    let Some(tongue) = shared.tongues.of(dialect) else {
        return failed(format!("this server does not speak {}", dialect.as_str()));
    };
    let requests = match requests(tongue.as_ref(), target, due).await {
        Ok(requests) => requests,
        Err(problem) => return failed(problem.to_string()),
    };
    let mut last = Reaction::default();
    for request in requests {
        last = shared.client.send(Sending { request: &request, signed: None }).await;
        if last.error.is_none() {
            last.error = tongue.refusal(last.answer.as_deref().unwrap_or_default());
        }
        if last.error.is_some() {
            break;
        }
    }
    last
}

async fn requests(tongue: &dyn Tongue, target: &Target, due: &Due) -> Result<Vec<Request>, Problem> {
    let broken = |what: &str| Problem::internal(format!("{what} of event {} is not to be read", due.event_id));
    let event = serde_json::from_str(&due.body).map_err(|_| broken("the body"))?;
    let tenant = target.tenant.parse().map_err(|_| broken("the company"))?;
    tongue.tell(Told { tenant, endpoint: &target.endpoint, event: &event }).await
}

/// The secrets that count now: the current one, and for a day after a rotation the one before.
fn secrets(db: &Db, target: &Target, now: Timestamp) -> Result<Vec<Secret>, Problem> {
    let place = target.endpoint.id.to_string();
    let old =
        target.sealed_old_secret.as_ref().filter(|_| target.old_secret_until.is_some_and(|t| t > now.as_millis()));
    let open = |sealed: &String| {
        let text = db.vault().unseal(sealed, &place)?;
        Secret::parse(&text).ok_or_else(|| Problem::internal(format!("the secret of {place} has a strange form")))
    };
    std::iter::once(&target.sealed_secret).chain(old).map(open).collect()
}

fn random() -> u32 {
    // Without randomness the waits are merely not spread.
    getrandom::u32().unwrap_or(0)
}

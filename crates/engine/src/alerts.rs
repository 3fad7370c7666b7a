//! Events that no call and no change of configuration brings about: a carrier that is away, a guesser that is shut out,
//! a limit that was reached. They go to the outbox beside the calls, which never wait for it, and only so often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{Moment, TenantId};
use serde_json::Value;
use store::{Db, NewEvent};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::clock::Clock;

/// The same thing is told once in so long.
const PAUSE: Duration = Duration::from_secs(60);
/// What was told is remembered for so many things; who makes more happen than that is told of no more.
const REMEMBERED: usize = 4_096;
/// Events that wait for the database.
const WAITING: usize = 256;

/// Something to tell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alert {
    /// Whom.
    pub(crate) tenant: TenantId,
    /// What.
    pub(crate) kind: &'static str,
    /// What it is about: the same kind about the same subject is told once a minute.
    pub(crate) subject: String,
    /// A JSON object.
    pub(crate) data: Value,
}

/// The way to tell; clones share it.
#[derive(Clone)]
pub(crate) struct Alerts {
    sender: mpsc::Sender<Alert>,
    told: Arc<Mutex<Told>>,
    clock: Clock,
}

/// What was told when, and how often it was kept back since.
#[derive(Debug, Default)]
struct Told {
    subjects: HashMap<(TenantId, &'static str, String), (Moment, u64)>,
}

impl Told {
    /// How often it happened since it was told last, this time included; none when it is too soon to tell it again.
    fn may(&mut self, now: Moment, alert: &Alert) -> Option<u64> {
        if self.subjects.len() >= REMEMBERED {
            self.subjects.retain(|_, (at, _)| now.since(*at) < PAUSE);
        }
        let full = self.subjects.len() >= REMEMBERED;
        let key = (alert.tenant, alert.kind, alert.subject.clone());
        match self.subjects.get_mut(&key) {
            Some((at, kept_back)) if now.since(*at) < PAUSE => {
                *kept_back += 1;
                None
            }
            Some(entry) => {
                let times = entry.1 + 1;
                *entry = (now, 0);
                Some(times)
            }
            None if full => None,
            None => {
                self.subjects.insert(key, (now, 0));
                Some(1)
            }
        }
    }
}

impl Alerts {
    /// Starts the task that writes.
    pub(crate) fn start(db: Db, clock: Clock) -> (Alerts, JoinHandle<()>) {
        let (sender, inbox) = mpsc::channel(WAITING);
        (Alerts { sender, told: Arc::default(), clock }, tokio::spawn(write(db, inbox)))
    }

    /// Tells it, unless the same was told a moment ago. Never waits.
    pub(crate) fn raise(&self, mut alert: Alert) {
        metrics::counter!("alo_alerts_total", "kind" => alert.kind).increment(1);
        let times = self.told.lock().unwrap_or_else(PoisonError::into_inner).may(self.clock.now(), &alert);
        let Some(times) = times else { return };
        alert.data["times"] = times.into();
        if self.sender.try_send(alert).is_err() {
            metrics::counter!("alo_alerts_lost_total").increment(1);
        }
    }
}

async fn write(db: Db, mut inbox: mpsc::Receiver<Alert>) {
    while let Some(alert) = inbox.recv().await {
        let (tenant, kind) = (alert.tenant, alert.kind);
        let event = NewEvent { kind, call: None, data: alert.data.to_string() };
        let written = async {
            let mut tx = db.write(tenant).await?;
            tx.emit(event);
            tx.commit().await
        };
        if let Err(error) = written.await {
            metrics::counter!("alo_alerts_lost_total").increment(1);
            tracing::warn!(kind, tenant.id = %tenant, %error, "an event could not be stored");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    fn alert(subject: &str) -> Alert {
        let subject = subject.to_owned();
        Alert { tenant: TenantId::from_bits(1), kind: "security.blocked", subject, data: Value::Null }
    }

    #[test]
    fn the_same_is_told_once_a_minute_with_how_often_it_happened() {
        let mut told = Told::default();
        let now = Moment::from_millis(1_000);
        assert_eq!((told.may(now, &alert("a")), told.may(now, &alert("b"))), (Some(1), Some(1)));
        assert_eq!((told.may(now, &alert("a")), told.may(now, &alert("a"))), (None, None));
        assert_eq!(told.may(now + PAUSE, &alert("a")), Some(3));
    }

    #[test]
    fn who_makes_ever_new_things_happen_fills_no_memory() {
        let mut told = Told::default();
        let now = Moment::from_millis(1_000);
        let heard = (0..10_000).filter(|n| told.may(now, &alert(&n.to_string())).is_some()).count();
        assert_eq!((heard, told.subjects.len()), (REMEMBERED, REMEMBERED));
        assert_eq!(told.may(now + PAUSE, &alert("later")), Some(1));
    }
}

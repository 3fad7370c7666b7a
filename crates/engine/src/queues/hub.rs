//! The task that owns the queues.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{CallId, Cause, Moment, QueueOutcome, TenantId, TrailEntry};
use pbx::agent::Agent;
use pbx::callback::{Callback, State};
use pbx::snapshot::Tenant;
use store::lease::{Candidate, Lease};
use store::{Db, Engine};
use tokio::sync::mpsc::UnboundedReceiver;

use super::back::{self, Back};
use super::office::Office;
use super::promises::Deed;
use super::tidings::Tidings;
use super::{Order, Word, callbacks, wishes};
use crate::routes::Letter;
use crate::shared::Shared;

/// How often a process shows that it lives, or looks whether the one that runs the queues does.
const BEAT: Duration = Duration::from_secs(2);
/// How long the one that runs the queues may be silent before another takes over.
const LEASE: Duration = Duration::from_secs(10);

/// All queues.
pub(super) struct Hub {
    shared: Arc<Shared>,
    tidings: Tidings,
    offices: HashMap<TenantId, Office>,
    /// What all agents want, as the database has it.
    wishes: HashMap<TenantId, Vec<Agent>>,
    /// Promises that no queue has taken over yet.
    promised: HashMap<TenantId, Vec<Callback>>,
    /// Whether the queues run in this process.
    here: bool,
}

/// Runs the queues for as long as the process lives.
pub(crate) async fn run(shared: Arc<Shared>, db: Db, mut inbox: UnboundedReceiver<Word>) {
    let following = tokio::spawn(wishes::follow(db.clone(), shared.queues.clone()));
    let taken_back = tokio::spawn(callbacks::follow(db.clone(), shared.queues.clone()));
    let _following = (Aborted(following), Aborted(taken_back));
    let tidings = Tidings::start(db.clone());
    let alone = db.engine() == Engine::Sqlite;
    let mut turn = Turn { candidate: Candidate::new("queues"), lease: None };
    let (offices, wishes, promised) = Default::default();
    let mut hub = Hub { shared, tidings, offices, wishes, promised, here: alone };
    if alone {
        callbacks::read(db.clone(), hub.shared.queues.clone());
    }
    let mut beat = tokio::time::interval(BEAT);
    if alone {
        hub.tidings.here(hub.offices.iter());
    }
    loop {
        let wake = hub.deadline().map(|at| hub.shared.clock.instant(at));
        let timer = async {
            match wake {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            word = inbox.recv() => match word {
                Some(word) => hub.hear(word),
                None => return,
            },
            () = timer => hub.wake(),
            _ = beat.tick(), if !alone => {
                let was = std::mem::replace(&mut hub.here, turn.look(&db, hub.shared.clock.now()).await);
                if hub.here && !was {
                    hub.tidings.here(hub.offices.iter());
                    callbacks::read(db.clone(), hub.shared.queues.clone());
                }
                if !hub.here {
                    hub.forget_promises();
                }
            }
        }
    }
}

/// A task that ends with the one that began it.
struct Aborted(tokio::task::JoinHandle<()>);

impl Drop for Aborted {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whose turn it is to run the queues.
struct Turn {
    candidate: Candidate,
    lease: Option<Lease>,
}

impl Turn {
    /// Whether the queues are ours. While the database is away they stay where they are.
    async fn look(&mut self, db: &Db, now: Moment) -> bool {
        match &self.lease {
            Some(lease) => match lease.renew(db).await {
                Ok(true) => {}
                Ok(false) => self.lease = None,
                Err(error) => tracing::warn!(%error, "the lease of the queues cannot be renewed now"),
            },
            None => match self.candidate.take(db, now, LEASE).await {
                Ok(lease) => self.lease = lease,
                Err(error) => tracing::warn!(%error, "the lease of the queues cannot be looked at now"),
            },
        }
        self.lease.is_some()
    }
}

impl Hub {
    fn deadline(&self) -> Option<Moment> {
        self.offices.values().filter_map(Office::deadline).min()
    }

    fn wake(&mut self) {
        let now = self.shared.clock.now();
        let due = |office: &Office| office.deadline().is_some_and(|at| at <= now);
        let due: Vec<TenantId> = self.offices.iter().filter(|(_, o)| due(o)).map(|(id, _)| *id).collect();
        for tenant in due {
            self.with(tenant, |office| office.timeout(now));
        }
    }

    fn hear(&mut self, word: Word) {
        let now = self.shared.clock.now();
        match word {
            Word::Call { tenant, call, news, number, hotline } => {
                if let call::QueueNews::Joined(entry) = &news
                    && (!self.here || !self.offices.contains_key(&tenant))
                {
                    let queue = entry.queue;
                    return self.refuse(tenant, call, queue, now);
                }
                self.with(tenant, |office| office.news(now, call, news, (number, hotline)));
            }
            Word::Back(tenant, call, back) => self.with(tenant, |office| office.back(now, call, back)),
            Word::Callbacks(all) => self.callbacks(all, now),
            Word::Line(tenant, extension, change) => {
                // Lines are counted also where no queue is yet: one may be made at any time.
                let office = self.offices.entry(tenant).or_insert_with(|| Office::new(now));
                let commands = office.line(now, extension, change);
                self.carry_out(tenant, commands);
            }
            Word::Phones(tenant, extension, reachable) => {
                self.with(tenant, |office| office.phones(now, extension, reachable));
            }
            Word::Companies(companies) => self.configure(companies, now),
            Word::Wishes(wishes) => {
                let mut sorted: HashMap<TenantId, Vec<Agent>> = HashMap::new();
                for (tenant, agent) in wishes {
                    sorted.entry(tenant).or_default().push(agent);
                }
                self.wishes = sorted;
                let tenants: Vec<TenantId> = self.offices.keys().copied().collect();
                for tenant in tenants {
                    let wishes = self.wishes.get(&tenant).cloned().unwrap_or_default();
                    self.with(tenant, |office| office.wishes(now, wishes));
                }
            }
            // Whoever asked may have gone away.
            Word::Show(tenant, reply) => {
                let shown = self.offices.get(&tenant).map(|office| office.show(now, self.here));
                let _ = reply.send(Ok(shown.unwrap_or_default()));
            }
        }
    }

    fn configure(&mut self, companies: Vec<Arc<Tenant>>, now: Moment) {
        self.offices.retain(|id, _| companies.iter().any(|company| company.id == *id));
        for company in companies {
            let id = company.id;
            if company.queues.is_empty() && !self.offices.contains_key(&id) {
                continue;
            }
            let wishes = self.wishes.get(&id).cloned().unwrap_or_default();
            let shared = self.shared.clone();
            let office = self.offices.entry(id).or_insert_with(|| Office::new(now));
            let commands = office.configure(now, company, wishes, |extension| {
                use model::Id;
                !shared.stack.contacts(extension.bits()).is_empty()
            });
            self.carry_out(id, commands);
            self.keep_promises(id, now);
        }
    }

    /// Those who were promised to be called back: by a process before this one, or by another.
    fn callbacks(&mut self, all: Vec<(TenantId, Callback)>, now: Moment) {
        if !self.here {
            return;
        }
        let (waiting, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, one)| one.state == State::Waiting);
        self.promised.clear();
        for (tenant, callback) in over {
            self.with(tenant, |office| office.takes_back(now, callback.call));
        }
        for (tenant, callback) in waiting {
            self.promised.entry(tenant).or_default().push(callback);
        }
        let tenants: Vec<TenantId> = self.promised.keys().copied().collect();
        for tenant in tenants {
            self.keep_promises(tenant, now);
        }
    }

    /// Gives a company's queues the promises that wait for them.
    fn keep_promises(&mut self, tenant: TenantId, now: Moment) {
        let Some(waiting) = self.promised.remove(&tenant) else { return };
        for callback in waiting {
            let Some(office) = self.offices.get_mut(&tenant) else {
                self.promised.entry(tenant).or_default().push(callback);
                continue;
            };
            let (taken, commands) = office.promise(now, &callback);
            if !taken {
                self.promised.entry(tenant).or_default().push(callback);
            }
            self.carry_out(tenant, commands);
        }
    }

    /// Another process runs the queues: it keeps the promises.
    fn forget_promises(&mut self) {
        let now = self.shared.clock.now();
        self.promised.clear();
        let tenants: Vec<TenantId> = self.offices.keys().copied().collect();
        for tenant in tenants {
            self.with(tenant, |office| office.forget_promises(now));
        }
    }

    fn with(&mut self, tenant: TenantId, work: impl FnOnce(&mut Office) -> Vec<acd::Command>) {
        let Some(office) = self.offices.get_mut(&tenant) else { return };
        let commands = work(office);
        self.carry_out(tenant, commands);
    }

    /// Does what the queues ask. Who cannot be told any more has left.
    fn carry_out(&mut self, tenant: TenantId, commands: Vec<acd::Command>) {
        let now = self.shared.clock.now();
        let made = self.offices.get_mut(&tenant).map(Office::made).unwrap_or_default();
        made.into_iter().for_each(|callback| self.tidings.promised(tenant, callback));
        let mut commands = std::collections::VecDeque::from(commands);
        while let Some(command) = commands.pop_front() {
            let Some(office) = self.offices.get_mut(&tenant) else { return };
            self.tidings.of(tenant, office, &command, self.here);
            if let Some((promised, deed)) = office.deed(now, &command) {
                commands.extend(self.call_back(tenant, promised, deed));
                continue;
            }
            let Some((call, order)) = office.order(now, &command) else { continue };
            if !self.shared.routes.ask(tenant, call, Letter::Queue(Box::new(order))) {
                commands.extend(office.left(now, call));
            }
        }
    }

    /// Does what a command means for somebody who is called back; what follows from that at once.
    fn call_back(&mut self, tenant: TenantId, promised: CallId, deed: Deed) -> Vec<acd::Command> {
        match deed {
            Deed::Ring(agent, wanted) => {
                let rung = back::ring(&self.shared, tenant, agent, wanted);
                let Some(office) = self.offices.get_mut(&tenant) else { return Vec::new() };
                match rung {
                    Ok(by) => office.rings(promised, agent, by),
                    Err(cause) => {
                        let now = self.shared.clock.now();
                        return office.back(now, promised, Back::Refused(agent, cause));
                    }
                }
            }
            Deed::Silence(call, cause) => {
                // It may be over.
                let _ = self.shared.routes.hang_up(tenant, call, cause);
            }
            Deed::Keep(news) => self.tidings.callback(tenant, news),
            Deed::Nothing => {}
        }
        Vec::new()
    }

    /// The caller cannot wait here.
    fn refuse(&self, tenant: TenantId, call: model::CallId, queue: model::QueueId, now: Moment) {
        let reason = match self.here {
            true => "There is no such queue.",
            false => "The queues run in another process of this installation.",
        };
        let snapshot = self.shared.directory.snapshot();
        let to = snapshot.tenant(&tenant).and_then(|tenant| super::office::overflow(tenant, queue));
        let order = call::QueueOrder::GiveUp { outcome: QueueOutcome::Overflowed, cause: Cause::Unavailable, to };
        let trail = Some(TrailEntry::new(now, "queue_overflow", reason).fact("queue", queue));
        // The call may be over.
        let order = Order { queue, order: Some(order), trail };
        let _ = self.shared.routes.ask(tenant, call, Letter::Queue(Box::new(order)));
    }
}

//! Commands into the running calls and events out of them.
//!
//! The faces send a [`Command`] and wait for its reply; the engine publishes an [`Occurrence`] for each thing that
//! happens to a call. Nobody asks the engine for state: the live list ([`Bus::live`]) is the fold of its events.
//! In one process this is channels; many nodes put a broker behind the same type. What must survive a crash does not
//! go through here but through the outbox of `store`.

mod board;
pub mod capture;
mod command;
mod presence;
mod queues;
mod trunks;
mod wants;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use call::Event;
use model::{CallId, CaptureId, ExtensionId, Problem, TenantId, Timestamp, TrunkId};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

pub use board::{LiveCall, Other};
pub use command::{AddParty, Command, Originate, Place, Supervise, Want};
pub use presence::{Obstacle, Phone, PhoneWay, Presence, TrunkState};
pub use queues::{AgentStatus, QueueLine, Queues, WaitingCaller};
pub use trunks::TrunkHealth;

/// Commands that may wait for the engine; a face gets `busy` beyond.
const WAITING_COMMANDS: usize = 1_024;
/// Occurrences a slow subscriber may lag behind before it loses some.
const LAG: usize = 4_096;

/// One thing that happened to a call.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Whose call.
    pub tenant: TenantId,
    /// Which call.
    pub call: CallId,
    /// When, on the wall clock.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// The handle all faces, the engine and the workers share.
#[derive(Clone)]
pub struct Bus {
    commands: mpsc::Sender<Command>,
    events: broadcast::Sender<Arc<Occurrence>>,
    board: Arc<Mutex<board::Board>>,
    trunks: Arc<Mutex<HashMap<TrunkId, TrunkHealth>>>,
    /// The configuration that calls see; none while no engine runs.
    in_force: watch::Sender<Option<i64>>,
}

impl Bus {
    /// A bus, and the end from which the engine takes commands.
    pub fn new() -> (Bus, mpsc::Receiver<Command>) {
        let (commands, inbox) = mpsc::channel(WAITING_COMMANDS);
        let (events, _) = broadcast::channel(LAG);
        (
            Bus { commands, events, board: Arc::default(), trunks: Arc::default(), in_force: watch::Sender::new(None) },
            inbox,
        )
    }

    /// Starts a click-to-call: rings the extension, then dials `to`. Answers as soon as the call exists; what becomes
    /// of it is told by events.
    pub async fn originate(&self, originate: Originate) -> Result<CallId, Problem> {
        self.ask(|reply| Command::Originate(originate, reply)).await
    }

    /// Calls somebody from a hotline, and leads who answers through a script. Answers as soon as the call exists; what
    /// becomes of it is told by events and its record.
    pub async fn place(&self, place: Place) -> Result<CallId, Problem> {
        self.ask(|reply| Command::Place(Box::new(place), reply)).await
    }

    /// Ends a live call of the tenant.
    pub async fn hangup(&self, tenant: TenantId, call: CallId) -> Result<(), Problem> {
        self.ask(|reply| Command::Hangup { tenant, call, reply }).await
    }

    /// Which phones and trunks of the tenant can be reached right now.
    pub async fn presence(&self, tenant: TenantId) -> Result<Presence, Problem> {
        self.ask(|reply| Command::Presence { tenant, reply }).await
    }

    /// Who waits in the tenant's queues, and what their agents do.
    pub async fn queues(&self, tenant: TenantId) -> Result<Queues, Problem> {
        self.ask(|reply| Command::Queues { tenant, reply }).await
    }

    /// What agents want has changed in the database. Without room for the word the engine finds out by itself.
    pub fn agents_changed(&self) {
        let _ = self.commands.try_send(Command::AgentsChanged);
    }

    /// Messages of an extension were read or deleted. Without room for the word, its phones show it at the next.
    pub fn messages_changed(&self, extension: ExtensionId) {
        let _ = self.commands.try_send(Command::MessagesChanged(extension));
    }

    /// How a call of the tenant was signalled, live or ended.
    pub async fn capture(&self, tenant: TenantId, call: CallId) -> Result<capture::Capture, Problem> {
        self.ask(|reply| Command::Capture { tenant, call, reply }).await
    }

    /// The same as a libpcap file, with the sound that was kept of it when `media` says so.
    pub async fn pcap(&self, tenant: TenantId, call: CallId, media: bool) -> Result<Vec<u8>, Problem> {
        self.ask(|reply| Command::Pcap { tenant, call, media, reply }).await
    }

    /// Looks at the next calls of a kind.
    pub async fn watch(&self, watch: capture::Watch) -> Result<(), Problem> {
        self.ask(|reply| Command::Watch(watch, reply)).await
    }

    /// Looks no more.
    pub async fn unwatch(&self, tenant: TenantId, watch: CaptureId) -> Result<(), Problem> {
        self.ask(|reply| Command::Unwatch { tenant, watch, reply }).await
    }

    /// The tenant's orders to look at calls, oldest first.
    pub async fn watches(&self, tenant: TenantId) -> Result<Vec<capture::Watch>, Problem> {
        self.ask(|reply| Command::Watches(tenant, reply)).await
    }

    /// The tenant's calls that are up right now, oldest first.
    pub fn live(&self, tenant: TenantId) -> Vec<LiveCall> {
        self.board().of(tenant)
    }

    /// A call of the tenant that is up right now.
    pub fn find_live(&self, tenant: TenantId, call: CallId) -> Option<LiveCall> {
        self.board().find(tenant, call)
    }

    /// How many calls are up over all tenants.
    pub fn live_count(&self) -> usize {
        self.board().len()
    }

    /// How a trunk is doing.
    pub fn trunk(&self, trunk: TrunkId) -> TrunkHealth {
        self.trunks().get(&trunk).copied().unwrap_or_default()
    }

    /// Notes how a trunk is doing; used by the engine only.
    pub fn note_trunk(&self, trunk: TrunkId, change: impl FnOnce(&mut TrunkHealth)) {
        let mut trunks = self.trunks();
        change(trunks.entry(trunk).or_default());
        if trunks.get(&trunk) == Some(&TrunkHealth::default()) {
            trunks.remove(&trunk);
        }
    }

    fn trunks(&self) -> MutexGuard<'_, HashMap<TrunkId, TrunkHealth>> {
        // Each critical section replaces whole values.
        self.trunks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything published from now on. A subscriber that falls too far behind is told how much it lost.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Occurrence>> {
        self.events.subscribe()
    }

    /// Tells everybody; used by the engine only.
    pub fn publish(&self, occurrence: Occurrence) {
        self.board().fold(&occurrence);
        // No subscriber is a fine state: an error here only says so.
        let _ = self.events.send(Arc::new(occurrence));
    }

    /// Calls that begin from now on see the configuration of this version; used by the engine only.
    pub fn put_in_force(&self, version: i64) {
        self.in_force.send_replace(Some(version));
    }

    /// Returns when calls that begin now see the configuration of this version, so that whoever changed it can rely on
    /// it; at once when no engine runs, and after `patience` in any case.
    pub async fn in_force(&self, version: i64, patience: Duration) {
        let mut in_force = self.in_force.subscribe();
        let seen = in_force.wait_for(|seen| seen.is_none_or(|seen| seen >= version));
        // Whoever waited in vain is served by the engine's next look at the configuration.
        let _ = tokio::time::timeout(patience, seen).await;
    }

    fn board(&self) -> MutexGuard<'_, board::Board> {
        // A panic while folding leaves a whole map behind: each fold is one insert, change or removal.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<Result<T, Problem>>) -> Command) -> Result<T, Problem> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .try_send(command(reply))
            .map_err(|_| Problem::busy("engine_busy", "The call engine has no room for more orders now; try again."))?;
        answer.await.map_err(|_| Problem::busy("engine_stopped", "The call engine is stopping; try again."))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_changed_the_configuration_waits_until_calls_see_it() {
        let (bus, _orders) = Bus::new();
        let long = Duration::from_secs(60);
        bus.in_force(7, long).await;
        bus.put_in_force(6);
        let waiting = bus.in_force(7, long);
        tokio::pin!(waiting);
        assert!(tokio::time::timeout(Duration::ZERO, &mut waiting).await.is_err(), "not yet");
        bus.put_in_force(7);
        waiting.await;
    }
}

//! The queues of all companies: the one place where `acd` meets live calls, agents' phones and their wishes. One task owns
//! them all ([`hub`]); calls tell it their news and get orders in their mailboxes, and nobody waits for anybody.
//!
//! Of several processes on one database one runs the queues, by the lease `queues`; callers that come in at another one go
//! where their queue overflows to. `docs/specs/queue.md`.

mod back;
mod callbacks;
mod hub;
mod office;
mod promises;
mod saying;
mod tidings;
mod trail;
mod wishes;

use std::fmt;
use std::sync::Arc;

use call::{QueueNews, QueueOrder};
use model::{CallId, ExtensionId, HotlineId, Problem, QueueId, TenantId, TrailEntry};
use pbx::callback::Callback;
use pbx::snapshot::Tenant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};

pub(crate) use back::{Back, CallingBack};
pub(crate) use hub::run;

/// What reaches the queues. There are at most a few words for each leg that is up.
pub(crate) enum Word {
    /// A call has news.
    Call {
        /// Whose.
        tenant: TenantId,
        /// Which.
        call: CallId,
        /// What.
        news: QueueNews,
        /// The caller's number.
        number: String,
        /// The hotline that was called.
        hotline: Option<HotlineId>,
    },
    /// What has become of an offer to call back who was promised that in this call.
    Back(TenantId, CallId, Back),
    /// Who is to be called back, as the database has it.
    Callbacks(Vec<(TenantId, Callback)>),
    /// A line of an agent's phones is taken, or free again.
    Line(TenantId, ExtensionId, i32),
    /// Phones of an extension have registered, or are gone.
    Phones(TenantId, ExtensionId, bool),
    /// The companies as they are now.
    Companies(Vec<Arc<Tenant>>),
    /// What all agents want.
    Wishes(Vec<(TenantId, pbx::agent::Agent)>),
    /// Somebody wants to see a company's queues.
    Show(TenantId, oneshot::Sender<Result<bus::Queues, Problem>>),
}

/// What the queues say to a call.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) queue: QueueId,
    pub(crate) order: Option<QueueOrder>,
    pub(crate) trail: Option<TrailEntry>,
}

/// The way to the queues; clones share it.
#[derive(Clone)]
pub(crate) struct Queues {
    to: UnboundedSender<Word>,
    /// Somebody's wish has changed: the database knows which.
    wished: Arc<Notify>,
}

impl Queues {
    pub(crate) fn new() -> (Queues, UnboundedReceiver<Word>) {
        let (to, inbox) = unbounded_channel();
        (Queues { to, wished: Arc::default() }, inbox)
    }

    /// After the end of the task there is nobody to tell, and nothing to say.
    fn say(&self, word: Word) {
        let _ = self.to.send(word);
    }

    pub(crate) fn call(
        &self,
        tenant: TenantId,
        call: CallId,
        news: QueueNews,
        (number, hotline): (String, Option<HotlineId>),
    ) {
        self.say(Word::Call { tenant, call, news, number, hotline });
    }

    pub(crate) fn phones(&self, tenant: TenantId, extension: ExtensionId, reachable: bool) {
        self.say(Word::Phones(tenant, extension, reachable));
    }

    pub(crate) fn companies(&self, snapshot: &pbx::Snapshot) {
        self.say(Word::Companies(snapshot.tenants().cloned().collect()));
    }

    pub(crate) fn wished(&self) {
        self.wished.notify_one();
    }

    pub(crate) fn show(&self, tenant: TenantId, reply: oneshot::Sender<Result<bus::Queues, Problem>>) {
        self.say(Word::Show(tenant, reply));
    }

    /// Counts a line of an agent's phones as taken until it is dropped; none where no queue asks.
    pub(crate) fn line(&self, tenant: &Tenant, extension: ExtensionId) -> Option<Line> {
        if tenant.queues.is_empty() {
            return None;
        }
        self.say(Word::Line(tenant.id, extension, 1));
        Some(Line { queues: self.clone(), tenant: tenant.id, extension })
    }
}

/// A line of somebody's phones that is taken.
pub(crate) struct Line {
    queues: Queues,
    tenant: TenantId,
    extension: ExtensionId,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({})", self.extension)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.queues.say(Word::Line(self.tenant, self.extension, -1));
    }
}

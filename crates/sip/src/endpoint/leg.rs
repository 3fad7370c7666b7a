//! One leg: an INVITE, the dialog that comes of it, and its end. `docs/specs/dialog.md` tells the story.
//!
//! - `incoming` answers an INVITE, reliably before the answer with `reliable`,
//! - `outgoing` sends one, whose forks are `early` dialogs,
//! - `session` is the time between answer and BYE, `change` is the re-INVITE and UPDATE within it, `refresh` its timer,
//! - `refer` the wish to be replaced by somebody else.

mod change;
mod early;
mod incoming;
mod outgoing;
mod refer;
mod refresh;
mod reliable;
mod session;

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use super::command::{Command, Credentials};
use super::core::Core;
use super::event::{Leg, Signal};
use crate::build::RequestBuilder;
use crate::cause::q850_of;
use crate::dialog::Dialog;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

pub(crate) use change::Change;
pub(crate) use early::Confirming;
pub(crate) use outgoing::{Outgoing, refuse_answer};
pub(crate) use refer::find as find_replaced;
pub(crate) use refresh::too_short;
pub(crate) use reliable::Wish;

use early::Early;
use refer::Referring;
use refresh::Session;
use reliable::Reliable;

/// What we take inside a call.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY";
/// The same outside a call.
pub(crate) const ALLOW_OUTSIDE: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY, SUBSCRIBE, MESSAGE, REGISTER";
/// The extensions that we say we know in requests and answers within a call.
pub(crate) const OPTIONS: &str = "100rel, timer, replaces, norefersub";
/// The one body we understand.
pub(crate) const SDP: &str = "application/sdp";

/// See the module.
pub(crate) struct LegState {
    pub(crate) id: Leg,
    pub(crate) dialog: Dialog,
    pub(crate) phase: Phase,
    pub(crate) change: Change,
    /// The 2xx of ours that waits for its ACK.
    pub(crate) unacked: Option<Unacked>,
    /// The forks of our INVITE that have not answered finally; the one that spoke last is the last.
    early: Vec<Early>,
    /// Our provisional answers that are to be confirmed.
    reliable: Option<Box<Reliable>>,
    /// The ACK of ours that brings an answer, when their 2xx brought the offer.
    late: Late,
    /// REFERs of theirs that are not done with.
    refers: Vec<Referring>,
    /// There was a REFER already.
    referred: bool,
    /// Its far tag is known to all shards.
    pub(crate) named: bool,
    session: Session,
    /// The far side takes UPDATE.
    takes_update: bool,
    /// What we last said of our side of the session.
    described: Bytes,
    /// What is needed to send our INVITE again, with credentials.
    pub(crate) outgoing: Option<Box<Outgoing>>,
    /// Answers challenges inside the dialog.
    pub(crate) credentials: Option<Credentials>,
    /// A hang-up that waits for the ACK (RFC 3261 section 15).
    pub(crate) hangup: Option<Cause>,
    /// How often our BYE was challenged.
    pub(crate) bye_tries: u8,
    /// The earliest wake-up that is set.
    pub(crate) woken_at: Option<Moment>,
}

/// Where the leg stands.
pub(crate) enum Phase {
    /// Dialled by name; the address is being looked up.
    Resolving,
    /// An INVITE of theirs waits for its answer.
    Offered(Box<Offered>),
    /// An INVITE of ours waits for its answer.
    Inviting(Inviting),
    /// Answered.
    Up,
    /// Our BYE is on its way.
    Ending {
        /// What to say when it is done.
        cause: Cause,
        /// Whether it is said already.
        told: bool,
    },
    /// Their BYE waits until the end of the call is on record.
    Ended {
        /// The BYE's transaction.
        key: u64,
        /// The BYE.
        request: Box<Message>,
        /// The way it came.
        flow: Flow,
        /// When it is answered in any case.
        answer_at: Moment,
    },
    /// Nothing is left.
    Over,
}

/// See [`Phase::Offered`].
pub(crate) struct Offered {
    pub(crate) key: u64,
    pub(crate) invite: Message,
    pub(crate) flow: Flow,
    /// The last provisional answer, to be repeated so that proxies keep waiting.
    pub(crate) ringing: Option<(u16, Bytes)>,
    pub(crate) repeat_at: Option<Moment>,
    pub(crate) give_up_at: Moment,
    /// Whether it takes reliable provisional answers.
    pub(crate) wish: Wish,
}

/// See [`Phase::Inviting`].
pub(crate) struct Inviting {
    pub(crate) branch: u64,
    /// Timer C.
    pub(crate) ring_until: Option<Moment>,
    /// When the next place of the server is tried, if this one says nothing at all.
    pub(crate) next_at: Option<Moment>,
    /// We no longer want it and have sent a CANCEL: what to say when it is done.
    pub(crate) cancelled: Option<Withdrawn>,
}

/// See [`Inviting::cancelled`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Withdrawn {
    pub(crate) cause: Cause,
    /// It rang for too long: the house hears `Rejected` with 408.
    pub(crate) timed_out: bool,
}

/// A 2xx to INVITE is repeated by the dialog until its ACK comes (section 13.3.1.4).
pub(crate) struct Unacked {
    seq: u32,
    answer: Bytes,
    flow: Flow,
    interval: Duration,
    repeat_at: Moment,
    give_up_at: Moment,
    /// The INVITE had no offer, so our answer carried one and the ACK carries theirs.
    wants_answer: bool,
}

/// An offer of theirs in the 2xx to an INVITE of ours that had none; the answer goes into the ACK.
enum Late {
    /// Ours had one.
    None,
    /// The house is asked for the answer; the ACK waits.
    Owed { response: Box<Message>, give_up_at: Moment },
    /// This was it, to be repeated with the 2xx.
    Given { seq: u32, body: Bytes },
}

impl Late {
    fn deadline(&self) -> Option<Moment> {
        match self {
            Late::Owed { give_up_at, .. } => Some(*give_up_at),
            Late::None | Late::Given { .. } => None,
        }
    }
}

impl LegState {
    pub(crate) fn new(id: Leg, dialog: Dialog, phase: Phase) -> LegState {
        let takes_update = match &phase {
            Phase::Offered(offered) => takes_update(&offered.invite),
            _ => false,
        };
        LegState {
            id,
            dialog,
            phase,
            change: Change::None,
            unacked: None,
            early: Vec::new(),
            reliable: None,
            late: Late::None,
            refers: Vec::new(),
            referred: false,
            named: false,
            session: Session::default(),
            takes_update,
            described: Bytes::new(),
            outgoing: None,
            credentials: None,
            hangup: None,
            bye_tries: 0,
            woken_at: None,
        }
    }

    /// Performs an order; one that no longer fits is dropped.
    pub(crate) fn on_command(&mut self, core: &mut Core, command: Command) {
        match command {
            // A leg carries no text and is no subscription.
            Command::Deliver { .. } | Command::Notify { .. } | Command::Inform { .. } => {}
            Command::Dial(_) => tracing::warn!(leg = self.id.0, "a leg in use was dialled again"),
            Command::Provisional { code, body } => self.provisional(core, code, body),
            Command::Answer { body } => self.answer(core, &body),
            Command::Reject { cause } => _ = self.refuse(core, cause),
            Command::Hangup { cause } => self.hang_up(core, cause),
            Command::Reoffer { body } => self.reoffer(core, body),
            Command::AnswerReoffer { body } => self.answer_reoffer(core, &body),
            Command::RejectReoffer { code } => self.reject_reoffer(core, code),
            Command::AnswerRefer { id, code } => self.answer_refer(core, id, code),
            Command::NotifyRefer { id, code } => self.notify_refer(core, id, code),
            Command::FinishBye => self.finish_bye(core),
        }
    }

    fn hang_up(&mut self, core: &mut Core, cause: Cause) {
        match &self.phase {
            Phase::Resolving => self.end(core, cause),
            Phase::Offered(_) => {
                if self.refuse(core, cause) {
                    core.tell(self.id, Signal::Ended { cause });
                }
            }
            Phase::Inviting(_) => self.withdraw(core, cause, false),
            Phase::Up if self.unacked.is_some() => self.hangup = Some(cause),
            Phase::Up => self.bye(core, cause, false),
            Phase::Ending { .. } | Phase::Over => {}
            Phase::Ended { .. } => self.finish_bye(core),
        }
    }

    /// Says that the leg is over, and ends it.
    fn end(&mut self, core: &mut Core, cause: Cause) {
        core.tell(self.id, Signal::Ended { cause });
        self.phase = Phase::Over;
    }

    /// Lets time pass.
    pub(crate) fn on_timeout(&mut self, core: &mut Core) {
        let now = core.now;
        self.repeat_answer(core);
        self.repeat_provisional(core);
        self.change_timeout(core);
        self.late_timeout(core);
        self.refer_timeout(core);
        self.watch_session(core);
        match &mut self.phase {
            Phase::Offered(offered) if offered.give_up_at <= now => {
                self.refuse(core, Cause::NoAnswer);
                core.tell(self.id, Signal::Ended { cause: Cause::NoAnswer });
            }
            Phase::Offered(offered) if offered.repeat_at.is_some_and(|at| at <= now) => {
                offered.repeat_at = Some(now + core.timing().keep_ringing);
                match offered.ringing.clone() {
                    Some((code, answer)) => core.answer(offered.key, code, answer),
                    // The last one was reliable, and a repetition is a new one (RFC 3262 section 3).
                    None => self.provisional(core, 180, None),
                }
            }
            Phase::Inviting(inviting) if inviting.ring_until.is_some_and(|at| at <= now) => {
                inviting.ring_until = None;
                self.withdraw(core, Cause::NoAnswer, true);
            }
            Phase::Inviting(inviting) if inviting.next_at.is_some_and(|at| at <= now) => self.leave_silent(core),
            Phase::Ended { answer_at, .. } if *answer_at <= now => self.finish_bye(core),
            Phase::Resolving
            | Phase::Offered(_)
            | Phase::Inviting(_)
            | Phase::Up
            | Phase::Ending { .. }
            | Phase::Ended { .. }
            | Phase::Over => {}
        }
    }

    /// When `on_timeout` is to be called.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let phase = match &self.phase {
            Phase::Offered(offered) => {
                Some(offered.repeat_at.map_or(offered.give_up_at, |at| at.min(offered.give_up_at)))
            }
            Phase::Inviting(inviting) => inviting.ring_until.into_iter().chain(inviting.next_at).min(),
            Phase::Ended { answer_at, .. } => Some(*answer_at),
            Phase::Resolving | Phase::Up | Phase::Ending { .. } | Phase::Over => None,
        };
        let unacked = self.unacked.as_ref().map(|u| u.repeat_at.min(u.give_up_at));
        let reliable = self.reliable.as_ref().filter(|_| matches!(self.phase, Phase::Offered(_)));
        let reliable = reliable.and_then(|reliable| reliable.deadline());
        let refer = self.refers.iter().filter_map(Referring::deadline).min();
        let all =
            [phase, unacked, reliable, refer, self.change.deadline(), self.late.deadline(), self.session.deadline()];
        all.into_iter().flatten().min()
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// Begins a request inside the dialog.
    fn request(&mut self, core: &mut Core, method: Method) -> (u64, Flow, RequestBuilder) {
        let dialog = match self.early.last_mut() {
            Some(fork) => &mut fork.dialog,
            None => &mut self.dialog,
        };
        let flow = core.way(dialog);
        let branch = core.branch();
        let via = core.via(flow, branch);
        (branch, flow, dialog.request(method, &via, None))
    }
}

/// Whether the far side says that it knows an extension.
fn takes(message: &Message, tag: &str) -> bool {
    message.list(Name::Supported).chain(message.list(Name::Require)).any(|known| known.eq_ignore_ascii_case(tag))
}

/// Whether the far side says that it takes UPDATE (RFC 3311 section 5.1).
fn takes_update(message: &Message) -> bool {
    message.list(Name::Allow).any(|method| method == Method::Update.as_str())
}

/// The Reason header for a cause.
pub(crate) fn reason_of(cause: Cause) -> String {
    match cause {
        Cause::AnsweredElsewhere => "SIP;cause=200;text=\"Call completed elsewhere\"".to_owned(),
        _ => format!("Q.850;cause={};text=\"{}\"", q850_of(cause), cause.as_str()),
    }
}

//! What an endpoint tells the house.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use model::Cause;

/// One SIP leg: an INVITE and all that comes of it. Never used twice in the life of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leg(pub u64);

/// Something happened.
#[derive(Debug)]
pub enum Event {
    /// A call arrives. `100 Trying` is already on its way; nothing else is answered until a command says so.
    Incoming(Box<Incoming>),
    /// News of one leg.
    Leg(Leg, Signal),
    /// The phones registered for an account changed.
    Bindings {
        /// Whose.
        account: u128,
        /// How many contacts there are now.
        contacts: usize,
    },
    /// Somebody sends a text.
    Text(Box<Text>),
    /// Somebody wants to be told of something, for the first time or for longer: answer with `Notify`.
    Subscribed(Box<Subscribed>),
    /// A subscription is over: it ran out, was ended, or its NOTIFY was refused.
    Unsubscribed(Leg),
    /// News of our own registration at a carrier.
    Registration {
        /// The id given to [`crate::Stack::register`].
        id: u64,
        /// For how long the carrier holds it, or the status it refused with (408 when it did not answer).
        state: Result<Duration, u16>,
    },
    /// Somebody was refused in the name of a user, and the house may want to know.
    Refused {
        /// The realm, which is the domain of a user that exists.
        realm: String,
        /// The user that was claimed; may not exist.
        user: String,
        /// Where it came from.
        source: IpAddr,
        /// Why.
        why: Refusal,
    },
    /// New calls are shed; told once a second at most.
    Shed {
        /// Whose call it was.
        origin: Origin,
        /// The number it dialled.
        dialled: String,
    },
    /// A carrier that was asked with [`crate::Stack::probe`] answered, or did not.
    Probed {
        /// The id given with the question.
        id: u64,
        /// Its final status; 408 when it did not answer, or could not be reached.
        status: u16,
    },
    /// A TLS connection to a carrier was opened, or could not be.
    Trusted {
        /// The name that the far side was to prove.
        host: String,
        /// Whether it did.
        state: Result<(), Distrust>,
    },
    /// What was said on legs that are over; only with [`crate::Config::trace`].
    Traces(Vec<crate::Trace>),
}

/// Why a TLS server is not taken for who it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody we trust vouches for its certificate.
    Untrusted,
    /// Its certificate is for other names.
    WrongName,
    /// Its certificate has ended, or has not begun.
    Expired,
    /// The handshake failed for another reason: no TLS there, no version or cipher in common.
    Failed,
}

impl Distrust {
    /// A stable word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Distrust::Untrusted => "tls_untrusted",
            Distrust::WrongName => "tls_wrong_name",
            Distrust::Expired => "tls_expired",
            Distrust::Failed => "tls_failed",
        }
    }
}

/// A text from one of our accounts (MESSAGE, RFC 3428). It waits for `Deliver` or `Reject`, given to its `id`; ten seconds
/// without either, and its sender hears 480.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its name in commands.
    pub id: Leg,
    /// Who proved to be the sender.
    pub account: u128,
    /// The user part of the request URI, escapes undone.
    pub user: String,
    /// The host of the request URI.
    pub domain: String,
    /// Content-Type, with its parameters.
    pub content_type: String,
    /// The text.
    pub body: Bytes,
}

/// A subscription of one of our accounts (RFC 6665).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribed {
    /// Its name in commands; the same when it is refreshed.
    pub id: Leg,
    /// Who proved to be the subscriber.
    pub account: u128,
    /// The event package: one of [`crate::Config::events`].
    pub package: String,
    /// The user part of the request URI: whose state is asked for.
    pub user: String,
    /// The host of the request URI.
    pub domain: String,
    /// The bodies the subscriber takes; empty for the package's own.
    pub accept: String,
    /// How long it lasts. Zero: it wants to be told once, or no more.
    pub expires_in: Duration,
}

/// Why somebody was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Too many wrong passwords: nothing more is answered for so long.
    Blocked(Duration),
    /// The password was right, but the account may not be at this address.
    Source,
    /// The group of the account has as many contacts as it may.
    Full,
}

/// An authenticated INVITE that begins a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The leg made for it.
    pub leg: Leg,
    /// Where the datagram or the connection came from.
    pub source: SocketAddr,
    /// Who proved to be the sender.
    pub origin: Origin,
    /// What was asked for.
    pub request_uri: String,
    /// The user part of the request URI, escapes undone: the number dialled.
    pub dialled: String,
    /// The host of the request URI.
    pub domain: String,
    /// The From header. Not proven: only `origin` is.
    pub from: Party,
    /// The To header.
    pub to: Party,
    /// P-Asserted-Identity; given only when a carrier sent it.
    pub asserted: Option<Party>,
    /// Call-ID, for logs.
    pub call_id: String,
    /// User-Agent, or empty.
    pub user_agent: String,
    /// How many hops are left of the call, ours taken off; for [`crate::Dial::max_forwards`]. Never 0: such a call was
    /// refused with 483.
    pub max_forwards: u8,
    /// The leg whose place the call is to take (RFC 3891); an INVITE that names none of ours was refused.
    pub replaces: Option<Replaced>,
    /// The session description; none means that we are to offer in the answer.
    pub offer: Option<Bytes>,
}

/// Who sent an INVITE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An account, proven by digest.
    Account(u128),
    /// A carrier, by its source address.
    Carrier(IpAddr),
}

/// A person or number in a From, To or P-Asserted-Identity header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The user part of the URI, escapes undone.
    pub user: String,
    /// The host of the URI.
    pub host: String,
    /// The display name, quotes removed; may be empty.
    pub display: String,
}

/// News of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The far side works on it.
    Progress {
        /// An early session description (183).
        body: Option<Bytes>,
    },
    /// The far side rings.
    Ringing {
        /// An early session description.
        body: Option<Bytes>,
    },
    /// The far side answered our INVITE; the ACK is on its way.
    Answered {
        /// Its session description.
        body: Option<Bytes>,
    },
    /// Our INVITE was refused, was not answered in time (408), or could not be sent. Final.
    Rejected {
        /// The status.
        code: u16,
        /// The same in our words.
        cause: Cause,
    },
    /// The caller gave up before we answered (487 is sent). Final.
    Cancelled,
    /// The far side wants to change the session: answer with `AnswerReoffer` or `RejectReoffer`.
    Reoffer {
        /// Its offer; none means that our answer carries the offer.
        body: Option<Bytes>,
    },
    /// Our `Reoffer` was accepted.
    ReofferAnswered {
        /// The answer.
        body: Option<Bytes>,
    },
    /// Our `Reoffer` was refused; the session goes on as before.
    ReofferRejected {
        /// The status.
        code: u16,
    },
    /// The far side asks that whom it talks with be handed over (REFER): answer with `AnswerRefer`, then tell how it goes
    /// with `NotifyRefer`.
    Refer(Box<Refer>),
    /// An INFO request; already answered with 200.
    Info {
        /// Content-Type.
        content_type: String,
        /// The body.
        body: Bytes,
    },
    /// The far side ended the call. Its 200 waits for `FinishBye`, for two seconds at most. Final.
    Bye {
        /// Why, from its Reason header.
        cause: Cause,
    },
    /// The leg is over for a reason of ours: our `Hangup` is done, or the ACK never came. Final.
    Ended {
        /// Why.
        cause: Cause,
    },
}

/// What a REFER asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refer {
    /// Its name in the commands that answer it.
    pub id: u32,
    /// The user part of Refer-To, escapes undone: the number to call.
    pub user: String,
    /// The host of Refer-To.
    pub host: String,
    /// The dialog that the new call is to take the place of (an attended transfer).
    pub replaces: Option<Replaced>,
}

/// The dialog that a Replaces names (RFC 3891).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// A leg of ours.
    Leg {
        /// Which.
        leg: Leg,
        /// It is meant only while it is not answered.
        early_only: bool,
    },
    /// None of ours.
    Unknown,
}

impl Signal {
    /// Whether nothing follows for this leg.
    pub const fn is_final(&self) -> bool {
        match self {
            Signal::Rejected { .. } | Signal::Cancelled | Signal::Bye { .. } | Signal::Ended { .. } => true,
            Signal::Progress { .. }
            | Signal::Ringing { .. }
            | Signal::Answered { .. }
            | Signal::Reoffer { .. }
            | Signal::ReofferAnswered { .. }
            | Signal::ReofferRejected { .. }
            | Signal::Refer(_)
            | Signal::Info { .. } => false,
        }
    }
}

/// One phone of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// The registrar's key for the binding.
    pub key: u64,
    /// The address the phone gave.
    pub uri: String,
    /// The address it registered from: requests go there.
    pub source: SocketAddr,
    /// How it registered.
    pub transport: crate::Transport,
    /// Its preference among the account's phones, in thousandths.
    pub q: u16,
    /// What it says it is.
    pub user_agent: String,
    /// The host of its own Via: where it believes to be. Empty for one that was known to an earlier process.
    pub sent_by: String,
    /// How long the binding still holds.
    pub expires_in: Duration,
}

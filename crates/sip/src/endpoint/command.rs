//! What the house asks of an endpoint.

use std::net::SocketAddr;

use bytes::Bytes;
use model::Cause;

use crate::locate::Hop;
use crate::{Party, Transport};

/// An order for one leg. Orders that no longer fit the leg's state are dropped: the leg may have ended meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Send an INVITE; the leg is one from [`crate::Stack::new_leg`].
    Dial(Box<Dial>),
    /// Answer an incoming INVITE provisionally.
    Provisional {
        /// 180 to 183.
        code: u16,
        /// An early session description.
        body: Option<Bytes>,
    },
    /// Accept an incoming INVITE.
    Answer {
        /// The session description: our answer, or our offer when the INVITE had none.
        body: Bytes,
    },
    /// Refuse an incoming INVITE, or a text. The leg is gone; no signal follows.
    Reject {
        /// Why; [`crate::status_of`] tells the status.
        cause: Cause,
    },
    /// Carry a text ([`crate::Text`]) on to these contacts; the first that takes it answers for all.
    Deliver {
        /// Of whom it is for; none means 480.
        contacts: Vec<u64>,
        /// Who sends it, as they are to see it.
        from: Party,
    },
    /// Tell a subscriber ([`crate::Subscribed`]) what there is.
    Notify {
        /// Of the body.
        content_type: String,
        /// The state; empty when there is none.
        body: Bytes,
        /// The reason when nothing will follow: `noresource`, `rejected`, `deactivated`…
        end: Option<&'static str>,
    },
    /// Tell a registered phone something it did not subscribe to, as phones expect of `message-summary`. The leg is one from
    /// [`crate::Stack::new_leg`]; nothing is heard of it again.
    Inform {
        /// Which phone, by [`crate::Contact::key`].
        contact: u64,
        /// Whose state it is: the phone's own account.
        party: Party,
        /// The event package.
        event: String,
        /// Of the body.
        content_type: String,
        /// The state.
        body: Bytes,
    },
    /// End the leg in whatever state it is: CANCEL, BYE or a final refusal. Answered by `Ended`, or by whatever final
    /// signal was on its way.
    Hangup {
        /// Why.
        cause: Cause,
    },
    /// Offer a changed session. Answered by `ReofferAnswered` or `ReofferRejected`.
    Reoffer {
        /// Our offer.
        body: Bytes,
    },
    /// Accept the far side's `Reoffer`.
    AnswerReoffer {
        /// The answer (or our offer, when it had none).
        body: Bytes,
    },
    /// Refuse the far side's `Reoffer`; the session goes on as before.
    RejectReoffer {
        /// 488 usually.
        code: u16,
    },
    /// Say whether a REFER may be.
    AnswerRefer {
        /// Which, from its signal.
        id: u32,
        /// 202, or the status to refuse it with.
        code: u16,
    },
    /// Tell how a REFER goes.
    NotifyRefer {
        /// Which.
        id: u32,
        /// The status of the call to the third; from 200 on it is the last.
        code: u16,
    },
    /// The end of the call is on record: answer the far side's BYE.
    FinishBye,
}

/// An INVITE to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// Where to.
    pub target: Target,
    /// Whom the far side sees.
    pub from: Party,
    /// The To header; the target's own URI when none.
    pub to: Option<Party>,
    /// Our offer.
    pub body: Bytes,
    /// Answers a carrier's digest challenge.
    pub credentials: Option<Credentials>,
    /// P-Asserted-Identity, for carriers that trust us.
    pub asserted: Option<Party>,
    /// How many hops it may take: what is left of the call it carries on ([`crate::Incoming::max_forwards`]), so that a
    /// call that goes in circles ends. 70 when none.
    pub max_forwards: Option<u8>,
    /// More headers, sent as they are. Names or values with line breaks are dropped.
    pub headers: Vec<(String, String)>,
}

/// Where an INVITE goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A registered phone, by [`crate::Contact::key`]; over the connection it registered from.
    Contact(u64),
    /// Any SIP URI.
    Uri {
        /// The request URI.
        uri: String,
        /// The places to try in this order, whatever the URI says (an outbound proxy, or a known carrier); empty: look the
        /// URI's host up.
        to: Vec<Hop>,
        /// The transport to use where neither says.
        transport: Transport,
    },
}

/// A name and password at a carrier.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name of the digest.
    pub user: String,
    /// The password; never logged.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An outbound registration to keep up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The carrier's registrar, `sip:carrier.example`.
    pub registrar: String,
    /// Send to this address instead of the registrar's own.
    pub to: Option<SocketAddr>,
    /// The transport.
    pub transport: Transport,
    /// Who registers: user and host of the address of record.
    pub user: String,
    /// The digest's name and password.
    pub credentials: Credentials,
    /// The expiry to ask for.
    pub expires_s: u32,
}

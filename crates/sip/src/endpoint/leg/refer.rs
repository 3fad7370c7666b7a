//! REFER of the far side within the call (RFC 3515): the house says whether it may be, and each word of how it goes is a
//! NOTIFY of the subscription that the REFER made, until the last. Who wants no such words says so (RFC 4488).

use std::time::Duration;

use model::Moment;

use super::{LegState, Phase};
use crate::endpoint::core::{Asker, Core};
use crate::endpoint::event::{Refer, Replaced, Signal};
use crate::header::{NameAddr, Replaces};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;
use crate::uri::{Scheme, Uri, decode};

/// REFERs of one call that are under way at a time.
const MOST: usize = 4;
/// How long the house may take to say whether a REFER may be.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is said of how long a subscription lasts; its REFER has long been done with by then.
const LASTS_S: u32 = 300;

/// A REFER of theirs that is not done with.
pub(crate) struct Referring {
    /// The number of the REFER: the name of its subscription.
    id: u32,
    /// It is the first of the call, whose NOTIFYs need no name (section 2.4.6).
    first: bool,
    /// No NOTIFY is wanted.
    quiet: bool,
    /// Until the house has answered it.
    asked: Option<Box<Asked>>,
}

struct Asked {
    key: u64,
    request: Message,
    flow: Flow,
    give_up_at: Moment,
}

impl Referring {
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.asked.as_ref().map(|asked| asked.give_up_at)
    }
}

impl LegState {
    /// A REFER; its transaction is open.
    pub(super) fn on_refer(&mut self, core: &mut Core, key: u64, flow: Flow, request: Message) {
        if !matches!(self.phase, Phase::Up) || self.refers.len() >= MOST {
            return self.reply(core, key, flow, &request, 491, "Request Pending", &[]);
        }
        let refer = match read(core, &request) {
            Ok(refer) => refer,
            Err((status, reason)) => return self.reply(core, key, flow, &request, status, reason, &[]),
        };
        let quiet = request.other("Refer-Sub").is_some_and(|value| {
            value.split(';').next().is_some_and(|wanted| wanted.trim().eq_ignore_ascii_case("false"))
        });
        let give_up_at = core.now + PATIENCE;
        let first = !std::mem::replace(&mut self.referred, true);
        let id = refer.id;
        let asked = Some(Box::new(Asked { key, request, flow, give_up_at }));
        self.refers.push(Referring { id, first, quiet, asked });
        core.tell(self.id, Signal::Refer(Box::new(refer)));
    }

    /// The house says whether a REFER may be: 202, or a refusal.
    pub(super) fn answer_refer(&mut self, core: &mut Core, id: u32, code: u16) {
        let Some(place) = self.refers.iter().position(|refer| refer.id == id) else { return };
        let Some(asked) = self.refers[place].asked.take() else { return };
        let Asked { key, request, flow, .. } = *asked;
        if !(200..300).contains(&code) {
            self.refers.remove(place);
            let code = code.clamp(400, 699);
            return self.reply(core, key, flow, &request, code, reason_of_status(code), &[]);
        }
        let quiet = self.refers[place].quiet;
        let contact = core.contact(flow);
        let builder =
            core.reply(&request, flow, 202, "Accepted", &self.dialog.local_tag).header(Name::Contact, contact);
        let answer = if quiet { builder.other("Refer-Sub", "false").finish() } else { builder.finish() };
        core.answer(key, 202, answer);
        if quiet {
            self.refers.remove(place);
        } else {
            self.notify_refer(core, id, 100);
        }
    }

    /// Tells how the transfer goes; a final status is the last word.
    pub(super) fn notify_refer(&mut self, core: &mut Core, id: u32, code: u16) {
        let Some(place) = self.refers.iter().position(|refer| refer.id == id && refer.asked.is_none()) else { return };
        if !matches!(self.phase, Phase::Up) {
            return;
        }
        let first = self.refers[place].first;
        let is_last = code >= 200;
        if is_last {
            self.refers.remove(place);
        }
        let (branch, flow, builder) = self.request(core, Method::Notify);
        let event = if first { "refer".to_owned() } else { format!("refer;id={id}") };
        let state =
            if is_last { "terminated;reason=noresource".to_owned() } else { format!("active;expires={LASTS_S}") };
        let fragment = format!("SIP/2.0 {code} {}\r\n", reason_of_status(code));
        let notify = builder
            .header(Name::Contact, core.contact(flow))
            .header(Name::Event, event)
            .header(Name::SubscriptionState, state)
            .body("message/sipfrag;version=2.0", fragment.as_bytes());
        core.ask(branch, flow, Method::Notify, notify, Asker::Nobody);
    }

    /// The house has not said whether a REFER may be.
    pub(super) fn refer_timeout(&mut self, core: &mut Core) {
        let now = core.now;
        let late = self.refers.iter().find(|refer| refer.deadline().is_some_and(|at| at <= now)).map(|refer| refer.id);
        if let Some(id) = late {
            self.answer_refer(core, id, 500);
        }
    }

    /// The call ends: what was asked is answered, and nobody is told any more.
    pub(super) fn drop_refers(&mut self, core: &mut Core) {
        for refer in std::mem::take(&mut self.refers) {
            if let Some(asked) = refer.asked {
                let Asked { key, request, flow, .. } = *asked;
                self.reply(core, key, flow, &request, 487, "Request Terminated", &[]);
            }
        }
    }
}

/// What a REFER asks for, or the status to refuse it with.
fn read(core: &Core, request: &Message) -> Result<Refer, (u16, &'static str)> {
    const BAD: (u16, &str) = (400, "Bad Refer-To");
    let mut targets = request.list(Name::ReferTo);
    // Exactly one (section 2.4.2).
    let (Some(target), None) = (targets.next(), targets.next()) else { return Err(BAD) };
    let target = NameAddr::parse(target).map_err(|_| BAD)?;
    let uri = Uri::parse(target.uri).map_err(|_| BAD)?;
    if uri.scheme == Scheme::Other {
        return Err((416, "Unsupported URI Scheme"));
    }
    if uri.params.get("method").is_some_and(|method| !method.eq_ignore_ascii_case(Method::Invite.as_str())) {
        return Err((501, "Not Implemented"));
    }
    let named = uri.headers.split('&').find_map(|header| {
        let (name, value) = header.split_once('=')?;
        name.eq_ignore_ascii_case(Name::Replaces.as_str()).then(|| decode(value))
    });
    let replaces = match named {
        None => None,
        Some(named) => Some(find(core, &Replaces::parse(&named).map_err(|_| BAD)?)),
    };
    Ok(Refer {
        id: request.cseq().map_or(0, |(number, _)| number),
        user: uri.user_text().into_owned(),
        host: uri.host.to_owned(),
        replaces,
    })
}

/// The leg of ours that a Replaces means.
pub(crate) fn find(core: &Core, named: &Replaces<'_>) -> Replaced {
    let found = core.shared.find_leg(named.call_id, named.to_tag, named.from_tag);
    // Some write the tags from their own side; ours cannot be guessed either way.
    let found = found.or_else(|| core.shared.find_leg(named.call_id, named.from_tag, named.to_tag));
    found.map_or(Replaced::Unknown, |leg| Replaced::Leg { leg, early_only: named.early_only })
}

/// The phrase of a status, as far as transfers go.
fn reason_of_status(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        200 => "OK",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        603 => "Decline",
        _ if code < 200 => "Progress",
        _ => "Failed",
    }
}

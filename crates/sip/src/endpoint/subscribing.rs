//! SUBSCRIBE and NOTIFY (RFC 6665), from our side: an account asks to be told of something, the house says what there is
//! to tell, here is the subscription: its dialog, its time, its end. Which event packages there are is the house's to say
//! ([`crate::Config::events`]); of their bodies nothing is known here.

use std::time::Duration;

use bytes::Bytes;
use model::Moment;

use super::Endpoint;
use super::core::Asker;
use super::dial::address;
use super::event::{Event, Leg, Party, Subscribed};
use crate::build::RequestBuilder;
use crate::dialog::{Dialog, MAX_FORWARDS};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;
use crate::uri::Uri;

/// The shortest time granted; less is refused with 423.
const SHORTEST_S: u32 = 60;
/// The longest, and what is granted when none is asked for.
const LONGEST_S: u32 = 3600;
/// How long the house may take to say what there is to tell; an empty NOTIFY goes out then (section 4.2.1.2).
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a phone may take for what it did not subscribe to.
const PATIENCE_OF_PHONES: Duration = Duration::from_secs(10);
/// Subscriptions of one shard.
const MOST: usize = 20_000;

/// One subscription.
pub(super) struct Subscription {
    dialog: Dialog,
    account: u128,
    /// The Event header as it came: package and `id`.
    event: String,
    user: String,
    domain: String,
    accept: String,
    ends_at: Moment,
    /// Until when the first NOTIFY waits for the house.
    owed_at: Option<Moment>,
}

impl Subscription {
    fn package(&self) -> &str {
        package(&self.event)
    }
}

/// The package of an Event header.
fn package(event: &str) -> &str {
    event.split(';').next().unwrap_or("").trim()
}

impl Endpoint {
    /// A SUBSCRIBE outside any dialog.
    pub(super) fn on_subscribe(&mut self, key: u64, flow: Flow, request: &Message) {
        let Ok(from) = request.from() else { return };
        let Ok(uri) = from.uri() else {
            return self.core.reply_stateless(request, flow, 400, "Bad From", &[]);
        };
        let Some(account) = self.authenticate(flow, request, &uri, false) else { return };
        let event = request.header(Name::Event).unwrap_or("").to_owned();
        let known = self.core.shared.config.events.clone();
        if !known.iter().any(|known| known.eq_ignore_ascii_case(package(&event))) {
            let allowed = known.join(", ");
            return self.core.reply_stateless(request, flow, 489, "Bad Event", &[(Name::AllowEvents, &allowed)]);
        }
        let Some(expires_s) = self.granted(flow, request) else { return };
        let full = self.subscriptions.len() >= MOST || self.core.is_full() || self.core.is_backed_up();
        if full || self.core.shared.is_draining() {
            return self.core.reply_stateless(request, flow, 503, "Service Unavailable", &[(Name::RetryAfter, "30")]);
        }
        let tag = self.core.tag();
        let Ok(dialog) = Dialog::incoming(request, flow, tag, Some(account.key)) else {
            return self.core.reply_stateless(request, flow, 400, "Missing Contact", &[]);
        };
        let target = Uri::parse(request.request_uri()).ok();
        let id = self.core.shared.new_leg(self.shard);
        let now = self.core.now;
        let subscription = Subscription {
            account: account.key,
            event,
            user: target.map_or_else(String::new, |uri| uri.user_text().into_owned()),
            domain: target.map_or_else(String::new, |uri| uri.host.to_owned()),
            accept: request.list(Name::Accept).collect::<Vec<_>>().join(", "),
            ends_at: now + Duration::from_secs(u64::from(expires_s)),
            owed_at: Some(now + PATIENCE),
            dialog,
        };
        let name = self.core.hash((request.call_id(), subscription.dialog.local_tag.as_str()));
        self.core.open(key, Method::Subscribe, flow, None);
        self.accept_subscribe(key, flow, request, &subscription.dialog.local_tag.clone(), expires_s);
        self.subscribed.insert(name, id);
        self.subscriptions.insert(id, Box::new(subscription));
        self.tell_subscribed(id, expires_s);
    }

    /// The time to grant; none when the request is answered already.
    fn granted(&mut self, flow: Flow, request: &Message) -> Option<u32> {
        match request.expires() {
            Some(1..SHORTEST_S) => {
                let least = SHORTEST_S.to_string();
                self.core.reply_stateless(request, flow, 423, "Interval Too Brief", &[(Name::MinExpires, &least)]);
                None
            }
            asked => Some(asked.unwrap_or(LONGEST_S).min(LONGEST_S)),
        }
    }

    fn accept_subscribe(&mut self, key: u64, flow: Flow, request: &Message, tag: &str, expires_s: u32) {
        let contact = self.core.contact(flow);
        let answer = self.core.reply(request, flow, 200, "OK", tag).header(Name::Contact, contact);
        let answer = answer.header(Name::Expires, expires_s).finish();
        self.core.answer(key, 200, answer);
    }

    /// Asks the house for what there is to tell; of a subscription of no length, for the last time.
    fn tell_subscribed(&mut self, id: Leg, expires_s: u32) {
        let Some(subscription) = self.subscriptions.get(&id) else { return };
        let told = Subscribed {
            id,
            account: subscription.account,
            package: subscription.package().to_owned(),
            user: subscription.user.clone(),
            domain: subscription.domain.clone(),
            accept: subscription.accept.clone(),
            expires_in: Duration::from_secs(u64::from(expires_s)),
        };
        self.core.events.push_back(Event::Subscribed(Box::new(told)));
        self.wake_subscription(id);
    }

    /// A SUBSCRIBE in a subscription's dialog: more time, or its end. Whether it was one.
    pub(super) fn on_resubscribe(&mut self, key: u64, flow: Flow, request: &Message) -> bool {
        let Some(tag) = request.to_tag() else { return false };
        let name = self.core.hash((request.call_id(), tag));
        let Some(id) = self.subscribed.get(&name).copied() else { return false };
        let Some(subscription) = self.subscriptions.get_mut(&id) else { return false };
        if request.from_tag() != Some(subscription.dialog.remote_tag.as_str()) {
            return false;
        }
        let tag = subscription.dialog.local_tag.clone();
        let in_order = subscription.dialog.is_next(request);
        let same = request.header(Name::Event).is_some_and(|event| package(event) == subscription.package());
        self.core.open(key, Method::Subscribe, flow, None);
        let refusal = match (in_order, same) {
            (false, _) => Some((500, "Server Internal Error")),
            (true, false) => Some((489, "Bad Event")),
            (true, true) => None,
        };
        if let Some((status, reason)) = refusal {
            let answer = self.core.reply(request, flow, status, reason, &tag).finish();
            self.core.answer(key, status, answer);
            return true;
        }
        let expires_s = match request.expires() {
            Some(asked @ 1..SHORTEST_S) => asked.max(SHORTEST_S),
            asked => asked.unwrap_or(LONGEST_S).min(LONGEST_S),
        };
        let now = self.core.now;
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.dialog.refresh(request, Some(flow));
            subscription.ends_at = now + Duration::from_secs(u64::from(expires_s));
            subscription.owed_at = Some(now + PATIENCE);
        }
        self.accept_subscribe(key, flow, request, &tag, expires_s);
        self.tell_subscribed(id, expires_s);
        true
    }

    /// The house tells a subscriber what there is; `end` is the reason when nothing will follow.
    pub(super) fn notify(&mut self, id: Leg, content_type: &str, body: &Bytes, end: Option<&str>) {
        let now = self.core.now;
        let Some(subscription) = self.subscriptions.get_mut(&id) else { return };
        subscription.owed_at = None;
        let left = subscription.ends_at.since(now).as_secs();
        let over = end.or((left == 0).then_some("timeout"));
        let state = match over {
            Some(reason) => format!("terminated;reason={reason}"),
            None => format!("active;expires={left}"),
        };
        let core = &mut self.core;
        let flow = core.way(&subscription.dialog);
        let branch = core.branch();
        let via = core.via(flow, branch);
        let builder = subscription
            .dialog
            .request(Method::Notify, &via, None)
            .header(Name::Contact, core.contact(flow))
            .header(Name::Event, &subscription.event)
            .header(Name::SubscriptionState, state);
        let notify = if body.is_empty() { builder.finish() } else { builder.body(content_type, body) };
        let asker = if over.is_some() { Asker::Nobody } else { Asker::Notify(id) };
        core.ask(branch, flow, Method::Notify, notify, asker);
        if over.is_some() {
            self.forget_subscription(id, end.is_none());
        }
    }

    /// Tells a registered phone something outside any subscription. RFC 6665 has no such thing, but phones that light a lamp
    /// for waiting messages expect it; that nothing follows is said.
    pub(super) fn inform(&mut self, key: u64, party: &Party, event: &str, (content_type, body): (&str, &Bytes)) {
        let call_id = self.new_call_id();
        let core = &mut self.core;
        let Some((account, contact)) = core.shared.contact_by_key(key, core.now) else { return };
        let mut flow = contact.flow;
        if !core.shared.is_open(flow) {
            flow = core.way_to_phone(account, &contact.uri, flow);
        }
        let (tag, branch) = (core.tag(), core.branch());
        let ours = core.shared.local(flow).ip().to_string();
        let mut builder = RequestBuilder::new(Method::Notify, &contact.uri).header(Name::Via, core.via(flow, branch));
        for hop in &contact.path {
            builder = builder.header(Name::Route, hop);
        }
        let whose = address(party, &ours);
        let message = builder
            .header(Name::MaxForwards, MAX_FORWARDS)
            .header(Name::From, format_args!("{whose};tag={tag}"))
            .header(Name::To, &whose)
            .header(Name::CallId, call_id)
            .header(Name::CSeq, format_args!("1 {}", Method::Notify))
            .header(Name::Contact, core.contact(flow))
            .header(Name::Event, event)
            .header(Name::SubscriptionState, "terminated")
            .header(Name::UserAgent, &core.shared.config.server_name)
            .body(content_type, body);
        self.core.ask_briefly(branch, flow, Method::Notify, message, Asker::Nobody, PATIENCE_OF_PHONES);
    }

    /// A subscriber answered a NOTIFY, or did not: who refuses is told nothing more (section 4.2.2).
    pub(super) fn on_notify_answer(&mut self, id: Leg, status: u16) {
        if status >= 300 {
            self.forget_subscription(id, true);
        }
    }

    /// Time passes for a subscription; whether it was one.
    pub(super) fn subscription_timeout(&mut self, id: Leg) -> bool {
        let now = self.core.now;
        let Some(subscription) = self.subscriptions.get(&id) else { return false };
        let owed = subscription.owed_at.map(|at| at <= now);
        if owed == Some(true) || owed.is_none() && subscription.ends_at <= now {
            self.notify(id, "", &Bytes::new(), None);
        }
        self.wake_subscription(id);
        true
    }

    fn wake_subscription(&mut self, id: Leg) {
        let Some(subscription) = self.subscriptions.get(&id) else { return };
        let at = subscription.owed_at.unwrap_or(subscription.ends_at);
        self.core.wake_leg(id, at);
    }

    fn forget_subscription(&mut self, id: Leg, tell: bool) {
        let Some(subscription) = self.subscriptions.remove(&id) else { return };
        let dialog = &subscription.dialog;
        self.subscribed.remove(&self.core.hash((dialog.call_id.as_str(), dialog.local_tag.as_str())));
        if tell {
            self.core.events.push_back(Event::Unsubscribed(id));
        }
    }
}

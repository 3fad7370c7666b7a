//! MESSAGE (RFC 3428): a text from one of our accounts to the phones of another. Who may and to whom is the house's to
//! say; here it is proven, handed up, and carried on to each phone. The first that takes it answers for all.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use super::Endpoint;
use super::core::{Asker, Callee};
use super::dial::address;
use super::event::{Event, Leg, Party, Text};
use crate::build::RequestBuilder;
use crate::cause::status_of;
use crate::dialog::MAX_FORWARDS;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

/// A longer text does not fit a datagram with its headers (section 8).
const LONGEST: usize = 1300;
/// Texts of one shard that wait for their answer.
const MOST: usize = 1000;
/// How long the house may think, and how long a phone may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A text that waits for its answer.
pub(super) struct Texting {
    key: u64,
    request: Message,
    flow: Flow,
    /// Phones that have not answered; none are asked before the house has spoken.
    waiting: usize,
    /// What the phones that refused said, the most telling of it.
    refused: Option<u16>,
    /// When it is answered in any case.
    until: Moment,
}

impl Endpoint {
    /// A MESSAGE outside any dialog.
    pub(super) fn on_text(&mut self, key: u64, flow: Flow, request: Message) {
        let Ok(from) = request.from() else { return };
        let Ok(uri) = from.uri() else {
            return self.core.reply_stateless(&request, flow, 400, "Bad From", &[]);
        };
        let Some(account) = self.authenticate(flow, &request, &uri, false) else { return };
        let reply = |endpoint: &mut Endpoint, status, reason, headers: &[(Name, &str)]| {
            endpoint.core.reply_stateless(&request, flow, status, reason, headers);
        };
        if request.body().len() > LONGEST {
            return reply(self, 413, "Request Entity Too Large", &[]);
        }
        if request.max_forwards() == Some(1) {
            return reply(self, 483, "Too Many Hops", &[]);
        }
        if self.texts.len() >= MOST || self.core.shared.is_draining() || self.core.is_full() || self.core.is_backed_up()
        {
            return reply(self, 503, "Service Unavailable", &[(Name::RetryAfter, "5")]);
        }
        let (user, domain) = match crate::uri::Uri::parse(request.request_uri()) {
            Ok(uri) => (uri.user_text().into_owned(), uri.host.to_owned()),
            Err(_) => return reply(self, 400, "Bad Request-URI", &[]),
        };
        let id = self.core.shared.new_leg(self.shard);
        let text = Text {
            id,
            account: account.key,
            user,
            domain,
            content_type: request.header(Name::ContentType).unwrap_or("text/plain").to_owned(),
            body: request.body_bytes(),
        };
        self.core.open(key, Method::Message, flow, None);
        let until = self.core.now + PATIENCE;
        self.texts.insert(id, Texting { key, request, flow, waiting: 0, refused: None, until });
        self.core.wake_leg(id, until);
        self.core.events.push_back(Event::Text(Box::new(text)));
    }

    /// The house lets a text go to these contacts.
    pub(super) fn deliver(&mut self, id: Leg, contacts: &[u64], from: &Party) {
        let Some(text) = self.texts.get(&id) else { return };
        let (request, body) = (text.request.clone(), text.request.body_bytes());
        let hops = request.max_forwards().map_or(MAX_FORWARDS, |hops| hops.saturating_sub(1));
        let mut asked = 0;
        for contact in contacts {
            asked += usize::from(self.send_text(id, *contact, from, &request, &body, hops));
        }
        // The house has spoken: from now on each phone has its own time.
        let until = self.core.now + PATIENCE * 2;
        match self.texts.get_mut(&id) {
            Some(text) if asked > 0 => (text.waiting, text.until) = (asked, until),
            _ => self.answer_text(id, status_of(Cause::NotRegistered)),
        }
        self.core.wake_leg(id, until);
    }

    fn send_text(&mut self, id: Leg, key: u64, from: &Party, request: &Message, body: &Bytes, hops: u8) -> bool {
        let core = &mut self.core;
        let Some((account, contact)) = core.shared.contact_by_key(key, core.now) else { return false };
        let mut flow = contact.flow;
        if !core.shared.is_open(flow) {
            flow = core.way_to_phone(account, &contact.uri, flow);
        }
        let (tag, branch) = (core.tag(), core.branch());
        let ours = core.shared.local(flow).ip().to_string();
        let mut builder = RequestBuilder::new(Method::Message, &contact.uri).header(Name::Via, core.via(flow, branch));
        for hop in &contact.path {
            builder = builder.header(Name::Route, hop);
        }
        let call_id = self.new_call_id();
        let kind = request.header(Name::ContentType).unwrap_or("text/plain");
        let message = builder
            .header(Name::MaxForwards, hops)
            .header(Name::From, format_args!("{};tag={tag}", address(from, &ours)))
            .header(Name::To, request.header(Name::To).unwrap_or(""))
            .header(Name::CallId, call_id)
            .header(Name::CSeq, format_args!("1 {}", Method::Message))
            .header(Name::UserAgent, &self.core.shared.config.server_name)
            .body(kind, body);
        let callee = Callee { contact: key, account, since: self.core.now };
        self.core.ask_briefly(branch, flow, Method::Message, message, Asker::Text(id, callee), PATIENCE);
        true
    }

    /// The house refuses a text.
    pub(super) fn refuse_text(&mut self, id: Leg, cause: Cause) {
        self.answer_text(id, status_of(cause));
    }

    /// A phone answered a text, or did not.
    pub(super) fn on_text_answer(&mut self, id: Leg, status: u16) {
        let Some(text) = self.texts.get_mut(&id) else { return };
        match status {
            ..200 => {}
            200..=299 => self.answer_text(id, (200, "OK")),
            _ => {
                // No answer says less than a refusal.
                if !matches!(status, 408 | 503) {
                    text.refused = Some(status.min(text.refused.unwrap_or(u16::MAX)));
                }
                text.waiting = text.waiting.saturating_sub(1);
                if text.waiting == 0 {
                    let status = text.refused.map_or((480, "Temporarily Unavailable"), |status| (status, "Refused"));
                    self.answer_text(id, status);
                }
            }
        }
    }

    /// Nobody has spoken in time.
    pub(super) fn text_timeout(&mut self, id: Leg) {
        if self.texts.get(&id).is_none_or(|text| text.until > self.core.now) {
            return;
        }
        self.answer_text(id, (480, "Temporarily Unavailable"));
    }

    fn answer_text(&mut self, id: Leg, (status, reason): (u16, &str)) {
        let Some(text) = self.texts.remove(&id) else { return };
        let tag = self.core.tag();
        let answer = self.core.reply(&text.request, text.flow, status, reason, &tag).finish();
        self.core.answer(text.key, status, answer);
    }
}

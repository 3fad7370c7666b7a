//! Sorting what arrives: repetitions, broken requests, requests inside dialogs, and the few that may stand alone.
//!
//! Whoever is not proven gets answers that keep nothing here: same request, same answer.

use std::net::IpAddr;

use super::Endpoint;
use super::event::{Event, Incoming, Leg, Origin, Party, Refusal, Replaced};
use super::leg::{ALLOW, ALLOW_OUTSIDE, LegState, OPTIONS, Offered, Phase, SDP, Wish, find_replaced, too_short};
use super::shared::count_refused;
use crate::auth::{AuthFailure, presented_user};
use crate::dialog::{Dialog, MAX_FORWARDS};
use crate::directory::{Account, Source};
use crate::header::{NameAddr, Replaces};
use crate::message::{Message, ParseError, Rejection};
use crate::method::Method;
use crate::name::Name;
use crate::transport::{Flow, Transport};
use crate::uri::{Uri, decode};

impl Endpoint {
    /// Bytes arrived that are no whole message, but enough of one to answer.
    pub fn receive_broken(&mut self, now: model::Moment, flow: Flow, error: &ParseError) {
        self.core.now = now;
        if let (Some((code, reason)), Some(message)) = (error.answer(), &error.message) {
            self.reply_stranger(message, flow, code, reason, &[]);
        }
    }

    pub(super) fn on_request(&mut self, flow: Flow, request: Message) {
        let method = request.method();
        if let Err(rejection) = request.validate() {
            return self.turn_away(flow, &request, &rejection);
        }
        match method {
            Method::Ack => return self.on_ack(&request),
            Method::Cancel => return self.on_cancel(flow, &request),
            _ => {}
        }
        let key = self.core.server_key(&request, method);
        if self.core.repeat(key, flow) {
            return;
        }
        if request.to_tag().is_some() {
            return self.on_inside(key, flow, request);
        }
        match method {
            Method::Invite => self.on_invite(key, flow, request),
            Method::Register => self.on_register(key, flow, &request),
            Method::Options => self.on_options(flow, &request),
            Method::Bye | Method::Info | Method::Update | Method::Prack | Method::Notify => {
                self.unknown_dialog(flow, &request);
            }
            // A transfer is of a call: there is none to hand over outside one.
            Method::Refer => self.reply_stranger(&request, flow, 403, "Forbidden", &[]),
            Method::Message => self.on_text(key, flow, request),
            Method::Subscribe => self.on_subscribe(key, flow, &request),
            Method::Publish => {
                self.reply_stranger(&request, flow, 405, "Method Not Allowed", &[(Name::Allow, ALLOW_OUTSIDE)]);
            }
            Method::Other => {
                self.reply_stranger(&request, flow, 501, "Not Implemented", &[(Name::Allow, ALLOW_OUTSIDE)]);
            }
            Method::Ack | Method::Cancel => {}
        }
    }

    fn turn_away(&mut self, flow: Flow, request: &Message, rejection: &Rejection) {
        if request.method() == Method::Ack || request.via().is_err() {
            return;
        }
        let headers: &[(Name, &str)] = match rejection.code {
            415 => &[(Name::Accept, SDP)],
            420 => &[(Name::Unsupported, &rejection.unsupported)],
            _ => &[],
        };
        self.reply_stranger(request, flow, rejection.code, rejection.reason, headers);
    }

    fn unknown_dialog(&mut self, flow: Flow, request: &Message) {
        self.reply_stranger(request, flow, 481, "Call/Transaction Does Not Exist", &[]);
    }

    fn on_ack(&mut self, ack: &Message) {
        let key = self.core.server_key(ack, Method::Invite);
        if self.core.acknowledge(key) {
            return;
        }
        let Some(id) = self.dialog_of(ack) else { return };
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.on_ack(&mut self.core, ack);
            self.settle(id);
        }
    }

    fn on_cancel(&mut self, flow: Flow, cancel: &Message) {
        let key = self.core.server_key(cancel, Method::Invite);
        let Some((owner, waiting)) = self.core.invite_of(key) else {
            return self.unknown_dialog(flow, cancel);
        };
        let Some(leg) = owner.and_then(|id| self.legs.get_mut(&id)) else {
            return self.reply_stranger(cancel, flow, 200, "OK", &[]);
        };
        let id = leg.id;
        let ok = self.core.reply(cancel, flow, 200, "OK", &leg.dialog.local_tag).finish();
        self.core.transmit(flow, ok);
        if waiting {
            leg.on_cancel(&mut self.core);
            self.settle(id);
        }
    }

    /// The leg in whose dialog a request of the far side is.
    fn dialog_of(&self, request: &Message) -> Option<Leg> {
        let ours = self.core.hash((request.call_id(), request.to_tag()?));
        let id = *self.dialogs.get(&ours)?;
        let dialog = &self.legs.get(&id)?.dialog;
        let theirs = request.from_tag().unwrap_or("");
        (dialog.remote_tag.is_empty() || dialog.remote_tag == theirs).then_some(id)
    }

    fn on_inside(&mut self, key: u64, flow: Flow, request: Message) {
        let method = request.method();
        let Some(id) = self.dialog_of(&request) else {
            if method == Method::Subscribe && self.on_resubscribe(key, flow, &request) {
                return;
            }
            return self.unknown_dialog(flow, &request);
        };
        if method == Method::Other {
            return self.reply_stranger(&request, flow, 501, "Not Implemented", &[(Name::Allow, ALLOW)]);
        }
        self.core.open(key, method, flow, Some(id));
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.on_request(&mut self.core, key, flow, request);
        }
        self.settle(id);
    }

    fn on_options(&mut self, flow: Flow, request: &Message) {
        if self.core.shared.is_draining() {
            return self.busy(flow, request);
        }
        let supported = format!("path, {OPTIONS}");
        let headers = [(Name::Allow, ALLOW_OUTSIDE), (Name::Accept, SDP), (Name::Supported, &supported)];
        if self.serves(request, flow) {
            self.core.reply_unproven(request, flow, (200, "OK"), &headers, 0);
        }
    }

    pub(super) fn busy(&mut self, flow: Flow, request: &Message) {
        count_refused("overload");
        self.reply_stranger(request, flow, 503, "Service Unavailable", &[(Name::RetryAfter, "5")]);
    }

    fn on_invite(&mut self, key: u64, flow: Flow, invite: Message) {
        let caller = self.core.hash((invite.call_id(), invite.from_tag().unwrap_or("")));
        let twin = self.callers.get(&caller).and_then(|id| self.legs.get(id));
        if twin.is_some_and(|leg| leg.dialog.remote_seq == invite.cseq().map(|(number, _)| number)) {
            return self.reply_stranger(&invite, flow, 482, "Loop Detected", &[]);
        }
        // One hop is ours: nothing would be left to carry the call on with.
        if invite.max_forwards() == Some(1) {
            return self.reply_stranger(&invite, flow, 483, "Too Many Hops", &[]);
        }
        if let Some(least) = too_short(&self.core.timing(), &invite) {
            let least = least.to_string();
            let headers = [(Name::MinSe, least.as_str())];
            return self.reply_stranger(&invite, flow, 422, "Session Interval Too Small", &headers);
        }
        if self.core.shared.is_draining() || !self.has_room() {
            return self.busy(flow, &invite);
        }
        let source = flow.remote.ip();
        let origin = if self.core.shared.directory.carrier(source) && !self.says_account(&invite) {
            Origin::Carrier(source)
        } else {
            let Ok(from) = invite.from() else { return };
            let Ok(uri) = from.uri() else {
                return self.reply_stranger(&invite, flow, 400, "Bad From", &[]);
            };
            match self.authenticate(flow, &invite, &uri, false) {
                Some(account) => Origin::Account(account.key),
                None => return,
            }
        };
        // Whoever is let through here is known: strangers never take the place of a call. What takes over a leg that is
        // there is no new call.
        let is_new = !matches!(self.replaced(&invite), Ok(Some(_)));
        if is_new && !self.core.shared.lets_in() {
            return self.shed(flow, &invite, origin);
        }
        self.begin(key, flow, invite, origin);
    }

    fn shed(&mut self, flow: Flow, invite: &Message, origin: Origin) {
        count_refused("shed");
        if self.core.shared.tells_shed(self.core.now) {
            let dialled = Uri::parse(invite.request_uri()).map(|uri| uri.user_text().into_owned()).unwrap_or_default();
            self.core.events.push_back(Event::Shed { origin, dialled });
        }
        self.core.reply_stateless(invite, flow, 503, "Service Unavailable", &[(Name::RetryAfter, "5")]);
    }

    /// Whoever says to be one of our accounts must prove it, also behind an address that somebody named as a carrier's:
    /// phones and a gateway may share one, and nobody may take another's phones off the air.
    fn says_account(&self, invite: &Message) -> bool {
        let proof = invite.header(Name::Authorization).or(invite.header(Name::ProxyAuthorization));
        let is_account = |uri: Uri<'_>| self.core.shared.directory.account(uri.host, &decode(uri.user)).is_some();
        proof.is_some() || invite.from().ok().and_then(|from| from.uri().ok()).is_some_and(is_account)
    }

    fn begin(&mut self, key: u64, flow: Flow, invite: Message, origin: Origin) {
        let tag = self.core.tag();
        let phone = match origin {
            Origin::Account(account) => Some(account),
            Origin::Carrier(_) => None,
        };
        let Ok(dialog) = Dialog::incoming(&invite, flow, tag, phone) else {
            return self.reply_stranger(&invite, flow, 400, "Missing Contact", &[]);
        };
        let replaces = match self.replaced(&invite) {
            Ok(replaces) => replaces,
            Err((status, reason)) => return self.reply_stranger(&invite, flow, status, reason, &[]),
        };
        let id = self.core.shared.new_leg(self.shard);
        self.core.open(key, Method::Invite, flow, Some(id));
        let trying = self.core.reply(&invite, flow, 100, "Trying", "").finish();
        self.core.answer(key, 100, trying);
        self.core.events.push_back(Event::Incoming(Box::new(incoming(id, flow, &invite, origin, replaces))));
        let give_up_at = self.core.now + self.core.timing().unanswered;
        let wish = Wish::of(&invite);
        let offered = Offered { key, invite, flow, ringing: None, repeat_at: None, give_up_at, wish };
        self.insert(LegState::new(id, dialog, Phase::Offered(Box::new(offered))));
        self.settle(id);
    }

    /// The leg whose place an INVITE is to take; one that is not ours gets 481 (RFC 3891 section 3).
    fn replaced(&self, invite: &Message) -> Result<Option<Replaced>, (u16, &'static str)> {
        let mut lines = invite.headers(Name::Replaces);
        match (lines.next(), lines.next()) {
            (None, _) => Ok(None),
            (Some(line), None) => {
                let named = Replaces::parse(line).map_err(|_| (400, "Bad Replaces"))?;
                match find_replaced(&self.core, &named) {
                    Replaced::Unknown => Err((481, "Call/Transaction Does Not Exist")),
                    found @ Replaced::Leg { .. } => Ok(Some(found)),
                }
            }
            (Some(_), Some(_)) => Err((400, "Repeated Replaces")),
        }
    }

    /// The proven account of a request, or none when the request is answered already. `claimed`: the address it is said
    /// to be from; the proof has to be of the same domain, and if `exactly` of the same user.
    pub(super) fn authenticate(
        &mut self,
        flow: Flow,
        request: &Message,
        claimed: &Uri<'_>,
        exactly: bool,
    ) -> Option<Account> {
        let shared = self.core.shared.clone();
        let (source, now) = (flow.remote.ip(), self.core.now);
        let realm = shared.directory.realm(claimed.host);
        let presented = presented_user(request, &realm);
        let named = presented.as_deref().map(|name| name.strip_suffix(&format!("@{realm}")).unwrap_or(name));
        let user = match named {
            Some(named) if !exactly => named.into(),
            Some(_) | None => claimed.user_text(),
        };
        let who = format!("{user}@{realm}");
        if shared.limiter().is_blocked(source, &who, now) {
            count_refused("banned");
            return None;
        }
        let failure = match named {
            None => AuthFailure::Missing,
            Some(_) => {
                let account = shared.directory.account(claimed.host, &user);
                match shared.authenticator.verify(request, &user, account.as_ref(), &realm, source, now) {
                    Ok(()) => {
                        shared.limiter().proven(source, &who, now);
                        if let Some(account) = &account
                            && !self.may_be_at(account, request.method(), source)
                        {
                            count_refused("source");
                            self.tell_refused(&realm, &user, source, Refusal::Source);
                            self.core.reply_stateless(request, flow, 403, "Forbidden", &[]);
                            return None;
                        }
                        if flow.transport.is_reliable() {
                            self.core.proven.push_back(flow);
                        }
                        return account;
                    }
                    Err(failure) => failure,
                }
            }
        };
        let stale = failure == AuthFailure::Stale;
        match failure {
            AuthFailure::Busy => {
                self.busy(flow, request);
                return None;
            }
            AuthFailure::Missing | AuthFailure::Stale => {
                if !shared.serves_stranger(source, Some(&who), now) {
                    return None;
                }
            }
            AuthFailure::Wrong => {
                count_refused("wrong_password");
                let ban = shared.limiter().failed(source, &who, now);
                if let Some(ban) = ban {
                    metrics::counter!("alo_sip_bans_total").increment(1);
                    tracing::warn!(%source, who, ban_s = ban.as_secs(), "too many wrong passwords: shut out for a while");
                    self.tell_refused(&realm, &user, source, Refusal::Blocked(ban));
                }
            }
        }
        let lines = shared.authenticator.challenge(&realm, source, now, stale);
        let headers = lines.each_ref().map(|line| (Name::WwwAuthenticate, line.as_str()));
        let understood = if knows_only_md5(request, flow.transport) { &headers[..1] } else { &headers[..] };
        self.core.reply_unproven(request, flow, (401, "Unauthorized"), understood, 1);
        None
    }

    /// Whether the house lets the account be at this address. Who calls must have registered there, unless it is allowed
    /// all the same: a stolen password alone is then no way to call.
    fn may_be_at(&self, account: &Account, method: Method, source: IpAddr) -> bool {
        let shared = &self.core.shared;
        match shared.directory.source(account.key, source) {
            Source::Allowed => true,
            Source::Refused => false,
            Source::IfRegistered if method == Method::Register => true,
            Source::IfRegistered => {
                let phones = shared.registrar.contacts(account.key, self.core.now);
                phones.iter().any(|phone| phone.flow.remote.ip().to_canonical() == source.to_canonical())
            }
        }
    }

    pub(super) fn tell_refused(&mut self, realm: &str, user: &str, source: IpAddr, why: Refusal) {
        let event = Event::Refused { realm: realm.to_owned(), user: user.to_owned(), source, why };
        self.core.events.push_back(event);
    }

    /// Answers a request nobody has proven anything for, as long as its source has not asked too often.
    pub(super) fn reply_stranger(
        &mut self,
        request: &Message,
        flow: Flow,
        status: u16,
        reason: &str,
        headers: &[(Name, &str)],
    ) {
        if self.serves(request, flow) {
            self.core.reply_unproven(request, flow, (status, reason), headers, 0);
        }
    }

    /// Whether the source of a request may have an answer without a proof.
    fn serves(&self, request: &Message, flow: Flow) -> bool {
        let shared = &self.core.shared;
        let from = request.from().ok().and_then(|from| from.uri().ok());
        let who = from.map(|uri| format!("{}@{}", uri.user_text(), shared.directory.realm(uri.host)));
        shared.serves_stranger(flow.remote.ip(), who.as_deref(), self.core.now)
    }
}

/// Whether the phone is one that gives up when any of the challenges has a hash it does not know: baresip before its
/// version 3 does, wherever that line stands. JsSIP, by which browsers speak SIP, keeps the last line and knows MD5 only.
fn knows_only_md5(request: &Message, transport: Transport) -> bool {
    if matches!(transport, Transport::Ws | Transport::Wss) {
        return true;
    }
    let agent = request.header(Name::UserAgent).unwrap_or("");
    ["baresip v0.", "baresip v1.", "baresip v2."].iter().any(|old| agent.starts_with(old))
}

/// What the house is told of an INVITE.
fn incoming(leg: Leg, flow: Flow, invite: &Message, origin: Origin, replaces: Option<Replaced>) -> Incoming {
    let uri = Uri::parse(invite.request_uri());
    let asserted = match origin {
        Origin::Carrier(_) => invite.address(Name::PAssertedIdentity).ok().map(party),
        Origin::Account(_) => None,
    };
    Incoming {
        leg,
        source: flow.remote,
        origin,
        request_uri: invite.request_uri().to_owned(),
        dialled: uri.map_or_else(|_| String::new(), |uri| uri.user_text().into_owned()),
        domain: uri.map_or_else(|_| String::new(), |uri| uri.host.to_owned()),
        from: invite.from().map(party).unwrap_or_default(),
        to: invite.to().map(party).unwrap_or_default(),
        asserted,
        call_id: invite.call_id().to_owned(),
        user_agent: invite.header(Name::UserAgent).unwrap_or("").to_owned(),
        max_forwards: invite.max_forwards().map_or(MAX_FORWARDS, |hops| hops.saturating_sub(1)),
        replaces,
        offer: invite.session_description(),
    }
}

fn party(address: NameAddr<'_>) -> Party {
    let display = address.display_text().into_owned();
    match address.uri() {
        Ok(uri) => Party { user: decode(uri.user).into_owned(), host: uri.host.to_owned(), display },
        Err(_) => Party { user: String::new(), host: String::new(), display },
    }
}

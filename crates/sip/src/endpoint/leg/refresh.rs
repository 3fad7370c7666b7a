//! The session timer (RFC 4028): both ends agree on an interval and on who asks for a sign of life in it. When none
//! comes, the far side has lost the call without a word, and it ends here as well.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use super::change::Change;
use super::{ALLOW, LegState, OPTIONS, Phase, takes};
use crate::build::{RequestBuilder, ResponseBuilder};
use crate::endpoint::core::{Asker, Core};
use crate::endpoint::event::Signal;
use crate::header::{Params, parse_seconds};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::timer::Timing;

/// The option tag.
pub(crate) const TAG: &str = "timer";
/// How long a refresh waits for a change of the session that is under way.
const PAUSE: Duration = Duration::from_secs(5);
/// How often a refresh is asked again with a longer interval or a proof.
const MAX_TRIES: u8 = 3;
/// Whoever grants less than this is asked no more often.
const SHORTEST_S: u32 = 10;

/// What is known of the session timer.
#[derive(Default)]
pub(crate) struct Session {
    agreed: Option<Agreed>,
    /// The shortest interval the far side takes, from its 422.
    min_s: u32,
    /// Our refresh is on its way.
    asking: bool,
    tries: u8,
}

/// What was agreed on with the last answer.
struct Agreed {
    interval: Duration,
    /// We ask.
    ours: bool,
    since: Moment,
    /// When we ask or, once we have or when they ask, when it is over.
    at: Moment,
}

impl Agreed {
    /// A third of the interval early, at most 32 s: our BYE is to arrive while the far side still knows the call (section 10).
    fn end(&self) -> Moment {
        self.since + (self.interval - (self.interval / 3).min(Duration::from_secs(32)))
    }
}

impl Session {
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.agreed.as_ref().map(|agreed| agreed.at)
    }

    fn agree(&mut self, now: Moment, interval_s: u32, ours: bool) {
        let interval = Duration::from_secs(u64::from(interval_s.max(SHORTEST_S)));
        let mut agreed = Agreed { interval, ours, since: now, at: now };
        agreed.at = if ours { now + interval / 2 } else { agreed.end() };
        self.agreed = Some(agreed);
        self.asking = false;
        self.tries = 0;
    }

    /// The interval to ask for, in seconds.
    fn wish_s(&self, timing: &Timing) -> u32 {
        seconds(timing.session).max(self.min_s)
    }

    /// Takes over the minimum of a 422; whether the same may be asked for again.
    pub(super) fn raise(&mut self, refusal: &Message) -> bool {
        let Some(min_s) = refusal.header(Name::MinSe).and_then(parse_seconds) else { return false };
        self.tries += 1;
        let higher = min_s > self.min_s;
        self.min_s = self.min_s.max(min_s);
        higher && self.tries <= MAX_TRIES
    }

    /// The headers of a request of ours that begins or refreshes a session (section 7.1).
    pub(super) fn ask(&self, timing: &Timing, builder: RequestBuilder) -> RequestBuilder {
        let builder = builder.header(Name::Supported, OPTIONS);
        let role = match &self.agreed {
            Some(agreed) if agreed.ours => ";refresher=uac",
            Some(_) => ";refresher=uas",
            None => "",
        };
        let builder = builder.header(Name::SessionExpires, format_args!("{}{role}", self.wish_s(timing)));
        if self.min_s > 0 { builder.header(Name::MinSe, self.min_s) } else { builder }
    }

    /// A 2xx to such a request: what it says holds; nothing said means that nobody watches (section 7.2).
    pub(super) fn hear(&mut self, now: Moment, response: &Message) {
        match response.header(Name::SessionExpires).and_then(parse) {
            Some((interval_s, refresher)) => self.agree(now, interval_s, refresher != Some(Refresher::Uas)),
            None => *self = Session { min_s: self.min_s, ..Session::default() },
        }
    }

    /// Our 2xx to such a request of theirs (section 9). Who does not say who asks leaves it to us, and so does who knows
    /// nothing of timers when a proxy on the way wants one.
    pub(super) fn grant(
        &mut self,
        now: Moment,
        timing: &Timing,
        request: &Message,
        builder: ResponseBuilder,
    ) -> ResponseBuilder {
        let asked = request.header(Name::SessionExpires).and_then(parse);
        let knows = takes(request, TAG);
        if asked.is_none() && !knows {
            *self = Session { min_s: self.min_s, ..Session::default() };
            return builder;
        }
        let least = request.header(Name::MinSe).and_then(parse_seconds).unwrap_or(0).max(seconds(timing.min_session));
        let wish = self.wish_s(timing);
        let interval_s = asked.map_or(wish, |(interval_s, _)| interval_s.min(wish)).max(least);
        let ours = !(knows && matches!(asked, Some((_, Some(Refresher::Uac)))));
        self.agree(now, interval_s, ours);
        let role = if ours { "uas" } else { "uac" };
        let builder = builder.header(Name::SessionExpires, format_args!("{interval_s};refresher={role}"));
        if ours { builder } else { builder.header(Name::Require, TAG) }
    }
}

/// The Min-SE of a 422, when a request asks for an interval that is too short for us (section 9).
pub(crate) fn too_short(timing: &Timing, request: &Message) -> Option<u32> {
    let least = seconds(timing.min_session);
    let (asked, _) = request.header(Name::SessionExpires).and_then(parse)?;
    (asked < least && takes(request, TAG)).then_some(least)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refresher {
    Uac,
    Uas,
}

fn parse(value: &str) -> Option<(u32, Option<Refresher>)> {
    let seconds = parse_seconds(value)?;
    let params = Params::new(value.find(';').map_or("", |at| &value[at..]));
    let refresher = params.get("refresher").and_then(|who| match who {
        _ if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
        _ if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
        _ => None,
    });
    Some((seconds, refresher))
}

fn seconds(length: Duration) -> u32 {
    u32::try_from(length.as_secs()).unwrap_or(u32::MAX)
}

impl LegState {
    /// Asks for a sign of life when it is time to, and ends the call when none came.
    pub(super) fn watch_session(&mut self, core: &mut Core) {
        let now = core.now;
        let Some(agreed) = self.session.agreed.as_mut().filter(|agreed| agreed.at <= now) else { return };
        if !matches!(self.phase, Phase::Up) {
            self.session.agreed = None;
            return;
        }
        let end = agreed.end();
        if !agreed.ours || end <= now {
            return self.session_expired(core);
        }
        let busy = self.unacked.is_some() || !matches!(self.change, Change::None);
        agreed.at = if busy { (now + PAUSE).min(end) } else { end };
        if !busy && !self.session.asking {
            self.session.asking = true;
            self.send_refresh(core, None);
        }
    }

    fn session_expired(&mut self, core: &mut Core) {
        core.tell(self.id, Signal::Ended { cause: Cause::SessionExpired });
        self.bye(core, Cause::SessionExpired, true);
    }

    /// An UPDATE without a description, or a re-INVITE with ours unchanged for who takes no UPDATE (section 7.4).
    fn send_refresh(&mut self, core: &mut Core, credential: Option<(Name, String)>) {
        if !self.takes_update {
            return self.refresh_by_reoffer(core);
        }
        let (branch, flow, builder) = self.request(core, Method::Update);
        let builder = builder.header(Name::Contact, core.contact(flow)).header(Name::Allow, ALLOW);
        let mut builder = self.session.ask(&core.timing(), builder);
        if let Some((name, value)) = credential {
            builder = builder.header(name, value);
        }
        core.ask(branch, flow, Method::Update, builder.finish(), Asker::Refresh(self.id));
    }

    /// The answer to our refresh, or none (`None`).
    pub(crate) fn on_refresh_answer(&mut self, core: &mut Core, response: Option<&Message>) {
        let status = response.and_then(Message::status).unwrap_or(408);
        if status < 200 || !matches!(self.phase, Phase::Up) {
            return;
        }
        match (status, response) {
            (200..=299, Some(response)) => {
                self.dialog.refresh(response, None);
                self.session.hear(core.now, response);
            }
            (422, Some(response)) if self.session.raise(response) => self.send_refresh(core, None),
            (401 | 407, Some(response)) if self.session.tries < MAX_TRIES => {
                self.session.tries += 1;
                match self.credential(core, response, Method::Update) {
                    Some(credential) => self.send_refresh(core, Some(credential)),
                    None => self.still_there(core.now),
                }
            }
            (405 | 501, _) => {
                self.takes_update = false;
                self.send_refresh(core, None);
            }
            (408 | 481, _) => self.session_expired(core),
            _ => self.still_there(core.now),
        }
    }

    /// The far side refused, and lives.
    pub(super) fn still_there(&mut self, now: Moment) {
        if let Some(Agreed { interval, ours, .. }) = self.session.agreed.take() {
            self.session.agree(now, seconds(interval), ours);
        }
    }

    /// A re-INVITE that was a refresh found nobody.
    pub(super) fn refresh_failed(&mut self, core: &mut Core) {
        self.session_expired(core);
    }

    /// What was last said of our side, for a refresh.
    pub(super) fn remember(&mut self, body: &[u8]) {
        if !body.is_empty() {
            self.described = Bytes::copy_from_slice(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_may_say_who_refreshes() {
        assert_eq!(parse("1800;refresher=UAS"), Some((1800, Some(Refresher::Uas))));
        assert_eq!(parse("90 ; refresher = uac"), Some((90, Some(Refresher::Uac))));
        assert_eq!(parse("4000"), Some((4000, None)));
        assert_eq!(parse("99999999999;refresher=who"), Some((u32::MAX, None)));
        assert_eq!(parse("soon"), None);
    }
}

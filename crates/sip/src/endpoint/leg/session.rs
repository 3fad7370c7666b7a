//! Between the answer and the end: BYE from either side, INFO, and what else comes inside the dialog.

use bytes::Bytes;
use model::Cause;

use super::{ALLOW, LegState, Phase, SDP, reason_of};
use crate::cause::{cause_of, cause_of_reason};
use crate::endpoint::core::{Asker, Core};
use crate::endpoint::event::Signal;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

impl LegState {
    /// A request of the far side inside the dialog, but for ACK and CANCEL. Its transaction is open.
    pub(crate) fn on_request(&mut self, core: &mut Core, key: u64, flow: Flow, request: Message) {
        let fork = self.fork_of(request.from_tag()).map(|fork| &mut fork.dialog);
        let is_next = match fork {
            Some(dialog) => dialog.is_next(&request),
            None => self.dialog.is_next(&request),
        };
        if !is_next {
            return self.reply(core, key, flow, &request, 500, "Server Internal Error", &[(Name::RetryAfter, "1")]);
        }
        match request.method() {
            Method::Bye => self.on_bye(core, key, flow, request),
            Method::Invite | Method::Update => self.on_reoffer(core, key, flow, request),
            Method::Refer => self.on_refer(core, key, flow, request),
            // We subscribe to nothing (RFC 6665 section 4.1.3).
            Method::Notify => self.reply(core, key, flow, &request, 481, "Subscription Does Not Exist", &[]),
            Method::Prack => self.on_prack(core, key, flow, request),
            Method::Info => self.on_info(core, key, flow, &request),
            Method::Options => {
                self.reply(core, key, flow, &request, 200, "OK", &[(Name::Allow, ALLOW), (Name::Accept, SDP)])
            }
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Subscribe
            | Method::Message
            | Method::Publish
            | Method::Other => {
                self.reply(core, key, flow, &request, 405, "Method Not Allowed", &[(Name::Allow, ALLOW)])
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "an answer is its request, its way and its status line")]
    pub(super) fn reply(
        &self,
        core: &mut Core,
        key: u64,
        flow: Flow,
        request: &Message,
        status: u16,
        reason: &str,
        headers: &[(Name, &str)],
    ) {
        let mut builder = core.reply(request, flow, status, reason, &self.dialog.local_tag);
        for (name, value) in headers {
            builder = builder.header(*name, value);
        }
        core.answer(key, status, builder.finish());
    }

    fn on_bye(&mut self, core: &mut Core, key: u64, flow: Flow, request: Message) {
        self.unacked = None;
        self.drop_change(core);
        match self.phase {
            Phase::Up => {
                let cause = request.header(Name::Reason).and_then(cause_of_reason).unwrap_or(Cause::Normal);
                let answer_at = core.now + core.timing().bye_answer;
                self.phase = Phase::Ended { key, request: Box::new(request), flow, answer_at };
                core.tell(self.id, Signal::Bye { cause });
            }
            Phase::Offered(_) => {
                // A BYE of an early dialog: the caller gives up (section 15).
                self.reply(core, key, flow, &request, 200, "OK", &[]);
                self.on_cancel(core);
            }
            // Both ends hung up at once: ours will be answered too.
            Phase::Ending { .. } | Phase::Ended { .. } => self.reply(core, key, flow, &request, 200, "OK", &[]),
            Phase::Resolving | Phase::Inviting(_) | Phase::Over => {
                self.reply(core, key, flow, &request, 481, "Call/Transaction Does Not Exist", &[]);
            }
        }
    }

    /// The end of the call is on record: the far side may know that we know.
    pub(super) fn finish_bye(&mut self, core: &mut Core) {
        if let Phase::Ended { key, request, flow, .. } = &self.phase {
            self.reply(core, *key, *flow, request, 200, "OK", &[]);
            self.phase = Phase::Over;
        }
    }

    fn on_info(&mut self, core: &mut Core, key: u64, flow: Flow, request: &Message) {
        if core.is_backed_up() {
            return self.reply(core, key, flow, request, 503, "Service Unavailable", &[(Name::RetryAfter, "5")]);
        }
        self.reply(core, key, flow, request, 200, "OK", &[]);
        if matches!(self.phase, Phase::Up | Phase::Offered(_) | Phase::Inviting(_)) && !request.body().is_empty() {
            let content_type = request.content_type().unwrap_or("").to_owned();
            core.tell(self.id, Signal::Info { content_type, body: request.body_bytes() });
        }
    }

    /// Ends the answered call from our side. `told`: the house knows already.
    pub(super) fn bye(&mut self, core: &mut Core, cause: Cause, told: bool) {
        self.unacked = None;
        self.drop_change(core);
        self.give_answer(core, &Bytes::new());
        let (branch, flow, builder) = self.request(core, Method::Bye);
        let bye = builder.header(Name::Reason, reason_of(cause)).finish();
        core.ask(branch, flow, Method::Bye, bye, Asker::Bye(self.id));
        self.phase = Phase::Ending { cause, told };
    }

    /// An answer to our BYE, or none (`None`).
    pub(crate) fn on_bye_answer(&mut self, core: &mut Core, response: Option<&Message>) {
        let Phase::Ending { cause, told } = self.phase else { return };
        let status = response.and_then(Message::status).unwrap_or(408);
        if status < 200 {
            return;
        }
        if let Some(response) = response.filter(|_| matches!(status, 401 | 407) && self.bye_tries < 2) {
            self.bye_tries += 1;
            if let Some((name, value)) = self.credential(core, response, Method::Bye) {
                let (branch, flow, builder) = self.request(core, Method::Bye);
                let bye = builder.header(Name::Reason, reason_of(cause)).header(name, value).finish();
                return core.ask(branch, flow, Method::Bye, bye, Asker::Bye(self.id));
            }
        }
        self.phase = Phase::Over;
        if !told {
            core.tell(self.id, Signal::Ended { cause });
        }
    }

    /// The answer to a challenge inside the dialog.
    pub(super) fn credential(&self, core: &mut Core, response: &Message, method: Method) -> Option<(Name, String)> {
        core.authorize(response, method, &self.dialog.target, self.credentials.as_ref()?)
    }

    /// What a final status means for the house.
    pub(super) fn cause_in(response: &Message) -> Cause {
        let reason = response.header(Name::Reason).and_then(cause_of_reason);
        reason.unwrap_or_else(|| cause_of(response.status().unwrap_or(500)))
    }
}

//! One call as a phone sees it, placed or received: the few transactions it takes, with their repetitions.

use super::line::{Line, Ring};
use bytes::Bytes;
use sip::{Message, Method, Name, RequestBuilder, ResponseBuilder};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout_at};

const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
/// How long a request waits for its answer on loopback.
const PATIENCE: Duration = Duration::from_secs(8);
const SDP: &str = "application/sdp";

/// A call with a dialog.
pub(super) struct Call {
    line: Arc<Line>,
    mail: mpsc::Receiver<Message>,
    call_id: String,
    /// Our From (or To) with its tag.
    us: String,
    /// The far side's, with its tag once known.
    them: String,
    target: String,
    seq: u32,
    session: String,
    /// Sent once more when the far side repeats its answer.
    ack: Option<Bytes>,
}

/// What became of a call we placed.
pub(super) enum Dialled {
    /// It was answered, with this description.
    Answered(Box<Call>, Bytes),
    /// It was refused with this status, or nobody reacted (408).
    Refused(u16),
    /// Our patience ended first.
    GaveUp,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    /// The time is over, or the demo is.
    Elapsed,
    /// The far side ended or withdrew the call.
    Gone,
}

/// Sends a request and waits for its final answer: REGISTER, outside any call.
pub(super) async fn ask(line: &Arc<Line>, call_id: &str, request: Bytes) -> Option<Message> {
    let mut mail = line.desk(call_id);
    let deadline = Instant::now() + PATIENCE;
    let mut gap = T1;
    let answer = 'asking: loop {
        line.send(&request).await;
        let again = (Instant::now() + gap).min(deadline);
        while let Ok(Some(message)) = timeout_at(again, mail.recv()).await {
            if message.status().is_some_and(|code| code >= 200) {
                break 'asking Some(message);
            }
        }
        if Instant::now() >= deadline {
            break None;
        }
        gap = (gap * 2).min(T2);
    };
    line.clear(call_id);
    answer
}

/// A Via for one transaction.
pub(super) fn via(line: &Line) -> String {
    format!("SIP/2.0/UDP {};rport;branch=z9hG4bK{}", line.local(), store::mint::secret_text(16))
}

impl Call {
    /// Places a call. `from` and `to` are URIs.
    pub(super) async fn dial(
        line: &Arc<Line>,
        from: (&str, &str),
        to: &str,
        session: String,
        patience: Duration,
    ) -> Dialled {
        let call_id = format!("{}@{}", store::mint::secret_text(20), line.ip());
        let mail = line.desk(&call_id);
        let (name, uri) = from;
        let mut call = Call {
            line: line.clone(),
            mail,
            call_id,
            us: format!("\"{name}\" <{uri}>;tag={}", store::mint::secret_text(10)),
            them: format!("<{to}>"),
            target: to.to_owned(),
            seq: 1,
            session,
            ack: None,
        };
        match call.invite(patience).await {
            Some(answer) if answer.status().is_some_and(|code| code < 300) => {
                let body = answer.body_bytes();
                Dialled::Answered(Box::new(call), body)
            }
            Some(answer) => Dialled::Refused(answer.status().unwrap_or(408)),
            None => Dialled::GaveUp,
        }
    }

    /// The INVITE transaction: the final answer, or none when we gave up first.
    async fn invite(&mut self, patience: Duration) -> Option<Message> {
        let via = via(&self.line);
        let invite = self.request(Method::Invite, &via).body(SDP, self.session.as_bytes());
        let give_up = Instant::now() + patience;
        let mut again = Instant::now();
        let mut gap = T1;
        let mut provisional = false;
        let line = self.line.clone();
        loop {
            let message = tokio::select! {
                message = self.mail.recv() => message?,
                () = sleep_until(again), if !provisional => {
                    self.line.send(&invite).await;
                    again = Instant::now() + gap;
                    gap *= 2;
                    continue;
                }
                () = sleep_until(give_up) => return self.cancel(&via).await,
                () = line.stopped() => return self.cancel(&via).await,
            };
            match message.status() {
                Some(100..200) => provisional = true,
                Some(_) => return Some(self.close_invite(message, &via).await),
                None => self.obey(&message).await,
            }
        }
    }

    /// Withdraws the INVITE. An answer that was faster is hung up.
    async fn cancel(&mut self, via: &str) -> Option<Message> {
        let cancel = self.request(Method::Cancel, via).finish();
        let deadline = Instant::now() + PATIENCE;
        let mut again = Instant::now();
        loop {
            let message = tokio::select! {
                message = self.mail.recv() => message?,
                () = sleep_until(again) => {
                    self.line.send(&cancel).await;
                    again = Instant::now() + Duration::from_secs(1);
                    continue;
                }
                () = sleep_until(deadline) => return None,
            };
            let about_invite = matches!(message.cseq(), Some((_, Method::Invite)));
            if about_invite && message.status().is_some_and(|code| code >= 200) {
                let answer = self.close_invite(message, via).await;
                if answer.status().is_some_and(|code| code < 300) {
                    self.bye().await;
                }
                return None;
            }
        }
    }

    /// Confirms the final answer.
    async fn close_invite(&mut self, answer: Message, via: &str) -> Message {
        self.them = answer.header(Name::To).unwrap_or(&self.them).to_owned();
        let accepted = answer.status().is_some_and(|code| code < 300);
        let branch = if accepted { super::call::via(&self.line) } else { via.to_owned() };
        if accepted && let Ok(contact) = answer.contact() {
            self.target = contact.uri.to_owned();
        }
        let ack = self.request(Method::Ack, &branch).finish();
        self.line.send(&ack).await;
        self.ack = Some(ack);
        answer
    }

    /// A call that came in. `session` is our answer, should we answer.
    pub(super) fn take(line: &Arc<Line>, ring: Ring, session: String) -> Incoming {
        let Ring { invite, mail } = ring;
        let tag = store::mint::secret_text(10);
        let call = Call {
            line: line.clone(),
            mail,
            call_id: invite.call_id().to_owned(),
            us: format!("{};tag={tag}", invite.header(Name::To).unwrap_or_default()),
            them: invite.header(Name::From).unwrap_or_default().to_owned(),
            target: invite.contact().map(|c| c.uri.to_owned()).unwrap_or_default(),
            seq: 0,
            session,
            ack: None,
        };
        Incoming { call, invite, tag, last: None }
    }

    /// Talks until the far side hangs up or the time is over.
    pub(super) async fn talk(&mut self, length: Duration) -> Waited {
        let end = Instant::now() + length;
        let line = self.line.clone();
        loop {
            let message = tokio::select! {
                message = self.mail.recv() => message,
                () = sleep_until(end) => return Waited::Elapsed,
                () = line.stopped() => return Waited::Elapsed,
            };
            let Some(message) = message else { return Waited::Gone };
            let over = message.is_request() && message.method() == Method::Bye;
            self.obey(&message).await;
            if over {
                return Waited::Gone;
            }
        }
    }

    /// Hangs up.
    pub(super) async fn bye(&mut self) {
        self.seq += 1;
        let via = via(&self.line);
        let bye = self.request(Method::Bye, &via).finish();
        let deadline = Instant::now() + PATIENCE;
        let mut gap = T1;
        while Instant::now() < deadline {
            self.line.send(&bye).await;
            let again = (Instant::now() + gap).min(deadline);
            while let Ok(Some(message)) = timeout_at(again, self.mail.recv()).await {
                let answered = matches!(message.cseq(), Some((_, Method::Bye)));
                if answered && message.status().is_some_and(|code| code >= 200) {
                    return;
                }
                self.obey(&message).await;
            }
            gap = (gap * 2).min(T2);
        }
        tracing::warn!("the server did not answer a demo phone's BYE");
    }

    /// Answers a request inside the call; confirms a repeated answer.
    async fn obey(&mut self, message: &Message) {
        if !message.is_request() {
            if let (Some((_, Method::Invite)), Some(200..300), Some(ack)) =
                (message.cseq(), message.status(), &self.ack)
            {
                self.line.send(ack).await;
            }
            return;
        }
        let answer = |code, reason| ResponseBuilder::new(message, code, reason, self.line.server(), "demo");
        let reply = match message.method() {
            Method::Ack => return,
            Method::Invite => {
                answer(200, "OK").header(Name::Contact, self.contact()).body(SDP, self.session.as_bytes())
            }
            Method::Update if !message.body().is_empty() => {
                answer(200, "OK").header(Name::Contact, self.contact()).body(SDP, self.session.as_bytes())
            }
            Method::Bye | Method::Update | Method::Info | Method::Options | Method::Cancel => {
                answer(200, "OK").finish()
            }
            Method::Register
            | Method::Prack
            | Method::Refer
            | Method::Notify
            | Method::Subscribe
            | Method::Message
            | Method::Publish
            | Method::Other => answer(501, "Not Implemented").finish(),
        };
        self.line.send(&reply).await;
    }

    fn request(&self, method: Method, via: &str) -> RequestBuilder {
        RequestBuilder::new(method, &self.target)
            .header(Name::Via, via)
            .header(Name::MaxForwards, 70)
            .header(Name::From, &self.us)
            .header(Name::To, &self.them)
            .header(Name::CallId, &self.call_id)
            .header(Name::CSeq, format_args!("{} {method}", self.seq))
            .header(Name::Contact, self.contact())
            .header(Name::UserAgent, "Alo demo")
    }

    fn contact(&self) -> String {
        format!("<sip:demo@{}>", self.line.local())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.line.clear(&self.call_id);
    }
}

/// A call that came in and is not answered yet.
pub(super) struct Incoming {
    call: Call,
    invite: Message,
    tag: String,
    /// Our last answer, for a repeated INVITE.
    last: Option<Bytes>,
}

impl Incoming {
    /// What the caller offered.
    pub(super) fn offer(&self) -> &[u8] {
        self.invite.body()
    }

    /// Rings for a while. `Gone`: the caller withdrew.
    pub(super) async fn ring(&mut self, length: Duration) -> Waited {
        self.say(180, "Ringing", false).await;
        let end = Instant::now() + length;
        let line = self.call.line.clone();
        loop {
            let message = tokio::select! {
                message = self.call.mail.recv() => message,
                () = sleep_until(end) => return Waited::Elapsed,
                () = line.stopped() => return Waited::Elapsed,
            };
            match message.as_ref().map(Message::method) {
                None => return Waited::Gone,
                Some(Method::Cancel) => {
                    if let Some(cancel) = &message {
                        self.call.obey(cancel).await;
                    }
                    self.refuse(487, "Request Terminated").await;
                    return Waited::Gone;
                }
                Some(Method::Invite) => self.repeat().await,
                Some(_) => {}
            }
        }
    }

    /// Refuses, until it is confirmed.
    pub(super) async fn refuse(&mut self, code: u16, reason: &str) {
        self.say(code, reason, false).await;
        self.confirmed().await;
    }

    /// Answers, until it is confirmed. None: no confirmation came.
    pub(super) async fn answer(mut self) -> Option<Call> {
        self.say(200, "OK", true).await;
        self.confirmed().await.then_some(self.call)
    }

    async fn confirmed(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let mut gap = T1;
        while Instant::now() < deadline {
            let again = (Instant::now() + gap).min(deadline);
            while let Ok(Some(message)) = timeout_at(again, self.call.mail.recv()).await {
                match message.method() {
                    Method::Ack => return true,
                    Method::Invite => self.repeat().await,
                    _ => self.call.obey(&message).await,
                }
            }
            self.repeat().await;
            gap = (gap * 2).min(T2);
        }
        false
    }

    async fn repeat(&self) {
        if let Some(last) = &self.last {
            self.call.line.send(last).await;
        }
    }

    async fn say(&mut self, code: u16, reason: &str, with_session: bool) {
        let answer = ResponseBuilder::new(&self.invite, code, reason, self.call.line.server(), &self.tag)
            .header(Name::Contact, self.call.contact());
        let answer = if with_session { answer.body(SDP, self.call.session.as_bytes()) } else { answer.finish() };
        self.call.line.send(&answer).await;
        self.last = Some(answer);
    }
}

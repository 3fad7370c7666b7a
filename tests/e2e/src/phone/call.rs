//! One call of a phone, either way.

use super::Kit;
use super::camera::Camera;
use super::line::{Line, response, unique};
use super::message::{Message, address, parameter};
use super::voice::Voice;
use crate::wait;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// A call, from its INVITE to its end.
#[derive(Debug)]
pub struct Call {
    line: Arc<Line>,
    inbox: UnboundedReceiver<Message>,
    /// The answer that ended the wait after INVITE, for whoever waits for it.
    kept: Option<Message>,
    call_id: String,
    /// Our address with our tag, and theirs with theirs once known.
    ours: String,
    theirs: String,
    /// Where requests inside the dialog go.
    target: String,
    route: Vec<String>,
    cseq: u32,
    /// The INVITE that began it: ours or theirs.
    pub invite: Message,
    /// The sound.
    pub voice: Voice,
    /// The video of a phone with a camera.
    pub camera: Option<Camera>,
}

/// Where a call goes: the URI, To, and header lines of its own.
#[derive(Clone, Copy)]
pub(super) struct Destination<'a> {
    pub(super) target: &'a str,
    pub(super) to: &'a str,
    pub(super) more: &'a str,
}

impl Call {
    pub(super) async fn dial_number(line: &Arc<Line>, number: &str, from: &str, kit: Kit) -> Call {
        let target = format!("sip:{number}@{}", line.domain);
        Call::dial(line, Destination { target: &target, to: &format!("<{target}>"), more: "" }, from, kit).await
    }

    pub(super) async fn dial(line: &Arc<Line>, to: Destination<'_>, from: &str, kit: Kit) -> Call {
        let Destination { target, to, more } = to;
        let call_id = unique();
        let inbox = line.follow(&call_id);
        let (voice, camera) = open(line, kit).await;
        let mut call = Call {
            line: Arc::clone(line),
            inbox,
            kept: None,
            call_id,
            ours: format!("{from};tag={}", unique()),
            theirs: to.to_owned(),
            target: target.to_owned(),
            route: Vec::new(),
            cseq: 0,
            invite: Message { start: String::new(), headers: Vec::new(), body: String::new() },
            voice,
            camera,
        };
        let offer = call.describe("sendrecv");
        let first = call.send_invite(&offer, more).await;
        if matches!(first.status(), 401 | 407) {
            let authorization = call.line.authorization(&first, "INVITE", &call.target);
            call.theirs = to.to_owned();
            let second = call.send_invite(&offer, &format!("{authorization}{more}")).await;
            if matches!(second.status(), 401 | 407) {
                call.kept = Some(second);
            }
        }
        call
    }

    /// Sends an INVITE with this description and waits for the first answer, which is kept unless
    /// it is 100 or a challenge.
    async fn send_invite(&mut self, offer: &str, more: &str) -> Message {
        self.cseq += 1;
        let request = self.request("INVITE", self.cseq, &format!("Contact: {}\r\n{more}", self.line.contact()), offer);
        let invite = Message::parse(request.as_bytes()).expect("we write SIP");
        self.line.note_invite(invite.branch(), invite.uri());
        self.invite = invite;
        let line = Arc::clone(&self.line);
        let answer = line.transact(&request, &mut self.inbox).await;
        if !matches!(answer.status(), 100 | 401 | 407) {
            self.kept = Some(answer.clone());
        }
        answer
    }

    pub(super) async fn take(line: &Arc<Line>, invite: Message, kit: Kit) -> Call {
        let call_id = invite.header("Call-ID").to_owned();
        let inbox = line.follow(&call_id);
        let (voice, camera) = open(line, kit).await;
        let mut call = Call {
            line: Arc::clone(line),
            inbox,
            kept: None,
            call_id,
            ours: format!("{};tag={}", invite.header("To"), unique()),
            theirs: invite.header("From").to_owned(),
            target: address(invite.header("Contact")).to_owned(),
            route: invite.all("Record-Route").map(str::to_owned).collect(),
            cseq: 100,
            invite,
            voice,
            camera,
        };
        let offer = call.invite.body.clone();
        call.accept(&offer);
        call
    }

    /// Our session description.
    fn describe(&mut self, direction: &str) -> String {
        let camera = self.camera.as_ref().map(|camera| camera.describe(direction));
        self.voice.describe(direction) + &camera.unwrap_or_default()
    }

    /// Takes the far side's addresses from its description.
    fn accept(&mut self, sdp: &str) {
        self.voice.accept(sdp);
        if let Some(camera) = &self.camera {
            camera.accept(self.voice.remote().map(|remote| remote.ip()), sdp);
        }
    }

    fn request(&self, method: &str, cseq: u32, more: &str, body: &str) -> String {
        let route: String = self.route.iter().map(|r| format!("Route: {r}\r\n")).collect();
        let kind =
            if body.is_empty() || more.contains("Content-Type:") { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {} SIP/2.0\r\n{}{route}From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n\
             User-Agent: e2e\r\n{more}{kind}Content-Length: {}\r\n\r\n{body}",
            self.target,
            self.line.via(),
            self.ours,
            self.theirs,
            self.call_id,
            body.len()
        )
    }

    fn our_tag(&self) -> &str {
        parameter(&self.ours, "tag").unwrap_or("")
    }

    /// The next message of the call that `wanted` accepts; others are dropped.
    async fn next(&mut self, what: &str, wanted: impl Fn(&Message) -> bool) -> Message {
        let waiting = format!("{what} in the call of {}", self.line.user);
        wait::within(&waiting, async {
            loop {
                let message = match self.kept.take() {
                    Some(kept) => kept,
                    None => self.inbox.recv().await.expect("the phone's reader lives as long as its calls"),
                };
                if wanted(&message) {
                    return message;
                }
                assert!(
                    message.is_request() || message.status() < 200 || message.method() != "INVITE",
                    "waited for {what}, but got {}",
                    message.start
                );
            }
        })
        .await
    }

    // --- the caller's side ---

    /// Waits until it rings at the far end.
    pub async fn ringing(&mut self) {
        self.next("180", |m| matches!(m.status(), 180 | 183)).await;
    }

    /// The same, and takes note of the early dialog that it begins.
    pub async fn ringing_as(&mut self) {
        let ringing = self.next("180", |m| matches!(m.status(), 180 | 183)).await;
        self.theirs = ringing.header("To").to_owned();
    }

    /// Waits for the answer, acknowledges it and connects the sound.
    pub async fn answered(&mut self) -> Message {
        let answer = self.next("200 to INVITE", |m| m.status() == 200 && m.method() == "INVITE").await;
        self.theirs = answer.header("To").to_owned();
        self.target = address(answer.header("Contact")).to_owned();
        self.route = answer.all("Record-Route").map(str::to_owned).collect();
        self.route.reverse();
        let ack = self.request("ACK", answer.cseq(), "", "");
        self.line.acknowledge(&self.call_id, answer.cseq(), ack.into_bytes(), self.line.server).await;
        self.accept(&answer.body);
        answer
    }

    /// The same, but the first answer and its ACK are lost: only the repeated answer is acknowledged.
    pub async fn answered_when_repeated(&mut self) -> Message {
        self.next("200 to INVITE", |m| m.status() == 200 && m.method() == "INVITE").await;
        self.answered().await
    }

    /// Waits for a refusal (the phone acknowledges it) and returns it.
    pub async fn refused(&mut self) -> Message {
        self.next("a refusal", |m| m.status() >= 300 && m.method() == "INVITE").await
    }

    /// A request inside the call as it would be sent, for tests that break it.
    pub fn words(&mut self, method: &str) -> String {
        self.cseq += 1;
        let body = if matches!(method, "INVITE" | "UPDATE") { self.describe("sendrecv") } else { String::new() };
        self.request(method, self.cseq, &format!("Contact: {}\r\n", self.line.contact()), &body)
    }

    /// Sends these bytes from where the phone speaks SIP.
    pub async fn send_raw(&self, bytes: &[u8]) {
        self.line.send(bytes, self.line.server).await;
    }

    /// Says yes to every request, until a BYE came or nothing more comes.
    pub async fn gives_way(&mut self) {
        self.voice.say(None);
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(1_500), self.inbox.recv()).await {
            if message.is_request() && message.method() != "ACK" {
                self.line.answer(&message, response(&message, "200 OK", self.our_tag(), "")).await;
            }
            if message.is_request() && message.method() == "BYE" {
                return;
            }
        }
    }

    /// Gives up before the answer; returns the final status of the INVITE.
    pub async fn cancel(&mut self) -> u16 {
        let via = self.invite.header("Via").to_owned();
        let cancel = format!(
            "CANCEL {} SIP/2.0\r\nVia: {via}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} CANCEL\r\nMax-Forwards: 70\r\n\
             Content-Length: 0\r\n\r\n",
            self.invite.uri(),
            self.invite.header("From"),
            self.invite.header("To"),
            self.call_id,
            self.cseq
        );
        self.line.send(cancel.as_bytes(), self.line.server).await;
        self.refused().await.status()
    }

    // --- the called side ---

    /// Tells the caller that it rings.
    pub async fn ring(&mut self) {
        self.respond("180 Ringing", "").await;
    }

    /// Answers and waits for the acknowledgement.
    pub async fn answer(&mut self) {
        let sdp = self.describe("sendrecv");
        self.respond("200 OK", &sdp).await;
        self.next("ACK", |m| m.method() == "ACK" && m.is_request()).await;
    }

    /// Refuses with `486 Busy Here` or the like and waits for the acknowledgement.
    pub async fn refuse(&mut self, status: &str) {
        self.respond(status, "").await;
        self.next("ACK", |m| m.method() == "ACK" && m.is_request()).await;
    }

    /// Waits until the caller gives up, and agrees.
    pub async fn cancelled(&mut self) -> Message {
        let cancel = self.next("CANCEL", |m| m.method() == "CANCEL").await;
        self.line.answer(&cancel, response(&cancel, "200 OK", self.our_tag(), "")).await;
        self.respond("487 Request Terminated", "").await;
        cancel
    }

    async fn respond(&self, status: &str, sdp: &str) {
        let mut more = format!("Contact: {}\r\n", self.line.contact());
        if !sdp.is_empty() {
            more.push_str(&format!("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}", sdp.len()));
        }
        self.line.answer(&self.invite, response(&self.invite, status, self.our_tag(), &more)).await;
    }

    // --- both sides ---

    /// Puts the far side on hold.
    pub async fn hold(&mut self) {
        self.reoffer("sendonly").await;
        self.voice.say(None);
    }

    /// Takes it back.
    pub async fn resume(&mut self) {
        self.reoffer("sendrecv").await;
    }

    /// Offers again with this direction; returns the answer's description.
    pub async fn reoffer(&mut self, direction: &str) -> String {
        let offer = self.describe(direction);
        self.cseq += 1;
        let more = format!("Contact: {}\r\n", self.line.contact());
        let request = self.request("INVITE", self.cseq, &more, &offer);
        let invite = Message::parse(request.as_bytes()).expect("we write SIP");
        self.line.note_invite(invite.branch(), invite.uri());
        let line = Arc::clone(&self.line);
        let mut answer = line.transact(&request, &mut self.inbox).await;
        if answer.status() < 200 {
            let cseq = self.cseq;
            answer = self.next("the answer to a re-INVITE", |m| m.status() >= 200 && m.cseq() == cseq).await;
        }
        assert_eq!(answer.status(), 200, "the re-INVITE is accepted: {}", answer.start);
        let ack = self.request("ACK", self.cseq, "", "");
        self.line.acknowledge(&self.call_id, self.cseq, ack.into_bytes(), self.line.server).await;
        self.accept(&answer.body);
        answer.body
    }

    /// Presses a key, told by INFO.
    pub async fn info_digit(&mut self, digit: char) -> u16 {
        self.cseq += 1;
        let body = format!("Signal={digit}\r\nDuration=160\r\n");
        let request = self.request("INFO", self.cseq, "Content-Type: application/dtmf-relay\r\n", &body);
        let line = Arc::clone(&self.line);
        line.transact(&request, &mut self.inbox).await.status()
    }

    /// Asks that whom it talks with be handed over (REFER); returns the status. `to` is a whole Refer-To value.
    pub async fn refer(&mut self, to: &str) -> u16 {
        self.cseq += 1;
        let more = format!("Contact: {}\r\nRefer-To: {to}\r\n", self.line.contact());
        let request = self.request("REFER", self.cseq, &more, "");
        let line = Arc::clone(&self.line);
        line.transact(&request, &mut self.inbox).await.status()
    }

    /// Hands whom it talks with over to whom it talks with in another call (Refer-To with Replaces).
    pub async fn refer_to_call(&mut self, other: &Call) -> u16 {
        let replaces = other.replaces().replace(';', "%3B").replace('=', "%3D");
        self.refer(&format!("<{}?Replaces={replaces}>", other.target)).await
    }

    /// What names this call in Replaces.
    pub(super) fn replaces(&self) -> String {
        let tag = |address: &str| parameter(address, "tag").unwrap_or("").to_owned();
        format!("{};to-tag={};from-tag={}", self.call_id, tag(&self.theirs), tag(&self.ours))
    }

    /// Waits for the NOTIFY that tells this status of a transfer, and agrees; earlier ones are agreed to as well.
    pub async fn notified(&mut self, status: u16) -> Message {
        loop {
            let notify = self.next("NOTIFY", |m| m.method() == "NOTIFY" && m.is_request()).await;
            self.line.answer(&notify, response(&notify, "200 OK", self.our_tag(), "")).await;
            if notify.body.starts_with(&format!("SIP/2.0 {status} ")) {
                return notify;
            }
            assert!(notify.body.starts_with("SIP/2.0 1"), "waited for {status}, told {}", notify.body);
        }
    }

    /// Hangs up; returns the status of the answer to BYE.
    pub async fn hang_up(&mut self) -> u16 {
        self.voice.say(None);
        self.cseq += 1;
        let request = self.request("BYE", self.cseq, "", "");
        let line = Arc::clone(&self.line);
        line.transact(&request, &mut self.inbox).await.status()
    }

    /// Waits until the far side hangs up, and agrees.
    pub async fn hung_up(&mut self) -> Message {
        let bye = self.next("BYE", |m| m.method() == "BYE" && m.is_request()).await;
        self.voice.say(None);
        self.line.answer(&bye, response(&bye, "200 OK", self.our_tag(), "")).await;
        bye
    }

    /// Where the server's messages come from.
    pub fn server(&self) -> SocketAddr {
        self.line.server
    }
}

async fn open(line: &Line, kit: Kit) -> (Voice, Option<Camera>) {
    let ip = line.local.ip();
    let voice = Voice::open(ip, kit.codec, kit.believes.unwrap_or(ip)).await;
    (voice, if kit.camera { Some(Camera::open(ip).await) } else { None })
}

impl Drop for Call {
    fn drop(&mut self) {
        self.line.forget(&self.call_id);
    }
}

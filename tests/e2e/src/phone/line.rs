//! The wire of a phone: one UDP socket, a reader that sorts messages by call, and repeats where UDP needs them.

use super::digest::{self, Credentials};
use super::message::{Message, parameter};
use super::registrar::{self, Customer};
use crate::wait;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// RFC 3261's T1: after this a request is repeated.
const T1: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct Line {
    socket: UdpSocket,
    pub(super) local: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) domain: String,
    pub(super) user: String,
    password: String,
    state: Mutex<State>,
    reader: Mutex<Option<tokio::task::AbortHandle>>,
}

#[derive(Debug, Default)]
struct State {
    /// Who gets the messages of a Call-ID.
    calls: HashMap<String, UnboundedSender<Message>>,
    /// What was answered to a request, by branch and method.
    answers: HashMap<String, Vec<u8>>,
    /// What acknowledges a final response to INVITE, by Call-ID and CSeq.
    acks: HashMap<(String, u32), Vec<u8>>,
    /// The URI of our INVITEs, by branch.
    invites: HashMap<String, String>,
    /// INVITEs to us that no test has taken yet, by Call-ID.
    waiting: HashMap<String, Message>,
    /// Who registers here, when this is a carrier's registrar.
    customer: Option<Customer>,
    /// Whether nothing that arrives is looked at.
    silent: bool,
    /// Whether a CANCEL of a call that nobody took yet is agreed to without ending the call: the answer was on its way.
    deaf_to_cancel: bool,
    /// The address that Via and Contact name, when it is not ours.
    believes: Option<SocketAddr>,
    /// Texts that nobody has read.
    texts: VecDeque<Message>,
    /// What it was notified of outside calls and nobody has looked at.
    notices: VecDeque<Message>,
}

/// A request outside a call.
pub(super) struct Ask<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) to: &'a str,
    pub(super) more: &'a str,
    pub(super) body: &'a str,
}

impl Line {
    pub(super) async fn open(
        local: SocketAddr,
        server: SocketAddr,
        domain: &str,
        user: &str,
        password: &str,
    ) -> (Arc<Line>, UnboundedReceiver<Message>) {
        let socket = UdpSocket::bind(local).await.unwrap_or_else(|error| panic!("cannot bind {local}: {error}"));
        let local = socket.local_addr().expect("a bound socket has an address");
        let (sender, receiver) = unbounded_channel();
        let line = Arc::new(Line {
            socket,
            local,
            server,
            domain: domain.into(),
            user: user.into(),
            password: password.into(),
            state: Mutex::default(),
            reader: Mutex::default(),
        });
        let weak = Arc::downgrade(&line);
        let reader = tokio::spawn(async move {
            let mut buffer = vec![0; 65_536];
            while let Some(line) = weak.upgrade() {
                let received = tokio::time::timeout(T1, line.socket.recv_from(&mut buffer)).await;
                if let Ok(Ok((length, from))) = received {
                    line.sort(&buffer[..length], from, &sender).await;
                }
            }
        });
        *line.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(reader.abort_handle());
        (line, receiver)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves all that arrives unread from now on, or reads again.
    pub(super) fn keep_silent(&self, silent: bool) {
        self.state().silent = silent;
    }

    /// Agrees to a CANCEL from now on without ending the call that it is about.
    pub(super) fn answer_in_spite_of_cancel(&self) {
        self.state().deaf_to_cancel = true;
    }

    /// Becomes the registrar of this customer.
    pub(super) fn serve(&self, customer: Customer) {
        self.state().customer = Some(customer);
    }

    /// Looks at the customer, or changes it; none when this is no registrar.
    pub(super) fn customer<T>(&self, look: impl FnOnce(&mut Customer) -> T) -> Option<T> {
        self.state().customer.as_mut().map(look)
    }

    pub(super) fn credentials(&self) -> Credentials<'_> {
        Credentials { user: &self.user, password: &self.password }
    }

    pub(super) fn contact(&self) -> String {
        format!("<sip:{}@{}>", self.user, self.named())
    }

    /// The address that it names as its own.
    fn named(&self) -> SocketAddr {
        self.state().believes.unwrap_or(self.local)
    }

    /// Names this address as its own from now on.
    pub(super) fn believe(&self, inside: SocketAddr) {
        self.state().believes = Some(inside);
    }

    /// The oldest text that nobody has read.
    pub(super) fn next_text(&self) -> Option<Message> {
        self.state().texts.pop_front()
    }

    /// The oldest NOTIFY outside calls that nobody has looked at.
    pub(super) fn next_notice(&self) -> Option<Message> {
        self.state().notices.pop_front()
    }

    /// A Via with a new branch.
    pub(super) fn via(&self) -> String {
        format!("Via: SIP/2.0/UDP {};branch=z9hG4bK{};rport\r\n", self.named(), unique())
    }

    pub(super) async fn send(&self, bytes: &[u8], to: SocketAddr) {
        self.socket.send_to(bytes, to).await.expect("a datagram on loopback leaves");
    }

    /// From now on messages of this call go to the returned end.
    pub(super) fn follow(&self, call_id: &str) -> UnboundedReceiver<Message> {
        let (sender, receiver) = unbounded_channel();
        let mut state = self.state();
        state.waiting.remove(call_id);
        state.calls.insert(call_id.into(), sender);
        receiver
    }

    pub(super) fn forget(&self, call_id: &str) {
        self.state().calls.remove(call_id);
    }

    /// Notes an INVITE, so that a failure can be acknowledged with its URI.
    pub(super) fn note_invite(&self, branch: &str, uri: &str) {
        self.state().invites.insert(branch.into(), uri.into());
    }

    /// Acknowledges a 2xx now, and each time it is repeated.
    pub(super) async fn acknowledge(&self, call_id: &str, cseq: u32, ack: Vec<u8>, to: SocketAddr) {
        self.send(&ack, to).await;
        self.state().acks.insert((call_id.into(), cseq), ack);
    }

    /// Answers a request, and answers the same when it is repeated.
    pub(super) async fn answer(&self, request: &Message, bytes: Vec<u8>) {
        self.send(&bytes, self.server).await;
        self.state().answers.insert(format!("{} {}", request.branch(), request.method()), bytes);
    }

    async fn sort(&self, datagram: &[u8], from: SocketAddr, fresh: &UnboundedSender<Message>) {
        let Some(message) = Message::parse(datagram).filter(|_| !self.state().silent) else { return };
        let call_id = message.header("Call-ID").to_owned();
        let repeat = if message.is_request() {
            self.state().answers.get(&format!("{} {}", message.branch(), message.method())).cloned()
        } else if message.method() == "INVITE" && message.status() >= 200 {
            self.final_answer(&message)
        } else {
            None
        };
        if let Some(bytes) = repeat {
            return self.send(&bytes, from).await;
        }
        if message.is_request() && message.method() == "OPTIONS" {
            return self.answer(&message, response(&message, "200 OK", "", "")).await;
        }
        if message.is_request() && message.method() == "REGISTER" {
            if let Some(verdict) = self.customer(|customer| customer.register(&message)) {
                registrar::tell(self, &message, verdict).await;
            }
            return;
        }
        if message.is_request() && message.method() == "MESSAGE" {
            self.answer(&message, response(&message, "200 OK", &unique(), "")).await;
            return self.state().texts.push_back(message);
        }
        let known = self.state().calls.get(&call_id).cloned();
        if known.is_none()
            && message.is_request()
            && message.method() == "INVITE"
            && let Some(verdict) = self.customer(|customer| customer.invite(&message)).flatten()
        {
            return registrar::tell(self, &message, verdict).await;
        }
        if known.is_none() && message.is_request() && message.method() == "NOTIFY" {
            self.answer(&message, response(&message, "200 OK", &unique(), "")).await;
            return self.state().notices.push_back(message);
        }
        match known {
            // Nobody listens any more when the test is over with this call; then the message has no reader.
            Some(call) => drop(call.send(message)),
            None if message.method() == "INVITE" && message.is_request() => {
                self.answer(&message, response(&message, "100 Trying", "", "")).await;
                self.state().waiting.insert(call_id, message.clone());
                let _ = fresh.send(message);
            }
            None if message.method() == "CANCEL" => {
                let invite = self.state().waiting.remove(&call_id);
                self.answer(&message, response(&message, "200 OK", &unique(), "")).await;
                if let Some(invite) = invite.filter(|_| !self.state().deaf_to_cancel) {
                    self.answer(&invite, response(&invite, "487 Request Terminated", &unique(), "")).await;
                }
            }
            None => {}
        }
    }

    /// What to send for a final response to INVITE that was seen before; a new failure is acknowledged here too.
    fn final_answer(&self, message: &Message) -> Option<Vec<u8>> {
        let key = (message.header("Call-ID").to_owned(), message.cseq());
        let mut state = self.state();
        if let Some(ack) = state.acks.get(&key) {
            return Some(ack.clone());
        }
        if message.status() < 300 {
            return None;
        }
        let uri = state.invites.get(message.branch())?.clone();
        let ack = format!(
            "ACK {uri} SIP/2.0\r\nVia: {}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} ACK\r\nMax-Forwards: 70\r\n\
             Content-Length: 0\r\n\r\n",
            message.header("Via"),
            message.header("From"),
            message.header("To"),
            key.0,
            key.1
        );
        let call = state.calls.get(&key.0).cloned();
        state.acks.insert(key, ack.clone().into_bytes());
        drop(state);
        if let Some(call) = call {
            let _ = call.send(message.clone());
        }
        Some(ack.into_bytes())
    }

    /// Sends a request and repeats it until something with its CSeq comes; returns that.
    pub(super) async fn transact(&self, request: &str, inbox: &mut UnboundedReceiver<Message>) -> Message {
        let cseq = Message::parse(request.as_bytes()).expect("we write SIP").cseq();
        let method = request.split(' ').next().unwrap_or("");
        wait::within(&format!("an answer to {method} of {}", self.user), async {
            let mut pause = T1;
            self.send(request.as_bytes(), self.server).await;
            loop {
                match tokio::time::timeout(pause, inbox.recv()).await {
                    Ok(Some(m)) if !m.is_request() && m.cseq() == cseq && m.method() == method => return m,
                    Ok(_) => {}
                    Err(_) => {
                        pause *= 2;
                        self.send(request.as_bytes(), self.server).await;
                    }
                }
            }
        })
        .await
    }

    /// A request about ourselves outside a dialog, a challenge answered once.
    pub(super) async fn ask(&self, method: &str, more: &str) -> Message {
        self.ask_own_in_steps(method, more).await.1
    }

    /// The same, with both answers.
    pub(super) async fn ask_own_in_steps(&self, method: &str, more: &str) -> (Message, Message) {
        let (uri, to) = (format!("sip:{}", self.domain), format!("sip:{}@{}", self.user, self.domain));
        self.ask_in_steps(&Ask { method, uri: &uri, to: &to, more, body: "" }).await
    }

    /// A request outside a dialog: both answers; the second is the first's copy when there was no challenge.
    pub(super) async fn ask_in_steps(&self, ask: &Ask<'_>) -> (Message, Message) {
        let Ask { method, uri, to, more, body } = *ask;
        let call_id = unique();
        let mut inbox = self.follow(&call_id);
        let (tag, length) = (unique(), body.len());
        let own = format!("sip:{}@{}", self.user, self.domain);
        let text = |cseq: u32, credentials: &str| {
            let via = self.via();
            format!(
                "{method} {uri} SIP/2.0\r\n{via}From: <{own}>;tag={tag}\r\nTo: <{to}>\r\nCall-ID: {call_id}\r\n\
                 CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nUser-Agent: e2e\r\n{more}{credentials}\
                 Content-Length: {length}\r\n\r\n{body}"
            )
        };
        let first = self.transact(&text(1, ""), &mut inbox).await;
        let second = match first.status() {
            401 => {
                let authorization = self.authorization(&first, method, uri);
                self.transact(&text(2, &authorization), &mut inbox).await
            }
            _ => first.clone(),
        };
        self.forget(&call_id);
        (first, second)
    }

    /// The header that answers a challenge; of several algorithms the first one is taken.
    pub(super) fn authorization(&self, challenge: &Message, method: &str, uri: &str) -> String {
        let (asked, answered) = match challenge.status() {
            407 => ("Proxy-Authenticate", "Proxy-Authorization"),
            _ => ("WWW-Authenticate", "Authorization"),
        };
        let value = digest::answer(challenge.header(asked), method, uri, self.credentials());
        format!("{answered}: {value}\r\n")
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take() {
            reader.abort();
        }
    }
}

/// A response to `request`; `tag` goes into To unless it has one.
pub(super) fn response(request: &Message, status: &str, tag: &str, more: &str) -> Vec<u8> {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for (name, value) in &request.headers {
        match name.to_lowercase().as_str() {
            "via" | "from" | "call-id" | "cseq" | "record-route" => text.push_str(&format!("{name}: {value}\r\n")),
            "to" if tag.is_empty() || parameter(value, "tag").is_some() => text.push_str(&format!("To: {value}\r\n")),
            "to" => text.push_str(&format!("To: {value};tag={tag}\r\n")),
            _ => {}
        }
    }
    text.push_str(more);
    if !more.contains("Content-Length:") {
        text.push_str("Content-Length: 0\r\n\r\n");
    }
    text.into_bytes()
}

/// A word nobody else uses.
pub(super) fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("e{:x}x{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

//! A phone made of text and one socket.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use sip::stack::Io;
use sip::{Message, Name, Stack, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::secure;

enum Socket {
    Udp(UdpSocket),
    Stream(Box<dyn Io>, BytesMut),
    Framed(Box<WebSocketStream<Box<dyn Io>>>),
}

/// See the module.
pub(super) struct Phone {
    socket: Socket,
    user: String,
    /// What Via and Contact say: where a WebSocket comes from, nobody knows.
    address: String,
    transport: Transport,
    count: u32,
}

/// A call the phone began.
pub(super) struct Call {
    invite: String,
}

impl Phone {
    pub(super) async fn new(stack: &Stack, transport: Transport, user: &str) -> Phone {
        let server = stack.addr(transport).expect("bound");
        let mut address = String::new();
        let mut connect = async || {
            let stream = TcpStream::connect(server).await.expect("a connection");
            address = stream.local_addr().expect("connected").to_string();
            stream
        };
        let socket = match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind((server.ip(), 0)).await.expect("a socket");
                socket.connect(server).await.expect("an address");
                address = socket.local_addr().expect("bound").to_string();
                Socket::Udp(socket)
            }
            Transport::Tcp => Socket::Stream(Box::new(connect().await), BytesMut::new()),
            Transport::Tls => Socket::Stream(Box::new(secure::client(connect().await).await), BytesMut::new()),
            Transport::Ws => Socket::Framed(Box::new(secure::upgrade(Box::new(connect().await)).await)),
            Transport::Wss => {
                let stream = secure::client(connect().await).await;
                Socket::Framed(Box::new(secure::upgrade(Box::new(stream)).await))
            }
        };
        if matches!(transport, Transport::Ws | Transport::Wss) {
            address = format!("{}.invalid", address.replace(|c: char| !c.is_ascii_alphanumeric(), "x"));
        }
        Phone { socket, user: user.into(), address, transport, count: 0 }
    }

    /// One that was called: at the other end of a connection.
    pub(super) fn over(stream: TcpStream, user: &str) -> Phone {
        let address = stream.local_addr().expect("connected").to_string();
        Phone {
            socket: Socket::Stream(Box::new(stream), BytesMut::new()),
            user: user.into(),
            address,
            transport: Transport::Tcp,
            count: 0,
        }
    }

    pub(super) async fn send(&mut self, text: &str) {
        match &mut self.socket {
            Socket::Udp(socket) => _ = socket.send(text.as_bytes()).await.expect("sent"),
            Socket::Stream(stream, _) => {
                stream.write_all(text.as_bytes()).await.expect("sent");
                stream.flush().await.expect("sent");
            }
            Socket::Framed(socket) => socket.send(Frame::text(text)).await.expect("sent"),
        }
    }

    pub(super) async fn receive(&mut self) -> Message {
        let message = async {
            match &mut self.socket {
                Socket::Udp(socket) => {
                    let mut buffer = vec![0; 65_536];
                    let length = socket.recv(&mut buffer).await.expect("a datagram");
                    Message::parse(Bytes::copy_from_slice(&buffer[..length])).expect("a message")
                }
                Socket::Framed(socket) => loop {
                    let bytes = match socket.next().await.expect("an open socket").expect("a frame") {
                        Frame::Text(text) => Bytes::from(text),
                        Frame::Binary(bytes) => bytes,
                        _ => continue,
                    };
                    return Message::parse(bytes).expect("a message");
                },
                Socket::Stream(stream, buffer) => loop {
                    if let Some(message) = Message::parse_stream(buffer).expect("framing") {
                        return message;
                    }
                    assert_ne!(stream.read_buf(buffer).await.expect("bytes"), 0, "the connection was closed");
                },
            }
        };
        timeout(Duration::from_secs(5), message).await.expect("a message in time")
    }

    /// The next message with this status or method; 100s are skipped.
    pub(super) async fn expect(&mut self, what: &str) -> Message {
        loop {
            let message = self.receive().await;
            let word = message.status().map_or_else(|| message.method_text().to_owned(), |status| status.to_string());
            if word == what {
                return message;
            }
            assert_eq!(word, "100", "while waiting for {what}");
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a request line and its headers")]
    fn request(
        &mut self,
        method: &str,
        uri: &str,
        to: &str,
        call_id: &str,
        seq: u32,
        extra: &str,
        body: &str,
    ) -> String {
        self.count += 1;
        let (user, address, transport) = (&self.user, &self.address, self.transport);
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} {address};branch=z9hG4bK{user}x{}x{};rport\r\nMax-Forwards: 70\r\nFrom: <sip:{user}@alo>;tag=t{user}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {seq} {method}\r\nContact: <sip:{user}@{address};transport={}>\r\n{extra}{kind}Content-Length: {}\r\n\r\n{body}",
            self.count,
            address.replace(|c: char| !c.is_ascii_alphanumeric(), "x"),
            transport.parameter(),
            body.len()
        )
    }

    /// Sends a request, answers the challenge, and gives the request that was sent last.
    async fn prove(&mut self, method: &str, uri: &str, to: &str, call_id: &str, body: &str) -> String {
        let first = self.request(method, uri, to, call_id, 1, "", body);
        self.send(&first).await;
        let challenge = self.expect("401").await;
        if method == "INVITE" {
            let ack = acknowledgement(&first);
            self.send(&ack).await;
        }
        let line = challenge.header(Name::WwwAuthenticate).expect("a challenge");
        let password = format!("pw{}", self.user);
        let proof = sip::auth::answer_challenge(line, method, uri, &self.user, &password, "cn", 1).expect("a proof");
        let second = self.request(method, uri, to, call_id, 2, &format!("Authorization: {proof}\r\n"), body);
        self.send(&second).await;
        second
    }

    pub(super) async fn register(&mut self) {
        let to = format!("<sip:{}@alo>", self.user);
        let call_id = format!("reg-{}-{}", self.user, self.address);
        self.prove("REGISTER", "sip:alo", &to, &call_id, "").await;
        let ok = self.expect("200").await;
        assert!(ok.header(Name::Contact).is_some());
    }

    pub(super) async fn invite(&mut self, number: &str) -> Call {
        let uri = format!("sip:{number}@alo");
        let call_id = format!("call-{}-{}", self.user, self.address);
        let body = format!("v=0 from {}", self.user);
        let invite = self.prove("INVITE", &uri, &format!("<{uri}>"), &call_id, &body).await;
        Call { invite }
    }

    pub(super) async fn cancel(&mut self, call: &Call) {
        let cancel = derived(&call.invite, "CANCEL");
        self.send(&cancel).await;
    }

    pub(super) async fn acknowledge_refusal(&mut self, call: &Call) {
        let ack = acknowledgement(&call.invite);
        self.send(&ack).await;
    }

    /// Answers a request.
    pub(super) async fn answer(&mut self, request: &Message, status: &str, body: &str) {
        let mut text = format!("SIP/2.0 {status}\r\n");
        for via in request.headers(Name::Via) {
            text.push_str(&format!("Via: {via}\r\n"));
        }
        let to = request.header(Name::To).expect("a To");
        let tag = if to.contains(";tag=") { "" } else { ";tag=callee" };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        text.push_str(&format!(
            "From: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <sip:{}@{}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            request.header(Name::From).expect("a From"),
            request.call_id(),
            request.header(Name::CSeq).expect("a CSeq"),
            self.user,
            self.address,
            body.len()
        ));
        self.send(&text).await;
    }

    /// Sends a request inside the dialog that `ok` began.
    pub(super) async fn in_dialog(&mut self, method: &str, ok: &Message, call: &Call) {
        let target = ok.contact().expect("a Contact").uri.to_owned();
        let to = ok.header(Name::To).expect("a To").to_owned();
        let invite = Message::parse(Bytes::from(call.invite.clone())).expect("our INVITE");
        let seq = if method == "ACK" { 2 } else { 3 };
        let request = self.request(method, &target, &to, invite.call_id(), seq, "", "");
        self.send(&request).await;
    }
}

/// The ACK of a refused INVITE.
fn acknowledgement(invite: &str) -> String {
    derived(invite, "ACK")
}

/// A request with the INVITE's own headers and no body.
fn derived(invite: &str, method: &str) -> String {
    let head = invite.split("\r\n\r\n").next().expect("a head");
    let lines: Vec<&str> =
        head.split("\r\n").filter(|line| !line.starts_with("Content-") && !line.starts_with("Authorization")).collect();
    let text =
        lines.join("\r\n").replace("INVITE sip", &format!("{method} sip")).replace(" INVITE", &format!(" {method}"));
    format!("{text}\r\nContent-Length: 0\r\n\r\n")
}

//! Somebody on the network whom nobody knows: writes what it likes, and sees what comes back.

use e2e::phone::{Message, proof};
use e2e::{Server, wait};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::UdpSocket;

/// How long an answer that must not come is waited for.
const QUIET: Duration = Duration::from_millis(300);

/// One socket.
pub(crate) struct Stranger {
    pub(crate) socket: UdpSocket,
    pub(crate) server: SocketAddr,
    pub(crate) domain: String,
}

/// A number that no other text has.
pub(crate) fn unique() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An address that nobody spoke from before in this process; the server knows nothing of it.
pub(crate) fn fresh_ip() -> IpAddr {
    let number = unique();
    // No address ends in 0 or 255, and none comes twice.
    let part = |place: u32| (number / 254u32.pow(place) % 254) as u8 + 1;
    Ipv4Addr::new(127, 60 + part(2) % 30, part(1), part(0)).into()
}

/// Headers that make a request as long as those of real phones: a short one brings one challenge only, so that nobody gets back much more than was sent.
pub(crate) const USUAL: &str = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, NOTIFY, REFER\r\nSupported: path, outbound, gruu\r\n";

impl Stranger {
    pub(crate) async fn new(server: &Server) -> Stranger {
        Stranger::at(server, fresh_ip()).await
    }

    pub(crate) async fn at(server: &Server, ip: IpAddr) -> Stranger {
        let socket = UdpSocket::bind((ip, 0)).await.expect("a port");
        Stranger { socket, server: server.sip(), domain: server.domain().to_owned() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("a bound socket has an address")
    }

    /// A request of `user` to `uri`, with more headers.
    pub(crate) fn request(&self, method: &str, uri: &str, user: &str, more: &str) -> String {
        let (local, number, domain) = (self.address(), unique(), &self.domain);
        let more = if method == "INVITE" || method == "REGISTER" {
            format!("Contact: <sip:{user}@{local}>\r\n{more}")
        } else {
            more.to_owned()
        };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKs{number};rport\r\n\
             From: <sip:{user}@{domain}>;tag=t{number}\r\nTo: <{uri}>\r\nCall-ID: stranger{number}@{local}\r\n\
             CSeq: 1 {method}\r\nMax-Forwards: 70\r\nUser-Agent: friendly-scanner\r\n{more}Content-Length: 0\r\n\r\n"
        )
    }

    /// A REGISTER of `user`.
    pub(crate) fn register(&self, user: &str, more: &str) -> String {
        let (uri, own) = (format!("sip:{}", self.domain), format!("sip:{user}@{}", self.domain));
        self.request("REGISTER", &uri, user, more).replace(&format!("To: <{uri}>"), &format!("To: <{own}>"))
    }

    pub(crate) async fn send(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.server).await.expect("a datagram leaves");
    }

    /// Sends and waits for the answer.
    pub(crate) async fn ask(&self, text: &str) -> Message {
        self.send(text).await;
        wait::within(&format!("an answer to {}", text.lines().next().unwrap_or("")), self.hears()).await
    }

    /// The next message.
    pub(crate) async fn hears(&self) -> Message {
        let mut buffer = vec![0; 65_536];
        loop {
            let (length, _) = self.socket.recv_from(&mut buffer).await.expect("a datagram");
            if let Some(message) = Message::parse(&buffer[..length]) {
                return message;
            }
        }
    }

    /// What comes until it is quiet for a while, as bytes of each datagram.
    pub(crate) async fn hears_all(&self) -> Vec<Vec<u8>> {
        self.hears_all_until_quiet_for(QUIET).await
    }

    /// The same with a while of one's own.
    pub(crate) async fn hears_all_until_quiet_for(&self, quiet: Duration) -> Vec<Vec<u8>> {
        let (mut buffer, mut all) = (vec![0; 65_536], Vec::new());
        while let Ok(Ok((length, _))) = tokio::time::timeout(quiet, self.socket.recv_from(&mut buffer)).await {
            all.push(buffer[..length].to_vec());
        }
        all
    }

    /// Registers with this password; the final answer, or none when the server says nothing more.
    pub(crate) async fn tries(&self, user: &str, password: &str) -> Option<Message> {
        self.send(&self.register(user, "")).await;
        let challenge = tokio::time::timeout(QUIET * 2, self.hears()).await.ok()?;
        let answer = answer_to(&challenge, 0, "REGISTER", &format!("sip:{}", self.domain), user, password);
        self.send(&self.register(user, &answer)).await;
        tokio::time::timeout(QUIET * 2, self.hears()).await.ok()
    }
}

/// The header line that answers one of the challenges.
pub(crate) fn answer_to(
    challenge: &Message,
    which: usize,
    method: &str,
    uri: &str,
    user: &str,
    password: &str,
) -> String {
    let lines: Vec<&str> = challenge.all("WWW-Authenticate").collect();
    let line = lines.get(which).unwrap_or_else(|| panic!("no challenge {which} in {}", challenge.start));
    format!("Authorization: {}\r\n", proof(line, method, uri, user, password))
}

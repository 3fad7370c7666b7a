//! Asking name servers (RFC 1035): over UDP, over TCP what does not fit; the next server when one is silent or cannot tell.
//! Answers, that there is none among them, are kept as long as they say.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout};

/// How long a server may take: all are asked once, and once more with more patience.
const ROUNDS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];
/// Answers kept.
const KEPT: usize = 4_096;
/// For how long at most: something found, and that there is nothing.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
const LONGEST_NOTHING: Duration = Duration::from_secs(300);
/// Where the system says whom to ask.
const SYSTEM: &str = "/etc/resolv.conf";

type Question = (Name, RecordType);

/// See the module.
pub(super) struct Resolver {
    servers: Vec<SocketAddr>,
    /// Host names are the system's to look up, which may know them without any server.
    by_system: bool,
    /// The server that answered last.
    good: AtomicUsize,
    kept: Mutex<HashMap<Question, (Instant, Vec<RData>)>>,
}

impl Resolver {
    /// One that asks these servers; none: those of the system.
    pub(super) fn new(servers: &[SocketAddr]) -> Resolver {
        let by_system = servers.is_empty();
        let system = || std::fs::read_to_string(SYSTEM).map_or_else(|_| Vec::new(), |text| servers_in(&text));
        let servers = if by_system { system() } else { servers.to_vec() };
        Resolver { servers, by_system, good: AtomicUsize::new(0), kept: Mutex::default() }
    }

    /// The addresses of a host, those of IPv4 first.
    pub(super) async fn addresses(&self, host: &str) -> Vec<IpAddr> {
        // RFC 6761 section 6.3.
        if host.trim_end_matches('.').eq_ignore_ascii_case("localhost") {
            return vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        }
        if self.by_system {
            let found = tokio::net::lookup_host((host, 0)).await;
            let mut found: Vec<IpAddr> = found.into_iter().flatten().map(|address| address.ip()).collect();
            found.sort_by_key(IpAddr::is_ipv6);
            return found;
        }
        let (v4, v6) = tokio::join!(self.ask(host, RecordType::A), self.ask(host, RecordType::AAAA));
        let address = |record: RData| match record {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        };
        v4.into_iter().chain(v6).filter_map(address).collect()
    }

    /// The records of one kind that a name has; none, too, when nobody can tell.
    pub(super) async fn ask(&self, name: &str, kind: RecordType) -> Vec<RData> {
        let Ok(mut asked) = Name::from_utf8(name) else { return Vec::new() };
        asked.set_fqdn(true);
        let question = (asked.to_lowercase(), kind);
        if let Some((until, records)) = self.kept().get(&question)
            && Instant::now() < *until
        {
            return records.clone();
        }
        let Some((records, lasts)) = self.ask_all(&question).await else {
            tracing::debug!(name, %kind, "no name server can tell");
            return Vec::new();
        };
        self.keep(question, records.clone(), lasts);
        records
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Question, (Instant, Vec<RData>)>> {
        // Each use is one look or one change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, question: Question, records: Vec<RData>, lasts: Duration) {
        let now = Instant::now();
        let mut kept = self.kept();
        if kept.len() >= KEPT {
            kept.retain(|_, (until, _)| now < *until);
        }
        if kept.len() < KEPT {
            kept.insert(question, (now + lasts, records));
        }
    }

    async fn ask_all(&self, question: &Question) -> Option<(Vec<RData>, Duration)> {
        let first = self.good.load(Ordering::Relaxed);
        for patience in ROUNDS {
            for step in 0..self.servers.len() {
                let place = (first + step) % self.servers.len();
                let Ok(Ok(answer)) = timeout(patience, exchange(self.servers[place], question)).await else { continue };
                if matches!(answer.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain) {
                    self.good.store(place, Ordering::Relaxed);
                    return Some(taken(&answer, question));
                }
            }
        }
        None
    }
}

/// Puts the question to one server.
async fn exchange(server: SocketAddr, question: &Question) -> io::Result<Message> {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(question.0.clone(), question.1));
    let (id, bytes) = (message.metadata.id, message.to_vec().map_err(io::Error::other)?);
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    socket.send(&bytes).await?;
    let mut buffer = [0; 4_096];
    let answer = loop {
        let length = socket.recv(&mut buffer).await?;
        // Whatever else comes is nobody's answer.
        if let Some(answer) = read(&buffer[..length], id, question) {
            break answer;
        }
    };
    if answer.metadata.truncation { over_tcp(server, &bytes, id, question).await } else { Ok(answer) }
}

async fn over_tcp(server: SocketAddr, bytes: &[u8], id: u16, question: &Question) -> io::Result<Message> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), bytes].concat()).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    read(&answer, id, question).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// How many records of this kind a name server's message holds for a host: what is believed of any bytes that come to the
/// port of a question with this number. None when they are no answer to it.
pub fn records_in(message: &[u8], id: u16, host: &str, kind: u16) -> Option<usize> {
    let question = (Name::from_ascii(host).ok()?, RecordType::from(kind));
    Some(taken(&read(message, id, &question)?, &question).0.len())
}

/// The answer to this very question; none when it is anything else.
fn read(bytes: &[u8], id: u16, question: &Question) -> Option<Message> {
    let answer = Message::from_vec(bytes).ok()?;
    let is_ours = |query: &Query| *query.name() == question.0 && query.query_type() == question.1;
    let is_answer = answer.metadata.id == id && answer.metadata.message_type == MessageType::Response;
    (is_answer && answer.queries.first().is_some_and(is_ours)).then_some(answer)
}

/// What an answer says of the question, by way of aliases, and for how long that lasts.
fn taken(answer: &Message, question: &Question) -> (Vec<RData>, Duration) {
    let mut names = vec![question.0.clone()];
    let mut lasts = LONGEST;
    // Each alias may stand before or after the one that leads to it.
    for _ in 0..answer.answers.len().min(16) {
        for record in &answer.answers {
            if let RData::CNAME(alias) = &record.data
                && names.contains(&record.name)
                && !names.contains(&alias.0)
            {
                names.push(alias.0.clone());
            }
        }
    }
    let mut records = Vec::new();
    for record in answer.answers.iter().filter(|record| names.contains(&record.name)) {
        lasts = lasts.min(Duration::from_secs(u64::from(record.ttl)));
        if record.record_type() == question.1 {
            records.push(record.data.clone());
        }
    }
    if records.is_empty() {
        // RFC 2308 section 5.
        let ends = answer.authorities.iter().filter_map(|record| match &record.data {
            RData::SOA(soa) => Some(Duration::from_secs(u64::from(record.ttl.min(soa.minimum)))),
            _ => None,
        });
        lasts = ends.min().unwrap_or_default().min(LONGEST_NOTHING);
    }
    (records, lasts)
}

fn servers_in(text: &str) -> Vec<SocketAddr> {
    let words = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()).flatten()
    });
    words.filter_map(|word| word.parse::<IpAddr>().ok()).map(|ip| SocketAddr::new(ip, 53)).collect()
}

#[cfg(test)]
mod tests {
    use hickory_proto::rr::Record;
    use hickory_proto::rr::rdata::{A, CNAME};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn the_system_names_its_servers() {
        let text =
            "# made by hand\nnameserver 192.0.2.1\nsearch test\n nameserver 2001:db8::1\nnameserver x\nnameserver\n";
        let shown: Vec<String> = servers_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["192.0.2.1:53", "[2001:db8::1]:53"]);
    }

    fn name(text: &str) -> Name {
        Name::from_ascii(text).expect("a name")
    }

    #[test]
    fn bytes_that_are_no_answer_hold_nothing() {
        let question = (name("a.test."), RecordType::A);
        let mut answer = answering(&question, vec![("a.test.", 60, RData::A(Ipv4Addr::new(192, 0, 2, 1).into()))]);
        answer.add_query(Query::query(question.0.clone(), question.1));
        answer.metadata.message_type = MessageType::Response;
        let bytes = answer.to_vec().expect("a message");
        let count = |bytes: &[u8]| records_in(bytes, answer.metadata.id, "a.test.", 1);
        assert_eq!(count(&bytes), Some(1));
        assert_eq!(records_in(&bytes, answer.metadata.id, "b.test.", 1), None);
        for length in 0..bytes.len() {
            assert_eq!(count(&bytes[..length]), None);
            for bit in 0..8 {
                let mut broken = bytes.clone();
                broken[length] ^= 1 << bit;
                // Whatever it holds then, nothing panics.
                let _ = count(&broken);
            }
        }
    }

    fn answering(question: &Question, records: Vec<(&str, u32, RData)>) -> Message {
        let mut message = Message::query().into_response();
        message.add_query(Query::query(question.0.clone(), question.1));
        for (host, ttl_s, data) in records {
            message.add_answer(Record::from_rdata(name(host), ttl_s, data));
        }
        message
    }

    #[test]
    fn aliases_are_followed_and_what_belongs_to_nobody_is_not_taken() {
        let question = (name("gw.test."), RecordType::A);
        let a = |last: u8| RData::A(A(Ipv4Addr::new(192, 0, 2, last)));
        let alias = |to: &str| RData::CNAME(CNAME(name(to)));
        let records = vec![
            ("c.test.", 90, a(3)),
            ("other.test.", 5, a(9)),
            ("b.test.", 80, alias("c.test.")),
            ("gw.test.", 100, alias("b.test.")),
        ];
        assert_eq!(taken(&answering(&question, records), &question), (vec![a(3)], Duration::from_secs(80)));
        assert_eq!(
            taken(&answering(&question, vec![]), &question),
            (vec![], Duration::ZERO),
            "nobody said for how long"
        );
    }

    #[tokio::test]
    async fn what_does_not_fit_into_a_datagram_is_asked_for_over_tcp() {
        let (tcp, udp) = loop {
            let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr().expect("bound")).await {
                break (tcp, udp);
            }
        };
        let server = udp.local_addr().expect("bound");
        let serving = tokio::spawn(async move {
            let mut buffer = [0; 512];
            let (length, from) = udp.recv_from(&mut buffer).await.expect("a question");
            let mut short = Message::from_vec(&buffer[..length]).expect("a message").into_response();
            short.metadata.truncation = true;
            udp.send_to(&short.to_vec().expect("bytes"), from).await.expect("sent");
            let (mut stream, _) = tcp.accept().await.expect("a connection");
            let length = stream.read_u16().await.expect("a length");
            let mut asked = vec![0; usize::from(length)];
            stream.read_exact(&mut asked).await.expect("a question");
            let mut whole = Message::from_vec(&asked).expect("a message").into_response();
            whole.add_answer(Record::from_rdata(name("big.test."), 60, RData::A(A(Ipv4Addr::new(192, 0, 2, 7)))));
            let bytes = whole.to_vec().expect("bytes");
            stream.write_u16(u16::try_from(bytes.len()).expect("short")).await.expect("sent");
            stream.write_all(&bytes).await.expect("sent");
        });
        let found = Resolver::new(&[server]).ask("big.test", RecordType::A).await;
        assert_eq!(found, [RData::A(A(Ipv4Addr::new(192, 0, 2, 7)))]);
        serving.await.expect("served");
    }
}

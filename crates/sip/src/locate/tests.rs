use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Mutex;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, NAPTR, SRV};
use hickory_proto::rr::{Name, Record};
use tokio::net::UdpSocket;

use super::*;

/// A name server on loopback that knows a few records and counts what it is asked.
struct Zone {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).expect("a name")
}

fn a(last: u8) -> RData {
    RData::A(A(Ipv4Addr::new(192, 0, 2, last)))
}

fn srv(priority: u16, port: u16, target: &str) -> RData {
    RData::SRV(SRV::new(priority, 1, port, name(target)))
}

fn naptr(order: u16, service: &str, replacement: &str) -> RData {
    let text = |text: &str| text.as_bytes().to_vec().into_boxed_slice();
    RData::NAPTR(NAPTR::new(order, 50, text("s"), text(service), text(""), name(replacement)))
}

impl Zone {
    async fn serve(records: Vec<(&'static str, RData)>) -> Zone {
        Zone::lasting(records, 60).await
    }

    /// Whose answers may be kept for so many seconds.
    async fn lasting(records: Vec<(&'static str, RData)>, ttl_s: u32) -> Zone {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let address = socket.local_addr().expect("bound");
        let mut known: HashMap<(Name, RecordType), Vec<RData>> = HashMap::new();
        for (host, data) in records {
            known.entry((name(host), data.record_type())).or_default().push(data);
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let task = tokio::spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let Ok(mut message) = Message::from_vec(&buffer[..length]) else { continue };
                let query = message.queries[0].clone();
                log.lock().expect("whole").push(format!("{} {}", query.name(), query.query_type()));
                message = message.into_response();
                message.edns = None;
                let found = known.get(&(query.name().clone(), query.query_type()));
                let exists = known.keys().any(|(host, _)| host == query.name());
                message.metadata.response_code = if exists { ResponseCode::NoError } else { ResponseCode::NXDomain };
                for data in found.into_iter().flatten() {
                    message.add_answer(Record::from_rdata(query.name().clone(), ttl_s, data.clone()));
                }
                let bytes = message.to_vec().expect("an answer");
                socket.send_to(&bytes, from).await.expect("sent");
            }
        });
        Zone { address, asked, task }
    }

    async fn find(&self, server: &Server) -> Vec<String> {
        let locator = Locator::new(vec![self.address]);
        shown(&locator.find(server, |_| true).await)
    }
}

fn shown(hops: &[Hop]) -> Vec<String> {
    hops.iter().map(|hop| format!("{} {}", hop.transport.parameter(), hop.address)).collect()
}

fn server(text: &str) -> Server {
    Server::parse(text, None)
}

#[tokio::test]
async fn the_domain_says_which_transport_it_likes() {
    let zone = Zone::serve(vec![
        ("carrier.test.", naptr(50, "SIP+D2T", "_sip._tcp.carrier.test.")),
        ("carrier.test.", naptr(90, "SIP+D2U", "_sip._udp.carrier.test.")),
        ("carrier.test.", naptr(10, "E2U+email", "mail.carrier.test.")),
        ("_sip._tcp.carrier.test.", srv(10, 5070, "gw1.carrier.test.")),
        ("_sip._udp.carrier.test.", srv(20, 5081, "gw2.carrier.test.")),
        ("_sip._udp.carrier.test.", srv(10, 5080, "gw1.carrier.test.")),
        ("gw1.carrier.test.", a(1)),
        ("gw1.carrier.test.", RData::AAAA(AAAA("2001:db8::1".parse::<Ipv6Addr>().expect("an address")))),
        ("gw2.carrier.test.", a(2)),
    ])
    .await;
    let all = zone.find(&server("carrier.test.")).await;
    assert_eq!(all[0], "tcp 192.0.2.1:5070", "{all:?}");
    assert_eq!(all[1..4], ["tcp [2001:db8::1]:5070", "udp 192.0.2.1:5080", "udp [2001:db8::1]:5080"]);
    assert_eq!(all[4], "udp 192.0.2.2:5081");
    let locator = Locator::new(vec![zone.address]);
    let v4 = locator.find(&Server::parse("carrier.test.", Some(Transport::Udp)), |ip| ip.is_ipv4()).await;
    assert_eq!(shown(&v4), ["udp 192.0.2.1:5080", "udp 192.0.2.2:5081"]);
}

#[tokio::test]
async fn without_srv_the_name_itself_is_the_host() {
    let zone = Zone::serve(vec![("plain.test.", a(9))]).await;
    assert_eq!(zone.find(&server("plain.test.")).await, ["udp 192.0.2.9:5060"]);
    assert_eq!(zone.find(&Server::parse("plain.test.", Some(Transport::Tls))).await, ["tls 192.0.2.9:5061"]);
    zone.asked.lock().expect("whole").clear();
    assert_eq!(zone.find(&server("plain.test.:5090")).await, ["udp 192.0.2.9:5090"]);
    let asked = zone.asked.lock().expect("whole").clone();
    assert!(asked.iter().all(|question| !question.contains("SRV") && !question.contains("NAPTR")), "{asked:?}");
}

#[tokio::test]
async fn what_was_answered_is_not_asked_again() {
    let zone = Zone::serve(vec![("kept.test.", a(3))]).await;
    let locator = Locator::new(vec![zone.address]);
    for _ in 0..3 {
        assert_eq!(locator.find(&server("kept.test."), |_| true).await.len(), 1);
    }
    let asked = zone.asked.lock().expect("whole").clone();
    assert_eq!(asked.iter().filter(|question| question.as_str() == "kept.test. A").count(), 1, "{asked:?}");
}

#[tokio::test]
async fn an_answer_is_asked_for_again_when_its_time_is_over() {
    let zone = Zone::lasting(vec![("brief.test.", a(3))], 1).await;
    let locator = Locator::new(vec![zone.address]);
    let asked = || zone.asked.lock().expect("whole").iter().filter(|question| *question == "brief.test. A").count();
    let again = async {
        while asked() < 2 {
            assert_eq!(locator.find(&server("brief.test.:5060"), |_| true).await.len(), 1);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(20), again).await.expect("the answer lasts a second");
}

#[tokio::test]
async fn a_target_without_an_address_is_passed_over() {
    let zone = Zone::serve(vec![
        ("_sip._udp.carrier.test.", srv(10, 5080, "gone.carrier.test.")),
        ("_sip._udp.carrier.test.", srv(20, 5081, "gw.carrier.test.")),
        ("gw.carrier.test.", a(2)),
        ("carrier.test.", a(9)),
    ])
    .await;
    let udp = Server::parse("carrier.test.", Some(Transport::Udp));
    assert_eq!(zone.find(&udp).await, ["udp 192.0.2.2:5081"]);
    // Nothing is said of TCP, so the host itself is it.
    let tcp = Server::parse("carrier.test.", Some(Transport::Tcp));
    assert_eq!(zone.find(&tcp).await, ["tcp 192.0.2.9:5060"]);
}

#[tokio::test]
async fn a_service_that_is_said_not_to_be_there_is_not_looked_for_elsewhere() {
    let zone = Zone::serve(vec![("_sip._tcp.carrier.test.", srv(0, 0, ".")), ("carrier.test.", a(9))]).await;
    assert!(zone.find(&Server::parse("carrier.test.", Some(Transport::Tcp))).await.is_empty());
    assert!(zone.find(&server("nowhere.test.")).await.is_empty(), "no such name at all");
}

#[tokio::test]
async fn the_next_name_server_is_asked_when_one_is_silent() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let zone = Zone::serve(vec![("kept.test.", a(3))]).await;
    let locator = Locator::new(vec![silent.local_addr().expect("bound"), zone.address]);
    let found = locator.find(&server("kept.test.:5060"), |_| true).await;
    assert_eq!(shown(&found), ["udp 192.0.2.3:5060"]);
}

#[tokio::test]
async fn a_host_that_cannot_be_is_never_asked_for() {
    let zone = Zone::serve(vec![("x.invalid.", a(1))]).await;
    for host in ["x.invalid", "X.INVALID.", "invalid", ""] {
        assert!(zone.find(&server(host)).await.is_empty(), "{host}");
    }
    assert!(zone.asked.lock().expect("whole").is_empty());
}

#[tokio::test]
async fn a_name_server_that_is_silent_is_given_up() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let locator = Locator::new(vec![silent.local_addr().expect("bound")]);
    let found = timeout(Duration::from_secs(8), locator.find(&server("late.test.:5060"), |_| true)).await;
    assert!(found.expect("given up in time").is_empty());
}

#[test]
fn a_server_is_read_however_it_is_written() {
    for (text, host, port) in [
        ("carrier.test", "carrier.test", None),
        ("carrier.test:5070", "carrier.test", Some(5070)),
        ("192.0.2.1", "192.0.2.1", None),
        ("192.0.2.1:5070", "192.0.2.1", Some(5070)),
        ("2001:db8::1", "2001:db8::1", None),
        ("[2001:db8::1]:5070", "2001:db8::1", Some(5070)),
    ] {
        let server = server(text);
        assert_eq!((server.host.as_str(), server.port), (host, port), "{text}");
    }
    let known = |text: &str| server(text).known().map(|hop| hop.address.to_string());
    assert_eq!(known("2001:db8::1").as_deref(), Some("[2001:db8::1]:5060"));
    assert_eq!(known("0.0.0.0"), None);
    let uri = Uri::parse("sips:1@carrier.test;transport=tcp").expect("a URI");
    let server = Server::of(&uri, None);
    assert!(server.secure && server.transport == Some(Transport::Tls));
}

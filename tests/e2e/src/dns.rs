//! A name server on loopback that answers what a test has put in.

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, SRV};
use hickory_proto::rr::{Name, RData, Record};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// How long its answers may be kept.
const TTL_S: u32 = 60;

/// The server; it ends with this.
#[derive(Debug)]
pub struct Zone {
    address: SocketAddr,
    records: Arc<Mutex<Vec<(Name, RData)>>>,
    task: JoinHandle<()>,
}

fn lock(records: &Mutex<Vec<(Name, RData)>>) -> MutexGuard<'_, Vec<(Name, RData)>> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}

fn name(text: &str) -> Name {
    Name::from_ascii(format!("{}.", text.trim_end_matches('.'))).expect("a host name")
}

impl Zone {
    /// An empty one.
    pub async fn start() -> Zone {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port for a name server");
        let address = socket.local_addr().expect("a bound socket has an address");
        let records = Arc::default();
        let task = tokio::spawn(answer(socket, Arc::clone(&records)));
        Zone { address, records, task }
    }

    /// Where it is asked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A host has this address.
    pub fn host(&self, host: &str, address: IpAddr) {
        let IpAddr::V4(address) = address else { panic!("the tests' hosts are IPv4") };
        lock(&self.records).push((name(host), RData::A(A(address))));
    }

    /// A service is at this port of this host; the lower priority is tried first.
    pub fn service(&self, service: &str, priority: u16, host: &str, port: u16) {
        lock(&self.records).push((name(service), RData::SRV(SRV::new(priority, 1, port, name(host)))));
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(socket: UdpSocket, records: Arc<Mutex<Vec<(Name, RData)>>>) {
    let mut buffer = [0; 2_048];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
        let Some(query) = question.queries.first().cloned() else { continue };
        let mut message = question.into_response();
        message.edns = None;
        let known = lock(&records).clone();
        let exists = known.iter().any(|(host, _)| host == query.name());
        message.metadata.response_code = if exists { ResponseCode::NoError } else { ResponseCode::NXDomain };
        for (host, data) in known {
            if host == *query.name() && data.record_type() == query.query_type() {
                message.add_answer(Record::from_rdata(host, TTL_S, data));
            }
        }
        let bytes = message.to_vec().expect("an answer can be written");
        // Who asked may have gone.
        let _ = socket.send_to(&bytes, from).await;
    }
}

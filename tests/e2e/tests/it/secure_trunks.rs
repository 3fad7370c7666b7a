//! Carriers reached over TLS: who they are is proven, and their sound is protected when it has to be.

use crate::{CALLEE, CALLER};
use e2e::agents::baresip::{Baresip, Switch};
use e2e::authority::Authority;
use e2e::dns::Zone;
use e2e::server::HOTLINE;
use e2e::wait::within;
use e2e::{Plan, Server, until};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const NUMBER: &str = "0912345678";

/// A folder of this test that is there before the server is.
fn folder(test: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("alo-e2e-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a directory for the test");
    folder
}

/// A server that believes this authority, and its company's trunk, which leads to `carrier.test` over TLS.
async fn company(trusted: &Authority, folder: &std::path::Path, zone: &Zone, srtp: &str) -> (Server, String) {
    let plan =
        Plan::default().set("ALO_SIP__DNS", zone.address()).set("ALO_TLS__ROOTS", trusted.root(folder).display());
    let server = plan.start().await;
    let carrier = server.carrier_address();
    zone.host("gw.carrier.test", carrier.ip());
    zone.service("_sips._tcp.carrier.test", 10, "gw.carrier.test", carrier.port() + 1);
    let trunks = server.get("/trunks").await;
    let path = format!("/trunks/{}", trunks["items"][0]["id"].as_str().expect("the trunk of the test company"));
    // baresip opens its connections from 127.0.0.1, wherever it listens.
    let addresses = json!([carrier.ip().to_string(), "127.0.0.1"]);
    let patch = json!({ "server": "carrier.test", "transport": "tls", "srtp": srtp, "addresses": addresses });
    server.patch(&path, &patch).await;
    (server, path)
}

async fn state(server: &Server, trunk: &str, what: &str, is: impl Fn(&Value) -> bool) {
    until(what, async || is(&server.get(trunk).await["state"]).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_both_ways_over_tls_with_keys_that_must_be_taken() {
    let folder = folder("tls");
    let (authority, zone) = (Authority::new(), Zone::start().await);
    let (mut server, trunk) = company(&authority, &folder, &zone, "required").await;
    let certificate = authority.vouch("carrier.test", &folder);
    let listen = server.carrier_address();
    let encryption = Some("srtp-mand");
    let switch = Switch { listen, certificate: &certificate, number: NUMBER, tone: CALLEE, encryption };
    let mut carrier = Baresip::switch(&switch, server.folder()).await;
    state(&server, &trunk, "the carrier is reached", |state| state["reachable"] == true && state["fault"].is_null())
        .await;
    server.note_idle().await;
    let lan = server.phone("101").await;

    let mut caller = lan.dial(NUMBER).await;
    carrier.accept().await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.hears(CALLEE).await;
    carrier.hears(CALLER).await;
    assert_eq!(caller.hang_up().await, 200);
    carrier.tells("CALL_CLOSED").await;
    let record = server.record("the call out", |call| call["direction"] == "outbound").await;
    assert_eq!(record["cause"], "normal", "{record}");
    assert_eq!(record["legs"][1]["quality"]["security"], "sdes", "{record}");

    let extensions = server.get("/extensions?search=101").await;
    let target = json!({ "kind": "extension", "id": extensions["items"][0]["id"] });
    let hotlines = server.get("/hotlines").await;
    let hotline = hotlines["items"][0]["id"].as_str().expect("the hotline of the test company");
    server.patch(&format!("/hotlines/{hotline}"), &json!({ "target": target })).await;
    let heard = carrier.heard(CALLER);
    carrier.command("dial", &format!("sip:{HOTLINE}@{};transport=tls", server.sip_tls())).await;
    let mut desk = lan.rings().await;
    desk.answer().await;
    desk.voice.say(Some(CALLER));
    desk.voice.hears(CALLEE).await;
    until("the carrier hears the desk", async || (carrier.heard(CALLER) >= heard + 5).then_some(())).await;
    assert_eq!(desk.hang_up().await, 200);
    let record = server.record("the call in", |call| call["direction"] == "inbound").await;
    assert_eq!(record["cause"], "normal", "{record}");
    assert_eq!(record["legs"][0]["quality"]["security"], "sdes", "{record}");
    server.settles().await;
    std::fs::remove_dir_all(&folder).expect("the test's directory");
}

/// A carrier that does not prove to be `carrier.test` is called by nobody, and its trunk says why.
async fn refuses(test: &str, name: &str, believed: bool, fault: &str) {
    let folder = folder(test);
    let (authority, zone) = (Authority::new(), Zone::start().await);
    let certificate = authority.vouch(name, &folder);
    let trusted = if believed { authority } else { Authority::new() };
    let (server, trunk) = company(&trusted, &folder, &zone, "off").await;
    let listen = server.carrier_address();
    let switch = Switch { listen, certificate: &certificate, number: NUMBER, tone: CALLEE, encryption: None };
    let carrier = Baresip::switch(&switch, server.folder()).await;
    state(&server, &trunk, fault, |state| state["fault"] == fault && state["reachable"] != true).await;
    let lan = server.phone("101").await;
    let mut caller = lan.dial(NUMBER).await;
    caller.refused().await;
    let record = server.record("the call", |call| call["direction"] == "outbound").await;
    assert_eq!(record["cause"], "unreachable", "{record}");
    assert!(!carrier.log().contains("Incoming call"), "the carrier saw nothing of it");
    std::fs::remove_dir_all(&folder).expect("the test's directory");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_nobody_trusted_vouches_for_is_not_called() {
    refuses("untrusted", "carrier.test", false, "tls_untrusted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_whose_certificate_is_for_another_name_is_not_called() {
    refuses("wrong-name", "other.test", true, "tls_wrong_name").await;
}

/// Answers over TLS as a switch does that takes no keys in a description: 488, and busy where there are none. Tells each
/// INVITE that it saw.
async fn takes_no_keys(listen: SocketAddr, tls: Arc<ServerConfig>, seen: UnboundedSender<String>) {
    let listener = TcpListener::bind(listen).await.expect("the carrier's port");
    while let Ok((socket, _)) = listener.accept().await {
        // Who does not finish the handshake is no caller.
        let Ok(socket) = TlsAcceptor::from(tls.clone()).accept(socket).await else { continue };
        let seen = seen.clone();
        tokio::spawn(async move {
            let mut socket = BufReader::new(socket);
            while let Some(request) = request(&mut socket).await {
                let status = match request.split(' ').next() {
                    Some("OPTIONS") => "200 OK",
                    Some("INVITE") if request.contains("a=crypto") => "488 Not Acceptable Here",
                    Some("INVITE") => "486 Busy Here",
                    _ => continue,
                };
                let copied = ["Via:", "From:", "Call-ID:", "CSeq:"];
                let lines = request.lines().take_while(|line| !line.is_empty());
                let mut answer = format!("SIP/2.0 {status}\r\n");
                for line in lines {
                    match line {
                        line if copied.iter().any(|name| line.starts_with(name)) => answer += &format!("{line}\r\n"),
                        line if line.starts_with("To:") => answer += &format!("{line};tag=c\r\n"),
                        _ => {}
                    }
                }
                answer += "Content-Length: 0\r\n\r\n";
                socket.get_mut().write_all(answer.as_bytes()).await.expect("sent");
                if request.starts_with("INVITE") {
                    seen.send(request).expect("the test waits");
                }
            }
        });
    }
}

async fn request(socket: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if socket.read_line(&mut text).await.ok()? == 0 {
            return None;
        }
    }
    let length = text.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    socket.read_exact(&mut body).await.ok()?;
    Some(text + &String::from_utf8_lossy(&body))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_refuses_keys_which_it_might_leave_is_asked_without() {
    let folder = folder("no-keys");
    let (authority, zone) = (Authority::new(), Zone::start().await);
    let (server, trunk) = company(&authority, &folder, &zone, "optional").await;
    let at = server.carrier_address();
    let (seen, mut invites) = unbounded_channel();
    let listen = SocketAddr::new(at.ip(), at.port() + 1);
    let carrier = tokio::spawn(takes_no_keys(listen, authority.tls("carrier.test"), seen));
    state(&server, &trunk, "the carrier is reached", |state| state["reachable"] == true).await;
    let lan = server.phone("101").await;
    let mut caller = lan.dial(NUMBER).await;
    let first = within("the first INVITE", invites.recv()).await.expect("the carrier lives");
    let second = within("the second INVITE", invites.recv()).await.expect("the carrier lives");
    assert!(first.contains("a=crypto") && second.contains("m=audio"), "{first}{second}");
    assert!(!second.contains("a=crypto"), "{second}");
    assert_eq!(caller.refused().await.status(), 486);
    let record = server.record("the call", |call| call["direction"] == "outbound").await;
    assert_eq!(
        (record["cause"].as_str(), record["legs"].as_array().map(Vec::len)),
        (Some("busy"), Some(2)),
        "{record}"
    );
    assert!(invites.try_recv().is_err(), "it is asked twice, not more often");
    carrier.abort();
    std::fs::remove_dir_all(&folder).expect("the test's directory");
}

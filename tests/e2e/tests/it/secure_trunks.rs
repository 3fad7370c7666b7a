//! Carriers reached over TLS: who they are is proven, and their sound is protected when it has to be.

use crate::{CALLEE, CALLER};
use e2e::agents::baresip::{Baresip, Switch};
use e2e::authority::Authority;
use e2e::dns::Zone;
use e2e::server::HOTLINE;
use e2e::{Plan, Server, until};
use serde_json::{Value, json};
use std::path::PathBuf;

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

//! TLS: calls over it, the certificate of the first start, and one that is swapped under a call.

use crate::{CALLEE, CALLER};
use e2e::Server;
use e2e::agents::baresip::Softphone;
use e2e::secure::{certificate, connect};
use e2e::server::Plan;
use e2e::wait::until_within;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What the issue promises for a certificate that was replaced on disk.
const REPLACED: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn two_baresips_talk_over_tls() {
    let server = Server::start().await;
    let mut caller = Softphone::of(&server, "101").saying(CALLER).over("tls").start().await;
    let mut callee = Softphone::of(&server, "102").saying(CALLEE).over("tls").start().await;
    caller.dial("102").await;
    callee.accept().await;
    caller.tells("CALL_ESTABLISHED").await;
    caller.hears(CALLEE).await;
    callee.hears(CALLER).await;
    callee.command("hangup", "").await;
    caller.tells("CALL_CLOSED").await;
    server.record("the call over TLS", |call| call["cause"] == "normal").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_makes_a_certificate_that_every_listener_shows() {
    let server = Server::start().await;
    let key = std::fs::metadata(server.data().join("tls/own.key")).expect("the key is there");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let shown = certificate(server.sip_tls()).await;
    assert_eq!(shown, certificate(server.sip_wss()).await);
    assert_eq!(shown, certificate(server.https()).await);

    let mut web = connect(server.https()).await;
    web.write_all(b"GET /healthz HTTP/1.1\r\nHost: alo\r\nConnection: close\r\n\r\n").await.expect("sent");
    let mut answer = String::new();
    // Whether the end of the stream is announced is up to the far side.
    let _ = web.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"alo\""), "{answer}");
}

/// Writes a pair for this name; returns the certificate.
fn write_pair(folder: &Path, name: &str) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    std::fs::write(folder.join("a.key"), made.signing_key.serialize_pem()).expect("written");
    std::fs::write(folder.join("a.crt"), made.cert.pem()).expect("written");
    made.cert.der().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_swapped_under_a_call() {
    let folder = std::env::temp_dir().join(format!("alo-e2e-pair-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let first = write_pair(&folder, "one.test");
    let path = |name: &str| folder.join(name).display().to_string();
    let plan = Plan::default().set("ALO_TLS__CERTIFICATE", path("a.crt")).set("ALO_TLS__KEY", path("a.key"));
    let server = plan.start().await;
    assert_eq!(certificate(server.sip_tls()).await, first);

    let mut callee = Softphone::of(&server, "102").saying(CALLEE).over("tls").start().await;
    let lan = server.phone("101").await;
    let mut call = lan.dial("102").await;
    callee.accept().await;
    call.answered().await;
    call.voice.say(Some(CALLER));
    call.voice.hears(CALLEE).await;

    std::fs::write(folder.join("a.crt"), "no certificate").expect("written");
    let refused = async || server.metric("alo_certificate_refused").await.filter(|refused| *refused == 1.0);
    until_within(REPLACED, "the bad file is refused", refused).await;
    assert_eq!(certificate(server.sip_tls()).await, first, "the old one stays");
    assert!(server.log().contains("the new certificate cannot be used"));

    let second = write_pair(&folder, "two.test");
    let swapped = async || (certificate(server.sip_tls()).await == second).then_some(());
    until_within(REPLACED, "new connections get the new certificate", swapped).await;
    assert_eq!(certificate(server.sip_wss()).await, second);
    assert_eq!(certificate(server.https()).await, second);

    call.voice.hears(CALLEE).await;
    callee.hears(CALLER).await;
    assert_eq!(call.hang_up().await, 200);
    callee.tells("CALL_CLOSED").await;
    server.record("the call", |call| call["cause"] == "normal" && call["ended_by"] == "caller").await;
    server.settles().await;
    std::fs::remove_dir_all(&folder).expect("the test's own folder");
}

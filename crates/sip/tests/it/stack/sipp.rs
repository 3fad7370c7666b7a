//! Somebody else's user agent: SIPp's own caller against the house that answers number 200.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use super::{settled, start};

async fn calls_over(transport: &str) {
    let (stack, house) = start(1).await;
    let address: SocketAddr = if transport == "u1" { stack.udp_addr() } else { stack.tcp_addr() }.expect("bound");
    let mut sipp = Command::new("sipp");
    sipp.args(["-sn", "uac", "-s", "200", "-i", "127.0.0.30", "-t", transport, "-m", "50", "-r", "100", "-d", "20"])
        .args(["-timeout", "20", "-timeout_error", "-nostdin"])
        .arg(address.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let done = tokio::task::spawn_blocking(move || sipp.status()).await.expect("SIPp is waited for");
    let done = done.expect("SIPp runs; Debian has it as sip-tester");
    assert!(done.success(), "SIPp counted failed calls: {done}");
    settled(&stack).await;
    stack.clone().stop().await;
    house.abort();
}

#[tokio::test]
async fn sipp_calls_over_udp() {
    calls_over("u1").await;
}

#[tokio::test]
async fn sipp_calls_over_tcp() {
    calls_over("t1").await;
}

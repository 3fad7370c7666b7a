//! What people complain about when they use systems like this one, each as a test. Where the cause is a race or a long
//! timer, the test that proves it on the virtual clock is named beside it.

use crate::talk;
use e2e::server::Plan;
use e2e::wav::Wav;
use e2e::{Phone, Server, until};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::UdpSocket;

/// Where a phone behind a NAT believes to be. Nobody is there.
fn inside(last: u8) -> SocketAddr {
    (Ipv4Addr::new(127, 77, 0, last), 5_060).into()
}

/// "One side hears nothing when the phones are behind NAT." Each of them names an address that nobody can reach, in Via,
/// Contact and description.
#[tokio::test(flavor = "multi_thread")]
async fn one_way_audio_behind_nat() {
    let server = Server::start().await;
    let lan = server.unregistered("101").await.behind_nat(inside(1));
    let minh = server.unregistered("102").await.behind_nat(inside(2));
    assert_eq!((lan.register().await, minh.register().await), (200, 200));
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    callee.hold().await;
    callee.resume().await;
    caller.voice.forget();
    callee.voice.forget();
    talk(&caller, &callee).await;
    // The end finds its way as well.
    assert_eq!(callee.hang_up().await, 200);
    caller.hung_up().await;
    server.settles().await;
}

/// "Calls end after 32 seconds." An ACK that was lost is made good by the one to the repeated answer. That such a call is
/// up a minute later: `sip`, `a_call_whose_first_acks_were_lost_stays_up`.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_after_32_seconds_when_an_ack_was_lost() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered_when_repeated().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    let record = server.record("the call", |call| call["direction"] == "internal").await;
    assert_eq!(record["cause"], "normal", "{record}");
    server.settles().await;
}

/// Whether a channel holds the tone from its first window to its last without a hole.
fn is_whole(wav: &Wav, channel: usize, frequency: f64) -> bool {
    let step = wav.rate as usize / e2e::tone::RATE;
    let samples: Vec<i16> = wav.channels[channel].iter().copied().step_by(step.max(1)).collect();
    let tones: Vec<bool> = samples.chunks_exact(800).map(|window| e2e::tone::is_tone(window, frequency)).collect();
    let (first, last) = (tones.iter().position(|t| *t), tones.iter().rposition(|t| *t));
    let (Some(first), Some(last)) = (first, last) else { return false };
    last - first > 20 && tones[first..=last].iter().all(|tone| *tone)
}

/// "The sound is choppy while it is recorded." Nothing is missing at either phone nor in the recording.
#[tokio::test(flavor = "multi_thread")]
async fn choppy_audio_while_recording() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    for side in [&caller, &callee] {
        until("three seconds of talk", async || (side.voice.heard().packets >= 150).then_some(())).await;
        assert_eq!(side.voice.heard().lost, 0);
    }
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    let recorded = |call: &Value| call["direction"] == "internal" && call["recording"] != json!(null);
    let record = server.record("the recorded call", recorded).await;
    let path = format!("/calls/{}/recording", record["id"].as_str().expect("an id"));
    let wav = Wav::parse(&until("the recording", async || server.download(&path).await).await);
    assert!(is_whole(&wav, 0, crate::CALLER) && is_whole(&wav, 1, crate::CALLEE), "a hole in the recording");
    server.settles().await;
}

/// "After a caller gave up, nothing comes over UDP any more." The same sockets go on, many times.
#[tokio::test(flavor = "multi_thread")]
async fn udp_is_dead_after_a_cancel() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    for round in 0..10 {
        let mut caller = lan.dial("102").await;
        let mut callee = minh.rings().await;
        caller.ringing().await;
        assert_eq!(caller.cancel().await, 487, "round {round}");
        callee.cancelled().await;
        assert_eq!((lan.ping().await, minh.register().await), (200, 200), "round {round}");
    }
    let mut caller = minh.dial("101").await;
    let mut callee = lan.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

/// "Calls stay up for hours that nobody has." A phone loses its power in a talk: no BYE, no sound. Half-dead calls that
/// still make a noise end by their session timer: `sip`, `endpoint::tests::refreshing`.
#[tokio::test(flavor = "multi_thread")]
async fn ghost_calls_without_a_bye() {
    let server = Plan::default().set("ALO_MEDIA__SILENCE_S", 2).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    lan.keeps_silent(true);
    caller.voice.say(None);
    callee.hung_up().await;
    let record = server.record("the dead call", |call| call["cause"] == "media_timeout").await;
    assert_eq!(record["ended_by"], "system", "{record}");
    // The power is back: the phone answers what is still repeated to it.
    lan.keeps_silent(false);
    caller.hung_up().await;
    server.settles().await;
}

/// "A phone cannot be called any more after its router changed the port." What it registers anew is used at once, and its
/// keep-alives are answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_lost_behind_nat() {
    let server = Server::start().await;
    let before = server.unregistered("101").await.behind_nat(inside(1));
    assert_eq!(before.register().await, 200);
    before.keeps_silent(true);
    let minh = server.phone("102").await;
    // The same phone with the same contact; the router has given it another port.
    let lan: Phone = server.unregistered("101").await.behind_nat(inside(1));
    assert_eq!(lan.register().await, 200);
    let mut caller = minh.dial("101").await;
    let mut callee = lan.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;

    // A binding request (RFC 8489) as phones send it to keep the way open, and line ends, which ask for nothing over UDP.
    let phone = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    phone.send_to(b"\r\n\r\n", server.sip()).await.expect("sent");
    let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42][..], b"twelve bytes"].concat();
    phone.send_to(&request, server.sip()).await.expect("sent");
    let mut answer = [0; 128];
    let (length, from) = e2e::wait::within("a binding", phone.recv_from(&mut answer)).await.expect("an answer");
    assert_eq!((from, &answer[..2], &answer[8..20]), (server.sip(), &[1, 1][..], &b"twelve bytes"[..]));
    let port = phone.local_addr().expect("an address").port() ^ 0x2112;
    assert!(answer[20..length].windows(2).any(|two| two == port.to_be_bytes()), "our port as the server sees it");
}

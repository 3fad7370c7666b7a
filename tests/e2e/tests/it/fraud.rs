//! Ways to make a company pay for calls (R10): none is open to strangers, and what a stolen password can cost is bounded.

use crate::stranger::Stranger;
use crate::talk;
use e2e::server::HOTLINE;
use e2e::webhook::Receiver;
use e2e::{Phone, Server, until};
use serde_json::{Value, json};

const NUMBER: &str = "0912345678";

/// What strangers send to be connected with a number outside, each by another lie.
fn lies(stranger: &Stranger, carrier: &str, server: &str) -> Vec<(&'static str, String)> {
    let domain = stranger.domain.clone();
    let target = format!("sip:{NUMBER}@{domain}");
    let invite = |user: &str, more: &str| stranger.request("INVITE", &target, user, more);
    let local = stranger.address().to_string();
    let digest = |more: &str| {
        format!("Authorization: Digest username=\"101\", realm=\"{domain}\", uri=\"{target}\", {more}\r\n")
    };
    vec![
        ("a number, no proof", invite("101", "")),
        ("the extension asserted", invite("101", &format!("P-Asserted-Identity: <sip:101@{domain}>\r\n"))),
        ("the hotline asserted", invite(HOTLINE, &format!("P-Asserted-Identity: <sip:{HOTLINE}@{carrier}>\r\n"))),
        (
            "preferred and diverted",
            invite("101", "P-Preferred-Identity: <sip:101@x>\r\nDiversion: <sip:101@x>;reason=no-answer\r\n"),
        ),
        ("the carrier in Via", invite("101", "").replace(&format!("UDP {local}"), &format!("UDP {carrier}"))),
        (
            "received from the carrier",
            invite("101", "").replace(";rport", &format!(";received={}", carrier.split(':').next().unwrap_or(""))),
        ),
        ("the carrier in Contact", invite("101", "").replace(&format!("101@{local}>"), &format!("carrier@{carrier}>"))),
        ("routed to the carrier", invite("101", &format!("Route: <sip:{carrier};lr>\r\n"))),
        ("routed by us to the carrier", invite("101", &format!("Route: <sip:{server};lr>, <sip:{carrier};lr>\r\n"))),
        ("the carrier's URI", stranger.request("INVITE", &format!("sip:{NUMBER}@{carrier}"), "101", "")),
        ("a tel URI", stranger.request("INVITE", &format!("tel:+84{}", &NUMBER[1..]), "101", "")),
        (
            "the carrier in From",
            invite("101", "")
                .replace(&format!("From: <sip:101@{domain}>"), &format!("From: <sip:{HOTLINE}@{carrier}>")),
        ),
        ("our address for the domain", invite("101", "").replace(&domain, server)),
        ("nobody in From", invite("101", "").replace("From: <sip:101@", "From: \"Anonymous\" <sip:anonymous@")),
        ("two From lines", invite("101", &format!("From: <sip:102@{domain}>;tag=2\r\n"))),
        ("spaces in To", invite("101", "").replace("To: <", "To : \t<")),
        ("compact and folded", invite("101", "").replace("From: <", "f:\r\n <").replace("To: <", "t: <")),
        ("an empty proof", invite("101", "Authorization: Digest\r\n")),
        ("a proof without an answer", invite("101", &digest("nonce=\"x\""))),
        (
            "a proof with an empty answer",
            invite("101", &digest("nonce=\"\", response=\"\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"\"")),
        ),
        ("a proof of zeros", invite("101", &digest(&format!("nonce=\"x\", response=\"{}\"", "0".repeat(32))))),
        (
            "a proof for another realm",
            invite(
                "101",
                "Proxy-Authorization: Digest username=\"101\", realm=\"x\", nonce=\"x\", uri=\"x\", response=\"x\"\r\n",
            ),
        ),
        ("basic instead of digest", invite("101", "Authorization: Basic MTAxOnB3MTAx\r\n")),
        ("in place of a call", invite("101", "Replaces: 1@x;to-tag=1;from-tag=2\r\n")),
        ("in a dialog there is not", invite("101", "").replace(">\r\nCall-ID", ">;tag=made-up\r\nCall-ID")),
        (
            "referred outside a call",
            stranger.request(
                "REFER",
                &format!("sip:101@{domain}"),
                "101",
                &format!("Refer-To: <{target}>\r\nReferred-By: <sip:101@{domain}>\r\n"),
            ),
        ),
        (
            "referred in a made-up call",
            stranger
                .request("REFER", &format!("sip:101@{domain}"), "101", &format!("Refer-To: <{target}>\r\n"))
                .replace(">\r\nCall-ID", ">;tag=made-up\r\nCall-ID"),
        ),
        ("told by NOTIFY", stranger.request("NOTIFY", &target, "101", "Event: talk\r\n")),
        ("subscribed", stranger.request("SUBSCRIBE", &target, "101", "Event: dialog\r\n")),
        ("the carrier registered as a phone", stranger.register("101", "").replace(&local, carrier)),
        ("the hotline", stranger.request("INVITE", &format!("sip:{HOTLINE}@{domain}"), "0901234567", "")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lie_of_a_stranger_reaches_a_trunk() {
    let server = Server::start().await;
    let carrier = server.carrier().await;
    let phone = server.phone("101").await;
    let (at, ours) = (carrier.address().to_string(), server.sip().to_string());
    for number in 0.. {
        let stranger = Stranger::new(&server).await;
        let mut all = lies(&stranger, &at, &ours);
        assert!(all.len() >= 20);
        if number >= all.len() {
            break;
        }
        let (lie, text) = all.swap_remove(number);
        stranger.send(&text).await;
        let answers = stranger.hears_all().await;
        let taken = |bytes: &Vec<u8>| bytes.starts_with(b"SIP/2.0 2") || bytes.starts_with(b"SIP/2.0 1");
        assert!(!answers.iter().any(taken), "{lie}: {}", String::from_utf8_lossy(&answers.concat()));
    }
    assert!(!carrier.is_ringing().await && !phone.is_ringing().await, "nobody was called");
    assert_eq!(server.metric("alo_calls").await, Some(0.0));
    assert_eq!(server.get("/calls").await["items"], json!([]));
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_from_a_carrier_cannot_be_sent_out_again() {
    let server = Server::start().await;
    let carrier = server.carrier().await;
    let agent = server.phone("101").await;
    // A number that is not ours, as if the carrier's address were a way through.
    let mut through = carrier.dial_as("0901234567", NUMBER).await;
    assert_eq!(through.refused().await.status(), 404);

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears_something().await;
    caller.voice.press('1');
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;
    let domain = server.domain().to_owned();
    for target in [format!("sip:{NUMBER}@{domain}"), format!("sip:{NUMBER}@{}", carrier.address())] {
        let status = caller.refer(&format!("<{target}>")).await;
        assert!(status >= 400, "REFER of an outside caller was answered {status}");
    }
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    assert!(!carrier.is_ringing().await, "no call went out");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_points_elsewhere_is_not_followed() {
    let server = Server::start().await;
    let carrier = server.carrier().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    for target in [format!("sip:{NUMBER}@{}", carrier.address()), format!("sip:{NUMBER}@{}", server.domain())] {
        let mut caller = lan.dial("102").await;
        let mut turned = minh.offered().await;
        turned.refuse(&format!("302 Moved Temporarily\r\nContact: <{target}>")).await;
        assert!(caller.refused().await.status() >= 400);
    }
    assert!(!carrier.is_ringing().await);
    server.settles().await;
}

/// The path of an extension.
async fn path_of(server: &Server, extension: &str) -> String {
    let found = server.get(&format!("/extensions?search={extension}")).await;
    format!("/extensions/{}", found["items"][0]["id"].as_str().expect("the extension"))
}

/// A call of `lan` that goes out and is answered.
async fn goes_out(lan: &Phone, carrier: &Phone) -> (e2e::Call, e2e::Call) {
    let mut caller = lan.dial(NUMBER).await;
    let mut far = carrier.rings().await;
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    (caller, far)
}

/// Dials, is refused with 403, and finds `reason` in the call's trail.
async fn is_kept_in(server: &Server, lan: &Phone, number: &str, reason: &str) {
    let mut caller = lan.dial(number).await;
    assert_eq!(caller.refused().await.status(), 403, "{number}");
    let dialled = &number[number.len() - 6..];
    until(&format!("{reason:?} in the trail of a call to {number}"), async || {
        let calls = server.get("/calls?limit=20").await;
        for call in calls["items"].as_array()? {
            let fits =
                call["cause"] == "forbidden" && call["callee_number"].as_str().is_some_and(|to| to.ends_with(dialled));
            if fits {
                let trail = server.get(&format!("/calls/{}/trail", call["id"].as_str()?)).await;
                if trail.to_string().contains(reason) {
                    return Some(());
                }
            }
        }
        None
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_countries_and_premium_numbers_are_closed_until_they_are_opened() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "security.*").await;
    let (lan, minh, carrier) = (server.phone("101").await, server.phone("102").await, server.carrier().await);
    for (number, reason) in [
        ("0014155550100", "does not allow calls to this country"),
        ("+882161234567", "does not allow calls to this country"),
        ("19006789", "blocks numbers that begin with 1900"),
    ] {
        is_kept_in(&server, &lan, number, reason).await;
    }
    let told = hooks.gets("security.number_refused", |d| d.body["type"] == "security.number_refused").await;
    assert_eq!(told.body["data"]["extension"], "101", "{}", told.text);
    assert!(!carrier.is_ringing().await);

    let path = path_of(&server, "101").await + "/limits";
    server.patch(&path, &json!({ "dial_countries": ["84", "1"] })).await;
    let mut caller = lan.dial("0014155550100").await;
    let mut far = carrier.rings().await;
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    assert_eq!(caller.hang_up().await, 200);
    far.hung_up().await;
    is_kept_in(&server, &minh, "0014155550100", "does not allow calls to this country").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_has_so_many_calls_to_the_outside_and_no_more() {
    let server = Server::start().await;
    let (lan, minh, carrier) = (server.phone("101").await, server.phone("102").await, server.carrier().await);
    let path = path_of(&server, "101").await + "/limits";
    let limits = server.patch(&path, &json!({ "outbound_calls": 1 })).await;
    assert_eq!(limits["outbound_calls"], 1, "{limits}");
    let (mut caller, mut far) = goes_out(&lan, &carrier).await;
    is_kept_in(&server, &lan, "0912000001", "as many as it may at once").await;
    // A colleague has places of his own, until the company's are full.
    let (mut second, mut second_far) = goes_out(&minh, &carrier).await;
    server.patch("/limits", &json!({ "outbound_calls": 2 })).await;
    is_kept_in(&server, &minh, "0912000002", "The company has 2 calls").await;
    for (call, far) in [(&mut caller, &mut far), (&mut second, &mut second_far)] {
        assert_eq!(call.hang_up().await, 200);
        far.hung_up().await;
    }
    server.settles().await;
    let (mut caller, mut far) = goes_out(&lan, &carrier).await;
    assert_eq!(caller.hang_up().await, 200);
    far.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_stopped_told_and_over_when_somebody_has_looked() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "security.*").await;
    let (lan, carrier) = (server.phone("101").await, server.carrier().await);
    let path = path_of(&server, "101").await + "/limits";
    server.patch(&path, &json!({ "outbound_calls_per_minute": 3 })).await;
    let mut went_out = 0;
    for _ in 0..10 {
        let mut caller = lan.dial(NUMBER).await;
        tokio::select! {
            refusal = caller.refused() => {
                assert_eq!(refusal.status(), 403);
                break;
            }
            mut far = carrier.offered() => far.refuse("486 Busy Here").await,
        }
        assert_eq!(caller.refused().await.status(), 486);
        went_out += 1;
    }
    assert_eq!(went_out, 3, "calls went out");
    is_kept_in(&server, &lan, "0912000003", "has to wait").await;
    let told = hooks.gets("security.limit_reached", |d| d.body["type"] == "security.limit_reached").await;
    let data: &Value = &told.body["data"];
    assert_eq!(
        (&data["extension"], &data["limit"]),
        (&json!("101"), &json!("outbound_calls_per_minute")),
        "{}",
        told.text
    );
    assert!(server.metric("alo_calls_refused_total").await >= Some(2.0));

    server.patch(&path, &json!({ "outbound_calls_per_minute": 30 })).await;
    let (mut caller, mut far) = goes_out(&lan, &carrier).await;
    assert_eq!(caller.hang_up().await, 200);
    far.hung_up().await;
    server.settles().await;
}

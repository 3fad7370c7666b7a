//! Trunks by registration: Alo is the carrier's customer.

use crate::{CALLEE, CALLER, talk};
use e2e::phone::Registrar;
use e2e::wav::Wav;
use e2e::{Phone, Server, until};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LOGIN: &str = "acme";
const PASSWORD: &str = "carrier-secret";
const NUMBER: &str = "02899990000";

/// A carrier that is known by a host name, at a port of its own.
async fn carrier(server: &Server, grant_s: u32) -> (Phone, Registrar) {
    let local = ([127, 0, 0, 1], 0).into();
    let phone = Phone::at(local, server.sip(), &server.sip().ip().to_string(), "carrier", "").await;
    let registrar = phone.serve(LOGIN, PASSWORD, grant_s);
    (phone, registrar)
}

/// Makes the trunk and its number, whose calls ring extension 101; outside calls of 101 show it.
async fn customer_of(server: &mut Server, carrier: &Phone, registrar: &mut Registrar) -> Value {
    let new = json!({
        "name": "By registration", "kind": "registration", "login": LOGIN, "password": PASSWORD,
        "server": format!("localhost:{}", carrier.address().port()),
    });
    let trunk = server.post("/trunks", &new).await;
    let extensions = server.get("/extensions?search=101").await;
    let extension = &extensions["items"][0]["id"];
    let target = json!({ "kind": "extension", "id": extension });
    let number = json!({ "number": NUMBER, "trunk": trunk["id"], "target": target });
    let hotline = server.post("/hotlines", &number).await;
    let path = format!("/extensions/{}", extension.as_str().expect("an id"));
    server.patch(&path, &json!({ "hotline": hotline["id"] })).await;
    let register = registrar.asked().await;
    assert_eq!(register.user_of("To"), LOGIN);
    server.note_idle().await;
    trunk
}

#[tokio::test(flavor = "multi_thread")]
async fn we_register_with_a_carrier_refresh_in_time_and_come_back_after_refusals() {
    let mut server = Server::start().await;
    let (phone, mut registrar) = carrier(&server, 4).await;
    let trunk = customer_of(&mut server, &phone, &mut registrar).await;
    let began = Instant::now();
    let registered = async |wanted: f64| {
        let metric = format!("alo_trunk_registered{{trunk=\"{}\"}}", trunk["id"].as_str().expect("an id"));
        until(&format!("{metric} is {wanted}"), async || {
            (server.metric("alo_trunk_registered").await? == wanted).then_some(())
        })
        .await;
    };
    registered(1.0).await;
    registrar.asked().await;
    let pause = began.elapsed();
    assert!(pause < Duration::from_secs(4), "it refreshes before its 4 s are over, not after {pause:?}");

    for status in ["503 Service Unavailable", "403 Forbidden"] {
        registrar.refuse(Some(status));
        registrar.asked().await;
        registered(0.0).await;
        registrar.refuse(None);
        registrar.asked().await;
        registered(1.0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_calls_our_contact_and_the_number_is_found_however_it_is_written() {
    let mut server = Server::start().await;
    let (phone, mut registrar) = carrier(&server, 300).await;
    customer_of(&mut server, &phone, &mut registrar).await;
    let agent = server.phone("101").await;
    let contact = registrar.contact();
    assert!(contact.contains(LOGIN), "{contact}");
    let ours = server.sip();
    // The number in To behind our Contact; in the request-URI, internationally; our login in both; from another port.
    let gateway = Phone::at(([127, 0, 0, 1], 0).into(), ours, &ours.ip().to_string(), "carrier", "").await;
    let ways = [
        (&phone, contact.clone(), "+842899990000"),
        (&phone, format!("sip:+842899990000@{ours}"), "+842899990000"),
        (&phone, contact.clone(), LOGIN),
        (&gateway, contact.clone(), NUMBER),
    ];
    for (from, uri, to) in ways {
        let mut caller = from.dial_contact("0901234567", &uri, to).await;
        let mut desk = agent.rings().await;
        desk.answer().await;
        caller.answered().await;
        talk(&caller, &desk).await;
        assert_eq!(caller.hang_up().await, 200, "{uri} {to}");
        desk.hung_up().await;
    }
    until("four records", async || {
        let calls = server.get("/calls").await;
        let items = calls["items"].as_array()?;
        let whole = |call: &Value| call["direction"] == "inbound" && call["cause"] == "normal";
        (items.len() == 4 && items.iter().all(whole)).then_some(())
    })
    .await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_through_such_a_carrier_answers_its_challenge_and_is_recorded() {
    let mut server = Server::start().await;
    let (carrier, mut registrar) = carrier(&server, 300).await;
    customer_of(&mut server, &carrier, &mut registrar).await;
    let lan = server.phone("101").await;

    let mut caller = lan.dial("0912345678").await;
    let mut far = carrier.rings().await;
    assert!(far.invite.header("Proxy-Authorization").contains(LOGIN), "the 407 was answered");
    assert!(far.invite.user_of("From").ends_with("2899990000"), "{}", far.invite.header("From"));
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    assert_eq!(far.hang_up().await, 200);
    caller.hung_up().await;

    let record = server.record("the outbound call", |call| call["direction"] == "outbound").await;
    assert_eq!((&record["cause"], &record["ended_by"]), (&json!("normal"), &json!("callee")), "{record}");
    let id = record["id"].as_str().expect("an id");
    let recording = until("the recording", async || server.download(&format!("/calls/{id}/recording")).await).await;
    let wav = Wav::parse(&recording);
    assert!(wav.tone_windows(0, CALLER) >= 3 && wav.tone_windows(1, CALLEE) >= 3, "both sides are on the recording");
    server.settles().await;
}

//! INVITE with Replaces (RFC 3891): a phone takes a call that rings elsewhere, or goes on with a talk of another.

use crate::{CALLER, THIRD, talk};
use e2e::{Call, Phone, Server};

/// The two sides hear each other, the second with a tone of its own.
async fn goes_on_with(caller: &Call, third: &Call) {
    caller.voice.forget();
    caller.voice.say(Some(CALLER));
    third.voice.say(Some(THIRD));
    tokio::join!(caller.voice.hears(THIRD), third.voice.hears(CALLER));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_picks_up_what_rings_elsewhere() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    caller.ringing().await;
    let mut picked = hoa.dial_in_place_of("102", &desk).await;
    picked.answered().await;
    desk.cancelled().await;
    caller.answered().await;
    goes_on_with(&caller, &picked).await;
    assert_eq!(caller.hang_up().await, 200);
    picked.hung_up().await;
    let record = server.record("the call", |call| call["callee_number"] == "102").await;
    assert_eq!((record["cause"].as_str(), record["ended_by"].as_str()), (Some("normal"), Some("caller")), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_picks_up_by_a_code() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    // The company of the tests has one ring group of everybody.
    for code in ["**102", "*8"] {
        let mut caller = lan.dial("102").await;
        let mut desk = minh.rings().await;
        caller.ringing().await;
        let mut picked = hoa.dial(code).await;
        picked.answered().await;
        desk.cancelled().await;
        caller.answered().await;
        talk(&caller, &picked).await;
        assert_eq!(caller.hang_up().await, 200);
        picked.hung_up().await;
    }
    for code in ["**102", "*8", "**999"] {
        let mut nothing = hoa.dial(code).await;
        assert_eq!(nothing.refused().await.status(), 404, "nothing rings");
    }
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_goes_on_with_a_talk() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    let mut third = hoa.dial_in_place_of("102", &desk).await;
    third.answered().await;
    desk.hung_up().await;
    goes_on_with(&caller, &third).await;
    assert_eq!(third.hang_up().await, 200);
    caller.hung_up().await;
    let record = server.record("the call", |call| call["callee_number"] == "102").await;
    assert_eq!((record["cause"].as_str(), record["ended_by"].as_str()), (Some("normal"), Some("callee")), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_over_and_one_of_another_company_cannot_be_taken() {
    let server = Server::start().await;
    let other = server.bootstrap("Other Company", &["--extensions", "101-102"]);
    let domain = other["sip"]["domain"].as_str().expect("a domain");
    let spy = Phone::new(server.sip(), domain, "101", "pw101").await;
    e2e::wait::until_seldom("the running server knows the new company", async || {
        (spy.register().await == 200).then_some(())
    })
    .await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    let mut theft = spy.dial_in_place_of("102", &desk).await;
    assert!(matches!(theft.refused().await.status(), 403 | 404 | 481), "no word of another company's calls");
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    let mut late = hoa.dial_in_place_of("102", &desk).await;
    assert_eq!(late.refused().await.status(), 481);
    server.settles().await;
}

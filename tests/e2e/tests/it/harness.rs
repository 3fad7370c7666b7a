//! The harness itself, without Alo: a phone that calls sipp hears its own echo. If this fails, blame no server.

use crate::CALLER;
use e2e::Phone;
use e2e::agents::sipp::Scenario;
use std::net::SocketAddr;

#[tokio::test(flavor = "multi_thread")]
async fn a_scripted_phone_talks_to_sipp_directly() {
    let folder = std::env::temp_dir().join(format!("alo-e2e-harness-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a directory");
    let sipp: SocketAddr = ([127, 0, 0, 3], 25_072).into();
    let phone = Phone::new(sipp, "nowhere.example", "101", "").await;
    let scenario =
        Scenario { name: "answer", server: phone.address(), local: sipp, tcp: false, keys: &[], credentials: None };
    let sipp = scenario.start(&folder);

    let mut call = phone.dial("102").await;
    call.ringing().await;
    call.answered().await;
    call.voice.say(Some(CALLER));
    call.voice.hears(CALLER).await;
    assert_eq!(call.voice.heard().lost, 0);
    assert_eq!(call.hang_up().await, 200);
    sipp.succeeds().await;
    std::fs::remove_dir_all(folder).expect("the directory goes");
}

//! A carrier known by its domain alone: where its servers are stands in the DNS, and the next one serves when one is dead.

use crate::talk;
use e2e::dns::Zone;
use e2e::{Phone, Plan, Server, until};
use serde_json::json;
use std::time::{Duration, Instant};

/// The company's carrier becomes one with a main and a spare server, found by SRV.
async fn carrier_with_two_servers(server: &mut Server, zone: &Zone) -> [Phone; 2] {
    let ours = server.sip();
    let open = async || Phone::at(([127, 0, 0, 1], 0).into(), ours, &ours.ip().to_string(), "carrier", "").await;
    let servers = [open().await, open().await];
    for (place, phone) in servers.iter().enumerate() {
        let host = format!("gw{place}.carrier.test");
        zone.host(&host, phone.address().ip());
        zone.service("_sip._udp.carrier.test", 10 * (place as u16 + 1), &host, phone.address().port());
    }
    let trunks = server.get("/trunks").await;
    let path = format!("/trunks/{}", trunks["items"][0]["id"].as_str().expect("the trunk of the test company"));
    server.patch(&path, &json!({ "server": "carrier.test" })).await;
    until("the carrier is found and answers", async || {
        (server.get(&path).await["state"]["reachable"] == true).then_some(())
    })
    .await;
    server.note_idle().await;
    servers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_reaches_the_spare_server_of_a_carrier_whose_main_one_is_dead() {
    let zone = Zone::start().await;
    let mut server = Plan::default().set("ALO_SIP__DNS", zone.address()).start().await;
    let [main, spare] = carrier_with_two_servers(&mut server, &zone).await;
    let lan = server.phone("101").await;

    // It serves nobody now, and says so.
    let mut caller = lan.dial("0912345678").await;
    let mut refusing = main.offered().await;
    refusing.refuse("503 Service Unavailable").await;
    let mut far = spare.rings().await;
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    assert_eq!(caller.hang_up().await, 200);
    far.hung_up().await;

    // It is dead.
    main.keeps_silent(true);
    let dialling = Instant::now();
    let mut caller = lan.dial("0912345678").await;
    let mut far = spare.rings().await;
    let waited = dialling.elapsed();
    assert!(waited < Duration::from_secs(4), "the spare server rang after {waited:?}");
    assert!(far.invite.uri().contains("@carrier.test"), "{}", far.invite.start);
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    assert_eq!(far.hang_up().await, 200);
    caller.hung_up().await;
    let record = server.record("the call", |call| call["direction"] == "outbound").await;
    assert_eq!(record["cause"], "normal", "{record}");
    assert!(!spare.is_ringing().await, "nobody rings twice");
    server.settles().await;
}

//! The subcommands that people and scripts use.

use e2e::Server;
use e2e::server::HOTLINE;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn bootstrap_prints_what_is_needed_and_can_be_run_again() {
    let server = Server::start().await;
    let first = &server.company;
    for key in ["http", "company_id", "admin", "api_key", "sip", "extensions", "hotline", "trunk", "ivr"] {
        assert!(!first[key].is_null(), "bootstrap tells {key}: {first}");
    }
    for key in ["domain", "udp", "tcp"] {
        assert!(first["sip"][key].is_string(), "bootstrap tells sip.{key}: {first}");
    }
    assert_eq!(first["extensions"][0]["number"], "101");
    assert_eq!(first["extensions"][0]["password"], "pw101");

    let second = server.bootstrap("Test Company", &["--extensions", "101-105", "--hotline", HOTLINE]);
    for key in ["company_id", "extensions", "hotline", "trunk", "ivr", "sip"] {
        assert_eq!(second[key], first[key], "{key} is the same when bootstrap runs again");
    }
    assert_eq!(server.phone("101").await.register().await, 200, "and phones go on working");
}

#[tokio::test(flavor = "multi_thread")]
async fn simulate_explains_where_a_call_would_go() {
    let server = Server::start().await;
    let output = server.alo(&["simulate", "0901234567", HOTLINE, "--digits", "1", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert!(told.is_object(), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_listed_in_the_terminal() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    lan.dial("102").await.refused().await;
    server.record("the call", |_| true).await;
    let output = server.alo(&["calls"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("101") && text.contains("102"), "{text}");
}

//! Commands that need no server.

use crate::{Place, err, out};
use serde_json::{Value, json};

const BOOTSTRAP: [&str; 12] = [
    "bootstrap",
    "--company",
    "Hoa Sen",
    "--extensions",
    "101-110",
    "--password-pattern",
    "pw{ext}",
    "--hotline",
    "02873000001",
    "--trunk-ip",
    "127.0.0.30",
    "--json",
];

#[test]
fn bootstrap_prints_one_json_object_and_the_same_again() {
    let place = Place::new("bootstrap");
    let first = place.run(&BOOTSTRAP);
    assert!(first.status.success(), "{}", err(&first));
    let company: Value = serde_json::from_str(&out(&first)).expect("one JSON object and nothing else");
    let address = place.address;
    assert_eq!(company["http"], format!("http://{address}:8080"));
    assert_eq!(company["sip"]["udp"], format!("{address}:5060"));
    assert_eq!((&company["sip"]["tls"], &company["sip"]["wss"]), (&Value::Null, &Value::Null));
    assert_eq!(company["extensions"].as_array().map(Vec::len), Some(10));
    assert_eq!(company["extensions"][9], json!({ "number": "110", "password": "pw110" }));
    assert_eq!(company["hotline"], "02873000001");
    for (field, prefix) in [("company_id", "ten_"), ("api_key", "alo_"), ("trunk", "trk_"), ("ivr", "flw_")] {
        assert!(company[field].as_str().is_some_and(|text| text.starts_with(prefix)), "{field}: {company}");
    }
    assert_eq!(out(&place.run(&BOOTSTRAP)), out(&first));
}

#[test]
fn wrong_configuration_is_named_and_ends_with_2() {
    let place = Place::new("config");
    let good = place.run(&["config", "check"]);
    assert!(good.status.success() && out(&good).contains("is good"), "{}{}", out(&good), err(&good));

    let output = place.command(&["config", "check"]).env("ALO_SIP__UPD", "x").output().expect("alo starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("ALO_SIP__UPD") && err(&output).contains("sip.udp"), "{}", err(&output));

    std::fs::write(place.path().join("alo.toml"), "[http]\nlisten = 8080\n").expect("a file");
    let output = place.command(&["serve"]).env_remove("ALO_HTTP__LISTEN").output().expect("alo starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("http.listen in alo.toml"), "{}", err(&output));

    let output = place.run(&["serve", "--no-such-thing"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_certificate_without_its_key_is_said_to_be_one() {
    let place = Place::new("tls");
    let output = place.command(&["config", "check"]).env("ALO_TLS__KEY", "a.key").output().expect("alo starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("tls.certificate"), "{}", err(&output));
}

#[test]
fn the_story_of_a_call_can_be_told_without_one() {
    let place = Place::new("simulate");
    assert!(place.run(&BOOTSTRAP).status.success());
    let output = place.run(&["simulate", "0901234567", "028 7300 0001", "--digits", "1"]);
    assert!(out(&output).contains("\"First extension\" (101) ring"), "{}{}", out(&output), err(&output));
    let output = place.run(&["simulate", "0901234567", "02873000001", "--digits", ",", "--json"]);
    let story: Value = serde_json::from_str(&out(&output)).expect("one JSON object");
    assert!(story["trail"].as_array().is_some_and(|trail| trail.iter().any(|e| e["step"] == "ring")), "{story}");
}

#[test]
fn without_calls_there_is_a_list_without_calls() {
    let place = Place::new("calls");
    let output = place.run(&["calls"]);
    assert!(output.status.success() && out(&output).contains("(no calls yet)"), "{}{}", out(&output), err(&output));
}

#[test]
fn a_password_can_be_reset_and_a_stranger_is_named() {
    let place = Place::new("reset");
    let made: Value = serde_json::from_str(&out(&place.run(&BOOTSTRAP))).expect("a company");
    let login = made["admin"]["login"].as_str().expect("a login");
    let output = place.run(&["user", "reset-password", login]);
    assert!(output.status.success() && out(&output).trim().len() >= 16, "{}{}", out(&output), err(&output));
    let output = place.run(&["user", "reset-password", "nobody"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("nobody") && err(&output).contains(login), "{}", err(&output));
}

#[test]
fn a_database_that_is_away_is_named_without_its_password() {
    let place = Place::new("away");
    let url = "postgres://alo:hush@127.0.0.1:1/alo";
    let output = place.command(&["migrate"]).env("ALO_DATABASE_URL", url).output().expect("alo starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("database_url") && !err(&output).contains("hush"), "{}", err(&output));
}

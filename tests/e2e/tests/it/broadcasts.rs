//! Calls that the house places: Voice OTP over AntRing's face, auto-call over OMICall's.

use crate::talk;
use e2e::server::Plan;
use e2e::tone::{self, WINDOW};
use e2e::webhook::Receiver;
use e2e::{Server, until, wait, wav};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// What the machine that speaks says, whatever it is to say, in Hz.
const SPOKEN: f64 = 600.0;

/// A folder of the test's own, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("alo-e2e-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server with a machine that speaks for one second, whatever the text; all texts are kept, since the house has its own to say too.
async fn speaking(Folder(folder): &Folder) -> Server {
    let samples: Vec<i16> = (0..tone::RATE as u32).map(|at| tone::sample(SPOKEN, at)).collect();
    std::fs::write(folder.join("said.wav"), wav::write(&samples)).expect("a sound");
    let program = folder.join("speaker");
    let text = format!("#!/bin/sh\ncat >> {0}/text\nexec cat {0}/said.wav\n", folder.display());
    std::fs::write(&program, text).expect("a program");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("it may run");
    Plan::default().set("ALO_SPEECH__DRIVER", "espeak").set("ALO_SPEECH__PROGRAM", program.display()).start().await
}

async fn ask(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON"))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_spoken_as_often_as_asked_to_whoever_answers() {
    let folder = Folder::new("code");
    let server = speaking(&folder).await;
    let carrier = server.carrier().await;
    let key = server.post("/keys", &json!({ "name": "Antbot", "dialect": "antring" })).await;
    let http = client();
    let login = json!({ "username": key["public_id"], "password": key["secret"] });
    let (_, token) = ask(http.post(server.url("/antring/rest-api/get-token/")).body(login.to_string())).await;
    let token = token["token"].as_str().expect("a token").to_owned();
    let order = json!({ "alarm_phonenumber": "0912345678", "otp": "4711", "maxretry": 2 });
    let post = http.post(server.url("/antring/rest-api/voice-otp/")).bearer_auth(&token).body(order.to_string());
    let (status, made) = ask(post).await;
    assert_eq!((status, &made["otp"], &made["maxretry"]), (201, &json!("4711"), &json!(2)), "{made}");

    let mut far = carrier.rings().await;
    far.answer().await;
    far.voice.say_silence();
    far.voice.hears(SPOKEN).await;
    far.hung_up().await;
    let heard = far.voice.heard();
    let told = heard.samples.chunks_exact(WINDOW).filter(|window| tone::is_tone(window, SPOKEN)).count();
    assert!((24..=30).contains(&told), "three times one second was told, not {told} tenths");
    let text = std::fs::read_to_string(folder.0.join("text")).expect("the text");
    assert!(text.contains("4, 7, 1, 1"), "{text}");

    let record = server.record("the code's call", |call| call["direction"] == "outbound").await;
    assert_eq!((&record["status"], &record["cause"]), (&json!("answered"), &json!("normal")), "{record}");
    let told = wait::until("the code counts as told", async || {
        let list = http.get(server.url("/antring/rest-api/voice-otp/")).bearer_auth(&token);
        let (_, list) = ask(list).await;
        (list[0]["status"] == "reached").then_some(list)
    });
    assert_eq!(told.await[0]["alarm_phonenumber"], "0912345678");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auto_call_speaks_then_asks_for_a_key_and_brings_an_agent() {
    let folder = Folder::new("auto-call");
    let server = speaking(&folder).await;
    let (carrier, agent) = (server.carrier().await, server.phone("101").await);
    let crm = Receiver::start(server.ip()).await;
    server.webhook_of("omicall", &crm.url()).await;
    let key = server.post("/keys", &json!({ "name": "OMICall", "dialect": "omicall" })).await;
    let (http, secret) = (client(), key["secret"].as_str().expect("a secret"));
    let scripts = http.get(server.url("/omicrm/api/call_center/key-interaction/list")).header("x-api-key", secret);
    let (_, scripts) = ask(scripts).await;
    let menu = scripts["payload"]["items"][0]["_id"].as_str().expect("a script").to_owned();
    let order = json!({
        "name": "Delivery",
        "phone_number_list": ["0912345678"],
        "template_dialplans": [{ "target_type": "Text_variable" }, { "target_type": "Ivr_menu", "target": menu }],
        "variables": ["Your parcel is here"],
        "num_retry": 1,
    });
    let post = http.post(server.url("/omicrm/api/auto_call/execute_by_phone"));
    let (_, made) = ask(post.header("x-api-key", secret).body(order.to_string())).await;
    assert_eq!((&made["status_code"], &made["payload"]["name"]), (&json!(9999), &json!("Delivery")), "{made}");

    carrier.rings().await.refuse("486 Busy Here").await;
    let mut far = carrier.rings().await;
    far.answer().await;
    far.voice.say_silence();
    far.voice.hears(SPOKEN).await;
    far.voice.hears_windows("the text is over", |window| !tone::is_tone(window, SPOKEN)).await;
    far.voice.press('1');
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&far, &desk).await;
    assert_eq!(far.hang_up().await, 200);
    desk.hung_up().await;
    let record = server.record("the call", |call| call["status"] == "answered").await;
    assert_eq!((&record["direction"], &record["ended_by"]), (&json!("outbound"), &json!("callee")), "{record}");
    let told = until("both records are told", async || {
        let told = crm.deliveries();
        (told.iter().filter(|delivery| delivery.body["state"] == "cdr").count() == 2).then_some(told)
    });
    let told = told.await;
    let shown = record["caller_number"].as_str().expect("the hotline").trim_start_matches('+');
    assert!(told.iter().all(|delivery| delivery.body["from_number"] == shown), "nobody's phone called: {told:?}");
    assert!(told.iter().any(|delivery| delivery.body["state"] == "answered"), "{told:?}");
    let mut records = told.iter().filter(|delivery| delivery.body["state"] == "cdr");
    assert!(records.all(|delivery| delivery.body["is_auto_call"] == true), "{told:?}");
    server.settles().await;
}

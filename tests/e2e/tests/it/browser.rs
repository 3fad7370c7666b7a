//! Browsers: other people's phones in Chromium, over secure WebSockets and WebRTC, among all others.

use crate::{CALLEE, CALLER};
use e2e::agents::chromium::{Agent, Chromium, Identity};
use e2e::server::HOTLINE;
use e2e::{Server, until};
use serde_json::{Value, json};

async fn browser(server: &Server, agent: Agent, user: &str, tone: f64) -> Chromium {
    let password = format!("pw{user}");
    let address = format!("wss://{}", server.sip_wss());
    let identity = Identity { server: &address, domain: server.domain(), user, password: &password };
    Chromium::start(agent, &identity, tone, server.folder()).await
}

/// How each leg of a call was protected, in the order of the legs.
fn security(record: &Value) -> Vec<&Value> {
    let legs = record["legs"].as_array().expect("a call has legs");
    legs.iter().map(|leg| &leg["quality"]["security"]).collect()
}

/// A browser calls a phone: tones both ways, a hold, keys of both kinds, and an end that leaves nothing.
async fn calls_a_phone(agent: Agent) {
    let server = Server::start().await;
    let minh = server.phone("102").await;
    let lan = browser(&server, agent, "101", CALLER).await;

    lan.dial("102").await;
    let mut desk = minh.rings().await;
    assert_eq!(desk.invite.user_of("From"), "101");
    desk.answer().await;
    lan.tells("confirmed").await;
    desk.voice.say(Some(CALLEE));
    tokio::join!(lan.hears(CALLEE), desk.voice.hears(CALLER));
    let figures = lan.figures().await;
    assert!(figures["lost"] == 0 && figures["dtls"] == "connected", "{figures}");
    assert!(figures["received"].as_i64() > Some(5) && figures["sent"].as_i64() > Some(5), "{figures}");

    lan.hold(true).await;
    lan.hears_nothing().await;
    // Who is held hears music.
    desk.voice.forget();
    desk.voice.hears_something().await;
    lan.hold(false).await;
    desk.voice.forget();
    tokio::join!(lan.hears(CALLEE), desk.voice.hears(CALLER));
    // What was said to who held is no loss either.
    let figures = lan.figures().await;
    assert_eq!(figures["lost"], 0, "{figures}");

    lan.press('5', true).await;
    until("the key told by RFC 4733", async || (desk.voice.heard().digits == "5").then_some(())).await;
    lan.hang_up().await;
    desk.hung_up().await;

    let record = server.record("the browser's call", |call| call["direction"] == "internal").await;
    assert_eq!(record["cause"], "normal", "{record}");
    assert_eq!(security(&record), [&json!("dtls"), &json!("plain")], "{record}");
    lan.leave().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jssip_calls_a_phone() {
    calls_a_phone(Agent::JsSip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sipjs_calls_a_phone() {
    calls_a_phone(Agent::SipJs).await;
}

/// A phone calls a browser.
async fn is_called(agent: Agent) {
    let server = Server::start().await;
    let minh = server.phone("102").await;
    let lan = browser(&server, agent, "101", CALLEE).await;

    let mut desk = minh.dial("101").await;
    assert_eq!(lan.tells("incoming").await, "incoming 102");
    desk.ringing().await;
    lan.answer().await;
    desk.answered().await;
    lan.tells("confirmed").await;
    desk.voice.say(Some(CALLER));
    tokio::join!(lan.hears(CALLER), desk.voice.hears(CALLEE));
    // The phone holds, and takes the call up again.
    desk.hold().await;
    desk.voice.say(None);
    lan.hears_something().await;
    desk.resume().await;
    desk.voice.forget();
    desk.voice.say(Some(CALLER));
    tokio::join!(lan.hears(CALLER), desk.voice.hears(CALLEE));
    assert_eq!(desk.hang_up().await, 200);
    lan.tells("ended").await;

    let record = server.record("the call to the browser", |call| call["direction"] == "internal").await;
    assert_eq!(security(&record), [&json!("plain"), &json!("dtls")], "{record}");
    lan.leave().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jssip_is_called() {
    is_called(Agent::JsSip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sipjs_is_called() {
    is_called(Agent::SipJs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_reaches_a_browser_through_the_menu() {
    let server = Server::start().await;
    let carrier = server.carrier().await;
    let lan = browser(&server, Agent::JsSip, "101", CALLEE).await;

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears_something().await;
    caller.voice.press('1');
    lan.tells("incoming").await;
    lan.answer().await;
    lan.tells("confirmed").await;
    caller.voice.say(Some(CALLER));
    tokio::join!(lan.hears(CALLER), caller.voice.hears(CALLEE));
    assert_eq!(caller.hang_up().await, 200);
    lan.tells("ended").await;

    let record = server.record("the inbound call", |call| call["direction"] == "inbound").await;
    let id = record["id"].as_str().expect("an id");
    let recording = until("the recording", async || server.download(&format!("/calls/{id}/recording")).await).await;
    let wav = e2e::wav::Wav::parse(&recording);
    assert!(wav.tone_windows(0, CALLER) >= 3 && wav.tone_windows(1, CALLEE) >= 3, "both sides are recorded");
    lan.leave().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_hears_the_menu_and_its_keys_are_understood() {
    let server = Server::start().await;
    let minh = server.phone("102").await;
    for by_event in [true, false] {
        let lan = browser(&server, Agent::JsSip, "101", CALLER).await;
        lan.dial(HOTLINE).await;
        lan.tells("confirmed").await;
        lan.hears_something().await;
        lan.press('1', by_event).await;
        let mut desk = minh.rings().await;
        desk.answer().await;
        desk.voice.say(Some(CALLEE));
        tokio::join!(lan.hears(CALLEE), desk.voice.hears(CALLER));
        lan.hang_up().await;
        desk.hung_up().await;
        lan.leave().await;
    }
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_browsers_talk() {
    let server = Server::start().await;
    let lan = browser(&server, Agent::JsSip, "101", CALLER).await;
    let minh = browser(&server, Agent::SipJs, "102", CALLEE).await;
    lan.dial("102").await;
    minh.tells("incoming").await;
    minh.answer().await;
    lan.tells("confirmed").await;
    minh.tells("confirmed").await;
    tokio::join!(lan.hears(CALLEE), minh.hears(CALLER));
    minh.hang_up().await;
    lan.tells("ended").await;
    let record = server.record("the browsers' call", |call| call["direction"] == "internal").await;
    assert_eq!(security(&record), [&json!("dtls"), &json!("dtls")], "{record}");
    lan.leave().await;
    minh.leave().await;
    server.settles().await;
}

/// What OMICall's `extensions/detail` gives a web phone of this extension.
async fn omicalls_detail(server: &Server, extension: &str) -> Value {
    let key = server.post("/keys", &json!({ "name": "Web", "dialect": "omicall", "role": "manager" })).await;
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
    let ask = async |path: String, bearer: &str| -> Value {
        let answer = http.get(server.url(&path)).bearer_auth(bearer).send().await.expect("an answer");
        let body: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
        assert_eq!(body["status_code"], 9999, "{path}: {body}");
        body["payload"].clone()
    };
    let secret = key["secret"].as_str().expect("a secret");
    let token = ask(format!("/omicrm/api/auth?apiKey={secret}"), "").await;
    let token = token["access_token"].as_str().expect("a token");
    let path = format!("/omicrm/api/call_center/extensions/detail?type=sip_user&keyword={extension}");
    ask(path, token).await["pbx_account"].clone()
}

/// A stock JsSIP configuration from what eTelecom's clients ask for calls a stock SIP.js configuration from what OMICall's ask
/// for: both register and hear each other, and the call stands in the list.
#[tokio::test(flavor = "multi_thread")]
async fn stock_web_phones_register_and_call_with_what_the_vendors_apis_tell() {
    let server = Server::start().await;
    let new = json!({ "name": "CRM", "dialect": "etelecom", "role": "manager" });
    let key = server.post("/keys", &new).await["secret"].as_str().expect("a secret").to_owned();
    let ask = async |method: &str, body: Value| server.ask(&format!("/etelecom/v1/shop.{method}"), &key, &body).await;
    let account = ask("Etelecom/GetExtensionInfo", json!({ "extension_number": "101" })).await;
    let driver = ask("Etelecom/GetDriverConfig", json!({})).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (address, domain) = (text(&driver["wss_url"]), text(&account["tenant_domain"]));
    let (user, password) = (text(&account["extension_number"]), text(&account["extension_password"]));
    assert_eq!(domain, driver["sip_domain"]);
    let identity = Identity { server: &address, domain: &domain, user: &user, password: &password };
    let lan = Chromium::start(Agent::JsSip, &identity, CALLER, server.folder()).await;
    let detail = omicalls_detail(&server, "102").await;
    let (address, domain) = (text(&detail["sip_web_socket_server"]), text(&detail["sip_realm"]));
    let (user, password) = (text(&detail["sip_user"]), text(&detail["sip_password"]));
    let identity = Identity { server: &address, domain: &domain, user: &user, password: &password };
    let minh = Chromium::start(Agent::SipJs, &identity, CALLEE, server.folder()).await;

    lan.dial("102").await;
    assert_eq!(minh.tells("incoming").await, "incoming 101");
    minh.answer().await;
    lan.tells("confirmed").await;
    minh.tells("confirmed").await;
    tokio::join!(lan.hears(CALLEE), minh.hears(CALLER));
    lan.hang_up().await;
    minh.tells("ended").await;

    let record = server.record("the browsers' call", |call| call["direction"] == "internal").await;
    let logs = ask("Etelecom/ListCallLogs", json!({ "filter": { "direction": "ext" } })).await;
    let log = &logs["call_logs"][0];
    assert_eq!((&log["external_id"], &log["caller"], &log["callee"]), (&record["id"], &json!("101"), &json!("102")));
    assert_eq!((&log["call_state"], &log["call_targets"][0]["target_number"]), (&json!("answered"), &json!("102")));
    lan.leave().await;
    minh.leave().await;
    server.settles().await;
}

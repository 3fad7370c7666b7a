//! Every address of every face, asked wrongly in each usual way: what comes is the vendor's own refusal, never a failure of
//! ours. The lists below are checked against the code, so that no new address is forgotten.

use crate::antring::sha256;
use crate::world::{Answer, Company, World};
use axum::body::Body;
use axum::http::Request;
use bus::{Command, Presence, Queues};
use model::{Dialect, Problem};
use serde_json::json;
use std::path::Path;

/// Something that another company has.
const FOREIGN: &str = "64a000000000000000000000";

const OMICALL: &[(&str, &str)] = &[
    ("GET", "/api/agent/delete"),
    ("POST", "/api/agent/invite"),
    ("POST", "/api/agent/invite_with_package_v2"),
    ("GET", "/api/agent/list"),
    ("POST", "/api/agent/role/update"),
    ("POST", "/api/agent/service_package/update"),
    ("POST", "/api/ai/{*rest}"),
    ("GET", "/api/auth"),
    ("POST", "/api/auto_call/execute_by_extension"),
    ("POST", "/api/auto_call/execute_by_phone"),
    ("POST", "/api/call_bot/{*rest}"),
    ("GET", "/api/call_center/extensions/detail"),
    ("DELETE", "/api/call_center/greeting/delete/{id}"),
    ("GET", "/api/call_center/greeting/list"),
    ("POST", "/api/call_center/greeting/upload"),
    ("POST", "/api/call_center/greeting/upload-text-to-speech"),
    ("GET", "/api/call_center/hotline/by-phone"),
    ("POST", "/api/call_center/hotline/extension/update"),
    ("GET", "/api/call_center/hotline/list"),
    ("GET", "/api/call_center/hotline/search"),
    ("POST", "/api/call_center/hotline/update"),
    ("POST", "/api/call_center/internal_group/add"),
    ("POST", "/api/call_center/internal_group/add-members"),
    ("DELETE", "/api/call_center/internal_group/delete/{id}"),
    ("GET", "/api/call_center/internal_group/list"),
    ("POST", "/api/call_center/internal_group/remove-members"),
    ("POST", "/api/call_center/internal_group/update/{id}"),
    ("GET", "/api/call_center/internal_phone/list"),
    ("PUT", "/api/call_center/internal_phone/status"),
    ("POST", "/api/call_center/internal_phone/update"),
    ("POST", "/api/call_center/key-interaction/add"),
    ("DELETE", "/api/call_center/key-interaction/delete/{id}"),
    ("GET", "/api/call_center/key-interaction/list"),
    ("POST", "/api/call_center/key-interaction/update/{id}"),
    ("POST", "/api/call_transaction/add_evaluation/{transaction}"),
    ("POST", "/api/call_transaction/change/{transaction}"),
    ("GET", "/api/call_transaction/detail/{transaction}"),
    ("GET", "/api/call_transaction/list"),
    ("GET", "/api/call_transaction/report"),
    ("POST", "/api/call_transaction/search"),
    ("POST", "/api/click2call"),
    ("POST", "/api/contacts/add"),
    ("POST", "/api/contacts/add-more"),
    ("POST", "/api/contacts/add-note"),
    ("DELETE", "/api/contacts/delete/{id}"),
    ("GET", "/api/contacts/details/{id}"),
    ("GET", "/api/contacts/get"),
    ("POST", "/api/contacts/list"),
    ("POST", "/api/contacts/update"),
    ("GET", "/api/evaluation_criteria/{*rest}"),
    ("POST", "/api/partner/{*rest}"),
    ("POST", "/api/social/{*rest}"),
    ("GET", "/api/tenant/detail"),
    ("GET", "/api/ticket/category/get_all"),
    ("POST", "/api/ticket/create"),
    ("POST", "/api/ticket/list"),
    ("POST", "/api/ticket/update_status/{id}"),
    ("GET", "/api/v2/agent/get-by-email"),
    ("GET", "/api/v2/callTransaction/getByTransactionId"),
    ("POST", "/api/v2/callTransaction/search"),
    ("GET", "/api/v3/agent/search"),
    ("POST", "/api/v3/agent/ticket/transfer"),
    ("POST", "/api/v3/agent/transfer"),
    ("POST", "/api/v3/call-transaction/add-evaluation"),
    ("GET", "/api/v3/call-transaction/evaluation-criteria/list"),
    ("GET", "/api/v3/call-transaction/report"),
    ("POST", "/api/v3/call-transaction/search"),
    ("POST", "/api/webhooks/destroy"),
    ("GET", "/api/webhooks/list"),
    ("POST", "/api/webhooks/register"),
];
const ANTRING: &[(&str, &str)] = &[
    ("POST", "/oapi/v1/call/click-to-call/{number}"),
    ("GET", "/oapi/v1/call/histories"),
    ("GET", "/oapi/v1/call/play_recording"),
    ("POST", "/oapi/v1/voice/auth_token"),
    ("POST", "/rest-api/get-token/"),
    ("POST", "/rest-api/voice-otp/"),
    ("GET", "/rest-api/{*rest}"),
];
const VOICECLOUD: &[(&str, &str)] = &[
    ("POST", "/api/Agent/spy"),
    ("POST", "/api/Agent/status"),
    ("GET", "/api/CallControl/dial/{*words}"),
    ("GET", "/api/CallControl/dial_async/{*words}"),
    ("POST", "/api/Queue/list"),
    ("POST", "/api/Queue/status"),
    ("POST", "/internal/Reports/cdr"),
];
/// Services and methods.
const ETELECOM: &[&str] = &[
    "Misc/CurrentAccount",
    "Misc/VersionInfo",
    "Shop/AuthorizeShop",
    "Shop/CurrentShop",
    "Webhook/CreateWebhook",
    "Webhook/GetWebhooks",
    "Webhook/DeleteWebhook",
    "History/GetChanges",
    "Etelecom/GetPartnerTenantList",
    "Etelecom/PartnerAddHotline",
    "Etelecom/GetPartnerHotlineList",
    "Etelecom/PartnerActivateTenant",
    "Etelecom/PartnerAddHotlineToTenant",
    "Etelecom/AddHotlineToTenant",
    "Etelecom/PartnerRemoveHotlineOutOfTenant",
    "Etelecom/RemoveHotlineOutOfTenant",
    "Etelecom/PartnerRemoveHotline",
    "Etelecom/CreateTenant",
    "Etelecom/GetTenant",
    "Etelecom/GetDriverConfig",
    "Etelecom/GetHotlines",
    "Etelecom/CreateAccountUser",
    "AccountUser/GetAccountUsers",
    "Etelecom/CreateExtension",
    "Etelecom/GetExtensionInfo",
    "Etelecom/GetExtensions",
    "Etelecom/AssignUserToExtension",
    "Etelecom/UpdateExtensionHotline",
    "Etelecom/RemoveUserOfExtension",
    "Etelecom/ListCallLogs",
    "Etelecom/GetCallLogs",
    "Zalo/SendZNS",
];

/// An engine in which nothing is up.
fn idle(w: &mut World) {
    let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
    tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            match order {
                Command::Presence { reply, .. } => _ = reply.send(Ok(Presence::default())),
                Command::Queues { reply, .. } => _ = reply.send(Ok(Queues::default())),
                Command::Originate(_, reply) => _ = reply.send(Err(Problem::conflict("not_registered", "No phone."))),
                other => panic!("{other:?}"),
            }
        }
    });
}

/// Bodies that no client of good will sends.
fn bodies() -> Vec<String> {
    let strange = json!({
        "id": FOREIGN, "page": "x", "size": -1, "key": 7, "list": "x", "from_date": "yesterday", "fromDate": "x", "toDate": -5,
        "filter": { "fromDate": "x", "date_from": "never", "extension_ids": [1, "x"], "duration": { "comparison": "?" } },
        "paging": { "after": "☃", "before": "", "limit": 1_000_000_000_000_i64, "sort": "color" }, "sort": { "field": "x" },
        "startdate": "2026-13-40", "enddate": "x", "webhook": { "type": "x", "url": "http://[", "events": ["x"] },
        "extension_id": FOREIGN, "hotline_id": FOREIGN, "user_id": FOREIGN, "shop_id": FOREIGN, "phone_number": ["x"],
    });
    let large = json!({ "page": 4_294_967_295_u32, "size": 4_294_967_295_u32, "keyword": "%".repeat(10_000) });
    let plain = ["", "{", "[]", "null", "{}", "\"x\"", "\u{0}", "[[[[[[[[[[[[", "{\"a\":1e999}"];
    let mut all: Vec<String> = plain.into_iter().map(str::to_owned).collect();
    all.extend([strange.to_string(), large.to_string(), "x".repeat(3 * 1024 * 1024)]);
    all
}

/// Queries likewise.
const QUERIES: [&str; 5] = [
    "",
    "page=4294967295&size=4294967295&from_date=x&to_date=99999999999999999999&keyword=%25%00",
    "page=-1&size=x&from_date=5&to_date=4&apiKey=%F0%28&phone=%00&identify_info=%ff",
    "from_date=0&to_date=9223372036854775807&created_from=x&created_to=y&limit=1000000&id=64a000000000000000000000",
    "appId=1&hash=2&media=../../etc/passwd&created_from=2026-02-30T00:00:00Z&created_to=",
];

struct Face {
    dialect: Dialect,
    prefix: &'static str,
    sources: &'static str,
    routes: &'static [(&'static str, &'static str)],
    /// The credentials of a request.
    prove: fn(axum::http::request::Builder, &Company) -> axum::http::request::Builder,
    /// Whether the answer has the vendor's form.
    form: fn(&Answer) -> bool,
}

fn filled(path: &str) -> String {
    let path = path.replace("{id}", FOREIGN).replace("{transaction}", "call_00000000000000000000000001");
    path.replace("{number}", "0901x").replace("{*words}", "from_number/1/to_number/x").replace("{*rest}", "list")
}

async fn hold(face: &Face) {
    let mut w = World::new(face.dialect).await;
    idle(&mut w);
    for (method, path) in face.routes {
        let mut tried = 0;
        for (method, body, query) in wrong_ways(method) {
            let uri = format!("{}{}{query}", face.prefix, filled(path));
            for kind in ["application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"] {
                let request = Request::builder().method(method).uri(&uri).header("content-type", kind);
                let request = (face.prove)(request, &w.alpha).body(Body::from(body.clone())).unwrap();
                let answer = w.send(request).await;
                let good = answer.status < 500 && (answer.status < 300 || (face.form)(&answer));
                let start: String = body.chars().take(60).collect();
                assert!(good, "{method} {uri} {kind} {start:?}: {} {}", answer.status, answer.text);
                tried += 1;
            }
        }
        assert!(tried > 60, "{path}");
    }
}

/// The same address with wrong methods, wrong bodies and wrong queries.
fn wrong_ways(method: &'static str) -> Vec<(&'static str, String, String)> {
    let bodies = bodies();
    let mut ways: Vec<(&str, String, String)> =
        bodies.iter().map(|body| (method, body.clone(), String::new())).collect();
    ways.extend(QUERIES.iter().map(|query| (method, "{}".to_owned(), format!("?{query}"))));
    ways.extend(
        ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map(|other| (other, "{}".to_owned(), String::new())),
    );
    ways
}

/// How addresses begin in the code of the faces.
const BEGINS: [&str; 3] = ["/api/", "/oapi/", "/internal/"];

/// The addresses that stand in the code of a face.
fn addresses(folder: &Path, begins: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(addresses(&path, begins));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.extend(strings(&std::fs::read_to_string(&path).unwrap(), begins));
        }
    }
    found
}

/// The texts of the code that begin so.
fn strings(code: &str, begins: &[&str]) -> Vec<String> {
    let texts = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2));
    texts.filter(|text| begins.iter().any(|begin| text.starts_with(begin))).map(str::to_owned).collect()
}

async fn holds_with_all_addresses(face: &Face) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(face.sources);
    let mut code = addresses(&folder, &BEGINS);
    let top = std::fs::read_to_string(folder.with_extension("rs")).unwrap();
    code.extend(strings(&top, &BEGINS));
    // Where VoiceCloud's receivers are is theirs.
    code.retain(|address| address != "/api/callcenter");
    for address in code {
        let known = face.routes.iter().any(|(_, path)| path.trim_end_matches('/') == address.trim_end_matches('/'));
        assert!(known, "{address} of {} stands in no list here", face.sources);
    }
    hold(face).await;
}

#[tokio::test]
async fn omicall_refuses_in_its_envelope() {
    let face = Face {
        dialect: Dialect::Omicall,
        prefix: "/omicrm",
        sources: "omicall",
        routes: OMICALL,
        prove: |request, company| request.header("x-api-key", &company.key),
        form: |answer| answer.json()["status_code"].is_i64() && answer.json()["message"].is_string(),
    };
    holds_with_all_addresses(&face).await;
}

#[tokio::test]
async fn antring_refuses_with_its_words() {
    let face = Face {
        dialect: Dialect::Antring,
        prefix: "/antring",
        sources: "antring",
        routes: ANTRING,
        prove: |request, company| {
            let hash = sha256(&format!("{}{}", company.app(), company.key));
            request.header("x-auth-app-id", company.app()).header("x-auth-app-hash", hash)
        },
        form: |answer| {
            let body = answer.json();
            let own = answer.status == 400 && body["message"].is_string();
            let field = |value: &serde_json::Value| value.as_array().is_some_and(|all| all[0].is_string());
            own || body["detail"].is_string() || body.as_object().is_some_and(|all| all.values().all(field))
        },
    };
    holds_with_all_addresses(&face).await;
}

#[tokio::test]
async fn voicecloud_refuses_with_its_status_code() {
    let face = Face {
        dialect: Dialect::Voicecloud,
        prefix: "/voicecloud",
        sources: "voicecloud",
        routes: VOICECLOUD,
        prove: |request, _| request,
        form: |answer| answer.json()["status code"].as_u64() == Some(u64::from(answer.status)),
    };
    holds_with_all_addresses(&face).await;
    for body in bodies().iter().filter(|body| body.starts_with("{\"")) {
        let mut w = World::new(Dialect::Voicecloud).await;
        idle(&mut w);
        let mut keyed: serde_json::Value = serde_json::from_str(body).unwrap_or(json!({}));
        keyed["key"] = json!(w.alpha.key);
        for (_, path) in VOICECLOUD.iter().filter(|(method, _)| *method == "POST") {
            let answer = w.post(&format!("/voicecloud{path}"), &keyed).await;
            assert!(answer.status < 500, "{path} {keyed}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn etelecom_refuses_as_twirp_does() {
    let mut w = World::new(Dialect::Etelecom).await;
    idle(&mut w);
    let methods =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/etelecom/methods.rs")).unwrap();
    let table = methods.split_once("const METHODS").unwrap().1.split_once("];").unwrap().0;
    for line in table.lines().filter(|line| line.trim_start().starts_with('(')) {
        let name = line.split('"').nth(3).unwrap();
        assert!(ETELECOM.iter().any(|known| known.ends_with(&format!("/{name}"))), "{name} stands in no list here");
    }
    for name in ETELECOM {
        for place in ["shop", "partner"] {
            for (method, body, query) in wrong_ways("POST") {
                let uri = format!("/etelecom/v1/{place}.{name}{query}");
                for kind in ["application/json", "text/plain"] {
                    let request = Request::builder().method(method).uri(&uri).header("content-type", kind);
                    let request = request.header("authorization", format!("Bearer {}", w.alpha.key));
                    let answer = w.send(request.body(Body::from(body.clone())).unwrap()).await;
                    let form =
                        answer.status == 200 || (answer.json()["code"].is_string() && answer.json()["msg"].is_string());
                    let documented = name.ends_with("GetChanges") && answer.status == 501;
                    let start: String = body.chars().take(60).collect();
                    assert!(
                        form && (answer.status < 500 || documented),
                        "{method} {uri} {start:?}: {} {}",
                        answer.status,
                        answer.text
                    );
                }
            }
        }
    }
}

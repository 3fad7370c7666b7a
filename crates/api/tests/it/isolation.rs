//! Every operation of the document against credentials and ids that do not count: what a foreigner sees must be what
//! nobody sees.

use crate::world::World;
use model::Id;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The operations (method, path below the prefix) of the document.
fn operations() -> Vec<(String, String)> {
    let document = serde_json::to_value(api::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            all.push((method.to_uppercase(), path.trim_start_matches("/api/v1").to_owned()));
        }
    }
    all
}

/// Something of each kind that belongs to Alpha, by the name it has in paths.
async fn things(w: &World) -> HashMap<&'static str, String> {
    let key = &w.alpha.key;
    let extension = w.post(key, "/extensions", json!({ "number": "101" })).await.text("id");
    let trunk = json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.7"] });
    let trunk = w.post(key, "/trunks", trunk).await.text("id");
    let target = json!({ "kind": "extension", "id": extension });
    let hotline = w.post(key, "/hotlines", json!({ "number": "19001000", "trunk": trunk, "target": target })).await;
    let group = w.post(key, "/ring-groups", json!({ "name": "G", "members": [extension] })).await.text("id");
    let schedule = w.post(key, "/schedules", json!({ "name": "S", "weekly": [] })).await.text("id");
    let rule = json!({ "list": "vip", "pattern": "0901234567" });
    let rule = w.post(key, "/caller-rules", rule).await.text("id");
    let graph = json!({ "start": "end", "nodes": { "end": { "type": "hangup" } } });
    let flow = w.post(key, "/flows", json!({ "name": "F", "graph": graph })).await.text("id");
    let user = json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let user = w.post(key, "/users", user).await.text("id");
    let support = json!({ "kind": "other", "title": "T", "body": "B" });
    let support = w.post(key, "/support-requests", support).await.text("id");
    let bearer = w.post(key, "/keys", json!({ "name": "k" })).await.text("id");
    let webhook = w.post(key, "/webhooks", json!({ "url": "http://127.0.0.1:9/" })).await.text("id");
    let call = crate::calls::ended(w, &w.alpha, 1_000).await.to_string();
    let greeting = crate::calls::greeting(w, &w.alpha).await.to_string();
    let contact = w.post(key, "/contacts", json!({ "name": "Lan", "phones": [{ "number": "0901234567" }] })).await;
    let contact = contact.text("id");
    let note = w.post(key, &format!("/contacts/{contact}/notes"), json!({ "body": "Likes tea" })).await.text("id");
    let ticket = w.post(key, "/tickets", json!({ "subject": "T", "contact": contact })).await.text("id");
    let entry = w.post(key, &format!("/tickets/{ticket}/notes"), json!({ "body": "N" })).await.text("id");
    let import = crate::contacts::sent(w, key, "name,phone\nHoa,0902222222\n").await.text("id");
    let questions = json!([{ "key": "greeting", "text": "?", "weight": 1, "most": 5 }]);
    let scorecard = w.post(key, "/scorecards", json!({ "name": "S", "questions": questions })).await.text("id");
    let tell = json!([{ "kind": "greeting", "greeting": greeting }]);
    let broadcast = json!({ "name": "B", "numbers": ["101"], "parts": tell });
    let broadcast = w.post(key, "/broadcasts", broadcast).await.text("id");
    HashMap::from([
        ("scorecard_id", scorecard),
        ("score_id", model::ScoreId::from_bits(7).to_string()),
        ("contact_id", contact),
        (
            "comment_id",
            w.post(key, &format!("/calls/{call}/comments"), json!({ "body": "Well done" })).await.text("id"),
        ),
        ("disposition_id", w.post(key, "/dispositions", json!({ "name": "Sold" })).await.text("id")),
        ("view_id", model::ViewId::from_bits(7).to_string()),
        ("note_id", note),
        ("broadcast_id", broadcast),
        ("import_id", import),
        ("ticket_id", ticket),
        ("entry_id", entry),
        ("company_id", w.alpha.actor.tenant.to_string()),
        ("voicemail_id", crate::voicemail::left(w, &w.alpha, &extension).await),
        ("extension_id", extension),
        ("trunk_id", trunk),
        ("hotline_id", hotline.text("id")),
        ("group_id", group),
        ("flow_id", flow),
        ("schedule_id", schedule),
        ("caller_rule_id", rule),
        ("queue_id", w.post(key, "/queues", json!({ "name": "Q" })).await.text("id")),
        ("reason_id", w.post(key, "/pause-reasons", json!({ "name": "Lunch" })).await.text("id")),
        ("user_id", user),
        ("department_id", w.post(key, "/departments", json!({ "name": "D" })).await.text("id")),
        ("support_request_id", support),
        ("key_id", bearer),
        ("webhook_id", webhook),
        ("event_id", model::EventId::from_bits(7).to_string()),
        ("call_id", call),
        ("leg", "3".to_owned()),
        ("version", "1".to_owned()),
        ("mac", "001565abcd12".to_owned()),
        ("greeting_id", greeting),
        ("session_id", model::SessionId::from_bits(7).to_string()),
        ("template_code", w.post(key, "/sms/templates", json!({ "code": "otp", "text": "{otp}" })).await.text("code")),
        ("capture_id", w.post(key, "/captures", json!({ "extension": "101" })).await.text("id")),
    ])
}

fn filled(path: &str, value: impl Fn(&str) -> String) -> String {
    path.split('/')
        .map(|part| match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            Some(name) => value(name),
            None => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// The same kind of id, of nothing.
fn unknown(id: &str) -> String {
    let prefix = id.split('_').next().unwrap();
    format!("{prefix}_00000000000000000000000001")
}

/// A body that every operation with an id takes or at least reads.
fn body(method: &str, path: &str) -> Value {
    match (method, path) {
        ("PATCH", "/users/{user_id}") => json!({ "enabled": false }),
        ("PUT", "/agents/{extension_id}/state") => json!({ "state": "offline" }),
        ("PUT", "/calls/{call_id}/recording/state") => json!({ "paused": true }),
        ("PUT", "/calls/{call_id}/scores/{scorecard_id}") => json!({ "answers": [] }),
        ("PUT", "/scores/{score_id}/dispute") => json!({ "reason": "x" }),
        ("PUT", "/scores/{score_id}/settlement") => json!({ "reply": "x" }),
        ("PUT", "/calls/{call_id}/recording/hold") => json!({ "reason": "case 12" }),
        ("PUT", path) if path.ends_with("/supervision") => json!({ "mode": "listen", "extension": "103" }),
        ("POST", path) if path.ends_with("/take-over") => json!({ "extension": "103" }),
        ("POST", path) if path.ends_with("/parties") => json!({ "to": "103", "extension": "101" }),
        ("POST", "/extensions/{extension_id}/devices") => {
            json!({ "mac": "001565abcd13", "model": "yealink_t19_e2" })
        }
        ("PUT", "/flows/{flow_id}/draft") => json!({ "graph": {} }),
        ("PUT", "/flows/{flow_id}/tests") => json!({ "items": [] }),
        ("POST", "/flows/{flow_id}/roll-back") => json!({ "version": 1 }),
        ("POST", path) if path.starts_with("/flows/{flow_id}/") => json!({}),
        ("PATCH", "/support-requests/{support_request_id}") => json!({ "status": "closed" }),
        ("PATCH", "/dispositions/{disposition_id}") => json!({ "name": "Mine" }),
        ("PATCH", "/voicemails/{voicemail_id}") => json!({ "read": true }),
        ("PATCH" | "PUT", _) => json!({}),
        ("POST", path) if path.ends_with("/password") => json!({ "password": "another password" }),
        ("POST", path) if path.ends_with("/users") => {
            json!({ "login": "eve@x", "role": "agent", "password": "0123456789" })
        }
        ("POST", path) if path.ends_with("/keys") => json!({ "name": "eve" }),
        ("POST", path) if ["/notes", "/messages", "/comments"].iter().any(|end| path.ends_with(end)) => {
            json!({ "body": "x" })
        }
        ("POST", path) if path.ends_with("/merge") => json!({ "gone": "con_00000000000000000000000002" }),
        ("POST", path) if path.ends_with("/preview") => json!({ "mapping": ["name", "phone"] }),
        ("POST", path) if path.ends_with("/apply") => json!({}),
        ("POST", "/keys/{key_id}/rotate" | "/users/{user_id}/invitation") => json!({}),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn what_belongs_to_others_looks_like_what_does_not_exist() {
    let w = World::new().await.with_idle_engine();
    let things = things(&w).await;
    let mut checked = 0;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.contains('{')) {
        let foreign = filled(&path, |name| things[name].clone());
        let nothing = filled(&path, |name| unknown(&things[name]));
        let a = w.ask(&w.beta.key, &method, &foreign, body(&method, &path)).await;
        let b = w.ask(&w.beta.key, &method, &nothing, body(&method, &path)).await;
        assert!([403, 404].contains(&a.status.as_u16()), "{method} {path}: {} {}", a.status, a.json());
        assert_eq!((a.status, &a.bytes), (b.status, &b.bytes), "{method} {path}");
        let c = w.ask(&w.beta.key, &method, &filled(&path, |_| "%00nonsense".into()), body(&method, &path)).await;
        assert_eq!((c.status, &c.bytes), (b.status, &b.bytes), "{method} {path} with a text that is no id");
        checked += 1;
    }
    assert!(checked > 25, "{checked}");
    for (name, id) in &things {
        // Nothing of what was tried had an effect.
        let list = match *name {
            "extension_id" => format!("/extensions/{id}"),
            "webhook_id" => format!("/webhooks/{id}"),
            "user_id" => format!("/users/{id}"),
            "flow_id" => format!("/flows/{id}"),
            "greeting_id" => format!("/greetings/{id}"),
            "contact_id" => format!("/contacts/{id}"),
            "import_id" => format!("/contacts/imports/{id}"),
            "call_id" => format!("/calls/{id}"),
            "voicemail_id" => format!("/voicemails/{id}"),
            _ => continue,
        };
        assert_eq!(w.get(&w.alpha.key, &list).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn without_a_credential_nothing_answers_but_the_login() {
    let w = World::new().await.with_idle_engine();
    for (method, path) in operations() {
        if (method.as_str(), path.as_str()) == ("POST", "/session") || path.starts_with("/password-links") {
            continue;
        }
        let path = filled(&path, |_| "x".into());
        let answer = w.ask("", &method, &path, Value::Null).await;
        assert_eq!(answer.status, 401, "{method} {path}: {}", answer.json());
    }
}

#[tokio::test]
async fn an_agent_reads_configuration_and_no_more() {
    let w = World::new().await.with_idle_engine();
    let things = things(&w).await;
    let agent = w.key(&w.alpha, "agent").await;
    for (method, path) in operations() {
        let readable = [
            "/extensions",
            "/trunks",
            "/hotlines",
            "/ring-groups",
            "/schedules",
            "/caller-rules",
            "/flows",
            "/greetings",
            "/sms/templates",
            "/presence",
            "/phone",
            "/limits",
            "/queues",
            "/pause-reasons",
            "/dispositions",
            "/recordings/settings",
            "/scorecards",
        ];
        let own = format!("/companies/{}", w.alpha.actor.tenant);
        let filled = filled(&path, |name| things[name].clone());
        let reads = method == "GET"
            && readable.iter().any(|start| path.starts_with(start))
            && !path.ends_with("/password")
            && !path.ends_with("/devices")
            // Who waits and who works is for those who watch over it.
            && !(path.starts_with("/queues/") && (path.ends_with("/state") || path.ends_with("/callbacks")));
        let may = reads
            || (method == "GET" && [own.clone(), format!("{own}/quota")].contains(&filled))
            || path == "/sessions"
            || path.starts_with("/sessions/")
            || path.starts_with("/password-links")
            || path.starts_with("/session")
            || path.starts_with("/agents/me")
            || path.starts_with("/simulation")
            // The scores of one's own calls.
            || (method == "GET" && (path.starts_with("/scores") || path.ends_with("/scores")))
            || path.ends_with("/dispute")
            // One's own phone is one's own matter.
            || path == "/phone/handling"
            || path == "/phone/voicemail";
        let knows = path.starts_with("/contacts")
            && !path.starts_with("/contacts/imports")
            && !path.ends_with("/export")
            && !path.ends_with("/merge")
            && (method != "DELETE" || path.contains("/notes/"));
        let talks = path.starts_with("/calls") && method != "GET" || path == "/calls/live";
        let works = path.starts_with("/tickets") && (method != "DELETE" || path.contains("/notes/"));
        if may || talks || knows || works || path.starts_with("/users/") {
            continue;
        }
        let body = if method == "GET" || method == "DELETE" { Value::Null } else { valid(&path, &things) };
        let answer = w.ask(&agent, &method, &asked(&filled), body).await;
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.json());
    }
}

/// The address with the query it needs.
fn asked(path: &str) -> String {
    match path {
        "/views" => format!("{path}?list=calls"),
        "/statistics/calls" | "/statistics/queues" | "/statistics/agents" | "/statistics/export" => {
            format!("{path}?from=2026-11-01&to=2026-11-02")
        }
        _ => path.to_owned(),
    }
}

/// A body that would be taken from somebody with the right.
fn valid(path: &str, things: &HashMap<&'static str, String>) -> Value {
    let extension = &things["extension_id"];
    match path {
        "/companies" => json!({ "name": "N" }),
        "/users" | "/companies/{company_id}/users" => {
            json!({ "login": "n@x", "role": "agent", "password": "0123456789" })
        }
        "/keys" | "/companies/{company_id}/keys" => json!({ "name": "n", "role": "agent" }),
        "/extensions" => json!({ "number": "900" }),
        "/queues" | "/pause-reasons" | "/departments" | "/dispositions" | "/dispositions/{disposition_id}" => {
            json!({ "name": "n" })
        }
        "/recordings/settings" => json!({ "rule": "always" }),
        "/scorecards" => {
            json!({ "name": "n", "questions": [{ "key": "a", "text": "?", "weight": 1, "most": 5 }] })
        }
        "/scores/{score_id}/settlement" => json!({ "reply": "n" }),
        "/support-requests" => json!({ "kind": "other", "title": "n", "body": "n" }),
        "/support-requests/{support_request_id}" => json!({ "status": "closed" }),
        "/support-requests/{support_request_id}/messages" => json!({ "body": "n" }),
        "/tickets" => json!({ "subject": "n" }),
        "/greetings/speech" => json!({ "name": "n", "speech": { "text": "n" } }),
        "/agents/{extension_id}/state" => json!({ "state": "offline" }),
        "/extensions/bulk" => json!({ "extensions": [] }),
        "/trunks" => json!({ "name": "n", "kind": "address", "addresses": ["203.0.113.9"] }),
        "/hotlines" => json!({ "number": "19009000", "target": { "kind": "extension", "id": extension } }),
        "/broadcasts" => json!({ "name": "n", "numbers": ["101"], "parts": [{ "kind": "text", "text": "n" }] }),
        "/ring-groups" => json!({ "name": "n", "members": [extension] }),
        "/schedules" => json!({ "name": "n", "weekly": [] }),
        "/caller-rules" => json!({ "list": "blocked", "pattern": "0999999999" }),
        "/flows" => json!({ "name": "n", "graph": { "start": "e", "nodes": { "e": { "type": "hangup" } } } }),
        "/views" => json!({ "list": "calls", "name": "n", "query": "" }),
        "/flows/{flow_id}/draft" => json!({ "graph": {} }),
        "/flows/{flow_id}/tests" => json!({ "items": [] }),
        "/flows/{flow_id}/roll-back" => json!({ "version": 1 }),
        "/extensions/{extension_id}/devices" => json!({ "mac": "001565abcd13", "model": "yealink_t19_e2" }),
        "/webhooks" => json!({ "url": "http://127.0.0.1:9/" }),
        "/sms/templates" => json!({ "code": "n", "text": "n" }),
        "/captures" => json!({ "extension": "101" }),
        "/voicemails/{voicemail_id}" => json!({ "read": true }),
        path if path.ends_with("/merge") => json!({ "gone": things["contact_id"] }),
        path if path.ends_with("/preview") => json!({ "mapping": ["name", "phone"] }),
        _ => json!({}),
    }
}

//! Noise against every operation: whatever comes, the answer is one that the document names, and never a 5xx.

use crate::world::World;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.roll(if depth == 0 { 8 } else { 10 }) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!([0, -1, i64::MIN, i64::MAX, 4_294_967_296i64][self.roll(5)]),
            3 => json!(1e308),
            4 => json!(
                ["", " ", "101", "ext_00000000000000000000000001", "\u{202e}<script>", "'; drop table calls --"]
                    [self.roll(6)]
            ),
            5 => json!("x".repeat(self.roll(3_000))),
            6 => json!("+84 28 7300 0001"),
            7 => json!(["\u{0}", "\u{feff}", "%00", "é\u{301}", "\u{10ffff}"][self.roll(5)]),
            8 => Value::Array((0..self.roll(4)).map(|_| self.value(depth - 1)).collect()),
            _ => self.object(&["number", "name", "id", "kind", "start", "nodes"], depth - 1),
        }
    }

    fn object(&mut self, names: &[&str], depth: u32) -> Value {
        let chosen: Vec<&&str> = names.iter().filter(|_| self.roll(3) > 0).collect();
        Value::Object(chosen.into_iter().map(|name| ((*name).to_owned(), self.value(depth))).collect())
    }
}

/// (method, path, names of body fields, names of query parameters, statuses).
type Operation = (String, String, Vec<String>, Vec<String>, Vec<u16>);

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(api::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let reference = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let schema = reference.as_str().and_then(|r| document.pointer(r.trim_start_matches('#')));
            let fields = schema.and_then(|s| s["properties"].as_object()).map(|p| p.keys().cloned().collect());
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|p| p["in"] == "query");
            let query = query.map(|p| p["name"].as_str().unwrap().to_owned()).collect();
            let statuses = operation["responses"].as_object().unwrap().keys().map(|s| s.parse().unwrap()).collect();
            all.push((method.to_uppercase(), path.clone(), fields.unwrap_or_default(), query, statuses));
        }
    }
    all
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[tokio::test]
async fn noise_is_answered_as_documented_and_never_with_5xx() {
    let w = World::new().await.with_idle_engine();
    let mut dice = Dice(42);
    let operations = operations();
    // `ALO_NOISE=400` is the full length: more than 20,000 requests.
    let rounds = std::env::var("ALO_NOISE").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    for round in 0..rounds {
        for (method, path, fields, query, statuses) in &operations {
            if path == "/api/v1/presence" || (method.as_str(), path.as_str()) == ("POST", "/api/v1/calls") {
                continue;
            }
            let names: Vec<&str> = fields.iter().map(String::as_str).collect();
            let body = if round % 6 == 5 { dice.value(3) } else { dice.object(&names, 3) };
            let mut uri = path.clone();
            while let (Some(open), Some(close)) = (uri.find('{'), uri.find('}')) {
                let ids =
                    ["x", "%FF", "ext_00000000000000000000000001", "call_0000000000000000000000000Z", "%2e%2e%2f"];
                uri.replace_range(open..=close, ids[dice.roll(5)]);
            }
            let pairs: Vec<String> = query
                .iter()
                .filter(|_| dice.roll(2) == 0)
                .collect::<Vec<_>>()
                .into_iter()
                .map(|name| {
                    let value = dice.value(0);
                    format!("{name}={}", percent(value.as_str().unwrap_or(&value.to_string())))
                })
                .collect();
            let uri = format!("{uri}?{}", pairs.join("&"));
            let request = Request::builder()
                .method(method.as_str())
                .uri(&uri)
                .header("authorization", format!("Bearer {}", w.operator.key))
                .header("content-type", "application/json");
            let answer = w.send(request.body(Body::from(body.to_string())).unwrap()).await;
            let status = answer.status.as_u16();
            assert!(status < 500, "{method} {uri} {body}: {status} {}", answer.json());
            assert!(statuses.contains(&status), "{method} {uri} {body}: {status} is not documented");
        }
    }
}

//! The documented requests and answers, replayed in their order. In an answer `<id>`, `<time>`, `<text>` and `<list>` stand for
//! any value of that form, and `<id:name>` keeps it for `{name}` in what follows.

use super::Face;
use crate::world::World;
use pbx::calls::Leg;
use serde_json::Value;
use std::collections::HashMap;

const BEGAN: i64 = 1_602_299_410_000;

/// The call of the documented list: 101 answered after four seconds and talked for seven and a half.
async fn talked(w: &World) {
    let extension = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
    let leg = Leg {
        leg: 1,
        kind: "out".into(),
        extension: Some(extension),
        trunk: None,
        number: "101".into(),
        started_at: BEGAN + 1_000,
        ringing_at: Some(BEGAN + 2_000),
        answered_at: Some(BEGAN + 4_000),
        ended_at: BEGAN + 11_500,
        cause: model::Cause::Normal,
        quality: None,
    };
    let call = w
        .ended(&w.alpha, |record| {
            (record.started_at, record.answered_at, record.ended_at) = (BEGAN, Some(BEGAN + 4_000), BEGAN + 11_500);
            (record.extension, record.legs) = (Some(extension), vec![leg]);
        })
        .await;
    w.recorded(&w.alpha, call).await;
}

async fn replay(face: &Face, fixtures: &str) {
    let steps: Vec<Value> = serde_json::from_str(fixtures).unwrap();
    let mut known = HashMap::new();
    for step in steps {
        let text = |name: &str| step[name].as_str().unwrap().to_owned();
        let body = filled(&step["body"], &known);
        let answer = face.ask(&text("key"), &text("call"), &body).await;
        assert_eq!(Some(u64::from(answer.status)), step["status"].as_u64(), "{} {body}: {}", text("call"), answer.text);
        assert_eq!(answer.content_type, "application/json");
        fits(&step["answer"], &answer.json(), &mut known, &text("call"));
    }
}

/// The value with what is known in the places of its names.
fn filled(value: &Value, known: &HashMap<String, String>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => known[name].as_str().into(),
            None => text.as_str().into(),
        },
        Value::Array(items) => items.iter().map(|item| filled(item, known)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), filled(field, known))).collect(),
        other => other.clone(),
    }
}

fn fits(expected: &Value, found: &Value, known: &mut HashMap<String, String>, place: &str) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let names = |fields: &serde_json::Map<String, Value>| fields.keys().cloned().collect::<Vec<String>>();
            assert_eq!(names(found), names(expected), "{place}");
            for (name, field) in expected {
                fits(field, &found[name], known, &format!("{place}.{name}"));
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            assert_eq!(found.len(), expected.len(), "{place}: {found:?}");
            for (at, item) in expected.iter().enumerate() {
                fits(item, &found[at], known, &format!("{place}[{at}]"));
            }
        }
        (Value::String(pattern), _) if pattern.starts_with('<') => {
            let (form, name) =
                pattern.trim_matches(['<', '>']).split_once(':').unwrap_or((pattern.trim_matches(['<', '>']), ""));
            let text = found.as_str().unwrap_or_default();
            let good = match form {
                "id" => text.parse::<i64>().is_ok_and(|number| number > 0),
                "time" => text.ends_with('Z') && text.len() >= 20 && text.as_bytes()[10] == b'T',
                "text" => !text.is_empty(),
                "list" => found.as_array().is_some_and(|items| !items.is_empty()),
                other => panic!("{other} is no form"),
            };
            assert!(good, "{place} is {found}, not {form}");
            if !name.is_empty() {
                known.insert(name.to_owned(), text.to_owned());
            }
        }
        (expected, found) => assert_eq!(found, &filled(expected, known), "{place}"),
    }
}

#[tokio::test]
async fn accounts_answer_as_documented() {
    replay(&Face::new().await, include_str!("../../../src/etelecom/fixtures/account.json")).await;
}

#[tokio::test]
async fn telephony_answers_as_documented_from_the_tenant_to_the_call_log() {
    let face = Face::new().await;
    talked(&face.w).await;
    replay(&face, include_str!("../../../src/etelecom/fixtures/telephony.json")).await;
}

#[tokio::test]
async fn webhooks_answer_as_documented() {
    replay(&Face::new().await, include_str!("../../../src/etelecom/fixtures/webhooks.json")).await;
}

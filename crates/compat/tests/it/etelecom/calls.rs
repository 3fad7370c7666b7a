//! `ListCallLogs`: filters, and pages in both directions.

use super::Face;
use model::{CallId, Cause, Id};
use pbx::calls::CallRecord;
use serde_json::{Value, json};

impl Face {
    async fn logs(&self, body: Value) -> Vec<String> {
        ids(&self.good("shop", "shop.Etelecom/ListCallLogs", body).await)
    }

    async fn filtered(&self, filter: Value) -> Vec<String> {
        self.logs(json!({ "filter": filter })).await
    }
}

fn ids(answer: &Value) -> Vec<String> {
    let logs = answer["call_logs"].as_array().unwrap();
    logs.iter().map(|log| log["external_id"].as_str().unwrap().to_owned()).collect()
}

fn at(seconds: i64, talk_s: i64) -> impl FnOnce(&mut CallRecord) {
    move |record| {
        record.started_at = seconds * 1000;
        record.answered_at = (talk_s > 0).then_some(record.started_at + 1_000);
        record.ended_at = record.started_at + 1_000 + talk_s * 1000;
    }
}

#[tokio::test]
async fn pages_follow_next_and_prev_in_either_order_while_calls_arrive() {
    let face = Face::new().await;
    let mut made: Vec<CallId> = Vec::new();
    for seconds in [10, 20, 20, 30, 40, 50, 60] {
        made.push(face.w.ended(&face.w.alpha, at(seconds, 5)).await);
    }
    made[1..3].sort_unstable();
    let upward: Vec<String> = made.iter().map(ToString::to_string).collect();
    let downward: Vec<String> = upward.iter().rev().cloned().collect();
    for (sort, expected) in
        [("", &downward), ("-created_at", &downward), ("created_at", &upward), ("started_at", &upward)]
    {
        let page = |after: String, before: String| {
            let paging = json!({ "after": after, "before": before, "limit": 2, "sort": sort });
            face.good("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": paging }))
        };
        let (mut forward, mut pages, mut after) = (Vec::new(), Vec::new(), ".".to_owned());
        while !after.is_empty() {
            let answer = page(after, String::new()).await;
            forward.extend(ids(&answer));
            after = answer["paging"]["next"].as_str().unwrap().to_owned();
            pages.push(answer);
        }
        assert_eq!(&forward, expected, "{sort}");
        assert_eq!((pages.len(), &pages[0]["paging"]["prev"]), (4, &json!("")));
        let mut before = pages[3]["paging"]["prev"].as_str().unwrap().to_owned();
        for earlier in pages[..3].iter().rev() {
            let answer = page(String::new(), before).await;
            assert_eq!(ids(&answer), ids(earlier), "{sort}");
            before = answer["paging"]["prev"].as_str().unwrap().to_owned();
        }
        assert_eq!(before, "");
    }
    // A call that comes in between shifts nothing.
    let first = face.good("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "limit": 3 } })).await;
    face.w.ended(&face.w.alpha, at(70, 5)).await;
    let next = face.logs(json!({ "paging": { "after": first["paging"]["next"], "limit": 100 } })).await;
    assert_eq!([ids(&first), next].concat(), downward);
    let many = face.good("shop", "shop.Etelecom/ListCallLogs", json!({ "paging": { "limit": 1_000_000 } })).await;
    assert_eq!(many["paging"]["limit"], 100);
}

#[tokio::test]
async fn filters_hold_together() {
    let face = Face::new().await;
    let (w, alpha) = (&face.w, &face.w.alpha);
    let mut extensions = Vec::new();
    for number in ["201", "202", "203"] {
        let new = pbx::extension::NewExtension::number(number);
        extensions.push(pbx::extension::create(&alpha.actor, &w.db, new).await.unwrap().extension.id);
    }
    let person = face
        .good("shop", "shop.Etelecom/CreateAccountUser", json!({ "full_name": "Lan", "phone": "0901112223" }))
        .await;
    let id = |place: usize| extensions[place].number().to_string();
    face.good(
        "shop",
        "shop.Etelecom/AssignUserToExtension",
        json!({ "extension_id": id(1), "user_id": person["user_id"] }),
    )
    .await;
    let mut calls = Vec::new();
    for (place, talk_s) in [(0, 5), (1, 7), (2, 0)] {
        let extension = extensions[place];
        let change = |record: &mut CallRecord| {
            at(100 + place as i64, talk_s)(record);
            record.extension = Some(extension);
            if talk_s == 0 {
                (record.direction, record.cause) = (call::Direction::Internal, Cause::NoAnswer);
            }
        };
        calls.push(w.ended(alpha, change).await.to_string());
    }
    let call = |places: &[usize]| places.iter().map(|place| calls[*place].clone()).collect::<Vec<String>>();
    let talked = |comparison: &str| json!({ "duration": { "comparison": comparison, "value": 5 } });
    for (filter, expected) in [
        (json!({}), call(&[2, 1, 0])),
        (json!({ "extension_ids": [id(0)] }), call(&[0])),
        (json!({ "extension_ids": [id(0), id(2), "7"] }), call(&[2, 0])),
        (json!({ "extension_ids": ["7"] }), vec![]),
        (json!({ "user_id": person["user_id"] }), call(&[1])),
        (json!({ "user_id": person["user_id"], "extension_ids": [id(0)] }), vec![]),
        (json!({ "user_id": "0", "hotline_ids": [], "department_id": "0" }), call(&[2, 1, 0])),
        (json!({ "hotline_ids": ["7"] }), vec![]),
        (json!({ "call_state": "answered" }), call(&[1, 0])),
        (json!({ "call_state": "not_answered" }), call(&[2])),
        (json!({ "direction": "in" }), call(&[1, 0])),
        (json!({ "direction": "ext_out" }), call(&[2])),
        (json!({ "direction": "out" }), vec![]),
        (json!({ "date_from": "1970-01-01T00:01:41Z", "date_to": "1970-01-01T07:01:41+07:00" }), call(&[1])),
        (talked("greater"), call(&[1])),
        (talked("equal"), call(&[0])),
        (talked("less"), call(&[2])),
        (talked("unknow"), call(&[2, 1, 0])),
        (json!({ "external_id": calls[1] }), call(&[1])),
        (json!({ "external_session_id": calls[1], "call_state": "not_answered" }), vec![]),
        (json!({ "external_id": "sip-1" }), vec![]),
        (json!({ "call_number": "+84 901 234 567", "call_state": "answered" }), call(&[1, 0])),
    ] {
        assert_eq!(face.filtered(filter.clone()).await, expected, "{filter}");
    }
}

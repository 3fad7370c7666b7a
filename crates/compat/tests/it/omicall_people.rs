//! OMICall's people and the newer searches of calls.

use crate::omicall::refused;
use crate::world::World;
use call::Direction;
use model::{Cause, Dialect};
use serde_json::{Value, json};

#[tokio::test]
async fn an_agent_is_invited_found_and_taken_out() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let invite = async |body: Value| w.ask("POST", "/api/agent/invite", &token, body).await;
    let lan = json!({
        "identify_info": "Lan@alpha.vn", "full_name": "Lê Lan", "role_name": "Sale", "password": "Str0ng!pass",
        "owner_email": "", "uuid": "u-1",
    });
    let made = invite(lan.clone()).await.json()["payload"].clone();
    assert_eq!(made["agent"], json!({ "full_name": "Lê Lan", "email": "lan@alpha.vn" }), "{made}");
    let account = &made["pbx_account"];
    assert_eq!((&account["sip_user"], &account["email"]), (&json!("102"), &json!("lan@alpha.vn")), "101 is taken");
    assert!(account["password"].as_str().is_some_and(|password| password.len() >= 8));
    refused(&invite(lan.clone()).await, "agent_exists");
    let but = |name: &str, value: Value| {
        let mut body = lan.clone();
        body["identify_info"] = json!("minh@alpha.vn");
        body[name] = value;
        body
    };
    for (body, expected) in [
        (but("identify_info", json!("minh")), "identify_info_invalid"),
        (but("identify_info", Value::Null), "identify_info_invalid"),
        (but("full_name", json!(" ")), "full_name_is_required"),
        (but("role_name", json!("King")), "role_is_required"),
        (but("password", json!("weakpassword")), "password_invalid"),
        (but("password", json!("Sh0rt!")), "password_invalid"),
        (Value::Null, "request_body_required"),
    ] {
        refused(&invite(body).await, expected);
    }

    let look = async |path: &str| w.ask("GET", path, &token, Value::Null).await.json()["payload"].clone();
    let page = look("/api/agent/list?keyword=le%20lan").await;
    assert_eq!((&page["total_items"], &page["page_size"]), (&json!(1), &json!(50)), "{page}");
    let item = &page["items"][0];
    assert_eq!((&item["identify_info"], &item["contact_type"]), (&json!("lan@alpha.vn"), &json!("agent")));
    let name = &item["attribute_structure"][0];
    assert_eq!((&name["field_code"], &name["value"][0]["display_value"]), (&json!("full_name"), &json!("Lê Lan")));
    for query in [
        "filter.emails[]=lan@alpha.vn",
        "filter.emails[0]=LAN@alpha.vn",
        "filter.extensions=102",
        "filter.extensions%5B%5D=102,103",
    ] {
        assert_eq!(look(&format!("/api/v3/agent/search?page=1&size=5&{query}")).await["total_items"], 1, "{query}");
    }
    assert_eq!(look("/api/v3/agent/search?filter.emails[]=x@y.vn").await["total_items"], 0);
    assert_eq!(look("/api/v3/agent/search?filter.extensions[]=101").await["total_items"], 0, "101 is nobody's");
    let found = look("/api/v2/agent/get-by-email?email=lan@alpha.vn").await;
    assert_eq!((&found["full_name"], &found["pbx_account"]["sip_user"]), (&json!("Lê Lan"), &json!("102")));
    let company = look("/api/tenant/detail").await;
    assert_eq!((&company["full_name"], &company["domain"]), (&json!("Alpha"), &json!(w.alpha.domain)));
    assert_eq!((&company["status"], &company["public_numbers"]), (&json!("activated"), &json!([])));

    let theirs = async |path: &str| w.ask("GET", path, &w.beta.key, Value::Null).await;
    assert_eq!(theirs("/api/agent/list?keyword=lan").await.json()["payload"]["total_items"], 0);
    refused(&theirs("/api/v2/agent/get-by-email?email=lan@alpha.vn").await, "email_invalid");
    refused(&theirs("/api/agent/delete?identify_info=lan@alpha.vn").await, "identify_info_invalid");

    let delete = "/api/agent/delete?identify_info=lan@alpha.vn";
    assert_eq!(w.ask("DELETE", delete, &token, Value::Null).await.json()["payload"], json!(true));
    refused(&w.ask("DELETE", delete, &token, Value::Null).await, "identify_info_invalid");
    refused(&w.ask("GET", "/api/agent/delete", &token, Value::Null).await, "identify_info_is_required");
    assert_eq!(look("/api/agent/list?keyword=lan").await["items"][0]["is_active"], json!(false));
    let phone = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "102").await.unwrap().unwrap();
    assert!(!phone.enabled && phone.user.is_none(), "the phone goes with the person");
}

/// Three calls: answered from outside to 101, busy to outside, inside; and one of another company.
async fn calls(w: &World) -> String {
    let lan = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
    let inbound = w.ended(&w.alpha, |r| (r.started_at, r.extension) = (3_000, Some(lan))).await;
    w.recorded(&w.alpha, inbound).await;
    w.ended(&w.alpha, |r| {
        (r.direction, r.started_at, r.answered_at, r.cause) = (Direction::Outbound, 2_000, None, Cause::Busy);
        (r.caller_number, r.callee_number) = ("+842873000001".into(), "+84912345678".into());
    })
    .await;
    w.ended(&w.alpha, |r| (r.direction, r.started_at) = (Direction::Internal, 1_000)).await;
    w.ended(&w.beta, |r| r.started_at = 2_500).await;
    inbound.to_string()
}

#[tokio::test]
async fn calls_are_searched_by_lists_in_three_forms() {
    let w = World::new(Dialect::Omicall).await;
    let (token, inbound) = (w.token().await, calls(&w).await);
    let ask = async |path: &str, body: Value| {
        let answer = w.ask("POST", path, &token, body).await;
        assert_eq!(answer.json()["status_code"], 9999, "{}", answer.text);
        answer.json()["payload"].clone()
    };
    let v2 = "/api/v2/callTransaction/search?page=1&size=50";
    let days = |more: Value| {
        let mut body = json!({ "fromDate": 0, "toDate": 100_000 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, count) in [
        (json!({}), 3),
        (json!({ "directions": ["inbound", "local"] }), 2),
        (json!({ "phoneNumbers": ["0901234567"] }), 2),
        (json!({ "phoneNumbers": ["0912345678", "0999999999"] }), 1),
        (json!({ "sipUsers": ["101"] }), 1),
        (json!({ "sipUsers": ["999"] }), 0),
        (json!({ "sipUsers": ["101"], "phoneNumbers": ["0912345678"] }), 0),
        (json!({ "transactionIds": [inbound] }), 1),
        (json!({ "transactionIds": ["x"] }), 0),
        (json!({ "sipNumbers": ["02499999999"] }), 0),
        (json!({ "agentEmails": ["nobody@alpha.vn"] }), 0),
        (json!({ "tagIds": ["62ff119508d4bf3ea694a44a"] }), 0),
        (json!({ "disposition": ["cancelled"] }), 1),
        (json!({ "disposition": ["cancelled", "answered"] }), 3),
    ] {
        assert_eq!(ask(v2, days(more.clone())).await["total_items"], count, "{more}");
    }
    let item = ask(v2, days(json!({ "transactionIds": [inbound] }))).await["items"][0].clone();
    assert_eq!((&item["transaction_id"], &item["sip_user"]), (&json!(inbound), &json!("101")));
    assert_eq!((&item["phone_number"], &item["time_answer_start"]), (&json!("84901234567"), &json!(3)));
    assert_eq!((&item["hangup_cause"], &item["hangup_cause_q850"]), (&json!("NORMAL_CLEARING"), &json!(16)));
    assert_eq!(item["recording_file_url"], item["recording_file"]);
    assert_eq!(item["is_missed_call"], json!(false));

    let v3 = "/api/v3/call-transaction/search?page=2&size=1";
    let third = |filter: Value, ascending: bool| json!({ "filter": filter, "sort": { "field": "created_date", "isAsc": ascending } });
    let page = ask(v3, third(days(json!({})), false)).await;
    assert_eq!(
        (&page["total_items"], &page["page_size"], &page["items"][0]["created_date"]),
        (&json!(3), &json!(1), &json!(2_000))
    );
    let v3 = "/api/v3/call-transaction/search";
    assert_eq!(ask(v3, third(days(json!({})), true)).await["items"][0]["created_date"], 1_000);
    assert_eq!(ask(v3, third(days(json!({ "isAnswer": false })), true)).await["total_items"], 1);
    assert_eq!(ask("/api/v3/call-transaction/search?size=1000", third(days(json!({})), true)).await["page_size"], 50);

    let first = json!({ "user_uuids": [], "from_date": 0, "to_date": 100_000, "direction": ["inbound"], "numbers": ["0901234567"] });
    let page = ask("/api/call_transaction/search", first).await;
    assert_eq!((&page["totalItems"], &page["total_items"], &page["pageNumber"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(page["items"][0]["hangup_cause"], "NORMAL_CLEARING");

    let by_id = "/api/v2/callTransaction/getByTransactionId";
    assert_eq!(ask(by_id, json!({ "transactionId": inbound })).await["transaction_id"], json!(inbound));
    let by_query = w.ask("GET", &format!("{by_id}?transactionId={inbound}"), &token, Value::Null).await;
    assert_eq!(by_query.json()["payload"]["bill_sec"], 57);
    refused(&w.ask("GET", by_id, &token, Value::Null).await, "transaction_id_is_required");
    refused(
        &w.ask("GET", &format!("{by_id}?transactionId={inbound}"), &w.beta.key, Value::Null).await,
        "transaction_id_invalid",
    );

    for (body, expected) in [
        (json!({ "toDate": 1 }), "from_date_is_required"),
        (json!({ "fromDate": 1 }), "to_date_is_required"),
        (json!({ "fromDate": 2, "toDate": 1 }), "date_invalid"),
        (json!({ "fromDate": 0, "toDate": 2_592_000_001_i64 }), "date_is_too_long"),
        (days(json!({ "directions": ["up"] })), "direction_invalid"),
        (days(json!({ "disposition": ["lost"] })), "disposition_invalid"),
        (days(json!({ "phoneNumbers": vec!["1"; 201] })), "data_is_too_long"),
        (json!({ "fromDate": "yesterday" }), "request_invalid"),
        (Value::Null, "request_body_required"),
    ] {
        refused(&w.ask("POST", v2, &token, body).await, expected);
    }
    let odd = json!({ "filter": days(json!({})), "sort": { "field": "bill_sec" } });
    refused(&w.ask("POST", v3, &token, odd).await, "sort_invalid");
}

#[tokio::test]
async fn a_report_counts_by_direction_and_outcome() {
    let w = World::new(Dialect::Omicall).await;
    let (token, _) = (w.token().await, calls(&w).await);
    for path in ["/api/call_transaction/report", "/api/v3/call-transaction/report"] {
        let answer = w.ask("GET", &format!("{path}?from_date=0&to_date=100000"), &token, Value::Null).await;
        let expected = json!({
            "categorized_by_direction": [
                { "_id": "inbound", "total_count": 1, "total_time": 57 },
                { "_id": "outbound", "total_count": 1, "total_time": 0 },
                { "_id": "local", "total_count": 1, "total_time": 57 },
            ],
            "categorized_by_disposition": [
                { "_id": "answered", "total_count": 2, "total_outbound": 0, "total_inbound": 1 },
                { "_id": "cancelled", "total_count": 1, "total_outbound": 1, "total_inbound": 0 },
            ],
            "categorized_by_local_direction": { "total_call": 1, "total_call_answer": 1 },
        });
        assert_eq!(answer.json()["payload"], expected, "{path}");
    }
    let of =
        async |query: &str| w.ask("GET", &format!("/api/call_transaction/report?{query}"), &token, Value::Null).await;
    let one = of("from_date=0&to_date=100000&sip_user=101").await;
    assert_eq!(one.json()["payload"]["categorized_by_direction"].as_array().unwrap().len(), 1);
    let none = of("from_date=0&to_date=100000&sip_user=999").await;
    assert_eq!(none.json()["payload"]["categorized_by_direction"], json!([]));
    refused(&of("to_date=1").await, "from_date_is_required");
    refused(&of("from_date=x&to_date=1").await, "date_invalid");
    refused(&of(&format!("from_date=0&to_date={}", 367_i64 * 86_400_000)).await, "date_is_too_long");
}

#[tokio::test]
async fn a_call_is_noted_and_tagged() {
    let w = World::new(Dialect::Omicall).await;
    let (token, inbound) = (w.token().await, calls(&w).await);
    let path = format!("/api/call_transaction/change/{inbound}");
    for method in ["POST", "PATCH"] {
        let body = json!({ "tag": ["VIP", "vay"], "note": "Call back" });
        let item = w.ask(method, &path, &token, body).await.json()["payload"].clone();
        assert_eq!((&item["note"], &item["tag"]), (&json!("Call back"), &json!(["VIP", "vay"])), "{item}");
    }
    let list = w.ask("GET", "/api/call_transaction/list?from_date=0&to_date=100000", &token, Value::Null).await;
    assert_eq!(list.json()["payload"]["items"][0]["note"], "Call back");
    assert_eq!(list.json()["payload"]["items"][1]["note"], Value::Null);
    let change = async |path: &str, token: &str, body: Value| w.ask("POST", path, token, body).await;
    refused(&change(&path, &w.beta.key, json!({ "note": "x" })).await, "transaction_id_invalid");
    refused(&change("/api/call_transaction/change/x", &token, json!({ "note": "x" })).await, "transaction_id_invalid");
    refused(&change(&path, &token, json!({ "note": "x".repeat(4_001) })).await, "note_invalid");
    refused(&change(&path, &token, json!({ "tag": [""] })).await, "tag_invalid");
    refused(&change(&path, &token, json!({ "tag": "VIP" })).await, "request_invalid");
    refused(&change(&path, &token, Value::Null).await, "request_body_required");
}

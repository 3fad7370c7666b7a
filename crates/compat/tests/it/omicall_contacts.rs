//! OMICall's contacts, and what is told of them.

use crate::receiver::Receiver;
use crate::world::{Company, World};
use axum::body::Body;
use axum::http::Request;
use crm::contact::{self, Filter};
use model::{Dialect, PageRequest};
use serde_json::{Value, json};

async fn call(w: &World, company: &Company, method: &str, path: &str, body: Value) -> Value {
    let request =
        Request::builder().method(method).uri(format!("/omicrm/api/{path}")).header("x-api-key", &company.key);
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let answer = w.send(request.body(body).unwrap()).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

fn lan() -> Value {
    json!({
        "fullName": "Nguyễn Thị Lan", "phones": [{ "data": "0901234567", "value": "office", "valueType": "Cơ quan" }],
        "emails": [{ "data": "Lan@Example.com", "value": "personal" }], "gender": "female", "birthday": "31/12/1990",
        "job_title": "Kế toán", "address": "Hà Nội", "passport": "B123", "note": "Gọi buổi sáng", "tags": ["VIP"],
        "more_infomation": [{ "value_type": "Zalo", "display_value": "lan.nguyen" }], "refId": "crm-1", "refCode": "KH01",
    })
}

#[tokio::test]
async fn a_contact_is_added_found_changed_noted_and_deleted() {
    let w = World::new(Dialect::Omicall).await;
    let ask = async |method: &str, path: &str, body: Value| call(&w, &w.alpha, method, path, body).await;
    assert_eq!(ask("POST", "contacts/add", lan()).await["payload"], json!(true));
    assert_eq!(ask("POST", "contacts/add", lan()).await["payload"], json!(false), "her number is taken");
    for query in ["phone=84901234567", "email=lan@example.com", "ref_id=crm-1", "ref_code=KH01"] {
        let found = ask("GET", &format!("contacts/get?{query}"), Value::Null).await;
        assert_eq!(found["payload"]["full_name"], "Nguyễn Thị Lan", "{query}: {found}");
    }
    let listed = ask("POST", "contacts/list?page=1&size=10", json!({ "keyword": "nguyen lan" })).await;
    let item = &listed["payload"]["items"][0];
    assert_eq!((&listed["payload"]["total_items"], &item["contact_type"]), (&json!(1), &json!("contact")));
    let attribute = |code: &str| {
        let all = item["attribute_structure"].as_array().unwrap();
        all.iter().find(|one| one["field_code"] == code).unwrap()["value"][0].clone()
    };
    let phone = json!({ "display_value": "84901234567", "data_type": "office", "value_type": "Cơ quan" });
    assert_eq!(attribute("phone_number"), phone);
    assert_eq!(attribute("mail")["display_value"], "lan@example.com");
    assert_eq!(attribute("birthday")["display_value"], "31/12/1990");
    assert_eq!(
        attribute("more_infomation"),
        json!({ "display_value": "lan.nguyen", "data_type": "customize", "value_type": "Zalo" })
    );

    let change =
        json!({ "refId": "crm-1", "job_title": "Giám đốc", "phones": [{ "data": "0901234568", "type": "home" }] });
    assert_eq!(ask("POST", "contacts/update", change).await["payload"], json!(true));
    let notes = json!([{ "note_by": "x", "content": "Đã gọi", "phone": "0901234568" },
                       { "content": "Ai đó", "phone": "0909999999" }]);
    assert_eq!(ask("POST", "contacts/add-note", notes).await["payload"], json!(1));
    let id = item["_id"].as_str().unwrap();
    let details = ask("GET", &format!("contacts/details/{id}"), Value::Null).await;
    assert_eq!(details["payload"]["ref_code"], "KH01", "what was not sent stays: {details}");
    let many = json!([{ "fullName": "An" }, { "fullName": "Bình" }]);
    assert_eq!(ask("POST", "contacts/add-more", many).await["payload"], json!(true));
    assert_eq!(ask("POST", "contacts/list", Value::Null).await["payload"]["total_items"], 3);

    for (method, path) in [("GET", format!("contacts/details/{id}")), ("DELETE", format!("contacts/delete/{id}"))] {
        assert_eq!(call(&w, &w.beta, method, &path, Value::Null).await["message"], "data_not_found", "{path}");
    }
    assert_eq!(call(&w, &w.beta, "POST", "contacts/list", json!({})).await["payload"]["total_items"], 0);
    assert_eq!(ask("DELETE", &format!("contacts/delete/{id}"), Value::Null).await["payload"], json!(true));
    let left = contact::list(&w.alpha.actor, &w.db, Filter::default(), PageRequest::first()).await.unwrap().items;
    assert_eq!(left.len(), 2);
}

#[tokio::test]
async fn each_fault_of_a_contact_has_its_word() {
    let w = World::new(Dialect::Omicall).await;
    let said = async |path: &str, body: Value| call(&w, &w.alpha, "POST", path, body).await["message"].clone();
    for (change, word) in [
        (json!({ "fullName": " " }), "full_name_is_required"),
        (json!({ "gender": "x" }), "gender_invalid"),
        (json!({ "birthday": "1990-12-31" }), "birthday_invalid"),
        (json!({ "phones": [{ "data": "pizza" }] }), "phone_number_invalid"),
        (json!({ "phones": [{ "data": "0901234567", "value": "moon" }] }), "value_invalid"),
        (json!({ "emails": [{ "data": "no address" }] }), "email_invalid"),
        (json!({ "user_owner_email": "nobody@example.com" }), "user_owner_email_invalid"),
        (json!({ "phones": 7 }), "request_invalid"),
    ] {
        let mut wrong = lan();
        change.as_object().unwrap().iter().for_each(|(name, value)| wrong[name] = value.clone());
        assert_eq!(said("contacts/add", wrong).await, word, "{change}");
    }
    assert_eq!(said("contacts/add", Value::Null).await, "request_body_required");
    assert_eq!(said("contacts/update", json!({})).await, "ref_id_is_required");
    assert_eq!(said("contacts/update", json!({ "refId": "nobody" })).await, "ref_id_invalid");
    assert_eq!(said("contacts/add-note", json!([{ "phone": "1" }])).await, "content_is_required");
    assert_eq!(said("contacts/add-note", json!({})).await, "data_is_required");
    assert_eq!(said("contacts/add-more", json!(vec![json!({ "fullName": "x" }); 201])).await, "request_invalid");
    let filter = json!({ "filters": [{ "field_code": "color", "value": ["red"] }] });
    assert_eq!(said("contacts/list", filter).await, "field_code_invalid");
    let nothing = call(&w, &w.alpha, "GET", "contacts/get", Value::Null).await;
    assert_eq!(nothing["message"], "data_is_required");
    for outside in [
        "evaluation_criteria/call/list",
        "call_transaction/add_evaluation/call_x",
        "v3/call-transaction/add-evaluation",
        "call_bot/execute_by_phone",
        "social/zalo/new_room",
        "ai/text_to_speech",
        "agent/service_package/update",
    ] {
        assert_eq!(said(outside, json!({})).await, "limit_service", "{outside}");
    }
    assert_eq!(said("partner/tenant/add", json!({})).await, "partner_invalid");
}

#[tokio::test]
async fn each_fault_of_a_ticket_has_its_word_and_others_see_none() {
    let w = World::new(Dialect::Omicall).await;
    let new = account::user::NewUser {
        login: "hoa@alpha.vn".into(),
        name: "Hoa".into(),
        email: None,
        role: model::Role::Agent,
        password: None,
    };
    account::user::create(&w.alpha.actor, &w.db, new).await.unwrap();
    let whole = json!({ "name": "Đổi máy", "description": "Hỏng", "priority": "high", "assignee": "hoa@alpha.vn" });
    let ask = async |company: &Company, path: &str, body: Value| call(&w, company, "POST", path, body).await;
    let made = ask(&w.alpha, "ticket/create", whole.clone()).await["payload"].clone();
    assert_eq!((&made["priority"], &made["create_by"]), (&json!("high"), &Value::Null), "a key is nobody");
    for (name, value, word) in [
        ("name", json!(" "), "name_is_required"),
        ("name", json!("x".repeat(201)), "name_invalid"),
        ("description", Value::Null, "description_is_required"),
        ("description", json!("x".repeat(10_001)), "description_invalid"),
        ("priority", json!("urgent"), "priority_invalid"),
        ("assignee", json!(""), "assignee_is_required"),
        ("assignee", json!("nobody@alpha.vn"), "assignee_invalid"),
        ("created_by", json!("nobody@alpha.vn"), "created_by_invalid"),
        ("ticket_category_id", json!("64a000000000000000000000"), "ticket_category_id_invalid"),
        ("type_uuid", json!(9), "type_uuid_invalid"),
        ("name", json!(7), "request_invalid"),
    ] {
        let mut wrong = whole.clone();
        wrong[name] = value;
        assert_eq!(ask(&w.alpha, "ticket/create", wrong).await["message"], word, "{name}");
    }
    let id = made["_id"].as_str().unwrap();
    let path = format!("ticket/update_status/{id}");
    assert_eq!(ask(&w.alpha, &path, json!({})).await["message"], "status_is_required");
    assert_eq!(ask(&w.alpha, &path, json!({ "status": 5 })).await["message"], "status_invalid");
    assert_eq!(ask(&w.beta, &path, json!({ "status": 1 })).await["message"], "ticket_id_invalid", "another company's");
    assert_eq!(ask(&w.beta, "ticket/list", json!({ "keyword": id })).await["payload"]["total_items"], 0);
    assert_eq!(ask(&w.alpha, "ticket/list", json!({ "keyword": id })).await["payload"]["total_items"], 1);
    assert_eq!(ask(&w.alpha, "ticket/list", json!({ "keyword": "hoa" })).await["payload"]["total_items"], 1);
    for (body, word) in [
        (json!({ "targetEmail": "hoa@alpha.vn" }), "source_email_is_required"),
        (json!({ "sourceEmail": "hoa@alpha.vn" }), "target_email_is_required"),
        (json!({ "sourceEmail": "x@y.vn", "targetEmail": "hoa@alpha.vn" }), "source_email_invalid"),
        (json!({ "sourceEmail": "hoa@alpha.vn", "targetEmail": "x@y.vn" }), "target_email_invalid"),
    ] {
        for path in ["v3/agent/ticket/transfer", "v3/agent/transfer"] {
            // Of all of a person nobody new can be made without a name.
            let missing = path == "v3/agent/transfer" && word == "target_email_invalid";
            let word = if missing { "target_info_is_required" } else { word };
            assert_eq!(ask(&w.alpha, path, body.clone()).await["message"], word, "{path}");
        }
    }
    for (body, word) in [
        (json!({ "role_id": "Sale" }), "identify_info_is_required"),
        (json!({ "identify_info": "hoa@alpha.vn" }), "role_is_required"),
        (json!({ "identify_info": "hoa@alpha.vn", "role_id": "King" }), "role_id_invalid"),
        (json!({ "identify_info": "x@y.vn", "role_id": "Sale" }), "identify_info_invalid"),
    ] {
        assert_eq!(ask(&w.alpha, "agent/role/update", body).await["message"], word);
    }
}

#[tokio::test]
async fn a_registered_address_is_told_of_contacts() {
    let w = World::new(Dialect::Omicall).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "/contacts", Dialect::Omicall, &[]).await;
    call(&w, &w.alpha, "POST", "contacts/add", lan()).await;
    let change = json!({ "refId": "crm-1", "job_title": "Giám đốc" });
    call(&w, &w.alpha, "POST", "contacts/update", change).await;
    let told = w.told(&crm, 2).await;
    let bodies: Vec<Value> = told.iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    let mut events: Vec<&str> = bodies.iter().map(|body| body["event"].as_str().unwrap()).collect();
    events.sort_unstable();
    assert_eq!(events, ["create", "update"]);
    assert!(bodies.iter().all(|body| body["full_name"] == "Nguyễn Thị Lan" && body["type"] == "contact"));
}

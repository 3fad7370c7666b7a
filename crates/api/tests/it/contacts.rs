use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

const BOUNDARY: &str = "a-line-between";

async fn upload(w: &World, key: &str, field: &str, file: &[u8]) -> Answer {
    let mut body =
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"../khách.csv\"\r\n\r\n")
            .into_bytes();
    body.extend_from_slice(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/contacts/imports")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    w.send(request.body(Body::from(body)).unwrap()).await
}

/// An import that was sent.
pub(crate) async fn sent(w: &World, key: &str, csv: &str) -> Answer {
    let answer = upload(w, key, "file", csv.as_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer
}

fn lan() -> Value {
    json!({ "name": "Trần Thị Lan", "phones": [{ "number": "0901 234 567" }], "labels": ["VIP"] })
}

fn names(answer: &Answer) -> Vec<String> {
    answer.items().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_contact_is_made_found_changed_merged_and_removed() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let made = w.post(key, "/contacts", lan()).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.json()["phones"], json!([{ "number": "+84901234567", "kind": "personal" }]));
    let path = format!("/contacts/{}", made.text("id"));
    for q in ["lan", "tr%E1%BA%A7n", "0901", "%2B84901234567", "4567"] {
        assert_eq!(names(&w.get(key, &format!("/contacts?q={q}")).await), ["Trần Thị Lan"], "{q}");
    }
    assert_eq!(w.get(key, "/contacts/labels").await.items(), [json!({ "label": "VIP", "contacts": 1 })]);
    let again = w.post(key, "/contacts", lan()).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "phone_taken"));
    assert_eq!(again.field(), "phones[0].number");
    let changed = w.patch(key, &path, json!({ "company": "ABC", "owner": null })).await.json();
    assert_eq!((&changed["company"], &changed["name"]), (&json!("ABC"), &json!("Trần Thị Lan")));
    let other = w.post(key, "/contacts", json!({ "name": "Lan", "note": "tea" })).await.text("id");
    let merged = w.post(key, &format!("{path}/merge"), json!({ "gone": other })).await;
    assert_eq!((merged.status.as_u16(), &merged.json()["note"]), (200, &json!("tea")));
    assert_eq!(w.get(key, &format!("/contacts/{other}")).await.status, 404);
    assert_eq!(w.delete(key, &path).await.status, 204);
    assert_eq!(w.delete(key, &path).await.status, 404);
}

#[tokio::test]
async fn wrong_fields_are_named_and_others_see_nothing() {
    let w = World::new().await;
    w.post(&w.alpha.key, "/contacts", lan()).await;
    for (body, field) in [
        (json!({ "phones": [] }), "name"),
        (json!({ "name": "L", "phones": [{ "number": "x" }] }), "phones[0].number"),
        (json!({ "name": "L", "phones": "0901" }), "phones"),
        (json!({ "name": "L", "emails": [{ "address": "x" }] }), "emails[0].address"),
        (json!({ "name": "L", "owner": "usr_00000000000000000000000001" }), "owner"),
        (json!({ "name": "L", "colour": "red" }), "colour"),
        (json!({ "name": "L".repeat(201) }), "name"),
    ] {
        let answer = w.post(&w.alpha.key, "/contacts", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body} {}", answer.json());
    }
    assert!(w.get(&w.beta.key, "/contacts").await.items().is_empty());
    assert!(w.get(&w.beta.key, "/contacts?q=lan").await.items().is_empty());
    assert_eq!(w.get(&w.beta.key, "/contacts/lookup?phone=0901234567").await.json()["contact"], Value::Null);
    let many = w.post(&w.beta.key, "/contacts/lookup", json!({ "phones": ["0901234567"] })).await.json();
    assert_eq!(many, json!({ "items": {} }));
    let csv = w.get(&w.beta.key, "/contacts/export").await;
    assert!(!String::from_utf8(csv.bytes).unwrap().contains("Lan"));
}

#[tokio::test]
async fn whose_a_number_is_comes_with_the_last_calls_one_may_see() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let call = crate::calls::ended(&w, &w.alpha, 1_000).await.to_string();
    let number = w.get(key, &format!("/calls/{call}")).await.text("caller_number");
    let new = json!({ "name": "Lan", "phones": [{ "number": number }] });
    let contact = w.post(key, "/contacts", new).await.text("id");
    w.post(key, "/extensions", json!({ "number": "101", "name": "Minh" })).await;
    let phone = number.replace('+', "%2B");
    let found = w.get(key, &format!("/contacts/lookup?phone={phone}")).await.json();
    assert_eq!((&found["contact"]["id"], &found["calls"][0]["id"]), (&json!(contact), &json!(call)));
    let history = w.get(key, &format!("/contacts/{contact}/calls")).await;
    assert_eq!(history.items()[0]["id"], json!(call));
    let many = w.post(key, "/contacts/lookup", json!({ "phones": [number, "0999"] })).await.json();
    assert_eq!(many["items"][&number]["name"], json!("Lan"));
    let colleague = w.get(key, "/contacts/lookup?phone=101").await.json();
    assert_eq!(colleague["colleague"]["name"], json!("Minh"));
    let agent = w.key(&w.alpha, "agent").await;
    let seen = w.get(&agent, &format!("/contacts/lookup?phone={phone}")).await.json();
    assert_eq!((&seen["contact"]["name"], &seen["calls"]), (&json!("Lan"), &json!([])), "no calls of others");
    let numbers: Vec<String> = (0..201).map(|n| n.to_string()).collect();
    assert_eq!(w.post(key, "/contacts/lookup", json!({ "phones": numbers })).await.field(), "phones");
}

/// Asks until the import has come so far.
async fn until(w: &World, key: &str, path: &str, state: &str) -> Value {
    for _ in 0..10_000 {
        let import = w.get(key, path).await.json();
        if import["state"] == state {
            return import;
        }
        tokio::task::yield_now().await;
    }
    panic!("the import never came to {state}");
}

#[tokio::test]
async fn a_file_is_sent_shown_applied_and_undone() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let import = sent(&w, key, "Tên;SĐT\nHoa;0902222222\n=cmd;abc\n").await;
    assert_eq!(import.json()["mapping"], json!(["name", "phone"]));
    assert_eq!(import.json()["file_name"], json!("../khách.csv"), "a name is a word, never a place");
    let path = format!("/contacts/imports/{}", import.text("id"));
    let shown = w.post(key, &format!("{path}/preview"), json!({ "mapping": ["name", "phone"] })).await.json();
    assert_eq!((&shown["counts"]["new"], &shown["counts"]["error"]), (&json!(1), &json!(1)));
    let rows = w.get(key, &format!("{path}/rows?outcome=new")).await.items();
    assert_eq!(rows[0]["after"]["phones"][0]["number"], json!("+84902222222"));
    let errors = String::from_utf8(w.get(key, &format!("{path}/errors")).await.bytes).unwrap();
    assert!(errors.contains("\"'=cmd\",\"abc\"") && errors.contains("\"3\""), "{errors}");
    let refused = w.post(key, &format!("{path}/apply"), json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "rows_wrong"));
    assert_eq!(w.post(key, &format!("{path}/apply"), json!({ "skip_errors": true })).await.status, 202);
    assert_eq!(until(&w, key, &path, "done").await["counts"]["written"], json!(1));
    assert_eq!(names(&w.get(key, "/contacts").await), ["Hoa"]);
    assert_eq!(w.post(key, &format!("{path}/apply"), json!({ "skip_errors": true })).await.status, 409, "twice");
    assert_eq!(w.post(key, &format!("{path}/undo"), Value::Null).await.status, 202);
    until(&w, key, &path, "undone").await;
    assert!(w.get(key, "/contacts").await.items().is_empty());
    assert_eq!(w.get(key, "/contacts/imports").await.items().len(), 1);
    assert_eq!(w.delete(key, &path).await.status, 204);
}

#[tokio::test]
async fn files_that_are_no_tables_or_too_large_are_refused() {
    let w = World::new().await;
    let key = &w.alpha.key;
    for (field, file, status, wrong) in [
        ("file", &b"name\n"[..], 422, "file"),
        ("file", b"\x00\x01\x02", 422, "file"),
        ("file", b"PK\x03\x04", 422, "file"),
        ("other", b"name\nLan\n", 422, "other"),
    ] {
        let answer = upload(&w, key, field, file).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (status, wrong), "{}", answer.json());
    }
    let large = vec![b'a'; crm::sheet::FILE_BYTES + 70_000];
    assert_eq!(upload(&w, key, "file", &large).await.status, 413);
    assert_eq!(w.post(key, "/contacts/imports", json!({})).await.status, 415);
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(upload(&w, &agent, "file", b"name\nLan\n").await.status, 403);
}

#[tokio::test]
async fn contacts_leave_as_a_file_that_comes_back_and_runs_nothing() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let hostile = "=HYPERLINK(\"http://evil\",\"x\")";
    w.post(key, "/contacts", json!({ "name": hostile, "company": "<script>", "note": "a\nb" })).await;
    for number in 0..450 {
        let new = json!({ "name": format!("Khách {number:03}"), "phones": [{ "number": format!("0901{number:06}") }] });
        w.post(key, "/contacts", new).await;
    }
    let csv = w.get(key, "/contacts/export").await;
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"contacts.csv\"");
    let text = String::from_utf8(csv.bytes).unwrap();
    assert_eq!(text.matches("Khách ").count(), 450, "all pages");
    assert!(text.contains("\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\""), "{}", &text[..300]);
    let book = w.get(key, "/contacts/export?format=xlsx&language=en&q=kh%C3%A1ch").await;
    let table = crm::sheet::read(&book.bytes).unwrap();
    assert_eq!((table.head[0].as_str(), table.rows.len()), ("Name", 450));
    let back = upload(&w, &w.beta.key, "file", &book.bytes).await;
    assert_eq!(back.json()["mapping"][1], json!("phone"));
    assert_eq!(w.get(key, "/contacts/export?format=pdf").await.field(), "format");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, "/contacts/export").await.status, 403);
}

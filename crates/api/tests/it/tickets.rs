use crate::world::World;
use serde_json::{Value, json};

fn numbers(items: &[Value]) -> Vec<i64> {
    items.iter().map(|item| item["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_ticket_is_written_found_changed_noted_and_removed() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let contact = w.post(key, "/contacts", json!({ "name": "Lan", "phones": [{ "number": "0901234567" }] })).await;
    let contact = contact.text("id");
    let person =
        w.post(key, "/users", json!({ "login": "hoa@alpha", "name": "Hoa", "role": "agent" })).await.text("id");
    let new = json!({ "subject": "Đổi máy", "contact": contact, "priority": "high", "category": "Bảo hành" });
    let made = w.post(key, "/tickets", new).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!((&made.json()["number"], &made.json()["contact_name"]), (&json!(1), &json!("Lan")));
    w.post(key, "/tickets", json!({ "subject": "Hỏi giá" })).await;
    let path = format!("/tickets/{}", made.text("id"));
    let body = json!({ "assignee": person, "status": "open", "due_at": 1_795_000_000_000_i64 });
    let changed = w.patch(key, &path, body).await.json();
    assert_eq!((&changed["assignee_name"], &changed["status"]), (&json!("Hoa"), &json!("open")));
    let cleared = w.patch(key, &path, json!({ "due_at": null })).await.json();
    assert_eq!((&cleared["due_at"], &cleared["assignee"]), (&Value::Null, &json!(person)));
    for (query, found) in [
        ("", vec![2, 1]),
        ("?q=doi%20may", vec![1]),
        ("?status=new,open", vec![2, 1]),
        ("?status=open", vec![1]),
        ("?priority=high&category=B%E1%BA%A3o%20h%C3%A0nh", vec![1]),
        ("?assignee=nobody", vec![2]),
        (&format!("?assignee={person}"), vec![1]),
        (&format!("?contact={contact}"), vec![1]),
    ] {
        assert_eq!(numbers(&w.get(key, &format!("/tickets{query}")).await.items()), found, "{query}");
    }
    let choices = w.get(key, "/tickets/choices").await.json();
    assert_eq!(choices["categories"], json!(["Bảo hành"]));
    assert!(choices["people"].as_array().unwrap().contains(&json!({ "id": person, "name": "Hoa" })));
    let note = w.post(key, &format!("{path}/notes"), json!({ "body": "Đã gọi" })).await;
    assert_eq!(note.status, 201);
    let story = w.get(key, &format!("{path}/entries")).await.items();
    assert_eq!((&story[0]["kind"], &story[0]["body"]), (&json!("note"), &json!("Đã gọi")));
    assert!(story.iter().any(|line| line["field"] == "status" && line["after"] == "open"), "{story:?}");
    let note = format!("{path}/notes/{}", note.text("id"));
    assert_eq!((w.delete(key, &note).await.status.as_u16(), w.delete(key, &note).await.status.as_u16()), (204, 404));
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.delete(&agent, &path).await.status, 403, "an agent removes nothing");
    assert_eq!((w.delete(key, &path).await.status.as_u16(), w.delete(key, &path).await.status.as_u16()), (204, 404));
}

#[tokio::test]
async fn wrong_tickets_are_told_by_their_field_and_others_see_none() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let foreign = w.post(&w.beta.key, "/contacts", json!({ "name": "B" })).await.text("id");
    for (body, field) in [
        (json!({}), "subject"),
        (json!({ "subject": "" }), "subject"),
        (json!({ "subject": "x".repeat(201) }), "subject"),
        (json!({ "subject": "x", "priority": "urgent" }), "priority"),
        (json!({ "subject": "x", "contact": foreign }), "contact"),
        (json!({ "subject": "x", "contact": "con_x" }), "contact"),
        (json!({ "subject": "x", "due_at": "tomorrow" }), "due_at"),
        (json!({ "subject": "x", "author": "usr_00000000000000000000000001" }), "author"),
    ] {
        let answer = w.post(key, "/tickets", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body} {}", answer.json());
    }
    w.post(key, "/tickets", json!({ "subject": "x" })).await;
    assert!(w.get(&w.beta.key, "/tickets").await.items().is_empty());
    for (query, field) in [
        ("status=late", "status"),
        ("priority=x", "priority"),
        ("assignee=x", "assignee"),
        ("assignee=me", "assignee"),
        ("contact=x", "contact"),
        ("call=x", "call"),
    ] {
        assert_eq!(w.get(key, &format!("/tickets?{query}")).await.field(), field);
    }
}

use crate::world::{Company, World};
use pbx::calls::Journal;
use pbx::voicemail::message::{Left, file};
use serde_json::{Value, json};
use std::collections::HashMap;
use store::spool::Options;

/// A message for an extension of the company, with its file; its id.
pub(crate) async fn left(w: &World, company: &Company, extension: &str) -> String {
    let left = Left {
        id: store::mint(),
        tenant: company.actor.tenant,
        extension: extension.parse().unwrap(),
        call: store::mint(),
        from_number: "+84901234567".into(),
        from_name: "<b>Khách</b>".into(),
        size_bytes: 44,
        duration_ms: 2_000,
        complete: true,
        created_at: 1_795_000_000_000,
    };
    let sound = w.db.folder().join(file(left.tenant, left.id));
    std::fs::create_dir_all(sound.parent().unwrap()).unwrap();
    std::fs::write(&sound, b"RIFF and what follows").unwrap();
    let spool = w.db.folder().join(format!("spool-{}", left.id));
    let journal = Journal::start((*w.db).clone(), &spool, Options::default(), HashMap::new()).await.unwrap();
    journal.message(left.clone()).unwrap();
    journal.flush().await;
    journal.stop().await;
    left.id.to_string()
}

async fn extension(w: &World, company: &Company, number: &str) -> String {
    w.post(&company.key, "/extensions", json!({ "number": number })).await.text("id")
}

#[tokio::test]
async fn a_mailbox_is_set_and_its_pin_is_not_shown() {
    let w = World::new().await;
    let id = extension(&w, &w.alpha, "101").await;
    let path = format!("/extensions/{id}/voicemail");
    assert_eq!(w.get(&w.alpha.key, &path).await.json()["enabled"], false);
    let set = json!({ "enabled": true, "pin": "2468", "email": "lan@alpha.vn", "max_ms": 60_000 });
    let set = w.patch(&w.alpha.key, &path, set).await;
    assert_eq!((set.status.as_u16(), &set.json()["has_pin"]), (200, &json!(true)));
    assert!(!String::from_utf8_lossy(&set.bytes).contains("2468"));
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.patch(&agent, &path, json!({ "enabled": false })).await.status, 403);
    assert_eq!(w.get(&agent, &path).await.status, 200);
    for (wrong, field) in [
        (json!({ "pin": "1" }), "pin"),
        (json!({ "pin": 2468 }), "pin"),
        (json!({ "max_ms": "long" }), "max_ms"),
        (json!({ "email": "x" }), "email"),
        (json!({ "email": "x".repeat(300) }), "email"),
        (json!({ "greeting": "grt_00000000000000000000000001" }), "greeting"),
        (json!({ "greeting": "ext_1" }), "greeting"),
        (json!({ "colour": 1 }), "colour"),
    ] {
        let answer = w.patch(&w.alpha.key, &path, wrong.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{wrong}");
    }
}

#[tokio::test]
async fn messages_are_listed_heard_marked_and_deleted() {
    let w = World::new().await.with_idle_engine();
    let (first, second) = (extension(&w, &w.alpha, "101").await, extension(&w, &w.alpha, "102").await);
    let (one, other) = (left(&w, &w.alpha, &first).await, left(&w, &w.alpha, &second).await);
    let key = &w.alpha.key;
    assert_eq!(w.get(key, "/voicemails").await.items().len(), 2);
    let of_first = w.get(key, &format!("/voicemails?extension={first}&read=false")).await.items();
    assert_eq!((of_first.len(), &of_first[0]["id"]), (1, &json!(one)));
    let sound = w.get(key, &format!("/voicemails/{one}/audio")).await;
    assert_eq!((sound.status.as_u16(), sound.bytes.as_slice()), (200, &b"RIFF and what follows"[..]));
    let path = format!("/voicemails/{one}");
    let read = w.patch(key, &path, json!({ "read": true })).await.json();
    assert!(read["read_at"].is_i64(), "{read}");
    assert_eq!(w.patch(key, &path, json!({ "read": true })).await.json(), read, "twice is once");
    assert_eq!(w.get(key, "/voicemails?read=true").await.items().len(), 1);
    for (wrong, field) in
        [(json!({}), "read"), (json!({ "read": "yes" }), "read"), (json!({ "read": true, "x": 1 }), "x")]
    {
        let answer = w.patch(key, &path, wrong.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{wrong}");
    }
    for query in ["extension=nonsense", "read=perhaps", "after=nonsense", "colour=red"] {
        let status = w.get(key, &format!("/voicemails?{query}")).await.status.as_u16();
        assert!([400, 422].contains(&status), "{query}: {status}");
    }
    assert_eq!(w.delete(key, &path).await.status, 204);
    assert_eq!(w.delete(key, &path).await.status, 404);
    assert_eq!(w.get(key, &format!("{path}/audio")).await.status, 404);
    assert!(w.get(&w.beta.key, "/voicemails").await.items().is_empty());
    assert_eq!(w.get(&w.beta.key, &format!("/voicemails/{other}")).await.status, 404);
}

#[tokio::test]
async fn an_agent_has_the_own_messages_and_no_others() {
    let w = World::new().await.with_idle_engine();
    let (own, others) = (extension(&w, &w.alpha, "101").await, extension(&w, &w.alpha, "102").await);
    let lan = json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let lan = w.post(&w.alpha.key, "/users", lan).await.text("id");
    w.patch(&w.alpha.key, &format!("/extensions/{own}"), json!({ "user": lan })).await;
    let login = json!({ "login": "lan@alpha", "password": "first password" });
    let token = w.ask("", "POST", "/session", login).await.text("token");
    let (mine, theirs) = (left(&w, &w.alpha, &own).await, left(&w, &w.alpha, &others).await);
    let ids = |items: Vec<Value>| items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(w.get(&token, "/voicemails").await.items()), [json!(mine)]);
    assert!(w.get(&token, &format!("/voicemails?extension={others}")).await.items().is_empty());
    assert_eq!(w.patch(&token, "/phone/voicemail", json!({ "enabled": true })).await.json()["enabled"], true);
    for (id, status) in [(&mine, 200), (&theirs, 404)] {
        assert_eq!(w.get(&token, &format!("/voicemails/{id}")).await.status, status);
        assert_eq!(w.get(&token, &format!("/voicemails/{id}/audio")).await.status, status);
        assert_eq!(w.patch(&token, &format!("/voicemails/{id}"), json!({ "read": true })).await.status, status);
    }
    assert_eq!(w.delete(&token, &format!("/voicemails/{theirs}")).await.status, 404);
    assert_eq!(w.delete(&token, &format!("/voicemails/{mine}")).await.status, 204);
}

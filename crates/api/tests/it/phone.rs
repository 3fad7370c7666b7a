use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_person_gets_the_phone_that_was_assigned_and_nobody_elses() {
    let w = World::new().await;
    let lan = json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let lan_id = w.post(&w.alpha.key, "/users", lan).await.text("id");
    let login = json!({ "login": "lan@alpha", "password": "first password" });
    let session = w.post("", "/session", login).await.text("token");
    assert_eq!(w.get(&session, "/phone").await.code(), "no_phone");

    let first = w.post(&w.alpha.key, "/extensions", json!({ "number": "101", "password": "s3cret" })).await.text("id");
    let assigned = w.patch(&w.alpha.key, &format!("/extensions/{first}"), json!({ "user": lan_id })).await;
    assert_eq!(assigned.text("user"), lan_id);
    let phone = w.get(&session, "/phone").await;
    assert_eq!((phone.text("number"), phone.text("password")), ("101".to_owned(), "s3cret".to_owned()));
    assert_eq!(w.get(&w.alpha.key, "/phone").await.code(), "no_phone", "a key is no person");

    let second = w.post(&w.alpha.key, "/extensions", json!({ "number": "102" })).await.text("id");
    let twice = w.patch(&w.alpha.key, &format!("/extensions/{second}"), json!({ "user": lan_id })).await;
    assert_eq!((twice.status.as_u16(), twice.field().as_str()), (409, "user"));
    let theirs = w.post(&w.beta.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let foreign = w.patch(&w.beta.key, &format!("/extensions/{theirs}"), json!({ "user": lan_id })).await;
    assert_eq!((foreign.status.as_u16(), foreign.field().as_str()), (422, "user"));

    let freed = w.patch(&w.alpha.key, &format!("/extensions/{first}"), json!({ "user": null })).await;
    assert!(freed.json()["user"].is_null());
    assert_eq!(w.get(&session, "/phone").await.code(), "no_phone");
}

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

#[tokio::test]
async fn an_agent_forwards_its_own_phone_and_a_manager_any() {
    let w = World::new().await;
    let lan = json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let lan_id = w.post(&w.alpha.key, "/users", lan).await.text("id");
    let login = json!({ "login": "lan@alpha", "password": "first password" });
    let session = w.post("", "/session", login).await.text("token");
    assert_eq!(w.get(&session, "/phone/handling").await.code(), "no_phone");
    let own = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let other = w.post(&w.alpha.key, "/extensions", json!({ "number": "102" })).await.text("id");
    w.patch(&w.alpha.key, &format!("/extensions/{own}"), json!({ "user": lan_id })).await;
    let path = |id: &str| format!("/extensions/{id}/handling");

    let nothing = json!({
        "do_not_disturb": false, "forward_always": null, "forward_busy": null, "forward_no_answer": null,
        "forward_unreachable": null, "ring_ms": null, "max_calls": null,
    });
    assert_eq!(w.get(&session, "/phone/handling").await.json(), nothing);
    let set = w.patch(&session, "/phone/handling", json!({ "forward_no_answer": "102", "ring_ms": 15000 })).await;
    assert_eq!((set.status.as_u16(), set.text("forward_no_answer").as_str()), (200, "102"));
    assert_eq!(w.get(&w.alpha.key, &path(&own)).await.json(), set.json());
    let cleared =
        w.patch(&w.alpha.key, &path(&own), json!({ "forward_no_answer": null, "do_not_disturb": true })).await;
    assert_eq!((&cleared.json()["forward_no_answer"], &cleared.json()["ring_ms"]), (&json!(null), &json!(15000)));
    assert_eq!(w.patch(&session, &path(&other), json!({ "do_not_disturb": true })).await.status, 403);
    assert_eq!(w.patch(&w.beta.key, &path(&own), json!({})).await.status, 404, "another company's");
    for (wrong, field) in [
        (json!({ "forward_busy": "nobody" }), "forward_busy"),
        (json!({ "forward_always": "101" }), "forward_always"),
        (json!({ "ring_ms": 5 }), "ring_ms"),
        (json!({ "max_calls": 1000 }), "max_calls"),
        (json!({ "max_calls": "two" }), "max_calls"),
        (json!({ "x": 1 }), "x"),
    ] {
        let answer = w.patch(&w.alpha.key, &path(&own), wrong.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{wrong}");
    }
}

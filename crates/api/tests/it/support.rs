//! What companies ask of the operator.

use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_company_asks_and_the_operator_answers() {
    let w = World::new().await;
    let new = json!({ "kind": "hotline", "title": "A second number", "body": "Please." });
    let made = w.post(&w.alpha.key, "/support-requests", new.clone()).await;
    assert_eq!((made.status.as_u16(), made.text("status").as_str()), (201, "open"), "{}", made.json());
    let path = format!("/support-requests/{}", made.text("id"));
    assert!(w.get(&w.beta.key, "/support-requests").await.items().is_empty(), "another company sees nothing");
    for answer in [
        w.get(&w.beta.key, &path).await,
        w.post(&w.beta.key, &format!("{path}/messages"), json!({ "body": "x" })).await,
        w.patch(&w.beta.key, &path, json!({ "status": "closed" })).await,
    ] {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(w.get(&w.alpha.key, "/operator/support-requests").await.status, 403);
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, "/support-requests", new).await.status, 403);
    let waiting = w.get(&w.operator.key, "/operator/support-requests?status=open").await.items();
    assert_eq!((&waiting[0]["company_name"], waiting.len()), (&json!("Alpha"), 1));
    let said = w.post(&w.operator.key, &format!("{path}/messages"), json!({ "body": "Done." })).await;
    assert_eq!((said.status.as_u16(), &said.json()["from_operator"]), (201, &json!(true)));
    let seen = w.get(&w.alpha.key, &path).await.json();
    assert_eq!((&seen["status"], &seen["messages"][1]["body"]), (&json!("answered"), &json!("Done.")));
    assert_eq!(w.patch(&w.alpha.key, &path, json!({ "status": "closed" })).await.text("status"), "closed");
}

#[tokio::test]
async fn wrong_requests_are_refused_by_their_field() {
    let w = World::new().await;
    for (body, field) in [
        (json!({ "kind": "joke", "title": "T", "body": "B" }), "kind"),
        (json!({ "kind": "other", "title": "", "body": "B" }), "title"),
        (json!({ "kind": "other", "title": "T", "body": 7 }), "body"),
        (json!({ "kind": "other", "title": "T", "body": "x".repeat(10_001) }), "body"),
        (json!({ "kind": "other", "title": "T", "body": "B", "z": 1 }), "z"),
    ] {
        let answer = w.post(&w.alpha.key, "/support-requests", body).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{}", answer.json());
    }
    let wrong = w.get(&w.operator.key, "/operator/support-requests?status=late").await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "status"));
}

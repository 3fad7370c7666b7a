use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn an_extension_is_created_shown_changed_and_removed() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let made = w.post(key, "/extensions", json!({ "number": "101", "name": "Lan", "password": "pw101" })).await;
    assert_eq!((made.status.as_u16(), made.text("password").as_str()), (201, "pw101"), "{}", made.json());
    let path = format!("/extensions/{}", made.text("id"));
    assert!(w.get(key, &path).await.json()["password"].is_null(), "a list or view shows no password");
    assert_eq!(w.get(key, &format!("{path}/password")).await.text("password"), "pw101");
    let changed = w.patch(key, &path, json!({ "enabled": false })).await.json();
    assert_eq!((changed["enabled"].as_bool(), changed["name"].as_str()), (Some(false), Some("Lan")));
    assert_eq!(w.delete(key, &path).await.status, 204);
    assert_eq!(w.get(key, &path).await.status, 404);
    assert_eq!(w.delete(key, &path).await.status, 404);
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let w = World::new().await;
    for (body, field) in [
        (json!({}), "number"),
        (json!({ "number": 101 }), "number"),
        (json!({ "number": "1" }), "number"),
        (json!({ "number": "10a" }), "number"),
        (json!({ "number": "101", "colour": "red" }), "colour"),
        (json!({ "number": "101", "password": "a b" }), "password"),
        (json!({ "number": "101", "name": "x".repeat(201) }), "name"),
        (json!({ "number": "101", "hotline": "ext_1" }), "hotline"),
    ] {
        let answer = w.post(&w.alpha.key, "/extensions", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
}

#[tokio::test]
async fn the_same_number_twice_is_a_conflict_but_not_in_another_company() {
    let w = World::new().await;
    let new = json!({ "number": "101" });
    assert_eq!(w.post(&w.alpha.key, "/extensions", new.clone()).await.status, 201);
    let twice = w.post(&w.alpha.key, "/extensions", new.clone()).await;
    assert_eq!((twice.status.as_u16(), twice.field().as_str()), (409, "number"));
    assert_eq!(w.post(&w.beta.key, "/extensions", new).await.status, 201);
}

#[tokio::test]
async fn many_are_created_together_or_not_at_all() {
    let w = World::new().await;
    let many: Vec<_> = (100..400).map(|n| json!({ "number": n.to_string() })).collect();
    let made = w.post(&w.alpha.key, "/extensions/bulk", json!({ "extensions": many })).await;
    assert_eq!((made.status.as_u16(), made.items().len()), (201, 300));
    let wrong = json!({ "extensions": [{ "number": "500" }, { "number": "5x" }] });
    let refused = w.post(&w.alpha.key, "/extensions/bulk", wrong).await;
    assert_eq!((refused.status.as_u16(), refused.field().as_str()), (422, "extensions[1].number"));
    assert!(w.get(&w.alpha.key, "/extensions?search=500").await.items().is_empty());
    let unknown = json!({ "extensions": [{ "number": "500", "colour": "red" }] });
    assert_eq!(w.post(&w.alpha.key, "/extensions/bulk", unknown).await.field(), "extensions[0].colour");
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repeats() {
    let w = World::new().await;
    let many: Vec<_> = (100..125).map(|n| json!({ "number": n.to_string() })).collect();
    w.post(&w.alpha.key, "/extensions/bulk", json!({ "extensions": many })).await;
    let (mut seen, mut path) = (Vec::new(), "/extensions?limit=10".to_owned());
    loop {
        let page = w.get(&w.alpha.key, &path).await;
        seen.extend(page.items().iter().map(|e| e["number"].as_str().unwrap().to_owned()));
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        path = format!("/extensions?limit=10&after={next}");
    }
    assert_eq!(seen, (100..125).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn another_company_sees_nothing_and_an_agent_changes_nothing() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await;
    let path = format!("/extensions/{}", made.text("id"));
    assert!(w.get(&w.beta.key, "/extensions").await.items().is_empty());
    assert_eq!(w.patch(&w.beta.key, &path, json!({ "name": "Mine" })).await.status, 404);
    assert_eq!(w.get(&w.beta.key, &format!("{path}/password")).await.status, 404);
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, &path).await.status, 200);
    for answer in [
        w.post(&agent, "/extensions", json!({ "number": "102" })).await,
        w.patch(&agent, &path, json!({ "name": "Mine" })).await,
        w.delete(&agent, &path).await,
        w.get(&agent, &format!("{path}/password")).await,
    ] {
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "permission_missing"));
    }
}

#[tokio::test]
async fn bodies_of_the_wrong_type_or_size_are_refused() {
    use axum::body::Body;
    use axum::http::Request;
    let w = World::new().await;
    let request = |kind: &str, body: String| {
        let request = Request::builder().method("POST").uri("/api/v1/extensions").header("content-type", kind);
        request.header("authorization", format!("Bearer {}", w.alpha.key)).body(Body::from(body)).unwrap()
    };
    assert_eq!(w.send(request("text/plain", r#"{"number":"101"}"#.into())).await.status, 415);
    let large = format!(r#"{{"number":"101","name":"{}"}}"#, "x".repeat(2_000_000));
    assert_eq!(w.send(request("application/json", large)).await.status, 413);
    assert_eq!(w.send(request("application/json", "{".into())).await.code(), "json_malformed");
    assert_eq!(w.send(request("application/json; charset=utf-8", r#"{"number":"101"}"#.into())).await.status, 201);
}

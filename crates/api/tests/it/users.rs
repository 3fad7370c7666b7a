use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_person_is_created_locked_out_and_gets_a_new_password() {
    let w = World::new().await;
    let new = json!({ "login": "lan@alpha", "name": "Lan", "role": "agent", "password": "first password" });
    let made = w.post(&w.alpha.key, "/users", new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("/users/{}", made.text("id"));
    assert_eq!(w.post(&w.alpha.key, "/users", new).await.status, 409);
    let login = |password: &str| json!({ "login": "lan@alpha", "password": password });
    let token = w.post("", "/session", login("first password")).await.text("token");
    assert_eq!(w.get(&token, "/users").await.status, 403, "an agent sees no people");

    let changed = w.post(&w.alpha.key, &format!("{path}/password"), json!({ "password": "second password" })).await;
    assert_eq!(changed.status, 204);
    assert_eq!(w.get(&token, "/session").await.status, 401, "a new password ends all sessions");
    let token = w.post("", "/session", login("second password")).await.text("token");
    assert_eq!(w.patch(&w.alpha.key, &path, json!({ "enabled": false })).await.status, 200);
    assert_eq!(w.get(&token, "/session").await.status, 401);
    assert_eq!(w.post("", "/session", login("second password")).await.status, 401);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let w = World::new().await;
    let manager = w.key(&w.alpha, "manager").await;
    let answer = w.post(&manager, "/keys", json!({ "name": "more", "role": "owner" })).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "role_too_high"));
    let answer = w.post(&w.alpha.key, "/keys", json!({ "name": "more", "role": "operator" })).await;
    assert_eq!(answer.code(), "role_too_high");
    let answer = w.post(&w.alpha.key, "/keys", json!({ "name": "more", "role": "king" })).await;
    assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, "role"));
}

#[tokio::test]
async fn a_revoked_key_counts_no_more_and_no_list_shows_a_secret() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/keys", json!({ "name": "crm", "role": "manager" })).await;
    let secret = made.text("secret");
    assert_eq!(w.get(&secret, "/session").await.status, 200);
    let list = w.get(&w.alpha.key, "/keys").await;
    assert!(!String::from_utf8_lossy(&list.bytes).contains(&secret));
    assert_eq!(w.delete(&w.alpha.key, &format!("/keys/{}", made.text("id"))).await.status, 204);
    assert_eq!(w.get(&secret, "/session").await.status, 401);
}

#[tokio::test]
async fn another_company_sees_nothing() {
    let w = World::new().await;
    let new = json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let made = w.post(&w.alpha.key, "/users", new).await;
    let shown = w.get(&w.beta.key, "/users").await.items();
    assert_eq!(shown.len(), 1, "only its own administrator");
    let path = format!("/users/{}", made.text("id"));
    assert_eq!(w.get(&w.beta.key, &path).await.status, 404);
    assert_eq!(w.patch(&w.beta.key, &path, json!({ "enabled": false })).await.status, 404);
    let hints = w.get(&w.beta.key, "/keys").await.items();
    assert_eq!(hints.len(), 1);
}

use crate::world::World;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_logs_in_is_known_and_logs_out() {
    let w = World::new().await;
    let answer = w.post("", "/session", json!({ "login": w.alpha.login, "password": w.alpha.password })).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let token = answer.text("token");
    let me = w.get(&token, "/session").await;
    assert_eq!(me.text("company_id"), w.alpha.actor.tenant.to_string());
    assert_eq!(me.text("role"), "owner");
    assert_eq!(w.delete(&token, "/session").await.status, 204);
    assert_eq!(w.get(&token, "/session").await.status, 401);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_look_alike_and_are_slowed_down() {
    let w = World::new().await;
    let wrong = w.post("", "/session", json!({ "login": w.alpha.login, "password": "guess" })).await;
    let unknown = w.post("", "/session", json!({ "login": "nobody@nowhere", "password": "guess" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.bytes), (401, unknown.bytes));
    for _ in 0..9 {
        w.post("", "/session", json!({ "login": w.alpha.login, "password": "guess" })).await;
    }
    let right = json!({ "login": w.alpha.login, "password": w.alpha.password });
    let refused = w.post("", "/session", right).await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_missing_or_strange_credential_is_401_with_the_scheme() {
    let w = World::new().await;
    for value in ["", "Bearer", "Bearer ", "Bearer alo_wrong", "Basic abc", "Bearer als_x y"] {
        let request = Request::builder().uri("/api/v1/extensions");
        let request = if value.is_empty() { request } else { request.header("authorization", value.as_bytes()) };
        let answer = w.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 401, "{value}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"alo\"");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn a_login_names_its_wrong_field() {
    let w = World::new().await;
    for (body, field) in [
        (json!({ "password": "x" }), "login"),
        (json!({ "login": 5, "password": "x" }), "login"),
        (json!({ "login": "a", "password": "x", "admin": true }), "admin"),
        (json!([]), "body"),
    ] {
        let answer = w.post("", "/session", body).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field));
    }
    assert_eq!(w.post("", "/session", Value::Null).await.code(), "body_missing");
}

fn browser(method: &str, path: &str, cookie: &str, site: &str, body: Value) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("cookie", cookie)
        .header("sec-fetch-site", site)
        .header("content-type", "application/json")
        .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
        .unwrap()
}

#[tokio::test]
async fn a_browser_keeps_its_session_where_no_script_and_no_other_site_can_use_it() {
    let w = World::new().await;
    let login = json!({ "login": w.alpha.login, "password": w.alpha.password, "cookie": true });
    let answer = w.post("", "/session", login).await;
    assert_eq!((answer.status.as_u16(), answer.json().get("token")), (201, None));
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let cookie = set.split(';').next().unwrap().to_owned();

    let me = w.send(browser("GET", "/session", &cookie, "same-origin", Value::Null)).await;
    assert_eq!((me.text("role").as_str(), me.text("company_name").as_str()), ("owner", "Alpha"));
    assert!(me.json()["permissions"].as_array().unwrap().contains(&json!("manage_users")));
    let group = json!({ "name": "Sales", "strategy": "simultaneous", "ring_ms": 20000, "members": [] });
    let forged = w.send(browser("POST", "/ring-groups", &cookie, "cross-site", group)).await;
    assert_eq!(forged.status, 401);
    let out = w.send(browser("DELETE", "/session", &cookie, "same-origin", Value::Null)).await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(w.send(browser("GET", "/session", &cookie, "same-origin", Value::Null)).await.status, 401);
}

//! Links for passwords, sessions and second factors.

use crate::world::{Answer, World};
use account::link::Post;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use store::mail::take;

async fn with_mail() -> World {
    World::with(|state| state.post = Post { site: "https://alo.vn".into(), mail: true }).await
}

/// The secret in the link of the mail that waits.
async fn mailed(w: &World) -> String {
    // What is asked for without a session is made apart from the answer, and told by an event.
    let mut events = w.db.watch_events();
    loop {
        if let Some(due) = take(&w.db, i64::MAX - 1, i64::MAX).await.unwrap() {
            let (_, rest) = due.mail.text.split_once("https://alo.vn/password#").unwrap();
            return rest.split_whitespace().next().unwrap().to_owned();
        }
        events.changed().await.unwrap();
    }
}

async fn login(w: &World, login: &str, password: &str) -> Answer {
    w.post("", "/session", json!({ "login": login, "password": password })).await
}

#[tokio::test]
async fn an_invited_person_comes_in_by_the_mailed_link() {
    let w = with_mail().await;
    let new = json!({ "login": "lan", "name": "Lan", "email": "lan@example.vn", "role": "agent" });
    let made = w.post(&w.alpha.key, "/users", new).await;
    assert_eq!((made.status.as_u16(), &made.json()["invited"]), (201, &json!(true)), "{}", made.json());
    let path = format!("/users/{}/invitation", made.text("id"));
    for wrong in [json!({ "language": "fr" }), json!({ "language": 7 })] {
        let refused = w.post(&w.alpha.key, &path, wrong).await;
        assert_eq!((refused.status.as_u16(), refused.field().as_str()), (422, "language"));
    }
    let told = w.post(&w.alpha.key, &path, json!({ "language": "en" })).await;
    assert_eq!((told.status.as_u16(), told.text("mailed_to").as_str()), (201, "lan@example.vn"));
    assert_eq!(told.json()["link"], Value::Null);
    let token = mailed(&w).await;
    let shown = w.post("", "/password-links/show", json!({ "token": token })).await;
    assert_eq!((shown.text("company_name").as_str(), shown.text("purpose").as_str()), ("Alpha", "invitation"));
    let choose = |password: &str| json!({ "token": token, "password": password });
    let short = w.post("", "/password-links/use", choose("short")).await;
    assert_eq!((short.status.as_u16(), short.field().as_str()), (422, "password"));
    let long = w.post("", "/password-links/use", choose(&"x".repeat(2_000_000))).await;
    assert_eq!(long.status, 413);
    assert_eq!(w.post("", "/password-links/use", choose("long enough")).await.status, 204);
    assert_eq!(login(&w, "lan", "long enough").await.status, 201);
    let twice = w.post("", "/password-links/use", choose("another one")).await;
    assert_eq!((twice.status.as_u16(), twice.code().as_str()), (404, "link_unknown"));
    assert_eq!(w.post(&w.alpha.key, &path, json!({})).await.code(), "already_joined");
}

#[tokio::test]
async fn an_invitation_of_another_company_does_not_exist_and_agents_may_not() {
    let w = with_mail().await;
    let made = w.post(&w.alpha.key, "/users", json!({ "login": "lan", "role": "agent" })).await;
    let path = format!("/users/{}/invitation", made.text("id"));
    assert_eq!(w.post(&w.beta.key, &path, json!({})).await.status, 404);
    assert_eq!(w.delete(&w.beta.key, &path).await.status, 404);
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, &path, json!({})).await.status, 403);
    let told = w.post(&w.alpha.key, &path, json!({})).await;
    assert_eq!(told.json()["mailed_to"], Value::Null, "the login is no address");
    let token = told.text("link").split_once('#').unwrap().1.to_owned();
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
    assert_eq!(w.post("", "/password-links/show", json!({ "token": token })).await.status, 404);
}

#[tokio::test]
async fn a_forgotten_password_is_answered_alike_for_everybody() {
    let w = with_mail().await;
    let known =
        w.post(&w.alpha.key, "/users", json!({ "login": "lan@x.vn", "role": "agent", "password": "0123456789" }));
    assert_eq!(known.await.status, 201);
    let nobody = w.post("", "/password-links", json!({ "login": "nobody" })).await;
    let lan = w.post("", "/password-links", json!({ "login": "lan@x.vn" })).await;
    assert_eq!((nobody.status, &nobody.bytes), (lan.status, &lan.bytes));
    assert_eq!(lan.status, 202);
    let token = mailed(&w).await;
    let choose = json!({ "token": token, "password": "brand new one" });
    assert_eq!(w.post("", "/password-links/use", choose).await.status, 204);
    assert_eq!(login(&w, "lan@x.vn", "brand new one").await.status, 201);
    let mut last = 0;
    for _ in 0..10 {
        last = w.post("", "/password-links", json!({ "login": "nobody" })).await.status.as_u16();
    }
    assert_eq!(last, 429, "nobody floods others with mail");
}

#[tokio::test]
async fn without_mail_a_forgotten_password_says_whom_to_ask() {
    let w = World::new().await;
    let answer = w.post("", "/password-links", json!({ "login": "nobody" })).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (409, "mail_not_set"));
}

#[tokio::test]
async fn a_person_sees_and_ends_their_own_sessions_only() {
    let w = World::new().await;
    let enter = async |agent: &str| {
        let body = json!({ "login": w.alpha.login, "password": w.alpha.password }).to_string();
        let request = Request::post("/api/v1/session").header("content-type", "application/json");
        let request = request.header("user-agent", agent).body(Body::from(body)).unwrap();
        w.send(request).await.text("token")
    };
    let (here, there) = (enter("Firefox").await, enter("<script>alert(1)</script>").await);
    let open = w.get(&here, "/sessions").await.items();
    assert_eq!((open.len(), &open[1]["current"], &open[0]["current"]), (2, &json!(true), &json!(false)));
    assert_eq!((&open[1]["agent"], &open[1]["source"]), (&json!("Firefox"), &json!("127.0.0.1")));
    let path = format!("/sessions/{}", open[0]["id"].as_str().unwrap());
    let other = login(&w, &w.beta.login, &w.beta.password).await.text("token");
    assert_eq!(w.delete(&other, &path).await.status, 404);
    assert_eq!(w.delete(&here, &path).await.status, 204);
    assert_eq!(w.get(&there, "/session").await.status, 401);
    assert_eq!(w.delete(&here, &path).await.status, 404, "twice");
    let again = enter("Edge").await;
    assert_eq!(w.delete(&here, "/sessions").await.status, 204);
    assert_eq!(w.get(&again, "/session").await.status, 401);
    assert_eq!(w.get(&w.alpha.key, "/sessions").await.code(), "no_person", "a key has none");
    let me = w.get(&here, "/session").await.text("user_id");
    assert_eq!(w.delete(&w.beta.key, &format!("/users/{me}/sessions")).await.status, 404);
    assert_eq!(w.delete(&w.alpha.key, &format!("/users/{me}/sessions")).await.status, 204);
    assert_eq!(w.get(&here, "/session").await.status, 401);
    assert_eq!(w.get(&other, "/session").await.status, 200);
}

#[tokio::test]
async fn a_second_factor_needs_the_password_and_guessing_it_is_stopped() {
    let w = World::new().await;
    let me = login(&w, &w.alpha.login, &w.alpha.password).await.text("token");
    let path = "/session/second-factor";
    assert_eq!(w.get(&me, path).await.json(), json!({ "since": null, "recovery_codes_left": 0 }));
    let begun = w.post(&me, path, json!({ "password": w.alpha.password })).await;
    assert_eq!(begun.status, 201);
    assert!(begun.text("uri").contains(&begun.text("secret")));
    let confirm = format!("{path}/confirm");
    let wrong = w.post(&me, &confirm, json!({ "code": "no code" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "code"));
    let typed = w.post(&me, &confirm, json!({ "code": 123_456 })).await;
    assert_eq!((typed.status.as_u16(), typed.field().as_str()), (422, "code"));
    assert_eq!(w.post(&w.alpha.key, path, json!({ "password": "x" })).await.code(), "no_person");
    for _ in 0..9 {
        let refused = w.post(&me, path, json!({ "password": "guess" })).await;
        assert_eq!((refused.status.as_u16(), refused.field().as_str()), (422, "password"));
    }
    let right = w.post(&me, path, json!({ "password": w.alpha.password })).await;
    assert_eq!(right.code(), "too_many_attempts");
}

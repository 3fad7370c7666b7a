//! One login, many companies.

use crate::world::{Company, World};
use serde_json::json;

/// An invitation of the company for an agent: the secret of its link.
async fn invited(w: &World, company: &Company, login: &str) -> String {
    let user = w.post(&company.key, "/users", json!({ "login": login, "role": "agent" })).await.text("id");
    let told = w.post(&company.key, &format!("/users/{user}/invitation"), json!({})).await;
    told.text("link").split_once('#').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_person_joins_another_company_and_sees_one_at_a_time() {
    let w = World::new().await.with_idle_engine();
    let login = json!({ "login": w.alpha.login, "password": w.alpha.password });
    let session = w.post("", "/session", login).await.text("token");
    w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await;
    w.post(&w.beta.key, "/extensions", json!({ "number": "202" })).await;
    let link = json!({ "token": invited(&w, &w.beta, "lan@beta").await });
    assert_eq!(w.post("", "/password-links/join", link.clone()).await.status, 401, "only who is logged in");
    assert_eq!(w.post(&w.alpha.key, "/password-links/join", link.clone()).await.code(), "no_person");
    assert_eq!(w.post(&session, "/password-links/join", json!({ "token": 7 })).await.field(), "token");
    assert_eq!(w.post(&session, "/password-links/join", link.clone()).await.status, 204);
    assert_eq!(w.post(&session, "/password-links/join", link).await.status, 404, "twice");

    let all = w.get(&session, "/session/companies").await.items();
    let told: Vec<_> = all.iter().map(|one| (&one["company_name"], &one["role"], &one["current"])).collect();
    let (alpha, beta) = ((json!("Alpha"), json!("owner")), (json!("Beta"), json!("agent")));
    assert_eq!(told, [(&alpha.0, &alpha.1, &json!(true)), (&beta.0, &beta.1, &json!(false))]);
    let numbers = async || w.get(&session, "/extensions").await.items()[0]["number"].clone();
    assert_eq!(numbers().await, "101");
    let to = |company: &Company| json!({ "company_id": company.actor.tenant.to_string() });
    let there = w.put(&session, "/session/company", to(&w.beta)).await;
    assert_eq!((there.status.as_u16(), there.text("company_name").as_str()), (200, "Beta"), "{}", there.json());
    assert_eq!(there.text("role"), "agent");
    assert_eq!(numbers().await, "202");
    assert_eq!(w.get(&session, "/users").await.status, 403, "an agent there, although the owner here");
    w.put(&session, "/session/company", to(&w.alpha)).await;
    assert_eq!(numbers().await, "101");
}

#[tokio::test]
async fn nobody_goes_where_they_do_not_work() {
    let w = World::new().await;
    let login = json!({ "login": w.alpha.login, "password": w.alpha.password });
    let session = w.post("", "/session", login).await.text("token");
    let beta = w.beta.actor.tenant.to_string();
    let foreign = w.put(&session, "/session/company", json!({ "company_id": beta })).await;
    let unknown = <model::TenantId as model::Id>::from_bits(7).to_string();
    let nobodys = w.put(&session, "/session/company", json!({ "company_id": unknown })).await;
    assert_eq!((foreign.status, foreign.code()), (nobodys.status, nobodys.code()));
    assert_eq!(foreign.status, 404);
    let wrong = w.put(&session, "/session/company", json!({ "company_id": 7 })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "company_id"));
    assert_eq!(w.get(&w.alpha.key, "/session/companies").await.code(), "no_person");
    assert_eq!(w.put(&w.alpha.key, "/session/company", json!({ "company_id": beta })).await.code(), "no_person");
}

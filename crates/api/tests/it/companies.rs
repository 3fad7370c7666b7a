use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn the_operator_creates_a_company_with_its_first_key() {
    let w = World::new().await;
    let made = w.post(&w.operator.key, "/companies", json!({ "name": "Gamma", "domain": "gamma.example.com" })).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("/companies/{}", made.text("id"));
    let key = w.post(&w.operator.key, &format!("{path}/keys"), json!({ "name": "first", "role": "owner" })).await;
    assert_eq!(key.status, 201, "{}", key.json());
    let secret = key.text("secret");
    assert_eq!(w.get(&secret, &path).await.text("name"), "Gamma");
    assert!(w.get(&secret, "/extensions").await.items().is_empty());
    let person = json!({ "login": "boss@gamma", "role": "owner", "password": "a long password" });
    assert_eq!(w.post(&w.operator.key, &format!("{path}/users"), person.clone()).await.status, 201);
    let twice = w.post(&w.operator.key, &format!("{path}/users"), person).await;
    assert_eq!((twice.status.as_u16(), twice.field().as_str()), (409, "login"));
}

#[tokio::test]
async fn an_owner_sees_only_the_own_company_and_creates_none() {
    let w = World::new().await;
    let own = format!("/companies/{}", w.alpha.actor.tenant);
    assert_eq!(w.get(&w.alpha.key, &own).await.text("name"), "Alpha");
    assert_eq!(w.get(&w.beta.key, &own).await.status, 404);
    assert_eq!(w.patch(&w.beta.key, &own, json!({ "name": "Mine" })).await.status, 404);
    assert_eq!(w.get(&w.alpha.key, "/companies").await.status, 403);
    assert_eq!(w.post(&w.alpha.key, "/companies", json!({ "name": "New" })).await.status, 403);
    assert_eq!(w.post(&w.alpha.key, &format!("{own}/keys"), json!({ "name": "x" })).await.status, 403);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let w = World::new().await;
    let own = format!("/companies/{}", w.alpha.actor.tenant);
    let before = w.get(&w.alpha.key, &own).await.json();
    let after = w.patch(&w.alpha.key, &own, json!({ "record_calls": false })).await;
    assert_eq!(after.status, 200, "{}", after.json());
    assert_eq!(after.json()["record_calls"], false);
    assert_eq!(after.json()["domain"], before["domain"]);
    let wrong = w.patch(&w.alpha.key, &own, json!({ "country": "Viet Nam" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "country"));
    let domain = w.get(&w.beta.key, &format!("/companies/{}", w.beta.actor.tenant)).await.text("domain");
    let taken = w.patch(&w.alpha.key, &own, json!({ "domain": domain })).await;
    assert_eq!((taken.status.as_u16(), taken.field().as_str()), (409, "domain"));
}

#[tokio::test]
async fn companies_come_in_pages() {
    let w = World::new().await;
    let first = w.get(&w.operator.key, "/companies?limit=2").await;
    assert_eq!(first.items().len(), 2);
    let next = first.text("next");
    let second = w.get(&w.operator.key, &format!("/companies?limit=2&after={next}")).await;
    assert_eq!(second.items().len(), 1);
    assert!(second.json()["next"].is_null());
    assert_eq!(w.get(&w.operator.key, "/companies?limit=0").await.field(), "limit");
    assert_eq!(w.get(&w.operator.key, "/companies?colour=red").await.field(), "colour");
}

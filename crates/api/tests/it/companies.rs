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

fn quota(w: &World) -> String {
    format!("/companies/{}/quota", w.alpha.actor.tenant)
}

#[tokio::test]
async fn the_operator_sets_what_a_company_may_take() {
    let w = World::new().await;
    let unbounded = json!({ "calls": 0, "calls_per_second": 0, "registrations": 0, "clicks_per_minute": 0,
        "api_requests_per_second": 0 });
    assert_eq!(w.get(&w.alpha.key, &quota(&w)).await.json(), unbounded);
    let wanted = json!({ "calls": 7, "registrations": 20 });
    let set = w.put(&w.operator.key, &quota(&w), wanted).await;
    assert_eq!(set.status, 200, "{}", set.json());
    let seen = w.get(&w.alpha.key, &quota(&w)).await.json();
    assert_eq!((&seen["calls"], &seen["registrations"], &seen["calls_per_second"]), (&json!(7), &json!(20), &json!(0)));
    assert_eq!(w.put(&w.operator.key, &quota(&w), json!({})).await.json(), unbounded, "what is left out has no bound");
}

#[tokio::test]
async fn a_quota_is_the_operators_alone_and_another_company_does_not_see_it() {
    let w = World::new().await;
    let own = w.put(&w.alpha.key, &quota(&w), json!({ "calls": 1_000 })).await;
    assert_eq!((own.status.as_u16(), own.code().as_str()), (403, "permission_missing"));
    assert_eq!(w.get(&w.beta.key, &quota(&w)).await.status, 404);
    assert_eq!(w.put(&w.beta.key, &quota(&w), json!({ "calls": 1 })).await.status, 403);
    assert_eq!(w.get(&w.operator.key, "/companies/ten_00000000000000000000000000/quota").await.status, 404);
}

#[tokio::test]
async fn figures_of_a_quota_are_numbers_within_reason() {
    let w = World::new().await;
    for wrong in [json!({ "calls": 1_000_001 }), json!({ "api_requests_per_second": 4_000_000_000_u64 })] {
        let refused = w.put(&w.operator.key, &quota(&w), wrong.clone()).await;
        let named = wrong.as_object().and_then(|fields| fields.keys().next()).expect("a field");
        assert_eq!((refused.status.as_u16(), &refused.field()), (422, named), "{wrong}");
    }
    for wrong in [json!({ "calls": -1 }), json!({ "calls": "7" }), json!({ "calls": 1.5 }), json!({ "size": 1 })] {
        assert_eq!(w.put(&w.operator.key, &quota(&w), wrong.clone()).await.status, 422, "{wrong}");
    }
    assert_eq!(w.get(&w.alpha.key, &quota(&w)).await.json()["calls"], 0, "nothing was kept");
}

#[tokio::test]
async fn a_company_makes_as_many_requests_as_its_quota_and_others_are_not_touched() {
    let w = World::new().await;
    let login = json!({ "login": w.alpha.login, "password": w.alpha.password });
    let session = w.post("", "/session", login).await.text("token");
    w.put(&w.operator.key, &quota(&w), json!({ "api_requests_per_second": 3 })).await;
    // Keys and people count together; a burst is over before a second is.
    let mut refused = None;
    for bearer in [&w.alpha.key, &session].into_iter().cycle().take(200) {
        let answer = w.get(bearer, "/extensions").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 200);
    }
    let refused = refused.expect("more than the quota");
    assert_eq!(refused.code(), "quota_reached");
    assert_eq!(refused.headers.get("retry-after").map(|v| v.as_bytes()), Some(&b"1"[..]));
    for _ in 0..20 {
        assert_eq!(w.get(&w.beta.key, "/extensions").await.status, 200);
    }
    let told = store::outbox::read(&w.db, Some(w.alpha.actor.tenant), 0, 500).await.expect("events");
    let told: Vec<_> = told.iter().filter(|event| event.kind == "overload.quota_reached").collect();
    assert_eq!(told.len(), 1, "once a minute");
    assert!(told[0].data.contains("api_requests_per_second"), "{}", told[0].data);
}

#[tokio::test]
async fn a_suspended_company_does_nothing_until_it_is_resumed() {
    let w = World::new().await;
    let path = format!("/companies/{}/suspension", w.alpha.actor.tenant);
    let login = json!({ "login": w.alpha.login, "password": w.alpha.password });
    let session = w.post("", "/session", login.clone()).await.text("token");
    for refused in [w.put(&w.alpha.key, &path, json!(null)).await, w.delete(&w.beta.key, &path).await] {
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "permission_missing"));
    }
    let own = format!("/companies/{}/suspension", w.operator.actor.tenant);
    assert_eq!(w.put(&w.operator.key, &own, json!(null)).await.code(), "own_company");
    let done = w.put(&w.operator.key, &path, json!(null)).await;
    assert!(done.status == 200 && done.json()["suspended_at"].is_i64(), "{}", done.json());
    assert_eq!(w.put(&w.operator.key, &path, json!(null)).await.json(), done.json(), "twice is once");
    assert_eq!(w.get(&w.alpha.key, "/extensions").await.code(), "company_suspended");
    assert_eq!(w.get(&session, "/extensions").await.status, 401);
    assert_eq!(w.post("", "/session", login.clone()).await.code(), "company_suspended");
    assert_eq!(w.get(&w.beta.key, "/extensions").await.status, 200, "the others go on");
    let back = w.delete(&w.operator.key, &path).await;
    assert!(back.json()["suspended_at"].is_null(), "{}", back.json());
    assert_eq!(w.get(&w.alpha.key, "/extensions").await.status, 200);
    assert_eq!(w.post("", "/session", login).await.status, 201);
}

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

#[tokio::test]
async fn what_each_role_may_do_to_whom() {
    let w = World::new().await;
    let manager = w.key(&w.alpha, "manager").await;
    let agent = w.key(&w.alpha, "agent").await;
    let owner = w.alpha.key.clone();
    let person = |login: &str, role: &str| json!({ "login": login, "role": role, "password": "0123456789" });
    let mut made = std::collections::HashMap::new();
    for (who, key, may) in
        [("owner", &owner, ["manager", "agent"].as_slice()), ("manager", &manager, &["agent"]), ("agent", &agent, &[])]
    {
        for role in ["owner", "manager", "agent"] {
            let answer = w.post(key, "/users", person(&format!("{role}-by-{who}@a"), role)).await;
            // Owners may have other owners beside them.
            let expected = if may.contains(&role) || (who, role) == ("owner", "owner") { 201 } else { 403 };
            assert_eq!(answer.status, expected, "{who} makes {role}: {}", answer.json());
            if expected == 201 {
                made.insert((who, role), answer.text("id"));
            }
        }
    }
    let remove = |key: &str, id: &str| {
        let (key, path) = (key.to_owned(), format!("/users/{id}"));
        let w = &w;
        async move { w.delete(&key, &path).await.status.as_u16() }
    };
    let (peer, boss) = (&made[&("owner", "manager")], &made[&("owner", "owner")]);
    assert_eq!([remove(&manager, peer).await, remove(&manager, boss).await, remove(&agent, peer).await], [403; 3]);
    for path in ["sessions", "second-factor", "invitation"] {
        assert_eq!(w.delete(&manager, &format!("/users/{peer}/{path}")).await.status, 403, "{path} of a peer");
    }
    let lan = &made[&("manager", "agent")];
    let extension = w.post(&owner, "/extensions", json!({ "number": "101" })).await.text("id");
    let at = format!("/extensions/{extension}");
    w.patch(&owner, &at, json!({ "user": lan })).await;
    let held = w.delete(&manager, &format!("/users/{lan}")).await;
    assert_eq!((held.status.as_u16(), held.code().as_str()), (409, "extension_assigned"));
    w.patch(&owner, &at, json!({ "user": null })).await;
    assert_eq!(w.patch(&owner, &at, json!({ "user": boss })).await.status, 200, "it can be given away again");
    assert_eq!([remove(&manager, lan).await, remove(&manager, lan).await, remove(&owner, peer).await], [204, 404, 204]);
    assert_eq!(w.delete(&w.beta.key, &format!("/users/{boss}")).await.status, 404);
}

#[tokio::test]
async fn a_number_that_somebody_has_is_refused() {
    let w = World::new().await;
    let department = w.post(&w.alpha.key, "/departments", json!({ "name": "Care" })).await.text("id");
    let lan = json!({ "login": "lan@a", "role": "agent", "phone": "0901 234 567", "department": department });
    let made = w.post(&w.alpha.key, "/users", lan).await.json();
    assert_eq!((made["phone"].as_str(), made["department"].as_str()), (Some("+84901234567"), Some(&*department)));
    let same =
        w.post(&w.alpha.key, "/users", json!({ "login": "hoa@a", "role": "agent", "phone": "84901234567" })).await;
    assert_eq!((same.status.as_u16(), same.code().as_str(), same.field().as_str()), (409, "phone_of_another", "phone"));
    let wrong = w.post(&w.alpha.key, "/users", json!({ "login": "hoa@a", "role": "king" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "role"));
}

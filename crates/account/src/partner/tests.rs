use super::{Authorization, NewRequest, acting_for, authorize, companies, grant, pending, repo};
use crate::key::{self, Rotation};
use crate::tenant::{self, NewTenant, Tenant};
use crate::{Gate, bootstrap};
use model::{Actor, Dialect, Role, TenantId};
use std::net::Ipv4Addr;
use store::Walk;
use store::testing::{TestDb, on_both};

/// A partner and two companies.
async fn world(db: &TestDb) -> (Actor, Actor, Actor) {
    let operator = Actor::system(bootstrap::run(db, "Host").await.expect("a company").tenant.id);
    let mut actors = Vec::new();
    for name in ["Partner", "Shop", "Other"] {
        let Tenant { id, .. } = tenant::create(&operator, db, NewTenant::named(name)).await.expect("a company");
        actors.push(Actor { tenant: id, role: Role::Owner, user: None, key: None });
    }
    let mut actors = actors.into_iter();
    let mut next = || actors.next().expect("three companies");
    (next(), next(), next())
}

fn wish(company: Option<TenantId>) -> NewRequest {
    NewRequest { company, redirect_url: "https://crm.example/back".into(), ..NewRequest::default() }
}

async fn asked(partner: &Actor, db: &TestDb, company: Option<TenantId>) -> String {
    match authorize(partner, db, wish(company)).await.expect("an answer") {
        Authorization::Asked(token) => token,
        Authorization::Granted(_) => panic!("nobody granted it"),
    }
}

#[tokio::test]
async fn a_company_grants_a_partner_a_key_once_and_takes_it_back() {
    on_both(async |db: &TestDb| {
        let (partner, shop, other) = world(db).await;
        let token = asked(&partner, db, None).await;
        assert_eq!(pending(db, &token).await.expect("it is pending").partner.id, partner.tenant);
        let granted = grant(&shop, db, &token).await.expect("it is granted");
        assert_eq!(granted.redirect_url, "https://crm.example/back");
        assert_eq!(grant(&shop, db, &token).await.expect_err("it is used up").code, "request_ended");
        assert_eq!(pending(db, &token).await.expect_err("it is used up").code, "request_ended");

        let Authorization::Granted(secret) = authorize(&partner, db, wish(Some(shop.tenant))).await.expect("a key")
        else {
            panic!("it was granted")
        };
        let gate = Gate::new((**db).clone());
        let source = Ipv4Addr::LOCALHOST.into();
        let actor = gate.admit_key(Dialect::Etelecom, &secret, source).await.expect("the key counts");
        assert_eq!((actor.tenant, actor.role), (shop.tenant, Role::Owner));
        assert_eq!(acting_for(&partner, db, shop.tenant).await.expect("it may").key, actor.key);
        let all = || Walk { from: None, upward: true, limit: 10 };
        let names: Vec<String> =
            companies(&partner, db, all()).await.expect("a list").0.into_iter().map(|t| t.name).collect();
        assert_eq!(names, ["Shop"]);
        let unknown = authorize(&partner, db, wish(Some(other.tenant))).await.expect_err("it never granted");
        assert_eq!(unknown.code, "company_unknown");
        assert_eq!(companies(&other, db, all()).await.expect("a list"), (vec![], false));

        let key = actor.key.expect("a key");
        let rotated = key::rotate(&shop, db, key, Rotation::default()).await.expect_err("a partner holds it");
        assert_eq!(rotated.code, "key_of_partner");
        key::revoke(&shop, db, key).await.expect("it is revoked");
        assert!(acting_for(&partner, db, shop.tenant).await.is_err());
        let again = asked(&partner, db, Some(shop.tenant)).await;
        assert_eq!(grant(&other, db, &again).await.expect_err("another company").code, "other_company");
        grant(&shop, db, &again).await.expect("it is granted anew");
        assert!(acting_for(&partner, db, shop.tenant).await.is_ok_and(|actor| actor.key != Some(key)));
    })
    .await;
}

#[tokio::test]
async fn a_new_grant_ends_the_key_before_and_an_operator_gives_no_more_than_a_company() {
    on_both(async |db: &TestDb| {
        let (partner, shop, _) = world(db).await;
        grant(&shop, db, &asked(&partner, db, None).await).await.expect("granted");
        let first = acting_for(&partner, db, shop.tenant).await.expect("it may").key.expect("a key");
        let operator = Actor { role: Role::Operator, ..shop.clone() };
        grant(&operator, db, &asked(&partner, db, None).await).await.expect("granted again");
        let second = acting_for(&partner, db, shop.tenant).await.expect("it may");
        assert_eq!(second.role, Role::Owner);
        let keys = key::list(&shop, db, model::PageRequest::first()).await.expect("keys").items;
        let revoked = |id| keys.iter().find(|key| Some(key.id) == id).is_some_and(|key| key.revoked_at.is_some());
        assert!(revoked(Some(first)) && !revoked(second.key));
        let agent = Actor { role: Role::Agent, ..shop };
        let token = asked(&partner, db, None).await;
        assert_eq!(grant(&agent, db, &token).await.expect_err("no right").code, "permission_missing");
        assert!(pending(db, &token).await.is_ok(), "a refusal uses nothing up");
    })
    .await;
}

#[tokio::test]
async fn a_request_is_over_after_its_time() {
    on_both(async |db: &TestDb| {
        let (partner, shop, _) = world(db).await;
        let hash = crate::key::secret::digest(&asked(&partner, db, None).await);
        let (now, life) = (store::now().as_millis(), super::REQUEST_S * 1000);
        let mut tx = db.write(shop.tenant).await.expect("a transaction");
        let found = |at| (at, at < now + life);
        for (at, there) in [found(now), found(now + life - 60_000), found(now + life + 60_000)] {
            assert_eq!(repo::find_request(&mut tx, &hash, at).await.expect("read").is_some(), there);
        }
        assert!(!repo::use_request(&mut tx, partner.tenant, &hash, now + life + 60_000).await.expect("read"));
        assert!(!repo::use_request(&mut tx, shop.tenant, &hash, now).await.expect("read"), "it is the partner's");
        assert!(repo::use_request(&mut tx, partner.tenant, &hash, now).await.expect("used"));
        assert!(repo::find_request(&mut tx, &hash, now).await.expect("read").is_none());
    })
    .await;
}

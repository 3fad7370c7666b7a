use super::{NewKey, create, digest, list, repo, revoke};
use crate::session::authenticate;
use crate::tenant::{self, NewTenant};
use model::{Actor, Kind, PageRequest, Problem, Role};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Owner, ..Actor::system(made.id) }
}

fn new(role: Option<Role>) -> NewKey {
    NewKey { name: "CRM".into(), role, expires_at: None }
}

#[tokio::test]
async fn a_key_acts_for_its_company_until_it_is_revoked() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let made = create(&owner, db, new(None)).await.expect("created");
        assert!(made.secret.starts_with("alo_") && made.secret.starts_with(&made.key.hint));
        let actor = authenticate(db, &made.secret).await.expect("known");
        assert_eq!((actor.tenant, actor.role, actor.key), (owner.tenant, Role::Manager, Some(made.key.id)));
        let listed = list(&owner, db, PageRequest::first()).await.expect("a page").items;
        assert!(listed[0].last_used_at.is_some());
        assert!(!format!("{listed:?}").contains(&made.secret));
        revoke(&owner, db, made.key.id).await.expect("revoked");
        let again = revoke(&owner, db, made.key.id).await.expect("revoked twice");
        assert!(again.revoked_at.is_some());
        assert_eq!(authenticate(db, &made.secret).await.expect_err("revoked").kind, Kind::Unauthenticated);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_key_looks_like_an_unknown_one() {
    on_both(async |db: &TestDb| {
        let unknown = authenticate(db, "alo_00000000000000000000000000000000").await.expect_err("unknown");
        for text in ["", "alo_", "als_x", "Bearer x", "alo_' or 1=1 --"] {
            assert_eq!(authenticate(db, text).await.expect_err("no key"), unknown, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "Ours").await, company(db, "Theirs").await);
        let made = create(&ours, db, new(None)).await.expect("created");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        assert_eq!(revoke(&theirs, db, made.key.id).await, Err(Problem::not_found("API key")));
        assert!(authenticate(db, &made.secret).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_key_has_a_name_and_no_more_rights_than_its_maker() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        assert_eq!(create(&owner, db, new(Some(Role::Operator))).await.expect_err("too high").kind, Kind::Forbidden);
        let nameless = NewKey { name: " ".into(), role: None, expires_at: None };
        assert_eq!(create(&owner, db, nameless).await.expect_err("nameless").fields[0].name, "name");
        let agent = Actor { role: Role::Agent, ..owner };
        assert_eq!(create(&agent, db, new(Some(Role::Agent))).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn a_key_stops_counting_when_its_time_is_over() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let past = NewKey { expires_at: Some(1), ..new(None) };
        assert_eq!(create(&owner, db, past).await.expect_err("over already").fields[0].name, "expires_at");
        let end = store::now().as_millis() + 60_000;
        let made = create(&owner, db, NewKey { expires_at: Some(end), ..new(None) }).await.expect("created");
        assert!(authenticate(db, &made.secret).await.is_ok());
        let mut tx = db.system().await.expect("a transaction");
        let at_the_end = repo::find_bearer(&mut tx, &digest(&made.secret), end).await.expect("a read");
        assert!(at_the_end.is_none());
    })
    .await;
}

use super::{NewUser, UserPatch, change_password, create, get, list, update};
use crate::gate::testing::authenticate;
use crate::session::testing::login;
use crate::tenant::{self, NewTenant};
use model::{Actor, Kind, PageRequest, Problem, Role};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Owner, ..Actor::system(made.id) }
}

fn person(login: &str, role: Role) -> NewUser {
    NewUser { login: login.into(), name: "Lan".into(), email: None, role, password: Some("long enough".into()) }
}

#[tokio::test]
async fn a_login_is_unique_in_the_installation_whatever_its_case() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "Ours").await, company(db, "Theirs").await);
        let lan = create(&ours, db, person("Lan@acme.vn", Role::Agent)).await.expect("created");
        assert_eq!(lan.login, "lan@acme.vn");
        let clash = create(&theirs, db, person("lan@ACME.vn", Role::Agent)).await.expect_err("taken");
        assert_eq!((clash.code, clash.fields[0].name.as_str()), ("login_taken", "login"));
        assert_eq!(get(&ours, db, lan.id).await.expect("found"), lan);
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "Ours").await, company(db, "Theirs").await);
        let lan = create(&ours, db, person("lan", Role::Agent)).await.expect("created");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("user");
        assert_eq!(get(&theirs, db, lan.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, lan.id, enabled(false)).await, Err(hidden.clone()));
        assert_eq!(change_password(&theirs, db, lan.id, None, "brand new one".into()).await, Err(hidden));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, [lan]);
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let manager = Actor { role: Role::Manager, ..owner.clone() };
        assert_eq!(
            create(&manager, db, person("boss", Role::Owner)).await.expect_err("too high").kind,
            Kind::Forbidden
        );
        assert_eq!(
            create(&owner, db, person("root", Role::Operator)).await.expect_err("too high").kind,
            Kind::Forbidden
        );
        let boss = create(&owner, db, person("boss", Role::Owner)).await.expect("created");
        assert_eq!(update(&manager, db, boss.id, enabled(false)).await.expect_err("too high").code, "role_too_high");
        let reset = change_password(&manager, db, boss.id, None, "brand new one".into()).await;
        assert_eq!(reset.expect_err("too high").code, "role_too_high");
        let agent = Actor { role: Role::Agent, ..owner };
        assert_eq!(list(&agent, db, PageRequest::first()).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_the_old_one() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let lan = create(&owner, db, person("lan", Role::Manager)).await.expect("created");
        let session = login(db, "LAN", "long enough".into()).await.expect("logged in");
        let me = authenticate(db, &session.token).await.expect("known");
        assert_eq!((me.tenant, me.user, me.role), (owner.tenant, Some(lan.id), Role::Manager));
        let wrong = change_password(&me, db, lan.id, Some("not it at all".into()), "brand new one".into()).await;
        assert_eq!(wrong.expect_err("refused").fields[0].name, "old_password");
        let short = change_password(&me, db, lan.id, Some("long enough".into()), "short".into()).await;
        assert_eq!(short.expect_err("refused").fields[0].name, "password");
        change_password(&me, db, lan.id, Some("long enough".into()), "brand new one".into()).await.expect("changed");
        assert_eq!(authenticate(db, &session.token).await.expect_err("ended").kind, Kind::Unauthenticated);
        assert!(login(db, "lan", "long enough".into()).await.is_err());
        assert!(login(db, "lan", "brand new one".into()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let lan = create(&owner, db, person("lan", Role::Agent)).await.expect("created");
        let session = login(db, "lan", "long enough".into()).await.expect("logged in");
        let me = authenticate(db, &session.token).await.expect("known");
        assert_eq!(update(&owner, db, lan.id, enabled(false)).await.map(|user| user.enabled), Ok(false));
        assert!(authenticate(db, &session.token).await.is_err());
        assert!(login(db, "lan", "long enough".into()).await.is_err());
        let locking = Actor { role: Role::Owner, ..me };
        assert_eq!(update(&locking, db, lan.id, enabled(true)).await.expect_err("own").code, "own_user");
    })
    .await;
}

fn enabled(enabled: bool) -> UserPatch {
    UserPatch { enabled: Some(enabled), ..UserPatch::default() }
}

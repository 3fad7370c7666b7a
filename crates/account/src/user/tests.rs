use super::{NewUser, UserPatch, change_password, create, create_with, get, list, remove, update};
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
        let peer = create(&owner, db, person("peer", Role::Manager)).await.expect("an owner makes managers");
        assert_eq!(create(&manager, db, person("x", Role::Manager)).await.expect_err("a peer").code, "role_too_high");
        assert_eq!(update(&manager, db, peer.id, enabled(false)).await.expect_err("a peer").code, "role_too_high");
        let lan = create(&manager, db, person("lan2", Role::Agent)).await.expect("a manager makes agents");
        let raise = UserPatch { role: Some(Role::Manager), ..UserPatch::default() };
        assert_eq!(update(&manager, db, lan.id, raise).await.expect_err("a peer to be").code, "role_too_high");
        let itself = Actor { user: Some(peer.id), ..manager.clone() };
        let name = UserPatch { name: Some("Hoa".into()), ..UserPatch::default() };
        assert_eq!(update(&itself, db, peer.id, name).await.expect("one's own name").name, "Hoa");
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

#[tokio::test]
async fn who_is_removed_is_gone_at_once_and_only_by_those_above() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let manager = Actor { role: Role::Manager, ..owner.clone() };
        let peer = create(&owner, db, person("peer", Role::Manager)).await.expect("created");
        let boss = create(&owner, db, person("boss", Role::Owner)).await.expect("created");
        let lan = create(&manager, db, person("lan", Role::Agent)).await.expect("created");
        for above in [peer.id, boss.id] {
            assert_eq!(remove(&manager, db, above).await.expect_err("not below").code, "role_too_high");
        }
        let itself = Actor { user: Some(peer.id), ..manager.clone() };
        assert_eq!(remove(&itself, db, peer.id).await.expect_err("oneself").code, "own_user");
        let session = login(db, "lan", "long enough".into()).await.expect("logged in");
        remove(&manager, db, lan.id).await.expect("removed");
        assert!(authenticate(db, &session.token).await.is_err(), "the session has ended");
        assert_eq!(get(&owner, db, lan.id).await, Err(Problem::not_found("user")));
        assert_eq!(remove(&manager, db, lan.id).await, Err(Problem::not_found("user")), "twice");
        remove(&owner, db, peer.id).await.expect("an owner removes managers");
        create(&owner, db, person("lan", Role::Agent)).await.expect("the login is free again");
        let other = company(db, "Theirs").await;
        assert_eq!(remove(&other, db, boss.id).await, Err(Problem::not_found("user")));
    })
    .await;
}

#[tokio::test]
async fn no_two_of_a_company_have_one_number() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let phone = |text: &str| UserPatch { phone: Some(Some(text.into())), ..UserPatch::default() };
        let made = create_with(&owner, db, person("lan", Role::Agent), phone("0901 234 567")).await.expect("created");
        assert_eq!(made.phone.as_deref(), Some("+84901234567"));
        let same = create_with(&owner, db, person("hoa", Role::Agent), phone("+84901234567")).await;
        let same = same.expect_err("taken");
        assert_eq!((same.code, same.fields[0].name.as_str()), ("phone_of_another", "phone"));
        create(&owner, db, person("hoa", Role::Agent)).await.expect("nothing was left of it");
        assert_eq!(update(&owner, db, made.id, phone("x")).await.expect_err("no number").fields[0].name, "phone");
        let other = company(db, "Theirs").await;
        create_with(&other, db, person("mai", Role::Agent), phone("0901234567")).await.expect("another company's");
        assert_eq!(get(&owner, db, made.id).await.expect("found").phone.as_deref(), Some("+84901234567"));
    })
    .await;
}

use super::{list, switch};
use crate::gate::testing::authenticate;
use crate::link::{self, Language, Post};
use crate::session::testing::login;
use crate::tenant::{self, NewTenant};
use crate::user::{self, NewUser, UserPatch};
use crate::{factor, session};
use model::{Actor, Kind, Role, UserId};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

const PASSWORD: &str = "a password of Lan";

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Owner, ..Actor::system(made.id) }
}

fn person(login: &str, role: Role, password: Option<&str>) -> NewUser {
    NewUser { login: login.into(), name: "Lan".into(), email: None, role, password: password.map(str::to_owned) }
}

/// An invitation of the company for a manager: the user and the secret of the link.
async fn invited(db: &Db, owner: &Actor, login: &str) -> (UserId, String) {
    let made = user::create(owner, db, person(login, Role::Manager, None)).await.expect("created");
    let post = Post { site: "https://alo.vn".into(), mail: false };
    let told = link::invite(owner, db, &post, made.id, Language::En).await.expect("invited");
    let link = told.link.expect("a link");
    (made.id, link.split_once('#').expect("a secret").1.to_owned())
}

struct Lan {
    sen: Actor,
    mai: Actor,
    at_sen: UserId,
    at_mai: UserId,
    token: String,
    actor: Actor,
}

/// An agent of Sen who is a manager of Mai too.
async fn lan(db: &Db) -> Lan {
    let (sen, mai) = (company(db, "Sen").await, company(db, "Mai").await);
    let at_sen = user::create(&sen, db, person("lan@sen", Role::Agent, Some(PASSWORD))).await.expect("created").id;
    let (at_mai, link) = invited(db, &mai, "lan@mai").await;
    let token = login(db, "lan@sen", PASSWORD.into()).await.expect("logged in").token;
    let actor = authenticate(db, &token).await.expect("known");
    link::join(&actor, db, &link).await.expect("joined");
    Lan { sen, mai, at_sen, at_mai, token, actor }
}

#[tokio::test]
async fn who_joins_has_a_role_in_each_company_and_goes_from_one_to_the_other() {
    on_both(async |db: &TestDb| {
        let lan = lan(db).await;
        let all = list(&lan.actor, db).await.expect("listed");
        let told: Vec<_> = all.iter().map(|one| (one.company_name.as_str(), one.role, one.current)).collect();
        assert_eq!(told, [("Mai", Role::Manager, false), ("Sen", Role::Agent, true)]);
        switch(&lan.actor, db, &lan.token, lan.mai.tenant).await.expect("switched");
        let there = authenticate(db, &lan.token).await.expect("known");
        assert_eq!((there.tenant, there.role, there.user), (lan.mai.tenant, Role::Manager, Some(lan.at_mai)));
        assert_eq!(list(&there, db).await.expect("listed").iter().filter(|one| one.current).count(), 1);
        switch(&there, db, &lan.token, lan.sen.tenant).await.expect("back");
        assert_eq!(authenticate(db, &lan.token).await.expect("known").user, Some(lan.at_sen));
    })
    .await;
}

#[tokio::test]
async fn a_company_that_one_does_not_work_for_looks_like_none() {
    on_both(async |db: &TestDb| {
        let lan = lan(db).await;
        let stranger = company(db, "Cúc").await;
        for foreign in [stranger.tenant, mint()] {
            let problem = switch(&lan.actor, db, &lan.token, foreign).await.expect_err("refused");
            assert_eq!(problem.kind, Kind::NotFound);
        }
        let off = UserPatch { enabled: Some(false), ..UserPatch::default() };
        user::update(&lan.mai, db, lan.at_mai, off).await.expect("let go");
        let problem = switch(&lan.actor, db, &lan.token, lan.mai.tenant).await.expect_err("refused");
        assert_eq!(problem.kind, Kind::NotFound, "one that has let one go");
        assert!(authenticate(db, &lan.token).await.is_ok(), "the others stay");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_counts_once_and_nobody_joins_twice() {
    on_both(async |db: &TestDb| {
        let lan = lan(db).await;
        let (_, link) = invited(db, &lan.mai, "lan.again@mai").await;
        assert_eq!(link::join(&lan.actor, db, &link).await.expect_err("a member").code, "already_member");
        let cuc = company(db, "Cúc").await;
        let (_, link) = invited(db, &cuc, "lan@cuc").await;
        assert_eq!(link::join(&cuc, db, &link).await.expect_err("no person").code, "no_person");
        link::join(&lan.actor, db, &link).await.expect("joined");
        assert_eq!(link::join(&lan.actor, db, &link).await.expect_err("used").code, "link_unknown");
        let chosen = link::redeem(db, &link, "a password of mine".into()).await;
        assert_eq!(chosen.expect_err("used").code, "link_unknown");
    })
    .await;
}

#[tokio::test]
async fn no_company_takes_an_account_that_opens_another() {
    on_both(async |db: &TestDb| {
        let lan = lan(db).await;
        for (manager, id) in [(&lan.sen, lan.at_sen), (&lan.mai, lan.at_mai)] {
            let new = "chosen by another".to_owned();
            let password = user::change_password(manager, db, id, None, new).await.expect_err("refused");
            let mail = UserPatch { email: Some(Some("other@example.vn".into())), ..UserPatch::default() };
            let mail = user::update(manager, db, id, mail).await.expect_err("refused");
            let factor = factor::reset(manager, db, id).await.expect_err("refused");
            for problem in [password, mail, factor] {
                assert_eq!(problem.code, "shared_account");
            }
        }
        assert!(login(db, "lan@mai", String::new()).await.is_err(), "the second name opens nothing");
    })
    .await;
}

#[tokio::test]
async fn the_own_password_is_changed_from_any_company_and_ends_the_sessions_of_all() {
    on_both(async |db: &TestDb| {
        let lan = lan(db).await;
        let other = login(db, "lan@sen", PASSWORD.into()).await.expect("logged in").token;
        let there = switch(&lan.actor, db, &lan.token, lan.mai.tenant).await.expect("switched");
        assert_eq!(session::list(&there, db, &lan.token).await.expect("listed").len(), 2);
        let (old, new) = (Some(PASSWORD.to_owned()), "a newer password".to_owned());
        user::change_password(&there, db, lan.at_mai, old, new).await.expect("changed");
        for token in [&lan.token, &other] {
            assert!(authenticate(db, token).await.is_err());
        }
        assert!(login(db, "lan@sen", "a newer password".into()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn who_was_let_go_at_home_comes_in_where_they_still_work() {
    on_both(async |db: &TestDb| {
        let lan = lan(db).await;
        let off = UserPatch { enabled: Some(false), ..UserPatch::default() };
        user::update(&lan.sen, db, lan.at_sen, off).await.expect("let go");
        assert!(authenticate(db, &lan.token).await.is_err());
        let session = login(db, "lan@sen", PASSWORD.into()).await.expect("logged in");
        assert_eq!(session.user.id, lan.at_mai);
        let companies = list(&authenticate(db, &session.token).await.expect("known"), db).await.expect("listed");
        assert_eq!(companies.len(), 1, "not the one that let go");
    })
    .await;
}

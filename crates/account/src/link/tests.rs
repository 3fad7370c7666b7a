use super::{Language, Post, Purpose, forgotten, invite, redeem, revoke, show};
use crate::session::testing::login;
use crate::tenant::{self, NewTenant};
use crate::user::{self, NewUser, UserPatch};
use model::{Actor, Kind, Role};
use store::mail::{NewMail, take};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Owner, ..Actor::system(made.id) }
}

fn lan(login: &str, email: Option<&str>, password: Option<&str>) -> NewUser {
    let (login, email) = (login.to_owned(), email.map(str::to_owned));
    NewUser { login, name: "Lan".into(), email, role: Role::Agent, password: password.map(str::to_owned) }
}

fn post(mail: bool) -> Post {
    Post { site: "https://alo.vn/".into(), mail }
}

async fn mailed(db: &Db) -> Option<NewMail> {
    take(db, i64::MAX - 1, i64::MAX).await.expect("a look").map(|due| due.mail)
}

/// The secret behind the `#` of the link in a text.
fn token(text: &str) -> String {
    let (_, rest) = text.split_once("https://alo.vn/password#").expect("a link");
    rest.split_whitespace().next().expect("a secret").to_owned()
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_once() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Công ty Ánh Dương").await;
        let made = user::create(&owner, db, lan("lan", Some("Lan@Example.VN"), None)).await.expect("created");
        assert!(made.invited && made.email.as_deref() == Some("lan@example.vn"));
        assert!(login(db, "lan", String::new()).await.is_err(), "no password is none that fits");
        let told = invite(&owner, db, &post(true), made.id, Language::Vi).await.expect("invited");
        assert_eq!((told.mailed_to.as_deref(), told.link), (Some("lan@example.vn"), None));
        let mail = mailed(db).await.expect("a mail");
        assert!(mail.subject.contains("Công ty Ánh Dương") && mail.text.contains("Chào Lan"), "{mail:?}");
        let secret = token(&mail.text);
        let shown = show(db, &secret).await.expect("known");
        assert_eq!((shown.purpose, shown.login.as_str()), (Purpose::Invitation, "lan"));
        assert_eq!(redeem(db, &secret, "short".into()).await.expect_err("short").fields[0].name, "password");
        redeem(db, &secret, "long enough".into()).await.expect("chosen");
        assert!(login(db, "lan", "long enough".into()).await.is_ok());
        assert_eq!(redeem(db, &secret, "another one".into()).await.expect_err("used").code, "link_unknown");
        assert_eq!(show(db, &secret).await.expect_err("used").kind, Kind::NotFound);
        let again = invite(&owner, db, &post(true), made.id, Language::Vi).await;
        assert_eq!(again.expect_err("has a password").code, "already_joined");
    })
    .await;
}

#[tokio::test]
async fn without_mail_the_link_is_told_and_a_new_one_ends_the_old() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let made = user::create(&owner, db, lan("lan", Some("lan@example.vn"), None)).await.expect("created");
        let link = async |mail| invite(&owner, db, &post(mail), made.id, Language::En).await.expect("invited").link;
        let (first, second) = (link(false).await.expect("told"), link(false).await.expect("told"));
        assert!(show(db, &token(&first)).await.is_err() && show(db, &token(&second)).await.is_ok());
        revoke(&owner, db, made.id).await.expect("taken back");
        assert!(show(db, &token(&second)).await.is_err());
        let third = link(false).await.expect("told");
        let out = UserPatch { enabled: Some(false), ..UserPatch::default() };
        user::update(&owner, db, made.id, out).await.expect("locked out");
        assert!(redeem(db, &token(&third), "long enough".into()).await.is_err());
        assert!(mailed(db).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn who_forgot_the_password_gets_one_mail_and_nobody_learns_who_is_known() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let made = lan("lan", Some("lan@example.vn"), Some("first password"));
        let made = user::create(&owner, db, made).await.expect("created");
        for nobody in ["nobody", "", "x@example.vn"] {
            forgotten(db, &post(true), nobody, Language::En).await.expect("nothing is told");
        }
        assert!(mailed(db).await.is_none());
        forgotten(db, &post(true), " LAN@example.vn ", Language::En).await.expect("mailed");
        forgotten(db, &post(true), "lan", Language::En).await.expect("not again at once");
        let secret = token(&mailed(db).await.expect("a mail").text);
        let old = login(db, "lan", "first password".into()).await.expect("the old one counts until then");
        redeem(db, &secret, "second password".into()).await.expect("chosen");
        assert!(crate::gate::testing::authenticate(db, &old.token).await.is_err(), "sessions end");
        assert!(login(db, "lan", "first password".into()).await.is_err());
        assert_eq!(login(db, "lan", "second password".into()).await.map(|s| s.user.id), Ok(made.id));
    })
    .await;
}

#[tokio::test]
async fn only_who_manages_users_of_this_company_invites() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "Ours").await, company(db, "Theirs").await);
        let made = user::create(&ours, db, lan("lan", None, None)).await.expect("created");
        let boss = NewUser { role: Role::Owner, ..lan("boss", None, None) };
        let boss = user::create(&ours, db, boss).await.expect("created");
        let foreign = invite(&theirs, db, &post(true), made.id, Language::Vi).await.expect_err("foreign");
        assert_eq!(foreign.kind, Kind::NotFound);
        assert_eq!(revoke(&theirs, db, made.id).await.expect_err("foreign").kind, Kind::NotFound);
        let agent = Actor { role: Role::Agent, ..ours.clone() };
        let refused = invite(&agent, db, &post(true), made.id, Language::Vi).await.expect_err("no right");
        assert_eq!(refused.kind, Kind::Forbidden);
        let manager = Actor { role: Role::Manager, ..ours };
        let refused = invite(&manager, db, &post(true), boss.id, Language::Vi).await.expect_err("too high");
        assert_eq!(refused.code, "role_too_high");
    })
    .await;
}

#[tokio::test]
async fn an_address_must_look_like_one() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        for wrong in ["lan", "lan@", "@x.vn", "lan@localhost", "a b@x.vn", "a@x.vn, b@x.vn", "a@b@c.vn", "a@x..vn"] {
            let refused = user::create(&owner, db, lan("lan", Some(wrong), None)).await.expect_err(wrong);
            assert_eq!(refused.fields[0].name, "email", "{wrong}");
        }
    })
    .await;
}

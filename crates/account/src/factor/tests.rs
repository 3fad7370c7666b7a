use super::service::testing::{bytes, present};
use super::{begin, confirm, disable, reset, status};
use crate::bootstrap;
use crate::gate::testing::authenticate;
use crate::session::{Client, Credentials, Session, login};
use model::{Actor, Kind, Problem};
use store::testing::{TestDb, on_both};
use store::{Db, now};

async fn enter(db: &Db, account: &bootstrap::Account, code: Option<String>) -> Result<Session, Problem> {
    let (login_name, password) = (account.login.clone(), account.password.clone());
    login(db, Credentials { login: login_name, password, code }, Client::default()).await
}

async fn person(db: &Db) -> (bootstrap::Account, Actor) {
    let account = bootstrap::run(db, "Acme").await.expect("a company");
    let session = enter(db, &account, None).await.expect("logged in");
    let me = authenticate(db, &session.token).await.expect("known");
    (account, me)
}

#[tokio::test]
async fn once_confirmed_a_code_is_asked_for_and_counts_once() {
    on_both(async |db: &TestDb| {
        let (account, me) = person(db).await;
        let wrong = begin(&me, db, "not the password".into()).await.expect_err("refused");
        assert_eq!(wrong.fields[0].name, "password");
        let app = begin(&me, db, account.password.clone()).await.expect("begun");
        assert!(app.uri.starts_with("otpauth://totp/Alo:admin%40acme") && app.uri.contains(&app.secret), "{}", app.uri);
        assert!(enter(db, &account, None).await.is_ok(), "it does not count yet");
        let secret = bytes(db, &me).await;
        assert_eq!(confirm(&me, db, "000000x").await.expect_err("wrong").fields[0].name, "code");
        // A step back, so that the present code is left for the login.
        let codes = confirm(&me, db, &present(&secret, now().as_millis() - 30_000)).await.expect("confirmed").codes;
        assert_eq!((codes.len(), status(&me, db).await.expect("told").recovery_codes_left), (10, 10));

        assert_eq!(enter(db, &account, None).await.expect_err("asked").code, "code_needed");
        assert_eq!(enter(db, &account, Some("12".into())).await.expect_err("wrong").code, "code_wrong");
        let code = present(&secret, now().as_millis() + 30_000);
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert!(enter(db, &account, Some(spaced)).await.is_ok());
        assert_eq!(enter(db, &account, Some(code)).await.expect_err("used").code, "code_wrong");
        assert!(enter(db, &account, Some(codes[0].to_uppercase())).await.is_ok());
        assert_eq!(enter(db, &account, Some(codes[0].clone())).await.expect_err("used").code, "code_wrong");
        assert_eq!(status(&me, db).await.expect("told").recovery_codes_left, 9);

        assert!(begin(&me, db, account.password.clone()).await.is_err(), "it is on");
        assert!(disable(&me, db, "not the password".into()).await.is_err());
        disable(&me, db, account.password.clone()).await.expect("off");
        assert!(enter(db, &account, None).await.is_ok());
        assert_eq!(status(&me, db).await.expect("told").since, None);
    })
    .await;
}

#[tokio::test]
async fn guessing_codes_is_stopped_wherever_it_comes_from() {
    on_both(async |db: &TestDb| {
        let (account, me) = person(db).await;
        begin(&me, db, account.password.clone()).await.expect("begun");
        let secret = bytes(db, &me).await;
        let codes = confirm(&me, db, &present(&secret, now().as_millis())).await.expect("confirmed").codes;
        for _ in 0..10 {
            assert_eq!(enter(db, &account, Some("wrong".into())).await.expect_err("wrong").code, "code_wrong");
        }
        let refused = enter(db, &account, Some(codes[0].clone())).await.expect_err("not even a right one");
        assert_eq!(refused.kind, Kind::Limited);
    })
    .await;
}

#[tokio::test]
async fn a_lost_app_is_taken_away_by_who_manages_users_of_the_company() {
    on_both(async |db: &TestDb| {
        let (account, me) = person(db).await;
        begin(&me, db, account.password.clone()).await.expect("begun");
        let secret = bytes(db, &me).await;
        confirm(&me, db, &present(&secret, now().as_millis())).await.expect("confirmed");
        let user = me.user.expect("a person");
        let stranger = Actor::system(bootstrap::run(db, "Other").await.expect("a company").tenant.id);
        assert_eq!(reset(&stranger, db, user).await.expect_err("foreign").kind, Kind::NotFound);
        assert_eq!(reset(&me, db, user).await.expect_err("own").code, "own_user");
        let key = Actor { user: None, ..me.clone() };
        assert_eq!(status(&key, db).await.expect_err("no person").kind, Kind::Forbidden);
        reset(&key, db, user).await.expect("taken away");
        assert!(enter(db, &account, None).await.is_ok());
    })
    .await;
}

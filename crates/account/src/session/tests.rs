use super::testing::login;
use super::{Client, Credentials, end, end_of, end_others, list, logout};
use crate::bootstrap;
use crate::gate::testing::authenticate;
use model::Kind;
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_session_lasts_until_its_end() {
    on_both(async |db: &TestDb| {
        let account = bootstrap::run(db, "Acme").await.expect("a company");
        let session = login(db, &format!(" {} ", account.login), account.password.clone()).await.expect("logged in");
        let actor = authenticate(db, &session.token).await.expect("known");
        assert_eq!((actor.tenant, actor.user), (account.tenant.id, Some(session.user.id)));
        logout(&actor, db, &session.token).await.expect("logged out");
        assert_eq!(authenticate(db, &session.token).await.expect_err("ended").kind, Kind::Unauthenticated);
        logout(&actor, db, &session.token).await.expect("no fault");
    })
    .await;
}

#[tokio::test]
async fn an_ended_session_counts_no_more() {
    on_both(async |db: &TestDb| {
        let account = bootstrap::run(db, "Acme").await.expect("a company");
        let session = login(db, &account.login, account.password.clone()).await.expect("logged in");
        let mut tx = db.write(account.tenant.id).await.expect("a transaction");
        super::repo::forget_ended(&mut tx, session.expires_at).await.expect("forgotten");
        tx.commit().await.expect("committed");
        assert!(authenticate(db, &session.token).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_login_and_a_wrong_password_look_alike() {
    on_both(async |db: &TestDb| {
        let account = bootstrap::run(db, "Acme").await.expect("a company");
        let wrong_password = login(db, &account.login, "not it".into()).await.expect_err("refused");
        let wrong_login = login(db, "nobody", account.password).await.expect_err("refused");
        assert_eq!(wrong_password, wrong_login);
        assert_eq!(wrong_login.kind, Kind::Unauthenticated);
    })
    .await;
}

#[tokio::test]
async fn open_sessions_are_listed_and_ended_by_their_owner_only() {
    on_both(async |db: &TestDb| {
        let account = bootstrap::run(db, "Acme").await.expect("a company");
        let other = bootstrap::run(db, "Other").await.expect("a company");
        let enter = async |login: &str, password: &str, agent: &str| {
            let credentials = Credentials { login: login.into(), password: password.into(), code: None };
            let client = Client { source: "203.0.113.7".into(), agent: agent.into() };
            super::login(db, credentials, client).await.expect("logged in").token
        };
        let here = enter(&account.login, &account.password, "Firefox").await;
        let there = enter(&account.login, &account.password, &"x".repeat(1_000)).await;
        let stranger = enter(&other.login, &other.password, "Safari").await;
        let me = authenticate(db, &here).await.expect("known");
        let open = list(&me, db, &here).await.expect("listed");
        assert_eq!(open.iter().map(|one| one.current).collect::<Vec<_>>(), [false, true]);
        assert_eq!((open[1].source.as_str(), open[1].agent.as_str()), ("203.0.113.7", "Firefox"));
        assert_eq!(open[0].agent.len(), 300);

        let them = authenticate(db, &stranger).await.expect("known");
        assert_eq!(end(&them, db, open[0].id).await.expect_err("not theirs").kind, Kind::NotFound);
        end(&me, db, open[0].id).await.expect("ended");
        assert!(authenticate(db, &there).await.is_err());
        assert_eq!(end(&me, db, open[0].id).await.expect_err("gone").kind, Kind::NotFound);

        let again = enter(&account.login, &account.password, "Edge").await;
        end_others(&me, db, &here).await.expect("ended");
        assert!(authenticate(db, &again).await.is_err() && authenticate(db, &here).await.is_ok());
        assert_eq!(end_of(&them, db, me.user.expect("a person")).await.expect_err("foreign").kind, Kind::NotFound);
        end_of(&me, db, me.user.expect("a person")).await.expect("ended");
        assert!(authenticate(db, &here).await.is_err() && authenticate(db, &stranger).await.is_ok());
    })
    .await;
}

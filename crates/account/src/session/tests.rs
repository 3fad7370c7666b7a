use super::{login, logout};
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

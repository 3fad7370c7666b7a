use super::run;
use crate::gate::testing::authenticate;
use crate::session::testing::login;
use model::{Permission, Role};
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_second_run_tells_the_same_and_makes_nothing() {
    on_both(async |db: &TestDb| {
        let first = run(db, "Acme").await.expect("made");
        let second = run(db, " Acme ").await.expect("told");
        assert!(first.created && !second.created);
        assert_eq!(super::Account { created: true, ..second }, first);
        assert!(login(db, &first.login, first.password).await.is_ok());
        assert_eq!(authenticate(db, &first.api_key).await.expect("known").tenant, first.tenant.id);
    })
    .await;
}

#[tokio::test]
async fn the_first_company_runs_the_installation_and_others_do_not() {
    on_both(async |db: &TestDb| {
        let first = run(db, "Acme").await.expect("made");
        let other = run(db, "ACME!").await.expect("made");
        assert_eq!(other.tenant.domain, "acme-2.alo.internal");
        assert_ne!(first.password, other.password);
        assert!(authenticate(db, &first.api_key).await.expect("known").role.may(Permission::OperateServer));
        assert_eq!(authenticate(db, &other.api_key).await.expect("known").role, Role::Owner);
    })
    .await;
}

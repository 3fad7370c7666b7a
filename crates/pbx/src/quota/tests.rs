use super::{Quota, get, set};
use crate::fixture::company;
use crate::snapshot::Snapshot;
use model::{Actor, Role};
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_quota_is_the_operators_to_set_and_reaches_the_snapshot() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        assert_eq!(get(&ours, db).await, Ok(Quota::default()));
        let quota = Quota {
            calls: 7,
            calls_per_second: 2,
            registrations: 5,
            clicks_per_minute: 30,
            api_requests_per_second: 50,
        };
        assert_eq!(set(&ours, db, Quota { calls: 9, ..quota }).await.map(|q| q.calls), Ok(9));
        set(&ours, db, quota).await.expect("changed");
        assert_eq!(get(&ours, db).await, Ok(quota));
        assert_eq!(get(&theirs, db).await, Ok(Quota::default()), "another company's stays");
        let owner = Actor { role: Role::Owner, ..ours.clone() };
        assert_eq!(set(&owner, db, quota).await.expect_err("not the owner's").code, "permission_missing");
        assert!(set(&ours, db, Quota { calls: u32::MAX, ..quota }).await.is_err());
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        assert_eq!(snapshot.tenant(&ours.tenant).expect("ours").quota, quota);
    })
    .await;
}

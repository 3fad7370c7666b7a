use super::{create, list, rename, retire};
use crate::fixture::{company, fields};
use model::{Actor, Role};
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_retired_disposition_stays_for_the_calls_that_have_it_and_can_come_back() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let sold = create(&ours, db, " Sold ").await.expect("created");
        assert_eq!((sold.name.as_str(), sold.retired), ("Sold", false));
        assert_eq!(fields(&create(&ours, db, "Sold").await.expect_err("twice")), ["name"]);
        retire(&ours, db, sold.id).await.expect("retired");
        assert!(list(&ours, db).await.expect("listed")[0].retired);
        assert_eq!(retire(&ours, db, sold.id).await.expect_err("twice").code, "not_found");
        assert_eq!(rename(&ours, db, sold.id, "Gone").await.expect_err("retired").code, "not_found");
        assert_eq!(create(&ours, db, "Sold").await.expect("back").id, sold.id);
        let later = create(&ours, db, "Call later").await.expect("created");
        assert_eq!(fields(&rename(&ours, db, later.id, "Sold").await.expect_err("taken")), ["name"]);
        assert_eq!(rename(&ours, db, later.id, "Callback").await.expect("renamed").name, "Callback");
        assert_eq!(fields(&create(&ours, db, " ").await.expect_err("empty")), ["name"]);
    })
    .await;
}

#[tokio::test]
async fn another_company_sees_none_and_an_agent_changes_none() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let sold = create(&ours, db, "Sold").await.expect("created");
        assert!(list(&theirs, db).await.expect("listed").is_empty());
        assert_eq!(rename(&theirs, db, sold.id, "Mine").await.expect_err("foreign").code, "not_found");
        assert_eq!(retire(&theirs, db, sold.id).await.expect_err("foreign").code, "not_found");
        create(&theirs, db, "Sold").await.expect("the same name elsewhere");
        let agent = Actor { role: Role::Agent, ..ours };
        assert_eq!(list(&agent, db).await.expect("an agent chooses").len(), 1);
        assert_eq!(create(&agent, db, "Other").await.expect_err("an agent").code, "permission_missing");
        assert_eq!(retire(&agent, db, sold.id).await.expect_err("an agent").code, "permission_missing");
    })
    .await;
}

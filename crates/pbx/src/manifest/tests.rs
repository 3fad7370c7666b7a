use super::{Section, amend, begin, create, present, settled};
use crate::fixture::{an_extension, company, fields};
use model::{Actor, Role};
use serde_json::{Value, json};
use store::testing::{TestDb, on_both};

fn object(value: Value) -> super::Fields {
    value.as_object().cloned().expect("an object")
}

#[tokio::test]
async fn things_are_made_changed_and_read_back_in_one_transaction() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let lan = an_extension(&ours, db, "101").await.to_string();
        let mut tx = begin(&ours, db).await.expect("begun");
        let new = object(json!({ "name": "Sales", "members": [lan] }));
        let id = create(&mut tx, Section::Groups, new, "me").await.expect("made");
        let there = present(&mut tx, Section::Groups).await.expect("read");
        assert_eq!((there[0].key.as_str(), there[0].fields["ring_ms"].as_i64()), ("Sales", Some(20_000)));
        let same = settled(Section::Groups, &there[0], &object(json!({ "members": [lan] }))).expect("settled");
        assert_eq!(same, there[0].fields, "the short way of writing means the same");
        amend(&mut tx, Section::Groups, &id, object(json!({ "ring_ms": 9_000 })), "me").await.expect("changed");
        let wrong = object(json!({ "members": [{ "extension": lan, "delay": 3 }] }));
        let wrong = amend(&mut tx, Section::Groups, &id, wrong, "me").await.expect_err("no such field");
        assert!(fields(&wrong)[0].starts_with("members[0]"), "{wrong:?}");
        tx.rollback().await.expect("rolled back");
        let mut tx = begin(&ours, db).await.expect("begun");
        assert!(present(&mut tx, Section::Groups).await.expect("read").is_empty(), "nothing was made");
        drop(tx);
        let agent = Actor { role: Role::Agent, ..ours };
        assert!(begin(&agent, db).await.is_err());
    })
    .await;
}

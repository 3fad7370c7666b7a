use super::{GroupPatch, NewGroup, Strategy, create, delete, get, list, update};
use crate::fixture::{a_group, an_extension, company, fields, pages_of};
use model::{PageRequest, Problem};
use store::mint;
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn members_keep_their_order() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let mut members = Vec::new();
        for number in ["103", "101", "102"] {
            members.push(an_extension(&ours, db, number).await);
        }
        let made = a_group(&ours, db, members.clone()).await;
        assert_eq!(get(&ours, db, made.id).await.expect("found").members, members);
        members.reverse();
        let patch = GroupPatch {
            members: Some(members.clone()),
            strategy: Some(Strategy::Sequential),
            ring_ms: Some(5_000),
            name: None,
        };
        let changed = update(&ours, db, made.id, patch).await.expect("changed");
        assert_eq!((changed.members.as_slice(), changed.ring_ms), (members.as_slice(), 5_000));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, [changed]);
    })
    .await;
}

#[tokio::test]
async fn strangers_and_doubles_are_no_members() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let own = an_extension(&ours, db, "101").await;
        let foreign = an_extension(&theirs, db, "101").await;
        let new = NewGroup {
            name: String::new(),
            strategy: Strategy::Simultaneous,
            ring_ms: 5,
            members: vec![own, foreign, own, mint()],
        };
        let wrong = create(&ours, db, new).await.expect_err("wrong");
        assert_eq!(fields(&wrong), ["name", "ring_ms", "members[1]", "members[2]", "members[3]"]);
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = a_group(&ours, db, vec![]).await;
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("ring group");
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, made.id, GroupPatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, made.id).await, Err(hidden));
    })
    .await;
}

#[tokio::test]
async fn groups_are_paged_and_deleted_with_their_members() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let id = an_extension(&ours, db, "101").await;
        for _ in 0..3 {
            a_group(&ours, db, vec![id]).await;
        }
        let first = list(&ours, db, pages_of(2)).await.expect("a page");
        let rest = list(&ours, db, PageRequest { limit: 2, after: first.next.clone() }).await.expect("a page");
        assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None));
        for group in first.items.iter().chain(&rest.items) {
            delete(&ours, db, group.id).await.expect("deleted");
        }
        crate::extension::delete(&ours, db, id).await.expect("nobody needs it now");
    })
    .await;
}

use super::{Group, GroupPatch, Member, NewGroup, Strategy, create, delete, get, list, shuffle, update};
use crate::fixture::{a_group, an_extension, company, fields, pages_of};
use crate::target::Target;
use model::{ExtensionId, PageRequest, Problem};
use store::mint;
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn members_keep_their_order() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let mut members: Vec<Member> = Vec::new();
        for number in ["103", "101", "102"] {
            members.push(an_extension(&ours, db, number).await.into());
        }
        let made = a_group(&ours, db, members.iter().map(|member| member.extension).collect()).await;
        assert_eq!(get(&ours, db, made.id).await.expect("found").members, members);
        members.reverse();
        members[1] = Member { delay_ms: 4_000, ring_ms: Some(12_000), ..members[1] };
        let patch = GroupPatch {
            members: Some(members.clone()),
            strategy: Some(Strategy::Sequence),
            ring_ms: Some(5_000),
            ..GroupPatch::default()
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
            ring_ms: 5,
            members: vec![
                Member { delay_ms: -1, ring_ms: Some(5), ..own.into() },
                foreign.into(),
                own.into(),
                Member::from(mint::<ExtensionId>()),
            ],
            on_no_answer: Some(Target::Extension(foreign)),
            ..NewGroup::of("", [])
        };
        let wrong = create(&ours, db, new).await.expect_err("wrong");
        let all = [
            "name",
            "ring_ms",
            "members[0].delay_ms",
            "members[0].ring_ms",
            "members[1]",
            "members[2]",
            "members[3]",
            "on_no_answer",
        ];
        assert_eq!(fields(&wrong), all);
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

#[tokio::test]
async fn what_a_group_leads_to_stays_while_it_does() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let lan = an_extension(&ours, db, "101").await;
        let (first, second) = (a_group(&ours, db, vec![lan]).await, a_group(&ours, db, vec![]).await);
        let target = |to: Option<Target>| GroupPatch { on_no_answer: Some(to), ..GroupPatch::default() };
        let own =
            update(&ours, db, first.id, target(Some(Target::Group(first.id)))).await.expect_err("a circle of one");
        assert_eq!(fields(&own), ["on_no_answer"]);
        let changed: Group =
            update(&ours, db, first.id, target(Some(Target::Group(second.id)))).await.expect("leads to the second");
        assert_eq!(changed.on_no_answer, Some(Target::Group(second.id)));
        let kept = update(&ours, db, first.id, GroupPatch::default()).await.expect("nothing changes");
        assert_eq!(kept.on_no_answer, changed.on_no_answer);
        let used = delete(&ours, db, second.id).await.expect_err("in use");
        assert_eq!(used.code, "in_use");
        update(&ours, db, first.id, target(None)).await.expect("leads nowhere");
        delete(&ours, db, second.id).await.expect("deleted");
    })
    .await;
}

#[test]
fn a_member_is_read_from_its_id_alone_or_with_its_times() {
    let id: ExtensionId = mint();
    let short: Member = serde_json::from_value(serde_json::json!(id.to_string())).expect("an id");
    let long = serde_json::json!({ "extension": id.to_string(), "delay_ms": 5, "ring_ms": null });
    assert_eq!(short, Member::from(id));
    assert_eq!(serde_json::from_value::<Member>(long).expect("an object"), Member { delay_ms: 5, ..Member::from(id) });
    for wrong in
        [serde_json::json!("101"), serde_json::json!({ "extension": id.to_string(), "x": 1 }), serde_json::json!(1)]
    {
        assert!(serde_json::from_value::<Member>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn each_is_first_as_often_as_any_other_and_nobody_is_lost() {
    let mut first = [0u32; 5];
    for dice in 0..10_000u64 {
        // Numbers that follow one another are the hardest: a call's id differs from the next in its last bits.
        let mut order = [0, 1, 2, 3, 4];
        shuffle(&mut order, dice);
        first[order[0]] += 1;
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4]);
        let mut again = [0, 1, 2, 3, 4];
        shuffle(&mut again, dice);
        assert_eq!(order, again, "the same number gives the same order");
    }
    assert!(first.iter().all(|times| (1_800..2_200).contains(times)), "{first:?}");
    shuffle::<u8>(&mut [], 1);
}

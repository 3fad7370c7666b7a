use super::{HotlinePatch, NewHotline, Target, create, delete, get, list, update};
use crate::fixture::{a_group, a_hotline, a_trunk, an_extension, company, fields};
use crate::trunk::{self, TrunkPatch};
use model::{Kind, PageRequest, Problem};
use store::mint;
use store::testing::{TestDb, on_both};

fn new(number: &str, target: Target) -> NewHotline {
    NewHotline::to(number, target)
}

#[tokio::test]
async fn a_number_in_any_form_is_kept_in_one() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let target = Target::Extension(an_extension(&ours, db, "101").await);
        let missing = create(&ours, db, new("028 7300 0001", target)).await.expect_err("no trunk yet");
        assert_eq!(fields(&missing), ["trunk"]);
        let trunk = a_trunk(&ours, db, "127.0.0.30").await;
        let made = create(&ours, db, new("028 7300 0001", target)).await.expect("created");
        assert_eq!(
            (made.number.as_str(), made.name.as_str(), made.trunk),
            ("+842873000001", "+842873000001", trunk.id)
        );
        let again = create(&ours, db, new("+84 28 7300 0001", target)).await.expect_err("there already");
        assert_eq!((again.kind, fields(&again)), (Kind::Conflict, vec!["number"]));
        a_trunk(&ours, db, "127.0.0.31").await;
        let which = create(&ours, db, new("02873000002", target)).await.expect_err("which trunk");
        assert_eq!(fields(&which), ["trunk"]);
        assert_eq!(fields(&create(&ours, db, new("x", target)).await.expect_err("no number")), ["number"]);
    })
    .await;
}

#[tokio::test]
async fn one_number_has_one_way_in_over_all_companies() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let our_target = Target::Extension(an_extension(&ours, db, "101").await);
        let their_target = Target::Extension(an_extension(&theirs, db, "101").await);
        a_trunk(&ours, db, "203.0.113.0/28").await;
        a_hotline(&ours, db, "02873000001", our_target).await;
        let trunk = a_trunk(&theirs, db, "203.0.113.5").await;
        let clash = create(&theirs, db, new("02873000001", their_target)).await.expect_err("taken");
        assert_eq!((clash.kind, clash.code), (Kind::Conflict, "number_taken"));
        assert!(!clash.message.contains("ours"), "whose it is stays hidden");
        create(&theirs, db, new("02873000002", their_target)).await.expect("another number on the same carrier");
        let patch = |address: &str| TrunkPatch { addresses: Some(vec![address.into()]), ..TrunkPatch::default() };
        trunk::update(&theirs, db, trunk.id, patch("198.51.100.1")).await.expect("moved away");
        create(&theirs, db, new("02873000001", their_target)).await.expect("the same number from elsewhere");
        let back = trunk::update(&theirs, db, trunk.id, patch("203.0.113.7")).await.expect_err("would clash");
        assert_eq!(back.code, "number_taken");
    })
    .await;
}

#[tokio::test]
async fn targets_and_trunks_of_others_do_not_exist() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let theirs_101 = an_extension(&theirs, db, "101").await;
        let their_group = a_group(&theirs, db, vec![]).await;
        let their_trunk = a_trunk(&theirs, db, "127.0.0.40").await;
        let own = Target::Extension(an_extension(&ours, db, "101").await);
        a_trunk(&ours, db, "127.0.0.30").await;
        for target in [Target::Extension(theirs_101), Target::Group(their_group.id), Target::Flow(mint())] {
            let wrong = create(&ours, db, new("02873000001", target)).await.expect_err("not ours");
            assert_eq!(fields(&wrong), ["target"]);
        }
        let foreign = NewHotline { trunk: Some(their_trunk.id), ..new("02873000001", own) };
        assert_eq!(fields(&create(&ours, db, foreign).await.expect_err("not ours")), ["trunk"]);
        let made = a_hotline(&ours, db, "02873000001", own).await;
        let patch = HotlinePatch { target: Some(Target::Group(their_group.id)), ..HotlinePatch::default() };
        assert_eq!(fields(&update(&ours, db, made.id, patch).await.expect_err("not ours")), ["target"]);
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        a_trunk(&ours, db, "127.0.0.30").await;
        let made = a_hotline(&ours, db, "02873000001", Target::Extension(an_extension(&ours, db, "101").await)).await;
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("hotline");
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, made.id, HotlinePatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, made.id).await, Err(hidden));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, [made]);
    })
    .await;
}

#[tokio::test]
async fn a_hotline_is_renamed_and_led_elsewhere() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        a_trunk(&ours, db, "127.0.0.30").await;
        let id = an_extension(&ours, db, "101").await;
        let made = a_hotline(&ours, db, "02873000001", Target::Extension(id)).await;
        let group = a_group(&ours, db, vec![id]).await;
        let target = Some(Target::Group(group.id));
        let patch = HotlinePatch { name: Some("Sales".into()), target, ..HotlinePatch::default() };
        let changed = update(&ours, db, made.id, patch).await.expect("changed");
        assert_eq!((changed.name.as_str(), changed.target), ("Sales", Target::Group(group.id)));
        assert_eq!(get(&ours, db, made.id).await, Ok(changed));
        let used = crate::group::delete(&ours, db, group.id).await.expect_err("used");
        assert!(used.message.contains("hotline +842873000001"), "{}", used.message);
    })
    .await;
}

#[test]
fn a_target_is_a_kind_and_an_id_in_json() {
    let target = Target::Group(mint());
    let text = serde_json::to_value(target).expect("JSON");
    assert_eq!(text, serde_json::json!({ "kind": "group", "id": target.to_string() }));
    assert_eq!(serde_json::from_value::<Target>(text).expect("a target"), target);
    let crossed = serde_json::json!({ "kind": "flow", "id": target.to_string() });
    assert!(serde_json::from_value::<Target>(crossed).is_err());
}

#[tokio::test]
async fn a_number_that_closes_says_where_its_callers_go() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        a_trunk(&ours, db, "127.0.0.30").await;
        let day = Target::Extension(an_extension(&ours, db, "101").await);
        let night = a_group(&ours, db, vec![]).await;
        let hours = |name: &str| crate::schedule::NewSchedule { name: name.into(), ..Default::default() };
        let office = crate::schedule::create(&ours, db, hours("Office")).await.expect("a schedule").id;
        let foreign = crate::schedule::create(&theirs, db, hours("Theirs")).await.expect("a schedule").id;
        let open = NewHotline { schedule: Some(office), ..new("02873000001", day) };
        assert_eq!(fields(&create(&ours, db, open.clone()).await.expect_err("wrong")), ["closed_target"]);
        let stranger = NewHotline { schedule: Some(foreign), closed_target: Some(day), ..open.clone() };
        assert_eq!(fields(&create(&ours, db, stranger).await.expect_err("wrong")), ["schedule"]);
        let closed = NewHotline { closed_target: Some(Target::Group(night.id)), holiday_target: Some(day), ..open };
        let made = create(&ours, db, closed).await.expect("a hotline");
        assert_eq!(get(&ours, db, made.id).await, Ok(made.clone()));
        let used = crate::schedule::delete(&ours, db, office).await.expect_err("in use");
        assert_eq!(used.code, "in_use");
        assert_eq!(crate::group::delete(&ours, db, night.id).await.expect_err("in use").code, "in_use");
        let always = HotlinePatch { schedule: Some(None), closed_target: Some(None), ..HotlinePatch::default() };
        let always = update(&ours, db, made.id, always).await.expect("always open");
        assert_eq!((always.schedule, always.closed_target, always.holiday_target), (None, None, Some(day)));
        crate::schedule::delete(&ours, db, office).await.expect("deleted");
    })
    .await;
}

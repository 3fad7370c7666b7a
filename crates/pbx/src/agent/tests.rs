use super::{
    NewState, State, create_reason, delete_reason, missed, own, reasons, set, version, wishes, wishes_of_company,
};
use crate::extension::{self, ExtensionPatch};
use crate::fixture::{an_extension, company, fields, told};
use acd::Wish;
use model::{Actor, Kind, Role};
use store::testing::{TestDb, on_both};

fn to(state: State, reason: Option<&str>) -> NewState {
    NewState { state, reason: reason.map(str::to_owned) }
}

#[tokio::test]
async fn a_state_is_kept_and_told() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let lan = an_extension(&ours, db, "101").await;
        let before = version(db).await.expect("a number");
        set(&ours, db, lan, to(State::Available, None)).await.expect("set");
        set(&ours, db, lan, to(State::Paused, Some(" Lunch "))).await.expect("set");
        let kept = wishes_of_company(&ours, db).await.expect("a list");
        assert_eq!((kept[0].extension, &kept[0].wish), (lan, &Wish::Paused("Lunch".into())));
        assert_eq!(wishes(db).await.expect("a list"), [(ours.tenant, kept[0].clone())]);
        assert!(version(db).await.expect("a number") >= before + 2, "other processes learn of it");
        assert!(told(db).await.contains(&"agent.state_set".to_owned()));
        missed(db, ours.tenant, lan).await.expect("set");
        assert_eq!(wishes(db).await.expect("a list")[0].1.wish, Wish::Paused(Wish::MISSED.into()));
        extension::delete(&ours, db, lan).await.expect("deleted");
        assert!(wishes(db).await.expect("a list").is_empty(), "who is gone wants nothing");
    })
    .await;
}

#[tokio::test]
async fn an_agent_sets_their_own_state_and_nobody_elses() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let (lan, minh) = (an_extension(&ours, db, "101").await, an_extension(&ours, db, "102").await);
        let user = store::mint();
        let mine = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
        extension::update(&ours, db, lan, mine).await.expect("hers");
        let agent = Actor { role: Role::Agent, user: Some(user), ..ours };
        assert_eq!(own(&agent, db).await.expect("hers"), lan);
        set(&agent, db, lan, to(State::Available, None)).await.expect("her own");
        let other = set(&agent, db, minh, to(State::Available, None)).await.expect_err("not hers");
        assert_eq!(other.kind, Kind::Forbidden);
        let foreign = set(&theirs, db, lan, to(State::Offline, None)).await.expect_err("another company's");
        assert_eq!(foreign.kind, Kind::NotFound);
        let nobody = Actor { role: Role::Agent, user: None, ..ours };
        assert_eq!(own(&nobody, db).await.expect_err("a key has no phone").code, "no_phone");
        assert_eq!(set(&nobody, db, lan, to(State::Offline, None)).await.expect_err("nobody's").kind, Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn a_company_with_reasons_wants_one_of_them() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let lan = an_extension(&ours, db, "101").await;
        let lunch = create_reason(&ours, db, "Lunch").await.expect("made");
        assert_eq!(fields(&create_reason(&ours, db, "Lunch").await.expect_err("twice")), ["name"]);
        assert_eq!(fields(&create_reason(&ours, db, "missed").await.expect_err("ours")), ["name"]);
        assert_eq!(fields(&create_reason(&ours, db, "").await.expect_err("empty")), ["name"]);
        for wrong in [None, Some("Football"), Some("missed")] {
            let refused = set(&ours, db, lan, to(State::Paused, wrong)).await.expect_err("no such reason");
            assert_eq!(fields(&refused), ["reason"], "{wrong:?}");
        }
        set(&ours, db, lan, to(State::Paused, Some("Lunch"))).await.expect("set");
        assert!(reasons(&theirs, db).await.expect("a list").is_empty());
        assert!(delete_reason(&theirs, db, lunch.id).await.is_err(), "another company's");
        delete_reason(&ours, db, lunch.id).await.expect("deleted");
        assert!(reasons(&ours, db).await.expect("a list").is_empty());
    })
    .await;
}

use super::{Held, NewHeld, find_by_id_number, give, given_to, hold, join, release, take_back, walk};
use crate::fixture::{a_trunk, an_extension, company, fields};
use crate::hotline::Target;
use crate::{group, hotline};
use model::{Actor, Id, Kind, PageRequest};
use store::Walk;
use store::testing::{TestDb, on_both};

fn new(number: &str) -> NewHeld {
    NewHeld { number: number.into(), name: "Sales".into(), network: "viettel".into(), ..NewHeld::default() }
}

async fn all(actor: &Actor, db: &TestDb) -> Vec<Held> {
    walk(actor, db, Walk { from: None, upward: true, limit: 10 }).await.expect("numbers").0
}

#[tokio::test]
async fn a_held_number_becomes_a_hotline_that_its_extensions_ring_by_and_comes_back() {
    on_both(async |db: &TestDb| {
        let (partner, shop) = (company(db, "partner").await, company(db, "shop").await);
        let held = hold(&partner, db, new("028 7300 0001")).await.expect("held");
        assert_eq!((held.number.as_str(), held.hotline), ("+842873000001", None));
        assert_eq!(hold(&partner, db, new("02873000001")).await.expect_err("twice").kind, Kind::Conflict);
        let no_way_in = give(&partner, db, held.id, &shop).await.expect_err("no trunk yet");
        assert_eq!(fields(&no_way_in), ["trunk"]);
        assert!(group::list(&shop, db, PageRequest::first()).await.expect("groups").items.is_empty());

        a_trunk(&shop, db, "127.0.0.30").await;
        let given = give(&partner, db, held.id, &shop).await.expect("given");
        let hotline = hotline::get(&shop, db, given.hotline.expect("a hotline")).await.expect("there");
        assert_eq!(hotline.target, Target::Group(given.group.expect("a group")));
        assert_eq!(give(&partner, db, held.id, &shop).await.expect_err("twice").code, "in_use");
        assert_eq!(release(&partner, db, held.id).await.expect_err("in use").code, "in_use");
        let found = given_to(&shop, db, &[hotline.id]).await.expect("numbers");
        assert_eq!(found, std::slice::from_ref(&given));
        assert_eq!(given_to(&partner, db, &[hotline.id]).await.expect("numbers"), []);
        let number = held.id.number();
        assert_eq!(find_by_id_number(&partner, db, number).await.expect("a look"), Some(given.clone()));
        assert_eq!(find_by_id_number(&shop, db, number).await.expect("a look"), None, "not theirs");

        let extension = an_extension(&shop, db, "101").await;
        for _ in 0..2 {
            join(&shop, db, hotline.id, extension).await.expect("it rings");
        }
        let members = group::get(&shop, db, given.group.expect("a group")).await.expect("there").members;
        assert_eq!(members, [group::Member::from(extension)]);

        take_back(&partner, db, held.id, &shop).await.expect("back");
        assert!(hotline::list(&shop, db, PageRequest::first()).await.expect("hotlines").items.is_empty());
        assert!(group::list(&shop, db, PageRequest::first()).await.expect("groups").items.is_empty());
        assert_eq!(all(&partner, db).await[0].hotline, None);
        release(&partner, db, held.id).await.expect("forgotten");
        assert_eq!(all(&partner, db).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_number_is_for_its_owner_and_of_its_holder_only() {
    on_both(async |db: &TestDb| {
        let (partner, shop, other) = (company(db, "a").await, company(db, "b").await, company(db, "c").await);
        for (actor, address) in [(&shop, "127.0.0.30"), (&other, "127.0.0.31")] {
            a_trunk(actor, db, address).await;
        }
        let held = hold(&partner, db, NewHeld { owner: Some(shop.tenant), ..new("02873000001") }).await.expect("held");
        assert_eq!(give(&partner, db, held.id, &other).await.expect_err("another's").code, "other_owner");
        assert_eq!(give(&other, db, held.id, &other).await.expect_err("not theirs").kind, Kind::NotFound);
        assert_eq!(release(&other, db, held.id).await.expect_err("not theirs").kind, Kind::NotFound);
        let given = give(&partner, db, held.id, &shop).await.expect("given");
        assert_eq!(take_back(&partner, db, held.id, &other).await.expect_err("another's").code, "other_owner");

        // What the owner leads elsewhere is left alone.
        let extension = an_extension(&shop, db, "101").await;
        let patch = hotline::HotlinePatch { target: Some(Target::Extension(extension)), ..Default::default() };
        hotline::update(&shop, db, given.hotline.expect("a hotline"), patch).await.expect("changed");
        join(&shop, db, given.hotline.expect("a hotline"), extension).await.expect("nothing to do");
        let members = group::get(&shop, db, given.group.expect("a group")).await.expect("there").members;
        assert_eq!(members, []);
        let wrong = NewHeld { network: "mars".into(), name: String::new(), ..new("x") };
        let wrong = hold(&partner, db, wrong).await.expect_err("all wrong");
        assert_eq!(fields(&wrong), ["hotline", "name", "network"]);
    })
    .await;
}

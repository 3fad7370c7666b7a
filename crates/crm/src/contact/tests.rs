use super::*;
use model::{Actor, Id, PageRequest, Problem, Role, TenantId};
use store::testing::on_both;
use store::{Db, mint};

/// A company and a person in it.
pub(crate) async fn company(db: &Db) -> (Actor, UserId) {
    let (tenant, user): (TenantId, UserId) = (mint(), mint());
    let mut tx = db.write(tenant).await.expect("a transaction");
    crate::contact::repo::insert_company(&mut tx, user).await.expect("a company");
    tx.commit().await.expect("committed");
    (Actor { user: Some(user), ..Actor::system(tenant) }, user)
}

pub(crate) fn named(name: &str, phones: &[&str]) -> Profile {
    let phones = phones.iter().map(|number| Phone { number: (*number).to_owned(), kind: Kind::Personal }).collect();
    Profile { name: name.to_owned(), phones, ..Profile::default() }
}

async fn found(actor: &Actor, db: &Db, filter: Filter) -> Vec<String> {
    let page = list(actor, db, filter, PageRequest::first()).await.expect("a page");
    page.items.into_iter().map(|contact| contact.profile.name).collect()
}

fn text(text: &str) -> Filter {
    Filter { text: Some(text.to_owned()), ..Filter::default() }
}

pub(crate) async fn told(db: &Db) -> Vec<String> {
    let events = store::outbox::read(db, None, 0, 10_000).await.expect("events");
    events.into_iter().map(|event| event.kind).collect()
}

fn agent(actor: &Actor) -> Actor {
    Actor { role: Role::Agent, ..actor.clone() }
}

fn field(problem: &Problem) -> &str {
    problem.fields.first().map_or("", |field| field.name.as_str())
}

#[tokio::test]
async fn a_contact_is_made_changed_and_removed_and_each_is_told() {
    on_both(async |db| {
        let (actor, user) = company(db).await;
        let new =
            Profile { owner: Some(user), labels: vec!["VIP".into()], ..named("Trần Thị Lan", &["0901 234 567"]) };
        let lan = create(&actor, db, new).await.expect("made");
        assert_eq!(get(&actor, db, lan.id).await.expect("there"), lan);
        let patch = Patch { company: Some("Ánh Dương".into()), owner: Some(None), ..Patch::default() };
        let changed = update(&actor, db, lan.id, patch.clone()).await.expect("changed");
        assert_eq!((changed.profile.company.as_str(), changed.profile.owner), ("Ánh Dương", None));
        assert!(changed.updated_at > lan.updated_at);
        update(&actor, db, lan.id, patch).await.expect("the same again");
        assert_eq!(labels(&actor, db).await.expect("labels"), [("VIP".to_owned(), 1)]);
        delete(&actor, db, lan.id).await.expect("removed");
        assert!(get(&actor, db, lan.id).await.is_err());
        assert!(find_by_phone(&actor, db, "0901234567").await.expect("asked").is_none());
        assert_eq!(told(db).await, ["contact.created", "contact.updated", "contact.deleted"]);
    })
    .await;
}

#[tokio::test]
async fn contacts_are_found_without_accents_and_by_any_form_of_a_number() {
    on_both(async |db| {
        let (actor, user) = company(db).await;
        for (name, phone) in
            [("Nguyễn Văn Ân", "0901234567"), ("Nguyễn Thị Lan", "+84 28 7300 0001"), ("Đặng Ánh", "0912000111")]
        {
            create(&actor, db, named(name, &[phone])).await.expect("made");
        }
        let extra = Profile { owner: Some(user), labels: vec!["Khách VIP".into()], ..named("Zoe", &["+6591234567"]) };
        create(&actor, db, extra).await.expect("made");
        assert_eq!(found(&actor, db, Filter::default()).await, ["Đặng Ánh", "Nguyễn Thị Lan", "Nguyễn Văn Ân", "Zoe"]);
        assert_eq!(found(&actor, db, text("nguyen")).await, ["Nguyễn Thị Lan", "Nguyễn Văn Ân"]);
        assert_eq!(found(&actor, db, text("ân nguyễn")).await, ["Nguyễn Văn Ân"]);
        assert_eq!(found(&actor, db, text("0287300")).await, ["Nguyễn Thị Lan"]);
        assert_eq!(found(&actor, db, text("567")).await, ["Nguyễn Văn Ân", "Zoe"], "the last digits");
        assert_eq!(found(&actor, db, text("nobody")).await, Vec::<String>::new());
        let vip = Filter { label: Some("khach vip".into()), owners: vec![Some(user)], ..Filter::default() };
        assert_eq!(found(&actor, db, vip.clone()).await, ["Zoe"]);
        assert_eq!(found(&actor, db, Filter { text: Some("zo".into()), ..vip }).await, ["Zoe"]);
        let nobodys = Filter { text: Some("nguyen".into()), owners: vec![None], ..Filter::default() };
        assert_eq!(found(&actor, db, nobodys).await, ["Nguyễn Thị Lan", "Nguyễn Văn Ân"]);
        let any = Filter { owners: vec![None, Some(user)], ..Filter::default() };
        assert_eq!(found(&actor, db, any).await.len(), 4);
        assert_eq!(hand_over(&actor, db, user, user).await.expect("nothing to do"), 0);
        assert!(hand_over(&agent(&actor), db, user, mint()).await.is_err(), "agents hand nothing over");
        let stranger = hand_over(&actor, db, user, mint()).await.expect_err("nobody there");
        assert_eq!(field(&stranger), "owner");
        let newest = Filter { text: Some("nguyen".into()), order: Order::Newest, ..Filter::default() };
        // Both may have been made within one millisecond.
        let mut names = found(&actor, db, newest).await;
        names.sort();
        assert_eq!(names, ["Nguyễn Thị Lan", "Nguyễn Văn Ân"]);
        let by = find_by_phone(&actor, db, "(028) 7300-0001").await.expect("asked").expect("found");
        assert_eq!(by.profile.name, "Nguyễn Thị Lan");
        let phones = ["0901.234.567", "0999999999", "x"].map(str::to_owned);
        let names = super::named(&actor, db, &phones).await.expect("names");
        assert_eq!(names.into_values().map(|one| one.name).collect::<Vec<_>>(), ["Nguyễn Văn Ân"]);
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_in_both_orders() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        for number in 0..23 {
            create(&actor, db, named(&format!("Lan {:02}", number * 7 % 23), &[])).await.expect("made");
        }
        for (order, text) in [(Order::Name, None), (Order::Name, Some("lan")), (Order::Newest, None)] {
            let filter = Filter { order, text: text.map(str::to_owned), ..Filter::default() };
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = list(&actor, db, filter.clone(), PageRequest { limit: 5, after }).await.expect("a page");
                seen.extend(page.items.into_iter().map(|contact| contact.profile.name));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut sorted = seen.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(sorted.len(), 23, "{order:?}");
            assert!(order == Order::Newest || seen == sorted, "{seen:?}");
        }
        let wrong = PageRequest { limit: 5, after: Some("zz.con".into()) };
        assert_eq!(field(&list(&actor, db, Filter::default(), wrong).await.expect_err("refused")), "after");
    })
    .await;
}

#[tokio::test]
async fn a_number_belongs_to_one_contact() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let lan = create(&actor, db, named("Lan", &["0901234567"])).await.expect("made");
        let problem = create(&actor, db, named("Other", &["1900", "+84901234567"])).await.expect_err("refused");
        assert_eq!((problem.code, field(&problem)), ("phone_taken", "phones[1].number"));
        assert!(problem.message.contains("Lan"), "{problem}");
        let other = create(&actor, db, named("Other", &["1900"])).await.expect("made");
        let patch = Patch { phones: Some(named("", &["0901234567"]).phones), ..Patch::default() };
        assert_eq!(update(&actor, db, other.id, patch).await.expect_err("refused").code, "phone_taken");
        let (elsewhere, _) = company(db).await;
        create(&elsewhere, db, named("Lan", &["0901234567"])).await.expect("another company has its own");
        delete(&actor, db, lan.id).await.expect("removed");
        create(&actor, db, named("Lan", &["0901234567"])).await.expect("free again");
    })
    .await;
}

#[tokio::test]
async fn two_become_one_with_all_that_was_known() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let keep = create(&actor, db, named("Lan", &["0901234567"])).await.expect("made");
        let gone =
            create(&actor, db, Profile { company: "ABC".into(), ..named("Chị Lan", &["0909"]) }).await.expect("made");
        add_note(&actor, db, gone.id, " Likes tea ").await.expect("noted");
        let merged = merge(&actor, db, keep.id, gone.id).await.expect("merged");
        assert_eq!((merged.profile.name.as_str(), merged.profile.company.as_str()), ("Lan", "ABC"));
        assert_eq!(merged.profile.phones.len(), 2);
        assert!(get(&actor, db, gone.id).await.is_err());
        assert_eq!(find_by_phone(&actor, db, "0909").await.expect("asked").map(|one| one.id), Some(keep.id));
        let page = notes(&actor, db, keep.id, PageRequest::first()).await.expect("notes");
        assert_eq!(page.items.iter().map(|note| note.body.as_str()).collect::<Vec<_>>(), ["Likes tea"]);
        assert_eq!(page.items[0].author, actor.user);
        delete_note(&actor, db, keep.id, page.items[0].id).await.expect("taken back");
        assert!(delete_note(&actor, db, keep.id, page.items[0].id).await.is_err());
        assert_eq!(field(&merge(&actor, db, keep.id, keep.id).await.expect_err("refused")), "gone");
    })
    .await;
}

#[tokio::test]
async fn others_see_nothing_and_agents_may_not_remove() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let (stranger, _) = company(db).await;
        let lan = create(&actor, db, named("Lan", &["0901234567"])).await.expect("made");
        assert!(get(&stranger, db, lan.id).await.is_err());
        assert!(update(&stranger, db, lan.id, Patch::default()).await.is_err());
        assert!(delete(&stranger, db, lan.id).await.is_err());
        assert!(merge(&stranger, db, lan.id, ContactId::from_bits(1)).await.is_err());
        assert!(add_note(&stranger, db, lan.id, "x").await.is_err());
        assert!(find_by_phone(&stranger, db, "0901234567").await.expect("asked").is_none());
        assert_eq!(found(&stranger, db, text("lan")).await, Vec::<String>::new());
        let owner = Profile { owner: stranger.user, ..named("X", &[]) };
        assert_eq!(field(&create(&actor, db, owner).await.expect_err("refused")), "owner");
        let lesser = agent(&actor);
        create(&lesser, db, named("By an agent", &[])).await.expect("made");
        assert_eq!(delete(&lesser, db, lan.id).await.expect_err("refused").code, "permission_missing");
        assert_eq!(merge(&lesser, db, lan.id, lan.id).await.expect_err("refused").code, "permission_missing");
    })
    .await;
}

#[tokio::test]
async fn a_piece_of_the_list_tells_how_many_there_are_and_an_ids_beginning_finds() {
    on_both(async |db| {
        let ((actor, _), (other, _)) = (company(db).await, company(db).await);
        for name in ["An", "Binh", "Chi", "An Na"] {
            create(&actor, db, Profile { name: name.into(), ..Profile::default() }).await.expect("made");
        }
        let piece = slice(&actor, db, Filter::default(), 1, 2).await.expect("a piece");
        let names: Vec<&str> = piece.items.iter().map(|one| one.profile.name.as_str()).collect();
        assert_eq!((names, piece.total), (vec!["An Na", "Binh"], 4));
        assert_eq!(slice(&actor, db, text("an"), 0, 10).await.expect("a piece").total, 2);
        assert_eq!(slice(&other, db, Filter::default(), 0, 10).await.expect("a piece").total, 0);

        let id = piece.items[0].id;
        let start = id.bits() >> 32;
        let found = find_by_start(&actor, db, start, 96).await.expect("a look");
        assert_eq!(found.map(|one| one.id), Some(id));
        assert_eq!(find_by_start(&other, db, start, 96).await.expect("a look"), None);
        for (start, bits) in [(start + 1, 96), (u128::MAX, 96), (start, 3), (start, 200), (start, 128)] {
            assert_eq!(find_by_start(&actor, db, start, bits).await.expect("a look"), None);
        }
    })
    .await;
}

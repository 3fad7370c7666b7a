use super::*;
use crate::contact;
use crate::contact::tests::{company, named, told};
use model::{Actor, PageRequest, Role};
use store::testing::on_both;
use store::{Db, mint};

fn about(subject: &str) -> NewTicket {
    NewTicket { subject: subject.to_owned(), ..NewTicket::default() }
}

async fn numbers(actor: &Actor, db: &Db, filter: Filter) -> Vec<i64> {
    let page = list(actor, db, filter.clone(), PageRequest::first()).await.expect("a page");
    let listed: Vec<i64> = page.items.iter().map(|ticket| ticket.number).collect();
    let piece = slice(actor, db, filter, 0, 50).await.expect("a piece");
    assert_eq!(piece.items, page.items, "both lists say the same");
    assert_eq!(piece.total, listed.len() as u64);
    listed
}

#[tokio::test]
async fn a_ticket_is_written_changed_noted_and_removed_and_its_story_tells_it() {
    on_both(async |db| {
        let (actor, user) = company(db).await;
        let lan = contact::create(&actor, db, named("Trần Thị Lan", &["0901 234 567"])).await.expect("a contact");
        let call = mint();
        let new = NewTicket {
            contact: Some(lan.id),
            call: Some(call),
            description: "  Máy không lên  ".into(),
            category: "Bảo hành".into(),
            ..about("Đổi máy")
        };
        let made = create(&actor, db, new).await.expect("made");
        assert_eq!((made.number, made.status, made.priority), (1, Status::New, Priority::Medium));
        assert_eq!((made.contact_name.as_str(), made.author_name.as_str()), ("Trần Thị Lan", "Minh"));
        assert_eq!((made.description.as_str(), made.closed_at), ("Máy không lên", None));
        let patch = Patch {
            status: Some(Status::Solved),
            assignee: Some(Some(user)),
            due_at: Some(Some(5)),
            description: Some("Xong".into()),
            ..Patch::default()
        };
        let solved = update(&actor, db, made.id, patch.clone()).await.expect("changed");
        assert_eq!((solved.assignee_name.as_str(), solved.closed_at.is_some()), ("Minh", true));
        assert_eq!(update(&actor, db, made.id, patch).await.expect("nothing new"), solved);
        let note = add_note(&actor, db, made.id, " Đã gọi lại ").await.expect("noted");
        let story = entries(&actor, db, made.id, PageRequest::first()).await.expect("a story").items;
        let lines: Vec<(&str, &str, &str)> =
            story.iter().map(|one| (one.field.as_str(), one.before.as_str(), one.after.as_str())).collect();
        assert_eq!((story[0].body.as_str(), story[0].author_name.as_str()), ("Đã gọi lại", "Minh"));
        for line in
            [("status", "new", "solved"), ("assignee", "", "Minh"), ("due_at", "", "5"), ("description", "", "")]
        {
            assert!(lines.contains(&line), "{line:?} in {lines:?}");
        }
        assert_eq!(lines.len(), 5);
        let change = story.iter().find(|one| one.kind == EntryKind::Change).expect("a change").id;
        assert!(delete_note(&actor, db, made.id, change).await.is_err(), "what was changed stays told");
        delete_note(&actor, db, made.id, note.id).await.expect("taken back");
        let again = Patch { status: Some(Status::Open), ..Patch::default() };
        assert_eq!(update(&actor, db, made.id, again).await.expect("opened again").closed_at, None);
        contact::delete(&actor, db, lan.id).await.expect("the contact goes");
        let left = get(&actor, db, made.id).await.expect("the ticket stays");
        assert_eq!((left.contact, left.contact_name.as_str()), (None, ""));
        delete(&actor, db, made.id).await.expect("removed");
        assert_eq!(get(&actor, db, made.id).await.expect_err("gone").kind, model::Kind::NotFound);
        let kinds: Vec<String> = told(db).await.into_iter().filter(|kind| kind.starts_with("ticket.")).collect();
        assert_eq!(kinds, ["ticket.created", "ticket.updated", "ticket.noted", "ticket.updated", "ticket.deleted"]);
    })
    .await;
}

#[tokio::test]
async fn tickets_are_found_by_each_condition() {
    on_both(async |db| {
        let (actor, user) = company(db).await;
        let lan = contact::create(&actor, db, named("Lan", &["0901234567"])).await.expect("a contact").id;
        let first = NewTicket { contact: Some(lan), priority: Priority::High, ..about("Hỏng màn hình 50%") };
        let first = create(&actor, db, first).await.expect("made");
        let second = NewTicket { assignee: Some(user), category: "Bảo hành".into(), ..about("Trả hàng") };
        let second = create(&actor, db, second).await.expect("made");
        let all = async |filter: Filter| numbers(&actor, db, filter).await;
        assert_eq!(all(Filter::default()).await, [2, 1], "the newest first");
        let text = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
        for (sought, found) in [
            ("man hinh", vec![1]),
            ("TRẢ", vec![2]),
            ("50%", vec![1]),
            ("%", vec![1]),
            ("minh", vec![2]),
            ("x_x", vec![]),
        ] {
            assert_eq!(all(text(sought)).await, found, "{sought}");
        }
        assert_eq!(all(Filter { priority: Some(Priority::High), ..Filter::default() }).await, [1]);
        assert_eq!(all(Filter { category: Some("Bảo hành".into()), ..Filter::default() }).await, [2]);
        assert_eq!(all(Filter { assignee: Some(Some(user)), ..Filter::default() }).await, [2]);
        assert_eq!(all(Filter { assignee: Some(None), ..Filter::default() }).await, [1]);
        assert_eq!(all(Filter { contact: Some(lan), ..Filter::default() }).await, [1]);
        assert_eq!(all(Filter { call: Some(mint()), ..Filter::default() }).await, [0_i64; 0]);
        let closed = Patch { status: Some(Status::Closed), ..Patch::default() };
        update(&actor, db, first.id, closed).await.expect("closed");
        assert_eq!(all(Filter { statuses: vec![Status::New, Status::Open], ..Filter::default() }).await, [2]);
        assert_eq!(categories(&actor, db).await.expect("categories"), ["Bảo hành"]);
        assert_eq!(people(&actor, db).await.expect("people"), [(user, "Minh".to_owned())]);
        let bits = model::Id::bits(second.id) >> 32;
        assert_eq!(find_by_start(&actor, db, bits, 96).await.expect("a look"), Some(second.clone()));
        assert_eq!(find_by_number(&actor, db, 2).await.expect("a look"), Some(second));
        let page = PageRequest { limit: 1, after: None };
        let page = list(&actor, db, Filter::default(), page).await.expect("a page");
        let next = PageRequest { limit: 1, after: page.next };
        assert_eq!(list(&actor, db, Filter::default(), next).await.expect("the next").items[0].number, 1);
    })
    .await;
}

#[tokio::test]
async fn wrong_fields_are_named_and_strangers_and_agents_are_held_back() {
    on_both(async |db| {
        let (actor, user) = company(db).await;
        let (other, stranger) = company(db).await;
        let field = async |new: NewTicket| {
            create(&actor, db, new).await.expect_err("refused").fields.first().map(|field| field.name.clone())
        };
        for (new, name) in [
            (about(" "), "subject"),
            (about(&"x".repeat(201)), "subject"),
            (about("a\nb"), "subject"),
            (NewTicket { description: "x".repeat(10_001), ..about("x") }, "description"),
            (NewTicket { category: "x".repeat(101), ..about("x") }, "category"),
            (NewTicket { due_at: Some(-1), ..about("x") }, "due_at"),
            (NewTicket { contact: Some(mint()), ..about("x") }, "contact"),
            (NewTicket { assignee: Some(stranger), ..about("x") }, "assignee"),
        ] {
            assert_eq!(field(new).await.as_deref(), Some(name));
        }
        let made = create(&actor, db, NewTicket { assignee: Some(user), ..about("x") }).await.expect("made");
        assert!(get(&other, db, made.id).await.is_err());
        assert!(update(&other, db, made.id, Patch::default()).await.is_err());
        assert!(add_note(&other, db, made.id, "x").await.is_err());
        assert!(numbers(&other, db, Filter::default()).await.is_empty());
        assert_eq!(create(&other, db, about("y")).await.expect("made").number, 1, "each company counts for itself");
        let agent = Actor { role: Role::Agent, ..actor.clone() };
        assert!(add_note(&agent, db, made.id, "x").await.is_ok());
        assert!(add_note(&agent, db, made.id, "").await.is_err());
        assert!(delete(&agent, db, made.id).await.is_err(), "an agent removes nothing");
        assert!(hand_over(&agent, db, user, user).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_is_left_to_do_of_one_person_is_handed_to_another() {
    on_both(async |db| {
        let (actor, from) = company(db).await;
        let to: model::UserId = mint();
        let mut tx = db.write(actor.tenant).await.expect("a transaction");
        super::repo::insert_person(&mut tx, to, "Hoa").await.expect("a person");
        tx.commit().await.expect("committed");
        let of = |user| NewTicket { assignee: Some(user), ..about("x") };
        let open = create(&actor, db, of(from)).await.expect("made");
        let over = create(&actor, db, of(from)).await.expect("made");
        update(&actor, db, over.id, Patch { status: Some(Status::Closed), ..Patch::default() }).await.expect("closed");
        assert_eq!(hand_over(&actor, db, from, to).await.expect("handed over"), 1);
        assert_eq!(get(&actor, db, open.id).await.expect("there").assignee_name, "Hoa");
        assert_eq!(get(&actor, db, over.id).await.expect("there").assignee, Some(from));
    })
    .await;
}

use super::{Kind, NewRequest, Status, create, get, list, list_all, reply, set_status};
use crate::tenant::{self, NewTenant};
use model::{Actor, PageRequest, Role};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Owner, ..Actor::system(made.id) }
}

fn asks(title: &str) -> NewRequest {
    NewRequest { kind: Kind::Technical, title: title.to_owned(), body: "No sound <b>at all</b>.".to_owned() }
}

fn all() -> PageRequest {
    PageRequest { after: None, limit: 50 }
}

#[tokio::test]
async fn a_company_and_the_operator_talk_until_one_of_them_closes_it() {
    on_both(async |db: &TestDb| {
        let sen = company(db, "Sen").await;
        let operator = Actor { role: Role::Operator, ..company(db, "House").await };
        let made = create(&sen, db, asks(" No sound ")).await.expect("asked");
        let id = made.request.id;
        assert_eq!((made.request.title.as_str(), made.request.status), ("No sound", Status::Open));
        let waiting = list_all(&operator, db, Some(Status::Open), all()).await.expect("listed").items;
        assert_eq!((waiting.len(), waiting[0].company_name.as_str()), (1, "Sen"));
        assert!(reply(&operator, db, id, "We look at it.").await.expect("answered").from_operator);
        assert_eq!(get(&sen, db, id).await.expect("seen").request.status, Status::Answered);
        assert!(list_all(&operator, db, Some(Status::Open), all()).await.expect("listed").items.is_empty());
        set_status(&sen, db, id, Status::Closed).await.expect("closed");
        reply(&sen, db, id, "Again!").await.expect("said");
        let talk = get(&operator, db, id).await.expect("seen");
        assert_eq!(talk.request.status, Status::Open, "a new message opens it");
        let said: Vec<_> = talk.messages.iter().map(|one| (one.from_operator, one.body.as_str())).collect();
        assert_eq!(said, [(false, "No sound <b>at all</b>."), (true, "We look at it."), (false, "Again!")]);
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_the_requests_of_another_company() {
    on_both(async |db: &TestDb| {
        let (sen, mai) = (company(db, "Sen").await, company(db, "Mai").await);
        let id = create(&sen, db, asks("Ours")).await.expect("asked").request.id;
        assert!(list(&mai, db, all()).await.expect("listed").items.is_empty());
        assert_eq!(get(&mai, db, id).await.expect_err("foreign").code, "not_found");
        assert_eq!(reply(&mai, db, id, "Hello").await.expect_err("foreign").code, "not_found");
        assert_eq!(set_status(&mai, db, id, Status::Closed).await.expect_err("foreign").code, "not_found");
        assert_eq!(list_all(&mai, db, None, all()).await.expect_err("no operator").code, "permission_missing");
        let agent = Actor { role: Role::Agent, ..sen };
        assert_eq!(create(&agent, db, asks("Mine")).await.expect_err("an agent").code, "permission_missing");
    })
    .await;
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest() {
    on_both(async |db: &TestDb| {
        let sen = company(db, "Sen").await;
        let mut made = Vec::new();
        for title in ["one", "two", "three"] {
            made.push(create(&sen, db, asks(title)).await.expect("asked").request.id.to_string());
        }
        // Those of one millisecond have no order but that of their ids.
        made.sort_by(|one, other| other.cmp(one));
        let first = list(&sen, db, PageRequest { after: None, limit: 2 }).await.expect("listed");
        let rest = list(&sen, db, PageRequest { after: first.next.clone(), limit: 2 }).await.expect("listed");
        let ids: Vec<_> = first.items.iter().chain(&rest.items).map(|one| one.id.to_string()).collect();
        assert_eq!((first.items.len(), ids, rest.next), (2, made, None));
    })
    .await;
}

#[tokio::test]
async fn what_is_empty_or_too_long_is_refused() {
    on_both(async |db: &TestDb| {
        let sen = company(db, "Sen").await;
        let new = NewRequest { title: " ".into(), body: "x".repeat(10_001), ..asks("") };
        let fields = create(&sen, db, new).await.expect_err("refused").fields;
        assert_eq!(fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["title", "body"]);
        let id = create(&sen, db, asks("Good")).await.expect("asked").request.id;
        assert_eq!(reply(&sen, db, id, " \n").await.expect_err("empty").fields[0].name, "body");
    })
    .await;
}

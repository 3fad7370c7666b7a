use super::{all, find, set};
use crate::tenant::{self, NewTenant};
use crate::user::{self, NewUser};
use model::{Actor, Kind, Role, UserId};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Manager, ..Actor::system(made.id) }
}

async fn person(db: &Db, manager: &Actor, login: &str) -> UserId {
    let new = NewUser { login: login.into(), name: "Lan".into(), email: None, role: Role::Agent, password: None };
    user::create(manager, db, new).await.expect("created").id
}

#[tokio::test]
async fn a_person_is_found_by_the_name_of_another_system_in_its_own_company() {
    on_both(async |db: &TestDb| {
        let (sen, hoa) = (company(db, "Sen").await, company(db, "Hoa").await);
        let (lan, minh) = (person(db, &sen, "lan@x").await, person(db, &sen, "minh@x").await);
        set(&sen, db, lan, " crm-7 ").await.expect("kept");
        assert_eq!(find(&sen, db, "crm-7").await.expect("a look"), Some(lan));
        assert_eq!(find(&hoa, db, "crm-7").await.expect("a look"), None);
        assert_eq!(set(&sen, db, minh, "crm-7").await.expect_err("taken").code, "external_id_taken");
        let stranger = person(db, &hoa, "an@x").await;
        set(&hoa, db, stranger, "crm-7").await.expect("another company has its own");
        assert_eq!(set(&sen, db, stranger, "x").await.expect_err("not ours").kind, Kind::NotFound);
        assert_eq!(set(&sen, db, lan, &"x".repeat(101)).await.expect_err("long").kind, Kind::Invalid);
        set(&sen, db, lan, "").await.expect("taken away");
        assert!(all(&sen, db).await.expect("all").is_empty());
        set(&sen, db, minh, "crm-7").await.expect("free again");
        assert_eq!(all(&sen, db).await.expect("all").get(&minh).map(String::as_str), Some("crm-7"));
        let agent = Actor { role: Role::Agent, ..sen.clone() };
        assert_eq!(set(&agent, db, lan, "x").await.expect_err("not allowed").kind, Kind::Forbidden);
    })
    .await;
}

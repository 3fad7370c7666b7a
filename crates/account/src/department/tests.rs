use super::{DepartmentPatch, NewDepartment, create, delete, get, list, update};
use crate::tenant::{self, NewTenant};
use crate::user::{self, NewUser, UserPatch};
use model::{Actor, PageRequest, Role, UserId};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Manager, ..Actor::system(made.id) }
}

fn named(name: &str) -> NewDepartment {
    NewDepartment { name: name.to_owned(), description: "Calls back".to_owned() }
}

async fn lan(db: &Db, manager: &Actor) -> UserId {
    let new = NewUser { login: "lan@x".into(), name: "Lan".into(), email: None, role: Role::Agent, password: None };
    user::create(manager, db, new).await.expect("created").id
}

fn into(department: Option<String>) -> UserPatch {
    UserPatch { department: Some(department), ..UserPatch::default() }
}

#[tokio::test]
async fn people_belong_to_departments_and_are_counted() {
    on_both(async |db: &TestDb| {
        let sen = company(db, "Sen").await;
        let sales = create(&sen, db, named(" Sales ")).await.expect("created");
        assert_eq!((sales.name.as_str(), sales.users), ("Sales", 0));
        let lan = lan(db, &sen).await;
        let moved = user::update(&sen, db, lan, into(Some(sales.id.to_string()))).await.expect("moved");
        assert_eq!(moved.department, Some(sales.id));
        let all = list(&sen, db, PageRequest { after: None, limit: 50 }).await.expect("listed").items;
        assert_eq!(all.iter().map(|one| one.users).collect::<Vec<_>>(), [1]);
        user::update(&sen, db, lan, into(None)).await.expect("taken out");
        assert_eq!(get(&sen, db, sales.id).await.expect("there").users, 0);
    })
    .await;
}

#[tokio::test]
async fn a_department_with_people_goes_only_when_they_are_told_where_to_go() {
    on_both(async |db: &TestDb| {
        let sen = company(db, "Sen").await;
        let sales = create(&sen, db, named("Sales")).await.expect("created").id;
        let care = create(&sen, db, named("Care")).await.expect("created").id;
        let lan = lan(db, &sen).await;
        user::update(&sen, db, lan, into(Some(sales.to_string()))).await.expect("moved");
        assert_eq!(delete(&sen, db, sales, None).await.expect_err("people").code, "department_not_empty");
        for wrong in [sales, mint()] {
            let problem = delete(&sen, db, sales, Some(wrong)).await.expect_err("nowhere");
            assert_eq!(problem.fields[0].name, "move_to");
        }
        delete(&sen, db, sales, Some(care)).await.expect("gone");
        assert_eq!(user::get(&sen, db, lan).await.expect("there").department, Some(care));
        assert_eq!(delete(&sen, db, sales, None).await.expect_err("twice").code, "not_found");
    })
    .await;
}

#[tokio::test]
async fn names_are_unique_in_a_company_and_another_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (sen, mai) = (company(db, "Sen").await, company(db, "Mai").await);
        let sales = create(&sen, db, named("Sales")).await.expect("created").id;
        assert_eq!(create(&sen, db, named("Sales")).await.expect_err("taken").fields[0].name, "name");
        let theirs = create(&mai, db, named("Sales")).await.expect("another company").id;
        assert_eq!(get(&mai, db, sales).await.expect_err("foreign").code, "not_found");
        assert_eq!(delete(&mai, db, sales, Some(theirs)).await.expect_err("foreign").code, "not_found");
        let renamed = DepartmentPatch { name: Some("Mine".into()), ..DepartmentPatch::default() };
        assert_eq!(update(&mai, db, sales, renamed).await.expect_err("foreign").code, "not_found");
        let lan = lan(db, &mai).await;
        let foreign = user::update(&mai, db, lan, into(Some(sales.to_string()))).await.expect_err("foreign");
        assert_eq!(foreign.fields[0].name, "department");
        let agent = Actor { role: Role::Agent, ..sen };
        assert_eq!(create(&agent, db, named("Other")).await.expect_err("an agent").code, "permission_missing");
        assert_eq!(create(&mai, db, named(" ")).await.expect_err("no name").fields[0].name, "name");
    })
    .await;
}

use super::{NewView, ViewPatch, create, delete, list, update};
use crate::tenant::{self, NewTenant};
use model::{Actor, Id, Role, UserId};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Manager, user: Some(UserId::from_bits(1)), ..Actor::system(made.id) }
}

fn missed(shared: bool) -> NewView {
    NewView { list: "calls".into(), name: " Missed ".into(), query: "status=no_answer".into(), shared }
}

async fn names(actor: &Actor, db: &Db) -> Vec<String> {
    list(actor, db, "calls").await.expect("listed").into_iter().map(|view| view.name).collect()
}

#[tokio::test]
async fn a_view_is_its_makers_until_it_is_shared() {
    on_both(async |db: &TestDb| {
        let chief = company(db, "Sen").await;
        let lan = Actor { role: Role::Agent, user: Some(UserId::from_bits(2)), ..chief.clone() };
        let made = create(&chief, db, missed(false)).await.expect("kept");
        assert_eq!(made.name, "Missed");
        assert!(names(&lan, db).await.is_empty());
        assert_eq!(delete(&lan, db, made.id).await.expect_err("not theirs").code, "not_found");
        let shared = ViewPatch { shared: Some(true), ..ViewPatch::default() };
        update(&chief, db, made.id, shared.clone()).await.expect("shared");
        assert_eq!(names(&lan, db).await, ["Missed"]);
        assert_eq!(delete(&lan, db, made.id).await.expect_err("used, not changed").code, "permission_missing");
        assert_eq!(create(&lan, db, missed(true)).await.expect_err("an agent").code, "permission_missing");
        let own = create(&lan, db, missed(false)).await.expect("the same name is another person's");
        assert_eq!(update(&lan, db, own.id, shared).await.expect_err("an agent").code, "permission_missing");
        delete(&lan, db, own.id).await.expect("forgotten");
        assert_eq!(delete(&lan, db, own.id).await.expect_err("twice").code, "not_found");
    })
    .await;
}

#[tokio::test]
async fn another_company_sees_none_and_a_key_has_none() {
    on_both(async |db: &TestDb| {
        let (sen, mai) = (company(db, "Sen").await, company(db, "Mai").await);
        let view = create(&sen, db, missed(true)).await.expect("kept");
        assert!(names(&mai, db).await.is_empty());
        assert_eq!(update(&mai, db, view.id, ViewPatch::default()).await.expect_err("foreign").code, "not_found");
        assert_eq!(delete(&mai, db, view.id).await.expect_err("foreign").code, "not_found");
        let key = Actor { user: None, ..sen.clone() };
        assert_eq!(list(&key, db, "calls").await.expect_err("nobody").code, "person_needed");
        assert_eq!(create(&key, db, missed(false)).await.expect_err("nobody").code, "person_needed");
        assert_eq!(create(&sen, db, missed(false)).await.expect_err("twice").fields[0].name, "name");
        let wrong = NewView { list: "Calls!".into(), name: "".into(), query: "x".repeat(2_001), shared: false };
        let faults = create(&sen, db, wrong).await.expect_err("wrong").fields;
        assert_eq!(faults.iter().map(|fault| fault.name.as_str()).collect::<Vec<_>>(), ["list", "name", "query"]);
    })
    .await;
}

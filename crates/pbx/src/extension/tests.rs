use super::{ExtensionPatch, NewExtension, create, create_many, delete, find_by_number, get, list, password, update};
use crate::fixture::{a_group, a_hotline, a_trunk, an_extension, company, fields, pages_of, told};
use crate::flow::{self, NewFlow};
use crate::hotline::Target;
use ::flow::{Graph, Node};
use model::{Actor, Kind, PageRequest, Problem, Role};
use std::collections::BTreeMap;
use store::mint;
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_number_is_unique_in_its_company_and_free_in_others() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let id = an_extension(&ours, db, "101").await;
        an_extension(&theirs, db, "101").await;
        let clash = create(&ours, db, NewExtension::number("101")).await.expect_err("taken");
        assert_eq!((clash.kind, clash.code, fields(&clash)), (Kind::Conflict, "already_exists", vec!["number"]));
        let found = find_by_number(&ours, db, "101").await.expect("asked").expect("found");
        assert_eq!((found.id, found.name.as_str(), found.enabled), (id, "101", true));
        assert_eq!(told(db).await, ["extension.created", "extension.created"]);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_kept_sealed_and_told_to_those_who_set_up_phones() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let random = create(&ours, db, NewExtension::number("101")).await.expect("created");
        assert_eq!(random.password.len(), 20);
        let id = random.extension.id;
        assert_eq!(password(&ours, db, id).await, Ok(random.password.clone()));
        let mut tx = db.read(ours.tenant).await.expect("a transaction");
        let sealed = super::repo::sealed_password(&mut tx, id).await.expect("asked").expect("there");
        assert!(!sealed.contains(&random.password));
        drop(tx);
        let patch = ExtensionPatch { password: Some("s3cret".into()), ..ExtensionPatch::default() };
        update(&ours, db, id, patch).await.expect("changed");
        assert_eq!(password(&ours, db, id).await.as_deref(), Ok("s3cret"));
        update(&ours, db, id, ExtensionPatch { enabled: Some(false), ..Default::default() }).await.expect("changed");
        assert_eq!(password(&ours, db, id).await.as_deref(), Ok("s3cret"), "other changes leave it");
        let agent = Actor { role: Role::Agent, ..ours };
        assert_eq!(password(&agent, db, id).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn wrong_input_is_named_by_its_place() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let bad =
            NewExtension {
                name: Some("\u{7}".into()), password: Some("có dấu".into()), ..NewExtension::number("1")
            };
        assert_eq!(fields(&create(&ours, db, bad.clone()).await.expect_err("wrong")), ["number", "name", "password"]);
        let list = vec![NewExtension::number("101"), bad, NewExtension::number("101")];
        let wrong = create_many(&ours, db, list).await.expect_err("wrong");
        let wanted = ["extensions[1].number", "extensions[1].name", "extensions[1].password", "extensions[2].number"];
        assert_eq!(fields(&wrong), wanted);
        let lost = NewExtension { hotline: Some(mint()), ..NewExtension::number("101") };
        assert_eq!(fields(&create(&ours, db, lost).await.expect_err("wrong")), ["hotline"]);
        assert_eq!(told(db).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_thousand_are_made_at_once_or_not_at_all() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let thousand = || (1000..2000).map(|number| NewExtension::number(number.to_string())).collect::<Vec<_>>();
        let began = std::time::Instant::now();
        let made = create_many(&ours, db, thousand()).await.expect("made");
        // One second is promised for a release build on a quiet machine.
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
        assert_eq!(made.len(), 1000);
        assert_eq!(told(db).await.len(), 1000);
        let clash = create_many(&ours, db, vec![NewExtension::number("3000"), NewExtension::number("1500")]).await;
        let clash = clash.expect_err("taken");
        assert_eq!((clash.kind, fields(&clash)), (Kind::Conflict, vec!["extensions[1].number"]));
        assert_eq!(find_by_number(&ours, db, "3000").await, Ok(None));
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged_by_number_and_searched() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        for (number, name) in [("101", "Lan"), ("102", "Minh"), ("201", "An Lan")] {
            let new = NewExtension { name: Some(name.into()), ..NewExtension::number(number) };
            create(&ours, db, new).await.expect("created");
        }
        let numbers = async |search: Option<&str>, page: PageRequest| {
            let page = list(&ours, db, search, page).await.expect("a page");
            (page.items.into_iter().map(|one| one.number).collect::<Vec<_>>(), page.next)
        };
        let (first, next) = numbers(None, pages_of(2)).await;
        assert_eq!((first, next.as_deref()), (vec!["101".to_owned(), "102".into()], Some("102")));
        assert_eq!(numbers(None, PageRequest { limit: 2, after: next }).await, (vec!["201".to_owned()], None));
        assert_eq!(numbers(Some("lan"), pages_of(9)).await.0, ["101", "201"]);
        assert_eq!(numbers(Some("10"), pages_of(9)).await.0, ["101", "102"]);
        assert_eq!(numbers(Some("%"), pages_of(9)).await.0, ["201"], "a space, not everything");
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let id = an_extension(&ours, db, "101").await;
        assert_eq!(list(&theirs, db, None, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("extension");
        assert_eq!(get(&theirs, db, id).await, Err(hidden.clone()));
        assert_eq!(password(&theirs, db, id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, id, ExtensionPatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, id).await, Err(hidden));
        assert_eq!(find_by_number(&theirs, db, "101").await, Ok(None));
        assert!(get(&ours, db, id).await.is_ok());
        let stranger = Actor::system(mint());
        assert_eq!(create(&stranger, db, NewExtension::number("101")).await, Err(Problem::not_found("company")));
    })
    .await;
}

#[tokio::test]
async fn what_is_used_is_not_deleted_and_says_by_whom() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let id = an_extension(&ours, db, "101").await;
        a_trunk(&ours, db, "127.0.0.30").await;
        a_group(&ours, db, vec![id]).await;
        a_hotline(&ours, db, "02873000001", Target::Extension(id)).await;
        let nodes = BTreeMap::from([("x".to_owned(), Node::Extension { extension: id, on_no_answer: None })]);
        let graph = Graph { start: "x".into(), nodes };
        flow::create(&ours, db, NewFlow { name: "Night".into(), graph }).await.expect("a flow");
        let used = delete(&ours, db, id).await.expect_err("used");
        assert_eq!((used.kind, used.code), (Kind::Conflict, "in_use"));
        for name in ["Extension 101", "ring group Sales", "hotline +842873000001", "flow Night"] {
            assert!(used.message.contains(name), "{}", used.message);
        }
        let free = an_extension(&ours, db, "102").await;
        delete(&ours, db, free).await.expect("deleted");
        assert_eq!(get(&ours, db, free).await, Err(Problem::not_found("extension")));
        assert_eq!(told(db).await.last().map(String::as_str), Some("extension.deleted"));
    })
    .await;
}

#[tokio::test]
async fn the_shown_hotline_is_set_and_cleared() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let id = an_extension(&ours, db, "101").await;
        a_trunk(&ours, db, "127.0.0.30").await;
        let hotline = a_hotline(&ours, db, "02873000001", Target::Extension(id)).await;
        let set: ExtensionPatch =
            serde_json::from_value(serde_json::json!({ "hotline": hotline.id.to_string() })).expect("a patch");
        assert_eq!(update(&ours, db, id, set).await.expect("set").hotline, Some(hotline.id));
        let keep: ExtensionPatch = serde_json::from_str(r#"{"name": "Lan"}"#).expect("a patch");
        assert_eq!(update(&ours, db, id, keep).await.expect("kept").hotline, Some(hotline.id));
        let used = crate::hotline::delete(&ours, db, hotline.id).await.expect_err("shown");
        assert!(used.message.contains("extension 101"), "{}", used.message);
        let clear: ExtensionPatch = serde_json::from_str(r#"{"hotline": null}"#).expect("a patch");
        assert_eq!(update(&ours, db, id, clear).await.expect("cleared").hotline, None);
        crate::hotline::delete(&ours, db, hotline.id).await.expect("deleted");
    })
    .await;
}

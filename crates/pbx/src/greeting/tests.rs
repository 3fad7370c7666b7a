use super::{NewGreeting, Speech, Voice, create, delete, file, get, list, slice};
use crate::fixture::{company, fields};
use model::{GreetingId, PageRequest, Problem, TenantId};
use store::mint;
use store::testing::{TestDb, on_both};

fn new(name: &str) -> NewGreeting {
    NewGreeting { id: mint(), name: name.into(), duration_ms: 2_000, size_bytes: 32_044, speech: None }
}

#[tokio::test]
async fn a_greeting_is_kept_under_the_id_its_file_has() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let wanted = new(" Hello ");
        let made = create(&ours, db, wanted.clone()).await.expect("created");
        assert_eq!((made.id, made.name.as_str()), (wanted.id, "Hello"));
        assert_eq!(get(&ours, db, made.id).await, Ok(made.clone()));
        let wrong = create(&ours, db, NewGreeting { duration_ms: 0, ..new("") }).await.expect_err("wrong");
        assert_eq!(fields(&wrong), ["name", "file"]);
        delete(&ours, db, made.id).await.expect("deleted");
        assert_eq!(get(&ours, db, made.id).await, Err(Problem::not_found("greeting")));
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = create(&ours, db, new("Hello")).await.expect("created");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        assert_eq!(get(&theirs, db, made.id).await, Err(Problem::not_found("greeting")));
        assert_eq!(delete(&theirs, db, made.id).await, Err(Problem::not_found("greeting")));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, [made]);
    })
    .await;
}

#[tokio::test]
async fn a_spoken_greeting_remembers_what_was_said_and_lists_are_searched() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let speech = Speech { text: "Xin chào 100%".into(), voice: Voice::SouthernWoman, speed: -3 };
        let spoken =
            create(&ours, db, NewGreeting { speech: Some(speech.clone()), ..new("100% Hello") }).await.expect("made");
        create(&ours, db, new("Bye")).await.expect("made");
        assert_eq!(get(&ours, db, spoken.id).await.expect("there").speech, Some(speech.clone()));
        let names = async |actor: &model::Actor, search: Option<&str>, offset: u64| {
            let slice = slice(actor, db, search, offset, 10).await.expect("a slice");
            (slice.items.into_iter().map(|greeting| greeting.name).collect::<Vec<_>>(), slice.total)
        };
        assert_eq!(names(&ours, None, 0).await, (vec!["Bye".to_owned(), "100% Hello".to_owned()], 2));
        assert_eq!(names(&ours, None, 1).await, (vec!["100% Hello".to_owned()], 2));
        assert_eq!(names(&ours, Some("0% h"), 0).await, (vec!["100% Hello".to_owned()], 1));
        assert_eq!(names(&ours, Some("0_ h"), 0).await, (vec![], 0), "signs of patterns are signs");
        assert_eq!(names(&theirs, None, 0).await, (vec![], 0), "another tenant sees nothing");
        let wrong = NewGreeting { speech: Some(Speech { speed: 4, ..speech }), ..new("x") };
        assert_eq!(fields(&create(&ours, db, wrong).await.expect_err("wrong")), ["speech.speed"]);
    })
    .await;
}

#[test]
fn files_have_names_made_from_ids_only() {
    let (tenant, id): (TenantId, GreetingId) = (mint(), mint());
    assert_eq!(file(tenant, id).to_string_lossy(), format!("greetings/{tenant}/{id}.wav"));
}

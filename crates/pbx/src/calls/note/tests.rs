use super::{NotePatch, annotate, notes};
use crate::calls::tests::a_record;
use crate::calls::{Filter, Outcome, list, record};
use crate::disposition;
use crate::fixture::{company, fields, pages_of};
use model::{Actor, CallId, DispositionId, Problem};
use store::Db;
use store::testing::{TestDb, on_both};

async fn a_call(db: &Db, company: &Actor) -> CallId {
    let call = a_record(company.tenant, 1_000);
    let mut tx = db.write(company.tenant).await.expect("a transaction");
    record(&mut tx, &call).await.expect("recorded");
    tx.commit().await.expect("committed");
    call.id
}

fn came_of_it(id: Option<DispositionId>) -> NotePatch {
    NotePatch { disposition: Some(id), ..NotePatch::default() }
}

#[tokio::test]
async fn a_call_is_written_on_by_its_own_company_only() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let call = a_call(db, &ours).await;
        let text = NotePatch { text: Some("Call back".into()), ..NotePatch::default() };
        annotate(&ours, db, call, text.clone()).await.expect("written");
        let tags = NotePatch { tags: Some(vec!["VIP".into(), " vay ".into(), "VIP".into()]), ..NotePatch::default() };
        let note = annotate(&ours, db, call, tags).await.expect("written");
        assert_eq!(
            (note.text.as_str(), note.tags.as_slice()),
            ("Call back", ["VIP".to_owned(), "vay".to_owned()].as_slice())
        );
        assert_eq!(notes(&ours, db, &[call]).await.expect("notes").remove(&call), Some(note));
        assert!(notes(&theirs, db, &[call]).await.expect("notes").is_empty());
        assert_eq!(annotate(&theirs, db, call, text).await, Err(Problem::not_found("call")));
        let wrong =
            NotePatch { text: Some("x".repeat(4_001)), tags: Some(vec!["a\nb".into()]), ..NotePatch::default() };
        assert_eq!(fields(&annotate(&ours, db, call, wrong).await.expect_err("wrong")), ["text", "tags"]);
        let cleared = NotePatch { text: Some(String::new()), tags: Some(vec![]), ..NotePatch::default() };
        assert_eq!(annotate(&ours, db, call, cleared).await.expect("written").tags, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn calls_are_found_by_what_came_of_them() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let (first, second) = (a_call(db, &ours).await, a_call(db, &ours).await);
        let sold = disposition::create(&ours, db, "Sold").await.expect("created").id;
        let foreign = disposition::create(&theirs, db, "Sold").await.expect("created").id;
        annotate(&ours, db, first, came_of_it(Some(sold))).await.expect("written");
        let refused = annotate(&ours, db, second, came_of_it(Some(foreign))).await.expect_err("foreign");
        assert_eq!(fields(&refused), ["disposition"]);
        let found = async |outcome| {
            let filter = Filter { outcome: Some(outcome), ..Filter::default() };
            let page = list(&ours, db, filter, pages_of(50)).await.expect("listed");
            page.items.into_iter().map(|call| call.id).collect::<Vec<_>>()
        };
        assert_eq!(found(Outcome::Is(sold)).await, [first]);
        assert_eq!(found(Outcome::Missing).await, [second]);
        disposition::retire(&ours, db, sold).await.expect("retired");
        let again = annotate(&ours, db, first, came_of_it(Some(sold))).await.expect("what it has stays");
        assert_eq!(again.disposition, Some(sold));
        assert_eq!(fields(&annotate(&ours, db, second, came_of_it(Some(sold))).await.expect_err("retired")).len(), 1);
        assert_eq!(annotate(&ours, db, first, came_of_it(None)).await.expect("cleared").disposition, None);
        assert_eq!(found(Outcome::Missing).await.len(), 2);
    })
    .await;
}

use super::{NotePatch, annotate, notes};
use crate::calls::record;
use crate::calls::tests::a_record;
use crate::fixture::{company, fields};
use model::Problem;
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_call_is_written_on_by_its_own_company_only() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let call = a_record(ours.tenant, 1_000);
        let mut tx = db.write(ours.tenant).await.expect("a transaction");
        record(&mut tx, &call).await.expect("recorded");
        tx.commit().await.expect("committed");
        let text = NotePatch { text: Some("Call back".into()), ..NotePatch::default() };
        annotate(&ours, db, call.id, text.clone()).await.expect("written");
        let tags = NotePatch { tags: Some(vec!["VIP".into(), " vay ".into(), "VIP".into()]), ..NotePatch::default() };
        let note = annotate(&ours, db, call.id, tags).await.expect("written");
        assert_eq!(
            (note.text.as_str(), note.tags.as_slice()),
            ("Call back", ["VIP".to_owned(), "vay".to_owned()].as_slice())
        );
        assert_eq!(notes(&ours, db, &[call.id]).await.expect("notes").remove(&call.id), Some(note));
        assert!(notes(&theirs, db, &[call.id]).await.expect("notes").is_empty());
        assert_eq!(annotate(&theirs, db, call.id, text).await, Err(Problem::not_found("call")));
        let wrong = NotePatch { text: Some("x".repeat(4_001)), tags: Some(vec!["a\nb".into()]) };
        assert_eq!(fields(&annotate(&ours, db, call.id, wrong).await.expect_err("wrong")), ["note", "tag"]);
        let cleared = NotePatch { text: Some(String::new()), tags: Some(vec![]) };
        assert_eq!(annotate(&ours, db, call.id, cleared).await.expect("written").tags, Vec::<String>::new());
    })
    .await;
}

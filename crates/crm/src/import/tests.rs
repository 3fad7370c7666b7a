use super::*;
use crate::contact::tests::{company, named, told};
use crate::contact::{self, Filter};
use crate::sheet;
use model::{Actor, PageRequest};
use store::Db;
use store::testing::on_both;

async fn sent(actor: &Actor, db: &Db, csv: &str) -> Import {
    let table = sheet::read(csv.as_bytes()).expect("a table");
    create(actor, db, "khach.csv", table).await.expect("kept")
}

async fn shown(actor: &Actor, db: &Db, csv: &str) -> Import {
    let import = sent(actor, db, csv).await;
    preview(actor, db, import.id, import.mapping.clone()).await.expect("looked at")
}

async fn all_steps(actor: &Actor, db: &Db, id: ImportId) -> Import {
    while step(actor, db, id).await.expect("a step") {}
    get(actor, db, id).await.expect("there")
}

async fn names(actor: &Actor, db: &Db) -> Vec<String> {
    let page = contact::list(actor, db, Filter::default(), PageRequest::first()).await.expect("a page");
    page.items.into_iter().map(|one| one.profile.name).collect()
}

const FILE: &str = "Họ và tên,SĐT,Email,Công ty,Nhãn\n\
    Trần Thị Lan,901234567,lan@example.vn,Ánh Dương,VIP\n\
    Minh,0912 000 111,,,\n\
    Hoa,0903333333,,ABC,\n\
    Sai,abc,,,\n\
    Trùng,0903333333,,,\n\
    ,0904444444,,,\n";

#[tokio::test]
async fn a_file_is_shown_written_and_taken_back() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let minh = contact::create(&actor, db, named("Minh", &["0912000111"])).await.expect("made");
        let hoa = contact::create(&actor, db, named("Hoa", &["0903333333"])).await.expect("made");
        let import = shown(&actor, db, FILE).await;
        assert_eq!(import.mapping, ["name", "phone", "email", "company", "labels"]);
        assert_eq!(import.columns[1].samples, ["901234567", "0912 000 111", "0903333333"]);
        let Counts { new, changed, same, error, written } = import.counts;
        // The row that repeats Hoa's number speaks of Hoa, who is known: it changes her name.
        assert_eq!((new, changed, same, error, written), (2, 2, 1, 1, 0));
        assert_eq!(names(&actor, db).await, ["Hoa", "Minh"], "nothing is written yet");
        let refused = apply(&actor, db, import.id, false).await.expect_err("refused");
        assert_eq!(refused.code, "rows_wrong");
        let (_, wrong) = wrong_rows(&actor, db, import.id).await.expect("rows");
        assert_eq!(wrong.iter().map(|row| row.place).collect::<Vec<_>>(), [5]);
        assert!(wrong[0].problem.contains("digits"), "{}", wrong[0].problem);
        let page = PageRequest { limit: 1, after: None };
        let diff = rows(&actor, db, import.id, Some(Outcome::Changed), page).await.expect("rows");
        let row = &diff.items[0];
        assert_eq!(row.before.as_ref().map(|one| one.company.as_str()), Some(""));
        assert_eq!(row.after.as_ref().map(|one| one.company.as_str()), Some("ABC"));
        assert!(diff.next.is_some());

        apply(&actor, db, import.id, true).await.expect("begun");
        let done = all_steps(&actor, db, import.id).await;
        assert_eq!((done.state, done.counts.written), (State::Done, 4));
        assert_eq!(names(&actor, db).await, ["0904444444", "Minh", "Trần Thị Lan", "Trùng"]);
        let lan = contact::find_by_phone(&actor, db, "0901234567").await.expect("asked").expect("found");
        assert_eq!(
            (lan.profile.company.as_str(), lan.profile.labels.as_slice()),
            ("Ánh Dương", &["VIP".to_owned()][..])
        );
        assert_eq!(apply(&actor, db, import.id, true).await.expect_err("refused").code, "not_previewed");
        let events = told(db).await;
        assert_eq!(events.iter().filter(|kind| *kind == "contact.created").count(), 4);

        undo(&actor, db, import.id).await.expect("begun");
        let undone = all_steps(&actor, db, import.id).await;
        assert_eq!((undone.state, undone.counts.written), (State::Undone, 0));
        assert_eq!(names(&actor, db).await, ["Hoa", "Minh"]);
        let present = contact::get(&actor, db, hoa.id).await.expect("there");
        assert_eq!(present.profile, hoa.profile);
        assert_eq!(contact::get(&actor, db, minh.id).await.expect("there"), minh);
        delete(&actor, db, import.id).await.expect("forgotten");
        assert!(get(&actor, db, import.id).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_somebody_changed_since_stays() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let import = shown(&actor, db, "name,phone\nLan,0901234567\nHoa,0903333333\n").await;
        apply(&actor, db, import.id, false).await.expect("begun");
        all_steps(&actor, db, import.id).await;
        let lan = contact::find_by_phone(&actor, db, "0901234567").await.expect("asked").expect("found");
        let patch = contact::Patch { note: Some("called".into()), ..contact::Patch::default() };
        contact::update(&actor, db, lan.id, patch).await.expect("changed");
        undo(&actor, db, import.id).await.expect("begun");
        let undone = all_steps(&actor, db, import.id).await;
        assert_eq!((undone.state, undone.counts.written), (State::Undone, 1));
        assert_eq!(names(&actor, db).await, ["Lan"]);
    })
    .await;
}

#[tokio::test]
async fn rows_are_judged_anew_when_they_are_written() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let import = shown(&actor, db, "name,phone\nLan,0901234567\nHoa,0903333333\n").await;
        assert_eq!(import.counts.new, 2);
        let lan = contact::create(&actor, db, named("Lan", &["0901234567"])).await.expect("made meanwhile");
        apply(&actor, db, import.id, false).await.expect("begun");
        let done = all_steps(&actor, db, import.id).await;
        assert_eq!((done.counts.new, done.counts.same, done.counts.written), (1, 1, 1));
        assert_eq!(contact::get(&actor, db, lan.id).await.expect("there"), lan);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_repeats_a_number_is_told_so() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let import = shown(&actor, db, "name,phone\nLan,0901234567\nChị Lan,+84901234567\n").await;
        let (_, wrong) = wrong_rows(&actor, db, import.id).await.expect("rows");
        assert_eq!((wrong[0].place, wrong[0].problem.as_str()), (3, "Row 2 has the number +84901234567 already."));
    })
    .await;
}

#[tokio::test]
async fn several_steps_and_several_workers_write_each_row_once() {
    let db = store::testing::sqlite().await;
    let (actor, _) = company(&db).await;
    let mut csv = String::from("name,phone\n");
    for number in 0..1_200 {
        csv.push_str(&format!("Khách {number},0901{number:06}\n"));
    }
    let import = shown(&actor, &db, &csv).await;
    apply(&actor, &db, import.id, false).await.expect("begun");
    let work = || all_steps(&actor, &db, import.id);
    let (_, done) = tokio::join!(work(), work());
    assert_eq!((done.state, done.counts.written), (State::Done, 1_200));
    assert_eq!(told(&db).await.len(), 1_200);
    undo(&actor, &db, import.id).await.expect("begun");
    let (_, undone) = tokio::join!(work(), work());
    assert_eq!((undone.state, undone.counts.written), (State::Undone, 0));
    assert!(names(&actor, &db).await.is_empty());
}

#[tokio::test]
async fn imports_are_for_managers_and_for_their_company() {
    on_both(async |db| {
        let (actor, _) = company(db).await;
        let (stranger, _) = company(db).await;
        let import = sent(&actor, db, "name\nLan\n").await;
        let agent = Actor { role: model::Role::Agent, ..actor.clone() };
        for other in [&stranger, &agent] {
            assert!(get(other, db, import.id).await.is_err());
            assert!(preview(other, db, import.id, vec!["name".into()]).await.is_err());
            assert!(apply(other, db, import.id, true).await.is_err());
            assert!(undo(other, db, import.id).await.is_err());
            assert!(delete(other, db, import.id).await.is_err());
            assert!(rows(other, db, import.id, None, PageRequest::first()).await.is_err());
        }
        assert!(list(&stranger, db, PageRequest::first()).await.expect("a page").items.is_empty());
        assert_eq!(apply(&actor, db, import.id, true).await.expect_err("refused").code, "not_previewed");
    })
    .await;
}

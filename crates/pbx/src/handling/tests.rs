use super::{Handling, HandlingPatch, code, get, patch};
use crate::extension;
use crate::fixture::{an_extension, company, fields};
use model::{Cause, Problem};
use store::testing::{TestDb, on_both};

fn forward(number: &str) -> Option<Option<String>> {
    Some(Some(number.to_owned()))
}

#[test]
fn codes_are_read_and_nothing_else() {
    let always = HandlingPatch { forward_always: forward("0901234567"), ..HandlingPatch::default() };
    assert_eq!(code::read("*720901234567"), Some(Some(always)));
    assert_eq!(code::read("*73"), Some(Some(HandlingPatch { forward_always: Some(None), ..HandlingPatch::default() })));
    let quiet = |on| HandlingPatch { do_not_disturb: Some(on), ..HandlingPatch::default() };
    assert_eq!((code::read("*78"), code::read("*79")), (Some(Some(quiet(true))), Some(Some(quiet(false)))));
    for half in ["*72", "*731", "*78x", "*92"] {
        assert_eq!(code::read(half), Some(None), "{half}");
    }
    for other in ["", "*", "*7", "101", "**101", "*97", "**72", "ế72", "72101"] {
        assert_eq!(code::read(other), None, "{other}");
    }
    for (on, off) in [("*90102", "*91"), ("*92102", "*93"), ("*94102", "*95")] {
        let set = Handling::default().with(code::read(on).flatten().expect("a code"));
        assert_ne!(set, Handling::default(), "{on}");
        assert_eq!(set.with(code::read(off).flatten().expect("a code")), Handling::default(), "{off}");
    }
}

#[test]
fn each_cause_has_its_forward() {
    let set = Handling {
        forward_busy: Some("1".into()),
        forward_no_answer: Some("2".into()),
        forward_unreachable: Some("3".into()),
        ..Handling::default()
    };
    for (cause, to) in [
        (Cause::Busy, Some("1")),
        (Cause::Declined, Some("1")),
        (Cause::NoAnswer, Some("2")),
        (Cause::NotRegistered, Some("3")),
        (Cause::Unreachable, Some("3")),
        (Cause::Cancelled, None),
        (Cause::Forbidden, None),
    ] {
        assert_eq!(set.forward(cause), to, "{cause:?}");
    }
    let all = Handling { forward_always: Some("9".into()), ..set };
    assert!(Cause::ALL.iter().all(|cause| all.forward(*cause) == Some("9")));
}

#[test]
fn peace_and_full_lines_are_busy() {
    let quiet = Handling { do_not_disturb: true, ..Handling::default() };
    assert_eq!((quiet.refuses(0), Handling::default().refuses(99)), (Some(Cause::Busy), None));
    let two = Handling { max_calls: Some(2), ..Handling::default() };
    assert_eq!((two.refuses(1), two.refuses(2)), (None, Some(Cause::Busy)));
}

#[tokio::test]
async fn handling_is_set_and_cleared_field_by_field() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let lan = an_extension(&ours, db, "101").await;
        assert_eq!(get(&ours, db, lan).await, Ok(Handling::default()));
        let some = HandlingPatch {
            forward_busy: forward(" 0901 234 567 "),
            max_calls: Some(Some(2)),
            ..HandlingPatch::default()
        };
        let set = patch(&ours, db, lan, some).await.expect("set");
        assert_eq!((set.forward_busy.as_deref(), set.max_calls), (Some("0901 234 567"), Some(2)));
        let quiet = HandlingPatch { do_not_disturb: Some(true), max_calls: Some(None), ..HandlingPatch::default() };
        let set = patch(&ours, db, lan, quiet).await.expect("set");
        assert_eq!((set.do_not_disturb, set.max_calls, set.forward_busy.is_some()), (true, None, true));
        assert_eq!(get(&ours, db, lan).await, Ok(set));
        let wrong = HandlingPatch {
            forward_always: forward("101"),
            forward_busy: forward("nobody"),
            ring_ms: Some(Some(5)),
            max_calls: Some(Some(0)),
            ..HandlingPatch::default()
        };
        let problem = patch(&ours, db, lan, wrong).await.expect_err("wrong");
        assert_eq!(fields(&problem), ["forward_always", "forward_busy", "ring_ms", "max_calls"]);
        assert_eq!(get(&theirs, db, lan).await, Err(Problem::not_found("extension")));
        assert_eq!(patch(&theirs, db, lan, HandlingPatch::default()).await, Err(Problem::not_found("extension")));
        extension::delete(&ours, db, lan).await.expect("deleted with what was set");
    })
    .await;
}

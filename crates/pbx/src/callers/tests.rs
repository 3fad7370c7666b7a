use super::{Callers, List, NewRule, create, delete, get, list, pattern};
use crate::fixture::{company, fields};
use model::{PageRequest, Problem};
use store::testing::{TestDb, on_both};

#[test]
fn patterns_are_kept_as_numbers_are() {
    for (text, kept) in [
        ("0901 234 567", Some("+84901234567")),
        ("+65 6123 4567", Some("+6561234567")),
        ("090*", Some("+8490*")),
        ("0084 90*", Some("+8490*")),
        ("+84*", Some("+84*")),
        ("1900*", Some("1900*")),
        (" Anonymous ", Some("anonymous")),
        ("*", None),
        ("+*", None),
        ("00*", None),
        ("09x*", None),
        ("9*9", None),
        ("", None),
        ("nobody", None),
    ] {
        assert_eq!(pattern(text, "84").as_deref(), kept, "{text:?}");
    }
}

#[test]
fn the_closest_rule_counts() {
    let callers = Callers::of([
        ("+8490*", List::Blocked),
        ("+84901234*", List::Vip),
        ("+84901234567", List::Blocked),
        ("anonymous", List::Blocked),
    ]);
    let on = |number: &str| callers.find(number);
    assert_eq!(on("+84901234567"), Some((List::Blocked, "+84901234567".into())));
    assert_eq!(on("+84901234568"), Some((List::Vip, "+84901234*".into())));
    assert_eq!(on("+84909999999"), Some((List::Blocked, "+8490*".into())));
    assert_eq!(on("+84911111111"), None);
    for hidden in ["anonymous", "", "Restricted"] {
        assert_eq!(on(hidden), Some((List::Blocked, "anonymous".into())), "{hidden:?}");
    }
    assert_eq!(Callers::default().find("anonymous"), None);
}

#[tokio::test]
async fn rules_are_added_once_listed_and_deleted_and_hidden_from_others() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let new = |pattern: &str, list| NewRule { list, pattern: pattern.into(), note: " calls at night ".into() };
        let rule = create(&ours, db, new("0901234567", List::Blocked)).await.expect("a rule");
        assert_eq!((rule.pattern.as_str(), rule.note.as_str()), ("+84901234567", "calls at night"));
        let twice = create(&ours, db, new("+84901234567", List::Vip)).await.expect_err("one list only");
        assert_eq!((twice.code, fields(&twice)), ("already_exists", vec!["pattern"]));
        let long = NewRule { note: "x".repeat(501), ..new("x", List::Vip) };
        assert_eq!(fields(&create(&ours, db, long).await.expect_err("wrong")), ["pattern", "note"]);
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        assert_eq!(get(&theirs, db, rule.id).await, Err(Problem::not_found("caller rule")));
        assert_eq!(delete(&theirs, db, rule.id).await, Err(Problem::not_found("caller rule")));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, std::slice::from_ref(&rule));
        delete(&ours, db, rule.id).await.expect("deleted");
        assert_eq!(get(&ours, db, rule.id).await, Err(Problem::not_found("caller rule")));
    })
    .await;
}

use super::{NewTemplate, create, delete, get, list};
use model::{Actor, Kind, PageRequest, Role};
use std::collections::BTreeMap;
use store::testing::{TestDb, on_both};

fn new(code: &str, text: &str) -> NewTemplate {
    NewTemplate { code: code.into(), text: text.into() }
}

#[test]
fn parameters_are_found_and_filled_in() {
    let template = new("otp", "Ma {otp} cua {name}, {otp}.").complete(0).expect("good");
    assert_eq!(template.parameters, ["name", "otp"]);
    let values = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<String, String>>()
    };
    let all = values(&[("otp", "123"), ("name", "Lan {x}"), ("more", "1")]);
    assert_eq!(template.fill(&all).as_deref(), Ok("Ma 123 cua Lan {x}, 123."));
    for (pairs, field) in [
        (&[("otp", "1")][..], "name"),
        (&[("otp", ""), ("name", "x")], "otp"),
        (&[("otp", "1\n2"), ("name", "x")], "otp"),
        (&[("otp", &*"9".repeat(401)), ("name", "x")], "otp"),
    ] {
        let wrong = template.fill(&values(pairs)).expect_err("a parameter is wrong");
        assert_eq!((wrong.code, wrong.fields[0].name.as_str()), ("parameter_invalid", field));
    }
    for text in ["{", "a}", "{}", "{a b}", "} {a}", "{a{b}}", ""] {
        assert_eq!(new("x", text).complete(0).expect_err("no template").fields[0].name, "text", "{text}");
    }
    assert_eq!(new("a b", "x").complete(0).expect_err("no code").fields[0].name, "code");
}

#[tokio::test]
async fn templates_belong_to_their_company() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (crate::message::testing::company(db).await, crate::message::testing::company(db).await);
        create(&ours, db, new("otp", "Ma {otp}")).await.expect("created");
        create(&theirs, db, new("otp", "{otp}")).await.expect("codes are each company's own");
        assert_eq!(create(&ours, db, new("otp", "x")).await.expect_err("twice").kind, Kind::Conflict);
        assert_eq!(get(&ours, db, "otp").await.expect("there").text, "Ma {otp}");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items.len(), 1);
        let agent = Actor { role: Role::Agent, ..ours.clone() };
        assert_eq!(create(&agent, db, new("b", "x")).await.expect_err("no right").kind, Kind::Forbidden);
        delete(&ours, db, "otp").await.expect("deleted");
        assert_eq!(delete(&ours, db, "otp").await.expect_err("gone").kind, Kind::NotFound);
        assert!(get(&theirs, db, "otp").await.is_ok());
    })
    .await;
}

use super::{NewComment, comment, comments, uncomment};
use crate::calls::record;
use crate::calls::tests::a_record;
use crate::fixture::{an_extension, company, fields};
use model::{Actor, CallId, ExtensionId, Id, Role, UserId};
use store::Db;
use store::testing::{TestDb, on_both};

fn saying(body: &str) -> NewComment {
    NewComment { body: body.into(), at_ms: Some(1_500) }
}

/// A person with this role, and the extension that is theirs.
async fn person(db: &Db, company: &Actor, number: &str, role: Role) -> (Actor, ExtensionId) {
    let user = UserId::from_bits(u128::from(number.parse::<u64>().expect("a number")));
    let extension = an_extension(company, db, number).await;
    let patch = crate::extension::ExtensionPatch { user: Some(Some(user)), ..Default::default() };
    crate::extension::update(company, db, extension, patch).await.expect("given");
    (Actor { role, user: Some(user), ..company.clone() }, extension)
}

async fn call_of(db: &Db, company: &Actor, extension: ExtensionId) -> CallId {
    let call = crate::calls::CallRecord { extension: Some(extension), ..a_record(company.tenant, 1_000) };
    let mut tx = db.write(company.tenant).await.expect("a transaction");
    record(&mut tx, &call).await.expect("recorded");
    tx.commit().await.expect("committed");
    call.id
}

#[tokio::test]
async fn people_talk_about_the_calls_they_may_see() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let (lan, own) = person(db, &ours, "101", Role::Agent).await;
        let (minh, _) = person(db, &ours, "102", Role::Agent).await;
        let (chief, _) = person(db, &ours, "103", Role::Manager).await;
        let call = call_of(db, &ours, own).await;
        let said = comment(&lan, db, call, saying(" Customer was upset ")).await.expect("said");
        assert_eq!((said.author, said.body.as_str(), said.at_ms), (lan.user, "Customer was upset", Some(1_500)));
        comment(&chief, db, call, saying("Well done")).await.expect("said");
        assert_eq!(comments(&lan, db, call).await.expect("read").len(), 2);
        for stranger in [&minh, &theirs] {
            assert_eq!(comments(stranger, db, call).await.expect_err("foreign").code, "not_found");
            assert_eq!(comment(stranger, db, call, saying("x")).await.expect_err("foreign").code, "not_found");
            assert_eq!(uncomment(stranger, db, call, said.id).await.expect_err("foreign").code, "not_found");
        }
        let wrong = NewComment { body: " ".into(), at_ms: Some(-1) };
        assert_eq!(fields(&comment(&lan, db, call, wrong).await.expect_err("wrong")), ["body", "at_ms"]);
    })
    .await;
}

#[tokio::test]
async fn one_takes_back_what_one_said_and_a_supervisor_takes_back_anything() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let (lan, own) = person(db, &ours, "101", Role::Agent).await;
        let (chief, _) = person(db, &ours, "103", Role::Manager).await;
        let call = call_of(db, &ours, own).await;
        let mine = comment(&lan, db, call, saying("mine")).await.expect("said");
        let theirs = comment(&chief, db, call, saying("theirs")).await.expect("said");
        assert_eq!(uncomment(&lan, db, call, theirs.id).await.expect_err("not mine").code, "permission_missing");
        uncomment(&lan, db, call, mine.id).await.expect("taken back");
        assert_eq!(uncomment(&lan, db, call, mine.id).await.expect_err("twice").code, "not_found");
        uncomment(&chief, db, call, theirs.id).await.expect("taken back");
        assert!(comments(&chief, db, call).await.expect("read").is_empty());
    })
    .await;
}

use super::{Kind, NewTrunk, NumberFormat, Transport, TrunkPatch, create, delete, get, list, update};
use crate::fixture::{a_hotline, a_trunk, an_extension, company, fields};
use crate::hotline::Target;
use crate::srtp::Srtp;
use model::{PageRequest, PhoneNumber, Problem};
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_trunk_keeps_what_it_was_given_and_its_addresses_in_one_form() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let new = NewTrunk {
            addresses: vec!["203.0.113.9/28".into(), "127.0.0.30".into(), "127.0.0.30".into()],
            max_calls: 30,
            transport: Transport::Tls,
            srtp: Srtp::Required,
            ..NewTrunk::by_address("VNPT", "x")
        };
        let made = create(&ours, db, new).await.expect("created");
        assert_eq!(made.addresses, ["127.0.0.30", "203.0.113.0/28"]);
        assert_eq!(made.server, "203.0.113.9");
        assert_eq!(get(&ours, db, made.id).await.as_ref(), Ok(&made));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, [made]);
    })
    .await;
}

#[tokio::test]
async fn each_kind_needs_what_it_cannot_do_without() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let bare = NewTrunk { addresses: vec![], ..NewTrunk::by_address("x", "x") };
        assert_eq!(fields(&create(&ours, db, bare.clone()).await.expect_err("wrong")), ["addresses", "server"]);
        let registration = NewTrunk { kind: Kind::Registration, ..bare };
        assert_eq!(fields(&create(&ours, db, registration.clone()).await.expect_err("wrong")), ["login", "server"]);
        let whole = NewTrunk {
            server: Some("sip.carrier.vn:5080".into()),
            login: Some("842873000001".into()),
            password: Some("s3cret".into()),
            transport: Transport::Tcp,
            ..registration
        };
        assert!(create(&ours, db, whole).await.is_ok());
        let wild = NewTrunk {
            addresses: vec!["0.0.0.0/0".into()],
            name: String::new(),
            max_calls: -1,
            ..NewTrunk::by_address("x", "x")
        };
        let wrong = create(&ours, db, wild).await.expect_err("wrong");
        assert_eq!(fields(&wrong), ["name", "addresses[0]", "max_calls"]);
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = a_trunk(&ours, db, "127.0.0.30").await;
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("trunk");
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, made.id, TrunkPatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, made.id).await, Err(hidden));
    })
    .await;
}

#[tokio::test]
async fn a_trunk_is_changed_and_deleted_when_no_hotline_needs_it() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let made = a_trunk(&ours, db, "127.0.0.30").await;
        let id = an_extension(&ours, db, "101").await;
        let hotline = a_hotline(&ours, db, "02873000001", Target::Extension(id)).await;
        let patch = TrunkPatch {
            addresses: Some(vec!["127.0.0.31".into()]),
            number_format: Some(NumberFormat::E164),
            enabled: Some(false),
            password: Some("s3cret".into()),
            ..TrunkPatch::default()
        };
        let changed = update(&ours, db, made.id, patch).await.expect("changed");
        assert_eq!((changed.addresses.as_slice(), changed.enabled), (["127.0.0.31".to_owned()].as_slice(), false));
        assert_eq!(get(&ours, db, made.id).await, Ok(changed));
        let used = delete(&ours, db, made.id).await.expect_err("used");
        assert!(used.message.contains("hotline +842873000001"), "{}", used.message);
        crate::hotline::delete(&ours, db, hotline.id).await.expect("deleted");
        delete(&ours, db, made.id).await.expect("deleted");
        assert_eq!(get(&ours, db, made.id).await, Err(Problem::not_found("trunk")));
    })
    .await;
}

#[test]
fn carriers_get_numbers_as_they_want_them() {
    let write =
        |format: NumberFormat, text: &str| format.write(&PhoneNumber::parse(text, "84").expect("a number"), "84");
    assert_eq!(write(NumberFormat::National, "+842873000001"), "02873000001");
    assert_eq!(write(NumberFormat::Plain, "02873000001"), "842873000001");
    assert_eq!(write(NumberFormat::E164, "02873000001"), "+842873000001");
    assert_eq!(write(NumberFormat::National, "+14155550100"), "0014155550100");
    assert_eq!(write(NumberFormat::E164, "1900"), "1900");
}

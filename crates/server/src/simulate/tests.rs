use super::*;
use crate::bootstrap::{self, Wanted, expand};
use crate::config::Config;
use store::testing::{self, TestDb};

async fn company() -> TestDb {
    let db = testing::sqlite().await;
    let config = Config { data_dir: db.folder().to_path_buf(), ..Config::default() };
    let wanted = Wanted {
        company: "Hoa Sen".into(),
        extensions: Some(expand("101-103").expect("a range")),
        hotline: Some("02873000001".into()),
        trunk: Some("127.0.0.30:5060".parse().expect("an address")),
        ..Wanted::default()
    };
    bootstrap::run(&db, &config, &wanted).await.expect("bootstrap works");
    db
}

async fn story(db: &TestDb, from: &str, to: &str, digits: &str) -> String {
    let asked =
        Simulate { from: from.into(), to: to.into(), digits: digits.into(), at: None, company: None, json: false };
    run(db, &asked).await.expect("a story")
}

#[tokio::test]
async fn a_customer_who_presses_1_reaches_the_first_extension() {
    let db = company().await;
    let told = story(&db, "0901234567", "02873000001", "1").await;
    assert!(told.contains("hotline") && told.contains("\"First extension\" (101)"), "{told}");
}

#[tokio::test]
async fn a_customer_who_waits_reaches_all() {
    let db = company().await;
    let told = story(&db, "0901234567", "02873000001", ",").await;
    assert!(told.contains("\"All extensions\" (101, 102, 103)"), "{told}");
}

#[tokio::test]
async fn extensions_reach_each_other_and_the_outside() {
    let db = company().await;
    assert!(story(&db, "101", "102", "").await.contains("The phones of extension 102 ring."));
    assert!(story(&db, "101", "0912345678", "").await.contains("is asked for 0912345678"));
    assert!(story(&db, "101", "999", "").await.contains("route"));
}

#[tokio::test]
async fn a_key_that_is_none_is_named() {
    let db = company().await;
    let (from, to) = ("0901234567".to_owned(), "02873000001".to_owned());
    let asked = Simulate { from, to, digits: "x".into(), at: None, company: None, json: true };
    assert!(run(&db, &asked).await.expect_err("x is no key").to_string().contains("'x' in digits is no key"));
}

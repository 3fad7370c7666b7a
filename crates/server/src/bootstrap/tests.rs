use super::*;
use std::time::Instant;
use store::testing::{self, TestDb};

fn wanted() -> Wanted {
    Wanted {
        company: "Công ty Hoa Sen".into(),
        extensions: Some(expand("101-110").expect("a range")),
        password_pattern: Some("pw{ext}".into()),
        hotline: Some("02873000001".into()),
        trunk: Some("127.0.0.30:5060".parse().expect("an address")),
        ..Wanted::default()
    }
}

fn config(db: &TestDb) -> Config {
    Config { data_dir: db.folder().to_path_buf(), ..Config::default() }
}

#[tokio::test]
async fn a_company_is_made_whole_and_a_second_run_changes_nothing() {
    testing::on_both(async |db| {
        let config = config(db);
        let first = run(db, &config, &wanted()).await.expect("bootstrap works");
        let version = db.config_version().await.expect("a version");
        let again = run(db, &config, &wanted()).await.expect("bootstrap works again");
        assert_eq!(as_json(&config, &first), as_json(&config, &again));
        assert_eq!(db.config_version().await.expect("a version"), version, "nothing was changed");

        let json = as_json(&config, &first);
        assert_eq!(json["extensions"][0], serde_json::json!({ "number": "101", "password": "pw101" }));
        assert_eq!(json["hotline"], "02873000001");
        assert_eq!(json["sip"]["udp"], "127.0.0.1:5060");
        assert_eq!(json["sip"]["tls"], serde_json::Value::Null);
        let key = json["api_key"].as_str().expect("a key");
        let actor = account::Gate::new(store::Db::clone(db))
            .admit(key, std::net::Ipv4Addr::LOCALHOST.into())
            .await
            .expect("the key works");
        assert_eq!(actor.tenant, first.account.tenant.id);
        let password = json["admin"]["password"].as_str().expect("a password").to_owned();
        assert_eq!(account::session::password_fits(db, &first.account.login, password).await, Ok(true));
    })
    .await;
}

#[tokio::test]
async fn a_caller_of_the_hotline_reaches_the_flow() {
    let db = testing::sqlite().await;
    let made = run(&db, &config(&db), &wanted()).await.expect("bootstrap works");
    let snapshot = pbx::Snapshot::load(&db).await.expect("a snapshot");
    let source = "127.0.0.30".parse().expect("an address");
    let (tenant, trunk, _) = snapshot.inbound(source, "02873000001").expect("the hotline is known");
    assert_eq!((tenant.id, Some(trunk)), (made.account.tenant.id, made.trunk));
    let (greeting, path) = tenant.greetings.iter().next().expect("a greeting");
    assert!(db.folder().join(path).is_file(), "{greeting}");
}

#[tokio::test]
async fn a_wider_run_adds_and_a_changed_pattern_changes_passwords() {
    let db = testing::sqlite().await;
    let config = config(&db);
    run(&db, &config, &wanted()).await.expect("bootstrap works");
    let wider = Wanted {
        extensions: Some(expand("109-112").expect("a range")),
        password_pattern: Some("new{ext}".into()),
        ..wanted()
    };
    let made = run(&db, &config, &wider).await.expect("bootstrap works");
    assert_eq!(made.extensions.first(), Some(&("109".to_owned(), "new109".to_owned())));
    let snapshot = pbx::Snapshot::load(&db).await.expect("a snapshot");
    let tenant = snapshot.tenant(&made.account.tenant.id).expect("the company");
    assert_eq!(tenant.extensions.len(), 12);
    let everybody = tenant.groups.values().find(|g| g.name == EVERYBODY).expect("the group");
    assert_eq!(everybody.members.len(), 12);
}

#[tokio::test]
async fn the_name_alone_tells_what_is_there() {
    let db = testing::sqlite().await;
    let config = config(&db);
    let made = run(&db, &config, &wanted()).await.expect("bootstrap works");
    let name_only = Wanted { company: wanted().company, ..Wanted::default() };
    let told = run(&db, &config, &name_only).await.expect("bootstrap works");
    assert_eq!(as_json(&config, &told), as_json(&config, &made));
    let new = run(&db, &config, &Wanted { company: "New".into(), ..Wanted::default() }).await.expect("bootstrap works");
    assert_eq!(new.extensions.len(), 10);
}

#[tokio::test]
async fn two_companies_may_have_the_same_numbers() {
    let db = testing::sqlite().await;
    let config = config(&db);
    let one = run(&db, &config, &wanted()).await.expect("bootstrap works");
    let other = Wanted { company: "Other".into(), hotline: None, trunk: None, ..wanted() };
    let two = run(&db, &config, &other).await.expect("bootstrap works");
    assert_ne!(one.account.tenant.domain, two.account.tenant.domain);
    assert_eq!((two.hotline, two.trunk), (None, None));
}

#[tokio::test]
async fn a_changed_admin_password_is_not_told_again() {
    let db = testing::sqlite().await;
    let config = config(&db);
    let made = run(&db, &config, &wanted()).await.expect("bootstrap works");
    crate::user::reset_password(&db, &made.account.login, None).await.expect("a new password");
    let again = run(&db, &config, &wanted()).await.expect("bootstrap works");
    assert_eq!(again.admin_password, None);
}

#[tokio::test]
async fn wrong_wishes_are_named() {
    let db = testing::sqlite().await;
    let config = config(&db);
    let no_number = Wanted { hotline: Some("hello".into()), ..wanted() };
    let error = run(&db, &config, &no_number).await.expect_err("this is no number").to_string();
    assert!(error.contains("hello"), "{error}");
    let weak = Wanted { company: "Weak".into(), password_pattern: Some("a".into()), ..wanted() };
    let error = run(&db, &config, &weak).await.expect_err("the password is too short").to_string();
    assert!(error.contains("password"), "{error}");
}

#[tokio::test]
async fn a_thousand_extensions_are_made_in_a_moment() {
    let db = testing::sqlite().await;
    let many = Wanted { extensions: Some(expand("1000-1999").expect("a range")), ..wanted() };
    let config = config(&db);
    let began = Instant::now();
    let made = run(&db, &config, &many).await.expect("bootstrap works");
    println!("a company with 1,000 extensions: {:?}", began.elapsed());
    assert_eq!(made.extensions.len(), 1000);
    let began = Instant::now();
    run(&db, &config, &many).await.expect("bootstrap works again");
    println!("the same again: {:?}", began.elapsed());
}

#[tokio::test]
async fn the_text_says_which_domain_phones_must_use() {
    let db = testing::sqlite().await;
    let config = config(&db);
    let told = async |name: &str| {
        let wanted = Wanted { company: name.into(), ..Wanted::default() };
        as_text(&config, &run(&db, &config, &wanted).await.expect("bootstrap works"), &[])
    };
    let (first, second) = (told("First").await, told("Second").await);
    assert!(first.contains("(or the server's address)"), "{first}");
    assert!(second.contains("(its phones must use this, not the server's address)"), "{second}");
}

use crate::testing::{TestDb, on_both, options, sqlite};
use crate::{Cell, Db, NewEvent, Rows, Sql, mint, now, outbox};
use model::{CallId, TenantId, Timestamp};
use sqlx::Row;
use std::collections::BTreeSet;

fn event(kind: &'static str) -> NewEvent {
    NewEvent { kind, call: None, data: "{}".into() }
}

async fn tell(db: &Db, tenant: TenantId, kind: &'static str) {
    let mut tx = db.write(tenant).await.expect("a transaction");
    tx.emit(event(kind));
    tx.commit().await.expect("committed");
}

async fn kinds(db: &Db, tenant: Option<TenantId>, after: i64) -> Vec<(i64, String)> {
    let events = outbox::read(db, tenant, after, 1_000).await.expect("events");
    events.into_iter().map(|event| (event.seq, event.kind)).collect()
}

#[tokio::test]
async fn events_become_real_with_the_commit_and_not_without_it() {
    on_both(async |db: &TestDb| {
        let (tenant, call) = (mint(), mint::<CallId>());
        let mut wake = db.watch_events();
        let mut tx = db.write(tenant).await.expect("a transaction");
        tx.emit(event("never.told"));
        drop(tx);
        let mut tx = db.write(tenant).await.expect("a transaction");
        tx.emit(event("one"));
        tx.emit(NewEvent { kind: "two", call: Some(call), data: r#"{"a":1}"#.into() });
        tx.commit().await.expect("committed");
        wake.changed().await.expect("woken");
        assert_eq!(*wake.borrow(), 2);
        let events = outbox::read(db, None, 0, 10).await.expect("events");
        assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((events[1].tenant, events[1].call, events[1].data.as_str()), (tenant, Some(call), r#"{"a":1}"#));
        assert!(events[0].id != events[1].id && events[0].created_at.as_millis() > 0);
        assert_eq!(outbox::last(db).await.expect("the last"), 2);
        assert_eq!(outbox::oldest(db).await.expect("the oldest"), Some(1));
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_no_event() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (mint(), mint());
        tell(db, ours, "ours").await;
        tell(db, theirs, "theirs").await;
        assert_eq!(kinds(db, Some(ours), 0).await, [(1, "ours".to_owned())]);
        assert_eq!(kinds(db, None, 1).await, [(2, "theirs".to_owned())]);
    })
    .await;
}

/// The reader never sees a number while a smaller one is still to come, however commits race.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sequence_numbers_appear_in_order_and_without_gaps() {
    on_both(async |db: &TestDb| {
        const WRITERS: usize = 6;
        const EACH: usize = 20;
        let db: &Db = db;
        let mut writers = Vec::new();
        for _ in 0..WRITERS {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                for round in 0..EACH {
                    let mut tx = db.write(mint()).await.expect("a transaction");
                    tx.emit(event("race"));
                    if round % 3 == 0 {
                        tx.rollback().await.expect("rolled back");
                    } else {
                        tx.commit().await.expect("committed");
                    }
                }
            }));
        }
        let (mut seen, mut after) = (Vec::new(), 0);
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            for (seq, _) in kinds(db, None, after).await {
                after = seq;
                seen.push(seq);
            }
            tokio::task::yield_now().await;
        }
        seen.extend(kinds(db, None, after).await.into_iter().map(|(seq, _)| seq));
        let kept = (WRITERS * (0..EACH).filter(|round| round % 3 != 0).count()) as i64;
        assert_eq!(seen, (1..=kept).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_reader_goes_on_where_it_stopped_and_what_all_are_done_with_is_forgotten() {
    on_both(async |db: &TestDb| {
        let tenant = mint();
        for kind in ["a", "b", "c"] {
            tell(db, tenant, kind).await;
        }
        let mut tx = db.system_write().await.expect("a transaction");
        assert_eq!(outbox::cursor(&mut tx, "webhooks").await.expect("a cursor"), 0);
        outbox::advance(&mut tx, "webhooks", 1).await.expect("advanced");
        outbox::advance(&mut tx, "webhooks", 2).await.expect("advanced");
        tx.commit().await.expect("committed");
        let later = Timestamp(now().as_millis() + 1_000);
        assert_eq!(outbox::trim(db, later, &["webhooks", "never started"]).await.expect("trimmed"), 0);
        assert_eq!(outbox::trim(db, Timestamp(0), &["webhooks"]).await.expect("trimmed"), 0);
        assert_eq!(outbox::trim(db, later, &["webhooks"]).await.expect("trimmed"), 2);
        assert_eq!(kinds(db, None, 0).await, [(3, "c".to_owned())]);
        tell(db, tenant, "d").await;
        assert_eq!(kinds(db, None, 3).await, [(4, "d".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_configuration_raises_the_version_once() {
    on_both(async |db: &TestDb| {
        let before = db.config_version().await.expect("a version");
        let mut wake = db.watch_config();
        let mut tx = db.write(mint()).await.expect("a transaction");
        tx.configured();
        tx.configured();
        tx.commit().await.expect("committed");
        wake.changed().await.expect("woken");
        assert_eq!(db.config_version().await.expect("a version"), before + 1);
    })
    .await;
}

#[tokio::test]
async fn many_rows_go_in_and_filters_bind_their_values() {
    on_both(async |db: &TestDb| {
        let mut tx = db.system_write().await.expect("a transaction");
        let mut rows =
            Rows::new("insert into cursors (name, seq, updated_at)", "on conflict (name) do nothing returning seq", 3);
        for number in 0..150 {
            rows.push([Cell::from(format!("n{number:03}")), Cell::from(number), Cell::from(0)]);
        }
        assert_eq!(rows.clone().insert_returning(&mut tx).await.expect("inserted").len(), 150);
        assert_eq!(rows.insert_returning(&mut tx).await.expect("nothing new").len(), 0);
        let mut sql = Sql::new("select name\nfrom cursors\nwhere seq >= ");
        sql.bind(140).push(" and name in (");
        sql.bind_list(vec![Cell::from("n139"), Cell::from("n141"), Cell::from("x' or 1=1 --")]).push(")");
        let found = sql.fetch_all(&mut tx).await.expect("rows");
        assert_eq!(found.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>(), ["n141"]);
    })
    .await;
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    on_both(async |db: &TestDb| {
        let mut tx = db.system().await.expect("a transaction");
        assert!(outbox::advance(&mut tx, "x", 1).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    on_both(async |db: &TestDb| {
        tell(db, mint(), "kept").await;
        db.migrate().await.expect("migrated");
        assert_eq!(kinds(db, None, 0).await.len(), 1);
    })
    .await;
}

/// Two processes on one database, as `alo bootstrap` beside `alo serve`.
#[tokio::test]
async fn another_connection_sees_what_was_committed_and_may_write_too() {
    on_both(async |db: &TestDb| {
        let other = Db::open(db.url(), options()).await.expect("opened twice");
        tell(db, mint(), "here").await;
        tell(&other, mint(), "there").await;
        assert_eq!(kinds(db, None, 0).await.len(), 2);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn sqlite_is_durable_checks_references_and_is_whole() {
    let db = sqlite().await;
    let durable = crate::Options { durable: true, ..options() };
    let db = Db::open(db.url(), durable).await.expect("opened");
    let mut tx = db.system_write().await.expect("a transaction");
    let mut settings = BTreeSet::new();
    for pragma in ["pragma journal_mode", "pragma synchronous", "pragma foreign_keys", "pragma integrity_check"] {
        let row = sqlx::query(pragma).fetch_one(tx.conn()).await.expect("a setting");
        let value = row.try_get::<String, _>(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string());
        settings.insert(format!("{pragma} = {value}"));
    }
    let wanted = [
        "pragma foreign_keys = 1",
        "pragma integrity_check = ok",
        "pragma journal_mode = wal",
        "pragma synchronous = 2",
    ];
    assert_eq!(settings.into_iter().collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn a_database_that_is_away_is_reported_soon_as_busy() {
    let nobody = "postgres://nobody@127.0.0.1:1/none";
    let began = std::time::Instant::now();
    let error = Db::open(nobody, options()).await.expect_err("nobody listens there");
    assert!(error.is_away(), "{error}");
    assert!(began.elapsed() < std::time::Duration::from_secs(4));
    let db = sqlite().await;
    db.close().await;
    assert!(db.ping().await.expect_err("closed").is_away());
    assert!(Db::open("mysql://x/y", options()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_at_once_all_find_the_tables() {
    let place = sqlite().await;
    let url = format!("sqlite://{}", place.folder().join("fresh.db").display());
    let mut starts = Vec::new();
    for _ in 0..4 {
        let url = url.clone();
        starts.push(tokio::spawn(async move {
            let db = Db::open(&url, options()).await?;
            db.migrate().await?;
            db.config_version().await
        }));
    }
    for start in starts {
        let version = start.await.expect("no panic");
        assert!(matches!(version, Ok(0)), "{version:?}");
    }
}

#[tokio::test]
async fn a_locked_database_is_reported_soon_as_busy() {
    let db = sqlite().await;
    let other = Db::open(db.url(), options()).await.expect("opened");
    let holder = other.system_write().await.expect("a transaction that stays open");
    let began = std::time::Instant::now();
    let error = db.write(mint()).await.expect_err("locked");
    assert!(error.is_away(), "{error}");
    assert!(began.elapsed() < std::time::Duration::from_secs(4));
    assert_eq!(outbox::last(&db).await.expect("readers go on"), 0);
    holder.rollback().await.expect("rolled back");
    tell(&db, mint(), "works again").await;
}

#[tokio::test]
async fn readers_that_stand_still_are_forgotten_by_their_prefix() {
    on_both(async |db: &TestDb| {
        let mut tx = db.system_write().await.expect("a transaction");
        for name in ["spool.a", "spool.b", "webhooks"] {
            assert_eq!(outbox::hold(&mut tx, name).await.expect("held"), 0);
            outbox::advance(&mut tx, name, 7).await.expect("advanced");
        }
        outbox::forget_readers(&mut tx, "spool.", Timestamp(now().as_millis() - 60_000)).await.expect("nothing old");
        assert_eq!(outbox::hold(&mut tx, "spool.a").await.expect("held"), 7);
        outbox::forget_readers(&mut tx, "spool.", Timestamp(now().as_millis() + 60_000)).await.expect("forgotten");
        assert_eq!(outbox::cursor(&mut tx, "spool.a").await.expect("a cursor"), 0);
        assert_eq!(outbox::cursor(&mut tx, "spool.b").await.expect("a cursor"), 0);
        assert_eq!(outbox::cursor(&mut tx, "webhooks").await.expect("a cursor"), 7);
        tx.commit().await.expect("committed");
    })
    .await;
}

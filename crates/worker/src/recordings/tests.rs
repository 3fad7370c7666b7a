//! The keeper and the check, on real files and on a small store that speaks S3 on the loopback.

mod bucket;

use super::{look, verify};
use bucket::Shelf;
use call::Recording;
use model::{Actor, CallId, Id};
use pbx::calls::{Recording as Made, record_recording};
use pbx::recording::{Settings, hold, set_settings};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use store::objects::Objects;
use store::testing::{TestDb, sqlite};
use store::{Db, now};
use verify::{Fault, Verdict};

const DAY_MS: i64 = 86_400_000;

struct House {
    db: TestDb,
    objects: Objects,
    acme: Actor,
}

impl House {
    async fn new() -> House {
        let db = sqlite().await;
        let objects = Objects::local(db.folder().to_owned());
        let operator = Actor::system(store::mint());
        let new = account::tenant::NewTenant::named("Acme");
        let company = account::tenant::create(&operator, &db, new).await.expect("a company");
        House { db, objects, acme: Actor::system(company.id) }
    }

    /// A finished recording, as the engine leaves it; the file is old enough to be looked at.
    async fn recorded(&self, number: u128, age_days: i64) -> String {
        let (call, tenant) = (CallId::from_bits(number), self.acme.tenant);
        let file = format!("recordings/{tenant}/0/{call}.wav");
        let words = format!("the talk of {number}").repeat(1_000);
        self.put(&file, words.as_bytes());
        let sha256 = Some(pbx::recording::manifest::hexadecimal(&Sha256::digest(words.as_bytes())));
        let (size_bytes, created_at) = (words.len() as i64, now().as_millis() - age_days * DAY_MS);
        let made =
            Made { call, tenant, file: file.clone(), size_bytes, duration_ms: 1, complete: true, created_at, sha256 };
        let mut tx = self.db.system_write().await.expect("a transaction");
        assert!(record_recording(&mut tx, &made).await.expect("written"));
        tx.commit().await.expect("committed");
        file
    }

    fn path(&self, file: &str) -> PathBuf {
        self.objects.path(file)
    }

    fn put(&self, file: &str, bytes: &[u8]) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, bytes).expect("written");
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(600);
        std::fs::File::options().write(true).open(&path).expect("opened").set_modified(old).expect("aged");
    }

    async fn keep_for(&self, keep_days: i64) {
        let settings = Settings { rule: Recording::Always, places: Vec::new(), keep_days, announcement: None };
        set_settings(&self.acme, &self.db, settings).await.expect("set");
    }

    async fn check(&self) -> Verdict {
        verify::company(&self.db, &self.objects, self.acme.tenant).await.expect("a verdict")
    }

    async fn sql(&self, text: &'static str) {
        let mut tx = self.db.system_write().await.expect("a transaction");
        sqlx::query(text).execute(tx.conn()).await.expect("executed");
        tx.commit().await.expect("committed");
    }

    fn db(&self) -> &Db {
        &self.db
    }
}

#[tokio::test]
async fn what_nobody_touched_is_well_and_each_kind_of_tampering_is_named() {
    let house = House::new().await;
    let mut files = Vec::new();
    for number in 1..=4 {
        files.push(house.recorded(number, 0).await);
    }
    let well = house.check().await;
    assert_eq!((well.entries, well.files, well.faults), (4, 4, vec![]));
    assert_eq!(well.head.seq, 4);

    let mut bytes = std::fs::read(house.path(&files[1])).expect("read");
    bytes[100] ^= 1;
    house.put(&files[1], &bytes);
    std::fs::remove_file(house.path(&files[2])).expect("removed");
    let stranger = format!("recordings/{}/0/{}.wav", house.acme.tenant, CallId::from_bits(99));
    house.put(&stranger, b"a talk that never was");
    assert_eq!(
        house.check().await.faults,
        [
            Fault::Altered { seq: 2, file: files[1].clone() },
            Fault::Missing { seq: 3, file: files[2].clone() },
            Fault::Added { file: stranger },
        ]
    );
}

#[tokio::test]
async fn who_rewrites_the_manifest_breaks_the_chain() {
    for (what, sql, first) in [
        ("an entry is changed", "update recording_manifest set sha256 = 'ab' where seq = 2", 2),
        ("an entry is taken out", "delete from recording_manifest where seq = 2", 3),
        ("the first is taken out", "delete from recording_manifest where seq = 1", 2),
    ] {
        let house = House::new().await;
        for number in 1..=3 {
            house.recorded(number, 0).await;
        }
        house.sql(sql).await;
        let verdict = house.check().await;
        assert!(matches!(verdict.faults[0], Fault::Chain { seq, .. } if seq == first), "{what}: {verdict:?}");
    }
    let house = House::new().await;
    house.recorded(1, 0).await;
    house.recorded(2, 0).await;
    house.sql("delete from recording_manifest where seq = 2").await;
    assert_eq!(house.check().await.faults[0], Fault::Head { seq: 1, head: 2 });
}

#[tokio::test]
async fn what_is_old_is_deleted_but_for_what_is_held() {
    let house = House::new().await;
    let (old, held, new) = (house.recorded(1, 40).await, house.recorded(2, 40).await, house.recorded(3, 1).await);
    hold(&house.acme, house.db(), CallId::from_bits(2), "case 12").await.expect("held");
    look(house.db(), &house.objects).await.expect("looked");
    assert!(house.path(&old).exists(), "the company keeps them for ever");
    house.keep_for(30).await;
    for _ in 0..2 {
        look(house.db(), &house.objects).await.expect("looked");
        let there = [&old, &held, &new].map(|file| house.path(file).exists());
        assert_eq!(there, [false, true, true]);
    }
    let verdict = house.check().await;
    assert_eq!((verdict.entries, verdict.faults), (4, vec![]), "the deletion is an entry too");
    let call = pbx::calls::recording(&house.acme, house.db(), CallId::from_bits(1)).await;
    assert_eq!(call.expect_err("deleted").code, "not_found");
    // Whoever brings it back is found.
    house.put(&old, b"it is back");
    assert_eq!(house.check().await.faults, [Fault::Added { file: old }]);
}

#[tokio::test]
async fn a_kill_between_two_steps_costs_nothing() {
    let mut house = House::new().await;
    let file = house.recorded(1, 40).await;
    let shelf = Shelf::start().await;
    house.objects = shelf.objects(house.db.folder());
    // Killed after the row was told that it lies in both places.
    house.objects.put(&file).await.expect("carried");
    house.sql("update recordings set storage = 'both'").await;
    assert_eq!(house.check().await.faults, []);
    look(house.db(), &house.objects).await.expect("looked");
    assert!(!house.path(&file).exists() && house.check().await.faults.is_empty());
    // Killed after the row was told that it is deleted, before the file was.
    house.keep_for(30).await;
    let due = pbx::recording::keeping::due(house.db(), now().as_millis(), 10).await.expect("those due");
    pbx::recording::keeping::delete(house.db(), &due[0], now().as_millis()).await.expect("deleted");
    assert_eq!(house.check().await.faults, [], "it waits to be deleted");
    look(house.db(), &house.objects).await.expect("looked");
    assert_eq!((shelf.names(), house.check().await.faults), (vec![], vec![]));
}

#[tokio::test]
async fn recordings_go_to_the_bucket_are_played_and_checked_there_and_deleted_there() {
    let mut house = House::new().await;
    let small = house.recorded(1, 40).await;
    let shelf = Shelf::start().await;
    house.objects = shelf.objects(house.db.folder());
    // More than one part.
    let (call, tenant) = (CallId::from_bits(2), house.acme.tenant);
    let large = format!("recordings/{tenant}/0/{call}.wav");
    let bytes: Vec<u8> = (0..(9 << 20)).map(|place: u32| (place % 251) as u8).collect();
    house.put(&large, &bytes);
    let made = Made {
        call,
        tenant,
        file: large.clone(),
        size_bytes: bytes.len() as i64,
        duration_ms: 1,
        complete: true,
        created_at: now().as_millis(),
        sha256: None,
    };
    let mut tx = house.db.system_write().await.expect("a transaction");
    record_recording(&mut tx, &made).await.expect("written");
    tx.commit().await.expect("committed");

    shelf.fail(true);
    let problem = look(house.db(), &house.objects).await.expect_err("the store is away");
    assert_eq!(problem.kind, model::Kind::Internal);
    assert!(house.path(&small).exists(), "nothing is lost");
    shelf.fail(false);
    look(house.db(), &house.objects).await.expect("looked");
    assert!(!house.path(&small).exists() && !house.path(&large).exists());
    assert_eq!(shelf.names(), [small.clone(), large.clone()]);
    let size = house.objects.size(&large).await.expect("an answer").expect("it is there");
    let mut part = house.objects.read(&large, 250..260).await.expect("read");
    let piece = futures_util::StreamExt::next(&mut part).await.expect("a piece").expect("read");
    assert_eq!((size, &piece[..]), (9 << 20, &bytes[250..260]));
    assert_eq!(house.check().await.faults, []);

    shelf.change(&large);
    assert_eq!(house.check().await.faults, [Fault::Altered { seq: 2, file: large.clone() }]);
    house.keep_for(30).await;
    look(house.db(), &house.objects).await.expect("looked");
    assert_eq!(shelf.names(), [large]);
}

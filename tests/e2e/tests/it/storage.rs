//! Calls when the database or the disk does not play along.

use crate::talk;
use e2e::webhook::Receiver;
use e2e::{Plan, Postgres, Server, SlowWire, until};
use serde_json::json;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_while_the_database_is_locked_and_are_recorded_afterwards() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let lock = Lock::hold(&database(server.data()));
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200, "the record is safe in the spool");
    callee.hung_up().await;
    server.settles().await;
    drop(lock);
    let record = server.record("the call of the locked time", |call| call["direction"] == "internal").await;
    assert_eq!(record["cause"], json!("normal"), "{record}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ends_while_the_database_is_gone_is_recorded_once() {
    let mut postgres = Postgres::start().await;
    let server = Plan::default().on(&postgres).start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "call.ended").await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;

    postgres.stop().await;
    caller.voice.forget();
    talk(&caller, &callee).await;
    assert_eq!(caller.voice.heard().lost, 0, "the call did not notice");
    assert_eq!(caller.hang_up().await, 200, "the record is safe in the spool");
    callee.hung_up().await;
    let mut second = lan.dial("102").await;
    let mut refusing = minh.rings().await;
    refusing.refuse("486 Busy Here").await;
    assert_eq!(second.refused().await.status(), 486, "calls are still taken");
    until("both records wait", async || (server.metric("alo_spooled").await? >= 2.0).then_some(())).await;

    postgres.resume().await;
    until("the spool is empty", async || (server.metric("alo_spooled").await? == 0.0).then_some(())).await;
    let record = server.record("the talk", |call| call["cause"] == "normal").await;
    assert_eq!(record["ended_by"], json!("caller"), "{record}");
    server.record("the refused call", |call| call["cause"] == "busy").await;
    let list = server.get("/calls").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2), "one record a call: {list}");
    until("both are told", async || (hooks.deliveries().len() >= 2).then_some(())).await;
    let told: HashSet<String> =
        hooks.deliveries().iter().map(|d| d.headers.get("webhook-id").cloned().unwrap_or_default()).collect();
    assert_eq!(told.len(), 2, "one event a call");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_step_of_a_call_waits_for_a_slow_database() {
    /// What each answer of the database takes; longer than any step of a call may.
    const LATE: Duration = Duration::from_secs(2);
    let postgres = Postgres::start().await;
    let wire = SlowWire::to(&postgres);
    let server = wire.under(Plan::default()).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    wire.delay(LATE);
    let begun = Instant::now();
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    let set_up = begun.elapsed();
    assert!(set_up < LATE, "the call waited for the database: {set_up:?}");
    talk(&caller, &callee).await;
    caller.voice.forget();
    talk(&caller, &callee).await;
    assert_eq!(caller.voice.heard().lost, 0);
    let ends = Instant::now();
    assert_eq!(caller.hang_up().await, 200, "the record is safe in the spool");
    callee.hung_up().await;
    assert!(ends.elapsed() < LATE, "the end waited for the database: {:?}", ends.elapsed());
    wire.delay(Duration::ZERO);
    let record = server.record("the call of the slow time", |call| call["cause"] == "normal").await;
    assert_eq!(record["ended_by"], json!("caller"), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_recording_but_not_the_call() {
    // A small file system can only be mounted by root; elsewhere this is shown by the media crate's own tests.
    let Some(disk) = SmallDisk::mount() else { return };
    let server = Plan::default().data_in(disk.folder.parent().expect("it lies in a data directory")).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let filler = disk.fill();
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.voice.forget();
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    std::fs::remove_file(filler).expect("the filler can go");
    let record = server.record("the call on the full disk", |call| call["direction"] == "internal").await;
    assert_eq!(record["cause"], json!("normal"), "{record}");
    server.settles().await;
    drop(server);
}

fn database(data: &Path) -> PathBuf {
    let entries = std::fs::read_dir(data).expect("the data directory").flatten().map(|entry| entry.path());
    let found = entries.into_iter().find(|path| path.extension().is_some_and(|e| e == "db"));
    found.expect("a SQLite file in the data directory")
}

/// Another process that holds SQLite's write lock.
struct Lock(std::process::Child);

impl Lock {
    fn hold(database: &Path) -> Lock {
        let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],isolation_level=None,timeout=30)\n\
                      c.execute('begin immediate')\nprint('locked',flush=True)\nsys.stdin.read()\n";
        let mut child = Command::new("python3")
            .args(["-c", script])
            .arg(database)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("python3 is there");
        let mut line = [0; 6];
        std::io::Read::read_exact(child.stdout.as_mut().expect("piped"), &mut line)
            .expect("it says that it holds the lock");
        Lock(child)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A tmpfs of some megabytes, mounted as `recordings` in a data directory.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let folder = std::env::temp_dir().join(format!("alo-e2e-disk-{}/recordings", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a directory to mount on");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "alo-e2e"]).arg(&folder).output();
        let disk = SmallDisk { folder };
        mounted.is_ok_and(|output| output.status.success()).then_some(disk)
    }

    /// Leaves about 64 KiB.
    fn fill(&self) -> PathBuf {
        let path = self.folder.join("filler");
        let mut file = std::fs::File::create(&path).expect("a file");
        while std::io::Write::write_all(&mut file, &[0; 65_536]).is_ok() {}
        let length = file.metadata().expect("its size").len();
        file.set_len(length.saturating_sub(65_536)).expect("it can be cut");
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        let _ = std::fs::remove_dir_all(self.folder.parent().expect("it lies in a data directory"));
    }
}

use super::*;
use crate::mint::secret_text;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        Folder(std::env::temp_dir().join(format!("alo-spool-{}", secret_text(12))))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn small() -> Options {
    Options { segment_bytes: 200, reserve_bytes: 0, record_bytes: 1 << 16 }
}

fn open(folder: &Folder) -> (Spool, Replay) {
    Spool::open(&folder.0, small()).expect("the spool opens")
}

fn waiting(spool: &Spool) -> Vec<Record> {
    spool.reader().read(spool.forgotten(), usize::MAX).expect("records")
}

fn texts(spool: &Spool) -> Vec<String> {
    waiting(spool).into_iter().map(|record| String::from_utf8(record.payload).expect("text")).collect()
}

#[test]
fn what_was_appended_is_replayed_in_order_over_many_segments() {
    let folder = Folder::new();
    let (mut spool, replay) = open(&folder);
    assert_eq!(replay, Replay::default());
    for number in 1..=50u64 {
        assert_eq!(spool.append(format!("record {number}").as_bytes()).expect("appended"), number);
    }
    assert_eq!(spool.depth(), 50);
    drop(spool);
    let (spool, replay) = open(&folder);
    assert_eq!(texts(&spool), (1..=50).map(|number| format!("record {number}")).collect::<Vec<_>>());
    assert_eq!(spool.reader().read(20, 1).expect("records").first().map(|record| record.seq), Some(21));
    assert!(replay.written_at.is_some());
    assert_eq!((replay.torn_bytes, replay.damaged_bytes, spool.last()), (0, 0, 50));
}

#[test]
fn a_checkpoint_forgets_records_and_their_segments() {
    let folder = Folder::new();
    let (mut spool, _) = open(&folder);
    for number in 1..=50 {
        spool.append(format!("record {number}").as_bytes()).expect("appended");
    }
    let before = spool.size_bytes();
    spool.checkpoint(40).expect("a checkpoint");
    assert_eq!(spool.depth(), 10);
    assert!(spool.size_bytes() < before / 2);
    drop(spool);
    let (mut spool, replay) = open(&folder);
    assert_eq!(replay.waiting, 10);
    assert_eq!(texts(&spool), (41..=50).map(|number| format!("record {number}")).collect::<Vec<_>>());
    spool.checkpoint(50).expect("a checkpoint");
    drop(spool);
    let (mut spool, replay) = open(&folder);
    assert_eq!(replay.waiting, 0);
    assert_eq!(spool.append(b"next").expect("appended"), 51, "numbers go on after everything was forgotten");
}

#[test]
fn a_file_cut_at_any_byte_keeps_all_records_before_the_cut() {
    let folder = Folder::new();
    let options = Options { segment_bytes: 1 << 20, ..small() };
    let (mut spool, _) = Spool::open(&folder.0, options.clone()).expect("the spool opens");
    let mut ends = Vec::new();
    for number in 1..=6 {
        spool.append(format!("record {number}").as_bytes()).expect("appended");
        ends.push(spool.size_bytes());
    }
    drop(spool);
    let path = segment::list(&folder.0).expect("a list").remove(0).path;
    let whole = fs::read(&path).expect("the segment");
    for cut in 0..=whole.len() {
        fs::write(&path, &whole[..cut]).expect("written");
        let (mut spool, replay) = Spool::open(&folder.0, options.clone()).expect("the spool opens");
        let kept = ends.iter().filter(|end| **end <= cut as u64).count();
        assert_eq!(waiting(&spool).len(), kept, "cut at {cut}");
        assert_eq!(replay.damaged_bytes, 0, "cut at {cut}");
        assert_eq!(
            replay.torn_bytes,
            cut as u64 - ends.get(kept.wrapping_sub(1)).copied().unwrap_or(0),
            "cut at {cut}"
        );
        assert_eq!(spool.append(b"after").expect("appended"), kept as u64 + 1);
        drop(spool);
        for other in segment::list(&folder.0).expect("a list") {
            fs::remove_file(other.path).expect("removed");
        }
    }
}

#[test]
fn damage_in_the_middle_costs_one_record_and_is_reported() {
    let folder = Folder::new();
    let (mut spool, _) =
        Spool::open(&folder.0, Options { segment_bytes: 1 << 20, ..small() }).expect("the spool opens");
    for number in 1..=5 {
        spool.append(format!("record {number}").as_bytes()).expect("appended");
    }
    drop(spool);
    let path = segment::list(&folder.0).expect("a list").remove(0).path;
    let mut bytes = fs::read(&path).expect("the segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&path, bytes).expect("written");
    let (spool, replay) = open(&folder);
    assert_eq!(texts(&spool), ["record 1", "record 2", "record 4", "record 5"]);
    assert!(replay.damaged_bytes > 0 && replay.torn_bytes == 0);
}

#[test]
fn a_record_that_is_too_long_is_refused_and_leaves_no_trace() {
    let folder = Folder::new();
    let (mut spool, _) = open(&folder);
    assert!(spool.append(&vec![0; (1 << 16) + 1]).is_err());
    assert_eq!(spool.append(b"short").expect("appended"), 1);
}

#[test]
fn the_reserve_is_taken_on_opening_and_again_when_asked() {
    let folder = Folder::new();
    let options = Options { reserve_bytes: 3 << 20, ..small() };
    let (mut spool, _) = Spool::open(&folder.0, options).expect("the spool opens");
    assert!(spool.reserved());
    assert_eq!(fs::metadata(folder.0.join("reserve")).expect("the reserve").len(), 3 << 20);
    fs::write(folder.0.join("reserve"), b"half of it").expect("written");
    spool.find_reserve();
    assert!(!spool.reserved());
    spool.append(b"one").expect("appended");
    spool.checkpoint(1).expect("a checkpoint");
    assert!(!spool.reserved(), "a checkpoint waits for no disk");
    spool.reserve().take().expect("there is room");
    spool.find_reserve();
    assert!(spool.reserved());
}

#[test]
fn closed_segments_are_handed_out_once_to_be_synced() {
    let folder = Folder::new();
    let (mut spool, _) = open(&folder);
    spool.append(b"one").expect("appended");
    assert!(!spool.has_unsynced_segments());
    assert_eq!(spool.unsynced().expect("files").len(), 2, "the segment and the folder");
    assert_eq!(spool.unsynced().expect("files").len(), 1, "the folder has no new names");
    for _ in 0..10 {
        spool.append(&[7; 100]).expect("appended");
    }
    assert!(spool.has_unsynced_segments());
    let files = spool.unsynced().expect("files");
    assert!(files.len() > 3);
    for file in files {
        file.sync_data().expect("synced, the folder too");
    }
    assert!(!spool.has_unsynced_segments());
    assert_eq!(spool.unsynced().expect("files").len(), 1);
}

#[test]
fn each_record_tells_which_process_wrote_it() {
    let folder = Folder::new();
    let (mut first, _) = open(&folder);
    for _ in 0..20 {
        first.append(b"of the first").expect("appended");
    }
    let first_name = first.life_of(1).expect("a name").to_owned();
    drop(first);
    // One process that wrote nothing, and one that did.
    drop(open(&folder));
    let (mut third, _) = open(&folder);
    third.append(b"of the third").expect("appended");
    assert_eq!(third.life_of(20), Some(first_name.as_str()));
    assert_ne!(third.life_of(21), Some(first_name.as_str()));
}

#[test]
fn a_segment_from_before_there_were_names_is_read() {
    let folder = Folder::new();
    let (mut spool, _) = open(&folder);
    spool.append(b"one").expect("appended");
    drop(spool);
    let path = segment::list(&folder.0).expect("a list").remove(0).path;
    fs::rename(path, folder.0.join("00000000000000000001.spool")).expect("renamed");
    let (spool, _) = open(&folder);
    assert_eq!(texts(&spool), ["one"]);
    assert_eq!((spool.life_of(1), spool.life_of(2).is_some()), (None, true));
}

/// Needs the right to mount; without it the test says so and ends.
#[test]
fn a_full_disk_is_survived_with_the_reserve_and_then_reported() {
    let folder = Folder::new();
    fs::create_dir_all(&folder.0).expect("a folder");
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "alo-test"]).arg(&folder.0).status();
    if !mount.is_ok_and(|status| status.success()) {
        eprintln!("mounting is not allowed here: the test of a full disk is left out");
        return;
    }
    let options = Options { segment_bytes: 1 << 20, reserve_bytes: 1 << 20, record_bytes: 1 << 20 };
    let (mut spool, _) = Spool::open(&folder.0, options.clone()).expect("the spool opens");
    let mut kept = 0u64;
    let mut without_reserve = 0u64;
    let record = vec![7u8; 10_000];
    let error = loop {
        match spool.append(&record) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        without_reserve += u64::from(!spool.reserved());
    };
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(without_reserve >= 90, "the reserve of 1 MiB took {without_reserve} records of 10 kB");
    drop(spool);
    let (mut spool, replay) = Spool::open(&folder.0, options).expect("the spool opens on a full disk");
    assert_eq!(replay.waiting, kept);
    assert_eq!(replay.damaged_bytes, 0);
    spool.checkpoint(kept).expect("a checkpoint makes room");
    spool.append(&record).expect("it works again by itself");
    spool.reserve().take().expect("there is room");
    spool.find_reserve();
    assert!(spool.reserved());
    fs::remove_file(folder.0.join("reserve")).expect("removed");
    fs::write(folder.0.join("recording.wav"), vec![0; 5 << 19]).expect("recordings fill the disk");
    let refused = spool.reserve().take().expect_err("the last room is left to recordings");
    assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
    assert!(!folder.0.join("reserve").exists());
    drop(spool);
    let unmounted = Command::new("umount").arg(&folder.0).status().expect("umount runs");
    assert!(unmounted.success());
}

/// The child of the next test: appends for ever and tells the number of each record when `append` has returned.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Ok(folder) = std::env::var("ALO_SPOOL_CHILD") else { return };
    let (mut spool, _) =
        Spool::open(Path::new(&folder), Options { segment_bytes: 4_096, ..small() }).expect("the spool opens");
    let out = io::stdout();
    loop {
        let text = format!("record {}", spool.last() + 1);
        let seq = spool.append(text.as_bytes()).expect("appended");
        if seq % 7 == 0 {
            spool.checkpoint(seq - 5).expect("a checkpoint");
        }
        writeln!(out.lock(), "\nappended {seq}").expect("the parent listens");
    }
}

#[test]
fn a_process_killed_at_any_moment_loses_no_acknowledged_record() {
    for round in 0..8u64 {
        let folder = Folder::new();
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "spool::tests::child_that_appends_until_it_is_killed", "--nocapture"])
            .env("ALO_SPOOL_CHILD", &folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the child starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut acknowledged = 0u64;
        for line in lines {
            let line = line.unwrap_or_default();
            if let Some(seq) = line.strip_prefix("appended ").and_then(|text| text.parse().ok()) {
                acknowledged = seq;
            }
            if acknowledged == 50 + round * 37 {
                child.kill().expect("killed");
            }
        }
        child.wait().expect("it is gone");
        let (spool, replay) = open(&folder);
        assert!(spool.last() >= acknowledged && acknowledged >= 50, "{} {acknowledged}", spool.last());
        assert_eq!(replay.damaged_bytes, 0);
        let records = waiting(&spool);
        let first = records.first().expect("records wait").seq;
        for (place, record) in records.iter().enumerate() {
            assert_eq!(record.seq, first + place as u64, "no number is missing");
            assert_eq!(record.payload, format!("record {}", record.seq).into_bytes());
        }
        assert!(first <= acknowledged, "what no checkpoint covered is there");
    }
}

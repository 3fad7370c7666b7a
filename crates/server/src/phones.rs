//! Where phones were registered, kept in a small file of the data directory, so that those reached over UDP are reachable
//! again as soon as the server is back after a stop or a crash.
//!
//! Each line tells all of one account; the last one counts. A line that a crash cut off is skipped: its phone registers
//! again in time. Nothing waits for the disk, and what is lost with the machine's power is no loss either.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use sip::registrar::{Change, Saved};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// So much is appended before the file is written anew.
const APPENDED: u64 = 16 << 20;
/// Lines written at once.
const AT_ONCE: usize = 1_024;
/// How long a change waits for others, so that many share one wake-up of the thread that writes.
const GATHER: Duration = Duration::from_millis(250);

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    account: String,
    contacts: Vec<Contact>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Contact {
    uri: String,
    ours: SocketAddr,
    remote: SocketAddr,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    path: Vec<String>,
    q: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reg_id: Option<u32>,
    user_agent: String,
    call_id: String,
    cseq: u32,
    ends_at: i64,
}

/// The open file.
pub(crate) struct Phones {
    path: PathBuf,
    file: File,
    appended: u64,
}

/// Reads what was kept, and opens the file for what comes.
pub(crate) fn open(data: &Path) -> anyhow::Result<(Phones, Vec<Change>)> {
    let path = data.join("phones.jsonl");
    let kept = read(&path, now_ms());
    let file = write_anew(&path, &kept).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((Phones { path, file, appended: 0 }, kept))
}

impl Phones {
    /// Writes what is told from now on; ends when the sender is gone.
    pub(crate) fn keep(mut self) -> (UnboundedSender<Change>, JoinHandle<()>) {
        let (sender, mut changes): (_, UnboundedReceiver<Change>) = unbounded_channel();
        let task = tokio::spawn(async move {
            let mut batch = Vec::new();
            while changes.recv_many(&mut batch, AT_ONCE).await > 0 {
                if !changes.is_closed() {
                    tokio::time::sleep(GATHER).await;
                }
                while batch.len() < AT_ONCE
                    && let Ok(change) = changes.try_recv()
                {
                    batch.push(change);
                }
                let told = std::mem::take(&mut batch);
                let written = tokio::task::spawn_blocking(move || {
                    let outcome = self.append(&told);
                    (self, outcome)
                });
                let Ok((phones, outcome)) = written.await else { return };
                self = phones;
                if let Err(error) = outcome {
                    tracing::warn!(%error, "registered phones are not kept: after a restart they must register again");
                }
            }
        });
        (sender, task)
    }

    fn append(&mut self, changes: &[Change]) -> std::io::Result<()> {
        let mut text = Vec::with_capacity(changes.len() * 256);
        for change in changes {
            line(change, &mut text);
        }
        self.file.write_all(&text)?;
        self.appended += text.len() as u64;
        if self.appended > APPENDED {
            self.file = write_anew(&self.path, &read(&self.path, now_ms()))?;
            self.appended = 0;
        }
        Ok(())
    }
}

fn line(change: &Change, text: &mut Vec<u8>) {
    let contacts = change.contacts.iter().cloned().map(Contact::from).collect();
    let line = Line { account: format!("{:032x}", change.account), contacts };
    serde_json::to_writer(&mut *text, &line).expect("plain fields become JSON");
    text.push(b'\n');
}

/// The last word on each account, without what has ended.
fn read(path: &Path, now_ms: i64) -> Vec<Change> {
    let text = fs::read(path).unwrap_or_default();
    let mut accounts: HashMap<u128, Vec<Saved>> = HashMap::new();
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<Line>(line) else { continue };
        let Ok(account) = u128::from_str_radix(&line.account, 16) else { continue };
        accounts.insert(account, line.contacts.into_iter().map(Saved::from).collect());
    }
    for contacts in accounts.values_mut() {
        contacts.retain(|contact| contact.ends_at.as_millis() > now_ms);
    }
    let all = accounts.into_iter().map(|(account, contacts)| Change { account, contacts });
    all.filter(|change| !change.contacts.is_empty()).collect()
}

/// Writes a new file in the place of the old one; it is open for appending.
fn write_anew(path: &Path, kept: &[Change]) -> std::io::Result<File> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    let file = options.create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
    let mut writer = BufWriter::new(file);
    let mut text = Vec::new();
    for change in kept {
        text.clear();
        line(change, &mut text);
        writer.write_all(&text)?;
    }
    let file = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    fs::rename(&beside, path)?;
    Ok(file)
}

impl From<Saved> for Contact {
    fn from(saved: Saved) -> Contact {
        Contact {
            uri: saved.uri,
            ours: saved.ours,
            remote: saved.remote,
            path: saved.path,
            q: saved.q,
            instance: saved.instance,
            reg_id: saved.reg_id,
            user_agent: saved.user_agent,
            call_id: saved.call_id,
            cseq: saved.cseq,
            ends_at: saved.ends_at.as_millis(),
        }
    }
}

impl From<Contact> for Saved {
    fn from(contact: Contact) -> Saved {
        Saved {
            uri: contact.uri,
            ours: contact.ours,
            remote: contact.remote,
            path: contact.path,
            q: contact.q,
            instance: contact.instance,
            reg_id: contact.reg_id,
            user_agent: contact.user_agent,
            call_id: contact.call_id,
            cseq: contact.cseq,
            ends_at: model::Timestamp(contact.ends_at),
        }
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(user: &str, ends_at: i64) -> Saved {
        Saved {
            uri: format!("sip:{user}@192.168.1.9:5060"),
            ours: "192.0.2.1:5060".parse().expect("an address"),
            remote: "[2001:db8::9]:40000".parse().expect("an address"),
            path: vec!["<sip:edge.test;lr>".into()],
            q: 500,
            instance: Some("\"<urn:uuid:1>\"".into()),
            reg_id: Some(1),
            user_agent: "A \"phone\"\t\u{e9}".into(),
            call_id: "c@x".into(),
            cseq: 7,
            ends_at: model::Timestamp(ends_at),
        }
    }

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("alo-phones-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        path
    }

    #[tokio::test]
    async fn what_is_told_last_is_what_comes_back() {
        let data = folder("last");
        let (phones, kept) = open(&data).expect("opened");
        assert!(kept.is_empty());
        let (sender, task) = phones.keep();
        let far = now_ms() + 100_000;
        let tell = |account, contacts| sender.send(Change { account, contacts }).expect("it listens");
        tell(1, vec![contact("101", far)]);
        tell(2, vec![contact("102", far)]);
        tell(3, vec![contact("103", now_ms() - 1)]);
        tell(1, vec![contact("101", far + 1)]);
        tell(2, vec![]);
        drop(sender);
        task.await.expect("it ends");
        let (_, kept) = open(&data).expect("opened again");
        assert_eq!(kept, [Change { account: 1, contacts: vec![contact("101", far + 1)] }]);
        fs::remove_dir_all(&data).expect("the test's own folder");
    }

    #[test]
    fn a_line_that_was_cut_off_is_skipped() {
        let data = folder("cut");
        let (mut phones, _) = open(&data).expect("opened");
        let whole = Change { account: 9, contacts: vec![contact("109", now_ms() + 100_000)] };
        phones.append(std::slice::from_ref(&whole)).expect("written");
        phones.file.write_all(b"{\"account\":\"0000").expect("written");
        let (_, kept) = open(&data).expect("opened again");
        assert_eq!(kept, [whole]);
        fs::remove_dir_all(&data).expect("the test's own folder");
    }
}

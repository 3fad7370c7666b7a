//! Answers to whoever looks into a call: one that is up is put together from what its task and the stack know now, one
//! that has just ended from memory, the others from the shelf.

use std::time::Instant;

use bus::capture::{Capture, Target};
use model::{CallId, Problem, TenantId};
use sip::Trace;
use tokio::sync::oneshot;

use super::sound::Tapping;
use super::{Captures, Story, pcap, shelf, together};
use crate::routes::{Letter, Routes};
use std::sync::Arc;

/// A file of sound that is larger is not read into memory.
const LARGEST_SOUND: u64 = 128 << 20;

impl Captures {
    /// How a call of the company was signalled.
    pub(crate) async fn of(&self, tenant: TenantId, call: CallId, routes: &Routes) -> Result<Capture, Problem> {
        let (reply, answer) = oneshot::channel();
        if routes.ask(tenant, call, Letter::Tell(reply))
            && let Ok(story) = answer.await
        {
            return Ok(self.put_together(story, Vec::new(), false).await);
        }
        if let Some((story, known, whole)) = self.just_ended(tenant, call) {
            return Ok(self.put_together(story, known, whole).await);
        }
        let folder = self.folder.clone();
        let found = tokio::task::spawn_blocking(move || shelf::find(&folder, tenant, call)).await;
        found.ok().flatten().ok_or_else(|| Problem::not_found("capture"))
    }

    /// Of the legs whose traces are not `known`, the stack tells what was said so far.
    async fn put_together(&self, story: Story, known: Vec<Trace>, ended: bool) -> Capture {
        let mut traces = known;
        for leg in &story.legs {
            if traces.iter().any(|trace| trace.leg == leg.edge) {
                continue;
            }
            let early = self.held().early.get(&leg.edge).cloned();
            match early {
                Some(trace) => traces.push(trace),
                None => traces.extend(self.stack.trace(leg.edge).await),
            }
        }
        together(&story, traces.iter(), &self.stack, self.clock, ended)
    }

    /// A call that is over and not on the disk yet: its story, the traces of its legs, and whether that is all.
    fn just_ended(&self, tenant: TenantId, call: CallId) -> Option<(Story, Vec<Trace>, bool)> {
        let held = self.held();
        let whole = held.whole.iter().find(|ended| ended.story.call == call);
        let ended = whole.or(held.ended.get(&call)).filter(|ended| ended.story.tenant == tenant)?;
        Some((ended.story.clone(), ended.traces.values().cloned().collect(), whole.is_some()))
    }

    /// The same as a libpcap file, in the order of time.
    pub(crate) async fn pcap(
        &self,
        (tenant, call): (TenantId, CallId),
        media: bool,
        routes: &Routes,
    ) -> Result<Vec<u8>, Problem> {
        let capture = self.of(tenant, call, routes).await?;
        let sound = media.then(|| self.sound.file(tenant, call));
        let waiting = self.sound.waiting();
        let written = tokio::task::spawn_blocking(move || {
            waiting.write();
            let small = |path: &std::path::PathBuf| std::fs::metadata(path).is_ok_and(|m| m.len() <= LARGEST_SOUND);
            let sound = sound.filter(small).and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
            merged(&capture, &sound)
        });
        written.await.map_err(|_| Problem::internal("The capture could not be written."))
    }

    /// A call touches `target`; when its sound is wanted, the way to keep it.
    pub(crate) fn meets(&self, story: (TenantId, CallId), target: Target) -> Option<Arc<Tapping>> {
        let (tenant, call) = story;
        let now = store::now();
        let media = self.watches.meets(tenant, call, target, now)?;
        if !media {
            return None;
        }
        self.sound.begin(tenant, call, (Instant::now(), now.as_millis() * 1_000))
    }
}

/// Signalling and sound as one file.
fn merged(capture: &Capture, sound: &[u8]) -> Vec<u8> {
    let mut signalling = pcap::header().to_vec();
    for message in &capture.messages {
        let (from, to) = if message.sent { (message.local, message.remote) } else { (message.remote, message.local) };
        pcap::add(&mut signalling, message.at_us, from, to, &message.bytes);
    }
    let mut records = pcap::records(&signalling);
    records.extend(pcap::records(sound));
    records.sort_by_key(|(at_us, _)| *at_us);
    let mut file = pcap::header().to_vec();
    records.iter().for_each(|(_, record)| file.extend_from_slice(record));
    file
}

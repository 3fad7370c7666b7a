//! End to end: the real binary on loopback, one file a subject.

mod acme;
mod agents;
mod antring;
mod broadcasts;
mod browser;
mod capture;
mod certificates;
mod clicks;
mod codecs;
mod commands;
mod complaints;
mod conferences;
mod crash;
mod dialects;
mod dribble;
mod failover;
mod flood;
mod forwards;
mod fraud;
mod fuzz;
mod groups;
mod guessing;
mod harness;
mod hold;
mod hostile;
mod inbound;
mod internal;
mod jumps;
mod kills;
mod lamps;
mod limits;
mod names;
mod outbound;
mod overload;
mod queues;
mod recordings;
mod registration;
mod replaces;
mod schedules;
mod secrets;
mod secure_trunks;
mod sources;
mod srtp;
mod storage;
mod stranger;
mod strangers;
mod supervision;
mod tenants;
mod texts;
mod torture;
mod transfers;
mod trunks;
mod video;
mod voicemail;

use e2e::Call;

/// What the caller's side says, in Hz.
const CALLER: f64 = 440.0;
/// What the called side says.
const CALLEE: f64 = 1_000.0;

/// What a third says.
const THIRD: f64 = 1_500.0;

/// Lets both sides talk and waits until each hears the other.
async fn talk(caller: &Call, callee: &Call) {
    caller.voice.say(Some(CALLER));
    callee.voice.say(Some(CALLEE));
    tokio::join!(caller.voice.hears(CALLEE), callee.voice.hears(CALLER));
}

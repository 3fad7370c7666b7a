//! The carrier: customers dial the hotline through it, and it answers what the company dials out.

use super::call::{Call, Dialled, Waited};
use super::line::{Line, Ring};
use super::sound::Sound;
use super::{CARRIER, Plan, Tally, dice, session};
use model::Digit;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

/// Customers at one time.
const CUSTOMERS: usize = 8;
/// Calls the company has going out at one time.
const OUTGOING: usize = 20;

/// Runs the carrier until the end of the demo or of the wanted number of calls.
pub(super) async fn work(plan: &Plan, stop: watch::Receiver<bool>) -> std::io::Result<Tally> {
    let (line, rings) = match Line::open(CARRIER, plan.server, stop.clone()).await {
        Ok(opened) => opened,
        // Another demo on this machine has the port: customers can call all the same, only dialling out cannot work.
        Err(error) => {
            tracing::warn!(%error, "the demo carrier's port is taken; calls going out will not reach it");
            Line::open(SocketAddr::new(CARRIER.ip(), 0), plan.server, stop).await?
        }
    };
    let outgoing = tokio::spawn(answer_all(line.clone(), rings));
    let room = Arc::new(Semaphore::new(CUSTOMERS));
    let mut customers = JoinSet::new();
    let mut tally = Tally::default();
    while !line.stopping() && plan.calls.is_none_or(|calls| tally.placed < calls) {
        let Ok(seat) = room.clone().acquire_owned().await else { break };
        tally.placed += 1;
        let customer = customer(line.clone(), plan.hotline.clone(), plan.talk);
        customers.spawn(async move {
            let heard = customer.await;
            drop(seat);
            heard
        });
        while let Some(done) = customers.try_join_next() {
            tally.heard += u64::from(matches!(done, Ok(true)));
        }
        let pause = plan.every.mul_f64(0.5 + dice::below(1_000) as f64 / 1_000.0);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = line.stopped() => {}
        }
    }
    while let Some(done) = customers.join_next().await {
        tally.heard += u64::from(matches!(done, Ok(true)));
    }
    outgoing.abort();
    Ok(tally)
}

/// One customer's call. True when it was answered and something was heard.
async fn customer(line: Arc<Line>, hotline: String, talk: Duration) -> bool {
    let Ok(mut sound) = Sound::open(line.ip()).await else { return false };
    let number = dice::mobile();
    let from = format!("sip:{number}@{}", line.ip());
    let to = format!("sip:{hotline}@{}", line.server());
    let patience = if dice::chance(10) { dice::seconds(1.0, 4.0) } else { (talk * 2).min(Duration::from_secs(60)) };
    let offer = session::write(sound.local());
    let (mut call, answer) = match Call::dial(&line, (&number, &from), &to, offer, patience).await {
        Dialled::Answered(call, answer) => (call, answer),
        Dialled::Refused(code) => {
            tracing::debug!(code, "a demo customer's call was refused");
            return false;
        }
        Dialled::GaveUp => return false,
    };
    if let Some(far) = session::read(&answer) {
        sound.talk(far, 220.0 + dice::below(120) as f64);
    }
    let presses = dice::chance(60);
    let stays = dice::seconds(talk.as_secs_f64() / 3.0, talk.as_secs_f64());
    let mut gone = call.talk(dice::seconds(1.0, 3.0)).await;
    if gone == Waited::Elapsed && presses {
        sound.press(Digit::new('1').expect("1 is a key"));
    }
    if gone == Waited::Elapsed {
        gone = call.talk(stays).await;
    }
    if gone == Waited::Elapsed {
        call.bye().await;
    }
    sound.heard() > 0
}

/// Answers what the company dials out.
async fn answer_all(line: Arc<Line>, mut rings: mpsc::Receiver<Ring>) {
    let room = Arc::new(Semaphore::new(OUTGOING));
    while let Some(ring) = rings.recv().await {
        let Ok(seat) = room.clone().try_acquire_owned() else { continue };
        let line = line.clone();
        tokio::spawn(async move {
            answer(&line, ring).await;
            drop(seat);
        });
    }
}

async fn answer(line: &Arc<Line>, ring: Ring) {
    let Ok(mut sound) = Sound::open(line.ip()).await else { return };
    let mut incoming = Call::take(line, ring, session::write(sound.local()));
    let far = session::read(incoming.offer());
    if incoming.ring(dice::seconds(1.5, 4.0)).await == Waited::Gone {
        return;
    }
    if dice::chance(15) {
        return incoming.refuse(486, "Busy Here").await;
    }
    let Some(mut call) = incoming.answer().await else { return };
    if let Some(far) = far {
        sound.talk(far, 180.0);
    }
    if call.talk(dice::seconds(15.0, 60.0)).await == Waited::Elapsed {
        call.bye().await;
    }
}

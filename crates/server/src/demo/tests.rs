//! Two phones of the demo call each other without a server between.

use super::call::{Call, Dialled, Incoming, Waited};
use super::line::{Line, Ring};
use super::session;
use super::sound::Sound;
use model::Digit;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

struct Phone {
    line: Arc<Line>,
    rings: mpsc::Receiver<Ring>,
    sound: Sound,
}

/// Two phones, each the other's server, and the word that ends the demo.
async fn pair() -> (Phone, Phone, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    let free = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|s| s.local_addr()).expect("a free port");
    let (one, other) = (free(), free());
    (phone(one, other, stopped.clone()).await, phone(other, one, stopped).await, stop)
}

async fn phone(local: SocketAddr, server: SocketAddr, stopped: watch::Receiver<bool>) -> Phone {
    let (line, rings) = Line::open(local, server, stopped).await.expect("the port is free");
    let sound = Sound::open(line.ip()).await.expect("a port");
    Phone { line, rings, sound }
}

impl Phone {
    async fn dial(&self, patience: Duration) -> Dialled {
        let to = format!("sip:demo@{}", self.line.server());
        Call::dial(&self.line, ("A", "sip:a@127.0.0.1"), &to, session::write(self.sound.local()), patience).await
    }

    async fn rung(&mut self) -> Incoming {
        let ring = self.rings.recv().await.expect("a call");
        Call::take(&self.line, ring, session::write(self.sound.local()))
    }
}

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_call_is_answered_heard_on_both_sides_and_hung_up() {
    let (mut caller, mut callee, _stop) = pair().await;
    let called = tokio::spawn(async move {
        let mut incoming = callee.rung().await;
        let far = session::read(incoming.offer()).expect("an offer");
        assert_eq!(incoming.ring(SHORT).await, Waited::Elapsed);
        let mut call = incoming.answer().await.expect("the answer is confirmed");
        callee.sound.talk(far, 200.0);
        assert_eq!(call.talk(LONG).await, Waited::Gone);
        callee.sound.heard()
    });
    let Dialled::Answered(mut call, answer) = caller.dial(LONG).await else { panic!("the call is answered") };
    caller.sound.talk(session::read(&answer).expect("an answer"), 300.0);
    caller.sound.press(Digit::new('1').expect("a key"));
    assert_eq!(call.talk(Duration::from_millis(600)).await, Waited::Elapsed);
    call.bye().await;
    let heard = called.await.expect("the callee ends well");
    assert!(heard >= 10, "{heard} packets");
    assert!(caller.sound.heard() >= 10, "{} packets", caller.sound.heard());
}

#[tokio::test]
async fn a_caller_without_patience_withdraws() {
    let (caller, mut callee, _stop) = pair().await;
    let called = tokio::spawn(async move { callee.rung().await.ring(LONG).await });
    assert!(matches!(caller.dial(SHORT).await, Dialled::GaveUp));
    assert_eq!(called.await.expect("the callee ends well"), Waited::Gone);
}

#[tokio::test]
async fn a_refusal_tells_its_status() {
    let (caller, mut callee, _stop) = pair().await;
    let called = tokio::spawn(async move { callee.rung().await.refuse(486, "Busy Here").await });
    assert!(matches!(caller.dial(LONG).await, Dialled::Refused(486)));
    called.await.expect("the callee ends well");
}

#[tokio::test]
async fn the_end_of_the_demo_ends_its_calls() {
    let (caller, mut callee, stop) = pair().await;
    let called = tokio::spawn(async move {
        let mut call = callee.rung().await.answer().await.expect("the answer is confirmed");
        let waited = call.talk(LONG).await;
        call.bye().await;
        waited
    });
    let Dialled::Answered(mut call, _) = caller.dial(LONG).await else { panic!("the call is answered") };
    stop.send(true).expect("phones listen");
    assert_eq!(call.talk(LONG).await, Waited::Elapsed);
    call.bye().await;
    // Each ends its own side; one may hear of the other's BYE first.
    called.await.expect("the callee ends well");
}

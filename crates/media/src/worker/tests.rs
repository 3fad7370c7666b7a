use super::*;
use crate::command::NewLeg;
use crate::media::Post;
use crate::{Config, recording};
use std::net::UdpSocket;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

fn worker() -> (Worker, UnboundedReceiver<Event>) {
    let poll = mio::Poll::new().expect("a poll");
    let (_, commands) = channel();
    let inbox = Inbox { commands, woken: Arc::new(AtomicBool::new(false)) };
    let inventory = Arc::new(Inventory::new(Config::default(), 1));
    let (events, told) = unbounded_channel();
    let recorder = recording::start(inventory.clone(), events.clone()).expect("a recorder");
    let post = Post::new(channel().0, mio::Waker::new(poll.registry(), WAKER).expect("a waker"), inbox.woken.clone());
    let desk = crate::transcoder::start(0, post, &inventory).expect("a transcoder");
    (Worker::new(poll, inbox, inventory, events, recorder, desk), told)
}

fn open(worker: &mut Worker, tag: u64) -> LegKey {
    let socket = || UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let key = LegKey(tag);
    worker.open(NewLeg { key, tag, port: 2, rtp: socket(), rtcp: socket(), ssrc: 1, owner: None });
    worker.inventory.legs.fetch_add(1, Ordering::AcqRel);
    key
}

#[test]
fn a_panic_on_one_leg_ends_that_leg_only() {
    let (mut worker, mut told) = worker();
    let (good, bad) = (open(&mut worker, 1), open(&mut worker, 2));
    worker.bridge(good, bad);
    let slot = worker.legs.slot(bad);
    worker.contain(slot, |_| panic!("a fault in the handling of a packet"));
    worker.contain(None, |_| panic!("a fault in the handling of a command"));
    assert!(matches!(told.try_recv(), Ok(Event::Closed { tag: 2, .. })));
    assert!(told.try_recv().is_err());
    assert!(worker.legs.find(good).is_some_and(|(_, leg)| leg.peer.is_none()));
    assert_eq!(worker.inventory.legs.load(Ordering::Acquire), 1);
}

#[test]
fn a_timer_of_a_closed_leg_does_not_touch_the_next_one_in_its_slot() {
    let (mut worker, mut told) = worker();
    let first = open(&mut worker, 1);
    let slot = worker.legs.slot(first).expect("a slot");
    worker.set(slot, Timer::Care, Moment::START);
    worker.close(first);
    let second = open(&mut worker, 2);
    assert_eq!(worker.legs.slot(second), Some(slot));
    let before = worker.timers.len();
    worker.run_timers();
    assert_eq!((before, worker.timers.len()), (1, 0));
    assert!(matches!(told.try_recv(), Ok(Event::Closed { tag: 1, .. })));
    assert!(told.try_recv().is_err());
}

//! A media thread.

use crate::Event;
use crate::command::{Command, NewLeg};
use crate::media::{Inbox, Inventory};
use crate::recording::Task;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use tokio::sync::mpsc::UnboundedSender;

/// The token of the thread's inbox.
pub(crate) const WAKER: mio::Token = mio::Token(usize::MAX);

pub(crate) struct Worker {
    poll: mio::Poll,
    inbox: Inbox,
    inventory: Arc<Inventory>,
    events: UnboundedSender<Event>,
    _recorder: Sender<Task>,
    legs: Vec<NewLeg>,
}

impl Worker {
    pub(crate) fn new(
        poll: mio::Poll,
        inbox: Inbox,
        inventory: Arc<Inventory>,
        events: UnboundedSender<Event>,
        recorder: Sender<Task>,
    ) -> Worker {
        Worker { poll, inbox, inventory, events, _recorder: recorder, legs: Vec::new() }
    }

    pub(crate) fn run(mut self) {
        let mut ready = mio::Events::with_capacity(256);
        loop {
            let _ = self.poll.poll(&mut ready, None);
            self.inbox.woken.store(false, Ordering::Release);
            while let Ok(command) = self.inbox.commands.try_recv() {
                match command {
                    Command::Open(leg) => self.legs.push(*leg),
                    Command::Close(key) => {
                        let Some(place) = self.legs.iter().position(|l| l.key == key) else { continue };
                        let leg = self.legs.swap_remove(place);
                        self.inventory.legs.fetch_sub(1, Ordering::AcqRel);
                        self.inventory.free_port(leg.port);
                        let _ = self.events.send(Event::Closed { tag: leg.tag, quality: Default::default() });
                    }
                    Command::Stop => return,
                    _ => {}
                }
            }
        }
    }
}

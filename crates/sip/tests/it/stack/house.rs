//! A house that connects calls: the number dialled is the account, and its first phone rings.

use std::collections::HashMap;
use std::net::IpAddr;

use bytes::Bytes;
use model::Cause;
use sip::{Account, Command, Dial, Directory, Event, Leg, Party, Signal, Stack, Target};
use tokio::sync::mpsc;

/// Accounts 101 and up with the password `pw` and the number; carriers come from 127.0.0.30.
pub(super) struct House;

impl Directory for House {
    fn account(&self, _domain: &str, user: &str) -> Option<Account> {
        let key: u128 = user.parse().ok()?;
        let (ha1_md5, ha1_sha256) = sip::auth::ha1(user, "alo", &format!("pw{user}"));
        Some(Account { key, realm: "alo".into(), ha1_md5, ha1_sha256 })
    }

    fn realm(&self, _domain: &str) -> String {
        "alo".into()
    }

    fn carrier(&self, source: IpAddr) -> bool {
        source.to_string() == "127.0.0.30"
    }
}

/// Serves until the stack is gone. Number 200 is answered by the house itself.
pub(super) async fn serve(stack: Stack, mut events: mpsc::Receiver<Event>) {
    let mut peers: HashMap<Leg, Leg> = HashMap::new();
    let stack_of_house = stack;
    while let Some(event) = events.recv().await {
        match event {
            Event::Incoming(incoming) if incoming.dialled == "200" => {
                stack_of_house.send(incoming.leg, Command::Provisional { code: 180, body: None });
                stack_of_house.send(incoming.leg, Command::Answer { body: Bytes::from_static(b"v=0 house") });
            }
            Event::Incoming(incoming) => {
                let account = incoming.dialled.parse().unwrap_or(0);
                let Some(contact) = stack_of_house.contacts(account).into_iter().next() else {
                    stack_of_house.send(incoming.leg, Command::Reject { cause: Cause::NotRegistered });
                    continue;
                };
                let leg = stack_of_house.new_leg();
                peers.insert(leg, incoming.leg);
                peers.insert(incoming.leg, leg);
                let dial = Dial {
                    target: Target::Contact(contact.key),
                    from: Party { host: "alo".into(), ..incoming.from },
                    to: None,
                    body: incoming.offer.unwrap_or_default(),
                    credentials: None,
                    asserted: None,
                    max_forwards: None,
                    headers: Vec::new(),
                };
                stack_of_house.send(leg, Command::Dial(Box::new(dial)));
            }
            Event::Leg(leg, signal) => {
                if let Signal::Bye { .. } = signal {
                    stack_of_house.send(leg, Command::FinishBye);
                }
                let is_final = signal.is_final();
                let Some(peer) = peers.get(&leg).copied() else { continue };
                match signal {
                    Signal::Ringing { body } => stack_of_house.send(peer, Command::Provisional { code: 180, body }),
                    Signal::Answered { body } => {
                        stack_of_house.send(peer, Command::Answer { body: body.unwrap_or_default() });
                    }
                    Signal::Rejected { cause, .. } => stack_of_house.send(peer, Command::Reject { cause }),
                    _ if is_final => stack_of_house.send(peer, Command::Hangup { cause: Cause::Normal }),
                    _ => {}
                }
                if is_final {
                    peers.remove(&leg);
                    peers.remove(&peer);
                }
            }
            Event::Text(_)
            | Event::Subscribed(_)
            | Event::Unsubscribed(_)
            | Event::Bindings { .. }
            | Event::Registration { .. }
            | Event::Probed { .. }
            | Event::Trusted { .. }
            | Event::Refused { .. }
            | Event::Shed { .. }
            | Event::Traces(_) => {}
        }
    }
}

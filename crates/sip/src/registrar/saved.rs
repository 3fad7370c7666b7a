//! Contacts that outlive the process: what is told of them, and how they come back.
//!
//! Only phones reached over datagrams come back. A connection ends with the process, and its phone makes a new one.

use std::net::SocketAddr;

use model::{Moment, Timestamp};

use super::{Binding, Bindings, Wanted};
use crate::transport::{Flow, Transport};

/// One contact, to be kept by the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The phone's own URI.
    pub uri: String,
    /// Our socket that it was heard on.
    pub ours: SocketAddr,
    /// Where it was heard from.
    pub remote: SocketAddr,
    /// The route back through edge proxies.
    pub path: Vec<String>,
    /// Preference in thousandths.
    pub q: u16,
    /// `+sip.instance`.
    pub instance: Option<String>,
    /// `reg-id`.
    pub reg_id: Option<u32>,
    /// User-Agent, or empty.
    pub user_agent: String,
    /// The Call-ID of its REGISTER, and the last number.
    pub call_id: String,
    /// See `call_id`.
    pub cseq: u32,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// All contacts of an account that can be kept, whenever one of its contacts came, was refreshed or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The account.
    pub account: u128,
    /// Its contacts now; none: forget the account.
    pub contacts: Vec<Saved>,
}

impl Bindings {
    /// What is to be kept of an account; `ours` is the address of a flow's socket, `wall` the time on the wall.
    pub fn saved(
        &self,
        account: u128,
        now: Moment,
        ours: impl Fn(Flow) -> SocketAddr,
        wall: impl Fn(Moment) -> Timestamp,
    ) -> Vec<Saved> {
        let bindings = self.accounts.get(&account).into_iter().flatten();
        let kept = bindings.filter(|b| b.ends_at > now && b.flow.transport == Transport::Udp);
        let saved = kept.map(|b| Saved {
            uri: b.wanted.uri.clone(),
            ours: ours(b.flow),
            remote: b.flow.remote,
            path: b.path.clone(),
            q: b.wanted.q,
            instance: b.wanted.instance.clone(),
            reg_id: b.wanted.reg_id,
            user_agent: b.user_agent.clone(),
            call_id: b.call_id.clone(),
            cseq: b.cseq,
            ends_at: wall(b.ends_at),
        });
        saved.collect()
    }

    /// Takes a contact back that an earlier process knew, unless there is no room; its key.
    pub fn restore(&mut self, account: u128, saved: Saved, flow: Flow, now: Moment, ends_at: Moment) -> Option<u64> {
        let bindings = self.accounts.entry(account).or_default();
        if bindings.len() >= self.limits.contacts_per_account || self.ends.len() >= self.limits.contacts {
            return None;
        }
        let key = self.next_key;
        self.next_key += 1;
        self.ends.insert((ends_at, account, key));
        bindings.push(Binding {
            key,
            wanted: Wanted {
                uri: saved.uri,
                q: saved.q,
                expires_s: u32::try_from(ends_at.since(now).as_secs()).unwrap_or(u32::MAX),
                instance: saved.instance,
                reg_id: saved.reg_id,
            },
            flow,
            path: saved.path,
            user_agent: saved.user_agent,
            sent_by: String::new(),
            call_id: saved.call_id,
            cseq: saved.cseq,
            refreshed_at: now,
            ends_at,
        });
        Some(key)
    }
}

//! What the stack asks the house while a message is in its hands. Answered from memory: nothing here may wait.

use std::net::IpAddr;

/// Somebody who may register and call, with the digests of the password (never the password).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The house's own key for the account; bindings and events carry it.
    pub key: u128,
    /// The realm the digests were made for.
    pub realm: String,
    /// MD5 of `user:realm:password`.
    pub ha1_md5: [u8; 16],
    /// SHA-256 of `user:realm:password`.
    pub ha1_sha256: [u8; 32],
}

/// What the house says of the address a proven account speaks from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It may register and call.
    Allowed,
    /// It may register, and call when one of its phones is registered at this address.
    IfRegistered,
    /// It may do nothing.
    Refused,
}

/// Accounts that share a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Group {
    /// The house's own key for the group.
    pub key: u128,
    /// How many contacts all its accounts may have together; 0 sets no bound.
    pub contacts: usize,
}

/// The house's answers. Called on the network tasks: never blocks, never reads a disk.
pub trait Directory: Send + Sync + 'static {
    /// The account of a user in a domain.
    fn account(&self, domain: &str, user: &str) -> Option<Account>;

    /// The realm to challenge with; of the same form for domains that do not exist.
    fn realm(&self, domain: &str) -> String;

    /// Whether an account that has proven itself may be at this address.
    fn source(&self, _account: u128, _source: IpAddr) -> Source {
        Source::Allowed
    }

    /// The group of an account. Asked when an account gets or loses a contact.
    fn group(&self, _account: u128) -> Group {
        Group::default()
    }

    /// Whether the address belongs to a carrier, whose INVITEs need no digest.
    fn carrier(&self, source: IpAddr) -> bool;
}

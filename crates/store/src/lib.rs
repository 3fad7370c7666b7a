//! The database and the local journal below it: connections, transactions that carry the tenant, migrations, the
//! outbox, mail that waits, sealed secrets, new ids, and the spool that keeps records while SQL is away.
//!
//! One SQL text serves SQLite and PostgreSQL. Nothing here knows a feature's rules: features bring their own
//! `repo.rs`. Calls never wait for anything in this crate but [`spool`]. Start with [`db`] and [`tx`].

pub mod clock;
pub mod db;
pub mod error;
pub mod lease;
pub mod mail;
pub mod migrations;
pub mod mint;
pub mod node;
pub mod objects;
pub mod outbox;
pub mod spool;
pub mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tx;
pub mod vault;
pub mod walk;

pub use clock::now;
pub use db::{Db, Engine, Options};
pub use error::Error;
pub use mint::mint;
pub use sql::{Cell, Rows, Sql};
pub use tx::{NewEvent, Tx};
pub use vault::Vault;
pub use walk::Walk;

//! The people and companies that call and are called: contacts, what is written about them, the files they come from and
//! go to, and the tickets of what is to be done for them. Calls are not here: who needs both asks both, one floor up.
//!
//! Each noun has its shape and rules in `noun.rs`, what one can do in `noun/service.rs`, its SQL in `noun/repo.rs`. Start
//! with [`contact`], then [`ticket`] and [`import`]; [`sheet`] reads and writes tables and knows no contact.

pub mod contact;
pub mod export;
pub mod import;
pub mod sheet;
mod text;
pub mod ticket;

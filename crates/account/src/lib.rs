//! Who uses the installation: companies, the people who log in, API keys, and how a request proves who it is.
//!
//! Secrets leave this crate once, when they are made: passwords are kept as argon2id, keys and sessions as SHA-256.
//! There is no default password anywhere. Start with [`tenant`], then [`Gate`].

pub mod bootstrap;
pub mod department;
pub mod external;
pub mod factor;
mod gate;
pub mod key;
pub mod link;
pub mod membership;
pub mod partner;
mod password;
pub mod session;
pub mod support;
pub mod tenant;
mod text;
pub mod user;
pub mod view;

pub use gate::Gate;

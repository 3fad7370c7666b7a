//! Messages to customers' telephones, from templates that were agreed before: as text under the company's name, read aloud by
//! a call, or over Zalo. Which of them is tried first, and what next, the sender of each message says.
//!
//! A [`Provider`] carries them; the [`Sandbox`] carries nothing and answers by the number. Start with [`template`], then
//! [`message`].

pub mod message;
mod provider;
mod sandbox;
pub mod template;

pub use provider::{Channel, Fault, Nobody, Order, Provider, Receipt, Sent};
pub use sandbox::Sandbox;

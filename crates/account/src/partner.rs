//! Partners: companies whose programs work for other companies. A partner asks, somebody who runs the other company logs in
//! and grants it, and the partner gets a key of that company. Revoking the key ends it.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::holds;
pub use service::{acting_for, authorize, companies, find_by_ending, grant, pending};

use crate::tenant::Tenant;
use model::TenantId;

/// How long a request can be granted, in seconds.
pub const REQUEST_S: i64 = 900;

/// What a partner asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRequest {
    /// The company that granted it before; none to let whoever logs in say for which company.
    pub company: Option<TenantId>,
    /// Where the person is sent when it is granted.
    pub redirect_url: String,
    /// Where mail reaches the person who is to log in, as the partner knows it.
    pub email: String,
    /// The telephone number of that person.
    pub phone: String,
    /// The name of that person or company.
    pub name: String,
}

/// What becomes of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// It was granted before: the secret of the company's key.
    Granted(String),
    /// Somebody must log in first, with this token (`request:…`), within [`REQUEST_S`].
    Asked(String),
}

/// A request that can still be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Who asks.
    pub partner: Tenant,
    /// The only company that can grant it, when it is one that did so before.
    pub company: Option<TenantId>,
    /// Where the person is sent then.
    pub redirect_url: String,
    /// The login that the partner expects: an address.
    pub email: String,
}

//! A person who works for several companies. In each they are a user of its own, with a role there; they log in with one
//! account, the home, and a session goes from company to company. Somebody joins by accepting an invitation while logged
//! in. Nobody of one company may take the account of a person who works for another as well.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::{alone_in_charge, attach, elsewhere, end_sessions, entry, may_join, places};
pub use service::{list, person, switch};

use model::{Role, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// A company one works for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Membership))]
pub struct Membership {
    /// The company.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ten_01hv3k0000000000000000000"))]
    pub company_id: TenantId,
    /// Its name.
    pub company_name: String,
    /// Its SIP domain, the code that tells companies of one name apart.
    pub domain: String,
    /// Who one is there.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "usr_01hv3k0000000000000000000"))]
    pub user_id: UserId,
    /// What one may do there.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// Whether it is the one that the session acts for.
    pub current: bool,
}

/// The account that a person logs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home {
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
}

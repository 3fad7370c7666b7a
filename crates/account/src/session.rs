//! Sessions: what a login begins, proved by a bearer text (`als_…`), kept as its SHA-256.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use repo::{end_all, end_company, move_to, used};
pub(crate) use service::find;
#[cfg(test)]
pub(crate) use service::testing;
pub use service::{end, end_of, end_others, list, login, logout, password_fits};

use crate::user;
use model::SessionId;
use serde::{Deserialize, Serialize};

/// How long a session lasts.
const SESSION_MS: i64 = 12 * 3600 * 1000;

/// What somebody types to log in.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// A code of the authenticator app, or a recovery code.
    pub code: Option<String>,
}

/// Where somebody logs in from, as their list of sessions tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The address.
    pub source: String,
    /// What the program calls itself.
    pub agent: String,
}

/// A session that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Session))]
pub struct Session {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// When it ends, milliseconds since 1970.
    pub expires_at: i64,
    /// Who logged in.
    pub user: user::User,
}

/// A session that is open, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OpenSession))]
pub struct Open {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ses_01hv3k0000000000000000000"))]
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// The address it began at.
    pub source: String,
    /// What the program that began it calls itself.
    pub agent: String,
    /// When it began, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, to about five minutes.
    pub last_used_at: i64,
    /// When it ends.
    pub expires_at: i64,
}

//! Links that let somebody choose a password: an invitation to who has none yet, and the answer to "forgotten". The
//! link's secret is kept as its SHA-256 and counts once.

mod letter;
mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use letter::Language;
pub(crate) use repo::forget;
pub use service::{forgotten, invite, join, redeem, revoke, show};

use serde::{Deserialize, Serialize};

/// How links reach people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// Where the web is: `https://alo.example.vn`.
    pub site: String,
    /// Whether mail can be sent.
    pub mail: bool,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PasswordLinkPurpose))]
pub enum Purpose {
    /// Somebody new chooses a first password.
    Invitation,
    /// Somebody forgot theirs.
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Purpose::Invitation => "invitation",
            Purpose::Reset => "reset",
        }
    }

    fn parse(word: &str) -> Option<Purpose> {
        [Purpose::Invitation, Purpose::Reset].into_iter().find(|purpose| purpose.as_str() == word)
    }

    /// How long such a link counts.
    const fn lasts_ms(self) -> i64 {
        match self {
            Purpose::Invitation => 7 * 24 * 3_600_000,
            Purpose::Reset => 3_600_000,
        }
    }
}

/// An invitation that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Invitation))]
pub struct Invitation {
    /// The address it is mailed to; missing when there is none, or when this server sends no mail.
    pub mailed_to: Option<String>,
    /// The link to hand over by other means; only when it is not mailed.
    pub link: Option<String>,
    /// When it ends, milliseconds since 1970.
    pub expires_at: i64,
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PasswordLink))]
pub struct Shown {
    /// What it is for.
    pub purpose: Purpose,
    /// What its owner types to log in.
    pub login: String,
    /// Its owner's name.
    pub name: String,
    /// The company's name.
    pub company_name: String,
    /// When it ends, milliseconds since 1970.
    pub expires_at: i64,
}

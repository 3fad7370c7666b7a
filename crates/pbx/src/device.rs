//! Desk phones that set themselves up: each is told an address with a secret that works once and not for long, fetches its
//! settings there over HTTPS, and forgets the address. What a model's file looks like is data: a template beside this file,
//! or one of the operator's own in its place.

mod repo;
mod service;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use repo::delete_of;
pub use service::{create, delete, list, redeem, renew};

use model::ExtensionId;
use serde::{Deserialize, Serialize};

/// How long an address for a phone can be used.
pub const TOKEN_HOURS: i64 = 24;

/// A model whose settings are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeviceModel))]
pub enum Model {
    /// Yealink SIP-T19 E2, and models of the series that read the same file.
    #[serde(rename = "yealink_t19_e2")]
    YealinkT19E2,
    /// Grandstream GXP1610, and models of the series that read the same file.
    #[serde(rename = "grandstream_gxp1610")]
    GrandstreamGxp1610,
}

impl Model {
    pub(crate) const ALL: [(Model, &'static str); 2] =
        [(Model::YealinkT19E2, "yealink_t19_e2"), (Model::GrandstreamGxp1610, "grandstream_gxp1610")];

    /// The stable word; also the name of a template of the operator's own.
    pub const fn as_str(self) -> &'static str {
        match self {
            Model::YealinkT19E2 => "yealink_t19_e2",
            Model::GrandstreamGxp1610 => "grandstream_gxp1610",
        }
    }

    /// The name of the file that a phone with this address asks for.
    pub fn file_name(self, mac: &str) -> String {
        match self {
            Model::YealinkT19E2 => format!("{mac}.cfg"),
            Model::GrandstreamGxp1610 => format!("cfg{mac}.xml"),
        }
    }
}

/// A phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Device))]
pub struct Device {
    /// The address of its network card: 12 hexadecimal digits.
    pub mac: String,
    /// Whose settings it gets.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub extension: ExtensionId,
    /// Its model.
    pub model: Model,
    /// Until when it can fetch its settings, milliseconds since 1970; none when it has, or when that time is over.
    pub waits_until: Option<i64>,
    /// When it fetched them.
    pub fetched_at: Option<i64>,
    /// Where it fetched them from; empty when it has not.
    pub fetched_from: String,
    /// When it was added.
    pub created_at: i64,
}

/// A phone to add.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewDevice))]
pub struct NewDevice {
    /// The address of its network card, in any of the usual writings: 00:15:65:12:ab:34.
    pub mac: String,
    /// Its model.
    pub model: Model,
}

/// A phone with the secret of its address, which is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeviceWithToken))]
pub struct WithToken {
    /// The phone.
    #[serde(flatten)]
    pub device: Device,
    /// The path, below this server's address, that is entered in the phone as its server of settings. It works once, for 24
    /// hours at most.
    pub path: String,
}

/// Where phones find this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The host, as the phone reached it.
    pub host: String,
    /// The SIP port.
    pub port: u16,
}

/// The settings of a phone.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The type of the file.
    pub content_type: &'static str,
    /// The file. It holds the SIP password.
    pub text: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The text holds a password.
        f.debug_struct("Settings").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// The address of a network card as 12 small hexadecimal digits.
pub(crate) fn mac(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ':' | '-' | '.' | ' ')).collect();
    let good = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| digits.to_ascii_lowercase())
}

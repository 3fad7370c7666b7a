//! A number inside the company that phones register as.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::{amend, insert};
pub use service::{
    create, create_many, delete, find_by_id_number, find_by_number, find_by_user, get, list, own, password, passwords,
    slice, some, update, walk,
};

use crate::srtp::Srtp;
use model::{ExtensionId, Faults, HotlineId, Network, UserId};
use serde::{Deserialize, Serialize};

/// From where an extension may call, beside its allowed networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CallFrom {
    /// From addresses that one of its phones has registered at.
    #[default]
    Registered,
    /// From anywhere, given the password.
    Anywhere,
}

impl CallFrom {
    pub(crate) const ALL: [(CallFrom, &'static str); 2] =
        [(CallFrom::Registered, "registered"), (CallFrom::Anywhere, "anywhere")];
}

/// An extension, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Extension))]
pub struct Extension {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ext_01hv3k0000000000000000000"))]
    pub id: ExtensionId,
    /// The number, 2–8 digits.
    pub number: String,
    /// Whose it is; shown to colleagues who are called.
    pub name: String,
    /// The hotline shown when calling out; the company's first when missing.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hotline: Option<HotlineId>,
    /// The person whose phone it is.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub user: Option<UserId>,
    /// Whether phones may register and call.
    pub enabled: bool,
    /// Addresses or networks (`10.1.0.0/16`) that its phones must be in; empty for any. From there they may call without
    /// having registered.
    pub allowed_networks: Vec<String>,
    /// From where it may call otherwise.
    pub call_from: CallFrom,
    /// Whether the sound of its phones is protected (SRTP).
    pub srtp: Srtp,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// An extension to create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewExtension))]
pub struct NewExtension {
    /// The number, 2–8 digits, unique in the company.
    pub number: String,
    /// Whose it is; the number when missing.
    #[serde(default)]
    pub name: Option<String>,
    /// The SIP password, 4–64 characters; a random one when missing.
    #[serde(default)]
    pub password: Option<String>,
    /// The hotline shown when calling out; the company's first when missing.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hotline: Option<HotlineId>,
    /// Whether the sound of its phones is protected (SRTP), `optional` when missing.
    #[serde(default)]
    pub srtp: Srtp,
}

/// Changes to an extension; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionPatch))]
pub struct ExtensionPatch {
    /// Whose it is.
    pub name: Option<String>,
    /// A new SIP password.
    pub password: Option<String>,
    /// The hotline shown when calling out; `null` for the company's first.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hotline: Option<Option<HotlineId>>,
    /// The person whose phone it is, one extension each; `null` for nobody.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub user: Option<Option<UserId>>,
    /// Whether phones may register and call.
    pub enabled: Option<bool>,
    /// Addresses or networks that its phones must be in; empty for any.
    pub allowed_networks: Option<Vec<String>>,
    /// From where it may call otherwise.
    pub call_from: Option<CallFrom>,
    /// Whether the sound of its phones is protected (SRTP).
    pub srtp: Option<Srtp>,
}

/// A new extension with its password, for whoever sets up the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CreatedExtension))]
pub struct Created {
    /// The extension.
    #[serde(flatten)]
    pub extension: Extension,
    /// The SIP password.
    pub password: String,
}

impl NewExtension {
    /// An extension of this number with a random password.
    pub fn number(number: impl Into<String>) -> NewExtension {
        NewExtension { number: number.into(), ..NewExtension::default() }
    }

    /// `path` is empty for one, `extensions[2].` inside a list.
    fn check(&self, path: &str, faults: &mut Faults) {
        if !good_number(&self.number) {
            faults.add(format!("{path}number"), "Use 2 to 8 digits.");
        }
        check_name(path, self.name.as_deref(), faults);
        check_password(path, self.password.as_deref(), faults);
    }
}

impl ExtensionPatch {
    fn check(&self, faults: &mut Faults) {
        check_name("", self.name.as_deref(), faults);
        check_password("", self.password.as_deref(), faults);
        let networks = self.allowed_networks.as_deref().unwrap_or_default();
        for (place, network) in networks.iter().enumerate() {
            if network.parse::<Network>().is_err() {
                faults.add(
                    format!("allowed_networks[{place}]"),
                    "Use an IP address or a network: 203.0.113.7, 10.1.0.0/16, 2001:db8::/48.",
                );
            }
        }
        if networks.len() > 32 {
            faults.add("allowed_networks", "Use at most 32 networks.");
        }
    }
}

/// Whether the text can be an extension's number.
pub(crate) fn good_number(text: &str) -> bool {
    (2..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_name(path: &str, name: Option<&str>, faults: &mut Faults) {
    if name.is_some_and(|name| !crate::config::good_name(name) || name.chars().any(char::is_control)) {
        faults.add(format!("{path}name"), "Use 1 to 200 characters.");
    }
}

fn check_password(path: &str, password: Option<&str>, faults: &mut Faults) {
    let good = |text: &str| (4..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if password.is_some_and(|password| !good(password)) {
        faults.add(format!("{path}password"), "Use 4 to 64 letters, digits and signs without spaces or accents.");
    }
}

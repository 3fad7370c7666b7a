//! A person or company that calls or is called: how it is reached, what one knows about it, and the rules for that.

pub(crate) mod finding;
pub(crate) mod note;
pub(crate) mod repo;
mod rules;
mod service;
#[cfg(test)]
pub(crate) mod tests;

pub use finding::{Filter, Order};
pub use note::Note;
pub use service::{
    Named, add_note, create, delete, delete_note, find_by_external, find_by_phone, find_by_start, get, hand_over,
    labels, list, merge, named, notes, slice, update,
};

pub(crate) use service::{event, later_than, raced, span_of_start};

use model::{ContactId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a number or an address belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContactKind))]
pub enum Kind {
    /// To the person.
    #[default]
    Personal,
    /// To the home.
    Home,
    /// To the office.
    Office,
}

/// A number of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContactPhone))]
pub struct Phone {
    /// In any usual form when sent; kept and told as E.164, short numbers as dialled.
    #[cfg_attr(feature = "openapi", schema(example = "+84901234567"))]
    pub number: String,
    /// Where it belongs; `personal` when missing.
    #[serde(default)]
    pub kind: Kind,
}

/// An e-mail address of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContactEmail))]
pub struct Email {
    /// The address, kept in lower case.
    pub address: String,
    /// Where it belongs; `personal` when missing.
    #[serde(default)]
    pub kind: Kind,
}

/// What one knows about a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewContact))]
pub struct Profile {
    /// The name, 1–200 characters.
    pub name: String,
    /// The numbers, at most 20; each belongs to one contact of the company.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// The e-mail addresses, at most 20.
    #[serde(default)]
    pub emails: Vec<Email>,
    /// The company the contact belongs to.
    #[serde(default)]
    pub company: String,
    /// What the contact does there.
    #[serde(default)]
    pub job_title: String,
    /// Where the contact is found.
    #[serde(default)]
    pub address: String,
    /// Needs, likes, anything else; at most 4,000 characters.
    #[serde(default)]
    pub note: String,
    /// Words to group contacts by, at most 50.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The person of the company who looks after the contact.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub owner: Option<UserId>,
    /// More facts by their names, at most 50.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The contact's id in other systems, by the system's name.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Contact))]
pub struct Contact {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "con_01hv3k0000000000000000000"))]
    pub id: ContactId,
    /// What one knows about it.
    #[serde(flatten)]
    pub profile: Profile,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// Changes to a contact; what is missing stays, lists and maps are replaced as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContactPatch))]
pub struct Patch {
    /// The name.
    pub name: Option<String>,
    /// The numbers.
    pub phones: Option<Vec<Phone>>,
    /// The e-mail addresses.
    pub emails: Option<Vec<Email>>,
    /// The company the contact belongs to.
    pub company: Option<String>,
    /// What the contact does there.
    pub job_title: Option<String>,
    /// Where the contact is found.
    pub address: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Words to group contacts by.
    pub labels: Option<Vec<String>>,
    /// Who looks after the contact; `null` for nobody.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub owner: Option<Option<UserId>>,
    /// More facts by their names.
    pub fields: Option<BTreeMap<String, String>>,
    /// The contact's id in other systems.
    pub external_ids: Option<BTreeMap<String, String>>,
}

//! Public numbers that a company holds for others that it serves (a partner's numbers). While one of those uses a number, it is a
//! hotline of that company, which rings the extensions made on it.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{find_by_id_number, give, given_to, hold, join, release, take_back, walk};

use model::{GroupId, HotlineId, TenantId};

/// The networks that a number may be of.
pub const NETWORKS: [&str; 5] = ["unknown", "mobifone", "vinaphone", "viettel", "other"];

/// A number that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id, which is not that of a hotline made of it.
    pub id: HotlineId,
    /// The number: `+842873000001`.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// One of [`NETWORKS`].
    pub network: String,
    /// Whether its calls cost its owner nothing.
    pub free_of_charge: bool,
    /// The company it is for.
    pub owner: Option<TenantId>,
    /// The owner's hotline, while the number is in use.
    pub hotline: Option<HotlineId>,
    /// The owner's ring group that was made with the hotline.
    pub group: Option<GroupId>,
    /// When it was added, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A number to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewHeld {
    /// The number in any usual form.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// One of [`NETWORKS`].
    pub network: String,
    /// Whether its calls cost its owner nothing.
    pub free_of_charge: bool,
    /// The company it is for; any of those served when missing.
    pub owner: Option<TenantId>,
}

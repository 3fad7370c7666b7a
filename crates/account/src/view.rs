//! Lists as people like to see them: the filters of a list's address under a name. A view is its maker's; one that is
//! shared is everybody's in the company to use.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, delete, list, person, update};

use model::{Faults, Problem, UserId, ViewId};
use serde::{Deserialize, Serialize};

/// The most views that one person keeps of one list.
const MOST: usize = 50;

/// A list as somebody likes to see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SavedView))]
pub struct View {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "view_01hv3k0000000000000000000"))]
    pub id: ViewId,
    /// Whose it is.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub user: UserId,
    /// Of which list: `calls`, `contacts`…
    pub list: String,
    /// Its name, unique among a person's views of a list.
    pub name: String,
    /// The filters, as in the list's address: `status=no_answer&span=today`.
    pub query: String,
    /// Whether everybody in the company may use it.
    pub shared: bool,
    /// When it was made, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A view to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewSavedView))]
pub struct NewView {
    /// Of which list: a word of small letters.
    pub list: String,
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// The filters, at most 2,000 characters.
    pub query: String,
    /// Whether everybody in the company may use it: needs the right to edit the configuration.
    #[serde(default)]
    pub shared: bool,
}

/// Changes to a view; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SavedViewPatch))]
pub struct ViewPatch {
    /// Its name.
    pub name: Option<String>,
    /// The filters.
    pub query: Option<String>,
    /// Whether everybody in the company may use it.
    pub shared: Option<bool>,
}

impl View {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if !good_list(&self.list) {
            faults.add("list", "Use the name of a list: 1 to 40 small letters and hyphens.");
        }
        if !(1..=60).contains(&self.name.chars().count()) || self.name.chars().any(char::is_control) {
            faults.add("name", "Use 1 to 60 characters.");
        }
        if self.query.chars().count() > 2_000 || self.query.chars().any(char::is_control) {
            faults.add("query", "Use at most 2000 characters, as in the address of the list.");
        }
        faults.done()
    }
}

fn good_list(list: &str) -> bool {
    (1..=40).contains(&list.len()) && list.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

//! How a company groups its people. A department is a name with a few words; it gives no right.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::known;
pub use service::{all_within, change_within, create, create_within, delete, get, list, update};

use model::{DepartmentId, Faults, Problem};
use serde::{Deserialize, Serialize};

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Department))]
pub struct Department {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "dep_01hv3k0000000000000000000"))]
    pub id: DepartmentId,
    /// Its name, unique in the company.
    pub name: String,
    /// What it does.
    pub description: String,
    /// How many people belong to it.
    pub users: i64,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A department to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewDepartment))]
pub struct NewDepartment {
    /// Its name, 1 to 100 characters, unique in the company.
    pub name: String,
    /// What it does, at most 1,000 characters.
    #[serde(default)]
    pub description: String,
}

/// Changes to a department; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DepartmentPatch))]
pub struct DepartmentPatch {
    /// Its name.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
}

impl Department {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if !(1..=100).contains(&self.name.chars().count()) {
            faults.add("name", "Use 1 to 100 characters.");
        }
        if self.description.chars().count() > 1_000 {
            faults.add("description", "Use at most 1000 characters.");
        }
        faults.done()
    }
}

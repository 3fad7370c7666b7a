//! What can come of a call, in the company's own words: agents choose one after the call. One that is retired is
//! chosen no more, while the calls that have it keep it.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, list, rename, retire};

use model::{DispositionId, Problem};
use serde::{Deserialize, Serialize};

/// The most dispositions that a company chooses from.
const MOST: usize = 100;

/// What can come of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Disposition))]
pub struct Disposition {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "dsp_01hv3k0000000000000000000"))]
    pub id: DispositionId,
    /// What agents choose and lists show, unique in the company.
    pub name: String,
    /// Whether it is chosen no more.
    pub retired: bool,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
}

/// The name as it is kept.
fn settled(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Problem::invalid("name", "Use 1 to 60 characters."))
}

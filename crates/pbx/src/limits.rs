//! How much may be called to the outside, by the whole company and by one extension: what a stolen password can cost at
//! most. The engine counts (`engine::spending`); here are the figures.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{change, get};

use model::Faults;
use serde::{Deserialize, Serialize};

/// The most that may be called to the outside; 0 sets no bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallLimits))]
pub struct Limits {
    /// Calls at once.
    pub outbound_calls: i64,
    /// Minutes of talk in any 24 hours.
    pub outbound_minutes_per_day: i64,
    /// Calls begun in any minute. An extension that begins more is kept from calling out for ten minutes.
    pub outbound_calls_per_minute: i64,
    /// Calling codes that may be dialled, `*` for all; null for the company's own. Of extensions only.
    pub dial_countries: Option<Vec<String>>,
}

/// Changes to limits; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallLimitsPatch))]
pub struct LimitsPatch {
    /// Calls at once.
    pub outbound_calls: Option<i64>,
    /// Minutes of talk in any 24 hours.
    pub outbound_minutes_per_day: Option<i64>,
    /// Calls begun in any minute.
    pub outbound_calls_per_minute: Option<i64>,
    /// Calling codes that may be dialled; `null` for the company's own.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub dial_countries: Option<Option<Vec<String>>>,
}

/// Tells `null` from a field that is missing.
fn given<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Option<Vec<String>>>, D::Error> {
    Option::<Vec<String>>::deserialize(input).map(Some)
}

impl Limits {
    /// Of a company that has set none.
    pub const fn of_company() -> Limits {
        Limits {
            outbound_calls: 100,
            outbound_minutes_per_day: 20_000,
            outbound_calls_per_minute: 300,
            dial_countries: None,
        }
    }

    /// Of an extension that has none of its own: more than a person can talk, less than a thief wants.
    pub const fn of_extension() -> Limits {
        Limits { outbound_calls: 5, outbound_minutes_per_day: 600, outbound_calls_per_minute: 30, dial_countries: None }
    }

    fn apply(&mut self, patch: LimitsPatch) {
        self.outbound_calls = patch.outbound_calls.unwrap_or(self.outbound_calls);
        self.outbound_minutes_per_day = patch.outbound_minutes_per_day.unwrap_or(self.outbound_minutes_per_day);
        self.outbound_calls_per_minute = patch.outbound_calls_per_minute.unwrap_or(self.outbound_calls_per_minute);
        if let Some(countries) = patch.dial_countries {
            self.dial_countries = countries;
        }
    }

    fn check(&self, of_company: bool, faults: &mut Faults) {
        let figures = [
            ("outbound_calls", self.outbound_calls),
            ("outbound_minutes_per_day", self.outbound_minutes_per_day),
            ("outbound_calls_per_minute", self.outbound_calls_per_minute),
        ];
        for (name, _) in figures.into_iter().filter(|(_, figure)| !(0..=1_000_000).contains(figure)) {
            faults.add(name, "Use 0 (no bound) to 1000000.");
        }
        let Some(countries) = &self.dial_countries else { return };
        if of_company {
            faults.add("dial_countries", "Set the countries of the company itself: PATCH /api/v1/companies/{id}.");
        }
        let code = |code: &String| {
            code == "*" || ((1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if countries.len() > 250 || !countries.iter().all(code) {
            faults.add("dial_countries", "Use calling codes, digits only, or * for all countries.");
        }
    }
}

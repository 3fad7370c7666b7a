//! What a company may say: a text with `{parameters}`, under the code that its programs name.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, delete, get, list};

use model::{Faults, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The longest text.
const TEXT: usize = 1_000;
/// The longest value of a parameter.
const VALUE: usize = 400;

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TextTemplate))]
pub struct Template {
    /// The code, unique in the company.
    pub code: String,
    /// What it says; `{name}` is filled in by each message.
    pub text: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
}

/// A template to create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewTextTemplate))]
pub struct NewTemplate {
    /// The code: 1–50 letters, digits, `_` and `-`.
    pub code: String,
    /// What it says, 1–1,000 characters, with `{name}` where a message fills something in.
    pub text: String,
}

impl NewTemplate {
    fn complete(self, now: i64) -> Result<Template, Problem> {
        let mut faults = Faults::default();
        if !good_code(&self.code) {
            faults.add("code", "Use 1 to 50 letters, digits, _ and -.");
        }
        if !(1..=TEXT).contains(&self.text.chars().count()) {
            faults.add("text", format!("Use 1 to {TEXT} characters."));
        }
        let parameters = parameters(&self.text);
        if parameters.is_none() {
            faults.add("text", "Write parameters as {name}: letters, digits and _ between braces.");
        }
        faults.done()?;
        let parameters = parameters.unwrap_or_default().into_iter().collect();
        Ok(Template { code: self.code, text: self.text, parameters, created_at: now })
    }
}

impl Template {
    /// The text with these values in it. Each parameter needs one; others are not heeded.
    pub(crate) fn fill(&self, values: &BTreeMap<String, String>) -> Result<String, Problem> {
        let mut text = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
            let value = values.get(name).filter(|value| (1..=VALUE).contains(&value.chars().count()));
            let value = value.filter(|value| !value.chars().any(char::is_control)).ok_or_else(|| {
                let mend = format!("Send 1 to {VALUE} characters on one line for this parameter.");
                Problem { code: "parameter_invalid", ..Problem::invalid(name, mend) }
            })?;
            text.push_str(before);
            text.push_str(value);
            rest = behind;
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// Whether a template can have this code.
pub(crate) fn good_code(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    (1..=50).contains(&code.len()) && code.chars().all(plain)
}

/// The names between braces; none when a brace stands alone or a name is no name.
fn parameters(text: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if before.contains('}') || !(1..=40).contains(&name.len()) || !name.chars().all(plain) {
            return None;
        }
        names.insert(name.to_owned());
        rest = behind;
    }
    (!rest.contains('}')).then_some(names)
}

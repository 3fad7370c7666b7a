//! References: in a text a thing is named by its kind and what people know it by (`group/Sales`, `extension/101`), in the
//! database by its id. Here is the way from one to the other.

use crate::Section;
use model::{Actor, PhoneNumber, Problem};
use pbx::manifest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// The fields that lead callers somewhere: an object of kind and id in the API, a reference in a text.
const TARGETS: [&str; 5] = ["on_no_answer", "overflow", "target", "closed_target", "holiday_target"];
/// The fields whose text is for people, and never a reference.
const FREE: [&str; 8] = ["name", "description", "text", "note", "number", "login", "email", "digits"];

/// What things are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    ids: BTreeMap<(String, String), Vec<String>>,
    names: BTreeMap<String, String>,
    /// The calling code of the company's country: public numbers can be written in any way.
    country: String,
    /// What the text itself will make, and is not there yet.
    promised: BTreeSet<(String, String)>,
}

/// A value that refers to something the text makes later.
#[derive(Debug)]
pub(crate) enum Unresolved {
    /// It will be there by and by.
    Later,
    /// It is wrong.
    Wrong(Problem),
}

impl Names {
    /// What the company has.
    pub(crate) async fn read(tx: &mut Tx, actor: &Actor) -> Result<Names, Problem> {
        let mut names = Names { country: manifest::country(tx).await?, ..Names::default() };
        for section in Section::ALL {
            for present in section.present(tx, actor).await? {
                names.add(section.kind(), &present.key, &present.id);
            }
        }
        for (kind, name, id) in manifest::outside(tx).await? {
            names.add(kind, &name, &id);
        }
        Ok(names)
    }

    pub(crate) fn add(&mut self, kind: &str, name: &str, id: &str) {
        let key = (kind.to_owned(), name.to_owned());
        self.promised.remove(&key);
        self.ids.entry(key).or_default().push(id.to_owned());
        self.names.insert(id.to_owned(), format!("{kind}/{name}"));
    }

    /// The text makes this later.
    pub(crate) fn promise(&mut self, kind: &str, name: &str) {
        let key = (kind.to_owned(), name.to_owned());
        if !self.ids.contains_key(&key) {
            self.promised.insert(key);
        }
    }

    /// The ids of what has this name.
    pub(crate) fn find(&self, kind: &str, name: &str) -> &[String] {
        self.ids.get(&(kind.to_owned(), name.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The value with ids in place of references; `path` is where it stands.
    pub(crate) fn resolve(&self, path: &str, field: &str, value: &Value) -> Result<Value, Unresolved> {
        match value {
            Value::String(text) if FREE.contains(&field) => Ok(Value::String(text.clone())),
            Value::String(text) => {
                let Some((kind, name)) = text.split_once('/').filter(|(kind, _)| is_kind(kind)) else {
                    return Ok(value.clone());
                };
                let id = self.id(path, kind, name)?;
                // A node of a flow also has such a field, but names another node there.
                let target = TARGETS.contains(&field);
                Ok(if target { serde_json::json!({ "kind": kind, "id": id }) } else { Value::String(id) })
            }
            Value::Array(items) => {
                let one = |(place, item)| self.resolve(&format!("{path}[{place}]"), field, item);
                items.iter().enumerate().map(one).collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            Value::Object(fields) => {
                let one = |(name, item): (&String, &Value)| {
                    Ok((name.clone(), self.resolve(&format!("{path}.{name}"), name, item)?))
                };
                fields.iter().map(one).collect::<Result<serde_json::Map<_, _>, _>>().map(Value::Object)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
        }
    }

    fn id(&self, path: &str, kind: &str, name: &str) -> Result<String, Unresolved> {
        // The mailbox of an extension is known by the extension.
        let of = if kind == "voicemail" { "extension" } else { kind };
        let number = PhoneNumber::parse(name, &self.country).filter(|_| kind == "hotline").map(|n| n.to_string());
        let name = number.as_deref().unwrap_or(name);
        match self.find(of, name) {
            [id] => Ok(id.clone()),
            [] if self.promised.contains(&(of.to_owned(), name.to_owned())) => Err(Unresolved::Later),
            [] => {
                let mend = format!("The company has no {of} called {name:?}, and neither has this text.");
                Err(Unresolved::Wrong(Problem::invalid(path, mend)))
            }
            many => {
                let mend = format!("{} {of}s are called {name:?}; give them names that differ.", many.len());
                Err(Unresolved::Wrong(Problem::invalid(path, mend)))
            }
        }
    }

    /// The value with references in place of ids.
    pub(crate) fn readable(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match self.names.get(text) {
                Some(name) => Value::String(name.clone()),
                None => value.clone(),
            },
            Value::Array(items) => Value::Array(items.iter().map(|item| self.readable(item)).collect()),
            Value::Object(fields) => match self.target(fields) {
                Some(text) => Value::String(text),
                None => Value::Object(fields.iter().map(|(name, item)| (name.clone(), self.readable(item))).collect()),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn target(&self, fields: &serde_json::Map<String, Value>) -> Option<String> {
        if fields.len() != 2 {
            return None;
        }
        let kind = fields.get("kind")?.as_str()?;
        let (_, name) = self.names.get(fields.get("id")?.as_str()?)?.split_once('/')?;
        Some(format!("{kind}/{name}"))
    }
}

fn is_kind(word: &str) -> bool {
    Section::ALL.iter().any(|section| section.kind() == word) || ["trunk", "greeting", "voicemail"].contains(&word)
}

//! The YAML: reading a text into items, and writing what there is.

use crate::Section;
use crate::names::Names;
use model::{Actor, Permission, Problem};
use pbx::manifest::{self, Fields};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use store::Db;

/// The most bytes of a text.
const LARGEST: usize = 4 * 1024 * 1024;
/// The form of texts; another one would get another number.
const FORM: i64 = 1;

/// The items of a text by section.
pub(crate) type Items = BTreeMap<Section, Vec<Fields>>;

/// Reads a text.
pub(crate) fn read(text: &str) -> Result<Items, Problem> {
    if text.len() > LARGEST {
        return Err(Problem::invalid("text", format!("Use at most {} MB.", LARGEST / 1024 / 1024)));
    }
    let whole: Value = serde_saphyr::from_str(text)
        .map_err(|error| Problem::invalid("text", format!("This is not YAML as we read it: {error}")))?;
    let Value::Object(whole) = whole else {
        return Err(Problem::invalid("text", format!("Begin with `version: {FORM}`, then sections such as `flows:`.")));
    };
    let mut items = Items::new();
    for (word, value) in whole {
        if word == "version" {
            if value.as_i64() != Some(FORM) {
                return Err(Problem::invalid("version", format!("Use {FORM}: this program knows no other form.")));
            }
            continue;
        }
        let Some(section) = Section::ALL.into_iter().find(|section| section.word() == word) else {
            let known: Vec<&str> = Section::ALL.iter().map(|section| section.word()).collect();
            return Err(Problem::invalid(word, format!("There is no such section; use {}.", known.join(", "))));
        };
        items.insert(section, list(section, value)?);
    }
    Ok(items)
}

fn list(section: Section, value: Value) -> Result<Vec<Fields>, Problem> {
    let word = section.word();
    let list = match value {
        Value::Array(list) => list,
        Value::Null => return Ok(Vec::new()),
        _ => return Err(Problem::invalid(word, "Write a list: each item begins with a dash.")),
    };
    let mut found: Vec<Fields> = Vec::with_capacity(list.len());
    for (place, item) in list.into_iter().enumerate() {
        let path = format!("{word}[{place}]");
        let Value::Object(mut fields) = item else {
            return Err(Problem::invalid(path, format!("Write fields, among them `{}`.", section.key())));
        };
        // Numbers that people call are texts: a zero in front counts. YAML reads them as numbers without quotes.
        if let Some(Value::Number(number)) = fields.get("number") {
            let text = Value::String(number.to_string());
            fields.insert("number".to_owned(), text);
        }
        if fields.get(section.key()).is_none_or(|key| key.as_str().is_none_or(|key| key.trim().is_empty())) {
            return Err(Problem::invalid(format!("{path}.{}", section.key()), "This field is needed."));
        }
        found.push(fields);
    }
    Ok(found)
}

/// What the company has, as a text that [`crate::apply`] takes and that changes nothing then.
pub async fn export(actor: &Actor, db: &Db) -> Result<String, Problem> {
    actor.require(Permission::EditConfig)?;
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let names = Names::read(&mut tx, actor).await?;
    let mut sections: Vec<(String, Written)> = vec![("version".to_owned(), Written::Plain(Value::from(FORM)))];
    for section in Section::ALL {
        let mut items = Vec::new();
        for present in section.present(&mut tx, actor).await? {
            if names.find(section.kind(), &present.key).len() > 1 {
                let message = format!(
                    "There are several {} called {:?}; give them names that differ, then export again.",
                    section.word(),
                    present.key
                );
                return Err(Problem::conflict("names_clash", message));
            }
            items.push(written(section, &present.fields, &names));
        }
        if !items.is_empty() {
            sections.push((section.word().to_owned(), Written::List(items)));
        }
    }
    serde_saphyr::to_string(&Written::Fields(sections))
        .map_err(|error| Problem::internal(format!("the configuration cannot be written: {error}")))
}

/// The key first, the rest by name; what is not set is left out.
fn written(section: Section, fields: &manifest::Fields, names: &Names) -> Written {
    let key = section.key();
    let mut pairs: Vec<(String, Written)> = Vec::new();
    pairs.extend(fields.get(key).map(|value| (key.to_owned(), Written::Plain(value.clone()))));
    for (name, value) in fields.iter().filter(|(name, value)| *name != key && !value.is_null()) {
        pairs.push((name.clone(), Written::Plain(bare(names.readable(value)))));
    }
    Written::Fields(pairs)
}

/// Without what is not set.
fn bare(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name, bare(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(bare).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// A value whose fields keep their order.
enum Written {
    Plain(Value),
    List(Vec<Written>),
    Fields(Vec<(String, Written)>),
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Written::Plain(value) => value.serialize(out),
            Written::List(items) => items.serialize(out),
            Written::Fields(pairs) => {
                let mut map = out.serialize_map(Some(pairs.len()))?;
                for (name, value) in pairs {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

//! What differs between two values, field by field, for people.

use crate::FieldChange;
use crate::names::Names;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What changes from one value of a field to another; both with ids.
pub(crate) fn changes(field: &str, before: Option<&Value>, after: &Value, names: &Names) -> Vec<FieldChange> {
    let flat = |value: Option<&Value>| {
        let mut into = BTreeMap::new();
        if let Some(value) = value {
            fill(field, &names.readable(value), &mut into);
        }
        into
    };
    let (old, new) = (flat(before), flat(Some(after)));
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |path: &String| FieldChange {
        field: path.clone(),
        before: old.get(path).cloned(),
        after: new.get(path).cloned(),
    };
    paths.into_iter().filter(|path| old.get(*path) != new.get(*path)).map(change).collect()
}

/// Objects are looked into; everything else is one value.
fn fill(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(name, value)| fill(&format!("{path}.{name}"), value, into)),
        Value::String(text) => {
            into.insert(path.to_owned(), text.clone());
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            into.insert(path.to_owned(), value.to_string());
        }
    }
}

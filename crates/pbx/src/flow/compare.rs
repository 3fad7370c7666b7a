//! What differs between two graphs, node by node. Works on the text of graphs, so that a draft that is not finished can be
//! compared too. Pure.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowComparison))]
pub struct Comparison {
    /// Where it starts, when that changed.
    pub start: Option<FieldChange>,
    /// The nodes that differ, in the order of their names.
    pub nodes: Vec<NodeChange>,
}

/// What happened to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowNodeChangeKind))]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its fields have another value.
    Changed,
}

/// One node that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowNodeChange))]
pub struct NodeChange {
    /// Its name.
    pub node: String,
    /// What happened to it.
    pub kind: Kind,
    /// The fields that differ: `greeting`, `options.1`.
    pub fields: Vec<FieldChange>,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowFieldChange))]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What it was; none when it was not there.
    pub before: Option<String>,
    /// What it is; none when it is gone.
    pub after: Option<String>,
}

/// What changed from one graph to another.
pub fn compare(before: &Value, after: &Value) -> Comparison {
    let (old, new) = (nodes(before), nodes(after));
    let start = |graph: &Value| graph.get("start").map(text);
    let (from, to) = (start(before), start(after));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).copied().collect();
    let changed = names.into_iter().filter_map(|name| {
        let (kind, fields) = match (old.get(name), new.get(name)) {
            (None, Some(node)) => (Kind::Added, differences(&BTreeMap::new(), &flat(node))),
            (Some(node), None) => (Kind::Removed, differences(&flat(node), &BTreeMap::new())),
            (Some(old), Some(new)) => (Kind::Changed, differences(&flat(old), &flat(new))),
            (None, None) => return None,
        };
        (!fields.is_empty()).then(|| NodeChange { node: name.clone(), kind, fields })
    });
    Comparison {
        nodes: changed.collect(),
        start: (from != to).then(|| FieldChange { field: "start".to_owned(), before: from, after: to }),
    }
}

fn nodes(graph: &Value) -> BTreeMap<&String, &Value> {
    graph.get("nodes").and_then(Value::as_object).map(|nodes| nodes.iter().collect()).unwrap_or_default()
}

fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |field: &&String| FieldChange {
        field: (*field).clone(),
        before: before.get(*field).cloned(),
        after: after.get(*field).cloned(),
    };
    names.into_iter().filter(|field| before.get(*field) != after.get(*field)).map(|field| change(&field)).collect()
}

/// A node's fields with dots in place of depth.
fn flat(node: &Value) -> BTreeMap<String, String> {
    fn fill(path: &str, object: &Map<String, Value>, into: &mut BTreeMap<String, String>) {
        for (name, value) in object {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match value {
                Value::Object(inner) => fill(&path, inner, into),
                Value::Null => {}
                Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    into.insert(path, text(value));
                }
            }
        }
    }
    let mut fields = BTreeMap::new();
    if let Some(object) = node.as_object() {
        fill("", object, &mut fields);
    }
    fields
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nodes_that_came_went_and_changed_are_told_with_their_fields() {
        let before = json!({ "start": "ask", "nodes": {
            "ask": { "type": "menu", "timeout_ms": 5000, "options": { "1": "a", "2": "b" } },
            "a": { "type": "hangup" },
            "b": { "type": "hangup" },
        } });
        let after = json!({ "start": "hi", "nodes": {
            "ask": { "type": "menu", "timeout_ms": 3000, "options": { "1": "a" } },
            "a": { "type": "hangup" },
            "hi": { "type": "play", "greeting": "grt_1", "next": "ask" },
        } });
        let found = compare(&before, &after);
        let told: Vec<String> = found
            .nodes
            .iter()
            .map(|node| {
                let one = |f: &FieldChange| format!("{} {:?}→{:?}", f.field, f.before.as_deref(), f.after.as_deref());
                format!("{:?} {}: {}", node.kind, node.node, node.fields.iter().map(one).collect::<Vec<_>>().join(", "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "Changed ask: options.2 Some(\"b\")→None, timeout_ms Some(\"5000\")→Some(\"3000\")",
                "Removed b: type Some(\"hangup\")→None",
                "Added hi: greeting None→Some(\"grt_1\"), next None→Some(\"ask\"), type None→Some(\"play\")",
            ]
        );
        assert_eq!(found.start.and_then(|start| start.after).as_deref(), Some("hi"));
        assert_eq!(compare(&after, &after), Comparison::default());
        assert_eq!(compare(&json!(7), &json!({ "nodes": [] })), Comparison::default(), "what is no graph has no nodes");
    }
}

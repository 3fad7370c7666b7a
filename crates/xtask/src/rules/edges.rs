//! Arrows point down only: each crate may use crates of lower floors, and some fewer than that.

use super::Finding;
use crate::tree::{Crate, Tree};

const RULE: &str = "edges";

/// Development tools stand beside the house.
const BESIDE: &[&str] = &["sim", "xtask", "e2e"];
/// The pure machines.
const MACHINES: &[&str] = &["call", "acd", "flow"];

fn floor(name: &str) -> Option<u8> {
    Some(match name {
        "model" => 1,
        "call" | "acd" | "flow" | "sip" | "media" | "store" => 2,
        "bus" => 3,
        "account" | "pbx" | "center" | "crm" | "inbox" | "sms" | "zalo" => 4,
        "engine" | "worker" | "plan" | "rest" => 5,
        "api" | "compat" => 6,
        "server" => 7,
        name if BESIDE.contains(&name) => 8,
        _ => return None,
    })
}

/// Why `name`, standing on `its` floor, may not use `other`; `None` if it may.
fn forbidden(name: &str, its: u8, other: &str) -> Option<&'static str> {
    let below = floor(other)?;
    if BESIDE.contains(&other) {
        return Some("is for development only");
    }
    if its == 4 && below == 4 {
        return Some("is a feature too: what spans two features happens one floor up, or by event");
    }
    if below >= its {
        return Some("does not stand on a lower floor");
    }
    if its == 6 && other == "engine" {
        return Some("is reached through the bus");
    }
    if its == 3 && !matches!(other, "model" | "call" | "acd" | "flow") {
        return Some("is not a word of the bus: it knows model and the machines");
    }
    let edge = matches!(other, "sip" | "media");
    if its == 4 && edge {
        return Some("is a network edge: features know records, not packets");
    }
    if MACHINES.contains(&name) && other != "model" {
        return Some("is not model, and a pure machine uses nothing else of ours");
    }
    None
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.crates.iter().flat_map(check_crate).collect()
}

fn check_crate(package: &Crate) -> Vec<Finding> {
    let finding = |message: String| Finding { rule: RULE, place: format!("crate {}", package.name), message };
    let Some(its) = floor(&package.name) else {
        return vec![finding("has no floor: add it to the plan in docs/ARCHITECTURE.md and to this rule".into())];
    };
    let mut findings = Vec::new();
    for other in &package.dependencies {
        if its < 8
            && let Some(reason) = forbidden(&package.name, its, other)
        {
            findings.push(finding(format!("uses {other}, which {reason}")));
        }
        let serde = other == "serde" || other.starts_with("serde_");
        if serde && its < 4 && package.name != "flow" {
            findings.push(finding(format!("uses {other}: JSON shapes live on floor 4 and up")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::example::{package, with_crates};
    use super::*;

    fn complaints(name: &str, dependencies: &[&str]) -> Vec<String> {
        check(&with_crates(vec![package(name, dependencies)])).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn a_house_in_order_passes() {
        assert!(complaints("call", &["model", "thiserror"]).is_empty());
        assert!(complaints("pbx", &["model", "store", "bus", "flow", "serde", "sqlx"]).is_empty());
        assert!(complaints("server", &["engine", "api", "sip"]).is_empty());
    }

    #[test]
    fn a_machine_that_uses_an_edge_is_found() {
        assert_eq!(complaints("call", &["sip"]).len(), 1);
        assert_eq!(complaints("flow", &["call"]).len(), 1);
    }

    #[test]
    fn edges_that_know_each_other_are_found() {
        assert_eq!(complaints("sip", &["media"]).len(), 1);
        assert_eq!(complaints("media", &["sip"]).len(), 1);
    }

    #[test]
    fn features_that_import_each_other_are_found() {
        assert_eq!(complaints("pbx", &["account"]).len(), 1);
    }

    #[test]
    fn a_feature_that_knows_packets_is_found() {
        assert_eq!(complaints("pbx", &["media"]).len(), 1);
    }

    #[test]
    fn a_face_that_reaches_into_the_engine_is_found() {
        assert_eq!(complaints("api", &["engine"]).len(), 1);
        assert_eq!(complaints("compat", &["engine"]).len(), 1);
    }

    #[test]
    fn json_on_a_low_floor_is_found() {
        assert_eq!(complaints("sip", &["serde_json"]).len(), 1);
        assert!(complaints("flow", &["serde"]).is_empty());
    }

    #[test]
    fn product_code_that_uses_a_tool_is_found() {
        assert_eq!(complaints("server", &["sim"]).len(), 1);
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert_eq!(complaints("util", &[]).len(), 1);
    }
}

//! Licences and sources of all dependencies, held against `deny.toml`.
//!
//! It reads the same file as cargo-deny and does the part of it that works without a network and without a tool to
//! build first: `[licenses] allow` and `[sources]`. Advisories need cargo-deny itself.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

pub(crate) fn run(root: &Path) -> Result<()> {
    let policy: toml::Table = std::fs::read_to_string(root.join("deny.toml")).context("no deny.toml")?.parse()?;
    let allowed = allow_list(&policy, "licenses", "allow")?;
    let registries = allow_list(&policy, "sources", "allow-registry")?;
    let metadata = crate::metadata::read(root, &[])?;
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let complaints: Vec<String> = packages.iter().filter_map(|p| complaint(p, &allowed, &registries)).collect();
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    if !complaints.is_empty() {
        bail!("{} packages are not welcome", complaints.len());
    }
    println!("deny: {} packages, licences and sources are fine", packages.len());
    Ok(())
}

fn allow_list(policy: &toml::Table, section: &str, key: &str) -> Result<BTreeSet<String>> {
    let list = policy.get(section).and_then(|s| s.get(key)).and_then(|l| l.as_array());
    let list = list.with_context(|| format!("deny.toml has no [{section}] {key}"))?;
    Ok(list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}

/// What is wrong with one package of `cargo metadata`, if anything is. Packages of the workspace have no source.
fn complaint(package: &Value, allowed: &BTreeSet<String>, registries: &BTreeSet<String>) -> Option<String> {
    let name = format!("{} {}", package["name"].as_str()?, package["version"].as_str().unwrap_or("?"));
    let source = package["source"].as_str()?;
    let known = source.strip_prefix("registry+").is_some_and(|url| registries.contains(url));
    if !known {
        return Some(format!("{name} comes from {source}, which deny.toml does not allow"));
    }
    let licence = package["license"].as_str().unwrap_or("");
    if licence.is_empty() {
        return Some(format!("{name} names no licence"));
    }
    (!is_allowed(licence, allowed)).then(|| format!("{name} is under {licence}, which deny.toml does not allow"))
}

/// Whether an SPDX expression can be met with allowed licences only. `/` is the old spelling of OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    let met = any_of(&mut rest, allowed);
    met && rest.is_empty()
}

fn any_of(tokens: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = all_of(tokens, allowed);
    while tokens.first() == Some(&"OR") {
        *tokens = &tokens[1..];
        met |= all_of(tokens, allowed);
    }
    met
}

fn all_of(tokens: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = one(tokens, allowed);
    while tokens.first() == Some(&"AND") {
        *tokens = &tokens[1..];
        met &= one(tokens, allowed);
    }
    met
}

fn one(tokens: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let Some((first, rest)) = tokens.split_first() else { return false };
    *tokens = rest;
    if *first == "(" {
        let met = any_of(tokens, allowed);
        let closed = tokens.first() == Some(&")");
        *tokens = tokens.get(1..).unwrap_or_default();
        return met && closed;
    }
    if let ["WITH", exception, rest @ ..] = *tokens {
        *tokens = rest;
        return allowed.contains(&format!("{first} WITH {exception}"));
    }
    allowed.contains(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(items: &[&str]) -> BTreeSet<String> {
        items.iter().map(|item| item.to_string()).collect()
    }

    #[test]
    fn an_expression_is_met_when_one_way_through_is_allowed() {
        let allowed = set(&["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]);
        for good in ["MIT", "MIT/GPL-3.0", "GPL-3.0 OR (MIT AND Apache-2.0)", "Apache-2.0 WITH LLVM-exception OR X"] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "Apache-2.0 WITH Other", "MIT GPL-3.0"] {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }

    #[test]
    fn a_bad_licence_or_source_is_found() {
        let (allowed, registries) = (set(&["MIT"]), set(&["https://example.org/index"]));
        let package = |source: &str, licence: &str| serde_json::json!({"name": "x", "version": "1.0.0", "source": source, "license": licence});
        let from = "registry+https://example.org/index";
        assert_eq!(complaint(&package(from, "MIT"), &allowed, &registries), None);
        assert!(complaint(&package(from, "GPL-3.0"), &allowed, &registries).is_some());
        assert!(complaint(&package(from, ""), &allowed, &registries).is_some());
        assert!(complaint(&package("git+https://example.org/x", "MIT"), &allowed, &registries).is_some());
    }

    #[test]
    fn packages_of_the_workspace_are_not_asked() {
        let ours = serde_json::json!({"name": "sip", "version": "0.1.0", "source": null});
        assert_eq!(complaint(&ours, &set(&[]), &set(&[])), None);
    }
}

//! The source tree as the rules see it: crates with their dependencies, files with their text, migrations, and how
//! many packages from outside are built.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What the servers run on. The lock file also names what Windows, macOS and browsers would need; nobody builds it.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// A package of the workspace.
#[derive(Debug, Default, Clone)]
pub(crate) struct Crate {
    /// The folder's and package's name.
    pub(crate) name: String,
    /// Names under `[dependencies]` and `[build-dependencies]`, as written.
    pub(crate) dependencies: BTreeSet<String>,
}

/// One Rust source file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The path below the root, with forward slashes.
    pub(crate) path: String,
    /// Its whole text.
    pub(crate) text: String,
}

impl File {
    /// The crate the file belongs to: `crates/<name>/…` or `tests/<name>/…`.
    pub(crate) fn owner(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or("")
    }

    /// Whether the whole file is test code: `tests/`, `tests.rs`, `testing/`, or a fuzz or bench folder.
    pub(crate) fn is_test(&self) -> bool {
        let inner = self.path.split('/').skip(2);
        let mut folders = inner.clone();
        self.path.starts_with("tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("/testing.rs")
            || folders.any(|part| matches!(part, "tests" | "testing" | "benches" | "fuzz" | "examples"))
    }
}

/// All that the rules look at.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) crates: Vec<Crate>,
    pub(crate) files: Vec<File>,
    /// The text of all migrations, one after the other.
    pub(crate) migrations: String,
    /// Packages from outside that a build or a test on Linux compiles.
    pub(crate) outside: usize,
    /// `path: reason` lines of files that may be long.
    pub(crate) long_files: String,
}

impl Tree {
    /// Reads the workspace below `root`.
    pub(crate) fn read(root: &Path) -> Result<Tree> {
        let mut tree = Tree {
            outside: count_outside(&crate::metadata::read(root, &["--filter-platform", PLATFORM])?)?,
            long_files: read(&root.join("crates/xtask/long-files.txt"))?,
            ..Tree::default()
        };
        for folder in ["crates", "tests"] {
            for entry in sorted(&root.join(folder))? {
                let manifest = entry.join("Cargo.toml");
                if manifest.is_file() {
                    tree.crates.push(parse_manifest(&read(&manifest)?)?);
                    walk(root, &entry, &mut tree.files)?;
                }
            }
        }
        for migration in sorted(&root.join("crates/store/migrations"))? {
            tree.migrations.push_str(&read(&migration)?);
            tree.migrations.push('\n');
        }
        Ok(tree)
    }
}

/// Counts what the resolved graph holds beyond the workspace's own packages.
fn count_outside(metadata: &Value) -> Result<usize> {
    let members = metadata["workspace_members"].as_array().context("cargo metadata names no members")?;
    let nodes = metadata["resolve"]["nodes"].as_array().context("cargo metadata resolves nothing")?;
    Ok(nodes.iter().filter(|node| !members.contains(&node["id"])).count())
}

/// Reads name and dependencies from the text of a manifest.
pub(crate) fn parse_manifest(text: &str) -> Result<Crate> {
    let manifest: toml::Table = text.parse().context("a Cargo.toml is not TOML")?;
    let name = manifest.get("package").and_then(|p| p.get("name")).and_then(|n| n.as_str());
    let dependencies = ["dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect();
    Ok(Crate { name: name.context("a Cargo.toml has no package name")?.to_owned(), dependencies })
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    for path in sorted(folder)? {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != "node_modules") {
                walk(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).context("a file outside the root")?;
            files.push(File { path: below.to_string_lossy().replace('\\', "/"), text: read(&path)? });
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_gives_name_and_dependencies_but_not_those_of_tests() {
        let text = "[package]\nname = \"call\"\n[dependencies]\nmodel.workspace = true\nthiserror = \"2\"\n[dev-dependencies]\ntokio = \"1\"\n";
        let found = parse_manifest(text).expect("a good manifest");
        assert_eq!(found.name, "call");
        assert_eq!(found.dependencies.iter().collect::<Vec<_>>(), ["model", "thiserror"]);
    }

    #[test]
    fn only_packages_from_outside_that_are_resolved_count() {
        let metadata = serde_json::json!({
            "packages": [{ "id": "sip" }, { "id": "bytes" }, { "id": "windows-sys" }],
            "workspace_members": ["sip"],
            "resolve": { "nodes": [{ "id": "sip" }, { "id": "bytes" }] },
        });
        assert_eq!(count_outside(&metadata).expect("a whole answer"), 1);
    }

    #[test]
    fn test_files_are_told_by_their_place() {
        let file = |path: &str| File { path: path.into(), text: String::new() };
        assert!(file("crates/pbx/src/calls/tests.rs").is_test());
        assert!(file("crates/api/tests/it/main.rs").is_test());
        assert!(file("tests/e2e/src/lib.rs").is_test());
        assert!(!file("crates/pbx/src/calls/repo.rs").is_test());
        assert_eq!(file("crates/pbx/src/calls/repo.rs").owner(), "pbx");
    }
}

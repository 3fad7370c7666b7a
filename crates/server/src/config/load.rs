//! Reads file and variables, and turns what is wrong into sentences that name the key, its place and the mend.

use super::Config;
use super::keys::{self, Key, cross_check, variable};
use super::raw::Raw;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Variables that are no configuration keys: where the file is, and which binary the end-to-end tests run.
const NOT_KEYS: [&str; 2] = ["ALO_CONFIG", "ALO_BIN"];

/// Where a configuration comes from.
pub(crate) struct Sources {
    /// The file, if there is one. It must exist.
    pub(crate) file: Option<PathBuf>,
    /// The process's variables; others than `ALO_*` are ignored.
    pub(crate) variables: BTreeMap<String, String>,
}

/// All that is wrong, one sentence a line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", .problems.join("\n"))]
pub(crate) struct ConfigError {
    pub(crate) problems: Vec<String>,
}

impl Sources {
    /// The named file, or `alo.toml` here, or `/etc/alo/alo.toml`; and the process's variables.
    pub(crate) fn usual(named: Option<PathBuf>) -> Sources {
        let usual = ["alo.toml", "/etc/alo/alo.toml"].map(PathBuf::from);
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
            .collect();
        Sources { file: named.or_else(|| usual.into_iter().find(|p| p.is_file())), variables }
    }
}

/// Reads the sources; the variables win.
pub(crate) fn load(sources: &Sources) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    let mut problems = Vec::new();
    if let Some(path) = &sources.file {
        match read_file(path) {
            Ok(table) => walk(&table, "", &mut |name, value| {
                let place = format!("in {}", path.display());
                set(&mut config, &mut problems, name, value, &place);
            }),
            Err(problem) => problems.push(problem),
        }
    }
    let ours = sources.variables.iter().filter(|(name, _)| name.starts_with("ALO_"));
    for (name, value) in ours.filter(|(name, _)| !NOT_KEYS.contains(&name.as_str())) {
        let path = name["ALO_".len()..].to_lowercase().replace("__", ".");
        let place = format!("in the variable {name}");
        set(&mut config, &mut problems, &path, Raw::Text(value.clone()), &place);
    }
    if problems.is_empty()
        && let Err((key, problem)) = cross_check(&config)
    {
        problems.push(format!("{key}: {problem}."));
    }
    if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
}

fn read_file(path: &Path) -> Result<toml::Table, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read the configuration {}: {error}.", path.display()))?;
    text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        format!("{}, line {line}: this is not TOML: {}.", path.display(), error.message())
    })
}

/// Calls `found` for each value, with its whole path.
fn walk(table: &toml::Table, above: &str, found: &mut dyn FnMut(&str, Raw)) {
    for (name, value) in table {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            toml::Value::Table(inner) if keys::all().all(|k| k.path != path) => walk(inner, &path, found),
            value => found(&path, Raw::Toml(value.clone())),
        }
    }
}

fn set(config: &mut Config, problems: &mut Vec<String>, path: &str, value: Raw, place: &str) {
    let Some(key) = keys::all().find(|key| key.path == path) else {
        let near = nearest(path);
        problems.push(format!(
            "{path} {place}: there is no such key. The nearest is {} ({}); `{} config default` lists all.",
            near.path,
            variable(near.path),
            crate::cli::program()
        ));
        return;
    };
    if let Err(problem) = (key.read)(config, &value) {
        let meaning = key.help.lines().next().unwrap_or_default();
        problems.push(format!("{path} {place}: {problem}. ({meaning})"));
    }
}

fn nearest(path: &str) -> &'static Key {
    keys::all().min_by_key(|key| distance(key.path, path)).expect("the table of keys is not empty")
}

/// How many letters must be changed, put in or taken out to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

//! The configuration as a TOML file: the default one with every key explained, or the one in force.

use super::Config;
use super::keys::{self, variable};
use std::fmt::Write;

const HEAD: &str = "\
# Every key of Alo with its default. Copy what you change to alo.toml (or /etc/alo/alo.toml, or --config FILE).
# Each key is also a variable, which wins over the file: ALO_ and the key in capitals, __ for the dot.
# `alo config check` tells what is wrong; this file is printed by `alo config default`.
";

/// `config.default.toml`.
pub(crate) fn default_file() -> String {
    let config = Config::default();
    let mut text = String::from(HEAD);
    let mut section = "";
    for key in keys::all() {
        let (table, name) = key.path.rsplit_once('.').unwrap_or(("", key.path));
        if table != section {
            section = table;
            write!(text, "\n[{table}]\n").expect("writing into a String does not fail");
        }
        text.push('\n');
        for line in key.help.lines() {
            writeln!(text, "# {line}").expect("writing into a String does not fail");
        }
        writeln!(text, "# {}", variable(key.path)).expect("writing into a String does not fail");
        writeln!(text, "{name} = {}", (key.show)(&config)).expect("writing into a String does not fail");
    }
    text
}

/// One line a key with the value in force; secrets show as stars.
pub(crate) fn effective(config: &Config) -> String {
    keys::all().map(|key| format!("{} = {}\n", key.path, (key.show)(config))).collect()
}

//! Model and the pure machines read no clock, roll no dice, open nothing and await nothing.

use super::Finding;
use crate::source::Source;
use crate::tree::Tree;

const RULE: &str = "purity";
const PURE: &[&str] = &["model", "call", "acd", "flow"];
const PURE_LIBRARIES: &[&str] = &["model", "thiserror", "serde", "serde_json"];

/// Words of code, and what they would do.
const IMPURE: &[(&str, &str)] = &[
    ("Instant", "reads a clock: take a Moment as an argument"),
    ("SystemTime", "reads a clock: take a Timestamp as an argument"),
    ("rand", "rolls dice: take the number as an argument"),
    ("getrandom", "rolls dice: take the number as an argument"),
    ("RandomState", "rolls dice: use BTreeMap"),
    ("async", "waits: a machine returns what is to be done"),
    ("await", "waits: a machine returns what is to be done"),
    ("tokio", "waits: the driver owns the runtime"),
    ("thread", "starts or stops threads: the driver owns them"),
    ("std::fs", "opens files: ask for the fact instead"),
    ("std::net", "opens sockets: transports live in the edges"),
    ("std::env", "reads the environment: settings are arguments"),
    ("std::process", "leaves the machine"),
    ("println", "writes to the terminal: return what happened"),
    ("eprintln", "writes to the terminal: return what happened"),
    ("unsafe", "is not needed in a pure machine"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in tree.crates.iter().filter(|c| PURE.contains(&c.name.as_str())) {
        for library in package.dependencies.iter().filter(|d| !PURE_LIBRARIES.contains(&d.as_str())) {
            findings.push(Finding {
                rule: RULE,
                place: format!("crate {}", package.name),
                message: format!("uses {library}; a pure crate uses only {}", PURE_LIBRARIES.join(", ")),
            });
        }
    }
    for file in tree.files.iter().filter(|f| PURE.contains(&f.owner()) && !f.is_test()) {
        let source = Source::parse(&file.text);
        for (word, harm) in IMPURE {
            for line in source.lines_with(word) {
                let place = format!("{}:{line}", file.path);
                findings.push(Finding { rule: RULE, place, message: format!("`{word}` {harm}") });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::example::{package, with_crates, with_file};
    use super::*;

    #[test]
    fn each_impure_word_is_found() {
        for (word, _) in IMPURE {
            let tree = with_file("crates/call/src/ring.rs", &format!("fn f() {{ {word}::x(); }}\n"));
            assert_eq!(check(&tree).len(), 1, "{word}");
        }
    }

    #[test]
    fn comments_tests_and_edges_may_say_it() {
        assert!(check(&with_file("crates/flow/src/a.rs", "// no Instant here\nstruct Instantly;\n")).is_empty());
        assert!(check(&with_file("crates/flow/src/a.rs", "#[cfg(test)]\nmod tests { use std::fs; }\n")).is_empty());
        assert!(check(&with_file("crates/sip/src/a.rs", "use std::time::Instant;\n")).is_empty());
    }

    #[test]
    fn a_pure_crate_with_a_runtime_is_found() {
        assert_eq!(check(&with_crates(vec![package("call", &["model", "tokio"])])).len(), 1);
    }
}

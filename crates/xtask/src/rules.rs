//! The house's "what must never be", one rule a file. A rule reads the tree and returns what breaks it.

mod edges;
mod length;
mod lock;
mod purity;
mod sql;
mod words;

use crate::tree::Tree;
use std::fmt;

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The rule's name.
    pub(crate) rule: &'static str,
    /// Where: a path with a line, or a crate.
    pub(crate) place: String,
    /// What is wrong, and what to do instead.
    pub(crate) message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {}", self.place, self.rule, self.message)
    }
}

/// Everything that breaks a rule.
pub(crate) fn all(tree: &Tree) -> Vec<Finding> {
    [edges::check, purity::check, words::check, sql::check, length::check, lock::check]
        .iter()
        .flat_map(|rule| rule(tree))
        .collect()
}

#[cfg(test)]
pub(crate) mod example {
    //! Small trees for the rules' tests.
    use crate::tree::{Crate, File, Tree};

    pub(crate) fn package(name: &str, dependencies: &[&str]) -> Crate {
        Crate { name: name.into(), dependencies: dependencies.iter().map(|d| d.to_string()).collect() }
    }

    pub(crate) fn with_crates(crates: Vec<Crate>) -> Tree {
        Tree { crates, ..Tree::default() }
    }

    pub(crate) fn with_file(path: &str, text: &str) -> Tree {
        Tree { files: vec![File { path: path.into(), text: text.into() }], ..Tree::default() }
    }
}

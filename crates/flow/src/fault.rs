//! What can be wrong with a graph, said so that it can be mended.

use std::fmt;

/// One thing wrong in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The node at fault; none when it is the graph as a whole.
    pub node: Option<String>,
    /// The field of the node, or of the graph: `options.1`, `on_timeout`, `start`.
    pub field: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It leads to a node that does not exist.
    #[error("there is no node named `{0}`")]
    UnknownNode(String),
    /// There is not a single node.
    #[error("a flow needs at least one node")]
    NoNodes,
    /// There are too many nodes.
    #[error("a flow may have at most {most} nodes, this one has {found}")]
    TooManyNodes {
        /// The limit.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// The node's name is empty, too long or has characters that make paths unreadable.
    #[error("a node's name is 1 to 64 characters of a-z, A-Z, 0-9, `_` and `-`")]
    BadName,
    /// A number is out of its bounds.
    #[error("must be between {least} and {most}, is {found}")]
    OutOfBounds {
        /// The least allowed.
        least: u32,
        /// The most allowed.
        most: u32,
        /// What stands there.
        found: u32,
    },
    /// A priority is out of its bounds.
    #[error("must be between -100 and 100, is {0}")]
    BadPriority(i32),
    /// A text is too short or too long.
    #[error("must have {least} to {most} characters")]
    BadLength {
        /// The least allowed.
        least: usize,
        /// The most allowed.
        most: usize,
    },
    /// A variable's name is empty, too long or has characters that texts could not name.
    #[error("a variable's name is 1 to 32 characters of a-z, 0-9 and `_`")]
    BadVariable,
    /// An address that nothing can be asked at.
    #[error("must be an address that begins with https:// or http://, of at most 500 characters")]
    BadUrl,
    /// A circle in which nothing ever waits.
    #[error("goes round in a circle without a menu or a greeting in between: {}", .0.join(" → "))]
    Spins(Vec<String>),
}

impl Fault {
    /// The path of the field as the graph's author wrote it: `nodes.welcome.options.1`.
    pub fn path(&self) -> String {
        match &self.node {
            Some(node) if self.field.is_empty() => format!("nodes.{node}"),
            Some(node) => format!("nodes.{node}.{}", self.field),
            None => self.field.clone(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.wrong)
    }
}

impl std::error::Error for Fault {}

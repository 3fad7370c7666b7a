//! Build time is a feature: fewer than 385 packages from outside are built on Linux (decision 0005).

use super::Finding;
use crate::tree::Tree;

const RULE: &str = "lock";
const LIMIT: usize = 385;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    if tree.outside < LIMIT {
        return Vec::new();
    }
    let message =
        format!("{} packages from outside, {LIMIT} is the limit: turn features off, or do without", tree.outside);
    vec![Finding { rule: RULE, place: "Cargo.lock".into(), message }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_packages_are_found() {
        let tree = |outside| Tree { outside, ..Tree::default() };
        assert!(check(&tree(LIMIT - 1)).is_empty());
        assert_eq!(check(&tree(LIMIT)).len(), 1);
    }
}

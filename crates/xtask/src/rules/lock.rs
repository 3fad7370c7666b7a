//! Build time is a feature: fewer than 350 packages from outside in the lock file.

use super::Finding;
use crate::tree::Tree;

const RULE: &str = "lock";
const LIMIT: usize = 350;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    // Packages of this workspace have no source line.
    let outside = tree.lock.lines().filter(|line| line.starts_with("source = ")).count();
    if outside < LIMIT {
        return Vec::new();
    }
    let message = format!("{outside} packages from outside, {LIMIT} is the limit: turn features off, or do without");
    vec![Finding { rule: RULE, place: "Cargo.lock".into(), message }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(outside: usize) -> Tree {
        let ours = "[[package]]\nname = \"sip\"\n".repeat(20);
        let theirs = "[[package]]\nname = \"x\"\nsource = \"registry+x\"\n".repeat(outside);
        Tree { lock: ours + &theirs, ..Tree::default() }
    }

    #[test]
    fn too_many_packages_are_found_and_our_own_do_not_count() {
        assert!(check(&lock(LIMIT - 1)).is_empty());
        assert_eq!(check(&lock(LIMIT)).len(), 1);
    }
}

//! A file is one idea: beyond 600 lines it is listed in `crates/xtask/long-files.txt` with the reason why it stays.

use super::Finding;
use crate::tree::Tree;

const RULE: &str = "length";
const LIMIT: usize = 600;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let listed: Vec<(&str, &str)> =
        tree.long_files.lines().filter_map(|line| line.split_once(':')).map(|(p, r)| (p.trim(), r.trim())).collect();
    let mut findings = Vec::new();
    for file in &tree.files {
        let lines = file.text.lines().count();
        let reason = listed.iter().find(|(path, _)| *path == file.path).map(|(_, reason)| *reason);
        let complaint = match reason {
            None if lines > LIMIT => format!("{lines} lines: move the second idea out, or list it in long-files.txt"),
            Some("") => "is listed in long-files.txt without a reason".into(),
            Some(_) if lines <= LIMIT => format!("is listed in long-files.txt but has only {lines} lines"),
            _ => continue,
        };
        findings.push(Finding { rule: RULE, place: file.path.clone(), message: complaint });
    }
    for (path, _) in listed.iter().filter(|(path, _)| !tree.files.iter().any(|file| file.path == *path)) {
        let message = "is listed in long-files.txt but does not exist".into();
        findings.push(Finding { rule: RULE, place: (*path).to_owned(), message });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::example::with_file;
    use super::*;

    fn complaints(lines: usize, list: &str) -> usize {
        let mut tree = with_file("crates/sip/src/a.rs", &"x\n".repeat(lines));
        tree.long_files = list.into();
        check(&tree).len()
    }

    #[test]
    fn a_long_file_needs_a_reason() {
        assert_eq!(complaints(LIMIT, ""), 0);
        assert_eq!(complaints(LIMIT + 1, ""), 1);
        assert_eq!(complaints(LIMIT + 1, "crates/sip/src/a.rs: one table of all header names\n"), 0);
        assert_eq!(complaints(LIMIT + 1, "crates/sip/src/a.rs:\n"), 1);
    }

    #[test]
    fn the_list_does_not_outlive_the_files() {
        assert_eq!(complaints(10, "crates/sip/src/a.rs: it was long once\n"), 1);
        assert_eq!(complaints(10, "crates/sip/src/gone.rs: it was long once\n"), 1);
    }
}

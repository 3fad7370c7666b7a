//! The check before a graph is stored. It finds every fault, not only the first.

use crate::fault::{Fault, Wrong};
use crate::graph::{Graph, Menu, Node, NodeId};
use std::collections::BTreeSet;

impl Graph {
    /// Whether the graph can be walked; every fault names its node and field.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        self.check_size(&mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        self.check_targets(&mut faults);
        for (name, node) in &self.nodes {
            if let Node::Menu(menu) = node {
                check_menu(name, menu, &mut faults);
            }
        }
        self.check_circles(&mut faults);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn check_size(&self, faults: &mut Vec<Fault>) {
        let found = self.nodes.len();
        if found == 0 {
            faults.push(Fault { node: None, field: "nodes".into(), wrong: Wrong::NoNodes });
        }
        if found > Graph::MAX_NODES {
            let wrong = Wrong::TooManyNodes { most: Graph::MAX_NODES, found };
            faults.push(Fault { node: None, field: "nodes".into(), wrong });
        }
    }

    fn check_targets(&self, faults: &mut Vec<Fault>) {
        if !self.nodes.contains_key(&self.start) {
            let wrong = Wrong::UnknownNode(self.start.clone());
            faults.push(Fault { node: None, field: "start".into(), wrong });
        }
        for (name, node) in &self.nodes {
            if !good_name(name) {
                faults.push(Fault { node: Some(name.clone()), field: String::new(), wrong: Wrong::BadName });
            }
            for (field, target) in node.targets() {
                if !self.nodes.contains_key(target) {
                    let wrong = Wrong::UnknownNode(target.clone());
                    faults.push(Fault { node: Some(name.clone()), field, wrong });
                }
            }
        }
    }

    /// A node that does not wait has at most one way out, so a circle of such nodes is found by following it.
    fn check_circles(&self, faults: &mut Vec<Fault>) {
        let mut done: BTreeSet<&NodeId> = BTreeSet::new();
        for name in self.nodes.keys() {
            let mut path: Vec<&NodeId> = Vec::new();
            let mut here = name;
            while let Some(node) = self.nodes.get(here) {
                if node.waits() || done.contains(here) {
                    break;
                }
                if let Some(first) = path.iter().position(|seen| *seen == here) {
                    let mut circle: Vec<String> = path[first..].iter().map(|n| (*n).clone()).collect();
                    circle.push(here.clone());
                    let (last, field) = (path[path.len() - 1], "on_no_answer".to_owned());
                    faults.push(Fault { node: Some(last.clone()), field, wrong: Wrong::Spins(circle) });
                    break;
                }
                path.push(here);
                match node.targets().pop() {
                    Some((_, next)) => here = next,
                    None => break,
                }
            }
            done.extend(path);
        }
    }
}

fn check_menu(name: &str, menu: &Menu, faults: &mut Vec<Fault>) {
    let mut bounds = |field: &str, least: u32, most: u32, found: u32| {
        if !(least..=most).contains(&found) {
            let wrong = Wrong::OutOfBounds { least, most, found };
            faults.push(Fault { node: Some(name.to_owned()), field: field.to_owned(), wrong });
        }
    };
    bounds("timeout_ms", 500, 60_000, menu.timeout_ms);
    bounds("max_failures", 1, 10, menu.max_failures);
}

fn good_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests;

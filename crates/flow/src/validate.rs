//! The check before a graph is stored. It finds every fault, not only the first.

use crate::fault::{Fault, Wrong};
use crate::graph::{Graph, Menu, Node, NodeId};
use crate::nodes::Check;
use std::collections::{BTreeMap, BTreeSet};

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
            let mut check = Check { node: name, faults: &mut faults };
            match node {
                Node::Say(say) => check.say(say),
                Node::Collect(collect) => check.collect(collect),
                Node::DialExtension(dial) => check.dial(dial),
                Node::Rate(rate) => check.rate(rate),
                Node::Set(set) => check.set(set),
                Node::Compare(compare) => check.compare(compare),
                Node::Lookup(lookup) => check.lookup(lookup),
                Node::Menu(menu) => check_menu(name, menu, &mut faults),
                Node::Queue { priority, skills, .. } => check_queue(name, *priority, skills, &mut faults),
                Node::Play { .. }
                | Node::RingGroup { .. }
                | Node::Extension { .. }
                | Node::Voicemail { .. }
                | Node::Flow { .. }
                | Node::Schedule { .. }
                | Node::Caller { .. }
                | Node::Language(_)
                | Node::Contact { .. }
                | Node::Owner { .. }
                | Node::Hangup { .. } => {}
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

    /// Follows the nodes that do not wait, and finds where they come back to themselves.
    fn check_circles(&self, faults: &mut Vec<Fault>) {
        let mut done = BTreeSet::new();
        for name in self.nodes.keys() {
            self.follow(name, &mut Vec::new(), &mut done, faults);
        }
    }

    fn follow<'a>(
        &'a self,
        here: &'a NodeId,
        path: &mut Vec<&'a NodeId>,
        done: &mut BTreeSet<&'a NodeId>,
        faults: &mut Vec<Fault>,
    ) {
        let Some(node) = self.nodes.get(here).filter(|node| !node.waits()) else { return };
        if done.contains(here) {
            return;
        }
        path.push(here);
        for (field, next) in node.targets() {
            match path.iter().position(|seen| *seen == next) {
                Some(first) => {
                    let circle = path[first..].iter().copied().chain([next]).cloned().collect();
                    faults.push(Fault { node: Some(here.clone()), field, wrong: Wrong::Spins(circle) });
                }
                None => self.follow(next, path, done, faults),
            }
        }
        path.pop();
        done.insert(here);
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

fn check_queue(name: &str, priority: i32, skills: &BTreeMap<String, u8>, faults: &mut Vec<Fault>) {
    let mut fault = |field: String, wrong| faults.push(Fault { node: Some(name.to_owned()), field, wrong });
    if !(-100..=100).contains(&priority) {
        fault("priority".to_owned(), Wrong::BadPriority(priority));
    }
    for (skill, level) in skills {
        if !(1..=10).contains(level) {
            fault(format!("skills.{skill}"), Wrong::OutOfBounds { least: 1, most: 10, found: u32::from(*level) });
        }
    }
}

fn good_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests;

//! The vendor's key script and our graph of one menu, each out of the other.

use ::flow::{Menu, Node};
use model::{Digit, FlowId, GreetingId, GroupId};
use pbx::flow::Graph;
use std::collections::BTreeMap;

/// Where a key leads, or no key at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A ring group.
    Group(GroupId),
    /// Another script.
    Script(FlowId),
    /// A sound, then the end.
    Recording(GreetingId),
}

/// A key script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) greeting: Option<GreetingId>,
    /// What is played on coming back to the menu.
    pub(crate) short: Option<GreetingId>,
    pub(crate) invalid: Option<GreetingId>,
    /// How long to wait for a key, in seconds.
    pub(crate) timeout_s: u32,
    pub(crate) max_failure: u32,
    pub(crate) keys: BTreeMap<Digit, Step>,
    /// When no key comes, or too many wrong ones.
    pub(crate) otherwise: Option<Step>,
}

const MENU: &str = "menu";
const OTHERWISE: &str = "otherwise";

impl Script {
    /// The graph that does what the script says.
    pub(crate) fn graph(&self) -> Graph {
        let mut nodes = BTreeMap::new();
        for (key, step) in &self.keys {
            step.lay(&name(*key), &mut nodes);
        }
        if let Some(step) = self.otherwise {
            step.lay(OTHERWISE, &mut nodes);
        }
        let menu = Menu {
            greeting: self.greeting,
            again_greeting: self.short,
            timeout_ms: self.timeout_s.saturating_mul(1_000),
            max_failures: self.max_failure,
            invalid_greeting: self.invalid,
            options: self.keys.keys().map(|key| (*key, name(*key))).collect(),
            // The vendor counts a missing key as a wrong one.
            on_timeout: None,
            on_failures: self.otherwise.map(|_| OTHERWISE.to_owned()),
        };
        nodes.insert(MENU.to_owned(), Node::Menu(menu));
        Graph { start: MENU.to_owned(), nodes }
    }

    /// The script that says what the graph does; none of a graph that is drawn freely. Where a key leads to something that
    /// the vendor has no word for, the key is left out.
    pub(crate) fn read(graph: &Graph) -> Option<Script> {
        let Some(Node::Menu(menu)) = graph.nodes.get(&graph.start) else { return None };
        let step = |name: &String| Step::read(graph, name);
        let otherwise = menu.on_timeout.as_ref().or(menu.on_failures.as_ref());
        Some(Script {
            greeting: menu.greeting,
            short: menu.again_greeting,
            invalid: menu.invalid_greeting,
            timeout_s: menu.timeout_ms.div_ceil(1_000),
            max_failure: menu.max_failures,
            keys: menu.options.iter().filter_map(|(key, name)| Some((*key, step(name)?))).collect(),
            otherwise: otherwise.and_then(step),
        })
    }

    /// Whether the graph says nothing that the script does not: then it can be written anew without a loss.
    pub(crate) fn says_all_of(&self, graph: &Graph) -> bool {
        self.graph() == *graph
    }
}

impl Step {
    fn lay(self, name: &str, nodes: &mut BTreeMap<String, Node>) {
        let node = match self {
            Step::Group(group) => Node::RingGroup { group, on_no_answer: None },
            Step::Script(flow) => Node::Flow { flow },
            Step::Recording(greeting) => {
                let end = format!("{name}_end");
                nodes.insert(end.clone(), Node::Hangup { cause: model::Cause::FlowEnded });
                Node::Play { greeting, next: end }
            }
        };
        nodes.insert(name.to_owned(), node);
    }

    fn read(graph: &Graph, name: &str) -> Option<Step> {
        match graph.nodes.get(name)? {
            Node::RingGroup { group, .. } => Some(Step::Group(*group)),
            Node::Flow { flow } => Some(Step::Script(*flow)),
            Node::Play { greeting, next } => {
                matches!(graph.nodes.get(next), Some(Node::Hangup { .. })).then_some(Step::Recording(*greeting))
            }
            _ => None,
        }
    }
}

/// The node's name of a key.
fn name(key: Digit) -> String {
    match key.as_char() {
        '*' => "key_star".to_owned(),
        '#' => "key_hash".to_owned(),
        other => format!("key_{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    fn key(key: char) -> Digit {
        Digit::new(key).expect("a key")
    }

    fn script() -> Script {
        Script {
            greeting: Some(GreetingId::from_bits(1)),
            short: Some(GreetingId::from_bits(2)),
            invalid: Some(GreetingId::from_bits(3)),
            timeout_s: 3,
            max_failure: 2,
            keys: BTreeMap::from([
                (key('1'), Step::Group(GroupId::from_bits(4))),
                (key('*'), Step::Script(FlowId::from_bits(5))),
            ]),
            otherwise: Some(Step::Recording(GreetingId::from_bits(6))),
        }
    }

    #[test]
    fn a_script_comes_back_out_of_its_graph() {
        let script = script();
        let graph = script.graph();
        assert_eq!(graph.validate(), Ok(()));
        assert_eq!(Script::read(&graph), Some(script.clone()));
        assert!(script.says_all_of(&graph));
    }

    #[test]
    fn a_graph_that_says_more_is_noticed() {
        let mut graph = script().graph();
        let more = Node::RingGroup { group: GroupId::from_bits(4), on_no_answer: Some("otherwise".into()) };
        graph.nodes.insert("key_1".into(), more);
        let read = Script::read(&graph).expect("a menu");
        assert_eq!(read, script());
        assert!(!read.says_all_of(&graph));
    }

    #[test]
    fn what_begins_with_no_menu_is_no_script() {
        let nodes = BTreeMap::from([("x".to_owned(), Node::Flow { flow: FlowId::from_bits(1) })]);
        assert_eq!(Script::read(&Graph { start: "x".into(), nodes }), None);
    }
}

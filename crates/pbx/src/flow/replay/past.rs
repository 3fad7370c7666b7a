//! What a caller did in a flow, read from the trail of the call: each visit to the flow by itself. Pure.

use crate::calls::{Decision, Fact};
use crate::flow::ending::Ending;
use ::flow::{Graph, Step, walk};
use model::flow::FlowAnswer;
use model::{Cause, Digit, FlowId};
use std::cell::RefCell;
use std::collections::VecDeque;

const ANSWERS: [FlowAnswer; 6] = [
    FlowAnswer::Open,
    FlowAnswer::Closed,
    FlowAnswer::Holiday,
    FlowAnswer::Vip,
    FlowAnswer::Anonymous,
    FlowAnswer::Nothing,
];

/// One visit of a caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Past {
    /// The version that was met; none in trails from before versions were kept.
    pub(super) version: Option<i64>,
    /// What the caller did.
    pub(super) steps: Vec<Step>,
    answers: Vec<FlowAnswer>,
    /// Whether the caller was still there when the last greeting ended.
    stayed: bool,
}

impl Past {
    /// The visits to this flow.
    pub(super) fn read(trail: &[Decision], flow: FlowId) -> Vec<Past> {
        let id = flow.to_string();
        let (mut found, mut here): (Vec<Past>, Option<Past>) = (Vec::new(), None);
        for decision in trail {
            if decision.step == "flow" {
                found.extend(here.take());
                here = (fact(&decision.facts, "flow") == Some(id.as_str())).then(Past::default);
            }
            if let Some(past) = &mut here {
                past.add(decision);
            }
        }
        found.extend(here);
        found
    }

    fn add(&mut self, decision: &Decision) {
        let told = |name: &str| fact(&decision.facts, name);
        match decision.step.as_str() {
            "flow_version" => self.version = told("version").and_then(|number| number.parse().ok()),
            "flow_key" => {
                let key = told("key").and_then(|key| key.chars().next()).and_then(Digit::new);
                self.steps.extend(key.map(Step::Digit));
            }
            "flow_timeout" => self.steps.push(Step::Timeout),
            "flow_returned" => {
                let cause = told("cause").and_then(cause).unwrap_or(Cause::NoAnswer);
                self.steps.push(Step::Returned(cause));
            }
            "flow_answer" => {
                let answer = told("answer").and_then(|word| ANSWERS.into_iter().find(|known| known.as_str() == word));
                self.answers.push(answer.unwrap_or(FlowAnswer::Nothing));
            }
            _ => {}
        }
        // A node after the last key that hands on or ends shows that all greetings before it were heard.
        self.stayed = match (decision.step.as_str(), told("type")) {
            ("flow_node", Some("play" | "menu")) => false,
            ("flow_node", _) => true,
            _ => self.stayed,
        };
    }

    /// Where the caller ended in the graph of that time; questions are answered as they were then.
    pub(super) fn walked(&self, graph: &Graph) -> Ending {
        let mut script = self.steps.clone();
        if self.stayed {
            script.push(Step::Listen);
        }
        let answers = RefCell::new(VecDeque::from(self.answers.clone()));
        let know = |_| answers.borrow_mut().pop_front().unwrap_or(FlowAnswer::Nothing);
        Ending::from(walk(graph, &script, &know).end)
    }

    /// The keys in the writing of simulations.
    pub(super) fn digits(&self) -> String {
        let word = |step: &Step| match step {
            Step::Digit(digit) => Some(digit.as_char()),
            Step::Timeout => Some(','),
            Step::Returned(Cause::Busy) => Some('b'),
            Step::NoAnswer | Step::Returned(_) => Some('!'),
            Step::Answer | Step::Listen => None,
        };
        self.steps.iter().filter_map(word).collect()
    }
}

fn fact<'a>(facts: &'a [Fact], name: &str) -> Option<&'a str> {
    facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
}

fn cause(word: &str) -> Option<Cause> {
    Cause::parse(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;
    use model::id::Id;

    fn told(step: &str, facts: &[(&str, &str)]) -> Decision {
        let fact = |(name, value): &(&str, &str)| Fact { name: (*name).into(), value: (*value).into() };
        Decision { at: 0, step: step.into(), reason: String::new(), facts: facts.iter().map(fact).collect() }
    }

    #[test]
    fn a_visit_is_read_from_the_trail_and_walked_again() {
        let flow = FlowId::from_bits(7);
        let (id, group) = (flow.to_string(), model::GroupId::from_bits(9));
        let graph: Graph = serde_json::from_value(serde_json::json!({ "start": "hours", "nodes": {
            "hours": { "type": "schedule", "schedule": model::ScheduleId::from_bits(1).to_string(),
                       "open": "ask", "closed": "bye" },
            "ask": { "type": "menu", "timeout_ms": 3000, "options": { "1": "sales" }, "on_timeout": "bye" },
            "sales": { "type": "ring_group", "group": group.to_string(), "on_no_answer": "bye" },
            "bye": { "type": "hangup" },
        } }))
        .expect("a graph");
        let trail = [
            told("route", &[("target", &id)]),
            told("flow", &[("flow", &id)]),
            told("flow_version", &[("flow", &id), ("version", "3")]),
            told("flow_node", &[("node", "hours"), ("type", "schedule")]),
            told("flow_answer", &[("node", "hours"), ("answer", "open")]),
            told("flow_node", &[("node", "ask"), ("type", "menu")]),
            told("flow_key", &[("node", "ask"), ("key", "1")]),
            told("flow_node", &[("node", "sales"), ("type", "ring_group")]),
            told("answer", &[]),
        ];
        let visits = Past::read(&trail, flow);
        assert_eq!(visits.len(), 1);
        assert_eq!((visits[0].version, visits[0].digits().as_str()), (Some(3), "1"));
        let ending = visits[0].walked(&graph);
        assert_eq!((ending.node.as_str(), ending.target), ("sales", Some(Target::Group(group))));
        assert!(Past::read(&trail, FlowId::from_bits(8)).is_empty(), "another flow was not visited");

        let back = [&trail[..8], &[told("flow_returned", &[("node", "sales"), ("cause", "busy")])]].concat();
        let ending = Past::read(&back, flow)[0].walked(&graph);
        assert_eq!((ending.node.as_str(), ending.cause.as_deref()), ("bye", Some("flow_ended")));
    }
}

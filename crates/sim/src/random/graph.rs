//! Random flows: most pass the check, some are left as they fell, to see that a bad graph harms nothing.

use crate::dice::Dice;
use flow::nodes::{Collect, DialExtension, Lookup, Manner, Rate, Say, Set};
use flow::{Graph, Menu, Node};
use model::id::Id;
use model::{Cause, Digit, ExtensionId, GreetingId, GroupId, ScheduleId};

pub(super) fn random(dice: &mut Dice, extensions: &[ExtensionId], groups: &[GroupId]) -> Graph {
    let unchecked = dice.percent(10);
    for _ in 0..20 {
        let graph = any(dice, extensions, groups, unchecked);
        if unchecked || graph.validate().is_ok() {
            return graph;
        }
    }
    Graph { start: "n0".into(), nodes: [("n0".to_owned(), Node::Hangup { cause: Cause::FlowEnded })].into() }
}

fn any(dice: &mut Dice, extensions: &[ExtensionId], groups: &[GroupId], dangling: bool) -> Graph {
    let count = dice.of(1..=8);
    let last = if dangling { count } else { count - 1 };
    let mut nodes = std::collections::BTreeMap::new();
    for n in 0..count {
        nodes.insert(format!("n{n}"), node(dice, last, extensions, groups));
    }
    Graph { start: "n0".into(), nodes }
}

fn node(dice: &mut Dice, last: u64, extensions: &[ExtensionId], groups: &[GroupId]) -> Node {
    match dice.of(0..=11) {
        10 => Node::Collect(Collect {
            greeting: dice.percent(50).then(greeting),
            variable: "x".into(),
            min: 1,
            max: dice.of(1..=3) as u32,
            terminator: Digit::new('#'),
            first_timeout_ms: dice.of(500..=5_000) as u32,
            digit_timeout_ms: dice.of(500..=3_000) as u32,
            max_failures: dice.of(1..=3) as u32,
            invalid_greeting: dice.percent(50).then(greeting),
            next: name(dice, last),
            on_failures: maybe(dice, last),
        }),
        11 => asking(dice, last),
        0 | 1 => Node::Play { greeting: greeting(), next: name(dice, last) },
        2..=5 => Node::Menu(menu(dice, last)),
        6 | 7 => Node::RingGroup { group: dice.pick(groups), on_no_answer: maybe(dice, last) },
        8 if dice.percent(40) => Node::Schedule {
            schedule: ScheduleId::from_bits(dice.of(1..=2).into()),
            open: name(dice, last),
            closed: name(dice, last),
            holiday: maybe(dice, last),
        },
        9 if dice.percent(40) => {
            Node::Caller { vip: maybe(dice, last), anonymous: maybe(dice, last), otherwise: name(dice, last) }
        }
        8 => Node::Extension { extension: dice.pick(extensions), on_no_answer: maybe(dice, last) },
        _ => Node::Hangup { cause: Cause::FlowEnded },
    }
}

/// Nodes that say, remember or ask.
fn asking(dice: &mut Dice, last: u64) -> Node {
    let next = name(dice, last);
    match dice.of(0..=5) {
        0 => Node::Say(Say { text: "{x}".into(), manner: Manner::Digits, next }),
        1 => Node::Rate(Rate { greeting: Some(greeting()), most: 5, timeout_ms: 1_000, max_failures: 2, next }),
        2 => Node::Set(Set { variable: "x".into(), value: "1{x}".into(), next }),
        3 => Node::Owner { otherwise: next, on_no_answer: maybe(dice, last) },
        4 => Node::Lookup(Lookup {
            url: "https://crm.example/".into(),
            branches: [("gold".to_owned(), name(dice, last))].into(),
            otherwise: next,
            on_no_answer: maybe(dice, last),
        }),
        _ => Node::DialExtension(DialExtension {
            greeting: None,
            max: 3,
            first_timeout_ms: 2_000,
            digit_timeout_ms: 1_000,
            max_failures: 2,
            invalid_greeting: Some(greeting()),
            on_no_answer: maybe(dice, last),
            on_failures: maybe(dice, last),
        }),
    }
}

fn menu(dice: &mut Dice, last: u64) -> Menu {
    let keys = super::KEYS.map(super::key);
    Menu {
        greeting: dice.percent(80).then(greeting),
        timeout_ms: dice.of(500..=8_000) as u32,
        max_failures: dice.of(1..=4) as u32,
        again_greeting: dice.percent(20).then(greeting),
        invalid_greeting: dice.percent(50).then(greeting),
        options: (0..dice.of(0..=3)).map(|_| (dice.pick(&keys), name(dice, last))).collect(),
        on_timeout: maybe(dice, last),
        on_failures: maybe(dice, last),
    }
}

fn greeting() -> GreetingId {
    GreetingId::from_bits(1)
}

fn name(dice: &mut Dice, last: u64) -> String {
    format!("n{}", dice.of(0..=last))
}

fn maybe(dice: &mut Dice, last: u64) -> Option<String> {
    dice.percent(60).then(|| name(dice, last))
}

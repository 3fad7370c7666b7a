//! Nodes that take more than one key, speak, remember or ask: their fields, and what they check.

use crate::fault::{Fault, Wrong};
use crate::graph::NodeId;
use crate::text;
use model::say::Language;
use model::{Digit, GreetingId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Say something that is known only now, or that nobody has recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// What: 1 to 300 characters, in which `{name}` stands for a variable.
    pub text: String,
    /// How.
    #[serde(default, rename = "as")]
    pub manner: Manner,
    /// Where to go then.
    pub next: NodeId,
}

/// How something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// As text, by who speaks here (`speech.*` of the configuration).
    #[default]
    Words,
    /// Digit by digit; what is no digit is left out.
    Digits,
    /// As a number.
    Number,
}

/// Take several keys into a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// What to play first; the caller may press keys while it plays.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub greeting: Option<GreetingId>,
    /// The variable.
    pub variable: String,
    /// How many keys at least, 1–30.
    #[serde(default = "one")]
    pub min: u32,
    /// How many at most, 1–30: the last ends the entry.
    pub max: u32,
    /// The key that ends the entry before that.
    #[serde(default, with = "text::key", skip_serializing_if = "Option::is_none")]
    pub terminator: Option<Digit>,
    /// How long to wait for the first key after the greeting, 500–60,000.
    #[serde(default = "five_seconds")]
    pub first_timeout_ms: u32,
    /// How long to wait for each further key, 500–60,000.
    #[serde(default = "three_seconds")]
    pub digit_timeout_ms: u32,
    /// After how many entries that are too short `on_failures` is taken, 1–10.
    #[serde(default = "three")]
    pub max_failures: u32,
    /// What to play after one, before the greeting comes again.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub invalid_greeting: Option<GreetingId>,
    /// Where to go with the keys.
    pub next: NodeId,
    /// Where to go after too many failures; without it the call ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failures: Option<NodeId>,
}

/// Let the caller dial an extension, and ring it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialExtension {
    /// What to play first.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub greeting: Option<GreetingId>,
    /// How many digits the numbers have at most, 2–10.
    pub max: u32,
    /// How long to wait for the first key after the greeting, 500–60,000.
    #[serde(default = "five_seconds")]
    pub first_timeout_ms: u32,
    /// How long to wait for each further key, 500–60,000.
    #[serde(default = "three_seconds")]
    pub digit_timeout_ms: u32,
    /// After how many numbers that nobody has `on_failures` is taken, 1–10.
    #[serde(default = "three")]
    pub max_failures: u32,
    /// What to play after one, before the greeting comes again.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub invalid_greeting: Option<GreetingId>,
    /// Where to go when the extension could not be reached; without it the call ends with its cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_no_answer: Option<NodeId>,
    /// Where to go after too many failures; without it the call ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failures: Option<NodeId>,
}

/// Ask how content the caller is: one key, kept with the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The question.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub greeting: Option<GreetingId>,
    /// The best mark, 2–9; the worst is 1.
    #[serde(default = "five")]
    pub most: u32,
    /// How long to wait for the key after the question, 500–60,000.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u32,
    /// How often the question is put, 1–10.
    #[serde(default = "two")]
    pub max_failures: u32,
    /// Where to go then, with a mark or without.
    pub next: NodeId,
}

/// The language of what the house says from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speak {
    /// Which.
    #[serde(with = "text::language")]
    pub language: Language,
    /// Where to go then.
    pub next: NodeId,
}

/// Remember something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// The variable.
    pub variable: String,
    /// Its value, at most 200 characters, in which `{name}` stands for another variable.
    pub value: String,
    /// Where to go then.
    pub next: NodeId,
}

/// Go on by the value of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The variable; empty when nothing was ever put into it.
    pub variable: String,
    /// How.
    pub is: Comparison,
    /// With what, in which `{name}` stands for another variable.
    pub value: String,
    /// Where to go when it holds.
    pub yes: NodeId,
    /// Where to go when not.
    pub no: NodeId,
}

/// How a variable is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same text.
    Equals,
    /// The text begins with it.
    BeginsWith,
    /// As numbers, at least as great; what is no number is not.
    AtLeast,
    /// As numbers, at most as great.
    AtMost,
}

/// Ask a service of the company, which picks the branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// Its address, `http` or `https`; two seconds are waited for the answer.
    pub url: String,
    /// Where each word of an answer leads.
    pub branches: BTreeMap<String, NodeId>,
    /// Where to go with any other answer, and with none.
    pub otherwise: NodeId,
    /// Where to go when the extension that the answer names could not be reached; as `otherwise` when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_no_answer: Option<NodeId>,
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

fn three() -> u32 {
    3
}

fn five() -> u32 {
    5
}

fn three_seconds() -> u32 {
    3_000
}

fn five_seconds() -> u32 {
    5_000
}

impl Comparison {
    /// Whether it holds.
    pub fn holds(self, left: &str, right: &str) -> bool {
        let numbers = || Some((left.trim().parse::<f64>().ok()?, right.trim().parse::<f64>().ok()?));
        match self {
            Comparison::Equals => left == right,
            Comparison::BeginsWith => left.starts_with(right),
            Comparison::AtLeast => numbers().is_some_and(|(left, right)| left >= right),
            Comparison::AtMost => numbers().is_some_and(|(left, right)| left <= right),
        }
    }
}

/// Collects what is wrong with one node.
pub(crate) struct Check<'a> {
    pub(crate) node: &'a str,
    pub(crate) faults: &'a mut Vec<Fault>,
}

impl Check<'_> {
    fn add(&mut self, field: &str, wrong: Wrong) {
        self.faults.push(Fault { node: Some(self.node.to_owned()), field: field.to_owned(), wrong });
    }

    fn bounds(&mut self, field: &str, least: u32, most: u32, found: u32) {
        if !(least..=most).contains(&found) {
            self.add(field, Wrong::OutOfBounds { least, most, found });
        }
    }

    fn length(&mut self, field: &str, least: usize, most: usize, text: &str) {
        if !(least..=most).contains(&text.chars().count()) {
            self.add(field, Wrong::BadLength { least, most });
        }
    }

    fn variable(&mut self, name: &str) {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(good) {
            self.add("variable", Wrong::BadVariable);
        }
    }

    fn entry(&mut self, first_ms: u32, digit_ms: u32, failures: u32) {
        self.bounds("first_timeout_ms", 500, 60_000, first_ms);
        self.bounds("digit_timeout_ms", 500, 60_000, digit_ms);
        self.bounds("max_failures", 1, 10, failures);
    }

    pub(crate) fn say(&mut self, say: &Say) {
        self.length("text", 1, 300, &say.text);
    }

    pub(crate) fn collect(&mut self, collect: &Collect) {
        self.variable(&collect.variable);
        self.bounds("max", 1, 30, collect.max);
        self.bounds("min", 1, collect.max.clamp(1, 30), collect.min);
        self.entry(collect.first_timeout_ms, collect.digit_timeout_ms, collect.max_failures);
    }

    pub(crate) fn dial(&mut self, dial: &DialExtension) {
        self.bounds("max", 2, 10, dial.max);
        self.entry(dial.first_timeout_ms, dial.digit_timeout_ms, dial.max_failures);
    }

    pub(crate) fn rate(&mut self, rate: &Rate) {
        self.bounds("most", 2, 9, rate.most);
        self.bounds("timeout_ms", 500, 60_000, rate.timeout_ms);
        self.bounds("max_failures", 1, 10, rate.max_failures);
    }

    pub(crate) fn set(&mut self, set: &Set) {
        self.variable(&set.variable);
        self.length("value", 0, 200, &set.value);
    }

    pub(crate) fn compare(&mut self, compare: &Compare) {
        self.variable(&compare.variable);
        self.length("value", 0, 200, &compare.value);
    }

    pub(crate) fn lookup(&mut self, lookup: &Lookup) {
        let rest = lookup.url.strip_prefix("https://").or_else(|| lookup.url.strip_prefix("http://"));
        let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
        if !good || lookup.url.len() > 500 {
            self.add("url", Wrong::BadUrl);
        }
        for word in lookup.branches.keys() {
            self.length(&format!("branches.{word}"), 1, 64, word);
        }
    }
}

//! What a flow remembers, says and finds out.

use super::{Flow, FlowStep, State};
use crate::graph::Node;
use crate::nodes::{Lookup, Manner, Say};
use model::flow::{FlowAnswer, FlowTarget};
use model::leg::{Prompt, Sound};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// A value is cut off behind so many characters.
const LONGEST_VALUE: usize = 200;
/// What is said to a caller at once has at most so many sounds.
const MOST_SOUNDS: usize = 40;
/// A flow remembers at most so many variables.
const MOST_VARIABLES: usize = 100;

impl Flow {
    /// The same with what is known at its beginning.
    pub fn knowing(mut self, variables: BTreeMap<String, String>) -> Flow {
        for (name, value) in variables {
            self.remember(&name, value);
        }
        self
    }

    /// What it remembers.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    pub(super) fn remember(&mut self, name: &str, value: String) {
        if self.variables.len() < MOST_VARIABLES || self.variables.contains_key(name) {
            self.variables.insert(name.to_owned(), value.chars().take(LONGEST_VALUE).collect());
        }
    }

    /// The text with values in place of `{name}`; a variable that nothing was put into is empty.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            filled.push_str(self.variables.get(name).map_or("", String::as_str));
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }

    pub(super) fn say(&mut self, say: &Say) {
        let text = self.filled(&say.text);
        let digits = || text.chars().filter_map(|c| c.to_digit(10)).map(|digit| Prompt::Digit(digit as u8));
        self.saying = match say.manner {
            Manner::Words if text.trim().is_empty() => VecDeque::new(),
            Manner::Words => {
                self.spoken += 1;
                self.out.push(FlowStep::Speak(self.spoken, text));
                [Sound::Spoken(self.spoken)].into()
            }
            Manner::Digits => digits().take(MOST_SOUNDS).map(Sound::Prompt).collect(),
            Manner::Number => match text.trim().parse::<u16>() {
                Ok(number) if number <= 999 => [Sound::Prompt(Prompt::Number(number))].into(),
                Ok(_) | Err(_) => digits().take(MOST_SOUNDS).map(Sound::Prompt).collect(),
            },
        };
        self.state = State::Saying;
        self.say_next();
    }

    pub(super) fn say_next(&mut self) {
        if let Some(sound) = self.saying.pop_front() {
            return self.play(sound);
        }
        let graph = Arc::clone(&self.graph);
        if let Some(Node::Say(say)) = graph.nodes.get(&self.here) {
            self.enter(&say.next);
        }
    }

    /// What the company's service says.
    pub(super) fn looked_up(&mut self, lookup: &Lookup, answer: FlowAnswer) {
        let (word, next) = match answer {
            FlowAnswer::Extension(extension) => {
                let facts = vec![("node", self.here.clone()), ("extension", extension.to_string())];
                self.note("flow_answer", "The answer names an extension, which rings.".to_owned(), facts);
                return self.transfer(FlowTarget::Extension(extension));
            }
            FlowAnswer::Branch(word, variables) => {
                for (name, value) in variables {
                    self.remember(&name, value);
                }
                let next = lookup.branches.get(&word).unwrap_or(&lookup.otherwise);
                (word.chars().take(64).collect(), next)
            }
            other => (other.as_str().to_owned(), &lookup.otherwise),
        };
        let facts = vec![("node", self.here.clone()), ("answer", word.clone())];
        self.note("flow_answer", format!("The answer is {word}, which leads to `{next}`."), facts);
        self.enter(next);
    }
}

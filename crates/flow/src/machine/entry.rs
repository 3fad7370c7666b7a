//! Several keys one after another: into a variable, as an extension's number, or as a mark for the call.

use super::{Flow, FlowStep, State};
use crate::graph::{Node, NodeId};
use model::flow::{FlowQuestion, FlowTarget};
use model::leg::Sound;
use model::{Cause, Digit, ExtensionId, GreetingId};
use std::time::Duration;

/// What the caller hears, and what is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The sentence about a wrong entry; the greeting comes after it.
    Scolding,
    /// The greeting.
    Greeting,
    /// Silence, until a key is pressed or the time is over.
    Waiting,
}

/// The rules of the entry at a node.
#[derive(Debug)]
struct Rules {
    greeting: Option<GreetingId>,
    invalid: Option<GreetingId>,
    min: u32,
    max: u32,
    terminator: Option<Digit>,
    first_ms: u32,
    digit_ms: u32,
    failures: u32,
    on_failures: Option<NodeId>,
    end: End,
}

/// What the keys are for.
#[derive(Debug, Clone)]
enum End {
    Variable(String, NodeId),
    Extension,
    Mark(u32, NodeId),
}

impl Flow {
    fn rules(&self) -> Option<Rules> {
        Some(match self.graph.nodes.get(&self.here)? {
            Node::Collect(node) => Rules {
                greeting: node.greeting,
                invalid: node.invalid_greeting,
                min: node.min,
                max: node.max,
                terminator: node.terminator,
                first_ms: node.first_timeout_ms,
                digit_ms: node.digit_timeout_ms,
                failures: node.max_failures,
                on_failures: node.on_failures.clone(),
                end: End::Variable(node.variable.clone(), node.next.clone()),
            },
            Node::DialExtension(node) => Rules {
                greeting: node.greeting,
                invalid: node.invalid_greeting,
                min: 1,
                max: node.max,
                terminator: Digit::new('#'),
                first_ms: node.first_timeout_ms,
                digit_ms: node.digit_timeout_ms,
                failures: node.max_failures,
                on_failures: node.on_failures.clone(),
                end: End::Extension,
            },
            Node::Rate(node) => Rules {
                greeting: node.greeting,
                invalid: None,
                min: 1,
                max: 1,
                terminator: None,
                first_ms: node.timeout_ms,
                digit_ms: node.timeout_ms,
                failures: node.max_failures,
                on_failures: Some(node.next.clone()),
                end: End::Mark(node.most, node.next.clone()),
            },
            _ => return None,
        })
    }

    /// The entry begins, or begins anew after so many failures.
    pub(super) fn entry_begins(&mut self, failures: u32) {
        let Some(rules) = self.rules() else { return self.hang_up(Cause::Failed) };
        self.entered.clear();
        match rules.greeting {
            Some(greeting) => {
                self.state = State::Entry { phase: Phase::Greeting, failures };
                self.play(Sound::Greeting(greeting));
            }
            None => self.entry_waits(rules.first_ms, failures),
        }
    }

    fn entry_waits(&mut self, time_ms: u32, failures: u32) {
        self.state = State::Entry { phase: Phase::Waiting, failures };
        self.deadline = Some(self.now + Duration::from_millis(u64::from(time_ms)));
    }

    pub(super) fn entry_digit(&mut self, digit: Digit, failures: u32) {
        let Some(rules) = self.rules() else { return };
        self.silence();
        if rules.terminator == Some(digit) {
            return self.entry_ends(&rules, failures);
        }
        self.entered.push(digit.as_char());
        match self.entered.len() >= rules.max as usize {
            true => self.entry_ends(&rules, failures),
            false => self.entry_waits(rules.digit_ms, failures),
        }
    }

    pub(super) fn entry_sound_ended(&mut self, phase: Phase, failures: u32) {
        let Some(rules) = self.rules() else { return };
        match phase {
            Phase::Scolding => self.entry_begins(failures),
            Phase::Greeting => self.entry_waits(rules.first_ms, failures),
            Phase::Waiting => {}
        }
    }

    /// The deadline came: of the sound, or of the caller.
    pub(super) fn entry_time(&mut self, phase: Phase, failures: u32) {
        match phase {
            Phase::Scolding | Phase::Greeting => self.sound_ended(),
            Phase::Waiting => {
                if let Some(rules) = self.rules() {
                    self.entry_ends(&rules, failures);
                }
            }
        }
    }

    fn entry_ends(&mut self, rules: &Rules, failures: u32) {
        if self.entered.len() < rules.min as usize {
            return self.entry_failed(failures);
        }
        let entered = std::mem::take(&mut self.entered);
        match &rules.end {
            End::Variable(name, next) => {
                let facts = vec![("node", self.here.clone()), ("variable", name.clone())];
                let reason = format!("The caller entered {} keys, which lead to `{next}`.", entered.len());
                self.note("flow_collected", reason, facts);
                self.remember(name, entered);
                self.enter(next);
            }
            End::Extension => {
                self.failed_entries = failures;
                self.ask(FlowQuestion::Extension(entered));
            }
            End::Mark(most, next) => match entered.parse::<u32>() {
                Ok(mark) if (1..=*most).contains(&mark) => {
                    let facts = vec![("node", self.here.clone()), ("mark", mark.to_string())];
                    self.note("flow_rated", format!("The caller gave the mark {mark} of {most}."), facts);
                    self.out.push(FlowStep::Rate(u8::try_from(mark).unwrap_or(0)));
                    self.enter(next);
                }
                Ok(_) | Err(_) => self.entry_failed(failures),
            },
        }
    }

    /// Whether somebody has the number that was dialled is known.
    pub(super) fn extension_found(&mut self, found: Option<ExtensionId>) {
        match found {
            Some(extension) => self.transfer(FlowTarget::Extension(extension)),
            None => self.entry_failed(self.failed_entries),
        }
    }

    fn entry_failed(&mut self, failures: u32) {
        let Some(rules) = self.rules() else { return };
        let failures = failures + 1;
        let facts = vec![("node", self.here.clone()), ("failures", failures.to_string())];
        if failures >= rules.failures {
            return match &rules.on_failures {
                Some(next) => {
                    self.note("flow_failures", format!("Too many failures, which lead to `{next}`."), facts);
                    self.enter(next);
                }
                None => {
                    self.note("flow_failures", "Too many failures, and the node says no more.".to_owned(), facts);
                    self.hang_up(Cause::FlowEnded);
                }
            };
        }
        self.note("flow_failures", "The entry leads nowhere; it begins anew.".to_owned(), facts);
        match rules.invalid {
            Some(greeting) => {
                self.entered.clear();
                self.state = State::Entry { phase: Phase::Scolding, failures };
                self.play(Sound::Greeting(greeting));
            }
            None => self.entry_begins(failures),
        }
    }
}

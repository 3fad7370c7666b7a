//! The menu: a greeting that a key interrupts, then a time to press one, and a count of failures.

use super::{Flow, State};
use crate::graph::{Menu, Node};
use model::Digit;
use model::leg::Sound;
use std::sync::Arc;
use std::time::Duration;

/// What the caller hears at a menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The sentence about a wrong key; the greeting comes after it.
    Scolding,
    /// The greeting.
    Greeting,
    /// Silence, until a key is pressed or the time is over.
    Waiting,
}

impl Flow {
    pub(super) fn menu_enter(&mut self, menu: &Menu, failures: u32) {
        let again = menu.again_greeting.filter(|_| failures > 0);
        match again.or(menu.greeting) {
            Some(greeting) => {
                self.state = State::Menu { phase: Phase::Greeting, failures };
                self.play(Sound::Greeting(greeting));
            }
            None => self.menu_wait(menu, failures),
        }
    }

    pub(super) fn menu_digit(&mut self, digit: Digit, failures: u32) {
        let graph = Arc::clone(&self.graph);
        let Some(menu) = menu_at(&graph.nodes, &self.here) else { return };
        let facts = vec![("node", self.here.clone()), ("key", digit.as_char().to_string())];
        if let Some(next) = menu.options.get(&digit) {
            self.note("flow_key", format!("The caller pressed {}, which leads to `{next}`.", digit.as_char()), facts);
            self.silence();
            return self.enter(next);
        }
        self.note("flow_key", format!("The caller pressed {}, which leads nowhere.", digit.as_char()), facts);
        if self.menu_failed(menu, failures) {
            return;
        }
        match menu.invalid_greeting {
            Some(greeting) => {
                self.state = State::Menu { phase: Phase::Scolding, failures: failures + 1 };
                self.play(Sound::Greeting(greeting));
            }
            None => self.menu_enter(menu, failures + 1),
        }
    }

    pub(super) fn menu_sound_ended(&mut self, phase: Phase, failures: u32) {
        let graph = Arc::clone(&self.graph);
        let Some(menu) = menu_at(&graph.nodes, &self.here) else { return };
        match phase {
            Phase::Scolding => self.menu_enter(menu, failures),
            Phase::Greeting => self.menu_wait(menu, failures),
            Phase::Waiting => {}
        }
    }

    /// The deadline came: of the sound, or of the caller.
    pub(super) fn menu_time(&mut self, phase: Phase, failures: u32) {
        match phase {
            Phase::Scolding | Phase::Greeting => self.sound_ended(),
            Phase::Waiting => self.menu_no_key(failures),
        }
    }

    fn menu_no_key(&mut self, failures: u32) {
        let graph = Arc::clone(&self.graph);
        let Some(menu) = menu_at(&graph.nodes, &self.here) else { return };
        let facts = vec![("node", self.here.clone()), ("timeout_ms", menu.timeout_ms.to_string())];
        if let Some(next) = &menu.on_timeout {
            self.note("flow_timeout", format!("No key came in time, which leads to `{next}`."), facts);
            return self.enter(next);
        }
        self.note("flow_timeout", "No key came in time.".to_owned(), facts);
        if !self.menu_failed(menu, failures) {
            self.menu_enter(menu, failures + 1);
        }
    }

    /// Counts one more failure; true when it was one too many and the menu is left.
    fn menu_failed(&mut self, menu: &Menu, failures: u32) -> bool {
        if failures + 1 < menu.max_failures {
            return false;
        }
        let facts = vec![("node", self.here.clone()), ("failures", (failures + 1).to_string())];
        self.silence();
        match &menu.on_failures {
            Some(next) => {
                self.note("flow_failures", format!("Too many failures, which lead to `{next}`."), facts);
                self.enter(next);
            }
            None => {
                self.note("flow_failures", "Too many failures, and the menu says no more.".to_owned(), facts);
                self.hang_up(model::Cause::FlowEnded);
            }
        }
        true
    }

    fn menu_wait(&mut self, menu: &Menu, failures: u32) {
        self.state = State::Menu { phase: Phase::Waiting, failures };
        self.deadline = Some(self.now + Duration::from_millis(u64::from(menu.timeout_ms)));
    }
}

fn menu_at<'a>(nodes: &'a std::collections::BTreeMap<String, Node>, name: &str) -> Option<&'a Menu> {
    if let Node::Menu(menu) = nodes.get(name)? { Some(menu) } else { None }
}

//! The machine that walks a graph for one caller. It stands at one node; each event moves it by at most one node,
//! so an event can never spin, and a budget bounds how many nodes are entered over time.

mod entry;
mod memory;
mod menu;

use crate::Chore;
use crate::graph::{Graph, Node};
use crate::nodes::{Set, Speak};
use menu::Phase;
use model::flow::{FlowAnswer, FlowCommand, FlowEvent, FlowQuestion, FlowTarget};
use model::leg::Sound;
use model::say::Language;
use model::{Cause, Digit, Enqueue, Moment, TrailEntry, VoicemailId};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// A sound that has not come to its end by then is taken as ended.
const LONGEST_SOUND: Duration = Duration::from_secs(10 * 60);
/// Nodes entered at shorter distance than this follow each other "at once".
const AT_ONCE: Duration = Duration::from_millis(100);
/// How many nodes may follow each other at once before the flow is taken for a spinning one.
const MOST_AT_ONCE: u32 = 50;
/// A question that is not answered by then is taken as one without an answer.
const LONGEST_ANSWER: Duration = Duration::from_secs(5);
/// The same for what must be looked up elsewhere: a caller who waits hears nothing meanwhile.
const LONGEST_LOOK: Duration = Duration::from_secs(2);
/// How many nodes one caller may enter in all.
const MOST_NODES: u32 = 1_000;

/// What the flow wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowStep {
    /// Hand this to the call.
    Command(FlowCommand),
    /// Keep this with the call.
    Trail(TrailEntry),
    /// Find this out and feed `FlowEvent::Answer`.
    Ask(FlowQuestion),
    /// Keep what the caller says from now on as a message. `FlowEvent::Quiet` is told when that is nothing.
    Record,
    /// Keep no more of it.
    StopRecord,
    /// Do this with a message.
    Mail(VoicemailId, Chore),
    /// This is the text of `Sound::Spoken` with the number; it is played next.
    Speak(u32, String),
    /// The house speaks this language from now on.
    Language(Language),
    /// The caller gave the call this mark.
    Rate(u8),
}

/// One caller on the way through one graph.
#[derive(Debug)]
pub struct Flow {
    graph: Arc<Graph>,
    here: String,
    state: State,
    /// The caller hears a sound that has not ended.
    playing: bool,
    deadline: Option<Moment>,
    budget: Budget,
    variables: BTreeMap<String, String>,
    /// The keys of an entry so far.
    entered: String,
    /// How many entries had failed when it was asked who has a number.
    failed_entries: u32,
    /// What is to be said after what is being said.
    saying: VecDeque<Sound>,
    /// How many texts were said.
    spoken: u32,
    now: Moment,
    out: Vec<FlowStep>,
}

/// What the flow waits for at the node where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing began yet.
    Fresh,
    /// For the end of a `play` node's greeting.
    Playing,
    /// For the end of what is said.
    Saying,
    /// For a key; so many failures so far.
    Menu { phase: Phase, failures: u32 },
    /// For several keys.
    Entry { phase: entry::Phase, failures: u32 },
    /// For the transfer to come back.
    Away,
    /// For the answer to a question.
    Asking,
    /// For nothing: the flow is over.
    Over,
}

/// Counts nodes, against graphs that spin in spite of the check (a greeting without sound, a group without members).
#[derive(Debug, Default)]
struct Budget {
    entered: u32,
    at_once: u32,
    last: Moment,
}

impl Flow {
    /// A flow that waits for `FlowEvent::Started`.
    pub fn new(graph: Arc<Graph>, now: Moment) -> Flow {
        let here = graph.start.clone();
        Flow {
            graph,
            here,
            state: State::Fresh,
            playing: false,
            deadline: None,
            budget: Budget { last: now, ..Budget::default() },
            variables: BTreeMap::new(),
            entered: String::new(),
            failed_entries: 0,
            saying: VecDeque::new(),
            spoken: 0,
            now,
            out: Vec::new(),
        }
    }

    /// Something happened to the caller.
    pub fn handle(&mut self, now: Moment, event: FlowEvent) -> Vec<FlowStep> {
        self.now = now;
        match event {
            FlowEvent::Started => self.started(),
            FlowEvent::Digit(digit) => self.digit(digit),
            FlowEvent::PlayDone => self.play_done(),
            FlowEvent::Returned(cause) => self.returned(cause),
            FlowEvent::Answer(answer) => self.answered(answer),
            FlowEvent::Quiet => {}
        }
        std::mem::take(&mut self.out)
    }

    /// Call this when [`Flow::deadline`] has come; too early does nothing.
    pub fn timeout(&mut self, now: Moment) -> Vec<FlowStep> {
        self.now = now;
        if self.deadline.is_some_and(|at| at <= now) {
            self.deadline = None;
            match self.state {
                State::Playing | State::Saying => self.sound_ended(),
                State::Menu { phase, failures } => self.menu_time(phase, failures),
                State::Entry { phase, failures } => self.entry_time(phase, failures),
                State::Asking => self.answered(FlowAnswer::Nothing),
                State::Fresh | State::Away | State::Over => {}
            }
        }
        std::mem::take(&mut self.out)
    }

    /// When to call [`Flow::timeout`].
    pub fn deadline(&self) -> Option<Moment> {
        self.deadline
    }

    /// The node where the caller is.
    pub fn node(&self) -> &str {
        &self.here
    }

    /// The graph it walks.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Whether the flow ended the call.
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    fn started(&mut self) {
        match self.state {
            State::Fresh => {
                let start = self.graph.start.clone();
                self.enter(&start);
            }
            State::Playing
            | State::Saying
            | State::Menu { .. }
            | State::Entry { .. }
            | State::Away
            | State::Asking
            | State::Over => {}
        }
    }

    fn digit(&mut self, digit: Digit) {
        match self.state {
            State::Menu { failures, .. } => self.menu_digit(digit, failures),
            State::Entry { failures, .. } => self.entry_digit(digit, failures),
            State::Fresh | State::Playing | State::Saying | State::Away | State::Asking | State::Over => {}
        }
    }

    fn play_done(&mut self) {
        if self.playing {
            self.sound_ended();
        }
    }

    fn sound_ended(&mut self) {
        self.playing = false;
        match self.state {
            State::Playing => match self.graph.nodes.get(&self.here) {
                Some(Node::Play { next, .. }) => {
                    let next = next.clone();
                    self.enter(&next);
                }
                // A sound is only waited for where one was begun.
                Some(_) | None => self.hang_up(Cause::Failed),
            },
            State::Saying => self.say_next(),
            State::Menu { phase, failures } => self.menu_sound_ended(phase, failures),
            State::Entry { phase, failures } => self.entry_sound_ended(phase, failures),
            State::Fresh | State::Away | State::Asking | State::Over => {}
        }
    }

    fn returned(&mut self, cause: Cause) {
        if self.state != State::Away {
            return;
        }
        let next = match self.graph.nodes.get(&self.here) {
            Some(Node::RingGroup { on_no_answer, .. } | Node::Extension { on_no_answer, .. }) => on_no_answer.clone(),
            Some(Node::Queue { on_overflow, .. }) => on_overflow.clone(),
            Some(Node::DialExtension(dial)) => dial.on_no_answer.clone(),
            Some(Node::Owner { otherwise, on_no_answer }) => on_no_answer.clone().or(Some(otherwise.clone())),
            Some(Node::Lookup(lookup)) => lookup.on_no_answer.clone().or(Some(lookup.otherwise.clone())),
            // Nobody is handed on from anywhere else.
            Some(_) | None => None,
        };
        let reason = match &next {
            Some(next) => format!("Nobody could be reached ({}); the flow goes on at `{next}`.", cause.as_str()),
            None => format!("Nobody could be reached ({}) and the node says no more.", cause.as_str()),
        };
        self.note("flow_returned", reason, vec![("node", self.here.clone()), ("cause", cause.as_str().into())]);
        match next {
            Some(next) => self.enter(&next),
            None => self.hang_up(cause),
        }
    }

    /// Moves to a node and does what it says.
    fn enter(&mut self, name: &str) {
        self.deadline = None;
        let graph = Arc::clone(&self.graph);
        let Some(node) = graph.nodes.get(name) else {
            self.note("flow_node", format!("There is no node named `{name}`."), vec![("node", name.to_owned())]);
            return self.hang_up(Cause::Failed);
        };
        self.here = name.to_owned();
        if !self.budget.allows(self.now) {
            let facts = vec![("node", name.to_owned()), ("entered", self.budget.entered.to_string())];
            self.note("flow_limit", "The flow entered too many nodes and is stopped.".to_owned(), facts);
            return self.hang_up(Cause::Failed);
        }
        let reason = format!("The flow comes to the {} `{name}`.", node.kind().replace('_', " "));
        self.note("flow_node", reason, vec![("node", name.to_owned()), ("type", node.kind().to_owned())]);
        match node {
            Node::Play { greeting, .. } => {
                self.state = State::Playing;
                self.play(Sound::Greeting(*greeting));
            }
            Node::Menu(menu) => self.menu_enter(menu, 0),
            Node::RingGroup { group, .. } => self.transfer(FlowTarget::Group(*group)),
            Node::Extension { extension, .. } => self.transfer(FlowTarget::Extension(*extension)),
            Node::Voicemail { extension } => self.transfer(FlowTarget::Voicemail(*extension)),
            Node::Flow { flow } => self.transfer(FlowTarget::Flow(*flow)),
            Node::Schedule { schedule, .. } => self.ask(FlowQuestion::Schedule(*schedule)),
            Node::Caller { .. } => self.ask(FlowQuestion::Caller),
            Node::Queue { queue, priority, skills, on_overflow } => {
                let skills = skills.iter().map(|(skill, level)| (skill.clone(), *level)).collect();
                let returns = on_overflow.is_some();
                self.transfer(FlowTarget::Queue(Enqueue { queue: *queue, priority: *priority, skills, returns }));
            }
            Node::Say(say) => self.say(say),
            Node::Collect(_) | Node::DialExtension(_) | Node::Rate(_) => self.entry_begins(0),
            Node::Language(Speak { language, next }) => {
                self.out.push(FlowStep::Language(*language));
                self.remember("language", language.as_str().to_owned());
                self.enter(next);
            }
            Node::Set(Set { variable, value, next }) => {
                let value = self.filled(value);
                self.remember(variable, value);
                self.enter(next);
            }
            Node::Compare(compare) => {
                let left = self.variables.get(&compare.variable).cloned().unwrap_or_default();
                let holds = compare.is.holds(&left, &self.filled(&compare.value));
                let next = if holds { &compare.yes } else { &compare.no };
                let facts = vec![("node", name.to_owned()), ("value", left)];
                let reason = format!("`{}` is compared, which leads to `{next}`.", compare.variable);
                self.note("flow_compared", reason, facts);
                self.enter(next);
            }
            Node::Lookup(lookup) => {
                let variables = self.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
                self.ask(FlowQuestion::Lookup { url: lookup.url.clone(), variables });
            }
            Node::Contact { .. } => self.ask(FlowQuestion::Contact),
            Node::Owner { .. } => self.ask(FlowQuestion::Owner),
            Node::Hangup { cause } => self.hang_up(*cause),
        }
    }

    fn ask(&mut self, question: FlowQuestion) {
        self.state = State::Asking;
        let patience = match question {
            FlowQuestion::Lookup { .. } | FlowQuestion::Contact | FlowQuestion::Owner => LONGEST_LOOK,
            FlowQuestion::Schedule(_) | FlowQuestion::Caller | FlowQuestion::Extension(_) => LONGEST_ANSWER,
        };
        self.deadline = Some(self.now + patience);
        self.out.push(FlowStep::Ask(question));
    }

    /// What was asked is known, or nothing is.
    fn answered(&mut self, answer: FlowAnswer) {
        if self.state != State::Asking {
            return;
        }
        let graph = Arc::clone(&self.graph);
        let next = match graph.nodes.get(&self.here) {
            Some(Node::Schedule { open, closed, holiday, .. }) => match answer {
                FlowAnswer::Open => open,
                FlowAnswer::Holiday => holiday.as_ref().unwrap_or(closed),
                _ => closed,
            },
            Some(Node::Caller { vip, anonymous, otherwise }) => match answer {
                FlowAnswer::Vip => vip.as_ref().unwrap_or(otherwise),
                FlowAnswer::Anonymous => anonymous.as_ref().unwrap_or(otherwise),
                _ => otherwise,
            },
            Some(Node::Contact { known, otherwise }) => match answer {
                FlowAnswer::Known => known,
                _ => otherwise,
            },
            Some(Node::Owner { otherwise, .. }) => match answer {
                FlowAnswer::Extension(extension) => return self.transfer(FlowTarget::Extension(extension)),
                _ => otherwise,
            },
            Some(Node::DialExtension(_)) => match answer {
                FlowAnswer::Extension(extension) => return self.extension_found(Some(extension)),
                _ => return self.extension_found(None),
            },
            Some(Node::Lookup(lookup)) => return self.looked_up(lookup, answer),
            // Nothing is asked anywhere else.
            Some(_) | None => return self.hang_up(Cause::Failed),
        };
        let facts = vec![("node", self.here.clone()), ("answer", answer.as_str().to_owned())];
        self.note("flow_answer", format!("The answer is {}, which leads to `{next}`.", answer.as_str()), facts);
        self.enter(next);
    }

    fn transfer(&mut self, target: FlowTarget) {
        self.silence();
        self.state = State::Away;
        self.command(FlowCommand::Transfer(target));
    }

    fn hang_up(&mut self, cause: Cause) {
        self.deadline = None;
        self.state = State::Over;
        self.command(FlowCommand::Hangup(cause));
    }

    fn play(&mut self, sound: Sound) {
        self.playing = true;
        self.deadline = Some(self.now + LONGEST_SOUND);
        self.command(FlowCommand::Play(sound));
    }

    fn silence(&mut self) {
        if self.playing {
            self.playing = false;
            self.command(FlowCommand::StopPlay);
        }
    }

    fn command(&mut self, command: FlowCommand) {
        self.out.push(FlowStep::Command(command));
    }

    fn note(&mut self, step: &'static str, reason: String, facts: Vec<(&'static str, String)>) {
        self.out.push(FlowStep::Trail(TrailEntry { at: self.now, step, reason, facts }));
    }
}

impl Budget {
    /// Counts one more node; false when it is one too many.
    fn allows(&mut self, now: Moment) -> bool {
        self.entered += 1;
        self.at_once = if now.since(self.last) < AT_ONCE { self.at_once + 1 } else { 0 };
        self.last = now;
        self.entered <= MOST_NODES && self.at_once <= MOST_AT_ONCE
    }
}

#[cfg(test)]
mod tests;

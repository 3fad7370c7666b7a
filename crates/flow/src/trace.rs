//! What would a flow do? The answer without a call, for `alo simulate` and for people who draw graphs.

use crate::graph::Graph;
use crate::machine::{Flow, FlowStep};
use model::flow::{FlowAnswer, FlowCommand, FlowEvent, FlowQuestion, FlowTarget};
use model::{Cause, Digit, Moment, TrailEntry};
use std::sync::Arc;

/// What an imagined caller does, or what becomes of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Presses a key, whether or not the greeting has ended.
    Digit(Digit),
    /// Lets the time run out, after hearing the greeting to its end.
    Timeout,
    /// The extension or group that was tried did not answer.
    NoAnswer,
    /// The same with another cause.
    Returned(Cause),
    /// The extension or group that was tried answered.
    Answer,
    /// Listens to greetings to their end, until something else is waited for.
    Listen,
}

/// Where an imagined caller is when the script, or the flow, is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The node.
    pub node: String,
    /// What becomes of the caller there.
    pub fate: Fate,
}

/// What becomes of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The flow waits for something that the script does not tell: a key, mostly.
    Waiting,
    /// The flow handed the caller on.
    Handed(FlowTarget),
    /// The flow ended the call.
    Ended(Cause),
}

/// An imagined caller's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// Every decision; the last one (`flow_end`) says where the caller is.
    pub trail: Vec<TrailEntry>,
    /// The same for programs.
    pub end: End,
}

/// Walks the graph by the script and tells each decision: [`walk`] without its end.
pub fn trace(graph: &Graph, script: &[Step], know: &dyn Fn(FlowQuestion) -> FlowAnswer) -> Vec<TrailEntry> {
    walk(graph, script, know).trail
}

/// Walks the graph by the script. Greetings take no time; `know` answers the questions.
pub fn walk(graph: &Graph, script: &[Step], know: &dyn Fn(FlowQuestion) -> FlowAnswer) -> Walked {
    let mut walk = Walk::new(graph, know);
    walk.event(FlowEvent::Started);
    for step in script {
        if walk.ended.is_some() || walk.answered {
            break;
        }
        walk.step(*step);
    }
    walk.close()
}

struct Walk<'a> {
    flow: Flow,
    know: &'a dyn Fn(FlowQuestion) -> FlowAnswer,
    now: Moment,
    trail: Vec<TrailEntry>,
    playing: bool,
    transferred: Option<FlowTarget>,
    answered: bool,
    ended: Option<Cause>,
}

impl<'a> Walk<'a> {
    fn new(graph: &Graph, know: &'a dyn Fn(FlowQuestion) -> FlowAnswer) -> Walk<'a> {
        let flow = Flow::new(Arc::new(graph.clone()), Moment::START);
        let (trail, now) = (Vec::new(), Moment::START);
        Walk { flow, know, now, trail, playing: false, transferred: None, answered: false, ended: None }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Digit(digit) => {
                self.hear_until_a_key_counts();
                self.event(FlowEvent::Digit(digit));
            }
            Step::Timeout => {
                self.hear_out();
                if let Some(deadline) = self.flow.deadline() {
                    self.now = self.now.max(deadline);
                    let steps = self.flow.timeout(self.now);
                    self.take(steps);
                }
            }
            Step::NoAnswer => self.returned(Cause::NoAnswer),
            Step::Returned(cause) => self.returned(cause),
            Step::Listen => self.hear_out(),
            Step::Answer => self.answered = self.transferred.is_some(),
        }
    }

    /// A key is heard by a menu only: greetings of `play` nodes before it are listened to.
    fn hear_until_a_key_counts(&mut self) {
        let kind = |flow: &Flow, graph: &Graph| graph.nodes.get(flow.node()).map(crate::Node::kind);
        while self.playing && matches!(kind(&self.flow, self.flow.graph()), Some("play" | "say")) {
            self.sound_ends();
        }
    }

    fn hear_out(&mut self) {
        while self.playing {
            self.sound_ends();
        }
    }

    fn returned(&mut self, cause: Cause) {
        self.transferred = None;
        self.event(FlowEvent::Returned(cause));
    }

    fn sound_ends(&mut self) {
        self.playing = false;
        self.event(FlowEvent::PlayDone);
    }

    fn event(&mut self, event: FlowEvent) {
        let steps = self.flow.handle(self.now, event);
        self.take(steps);
    }

    fn take(&mut self, steps: Vec<FlowStep>) {
        for step in steps {
            match step {
                FlowStep::Trail(entry) => self.trail.push(entry),
                FlowStep::Ask(question) => self.event(FlowEvent::Answer((self.know)(question))),
                // Nothing of a flow is kept.
                FlowStep::Record
                | FlowStep::StopRecord
                | FlowStep::Mail(..)
                | FlowStep::Speak(..)
                | FlowStep::Language(_)
                | FlowStep::Rate(_) => {}
                FlowStep::Command(FlowCommand::Play(_)) => self.playing = true,
                FlowStep::Command(FlowCommand::StopPlay) => self.playing = false,
                FlowStep::Command(FlowCommand::Transfer(target)) => self.transferred = Some(target),
                FlowStep::Command(FlowCommand::Hangup(cause)) => self.ended = Some(cause),
            }
        }
    }

    fn close(mut self) -> Walked {
        let node = self.flow.node().to_owned();
        let (reason, fate) = match (self.ended, self.transferred) {
            (Some(cause), _) => (format!("The flow ends the call ({}).", cause.as_str()), Fate::Ended(cause)),
            (None, Some(target)) => {
                let reason = match self.answered {
                    true => format!("{} answers and the flow is done.", name(&target)),
                    false => format!("The script is over; the caller is at `{node}`."),
                };
                (reason, Fate::Handed(target))
            }
            (None, None) => (format!("The script is over; the caller is at `{node}`."), Fate::Waiting),
        };
        self.trail.push(TrailEntry::new(self.now, "flow_end", reason).fact("node", &node));
        Walked { trail: self.trail, end: End { node, fate } }
    }
}

fn name(target: &FlowTarget) -> String {
    match target {
        FlowTarget::Group(group) => format!("The group {group}"),
        FlowTarget::Extension(extension) => format!("The extension {extension}"),
        FlowTarget::Flow(flow) => format!("The flow {flow}"),
        FlowTarget::Voicemail(extension) => format!("The mailbox of the extension {extension}"),
        FlowTarget::Queue(entry) => format!("An agent of the queue {}", entry.queue),
    }
}

#[cfg(test)]
mod tests;

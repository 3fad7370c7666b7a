//! The driver of the world: what the engine is in the real one. It performs actions in order, answers questions from
//! the house, and carries words between the call and its flow.

use super::{Coming, World};
use crate::edge::Edge;
use crate::far::Manner;
use crate::house::Elsewhere;
use call::{Action, Given, Input, LegKind, Party, Question, Recording, RecordingRule, Released, Reply, Script, Ticket};
use flow::{Announcement, Deposit, Flow, FlowStep, Mailbox, Steering};
use model::flow::{FlowCommand, FlowEvent};
use model::leg::{Destination, Dial, Prompt, Sound};
use model::{Cause, ExtensionId, LegCommand, LegId};
use std::sync::Arc;
use std::time::Duration;

type Verdict = Result<(), String>;

/// How long a message may be.
pub(crate) const LONGEST_MESSAGE: Duration = Duration::from_secs(60);

impl World {
    /// The call hears this, and after it whatever that gave the flow to say.
    pub(super) fn hear(&mut self, input: Input) -> Verdict {
        self.inbox.push_back(input);
        self.hear_all()
    }

    fn hear_all(&mut self) -> Verdict {
        while let Some(input) = self.inbox.pop_front() {
            self.tell(|| format!("  <- {input:?}"));
            self.watch.input(&input);
            if let Input::Replace { .. } = &input {
                self.comes_in();
            }
            let actions = self.call.handle(self.now, input);
            self.perform(actions)?;
        }
        Ok(())
    }

    /// Some timer has come: the call's, the flow's, or both.
    pub(super) fn time_passes(&mut self) -> Verdict {
        let now = self.now;
        if self.call.deadline().is_some_and(|at| at <= now) {
            self.tell(|| "  <- the call's time".to_owned());
            let actions = self.call.timeout(now);
            self.perform(actions)?;
        }
        if let Some(flow) = &mut self.flow
            && flow.deadline().is_some_and(|at| at <= now)
        {
            let steps = flow.timeout(now);
            self.tell(|| "  <- the flow's time".to_owned());
            self.flow_steps(steps);
        }
        self.hear_all()
    }

    fn perform(&mut self, actions: Vec<Action>) -> Verdict {
        for action in actions {
            self.tell(|| format!("  -> {action:?}"));
            self.watch.action(&action)?;
            match action {
                Action::Ask(ticket, question) => self.answer(ticket, &question),
                Action::Leg(leg, command) => self.command_leg(leg, command),
                Action::Bridge(caller, far) => self.bridges.push((caller, far)),
                Action::Mix { hearings, .. } => self.mixes.push(hearings),
                Action::Unbridge(..)
                | Action::Unmix
                | Action::PauseRecord(_)
                | Action::Record { .. }
                | Action::RecordBeside { .. }
                | Action::StopRecord => {}
                // Who hangs up leaves what was said.
                Action::Finish(_) => self.message_ends(),
                Action::Adopt(_, leg) => self.adopt(leg),
                Action::Release(Released::Leg((leg, _))) => self.give_away(leg),
                Action::Release(Released::Number(_) | Released::Nobody) => {}
                Action::StartFlow(flow) => self.start_flow(flow),
                Action::Flow(event) => self.tell_flow(event),
                Action::StopFlow => self.flow = None,
                Action::Queue(news) => self.tell_queue(news),
                Action::Publish(event) => self.events.push(event),
            }
        }
        Ok(())
    }

    fn command_leg(&mut self, leg: LegId, command: LegCommand) {
        self.commands.push((self.now, leg, command.clone()));
        match &command {
            LegCommand::Dial(dial) => {
                let manner = self.manner_of(dial);
                self.edges.insert(leg, Edge::new(false, &manner));
                self.acts_begin(leg, &manner);
            }
            LegCommand::Play(play) => self.heard.push((leg, play.sound)),
            LegCommand::Ring
            | LegCommand::Answer
            | LegCommand::Reject { .. }
            | LegCommand::Hangup { .. }
            | LegCommand::StopPlay
            | LegCommand::Transfer(_) => {}
        }
        self.later(self.nature.latency, Coming::Command(leg, command));
    }

    fn manner_of(&self, dial: &Dial) -> Manner {
        match &dial.to {
            Destination::Contact { extension, contact } => self.house.phone(*extension, *contact),
            Destination::Trunk { trunk, .. } => self.house.carriers.get(trunk).cloned().unwrap_or_else(Manner::quiet),
        }
    }

    fn answer(&mut self, ticket: Ticket, question: &Question) {
        if self.dice.percent(self.nature.lost_replies) {
            return self.tell(|| "     (the answer is lost)".to_owned());
        }
        let reply = match question {
            Question::Route { dialled, .. } => Reply::Route(Box::new(self.route(dialled))),
            Question::Locate { extension, rings_as } => self.house.locate(*extension, *rings_as),
            Question::Forward { extension, cause } => Reply::Forward(self.house.forward(*extension, *cause)),
            Question::Group(group) => Reply::Group(self.house.plans.get(group).cloned()),
            Question::Recording(_) => Reply::Recording(RecordingRule {
                rule: Recording::Always,
                because: "company".to_owned(),
                announcement: None,
            }),
            Question::Adopt { edge, extension, .. } => Reply::Adopted(self.released(*edge, *extension)),
        };
        self.say(self.nature.reply_after, Input::Reply(ticket, reply));
    }

    /// What another call gives away when it is asked; the one it names is waited for by `adopt`.
    fn released(&mut self, edge: u64, extension: ExtensionId) -> Released<Given> {
        let found = self.house.elsewhere.remove(&edge).filter(|elsewhere| elsewhere.extension == extension);
        match found {
            None => Released::Nobody,
            Some(Elsewhere { with: None, dialled, .. }) => Released::Number(dialled),
            Some(Elsewhere { with: Some(with), manner, .. }) => {
                self.given = Some(manner);
                let party = Party::Extension { extension: with, contact: Some(1) };
                Released::Leg(Given { party, kind: LegKind::Out, held: false })
            }
        }
    }

    /// A leg comes in for another's place.
    fn comes_in(&mut self) {
        if self.watch.summary().is_some() || !self.watch.has_begun() {
            return;
        }
        let (id, manner) = (self.call.next_leg(), self.house.replacing.clone().unwrap_or_else(Manner::quiet));
        self.watch.comes_in(id);
        self.edges.insert(id, Edge::new(true, &manner));
        self.acts_begin(id, &manner);
    }

    fn adopt(&mut self, leg: LegId) {
        let manner = self.given.take().unwrap_or_else(Manner::quiet);
        self.edges.insert(leg, Edge::adopted(false, &manner));
        self.acts_begin(leg, &manner);
    }

    fn give_away(&mut self, leg: LegId) {
        if let Some(edge) = self.edges.get_mut(&leg) {
            edge.give_away();
        }
    }

    fn route(&self, dialled: &str) -> call::Route {
        self.house.numbers.get(dialled).cloned().unwrap_or_else(|| call::Route {
            direction: call::Direction::Internal,
            hotline: None,
            caller_number: String::new(),
            caller_name: String::new(),
            to: call::RouteTarget::Reject(Cause::NotFound),
            record: false,
            reason: format!("Nobody has the number {dialled}."),
            facts: Vec::new(),
        })
    }

    fn start_flow(&mut self, script: Script) {
        let steering = match script {
            Script::Flow(id) => {
                let graph = self.house.graphs.get(&id);
                graph.map(|graph| Steering::Flow(Box::new(Flow::new(Arc::clone(graph), self.now))))
            }
            Script::Announcement(sound, cause) => Some(Steering::Announcement(Announcement::new(sound, cause))),
            // Nothing places calls here.
            Script::Placed => None,
            Script::Voicemail(extension, cause) => {
                let open = self.house.handling.get(&extension).is_some_and(|handling| handling.mailbox);
                let greeting = Some(Sound::Prompt(Prompt::LeaveMessage));
                open.then(|| Steering::Deposit(Deposit::new(greeting, LONGEST_MESSAGE, cause)))
            }
            Script::Mailbox(_) => Some(Steering::Mailbox(Box::new(Mailbox::new(None, Vec::new())))),
        };
        match steering {
            Some(steering) => {
                self.flow = Some(steering);
                self.tell_flow(FlowEvent::Started);
            }
            None => self.inbox.push_back(Input::Flow(FlowCommand::Hangup(Cause::NoRoute))),
        }
    }

    fn message_ends(&mut self) {
        let now = self.now;
        self.messages.extend(self.taking.take().map(|began| (began, now)));
    }

    fn tell_flow(&mut self, event: FlowEvent) {
        let now = self.now;
        let Some(flow) = &mut self.flow else { return };
        let steps = flow.handle(now, event);
        self.flow_steps(steps);
    }

    fn flow_steps(&mut self, steps: Vec<FlowStep>) {
        for step in steps {
            match step {
                FlowStep::Command(command) => self.inbox.push_back(Input::Flow(command)),
                FlowStep::Trail(entry) => self.inbox.push_back(Input::Trail(entry)),
                FlowStep::Record => self.taking = Some(self.now),
                FlowStep::StopRecord => self.message_ends(),
                FlowStep::Mail(..) | FlowStep::Speak(..) => {}
                FlowStep::Language(language) => self.languages.push(language),
                FlowStep::Rate(mark) => self.marks.push(mark),
                FlowStep::Ask(question) => {
                    let answer = self.house.know(question);
                    self.tell_flow(FlowEvent::Answer(answer));
                }
            }
        }
    }
}

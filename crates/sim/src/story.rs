//! The words in which scenarios are told.

use crate::far::Manner;
use crate::house::Elsewhere;
use crate::keeper::Keeper;
use crate::world::World;
use call::{
    Direction, Event, Input, LegSummary, Origin, Party, RingMember, RingPlan, RouteTarget, Strategy, Summary,
    TrunkStep, Wish,
};
use model::flow::FlowAnswer;
use model::leg::{Sound, TransferNews};
use model::{Cause, ExtensionId, Id, LegCommand, LegId, QueueId};
use std::sync::Arc;
use std::time::Duration;

/// A phone that is switched off: give it as the only phone of an extension that exists but is not registered.
pub const SWITCHED_OFF: Option<Manner> = None;

impl World {
    /// An extension with one phone (or with none, when it is switched off). Named twice, it has two phones.
    #[must_use]
    pub fn phone(mut self, name: &str, manner: impl Into<Option<Manner>>) -> World {
        let extension = self.house.extension(name);
        if let Some(manner) = manner.into() {
            self.house.add_phone(extension, manner);
        }
        self.house.add_number(name, Direction::Internal, false, RouteTarget::Extension(extension));
        self
    }

    /// A ring group.
    #[must_use]
    pub fn group(mut self, name: &str, strategy: Strategy, ring_for: Duration, members: &[&str]) -> World {
        let group = self.house.group(name);
        let members = members.iter().map(|member| RingMember::plain(self.house.extension(member))).collect();
        self.house.plans.insert(group, RingPlan { strategy, members, ring_for, otherwise: None });
        self.house.add_number(name, Direction::Internal, false, RouteTarget::Group(group));
        self
    }

    /// In this group, this member joins so much later and rings so long.
    #[must_use]
    pub fn member(mut self, group: &str, name: &str, delay: Duration, ring_for: impl Into<Option<Duration>>) -> World {
        let (group, extension) = (self.house.group(group), self.house.extension(name));
        let ring_for = ring_for.into();
        let plan = self.house.plans.get_mut(&group).expect("the group comes before its members' own times");
        for member in plan.members.iter_mut().filter(|member| member.extension == extension) {
            *member = RingMember { extension, delay, ring_for };
        }
        self
    }

    /// When nobody of the group answers, the call goes on to what this number leads to.
    #[must_use]
    pub fn otherwise(mut self, group: &str, number: &str) -> World {
        let group = self.house.group(group);
        let to = self.house.numbers[number].to.clone();
        self.house.plans.get_mut(&group).expect("the group comes before its target").otherwise = Some(to);
        self
    }

    /// A number that leads to an announcement.
    #[must_use]
    pub fn announcement(mut self, number: &str, greeting: u128) -> World {
        let to = RouteTarget::Announcement(Sound::Greeting(model::id::Id::from_bits(greeting)));
        self.house.add_number(number, Direction::Inbound, false, to);
        self
    }

    /// A schedule that says the same all the time.
    #[must_use]
    pub fn schedule(mut self, name: &str, says: FlowAnswer) -> World {
        let fresh = model::id::Id::from_bits(self.house.schedules.len() as u128 + 1);
        self.house.schedules.insert(name.to_owned(), (fresh, says));
        self
    }

    /// What the company knows of who calls.
    #[must_use]
    pub fn knows_the_caller(mut self, says: FlowAnswer) -> World {
        self.house.caller = Some(says);
        self
    }

    /// The extension forwards calls that fail for this cause, or all of them, to a number.
    #[must_use]
    pub fn forwards(mut self, name: &str, on: impl Into<Option<Cause>>, number: &str) -> World {
        let extension = self.house.extension(name);
        self.house.handling.entry(extension).or_default().forwards.push((on.into(), number.to_owned()));
        self
    }

    /// The extension does not want to be disturbed.
    #[must_use]
    pub fn do_not_disturb(mut self, name: &str) -> World {
        let extension = self.house.extension(name);
        self.house.handling.entry(extension).or_default().do_not_disturb = true;
        self
    }

    /// Callers may leave messages for the extension.
    #[must_use]
    pub fn mailbox(mut self, name: &str) -> World {
        let extension = self.house.extension(name);
        self.house.handling.entry(extension).or_default().mailbox = true;
        self
    }

    /// The extension rings for so long.
    #[must_use]
    pub fn rings_for(mut self, name: &str, time: Duration) -> World {
        let extension = self.house.extension(name);
        self.house.handling.entry(extension).or_default().ring_for = Some(time);
        self
    }

    /// The extension is on a call of its own all the time.
    #[must_use]
    pub fn on_a_call(mut self, name: &str) -> World {
        let extension = self.house.extension(name);
        self.house.talking.insert(extension);
        self
    }

    /// A flow. In the JSON, `@name` stands for the id of the group or extension of that name.
    #[must_use]
    pub fn flow(mut self, name: &str, json: &str) -> World {
        let mut text = json
            .replace("@hello", "grt_00000000000000000000000001")
            .replace("@sorry", "grt_00000000000000000000000002");
        for (name, id) in &self.house.groups {
            text = text.replace(&format!("@{name}"), &id.to_string());
        }
        for (name, (id, _)) in &self.house.schedules {
            text = text.replace(&format!("@{name}"), &id.to_string());
        }
        for (name, id) in &self.house.extensions {
            text = text.replace(&format!("@{name}"), &id.to_string());
        }
        let graph: flow::Graph = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e} in {text}"));
        if let Err(faults) = graph.validate() {
            panic!("{name}: {faults:?}");
        }
        let flow = self.house.flow(name);
        self.house.graphs.insert(flow, Arc::new(graph));
        self
    }

    /// A carrier and what becomes of calls that go out through it.
    #[must_use]
    pub fn carrier(mut self, name: &str, manner: Manner) -> World {
        let trunk = self.house.trunk(name);
        self.house.carriers.insert(trunk, manner);
        self
    }

    /// A hotline that leads to a flow and is recorded.
    #[must_use]
    pub fn hotline_to_flow(mut self, number: &str, flow: &str) -> World {
        let flow = self.house.flow(flow);
        self.house.add_number(number, Direction::Inbound, true, RouteTarget::Flow(flow));
        self
    }

    /// A hotline that leads straight to a group.
    #[must_use]
    pub fn hotline_to_group(mut self, number: &str, group: &str) -> World {
        let group = self.house.group(group);
        self.house.add_number(number, Direction::Inbound, false, RouteTarget::Group(group));
        self
    }

    /// Calls to the number wait in a queue of their own.
    #[must_use]
    pub fn hotline_to_queue(mut self, number: &str, keeper: Keeper) -> World {
        let queue = QueueId::from_bits(self.house.queues.len() as u128 + 1);
        self.house.queues.insert(queue, keeper);
        self.house.add_number(number, Direction::Inbound, true, RouteTarget::Queue(queue));
        self
    }

    /// A hotline that leads straight to an extension.
    #[must_use]
    pub fn hotline_to_phone(mut self, number: &str, name: &str) -> World {
        let extension = self.house.extension(name);
        self.house.add_number(number, Direction::Inbound, false, RouteTarget::Extension(extension));
        self
    }

    /// An outside number, reached through these carriers in order.
    #[must_use]
    pub fn outside(mut self, number: &str, carriers: &[&str]) -> World {
        let step = |world: &mut World, name: &str| TrunkStep { trunk: world.house.trunk(name), number: number.into() };
        let steps = carriers.iter().map(|name| step(&mut self, name)).collect();
        self.house.add_number(number, Direction::Outbound, true, RouteTarget::Trunk(steps));
        self
    }

    /// Somebody calls one of our numbers from outside.
    pub fn customer_calls(&mut self, number: &str, manner: Manner) {
        let trunk = self.house.trunk("carrier");
        self.call_comes_in(Origin::Trunk(trunk), number, manner);
    }

    /// One of our extensions calls somebody.
    pub fn dials(&mut self, name: &str, number: &str, manner: Manner) {
        let extension = self.house.extension(name);
        self.call_comes_in(Origin::Extension(extension), number, manner);
    }

    /// Somebody clicks on a number.
    pub fn clicks_to_call(&mut self, name: &str, number: &str) {
        let extension = self.house.extension(name);
        let (caller_number, caller_name, to) = (name.to_owned(), String::new(), number.to_owned());
        self.say(Duration::ZERO, Input::Originate { extension, caller_number, caller_name, to });
    }

    /// An order from outside ends the call, after a while.
    pub fn is_ordered_to_end(&mut self, after: Duration, cause: Cause) {
        self.say(after, Input::Hangup { cause });
    }

    /// Somebody wants something of the talk, after a while.
    pub fn is_wanted(&mut self, after: Duration, wish: Wish) {
        self.say(after, Input::Wish { by: "someone".to_owned(), wish });
    }

    /// The extension of this name.
    pub fn extension(&mut self, name: &str) -> ExtensionId {
        self.house.extension(name)
    }

    /// Who hears whom at last, in order.
    pub fn hears_last(&self) -> Vec<(u16, u16)> {
        let mut last: Vec<_> = self.mixes.last().into_iter().flatten().map(|(ear, mouth)| (ear.0, mouth.0)).collect();
        last.sort_unstable();
        last
    }

    /// Lets time pass.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.now() + time;
        if let Err(broken) = self.go_until(Some(end)) {
            panic!("{broken}\n{}", self.story.join("\n"));
        }
    }

    /// Lets everything happen that is to happen, and gives the record.
    pub fn run(&mut self) -> Summary {
        if let Err(broken) = self.go_until(None) {
            panic!("{broken}\n{}", self.story.join("\n"));
        }
        self.record().cloned().unwrap_or_else(|| panic!("no record\n{}", self.story.join("\n")))
    }

    /// Fails with the story when something is not so.
    #[track_caller]
    pub fn assert(&self, so: bool, what: &str) {
        assert!(so, "{what}\n{}", self.story.join("\n"));
    }

    /// Whether a leg was played this.
    pub fn was_played(&self, leg: u16, sound: Sound) -> bool {
        self.heard.contains(&(LegId(leg), sound))
    }

    /// Whether two legs were ever connected.
    pub fn were_connected(&self, one: u16, other: u16) -> bool {
        self.bridges.contains(&(LegId(one), LegId(other)))
    }

    /// Whether a leg was told that it rings.
    pub fn was_told_it_rings(&self, leg: u16) -> bool {
        self.commands.iter().any(|(_, id, command)| *id == LegId(leg) && *command == LegCommand::Ring)
    }

    /// The causes with which a leg was hung up or refused.
    pub fn sent_home(&self, leg: u16) -> Vec<Cause> {
        let ends = |command: &LegCommand| match command {
            LegCommand::Hangup { cause } | LegCommand::Reject { cause } => Some(*cause),
            LegCommand::Dial(_)
            | LegCommand::Ring
            | LegCommand::Answer
            | LegCommand::Play(_)
            | LegCommand::StopPlay
            | LegCommand::Transfer(_) => None,
        };
        self.commands.iter().filter(|(_, id, _)| *id == LegId(leg)).filter_map(|(_, _, c)| ends(c)).collect()
    }

    /// What a leg was told of the transfers it asked for.
    pub fn news_to(&self, leg: u16) -> Vec<TransferNews> {
        let news = self.commands.iter().filter(|(_, id, _)| *id == LegId(leg));
        news.filter_map(|(_, _, command)| if let LegCommand::Transfer(news) = command { Some(*news) } else { None })
            .collect()
    }

    /// A phone of the extension calls in to take a leg's place.
    pub fn takes_place(&mut self, after: Duration, of: u16, name: &str, manner: Manner) {
        let party = Party::Extension { extension: self.house.extension(name), contact: None };
        self.house.replacing = Some(manner);
        self.say(after, Input::Replace { leg: LegId(of), party });
    }

    /// The extension talks with somebody in another call, who behaves like that once taken over.
    pub fn talks_elsewhere(&mut self, edge: u64, name: &str, with: &str, manner: Manner) {
        let (extension, with) = (self.house.extension(name), self.house.extension(with));
        self.house.elsewhere.insert(edge, Elsewhere { extension, with: Some(with), dialled: String::new(), manner });
    }

    /// Whether the world was told this.
    pub fn told(&self, event: &Event) -> bool {
        self.events.contains(event)
    }

    /// The id behind a name.
    pub fn id_of(&self, name: &str) -> ExtensionId {
        self.house.extensions[name]
    }
}

/// The leg of that number in a record.
pub fn leg(record: &Summary, number: u16) -> &LegSummary {
    &record.legs[usize::from(number)]
}

/// Whether the record's trail has this step.
pub fn decided(record: &Summary, step: &str) -> bool {
    record.trail.iter().any(|entry| entry.step == step)
}

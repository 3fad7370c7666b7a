//! The company of the world: extensions and their phones, groups, flows, carriers, and where numbers lead.

use crate::dice::Dice;
use crate::far::Manner;
use crate::keeper::Keeper;
use call::{Direction, Onward, Reply, RingPlan, RingsAs, Route, RouteTarget};
use flow::Graph;
use model::flow::{FlowAnswer, FlowQuestion};
use model::id::Id;
use model::{Cause, ExtensionId, FlowId, GroupId, HotlineId, QueueId, ScheduleId, TrunkId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// What the driver can look up.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// Extensions by name.
    pub extensions: BTreeMap<String, ExtensionId>,
    /// The registered phones of each extension: contact and manner.
    pub phones: BTreeMap<ExtensionId, Vec<(u64, Manner)>>,
    /// Who is on a call of their own.
    pub talking: BTreeSet<ExtensionId>,
    /// How extensions handle calls.
    pub handling: BTreeMap<ExtensionId, Handling>,
    /// Groups by name.
    pub groups: BTreeMap<String, GroupId>,
    /// How each group rings.
    pub plans: BTreeMap<GroupId, RingPlan>,
    /// Flows by name.
    pub flows: BTreeMap<String, FlowId>,
    /// Their graphs.
    pub graphs: BTreeMap<FlowId, Arc<Graph>>,
    /// Schedules by name, and what each says all the time.
    pub schedules: BTreeMap<String, (ScheduleId, FlowAnswer)>,
    /// What is known of the caller.
    pub caller: Option<FlowAnswer>,
    /// What is found out elsewhere: in the contacts, at a service of the company.
    pub outside: Option<FlowAnswer>,
    /// What each queue does with its caller.
    pub queues: BTreeMap<QueueId, Keeper>,
    /// Carriers by name.
    pub trunks: BTreeMap<String, TrunkId>,
    /// What happens to a call that goes out through a carrier.
    pub carriers: BTreeMap<TrunkId, Manner>,
    /// Where each number leads.
    pub numbers: BTreeMap<String, Route>,
    /// Other calls, by the number of a leg in them.
    pub elsewhere: BTreeMap<u64, Elsewhere>,
    /// What the phone does that calls in for another leg's place.
    pub replacing: Option<Manner>,
}

/// Another call, as an attended transfer finds it.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Whose leg it is.
    pub extension: ExtensionId,
    /// Whom they talk with; none while it rings.
    pub with: Option<ExtensionId>,
    /// What they dialled.
    pub dialled: String,
    /// What the other one does from then on.
    pub manner: Manner,
}

/// How an extension handles calls.
#[derive(Debug, Clone, Default)]
pub struct Handling {
    /// No phone rings.
    pub do_not_disturb: bool,
    /// How long it rings.
    pub ring_for: Option<Duration>,
    /// Where its calls go: for this cause, or for all without ringing.
    pub forwards: Vec<(Option<Cause>, String)>,
    /// Callers may leave messages.
    pub mailbox: bool,
}

impl House {
    /// What is known of an extension's phones.
    pub fn locate(&self, extension: ExtensionId, rings_as: RingsAs) -> Reply {
        let handling = self.handling.get(&extension).filter(|_| rings_as != RingsAs::Own);
        let direct = rings_as == RingsAs::Direct;
        let always = handling.is_some_and(|handling| handling.forwards.iter().any(|(cause, _)| cause.is_none()));
        if direct && always {
            return Reply::Forwarded(Cause::Unavailable);
        }
        let busy = rings_as == RingsAs::IdleMember && self.talking.contains(&extension);
        if busy || handling.is_some_and(|handling| handling.do_not_disturb) {
            let forwards = direct && self.forward(extension, Cause::Busy).is_some();
            return if forwards { Reply::Forwarded(Cause::Busy) } else { Reply::Away(Cause::Busy) };
        }
        let phones = self.phones.get(&extension).into_iter().flatten();
        let contacts = phones.map(|(contact, _)| *contact).collect();
        match handling.filter(|_| direct) {
            Some(Handling { ring_for, forwards, mailbox, .. }) => {
                Reply::Ring { contacts, ring_for: *ring_for, forwards: !forwards.is_empty() || *mailbox }
            }
            None => Reply::Contacts(contacts),
        }
    }

    /// Where a call goes that failed at the extension.
    pub fn forward(&self, extension: ExtensionId, cause: Cause) -> Option<Onward> {
        let handling = self.handling.get(&extension)?;
        let found = handling.forwards.iter().find(|(on, _)| on.is_none_or(|on| on == cause));
        let number = found.map(|(_, number)| Onward::Number(number.clone()));
        number.or_else(|| handling.mailbox.then_some(Onward::Voicemail))
    }

    /// The id of an extension; made when it is new.
    pub fn extension(&mut self, name: &str) -> ExtensionId {
        let fresh = ExtensionId::from_bits(self.extensions.len() as u128 + 1);
        *self.extensions.entry(name.to_owned()).or_insert(fresh)
    }

    /// A queue whose keeper offers the caller so many times; made when it is new.
    pub fn queue(&mut self, number: u64, offers: u64, dice: &mut Dice) -> QueueId {
        let id = QueueId::from_bits(u128::from(number));
        let agents: Vec<ExtensionId> = self.extensions.values().copied().collect();
        let agents = (0..offers).map(|_| dice.pick(&agents)).collect();
        let to = dice.percent(40).then(|| match dice.percent(50) {
            true => RouteTarget::Queue(QueueId::from_bits(u128::from(dice.of(1..=3)))),
            false => RouteTarget::Extension(ExtensionId::from_bits(1)),
        });
        let ring_for = dice.time(0..=20_000);
        self.queues.entry(id).or_insert(Keeper {
            agents,
            ring_for,
            to,
            crosses: dice.percent(30),
            silent: dice.percent(3),
            survey: dice.percent(30).then(|| FlowId::from_bits(1)),
        });
        id
    }

    /// The id of a group; made when it is new.
    pub fn group(&mut self, name: &str) -> GroupId {
        let fresh = GroupId::from_bits(self.groups.len() as u128 + 1);
        *self.groups.entry(name.to_owned()).or_insert(fresh)
    }

    /// The id of a flow; made when it is new.
    pub fn flow(&mut self, name: &str) -> FlowId {
        let fresh = FlowId::from_bits(self.flows.len() as u128 + 1);
        *self.flows.entry(name.to_owned()).or_insert(fresh)
    }

    /// What a flow is told.
    pub fn know(&self, question: FlowQuestion) -> FlowAnswer {
        let known = match question {
            FlowQuestion::Schedule(id) => {
                self.schedules.values().find(|(known, _)| *known == id).map(|(_, says)| says.clone())
            }
            FlowQuestion::Caller => self.caller.clone(),
            FlowQuestion::Extension(number) => self.extensions.get(&number).copied().map(FlowAnswer::Extension),
            FlowQuestion::Contact | FlowQuestion::Owner | FlowQuestion::Lookup { .. } => self.outside.clone(),
        };
        known.unwrap_or(FlowAnswer::Nothing)
    }

    /// The id of a carrier; made when it is new.
    pub fn trunk(&mut self, name: &str) -> TrunkId {
        let fresh = TrunkId::from_bits(self.trunks.len() as u128 + 1);
        *self.trunks.entry(name.to_owned()).or_insert(fresh)
    }

    /// Gives the extension one more phone.
    pub fn add_phone(&mut self, extension: ExtensionId, manner: Manner) {
        let phones = self.phones.entry(extension).or_default();
        let contact = (extension.bits() as u64) * 100 + phones.len() as u64;
        phones.push((contact, manner));
    }

    /// What the phone with this contact does.
    pub fn phone(&self, extension: ExtensionId, contact: u64) -> Manner {
        let phones = self.phones.get(&extension).into_iter().flatten();
        phones.clone().find(|(known, _)| *known == contact).map_or_else(Manner::quiet, |(_, manner)| manner.clone())
    }

    /// Lets a number lead somewhere.
    pub fn add_number(&mut self, number: &str, direction: Direction, record: bool, to: RouteTarget) {
        let hotline = match direction {
            Direction::Inbound | Direction::Outbound => Some(HotlineId::from_bits(1)),
            Direction::Internal => None,
        };
        let route = Route {
            direction,
            hotline,
            caller_number: "+842873000001".into(),
            caller_name: "Alo".into(),
            to,
            record,
            reason: format!("The number {number} leads there."),
            facts: vec![("number", number.to_owned())],
        };
        self.numbers.insert(number.to_owned(), route);
    }
}

//! A vendor's menu as a graph of ours. What a menu leads to may come later than the menu itself (two menus may lead to each
//! other), so a graph that lacks something is completed when it is there.

use super::Step;
use crate::omicall::menu::{Script, Step as Known};
use model::{Digit, ExtensionId, FlowId, GreetingId, GroupId};
use pbx::flow::Graph;
use pbx::hotline::Target;
use std::collections::{BTreeMap, HashMap};

/// What a menu says, by the vendor's keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Menu {
    /// What is played first.
    pub greeting: Option<String>,
    /// What is played on coming back.
    pub again: Option<String>,
    /// What is played when a key leads nowhere.
    pub invalid: Option<String>,
    /// How long to wait for a key, in seconds.
    pub timeout_s: u32,
    /// How many wrong keys are too many; a missing one counts as wrong.
    pub max_failures: u32,
    /// Where each key leads.
    pub keys: BTreeMap<Digit, Step>,
    /// Where callers go who press too many wrong ones.
    pub otherwise: Option<Step>,
}

/// What is known here by the vendor's keys.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    /// By key and by number.
    pub extensions: HashMap<String, ExtensionId>,
    /// By key.
    pub groups: HashMap<String, GroupId>,
    /// By key.
    pub flows: HashMap<String, FlowId>,
    /// By key.
    pub greetings: HashMap<String, GreetingId>,
}

impl Ids {
    /// Where it leads here; none when that is not there.
    pub fn target(&self, step: &Step) -> Option<Target> {
        Some(match step {
            Step::Extension(number) => Target::Extension(*self.extensions.get(number)?),
            Step::Flow(key) => Target::Flow(*self.flows.get(key)?),
            Step::Greeting(key) => Target::Greeting(*self.greetings.get(key)?),
            Step::Group(key) => Target::Group(*self.groups.get(key)?),
        })
    }

    fn step(&self, step: &Step) -> Option<Known> {
        match self.target(step)? {
            Target::Flow(id) => Some(Known::Script(id)),
            Target::Greeting(id) => Some(Known::Recording(id)),
            Target::Group(id) => Some(Known::Group(id)),
            Target::Extension(_) | Target::Queue(_) | Target::Voicemail(_) => None,
        }
    }
}

impl Menu {
    /// The graph, without what is not there yet.
    pub fn graph(&self, ids: &Ids) -> Graph {
        self.script(ids).graph()
    }

    /// The graph that adds to the one that is here what it lacks of the menu; none when it lacks nothing, or when it was
    /// drawn freely since.
    pub fn completed(&self, present: &Graph, ids: &Ids) -> Option<Graph> {
        let before = Script::read(present).filter(|script| script.says_all_of(present))?;
        let (wanted, mut script) = (self.script(ids), before.clone());
        script.greeting = script.greeting.or(wanted.greeting);
        script.short = script.short.or(wanted.short);
        script.invalid = script.invalid.or(wanted.invalid);
        script.otherwise = script.otherwise.or(wanted.otherwise);
        for (key, step) in wanted.keys {
            script.keys.entry(key).or_insert(step);
        }
        (script != before).then(|| script.graph())
    }

    /// What the menu names and is not here.
    pub fn lacks(&self, ids: &Ids) -> usize {
        let sounds = [&self.greeting, &self.again, &self.invalid].into_iter().flatten();
        let sounds = sounds.filter(|key| !ids.greetings.contains_key(*key)).count();
        sounds + self.keys.values().chain(&self.otherwise).filter(|step| ids.step(step).is_none()).count()
    }

    fn script(&self, ids: &Ids) -> Script {
        let sound = |key: &Option<String>| key.as_ref().and_then(|key| ids.greetings.get(key)).copied();
        Script {
            greeting: sound(&self.greeting),
            short: sound(&self.again),
            invalid: sound(&self.invalid),
            timeout_s: self.timeout_s,
            max_failure: self.max_failures,
            keys: self.keys.iter().filter_map(|(key, step)| Some((*key, ids.step(step)?))).collect(),
            otherwise: self.otherwise.as_ref().and_then(|step| ids.step(step)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    fn menu() -> Menu {
        let key = |sign| Digit::new(sign).expect("a key");
        Menu {
            greeting: Some("hello".into()),
            timeout_s: 5,
            max_failures: 3,
            keys: BTreeMap::from([(key('1'), Step::Group("sales".into())), (key('9'), Step::Flow("top".into()))]),
            otherwise: Some(Step::Greeting("bye".into())),
            ..Menu::default()
        }
    }

    #[test]
    fn a_menu_is_completed_as_what_it_leads_to_comes_and_no_more() {
        let (menu, mut ids) = (menu(), Ids::default());
        let bare = menu.graph(&ids);
        assert_eq!(bare.validate(), Ok(()));
        assert_eq!((menu.lacks(&ids), menu.completed(&bare, &ids)), (4, None));
        ids.groups.insert("sales".into(), GroupId::from_bits(1));
        ids.greetings.insert("hello".into(), GreetingId::from_bits(2));
        let half = menu.completed(&bare, &ids).expect("there is more now");
        ids.flows.insert("top".into(), FlowId::from_bits(3));
        ids.greetings.insert("bye".into(), GreetingId::from_bits(4));
        let whole = menu.completed(&half, &ids).expect("there is all now");
        assert_eq!((&whole, menu.lacks(&ids)), (&menu.graph(&ids), 0));
        assert_eq!(menu.completed(&whole, &ids), None);
    }

    #[test]
    fn what_people_changed_here_stays() {
        let mut ids = Ids::default();
        ids.groups.insert("sales".into(), GroupId::from_bits(1));
        let mut other = menu();
        other.keys.values_mut().for_each(|step| *step = Step::Group("other".into()));
        let mut others = ids.clone();
        others.groups.insert("other".into(), GroupId::from_bits(9));
        let present = other.graph(&others);
        assert_eq!(menu().completed(&present, &ids), None, "each key leads somewhere already");
        let mut drawn = present.clone();
        drawn.nodes.insert("more".into(), ::flow::Node::Flow { flow: FlowId::from_bits(5) });
        assert_eq!(menu().completed(&drawn, &ids), None, "drawn freely");
    }
}

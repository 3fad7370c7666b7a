//! The world: one call, its driver, and everybody at the far ends, on one queue of things to come.

mod driver;
mod queue;

use crate::dice::Dice;
use crate::edge::{Edge, Effect};
use crate::far::{Act, Manner};
use crate::house::House;
use crate::watch::{Broken, Watch};
use call::{Call, Event, Input, Limits, Origin, QueueNews, Summary};
use flow::Steering;
use model::id::Id;
use model::leg::Sound;
use model::say::Language;
use model::{CallId, LegCommand, LegId, Moment};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::time::Duration;

/// One call and all around it.
#[derive(Debug)]
pub struct World {
    /// The seed that decided everything.
    pub seed: u64,
    /// What the driver can look up.
    pub house: House,
    /// How the world itself behaves.
    pub nature: Nature,
    /// What has happened, told in words; empty unless `nature.told`.
    pub story: Vec<String>,
    /// What was told to live sockets and webhooks.
    pub events: Vec<Event>,
    /// What the call told its queue.
    pub queue_news: Vec<QueueNews>,
    /// What each leg was played.
    pub heard: Vec<(LegId, Sound)>,
    /// Who was bridged with whom.
    pub bridges: Vec<(LegId, LegId)>,
    /// Who heard whom among several.
    pub mixes: Vec<Vec<(LegId, LegId)>>,
    /// When each message was begun, and when it ended.
    pub messages: Vec<(Moment, Moment)>,
    /// The languages that flows chose.
    pub languages: Vec<Language>,
    /// The marks that the caller gave.
    pub marks: Vec<u8>,
    /// All commands to legs.
    pub commands: Vec<(Moment, LegId, LegCommand)>,
    dice: Dice,
    now: Moment,
    call: Call,
    flow: Option<Steering>,
    /// A message is being spoken since then.
    taking: Option<Moment>,
    edges: BTreeMap<LegId, Edge>,
    caller: Manner,
    /// What the one does who comes over from another call.
    given: Option<Manner>,
    queue: BinaryHeap<Reverse<Entry>>,
    /// Words for the call that it hears before anything else happens.
    inbox: VecDeque<Input>,
    turn: u64,
    watch: Watch,
    steps: u64,
}

/// How the world behaves, apart from people.
#[derive(Debug, Clone)]
pub struct Nature {
    /// How long a word takes between the call and an edge.
    pub latency: Duration,
    /// How long the driver takes to answer a question.
    pub reply_after: Duration,
    /// In how many of a hundred cases an answer is lost.
    pub lost_replies: u64,
    /// How long a greeting is.
    pub greeting: Duration,
    /// Whether, at one and the same moment, timers may come before events.
    pub shuffled: bool,
    /// Whether the story is kept.
    pub told: bool,
}

impl Default for Nature {
    fn default() -> Self {
        Nature {
            latency: Duration::from_millis(1),
            reply_after: Duration::from_millis(1),
            lost_replies: 0,
            greeting: Duration::from_secs(2),
            shuffled: false,
            told: true,
        }
    }
}

/// Something to come.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Coming {
    /// A far side acts.
    Act(LegId, Act),
    /// A command reaches the edge.
    Command(LegId, LegCommand),
    /// A far side confirms the end of its leg.
    Confirm(LegId),
    /// A sound ends.
    SoundEnds(LegId, u32),
    /// A word reaches the call.
    Word(Box<Input>),
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    at: Moment,
    turn: u64,
    coming: Coming,
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.turn).cmp(&(other.at, other.turn))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A world that takes more steps than this is taken for one that never ends.
const MOST_STEPS: u64 = 200_000;

impl World {
    /// An empty world.
    pub fn new(seed: u64) -> World {
        World {
            seed,
            house: House::default(),
            nature: Nature::default(),
            story: Vec::new(),
            events: Vec::new(),
            queue_news: Vec::new(),
            heard: Vec::new(),
            bridges: Vec::new(),
            mixes: Vec::new(),
            messages: Vec::new(),
            languages: Vec::new(),
            marks: Vec::new(),
            commands: Vec::new(),
            dice: Dice::new(seed),
            now: Moment::START,
            call: Call::new(CallId::from_bits(u128::from(seed)), Moment::START),
            flow: None,
            taking: None,
            edges: BTreeMap::new(),
            caller: Manner::quiet(),
            given: None,
            queue: BinaryHeap::new(),
            inbox: VecDeque::new(),
            turn: 0,
            watch: Watch::default(),
            steps: 0,
        }
    }

    /// Other limits for the call; before it begins.
    pub fn limit(&mut self, limits: Limits) {
        self.call = Call::with_limits(self.call.id(), self.now, limits);
    }

    /// Somebody calls.
    pub fn call_comes_in(&mut self, origin: Origin, dialled: &str, caller: Manner) {
        self.edges.insert(LegId::FIRST, Edge::new(true, &caller));
        self.acts_begin(LegId::FIRST, &caller);
        self.caller = caller;
        let dialled = dialled.to_owned();
        let (caller_number, caller_name) = ("0901234567".to_owned(), "Khách".to_owned());
        self.say(Duration::ZERO, Input::Offered { origin, dialled, caller_number, caller_name });
    }

    /// Something else reaches the call, after a while.
    pub fn say(&mut self, after: Duration, input: Input) {
        self.later(after, Coming::Word(Box::new(input)));
    }

    /// What time it is.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The record, once there is one.
    pub fn record(&self) -> Option<&Summary> {
        self.watch.summary()
    }

    /// Whether the call is over and all its legs are gone.
    pub fn is_over(&self) -> bool {
        self.call.is_over()
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes on until nothing is left to happen, or until that time.
    pub fn go_until(&mut self, end: Option<Moment>) -> Result<(), Broken> {
        while let Some(at) = self.next_moment() {
            if end.is_some_and(|end| at > end) {
                break;
            }
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(self.broken("the world does not come to rest".into()));
            }
            self.now = self.now.max(at);
            self.step().map_err(|what| self.broken(what))?;
        }
        match end {
            Some(end) => self.now = self.now.max(end),
            None => self.watch.at_rest(&self.call).map_err(|what| self.broken(what))?,
        }
        Ok(())
    }

    fn broken(&self, what: String) -> Broken {
        Broken { seed: self.seed, at: self.now, what }
    }

    fn next_moment(&self) -> Option<Moment> {
        [self.queue.peek().map(|Reverse(entry)| entry.at), self.timer()].into_iter().flatten().min()
    }

    fn timer(&self) -> Option<Moment> {
        [self.call.deadline(), self.flow.as_ref().and_then(Steering::deadline)].into_iter().flatten().min()
    }

    fn step(&mut self) -> Result<(), String> {
        let event = self.queue.peek().is_some_and(|Reverse(entry)| entry.at <= self.now);
        let timer = self.timer().is_some_and(|at| at <= self.now);
        let timer_first = timer && (!event || (self.nature.shuffled && self.dice.percent(50)));
        if timer_first {
            self.time_passes()?;
        } else if let Some(Reverse(entry)) = self.queue.pop() {
            self.happens(entry.coming)?;
        }
        // Timers of the same moment are still to be served: the deadline is looked at when they have been.
        if self.timer().is_some_and(|at| at <= self.now) && !timer_first {
            return Ok(());
        }
        self.watch.after_step(&self.call, self.now)
    }

    fn happens(&mut self, coming: Coming) -> Result<(), String> {
        match coming {
            Coming::Act(leg, act) => {
                let effect = self.edges.get_mut(&leg).and_then(|edge| edge.act(&act));
                if effect.is_some() {
                    self.tell(|| format!("leg {leg}: {act:?}"));
                }
                self.effect(leg, effect);
                Ok(())
            }
            Coming::Command(leg, command) => {
                let effect = self.edges.get_mut(&leg).and_then(|edge| edge.command(&command));
                self.effect(leg, effect);
                Ok(())
            }
            Coming::Confirm(leg) => {
                let effect = self.edges.get_mut(&leg).and_then(Edge::confirm);
                self.effect(leg, effect);
                Ok(())
            }
            Coming::SoundEnds(leg, sound) => {
                let effect = self.edges.get_mut(&leg).and_then(|edge| edge.sound_ended(sound));
                self.effect(leg, effect);
                Ok(())
            }
            Coming::Word(input) => self.hear(*input),
        }
    }

    fn effect(&mut self, leg: LegId, effect: Option<Effect>) {
        match effect {
            None => {}
            Some(Effect::Tell(event)) => self.say(self.nature.latency, Input::Leg(leg, event)),
            Some(Effect::Confirm(after)) => self.later(after, Coming::Confirm(leg)),
            Some(Effect::SoundEnds(sound)) => self.later(self.nature.greeting, Coming::SoundEnds(leg, sound)),
        }
    }

    fn acts_begin(&mut self, leg: LegId, manner: &Manner) {
        for (after, act) in &manner.acts {
            self.later(*after, Coming::Act(leg, act.clone()));
        }
    }

    fn later(&mut self, after: Duration, coming: Coming) {
        self.turn += 1;
        self.queue.push(Reverse(Entry { at: self.now + after, turn: self.turn, coming }));
    }

    fn tell(&mut self, line: impl FnOnce() -> String) {
        if self.nature.told {
            let ms = self.now.as_nanos() / 1_000_000;
            self.story.push(format!("{ms:>8} ms  {}", line()));
        }
    }
}

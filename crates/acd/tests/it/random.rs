//! Worlds full of chance: callers come and go, agents answer, refuse, sleep, log in and out, configurations change, and
//! words cross each other on the way. After each step the invariants are looked at.

use acd::{Center, Command, Input, Joining, Member, Outcome, Queue, Refusal, Skills, Strategy, Wish};
use model::{CallId, ExtensionId, Id, Moment, QueueId};
use sim::Dice;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What the world knows of a caller, from what was said and done alone.
#[derive(Debug, Clone)]
struct Caller {
    queue: QueueId,
    /// The order in which it came.
    arrival: u64,
    priority: i32,
    needs: Skills,
    rings: BTreeSet<ExtensionId>,
    told_to_go: bool,
    /// It hung up, and is to be called back.
    promised: bool,
    /// It is being called back, or left in peace after that was in vain.
    away: bool,
}

struct World {
    dice: Dice,
    now: Moment,
    center: Center,
    queues: Vec<Queue>,
    agents: BTreeMap<ExtensionId, (Wish, bool)>,
    callers: BTreeMap<CallId, Caller>,
    talks: BTreeMap<ExtensionId, CallId>,
    offers: BTreeMap<ExtensionId, CallId>,
    ended: BTreeMap<CallId, Outcome>,
    joined: u64,
    answered: u64,
    /// What was said to the queues late, after they had changed their mind.
    crossed: u64,
    reached: u64,
    tried_again: u64,
}

fn extension(n: u64) -> ExtensionId {
    ExtensionId::from_bits(u128::from(n) + 100)
}

impl World {
    fn new(seed: u64) -> World {
        let mut dice = Dice::new(seed);
        let queues = setup(&mut dice);
        let mut world = World {
            dice,
            now: Moment::from_millis(1),
            center: Center::new(),
            queues: queues.clone(),
            agents: (0..8).map(|n| (extension(n), (Wish::Offline, false))).collect(),
            callers: BTreeMap::new(),
            talks: BTreeMap::new(),
            offers: BTreeMap::new(),
            ended: BTreeMap::new(),
            joined: 0,
            answered: 0,
            crossed: 0,
            reached: 0,
            tried_again: 0,
        };
        world.say(Input::Configured(queues));
        world
    }

    fn say(&mut self, input: Input) {
        let commands = self.center.handle(self.now, input);
        self.look(commands);
    }

    /// Time passes, timer by timer.
    fn passes(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.center.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let commands = self.center.timeout(self.now);
            self.look(commands);
        }
        self.now = end;
    }

    fn members(&self, queue: QueueId) -> Vec<Member> {
        self.queues.iter().find(|q| q.id == queue).map(|q| q.members.clone()).unwrap_or_default()
    }

    fn look(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Offer { call, queue, agent, .. } => self.offered(call, queue, agent),
                Command::Withdraw { call, agent, .. } => {
                    assert_eq!(self.offers.remove(&agent), Some(call), "what was withdrawn was offered");
                    if let Some(caller) = self.callers.get_mut(&call) {
                        caller.rings.remove(&agent);
                    }
                }
                Command::Gone { call, outcome, .. } => {
                    assert_eq!(self.ended.insert(call, outcome), None, "a caller ends once");
                    if self.callers.get(&call).is_some_and(|caller| caller.promised) {
                        self.callers.remove(&call);
                    }
                }
                Command::TriesAgain { call, .. } => {
                    self.tried_again += 1;
                    assert!(self.callers[&call].away, "it was tried in vain");
                }
                Command::GiveUp { call, .. } => {
                    let caller = self.callers.get_mut(&call).expect("who is told to go waits");
                    assert!(!caller.promised, "nobody is on the line who could be told");
                    assert!(!std::mem::replace(&mut caller.told_to_go, true), "told once");
                }
                Command::Missed { agent, .. } => {
                    self.agents.insert(agent, (Wish::Paused(Wish::MISSED.into()), self.agents[&agent].1));
                }
                Command::Waits { .. } | Command::Returned { .. } | Command::Announce { .. } | Command::State { .. } => {
                }
            }
        }
        self.invariants();
    }

    fn offered(&mut self, call: CallId, queue: QueueId, agent: ExtensionId) {
        assert!(!self.offers.contains_key(&agent), "nobody is offered two callers");
        assert!(!self.talks.contains_key(&agent), "nobody who talks is offered a caller");
        let (wish, reachable) = &self.agents[&agent];
        assert!(*wish == Wish::Available && *reachable, "only who wants calls gets them");
        let strategy = self.queues.iter().find(|q| q.id == queue).expect("a queue").strategy;
        let member = self.members(queue).into_iter().find(|m| m.agent == agent).expect("a member");
        let caller = self.callers[&call].clone();
        assert_eq!(caller.queue, queue);
        assert!(!caller.told_to_go, "who was told to go is offered to nobody");
        assert!(serves(&member, &caller.needs), "with the skills that are needed");
        let all_ring = strategy == Strategy::RingAll && !caller.promised;
        assert!(all_ring || caller.rings.is_empty(), "one agent at a time");
        let ageing = self.queues.iter().find(|q| q.id == queue).is_some_and(|q| q.ageing.is_some());
        for (other, earlier) in &self.callers {
            let before = (-earlier.priority, earlier.arrival) < (-caller.priority, caller.arrival);
            let waits = earlier.queue == queue && earlier.rings.is_empty() && !earlier.told_to_go && !earlier.away;
            let could = serves(&member, &earlier.needs);
            assert!(ageing || *other == call || !(before && waits && could), "{other} was passed over for {call}");
        }
        self.offers.insert(agent, call);
        let caller = self.callers.get_mut(&call).expect("a caller");
        caller.rings.insert(agent);
        caller.away = false;
    }

    /// Nobody is lost: each caller waits in its line, or was told to go, or has ended.
    fn invariants(&self) {
        for (call, caller) in &self.callers {
            if self.ended.contains_key(call) {
                continue;
            }
            let line = self.center.waiting(caller.queue).unwrap_or_default();
            let waits = line.iter().any(|view| view.call == *call);
            assert!(caller.away || waits != caller.told_to_go, "{call} is lost: {caller:?}");
        }
        for queue in &self.queues {
            let line = self.center.waiting(queue.id).expect("a queue");
            assert!(line.windows(2).all(|pair| pair[0].position + 1 == pair[1].position), "places are in order");
            if queue.max_length > 0 {
                assert!(line.len() <= queue.max_length.max(12), "the bound holds, but for earlier bounds");
            }
        }
    }

    fn step(&mut self) {
        let time = self.dice.time(0..=4_000);
        self.passes(time);
        match self.dice.of(0..=20) {
            0..=4 => self.somebody_calls(),
            5 | 6 => self.somebody_hangs_up(),
            20 => self.somebody_wants_to_be_called_back(),
            7..=10 => self.an_agent_answers(),
            11 | 12 => self.an_agent_refuses(),
            13..=15 => self.a_talk_ends(),
            16 | 17 => self.an_agent_wishes(),
            18 => {
                let agent = extension(self.dice.of(0..=7));
                let reachable = self.dice.percent(80);
                self.agents.get_mut(&agent).expect("an agent").1 = reachable;
                self.say(Input::Phones { agent, reachable });
            }
            _ => self.somebody_changes_the_setup(),
        }
        self.goers_go();
    }

    fn somebody_calls(&mut self) {
        self.joined += 1;
        let call = CallId::from_bits(u128::from(self.joined));
        let queue = QueueId::from_bits(u128::from(self.dice.of(1..=3)));
        let priority = self.dice.pick(&[0, 0, 0, 1, 5]);
        let needs = skills(&mut self.dice, 15);
        let (rings, told_to_go, promised, away) = (BTreeSet::new(), false, false, false);
        let (arrival, wanted) = (self.joined, needs.clone());
        let caller = Caller { queue, arrival, priority, needs: wanted, rings, told_to_go, promised, away };
        self.callers.insert(call, caller);
        self.say(Input::Joined { call, queue, priority, needs });
    }

    fn somebody_wants_to_be_called_back(&mut self) {
        let Some(call) = self.any_caller() else { return };
        let caller = self.callers.get_mut(&call).expect("a caller");
        if caller.told_to_go || caller.promised {
            return;
        }
        caller.promised = true;
        self.say(Input::CallBack { call });
    }

    /// Who is called back answers, or does not.
    fn is_called_back(&mut self, call: CallId) {
        if self.dice.percent(50) {
            self.callers.remove(&call);
            self.say(Input::Reached { call });
            assert_eq!(self.ended[&call], Outcome::Answered);
            self.reached += 1;
        } else {
            self.say(Input::Unreached { call });
        }
    }

    fn somebody_hangs_up(&mut self) {
        let Some(call) = self.any_caller() else { return };
        self.leaves(call);
    }

    fn any_caller(&mut self) -> Option<CallId> {
        let calls: Vec<CallId> = self.callers.keys().copied().collect();
        (!calls.is_empty()).then(|| self.dice.pick(&calls))
    }

    fn leaves(&mut self, call: CallId) {
        let told = self.callers.remove(&call).expect("a caller").told_to_go;
        self.say(Input::Left { call });
        let outcome = self.ended[&call];
        assert_eq!(outcome != Outcome::Abandoned, told, "who hangs up has abandoned, who was sent on has not");
    }

    /// The driver does what it is told, sooner or later.
    fn goers_go(&mut self) {
        let goers: Vec<CallId> = self.callers.iter().filter(|(_, c)| c.told_to_go).map(|(call, _)| *call).collect();
        for call in goers {
            if self.dice.percent(70) {
                self.leaves(call);
            }
        }
    }

    fn an_agent_answers(&mut self) {
        // Now and then an answer comes from somebody whose phone was just told to be quiet.
        if self.dice.percent(10) {
            let free: Vec<ExtensionId> = self.agents.keys().copied().filter(|a| !self.talks.contains_key(a)).collect();
            let (Some(call), false) = (self.any_caller(), free.is_empty()) else { return };
            let agent = self.dice.pick(&free);
            self.crossed += 1;
            return self.answers(call, agent);
        }
        let offers: Vec<(ExtensionId, CallId)> = self.offers.iter().map(|(agent, call)| (*agent, *call)).collect();
        if offers.is_empty() {
            return;
        }
        let (agent, call) = self.dice.pick(&offers);
        self.answers(call, agent);
    }

    fn answers(&mut self, call: CallId, agent: ExtensionId) {
        if self.callers[&call].away {
            return;
        }
        self.offers.retain(|who, what| !(*who == agent && *what == call));
        let promised = self.callers[&call].promised;
        if promised {
            let caller = self.callers.get_mut(&call).expect("a caller");
            caller.away = true;
            caller.rings.clear();
        } else {
            self.callers.remove(&call);
        }
        self.say(Input::Lines { agent, lines: 1 });
        self.talks.insert(agent, call);
        self.say(Input::Answered { call, agent });
        if promised {
            return self.is_called_back(call);
        }
        self.answered += 1;
        assert_eq!(self.ended[&call], Outcome::Answered);
    }

    fn an_agent_refuses(&mut self) {
        let offers: Vec<(ExtensionId, CallId)> = self.offers.iter().map(|(agent, call)| (*agent, *call)).collect();
        if offers.is_empty() {
            return;
        }
        let (agent, call) = self.dice.pick(&offers);
        self.offers.remove(&agent);
        self.callers.get_mut(&call).expect("offered callers wait").rings.remove(&agent);
        let refusal = self.dice.pick(&[Refusal::Rejected, Refusal::Busy, Refusal::NoAnswer]);
        let before = self.now;
        self.say(Input::Refused { call, agent, refusal });
        assert_ne!(self.offers.get(&agent), Some(&call), "not again at once, at {before:?}");
    }

    fn a_talk_ends(&mut self) {
        let talking: Vec<ExtensionId> = self.talks.keys().copied().collect();
        if talking.is_empty() {
            return;
        }
        let agent = self.dice.pick(&talking);
        self.talks.remove(&agent);
        self.say(Input::Lines { agent, lines: 0 });
    }

    fn an_agent_wishes(&mut self) {
        let agent = extension(self.dice.of(0..=7));
        let wish = self.dice.pick(&[Wish::Available, Wish::Available, Wish::Offline, Wish::Paused("lunch".into())]);
        self.agents.get_mut(&agent).expect("an agent").0 = wish.clone();
        self.say(Input::Wished { agent, wish });
    }

    fn somebody_changes_the_setup(&mut self) {
        if !self.dice.percent(30) {
            return;
        }
        self.queues = setup(&mut self.dice);
        let queues = self.queues.clone();
        // Who is no agent any more is forgotten, and known anew when asked back.
        let staff: BTreeSet<ExtensionId> = queues.iter().flat_map(|q| q.members.iter().map(|m| m.agent)).collect();
        self.say(Input::Configured(queues));
        for agent in self.agents.keys().copied().collect::<Vec<_>>() {
            if !staff.contains(&agent) {
                self.agents.insert(agent, (Wish::Offline, false));
            } else if !self.talks.contains_key(&agent) {
                let (wish, reachable) = self.agents[&agent].clone();
                self.say(Input::Phones { agent, reachable });
                self.say(Input::Wished { agent, wish });
            } else {
                self.say(Input::Lines { agent, lines: 1 });
            }
        }
    }

    /// In the end all callers leave.
    fn close(mut self) -> World {
        while let Some(call) = self.any_caller() {
            self.leaves(call);
        }
        assert_eq!(self.ended.len() as u64, self.joined, "each caller has ended, once");
        assert!(self.offers.is_empty() && self.center.is_idle());
        self
    }
}

fn serves(member: &Member, needs: &Skills) -> bool {
    needs.iter().all(|(skill, least)| member.skills.get(skill).is_some_and(|level| level >= least))
}

fn skills(dice: &mut Dice, chance: u64) -> Skills {
    let words = ["english", "billing"];
    words.iter().filter(|_| dice.percent(chance)).map(|word| ((*word).to_owned(), 5)).collect()
}

fn setup(dice: &mut Dice) -> Vec<Queue> {
    let strategies = [Strategy::LongestIdle, Strategy::RoundRobin, Strategy::LeastCalls, Strategy::RingAll];
    let rules = [Joining::Always, Joining::LoggedIn, Joining::Working];
    (1..=3)
        .map(|n| {
            let members = (0..8).filter(|_| dice.percent(60)).collect::<Vec<u64>>();
            let member = |n: u64| {
                let level = dice.pick(&[1, 1, 2]);
                Member { agent: extension(n), level, skills: skills(dice, 60) }
            };
            let members = members.into_iter().map(member).collect();
            Queue {
                strategy: dice.pick(&strategies),
                members,
                wrap_up: dice.time(0..=5_000),
                max_wait: dice.time(5_000..=120_000),
                max_length: dice.pick(&[0, 0, 4, 12]),
                join_when: dice.pick(&rules),
                stay_when: dice.pick(&rules),
                ageing: dice.pick(&[None, None, Some(Duration::from_secs(20))]),
                announce_every: dice.pick(&[None, Some(Duration::from_secs(10))]),
                max_missed: dice.pick(&[0, 2, 3]),
                ..Queue::new(QueueId::from_bits(n))
            }
        })
        .collect()
}

#[test]
fn nobody_is_lost_and_nobody_is_asked_twice_whatever_happens() {
    let (mut answered, mut crossed) = (0, 0);
    let (mut reached, mut tried_again) = (0, 0);
    let mut outcomes: BTreeMap<Outcome, u64> = BTreeMap::new();
    for seed in 0..150 {
        let mut world = World::new(seed);
        for _ in 0..400 {
            world.step();
        }
        let world = world.close();
        answered += world.answered;
        crossed += world.crossed;
        reached += world.reached;
        tried_again += world.tried_again;
        for outcome in world.ended.values() {
            *outcomes.entry(*outcome).or_default() += 1;
        }
    }
    assert!(answered > 2_000 && crossed > 100, "{answered} answered, {crossed} crossed");
    assert!(reached > 200 && tried_again > 100, "{reached} were called back, {tried_again} were tried again");
    let ends = [Outcome::Answered, Outcome::Abandoned, Outcome::Overflowed, Outcome::TimedOut];
    assert!(ends.iter().all(|outcome| outcomes[outcome] > 200), "each end was seen: {outcomes:?}");
}

/// 500 agents and 2,000 callers in four queues: a day of calls, told in steps that each cost the same.
#[test]
fn a_large_center_serves_all_in_order() {
    let all: Vec<ExtensionId> = (0..500).map(extension).collect();
    let queue = |n: u128| {
        let works = |(i, _): &(usize, &ExtensionId)| i % 4 == n as usize % 4 || i % 3 == 0;
        let member = |agent: &ExtensionId| Member { agent: *agent, level: 1, skills: Skills::new() };
        let members = all.iter().enumerate().filter(works).map(|(_, agent)| member(agent)).collect();
        Queue { members, max_wait: Duration::from_secs(86_400), ..Queue::new(QueueId::from_bits(n)) }
    };
    let mut center = Center::new();
    let mut now = Moment::from_millis(1);
    center.handle(now, Input::Configured((1..=4).map(queue).collect()));
    for agent in &all {
        center.handle(now, Input::Phones { agent: *agent, reachable: true });
        center.handle(now, Input::Wished { agent: *agent, wish: Wish::Available });
    }
    let mut talks: Vec<ExtensionId> = Vec::new();
    let (mut served, mut last) = (0, BTreeMap::new());
    let mut take = |commands: Vec<Command>, talks: &mut Vec<ExtensionId>, center: &mut Center, now| {
        for command in commands {
            if let Command::Offer { call, queue, agent, .. } = command {
                assert!(last.insert(queue, call).is_none_or(|before| before < call), "in order of arrival");
                center.handle(now, Input::Lines { agent, lines: 1 });
                center.handle(now, Input::Answered { call, agent });
                talks.push(agent);
                served += 1;
            }
        }
    };
    for n in 1..=20_000u128 {
        now = now + Duration::from_millis(4_320);
        let joined = Input::Joined {
            call: CallId::from_bits(n),
            queue: QueueId::from_bits(n % 4 + 1),
            priority: 0,
            needs: Skills::new(),
        };
        let commands = center.handle(now, joined);
        take(commands, &mut talks, &mut center, now);
        // From the 2,500th on as many leave as come, so that 2,000 wait.
        if n > 2_500 {
            let agent = talks.remove(0);
            let commands = center.handle(now, Input::Lines { agent, lines: 0 });
            take(commands, &mut talks, &mut center, now);
        }
    }
    let waiting: usize = (1..=4).filter_map(|n| center.waiting(QueueId::from_bits(n))).map(|line| line.len()).sum();
    assert_eq!((served, waiting), (18_000, 2_000));
}

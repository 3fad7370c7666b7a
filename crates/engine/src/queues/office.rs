//! The queues of one company, between the words of `acd` and those of calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use acd::{Center, Command, Input, Refusal, Wish};
use call::{QueueNews, QueueOrder, RouteTarget};
use model::leg::Sound;
use model::{CallId, Cause, Digit, Enqueue, ExtensionId, HotlineId, Moment, PhoneNumber, QueueId};
use pbx::agent::Agent;
use pbx::callback::{Callback, State};
use pbx::queue::{self, Joining, Strategy};
use pbx::snapshot::Tenant;

use super::back::Back;
use super::promises::{self, Deed, Promises};
use super::{Order, saying, trail};
use crate::clock::Anchor;

/// One company.
pub(super) struct Office {
    center: Center,
    company: Option<Arc<Tenant>>,
    /// Who waits on the line.
    callers: HashMap<CallId, Caller>,
    /// Who is called back.
    promises: Promises,
    /// Promises that were made just now, and are to be kept.
    made: Vec<Callback>,
    /// How many lines of each extension's phones are taken.
    lines: HashMap<ExtensionId, u32>,
    /// What agents wanted when the database was last read, and since when.
    wished: HashMap<ExtensionId, (Wish, i64)>,
    /// Ties our moments to the wall clock.
    anchor: Anchor,
}

/// Somebody who waits on the line.
struct Caller {
    number: String,
    hotline: Option<HotlineId>,
    entry: Enqueue,
}

impl Office {
    pub(super) fn new(now: Moment) -> Office {
        Office {
            center: Center::new(),
            company: None,
            callers: HashMap::new(),
            promises: Promises::default(),
            made: Vec::new(),
            lines: HashMap::new(),
            wished: HashMap::new(),
            anchor: Anchor::new(now),
        }
    }

    pub(super) fn company(&self) -> Option<&Arc<Tenant>> {
        self.company.as_ref()
    }

    /// The number of somebody who waits.
    pub(super) fn number(&self, call: CallId) -> Option<&str> {
        let waits = self.callers.get(&call).map(|caller| caller.number.as_str());
        waits.or_else(|| self.promises.number(call))
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.center.deadline()
    }

    pub(super) fn timeout(&mut self, now: Moment) -> Vec<Command> {
        self.center.timeout(now)
    }

    pub(super) fn news(
        &mut self,
        now: Moment,
        call: CallId,
        news: QueueNews,
        (number, hotline): (String, Option<HotlineId>),
    ) -> Vec<Command> {
        let input = match news {
            QueueNews::Joined(entry) => {
                self.callers.insert(call, Caller { number, hotline, entry: entry.clone() });
                let (queue, priority, needs) = (entry.queue, entry.priority, entry.skills.into_iter().collect());
                Input::Joined { call, queue, priority, needs }
            }
            QueueNews::Answered { agent } => Input::Answered { call, agent },
            QueueNews::Refused { agent, cause } => Input::Refused { call, agent, refusal: refusal(cause) },
            QueueNews::Left => Input::Left { call },
            QueueNews::CallBack => self.promise_made(now, call),
        };
        let over = matches!(input, Input::Answered { .. } | Input::Left { .. } | Input::CallBack { .. });
        let commands = self.center.handle(now, input);
        if over {
            self.callers.remove(&call);
        }
        commands
    }

    /// A caller hangs up to be called back.
    fn promise_made(&mut self, now: Moment, call: CallId) -> Input {
        if let Some(caller) = self.callers.get(&call) {
            let at = self.anchor.wall(now).as_millis();
            let callback = Callback {
                call,
                queue: caller.entry.queue,
                hotline: caller.hotline,
                number: caller.number.clone(),
                priority: i64::from(caller.entry.priority),
                skills: caller.entry.skills.iter().cloned().collect(),
                state: State::Waiting,
                tries: 0,
                asked_at: at,
                next_at: at,
                last_call: None,
                agent: None,
            };
            self.promises.add(&callback);
            self.made.push(callback);
        }
        Input::CallBack { call }
    }

    /// The promises that were made since this was asked last.
    pub(super) fn made(&mut self) -> Vec<Callback> {
        std::mem::take(&mut self.made)
    }

    /// A promise that the database knows. Whether a queue takes it over: it may be gone, or not there yet.
    pub(super) fn promise(&mut self, now: Moment, callback: &Callback) -> (bool, Vec<Command>) {
        if self.center.has_promised(callback.call) {
            return (true, Vec::new());
        }
        // What the machine asks for at once is about this promise.
        self.promises.add(callback);
        let commands = self.center.handle(now, promises::input(callback, self.anchor.wall(now).as_millis()));
        let taken = self.center.has_promised(callback.call);
        if !taken {
            self.promises.remove(callback.call);
        }
        (taken, commands)
    }

    /// Somebody took a promise back.
    pub(super) fn takes_back(&mut self, now: Moment, call: CallId) -> Vec<Command> {
        match self.center.has_promised(call) {
            true => self.center.handle(now, Input::Left { call }),
            false => Vec::new(),
        }
    }

    /// The promises are another process's business.
    pub(super) fn forget_promises(&mut self, now: Moment) -> Vec<Command> {
        let mut commands = Vec::new();
        for call in self.promises.all() {
            self.promises.remove(call);
            commands.extend(self.center.handle(now, Input::Left { call }));
        }
        commands
    }

    /// What has become of an offer to call somebody back.
    pub(super) fn back(&mut self, now: Moment, call: CallId, back: Back) -> Vec<Command> {
        let input = match back {
            Back::Taken(agent) => Input::Answered { call, agent },
            Back::Refused(agent, cause) => Input::Refused { call, agent, refusal: refusal(cause) },
            Back::Reached => Input::Reached { call },
            Back::Unreached => Input::Unreached { call },
        };
        self.center.handle(now, input)
    }

    /// An agent's phones ring in this call.
    pub(super) fn rings(&mut self, promised: CallId, agent: ExtensionId, by: CallId) {
        self.promises.rings(promised, agent, by);
    }

    /// What a command means for somebody who is called back; none when it is about somebody else.
    pub(super) fn deed(&mut self, now: Moment, command: &Command) -> Option<(CallId, Deed)> {
        let call = match command {
            Command::Waits { call, .. }
            | Command::Offer { call, .. }
            | Command::Withdraw { call, .. }
            | Command::Returned { call, .. }
            | Command::Announce { call, .. }
            | Command::TriesAgain { call, .. }
            | Command::GiveUp { call, .. }
            | Command::Gone { call, .. } => *call,
            Command::State { .. } | Command::Missed { .. } => return None,
        };
        Some((call, self.promises.deed(now, &self.anchor, call, command)?))
    }

    pub(super) fn left(&mut self, now: Moment, call: CallId) -> Vec<Command> {
        self.callers.remove(&call);
        self.center.handle(now, Input::Left { call })
    }

    pub(super) fn line(&mut self, now: Moment, agent: ExtensionId, change: i32) -> Vec<Command> {
        let lines = self.lines.entry(agent).or_default();
        *lines = lines.saturating_add_signed(change);
        let lines = *lines;
        if lines == 0 {
            self.lines.remove(&agent);
        }
        self.center.handle(now, Input::Lines { agent, lines })
    }

    pub(super) fn phones(&mut self, now: Moment, agent: ExtensionId, reachable: bool) -> Vec<Command> {
        self.center.handle(now, Input::Phones { agent, reachable })
    }

    pub(super) fn wishes(&mut self, now: Moment, wishes: Vec<Agent>) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut forgotten = std::mem::take(&mut self.wished);
        for Agent { extension, wish, changed_at } in wishes {
            let known = forgotten.remove(&extension);
            if known != Some((wish.clone(), changed_at)) {
                commands.extend(self.center.handle(now, Input::Wished { agent: extension, wish: wish.clone() }));
            }
            self.wished.insert(extension, (wish, changed_at));
        }
        for agent in forgotten.into_keys() {
            commands.extend(self.center.handle(now, Input::Wished { agent, wish: Wish::Offline }));
        }
        commands
    }

    pub(super) fn configure(
        &mut self,
        now: Moment,
        company: Arc<Tenant>,
        wishes: Vec<Agent>,
        reachable: impl Fn(ExtensionId) -> bool,
    ) -> Vec<Command> {
        if self.company.as_ref().is_some_and(|known| Arc::ptr_eq(known, &company)) {
            return Vec::new();
        }
        let known: Vec<ExtensionId> = self.center.agents().map(|view| view.agent).collect();
        let queues = company.queues.values().map(|queue| setup(&company, queue)).collect();
        self.company = Some(company);
        let mut commands = self.center.handle(now, Input::Configured(queues));
        let staff: Vec<ExtensionId> = self.center.agents().map(|view| view.agent).collect();
        for agent in staff.into_iter().filter(|agent| !known.contains(agent)) {
            let lines = self.lines.get(&agent).copied().unwrap_or_default();
            self.wished.remove(&agent);
            commands.extend(self.center.handle(now, Input::Lines { agent, lines }));
            commands.extend(self.center.handle(now, Input::Phones { agent, reachable: reachable(agent) }));
        }
        commands.extend(self.wishes(now, wishes));
        commands
    }

    /// What each agent does.
    pub(super) fn states(&self) -> Vec<(ExtensionId, acd::AgentState)> {
        self.center.agents().map(|view| (view.agent, view.state)).collect()
    }

    /// What a command means to its call.
    pub(super) fn order(&self, now: Moment, command: &Command) -> Option<(CallId, Order)> {
        let company = self.company.as_ref()?;
        let trail = trail::of(company, now, command);
        let (call, queue, order) = match command {
            Command::Waits { call, queue, .. } => {
                let music = company.queues.get(queue).and_then(|queue| queue.sounds.music);
                let (music, callback) = (music.map_or(Sound::Hold, Sound::Greeting), self.callback_key(*call, *queue));
                let survey = company.queues.get(queue).and_then(|queue| queue.settings.survey);
                (*call, *queue, Some(QueueOrder::Waits { music, callback, survey }))
            }
            Command::Offer { call, queue, agent, .. } => (*call, *queue, Some(QueueOrder::Offer { agent: *agent })),
            Command::Withdraw { call, queue, agent, missed } => {
                (*call, *queue, Some(QueueOrder::Withdraw { agent: *agent, missed: *missed }))
            }
            Command::Returned { call, queue, .. } => (*call, *queue, None),
            Command::Announce { call, queue, position, wait } => {
                let key = self.callback_key(*call, *queue);
                let said = saying::to_caller(company.queues.get(queue)?, *position, *wait, key);
                (*call, *queue, (!said.is_empty()).then_some(QueueOrder::Say(said)))
            }
            Command::GiveUp { call, queue, why } => {
                let cause = match why {
                    acd::Why::Full => Cause::Busy,
                    acd::Why::Empty => Cause::Unavailable,
                    acd::Why::TooLong => Cause::NoAnswer,
                    acd::Why::NoQueue => Cause::NoRoute,
                };
                let to = overflow(company, *queue);
                (*call, *queue, Some(QueueOrder::GiveUp { outcome: why.outcome(), cause, to }))
            }
            Command::TriesAgain { .. } | Command::Gone { .. } | Command::State { .. } | Command::Missed { .. } => {
                return None;
            }
        };
        Some((call, Order { queue, order, trail }))
    }

    /// The key by which this caller may ask to be called back: not where nobody could be called.
    fn callback_key(&self, call: CallId, queue: QueueId) -> Option<Digit> {
        let (company, caller) = (self.company.as_ref()?, self.callers.get(&call)?);
        let key = company.queues.get(&queue)?.settings.callback_key()?;
        let inside = company.by_number(&caller.number).is_some();
        (inside || PhoneNumber::parse(&caller.number, &company.country).is_some()).then_some(key)
    }

    pub(super) fn show(&self, now: Moment, here: bool) -> bus::Queues {
        let Some(company) = &self.company else { return bus::Queues { here, ..bus::Queues::default() } };
        let wait = |caller: acd::CallerView| bus::WaitingCaller {
            call: caller.call,
            number: self.number(caller.call).unwrap_or_default().to_owned(),
            position: caller.position,
            priority: caller.priority,
            waited: now.since(caller.joined),
            callback: caller.callback,
            offered: caller.offered,
        };
        let line = |queue: &QueueId| {
            let waiting = self.center.waiting(*queue).unwrap_or_default();
            bus::QueueLine { queue: *queue, waiting: waiting.into_iter().map(wait).collect() }
        };
        let agent = |view: acd::AgentView| bus::AgentStatus {
            agent: view.agent,
            state: view.state,
            since: self.anchor.wall(view.since),
            reachable: view.reachable,
            missed: view.missed,
            queues: view.queues,
        };
        let (lines, agents) = (company.queues.keys().map(line).collect(), self.center.agents().map(agent).collect());
        bus::Queues { here, lines, agents }
    }
}

/// Where callers go when nobody takes them.
pub(super) fn overflow(company: &Tenant, queue: QueueId) -> Option<RouteTarget> {
    company.queues.get(&queue)?.overflow.map(RouteTarget::from)
}

/// Who refuses is one thing, a phone that cannot be reached another.
fn refusal(cause: Cause) -> Refusal {
    match cause {
        Cause::Declined => Refusal::Rejected,
        Cause::NoAnswer => Refusal::NoAnswer,
        Cause::Normal
        | Cause::Busy
        | Cause::Cancelled
        | Cause::AnsweredElsewhere
        | Cause::NotRegistered
        | Cause::Unreachable
        | Cause::NotFound
        | Cause::InvalidNumber
        | Cause::Forbidden
        | Cause::Incompatible
        | Cause::NotProtected
        | Cause::Unavailable
        | Cause::Overload
        | Cause::MediaTimeout
        | Cause::SessionExpired
        | Cause::Transferred
        | Cause::FlowEnded
        | Cause::NoRoute
        | Cause::ServerStopping
        | Cause::ServerRestart
        | Cause::Failed => Refusal::Busy,
    }
}

/// A queue as its machine wants it; disabled extensions are left out.
fn setup(company: &Tenant, queue: &queue::Queue) -> acd::Queue {
    let time = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
    let some = |ms: i64| (ms > 0).then(|| time(ms));
    let settings = &queue.settings;
    let joining = |rule| match rule {
        Joining::Always => acd::Joining::Always,
        Joining::LoggedIn => acd::Joining::LoggedIn,
        Joining::Working => acd::Joining::Working,
    };
    let works = |member: &&queue::Member| company.extensions.get(&member.extension).is_some_and(|one| one.enabled);
    let member = |member: &queue::Member| acd::Member {
        agent: member.extension,
        level: u8::try_from(member.level).unwrap_or(u8::MAX),
        skills: member.skills.clone(),
    };
    acd::Queue {
        id: queue.id,
        strategy: match settings.strategy {
            Strategy::LongestIdle => acd::Strategy::LongestIdle,
            Strategy::RoundRobin => acd::Strategy::RoundRobin,
            Strategy::LeastCalls => acd::Strategy::LeastCalls,
            Strategy::RingAll => acd::Strategy::RingAll,
        },
        members: queue.members.iter().filter(works).map(member).collect(),
        offer_for: time(settings.offer_ms),
        wrap_up: time(settings.wrap_up_ms),
        max_wait: time(settings.max_wait_ms),
        max_length: usize::try_from(settings.max_length).unwrap_or(0),
        join_when: joining(settings.join_when),
        stay_when: joining(settings.stay_when),
        ageing: some(settings.ageing_ms),
        announce_every: some(settings.announce_every_ms),
        delays: acd::Delays {
            rejected: time(settings.rejected_delay_ms),
            busy: time(settings.busy_delay_ms),
            no_answer: time(settings.no_answer_delay_ms),
        },
        max_missed: u32::try_from(settings.max_missed).unwrap_or(0),
        callback: acd::CallBack {
            tries: u32::try_from(settings.callback_tries).unwrap_or(1),
            retry_after: time(settings.callback_retry_ms),
            ..acd::CallBack::default()
        },
    }
}

use crate::{
    AgentState, Center, Command, Input, Joining, Member, Outcome, Queue, Refusal, Skills, Strategy, Why, Wish,
};
use model::{CallId, ExtensionId, Id, Moment, QueueId};
use std::time::Duration;

const SALES: u128 = 1;
const LAN: u128 = 101;
const MINH: u128 = 102;
const HOA: u128 = 103;

fn agent(id: u128) -> ExtensionId {
    ExtensionId::from_bits(id)
}

fn call(id: u128) -> CallId {
    CallId::from_bits(id)
}

fn seconds(s: u64) -> Moment {
    Moment::from_millis(s * 1_000)
}

fn queue(members: &[u128]) -> Queue {
    let member = |id: &u128| Member { agent: agent(*id), level: 1, skills: Skills::new() };
    Queue { members: members.iter().map(member).collect(), ..Queue::new(QueueId::from_bits(SALES)) }
}

/// A company whose agents are all ready, logged in one second after the other.
struct Office(Center);

impl Office {
    fn new(queue: Queue) -> Office {
        let members: Vec<ExtensionId> = queue.members.iter().map(|member| member.agent).collect();
        let mut office = Office(Center::new());
        office.0.handle(seconds(0), Input::Configured(vec![queue]));
        for (at, agent) in (1..).zip(members) {
            office.0.handle(seconds(at), Input::Phones { agent, reachable: true });
            office.0.handle(seconds(at), Input::Wished { agent, wish: Wish::Available });
        }
        office
    }

    fn joins(&mut self, at: u64, caller: u128) -> Vec<Command> {
        self.joins_as(at, caller, 0, Skills::new())
    }

    fn joins_as(&mut self, at: u64, caller: u128, priority: i32, needs: Skills) -> Vec<Command> {
        let queue = QueueId::from_bits(SALES);
        self.0.handle(seconds(at), Input::Joined { call: call(caller), queue, priority, needs })
    }

    fn answers(&mut self, at: u64, caller: u128, who: u128) -> Vec<Command> {
        self.0.handle(seconds(at), Input::Lines { agent: agent(who), lines: 1 });
        self.0.handle(seconds(at), Input::Answered { call: call(caller), agent: agent(who) })
    }

    fn hangs_up(&mut self, at: u64, who: u128) -> Vec<Command> {
        self.0.handle(seconds(at), Input::Lines { agent: agent(who), lines: 0 })
    }

    fn wishes(&mut self, at: u64, who: u128, wish: Wish) -> Vec<Command> {
        self.0.handle(seconds(at), Input::Wished { agent: agent(who), wish })
    }

    fn refuses(&mut self, at: u64, caller: u128, who: u128, refusal: Refusal) -> Vec<Command> {
        self.0.handle(seconds(at), Input::Refused { call: call(caller), agent: agent(who), refusal })
    }

    fn goes_on(&mut self, at: u64) -> Vec<Command> {
        let mut all = Vec::new();
        while let Some(next) = self.0.deadline().filter(|next| *next <= seconds(at)) {
            all.extend(self.0.timeout(next));
        }
        all
    }

    fn state(&self, who: u128) -> AgentState {
        self.0.agents().find(|view| view.agent == agent(who)).expect("an agent").state
    }
}

fn offered(commands: &[Command]) -> Vec<(u128, u128)> {
    let pair = |command: &Command| match command {
        Command::Offer { call, agent, .. } => Some((call.bits(), agent.bits())),
        _ => None,
    };
    commands.iter().filter_map(pair).collect()
}

fn gone(commands: &[Command]) -> Vec<(u128, Outcome)> {
    let pair = |command: &Command| match command {
        Command::Gone { call, outcome, .. } => Some((call.bits(), *outcome)),
        _ => None,
    };
    commands.iter().filter_map(pair).collect()
}

#[test]
fn a_caller_goes_to_who_has_been_free_for_longest() {
    let mut office = Office::new(queue(&[LAN, MINH]));
    assert_eq!(offered(&office.joins(10, 1)), [(1, LAN)]);
    assert_eq!(office.state(LAN), AgentState::Offered { call: call(1), queue: QueueId::from_bits(SALES) });
    assert_eq!(gone(&office.answers(12, 1, LAN)), [(1, Outcome::Answered)]);
    assert_eq!(offered(&office.joins(13, 2)), [(2, MINH)]);
    office.answers(14, 2, MINH);
    office.hangs_up(20, MINH);
    office.hangs_up(21, LAN);
    assert_eq!(offered(&office.joins(30, 3)), [(3, MINH)], "free since 20, Lan since 21");
}

#[test]
fn who_came_first_is_served_first_and_higher_priority_before() {
    let mut office = Office::new(queue(&[LAN]));
    office.joins(10, 1);
    assert_eq!(offered(&office.joins(11, 2)), []);
    office.joins(12, 3);
    office.joins_as(13, 4, 5, Skills::new());
    office.answers(14, 1, LAN);
    assert_eq!(offered(&office.hangs_up(20, LAN)), [(4, LAN)]);
    office.answers(21, 4, LAN);
    assert_eq!(offered(&office.hangs_up(22, LAN)), [(2, LAN)]);
}

#[test]
fn with_ageing_who_waits_long_enough_outweighs_priority() {
    let mut office = Office::new(Queue { ageing: Some(Duration::from_secs(10)), ..queue(&[LAN]) });
    office.wishes(10, LAN, Wish::Paused("lunch".into()));
    office.joins(10, 1);
    office.joins_as(15, 2, 1, Skills::new());
    office.joins_as(45, 3, 3, Skills::new());
    let positions: Vec<u128> =
        office.0.waiting(QueueId::from_bits(SALES)).unwrap().iter().map(|c| c.call.bits()).collect();
    assert_eq!(positions, [2, 1, 3], "2 is worth ten seconds more than 1, 3 thirty, but came 35 after 1");
}

#[test]
fn an_agent_who_refuses_is_left_alone_for_a_while_and_the_next_is_asked() {
    let mut office = Office::new(queue(&[LAN, MINH]));
    office.joins(10, 1);
    assert_eq!(offered(&office.refuses(11, 1, LAN, Refusal::Rejected)), [(1, MINH)]);
    assert_eq!(offered(&office.refuses(12, 1, MINH, Refusal::Busy)), [], "nobody is left to ask");
    assert_eq!(offered(&office.goes_on(20)), []);
    assert_eq!(offered(&office.goes_on(21)), [(1, LAN)], "ten seconds after the refusal");
}

#[test]
fn who_misses_three_calls_in_a_row_is_on_a_pause() {
    let mut office = Office::new(queue(&[LAN]));
    office.joins(10, 1);
    let commands = office.goes_on(200);
    assert_eq!(offered(&commands).len(), 2, "after 20 s of ringing and 5 s of rest");
    assert!(commands.contains(&Command::Missed { agent: agent(LAN), offers: 3 }), "{commands:?}");
    assert_eq!(office.state(LAN), AgentState::Paused("missed".into()));
    assert_eq!(offered(&office.wishes(201, LAN, Wish::Available)), [(1, LAN)], "who says to be ready is asked again");
}

#[test]
fn wrap_up_leaves_an_agent_in_peace_until_they_say_so() {
    let mut office = Office::new(Queue { wrap_up: Duration::from_secs(30), ..queue(&[LAN]) });
    office.joins(10, 1);
    office.answers(11, 1, LAN);
    office.joins(12, 2);
    assert_eq!(offered(&office.hangs_up(20, LAN)), []);
    assert_eq!(office.state(LAN), AgentState::WrapUp);
    assert_eq!(offered(&office.goes_on(50)), [(2, LAN)]);
    office.answers(51, 2, LAN);
    office.hangs_up(60, LAN);
    office.joins(61, 3);
    assert_eq!(offered(&office.wishes(62, LAN, Wish::Available)), [(3, LAN)]);
}

#[test]
fn an_agent_on_a_direct_call_is_busy() {
    let mut office = Office::new(queue(&[LAN]));
    office.0.handle(seconds(5), Input::Lines { agent: agent(LAN), lines: 1 });
    assert_eq!(office.state(LAN), AgentState::OnCall { call: None });
    assert_eq!(offered(&office.joins(10, 1)), []);
    assert_eq!(offered(&office.hangs_up(15, LAN)), [(1, LAN)]);
}

#[test]
fn who_has_no_phone_is_not_asked() {
    let mut office = Office::new(queue(&[LAN]));
    office.0.handle(seconds(5), Input::Phones { agent: agent(LAN), reachable: false });
    assert_eq!(offered(&office.joins(10, 1)), []);
    let back = office.0.handle(seconds(12), Input::Phones { agent: agent(LAN), reachable: true });
    assert_eq!(offered(&back), [(1, LAN)]);
}

#[test]
fn ring_all_rings_all_and_the_first_answer_wins() {
    let mut office = Office::new(Queue { strategy: Strategy::RingAll, ..queue(&[LAN, MINH, HOA]) });
    office.wishes(9, HOA, Wish::Paused("lunch".into()));
    assert_eq!(offered(&office.joins(10, 1)), [(1, LAN), (1, MINH)]);
    assert_eq!(offered(&office.wishes(11, HOA, Wish::Available)), [(1, HOA)], "who comes back is asked too");
    office.joins(12, 2);
    let answered = office.answers(13, 1, MINH);
    let withdrawn =
        |id| Command::Withdraw { call: call(1), queue: QueueId::from_bits(SALES), agent: agent(id), missed: false };
    assert!(answered.contains(&withdrawn(LAN)) && answered.contains(&withdrawn(HOA)), "{answered:?}");
    assert_eq!(offered(&answered), [(2, LAN), (2, HOA)], "and the others are asked for the next");
}

#[test]
fn round_robin_and_least_calls_take_turns() {
    let turns = |strategy| {
        let mut office = Office::new(Queue { strategy, ..queue(&[LAN, MINH, HOA]) });
        let mut order = Vec::new();
        for caller in 1..=6u64 {
            let at = caller * 100;
            let offers = offered(&office.joins(at, u128::from(caller)));
            let (_, who) = offers[0];
            office.answers(at + 1, u128::from(caller), who);
            // Lan talks for so short a time that she is always free for longest.
            office.hangs_up(at + if who == LAN { 2 } else { 90 }, who);
            order.push(who);
        }
        order
    };
    assert_eq!(turns(Strategy::RoundRobin), [LAN, MINH, HOA, LAN, MINH, HOA]);
    assert_eq!(turns(Strategy::LeastCalls), [LAN, MINH, HOA, LAN, MINH, HOA]);
}

#[test]
fn lower_levels_come_first_and_skills_are_needed() {
    let skills =
        |words: &[(&str, u8)]| words.iter().map(|(word, level)| ((*word).to_owned(), *level)).collect::<Skills>();
    let mut sales = queue(&[]);
    sales.members = vec![
        Member { agent: agent(LAN), level: 2, skills: skills(&[("english", 8)]) },
        Member { agent: agent(MINH), level: 1, skills: skills(&[("english", 3)]) },
    ];
    let mut office = Office::new(sales);
    assert_eq!(offered(&office.joins_as(10, 1, 0, skills(&[("english", 5)]))), [(1, LAN)]);
    assert_eq!(offered(&office.joins_as(11, 2, 0, skills(&[("english", 5)]))), [], "Minh's is not good enough");
    assert_eq!(offered(&office.joins(12, 3)), [(3, MINH)], "who needs nothing goes past");
}

#[test]
fn a_full_or_deserted_queue_and_a_long_wait_send_callers_on() {
    let give_up = |id: u128, why| Command::GiveUp { call: call(id), queue: QueueId::from_bits(SALES), why };
    let mut office = Office::new(Queue { max_length: 1, stay_when: Joining::LoggedIn, ..queue(&[LAN]) });
    office.wishes(5, LAN, Wish::Paused("lunch".into()));
    office.joins(10, 1);
    assert!(office.joins(11, 2).contains(&give_up(2, Why::Full)));
    assert_eq!(gone(&office.0.handle(seconds(12), Input::Left { call: call(2) })), [(2, Outcome::Overflowed)]);
    assert!(office.wishes(13, LAN, Wish::Offline).contains(&give_up(1, Why::Empty)));
    assert_eq!(gone(&office.0.handle(seconds(14), Input::Left { call: call(1) })), [(1, Outcome::Overflowed)]);
    assert!(office.joins(15, 3).contains(&give_up(3, Why::Empty)));

    let mut office = Office::new(queue(&[LAN]));
    office.wishes(5, LAN, Wish::Paused("lunch".into()));
    office.joins(10, 1);
    assert!(office.goes_on(610).contains(&give_up(1, Why::TooLong)));
    assert_eq!(gone(&office.0.handle(seconds(611), Input::Left { call: call(1) })), [(1, Outcome::TimedOut)]);
}

#[test]
fn an_answer_that_crossed_the_end_of_its_offer_counts() {
    let mut office = Office::new(queue(&[LAN, MINH]));
    office.joins(10, 1);
    let late = office.goes_on(30);
    assert_eq!(offered(&late), [(1, MINH)]);
    let answered = office.answers(30, 1, LAN);
    assert!(answered.contains(&Command::Withdraw {
        call: call(1),
        queue: QueueId::from_bits(SALES),
        agent: agent(MINH),
        missed: false
    }));
    assert_eq!(gone(&answered), [(1, Outcome::Answered)]);
    assert_eq!(office.state(MINH), AgentState::Available);
    assert!(matches!(office.state(LAN), AgentState::OnCall { call: Some(_) }));
}

#[test]
fn a_caller_who_hangs_up_frees_the_agent_for_the_next() {
    let mut office = Office::new(queue(&[LAN]));
    office.joins(10, 1);
    office.joins(11, 2);
    let left = office.0.handle(seconds(12), Input::Left { call: call(1) });
    assert_eq!(gone(&left), [(1, Outcome::Abandoned)]);
    assert_eq!(offered(&left), [(2, LAN)]);
}

#[test]
fn callers_hear_their_place_now_and_then() {
    let mut office = Office::new(Queue { announce_every: Some(Duration::from_secs(30)), ..queue(&[LAN]) });
    office.wishes(5, LAN, Wish::Paused("lunch".into()));
    office.joins(10, 1);
    office.joins(20, 2);
    let told = office.goes_on(75);
    let places: Vec<(u128, usize)> = told
        .iter()
        .filter_map(|command| match command {
            Command::Announce { call, position, .. } => Some((call.bits(), *position)),
            _ => None,
        })
        .collect();
    assert_eq!(places, [(1, 1), (2, 2), (1, 1)]);
}

#[test]
fn a_new_configuration_keeps_who_waits_and_who_talks() {
    let mut office = Office::new(queue(&[LAN, MINH]));
    office.joins(10, 1);
    office.answers(11, 1, LAN);
    office.joins(12, 2);
    office.joins(13, 3);
    let fewer = office.0.handle(seconds(14), Input::Configured(vec![queue(&[LAN])]));
    assert!(
        fewer.contains(&Command::Withdraw {
            call: call(2),
            queue: QueueId::from_bits(SALES),
            agent: agent(MINH),
            missed: false
        }),
        "{fewer:?}"
    );
    assert_eq!(office.0.waiting(QueueId::from_bits(SALES)).unwrap().len(), 2);
    assert_eq!(offered(&office.hangs_up(15, LAN)), [(2, LAN)], "the place in the line is the same");
    let none = office.0.handle(seconds(16), Input::Configured(vec![]));
    assert_eq!(none.iter().filter(|c| matches!(c, Command::GiveUp { why: Why::NoQueue, .. })).count(), 2, "{none:?}");
}

mod callbacks;

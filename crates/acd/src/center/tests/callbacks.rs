//! Callers who are called back.

use super::*;

fn tries(commands: &[Command]) -> Vec<(u128, u32)> {
    let pair = |command: &Command| match command {
        Command::TriesAgain { call, tries, .. } => Some((call.bits(), *tries)),
        _ => None,
    };
    commands.iter().filter_map(pair).collect()
}

impl Office {
    fn wants_a_call(&mut self, at: u64, caller: u128) -> Vec<Command> {
        self.0.handle(seconds(at), Input::CallBack { call: call(caller) })
    }

    fn is_reached(&mut self, at: u64, caller: u128) -> Vec<Command> {
        self.0.handle(seconds(at), Input::Reached { call: call(caller) })
    }

    fn is_unreached(&mut self, at: u64, caller: u128) -> Vec<Command> {
        self.0.handle(seconds(at), Input::Unreached { call: call(caller) })
    }

    fn line(&self) -> Vec<(u128, Option<u32>)> {
        let line = self.0.waiting(QueueId::from_bits(SALES)).expect("the queue");
        line.iter().map(|view| (view.call.bits(), view.callback)).collect()
    }
}

#[test]
fn who_is_called_back_keeps_the_place() {
    let mut office = Office::new(queue(&[LAN]));
    office.joins(10, 1);
    office.answers(11, 1, LAN);
    office.joins(12, 2);
    office.joins(13, 3);
    assert_eq!(office.wants_a_call(14, 2), [], "nothing more is said to a caller who hangs up");
    assert_eq!(office.line(), [(2, Some(0)), (3, None)]);
    assert_eq!(offered(&office.hangs_up(20, LAN)), [(2, LAN)], "the one who hung up comes first");
    assert_eq!(gone(&office.answers(21, 2, LAN)), [], "the agent is on the line, the caller not yet");
    assert_eq!(office.state(LAN), AgentState::OnCall { call: Some((call(2), QueueId::from_bits(SALES))) });
    assert_eq!(gone(&office.is_reached(25, 2)), [(2, Outcome::Answered)]);
    assert_eq!(offered(&office.hangs_up(60, LAN)), [(3, LAN)]);
}

#[test]
fn an_agent_who_refuses_costs_no_try() {
    let mut office = Office::new(queue(&[LAN, MINH]));
    office.wishes(9, MINH, Wish::Paused("lunch".into()));
    office.joins(10, 1);
    let commands = office.wants_a_call(11, 1);
    assert!(matches!(commands[0], Command::Withdraw { .. }), "the phone that rings belongs to the call that ends");
    assert_eq!(offered(&commands), [(1, LAN)], "and rings anew for the callback");
    office.wishes(12, MINH, Wish::Available);
    let commands = office.refuses(13, 1, LAN, Refusal::Rejected);
    assert_eq!(offered(&commands), [(1, MINH)]);
    assert_eq!(office.line(), [(1, Some(0))]);
}

#[test]
fn who_does_not_answer_is_tried_again_and_not_for_ever() {
    let mut office = Office::new(queue(&[LAN]));
    office.joins(10, 1);
    office.wants_a_call(11, 1);
    office.answers(12, 1, LAN);
    assert_eq!(tries(&office.is_unreached(40, 1)), [(1, 1)]);
    office.hangs_up(41, LAN);
    assert_eq!(offered(&office.goes_on(339)), [], "left in peace for five minutes");
    assert_eq!(offered(&office.goes_on(340)), [(1, LAN)]);
    office.answers(341, 1, LAN);
    office.is_unreached(370, 1);
    office.hangs_up(371, LAN);
    assert_eq!(offered(&office.goes_on(671)), [(1, LAN)]);
    office.answers(672, 1, LAN);
    assert_eq!(gone(&office.is_unreached(700, 1)), [(1, Outcome::TimedOut)], "the third was the last");
    assert_eq!(office.line(), []);
}

#[test]
fn a_promise_outlives_that_nobody_is_there_but_not_a_day() {
    let mut office = Office::new(Queue { stay_when: Joining::LoggedIn, ..queue(&[LAN]) });
    office.joins(10, 1);
    office.wants_a_call(11, 1);
    assert_eq!(gone(&office.wishes(20, LAN, Wish::Offline)), [], "the agent goes home");
    assert_eq!(offered(&office.wishes(50_000, LAN, Wish::Available)), [(1, LAN)], "and comes back");
    office.wishes(50_001, LAN, Wish::Offline);
    assert_eq!(gone(&office.goes_on(86_411)), [(1, Outcome::TimedOut)]);
}

#[test]
fn a_promise_of_before_a_restart_stands_first() {
    let mut office = Office::new(queue(&[LAN]));
    office.wishes(9, LAN, Wish::Paused("lunch".into()));
    let queue = QueueId::from_bits(SALES);
    for (caller, rests) in [(1, 0), (2, 60)] {
        let (needs, rests) = (Skills::new(), Duration::from_secs(rests));
        let promised = Input::Promised { call: call(caller), queue, priority: 0, needs, tries: 1, rests };
        office.0.handle(seconds(10), promised.clone());
        assert_eq!(office.0.handle(seconds(10), promised), [], "told twice, kept once");
    }
    office.joins(11, 3);
    assert_eq!(office.line(), [(1, Some(1)), (2, Some(1)), (3, None)]);
    assert_eq!(offered(&office.wishes(12, LAN, Wish::Available)), [(1, LAN)]);
    office.answers(13, 1, LAN);
    office.is_reached(14, 1);
    assert_eq!(offered(&office.hangs_up(20, LAN)), [(3, LAN)], "the second is not due yet");
}

#[test]
fn callers_are_told_how_long_they_are_likely_to_wait() {
    let every = Some(Duration::from_secs(30));
    let wrap_up = Duration::from_secs(20);
    let mut office = Office::new(Queue { announce_every: every, wrap_up, ..queue(&[LAN]) });
    let waits = |commands: &[Command]| {
        let wait = |command: &Command| match command {
            Command::Announce { position, wait, .. } => Some((*position, wait.map(|wait| wait.as_secs()))),
            _ => None,
        };
        commands.iter().filter_map(wait).collect::<Vec<_>>()
    };
    office.joins(10, 1);
    office.answers(11, 1, LAN);
    office.joins(12, 2);
    assert_eq!(waits(&office.goes_on(42)), [(1, None)], "nothing is known of how long talks last");
    office.hangs_up(51, LAN);
    office.goes_on(71);
    office.answers(72, 2, LAN);
    office.joins(80, 3);
    office.joins(80, 4);
    assert_eq!(waits(&office.goes_on(110)), [(1, Some(60)), (2, Some(120))], "40 s of talk and 20 s of peace");
}

//! Click-to-call: the caller's own phone rings first.

use call::Direction;
use model::leg::Sound;
use model::{Cause, EndedBy, LegCommand, LegId};
use sim::far::{answers_after, declines_after, is_busy, never_answers, rings_aloud_and_answers_after};
use sim::story::{SWITCHED_OFF, leg};
use sim::{World, secs};

const FAR: &str = "0901234567";

#[test]
fn the_extension_rings_first_and_then_the_far_side() {
    let mut w = World::new(5)
        .phone("lan", answers_after(secs(2)))
        .carrier("first", answers_after(secs(4)).hangs_up(secs(20)))
        .outside(FAR, &["first"]);
    w.clicks_to_call("lan", FAR);
    let record = w.run();
    w.assert(record.direction == Direction::Outbound && record.caller_number == "lan", "outbound, by lan");
    w.assert(w.was_played(0, Sound::Ringback) && w.were_connected(0, 1), "ring-back, then the talk");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "the far side hung up");
    w.assert(record.caller_leg == Some(LegId(0)) && record.callee_leg == Some(LegId(1)), "who is who");
    let sees = w.commands.iter().find_map(|(_, id, command)| match command {
        LegCommand::Dial(dial) if *id == LegId(0) => Some(dial.caller_number.clone()),
        _ => None,
    });
    w.assert(sees.as_deref() == Some(FAR), "lan sees whom the call is for");
}

#[test]
fn the_phone_that_picks_up_is_the_caller_and_the_others_stop() {
    let mut w = World::new(5)
        .phone("lan", never_answers())
        .phone("lan", answers_after(secs(2)))
        .phone("minh", answers_after(secs(2)).hangs_up(secs(20)));
    w.clicks_to_call("lan", "minh");
    let record = w.run();
    w.assert(record.direction == Direction::Internal, "between two of ours");
    w.assert(record.caller_leg == Some(LegId(1)) && w.were_connected(1, 2), "the second phone calls");
    w.assert(leg(&record, 0).cause == Cause::AnsweredElsewhere, "the first one stops");
}

#[test]
fn the_far_sides_own_sound_takes_the_place_of_the_ring_back() {
    let mut w = World::new(5)
        .phone("lan", answers_after(secs(2)))
        .carrier("first", rings_aloud_and_answers_after(secs(4)).hangs_up(secs(20)))
        .outside(FAR, &["first"]);
    w.clicks_to_call("lan", FAR);
    w.run();
    w.assert(w.bridges.len() == 1, "bridged once, before the answer");
    let stopped = w.commands.iter().any(|(_, id, command)| *id == LegId(0) && *command == LegCommand::StopPlay);
    w.assert(stopped, "our tone stops");
}

#[test]
fn nobody_at_the_extension_means_that_nobody_else_is_called() {
    let cases = [(Some(never_answers()), Cause::NoAnswer), (Some(declines_after(secs(1))), Cause::Declined)];
    for (manner, cause) in cases.into_iter().chain([(SWITCHED_OFF, Cause::NotRegistered)]) {
        let mut w = World::new(5).phone("lan", manner).phone("minh", answers_after(secs(2)));
        w.clicks_to_call("lan", "minh");
        let record = w.run();
        w.assert(record.cause == cause && record.answered.is_none(), cause.as_str());
        w.assert(record.caller_leg.is_none() && record.legs.len() <= 1, "minh's phone stays silent");
    }
}

#[test]
fn the_callers_leg_ends_with_the_cause_of_the_far_side() {
    let mut w = World::new(5).phone("lan", answers_after(secs(2))).phone("minh", is_busy());
    w.clicks_to_call("lan", "minh");
    let record = w.run();
    w.assert(record.cause == Cause::Busy && w.sent_home(0) == [Cause::Busy], "busy");
    w.assert(record.answered.is_none(), "no talk");
}

#[test]
fn a_caller_who_hangs_up_before_the_far_side_answers_gave_up() {
    let mut w = World::new(5).phone("lan", answers_after(secs(2)).hangs_up(secs(6))).phone("minh", never_answers());
    w.clicks_to_call("lan", "minh");
    let record = w.run();
    w.assert(record.cause == Cause::Cancelled && record.ended_by == EndedBy::Caller, "gave up");
}

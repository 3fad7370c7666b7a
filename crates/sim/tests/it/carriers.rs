//! Calls go out through carriers.

use call::Direction;
use model::{Cause, EndedBy, LegCommand, LegId};
use sim::far::{
    answers_after, declines_after, is_busy, is_dead, never_answers, refuses, rings_aloud_and_answers_after,
};
use sim::story::{decided, leg};
use sim::{Act, Manner, World, minutes, ms, secs};

const FAR: &str = "0901234567";

fn office(first: Manner, second: Manner) -> World {
    World::new(3).carrier("first", first).carrier("second", second).outside(FAR, &["first", "second"])
}

#[test]
fn an_extension_calls_out_and_shows_the_hotline() {
    let mut w = office(answers_after(secs(4)), is_dead());
    w.dials("lan", FAR, Manner::quiet().hangs_up(secs(30)));
    let record = w.run();
    w.assert(record.direction == Direction::Outbound && record.hotline.is_some(), "outbound by the hotline");
    w.assert(record.shown_number == "+842873000001" && record.callee_number == FAR, "the hotline is shown");
    w.assert(record.recorded && record.cause == Cause::Normal, "recorded and ended well");
    let shown = w.commands.iter().any(|(_, id, command)| {
        *id == LegId(1) && matches!(command, LegCommand::Dial(dial) if dial.caller_number == "+842873000001")
    });
    w.assert(shown, "the carrier gets the hotline's number");
}

#[test]
fn a_carriers_own_sound_is_heard_before_the_answer() {
    let mut w = office(rings_aloud_and_answers_after(secs(4)), is_dead());
    w.dials("lan", FAR, Manner::quiet().hangs_up(secs(10)));
    let record = w.run();
    w.assert(w.bridges.len() == 1 && w.were_connected(0, 1), "one bridge, which the answer keeps");
    w.assert(!w.was_told_it_rings(0), "no plain ringing on top of it");
    w.assert(record.cause == Cause::Normal, "a good call");
}

#[test]
fn a_refusal_with_early_sound_is_a_refusal() {
    let mut w = office(Manner::quiet().and(ms(300), Act::RingAloud).and(secs(5), Act::Refuse(Cause::Busy)), is_dead());
    w.dials("lan", FAR, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Busy && record.ended_by == EndedBy::Callee, "busy");
    w.assert(record.legs.len() == 2, "the second carrier is not asked");
}

#[test]
fn a_carrier_that_is_down_is_passed_over() {
    for cause in [Cause::Unavailable, Cause::Unreachable, Cause::Overload] {
        let mut w = office(refuses(cause), answers_after(secs(3)));
        w.dials("lan", FAR, Manner::quiet().hangs_up(secs(20)));
        let record = w.run();
        w.assert(record.cause == Cause::Normal && w.were_connected(0, 2), "the second carrier takes it");
        w.assert(leg(&record, 1).cause == cause, "the first one's failure is on record");
    }
}

#[test]
fn a_silent_carrier_is_passed_over_within_four_seconds() {
    let mut w = office(is_dead(), answers_after(secs(3)));
    w.dials("lan", FAR, Manner::quiet().hangs_up(secs(20)));
    let record = w.run();
    let waited = leg(&record, 2).started.since(leg(&record, 1).started);
    w.assert(waited <= secs(4) && decided(&record, "carrier_silent"), "within four seconds");
    w.assert(record.cause == Cause::Normal, "the second carrier takes it");
}

#[test]
fn a_persons_answer_is_not_asked_twice() {
    let answers =
        [(is_busy(), Cause::Busy), (declines_after(secs(2)), Cause::Declined), (never_answers(), Cause::NoAnswer)];
    for (manner, cause) in answers {
        let mut w = office(manner, answers_after(secs(3)));
        w.dials("lan", FAR, Manner::quiet());
        let record = w.run();
        w.assert(record.cause == cause && record.legs.len() == 2, "one carrier only");
        w.assert(decided(&record, "no_other_carrier"), "and the trail says why");
    }
}

#[test]
fn a_carrier_that_fails_after_it_rang_is_not_followed_by_another() {
    let mut w = office(never_answers().and(secs(3), Act::Refuse(Cause::Unavailable)), answers_after(secs(3)));
    w.dials("lan", FAR, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Unavailable && record.legs.len() == 2, "nobody's phone rings twice");
}

#[test]
fn when_all_carriers_fail_the_most_telling_cause_stays() {
    let mut w = office(is_dead(), refuses(Cause::Overload));
    w.dials("lan", FAR, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Overload && record.legs.len() == 3, "both were tried");
}

#[test]
fn a_call_does_not_last_for_ever() {
    let mut w = office(answers_after(secs(3)), is_dead());
    w.dials("lan", FAR, Manner::quiet());
    let record = w.run();
    w.assert(record.ended.since(record.started) == minutes(240), "four hours");
    w.assert(decided(&record, "call_timeout") && record.ended_by == EndedBy::System, "and the trail says why");
}

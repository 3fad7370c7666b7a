//! What happens while people talk.

use call::Event;
use model::leg::Sound;
use model::{Cause, EndedBy, LegId};
use sim::far::answers_after;
use sim::story::decided;
use sim::{Act, Manner, World, secs};

fn talk(caller: Manner, callee: Manner) -> World {
    let mut w = World::new(9).phone("lan", callee);
    w.dials("minh", "lan", caller);
    w
}

#[test]
fn the_one_on_hold_hears_music_until_the_other_comes_back() {
    let callee = answers_after(secs(1)).and(secs(5), Act::Hold).and(secs(10), Act::Resume).hangs_up(secs(15));
    let mut w = talk(Manner::quiet(), callee);
    w.run_for(secs(7));
    w.assert(w.was_played(0, Sound::Hold) && !w.was_played(1, Sound::Hold), "the caller hears music");
    let record = w.run();
    w.assert(w.bridges.len() == 2, "bridged, and bridged again");
    w.assert(w.told(&Event::Held { leg: LegId(1) }) && w.told(&Event::Resumed { leg: LegId(1) }), "the world knows");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "lan hung up");
    w.assert(decided(&record, "hold") && decided(&record, "resume"), "the trail knows");
}

#[test]
fn the_caller_may_hold_too() {
    let caller = Manner::quiet().and(secs(3), Act::Hold).and(secs(4), Act::Resume).hangs_up(secs(6));
    let mut w = talk(caller, answers_after(secs(1)));
    w.run();
    w.assert(w.was_played(1, Sound::Hold) && w.bridges.len() == 2, "lan hears music, then the caller");
}

#[test]
fn two_holds_need_two_resumes() {
    let caller = Manner::quiet().and(secs(3), Act::Hold).and(secs(6), Act::Resume).hangs_up(secs(20));
    let callee = answers_after(secs(1)).and(secs(4), Act::Hold).and(secs(8), Act::Resume);
    let mut w = talk(caller, callee);
    w.run_for(secs(7));
    w.assert(w.bridges.len() == 1, "one of them still holds");
    w.assert(w.was_played(0, Sound::Hold), "so the caller, who came back, hears music");
    w.run();
    w.assert(w.bridges.len() == 2, "bridged when both are back");
}

#[test]
fn a_held_call_can_be_ended_by_either_side() {
    let hold = || answers_after(secs(1)).and(secs(3), Act::Hold);
    let mut w = talk(Manner::quiet().hangs_up(secs(5)), hold());
    let record = w.run();
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "the held one left");
    let mut w = talk(Manner::quiet(), hold().hangs_up(secs(5)));
    let record = w.run();
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "the holder left");
}

#[test]
fn a_talk_without_sound_ends_with_its_own_cause() {
    let mut w = talk(Manner::quiet().and(secs(30), Act::FallSilent), answers_after(secs(1)));
    let record = w.run();
    w.assert(record.cause == Cause::MediaTimeout && record.ended_by == EndedBy::System, "media time-out");
    w.assert(w.sent_home(0) == [Cause::MediaTimeout] && w.sent_home(1) == [Cause::MediaTimeout], "both legs end");
}

#[test]
fn one_who_holds_may_be_silent() {
    let callee = answers_after(secs(1)).and(secs(3), Act::Hold).and(secs(63), Act::FallSilent);
    let mut w = talk(Manner::quiet().hangs_up(secs(90)), callee);
    let record = w.run();
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "the call goes on");
}

#[test]
fn keys_in_a_talk_are_told() {
    let mut w = talk(Manner::quiet().presses(secs(3), "5#").hangs_up(secs(6)), answers_after(secs(1)));
    w.run();
    let keys = w.events.iter().filter(|event| matches!(event, Event::Digit { leg: LegId(0), .. })).count();
    w.assert(keys == 2, "two keys");
}

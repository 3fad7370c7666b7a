//! Things that cross each other on the way.

use call::{Limits, Strategy};
use model::leg::Sound;
use model::{Cause, EndedBy};
use sim::far::{answers_after, never_answers};
use sim::story::{decided, leg};
use sim::{Act, Manner, OnHangup, World, ms, secs};

const HOTLINE: &str = "02873000001";

#[test]
fn the_caller_cancels_while_the_callee_answers() {
    // The answer is on its way to us when the caller's CANCEL arrives, and the other way round.
    for cancel_at in [ms(2_999), ms(3_000), ms(3_001), ms(3_002)] {
        let mut w = World::new(2).phone("lan", answers_after(secs(3)));
        w.dials("minh", "lan", Manner::quiet().hangs_up(cancel_at));
        let record = w.run();
        w.assert(record.ended_by == EndedBy::Caller, "the caller ended it");
        w.assert(record.legs.iter().all(|leg| leg.ended <= w.now()), "no leg is left");
        let heard = record.cause == Cause::Normal;
        w.assert(heard || record.cause == Cause::Cancelled, "talked or cancelled, nothing else");
        w.assert(record.answered.is_some() == heard, "and the record agrees with itself");
    }
}

#[test]
fn an_answer_after_the_cancel_is_hung_up_at_once() {
    let late = never_answers().when_ended(OnHangup::AnswersFirst(ms(20)));
    let mut w = World::new(2).phone("lan", late);
    w.dials("minh", "lan", Manner::quiet().hangs_up(secs(3)));
    let record = w.run();
    w.assert(record.cause == Cause::Cancelled, "cancelled");
    w.assert(w.sent_home(1) == [Cause::Cancelled, Cause::Cancelled], "cancelled, and then hung up");
}

#[test]
fn of_two_who_answer_at_the_same_instant_one_talks() {
    let mut w = World::new(2)
        .phone("lan", answers_after(secs(3)))
        .phone("minh", answers_after(secs(3)))
        .group("sales", Strategy::Simultaneous, secs(20), &["lan", "minh"])
        .hotline_to_group(HOTLINE, "sales");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(20)));
    let record = w.run();
    w.assert(w.bridges.len() == 1, "one bridge");
    w.assert(w.were_connected(0, 1), "the first to be heard");
    w.assert(leg(&record, 2).cause == Cause::AnsweredElsewhere && leg(&record, 2).answered.is_none(), "the other not");
}

#[test]
fn an_answer_after_the_ringing_time_comes_too_late() {
    let late = never_answers().when_ended(OnHangup::AnswersFirst(ms(20)));
    let mut w = World::new(2).phone("lan", late).phone("minh", answers_after(secs(2))).group(
        "queue",
        Strategy::Sequence,
        secs(5),
        &["lan", "minh"],
    );
    w.dials("an", "queue", Manner::quiet().hangs_up(secs(20)));
    let record = w.run();
    w.assert(w.were_connected(0, 2) && w.bridges.len() == 1, "minh has the call");
    w.assert(leg(&record, 1).cause == Cause::NoAnswer && w.sent_home(1).len() == 2, "lan is sent home twice");
}

#[test]
fn an_answer_at_the_very_end_of_the_ringing_time_counts_or_not_but_never_half() {
    for at in [ms(4_998), ms(4_999), ms(5_000), ms(5_001), ms(5_002)] {
        let mut w =
            World::new(2).phone("lan", answers_after(at)).group("one", Strategy::Simultaneous, secs(5), &["lan"]);
        w.dials("an", "one", Manner::quiet().hangs_up(secs(9)));
        let record = w.run();
        let talked = record.cause == Cause::Normal && w.were_connected(0, 1);
        let missed = record.cause == Cause::NoAnswer && w.bridges.is_empty();
        w.assert(talked || missed, "one or the other");
    }
}

#[test]
fn both_sides_hang_up_at_the_same_instant() {
    let mut w = World::new(2).phone("lan", answers_after(secs(1)).hangs_up(secs(5)));
    w.dials("minh", "lan", Manner::quiet().hangs_up(secs(5)));
    let record = w.run();
    w.assert(record.cause == Cause::Normal, "a good end");
    w.assert(w.sent_home(0).len() + w.sent_home(1).len() <= 1, "the second one needs no word");
}

#[test]
fn a_key_pressed_as_the_greeting_ends_counts_once() {
    for at in [ms(1_998), ms(1_999), ms(2_000), ms(2_001), ms(2_002), ms(2_003)] {
        let mut w = World::new(2).phone("lan", answers_after(secs(1))).group(
            "sales",
            Strategy::Simultaneous,
            secs(9),
            &["lan"],
        );
        w = w.flow(
            "main",
            r#"{"start":"hi","nodes":{
                "hi":{"type":"menu","greeting":"@hello","timeout_ms":3000,"options":{"1":"wait"}},
                "wait":{"type":"play","greeting":"@sorry","next":"sales"},
                "sales":{"type":"ring_group","group":"@sales"}}}"#,
        );
        w = w.hotline_to_flow(HOTLINE, "main");
        w.customer_calls(HOTLINE, Manner::quiet().presses(at, "1").hangs_up(secs(20)));
        let record = w.run();
        w.assert(record.cause == Cause::Normal && record.answered.is_some(), "the key leads to sales");
        // The second greeting is two seconds long: the end of the first one must not be taken for its end.
        let rang = leg(&record, 1).started.since(record.started);
        w.assert(rang >= ms(3_998), "and the second greeting is heard in full");
        w.assert(w.was_played(0, Sound::Ringback), "then it rings");
    }
}

#[test]
fn a_hold_just_before_the_hang_up_changes_nothing() {
    let callee = answers_after(secs(1)).and(ms(5_000), Act::Hold).hangs_up(ms(5_000));
    let mut w = World::new(2).phone("lan", callee);
    w.dials("minh", "lan", Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "a good end");
}

#[test]
fn a_call_whose_questions_are_never_answered_fails_in_time() {
    let mut w = World::new(2).phone("lan", answers_after(secs(1)));
    w.nature.lost_replies = 100;
    w.dials("minh", "lan", Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Failed && decided(&record, "no_reply"), "failed, and the trail says why");
    w.assert(record.ended.since(record.started) == Limits::default().answer_to_question, "in time");
}

#[test]
fn a_leg_that_never_confirms_its_end_is_forgotten_after_a_while() {
    let mut w = World::new(2).phone("lan", answers_after(secs(1)).when_ended(OnHangup::Ignores));
    w.dials("minh", "lan", Manner::quiet().hangs_up(secs(5)));
    w.run_for(secs(6));
    w.assert(w.record().is_some() && !w.is_over(), "the record is out, the leg is still awaited");
    w.run_for(secs(40));
    w.assert(w.is_over(), "forty seconds are enough");
}

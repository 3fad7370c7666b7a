//! Callers whom nobody answers leave messages.

use model::leg::{Prompt, Sound};
use model::{Cause, EndedBy, Moment};
use sim::far::{answers_after, declines_after, is_busy, never_answers};
use sim::story::{SWITCHED_OFF, decided};
use sim::{Manner, World, minutes, secs};

const HOTLINE: &str = "02873000001";

fn world(lan: impl Into<Option<Manner>>) -> World {
    World::new(6).phone("lan", lan).mailbox("lan").hotline_to_phone(HOTLINE, "lan")
}

/// How long the messages are.
fn kept(w: &World) -> Vec<u64> {
    w.messages.iter().map(|(from, to)| to.since(*from).as_secs()).collect()
}

#[test]
fn whoever_is_not_answered_leaves_a_message_whose_reason_stays() {
    let cases = [
        (Some(is_busy()), Cause::Busy),
        (Some(declines_after(secs(1))), Cause::Declined),
        (Some(never_answers()), Cause::NoAnswer),
        (SWITCHED_OFF, Cause::NotRegistered),
    ];
    for (lan, cause) in cases {
        let mut w = world(lan).rings_for("lan", secs(5));
        w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(30)));
        let record = w.run();
        w.assert(w.was_played(0, Sound::Prompt(Prompt::LeaveMessage)) && w.was_played(0, Sound::Beep), "greeted");
        w.assert(decided(&record, "voicemail") && record.answered.is_none(), "no person answered");
        w.assert(record.cause == cause, "why nobody answered is kept");
        // The caller hung up while speaking: what was said is kept.
        assert_eq!(w.messages.len(), 1, "{cause:?}");
        w.assert(w.messages[0].1 == record.ended && kept(&w)[0] > 10, "to the last word");
    }
}

#[test]
fn the_pound_key_and_the_longest_time_end_a_message() {
    let mut w = world(is_busy());
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(12), "#").hangs_up(minutes(5)));
    let record = w.run();
    w.assert(w.was_played(0, Sound::Confirmed) && kept(&w)[0] < 12, "the key ended it");
    w.assert((record.cause, record.ended_by) == (Cause::Busy, EndedBy::System), "and the house the call");

    let mut w = world(is_busy());
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(5)));
    w.run();
    assert_eq!(kept(&w), [60]);
}

#[test]
fn who_hangs_up_before_the_tone_leaves_nothing() {
    let mut w = world(is_busy());
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(1)));
    let record = w.run();
    w.assert(w.messages.is_empty() && record.cause == Cause::Busy, "nothing was said");
}

#[test]
fn an_order_to_end_in_the_middle_keeps_what_was_said() {
    let mut w = world(is_busy());
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(5)));
    w.is_ordered_to_end(secs(20), Cause::ServerStopping);
    let record = w.run();
    w.assert(record.cause == Cause::ServerStopping && w.messages.len() == 1, "the server stops");
    w.assert(w.messages[0].0 > Moment::START && w.messages[0].1 == record.ended, "what was said is kept");
}

#[test]
fn a_flow_and_a_transfer_reach_the_mailbox_and_a_group_does_not() {
    let mut w = world(is_busy())
        .flow("main", r#"{"start":"lan","nodes":{"lan":{"type":"voicemail","extension":"@lan"}}}"#)
        .hotline_to_flow("02873000002", "main");
    w.customer_calls("02873000002", Manner::quiet().hangs_up(secs(20)));
    let record = w.run();
    w.assert(w.messages.len() == 1 && record.legs.len() == 1, "without ringing");

    let mut w = World::new(6)
        .phone("an", answers_after(secs(1)).transfers(secs(4), "lan"))
        .phone("lan", never_answers())
        .rings_for("lan", secs(5))
        .mailbox("lan")
        .hotline_to_phone(HOTLINE, "an");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(w.messages.len() == 1 && record.cause == Cause::Normal, "after a talk with the one who transferred");

    let mut w = world(is_busy())
        .group("team", call::Strategy::Simultaneous, secs(5), &["lan"])
        .hotline_to_group("02873000003", "team");
    w.customer_calls("02873000003", Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(w.messages.is_empty() && record.cause == Cause::Busy, "who rings for a group has no mailbox there");
}

#[test]
fn a_mailbox_that_is_gone_ends_the_call() {
    let mut w = World::new(6)
        .phone("lan", is_busy())
        .flow("main", r#"{"start":"lan","nodes":{"lan":{"type":"voicemail","extension":"@lan"}}}"#)
        .hotline_to_flow(HOTLINE, "main");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(record.cause == Cause::NoRoute && w.messages.is_empty(), "nobody listens for ever");
}

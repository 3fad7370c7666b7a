//! Extensions that forward, do not want to be disturbed, or ring for a time of their own.

use model::{Cause, EndedBy};
use sim::far::{answers_after, declines_after, is_busy, never_answers};
use sim::story::{SWITCHED_OFF, decided, leg};
use sim::{Manner, World, minutes, secs};

const HOTLINE: &str = "02873000001";

/// A customer calls lan; minh answers whatever comes to her.
fn world(lan: impl Into<Option<Manner>>) -> World {
    World::new(4).phone("lan", lan).phone("minh", answers_after(secs(1))).hotline_to_phone(HOTLINE, "lan")
}

/// Whether minh talks with the customer, how many legs there were, and why the call ended.
fn outcome(mut w: World) -> (bool, usize, Cause) {
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(2)));
    let record = w.run();
    let minh = w.id_of("minh");
    let talks = record.callee_leg.is_some_and(|id| leg(&record, id.0).party.extension() == Some(minh));
    (talks, record.legs.len(), record.cause)
}

#[test]
fn all_calls_go_on_without_ringing() {
    let w = world(answers_after(secs(1))).forwards("lan", None, "minh");
    assert_eq!(outcome(w), (true, 2, Cause::Normal), "lan's phone never rang");
}

#[test]
fn each_reason_has_its_own_forward() {
    let cases = [
        (Some(is_busy()), Cause::Busy, 3),
        (Some(declines_after(secs(1))), Cause::Declined, 3),
        (Some(never_answers()), Cause::NoAnswer, 3),
        (SWITCHED_OFF, Cause::NotRegistered, 2),
    ];
    for (lan, cause, legs) in cases {
        assert_eq!(
            outcome(world(lan.clone()).forwards("lan", cause, "minh")),
            (true, legs, Cause::Normal),
            "{cause:?}"
        );
        let other = if cause == Cause::Busy { Cause::NoAnswer } else { Cause::Busy };
        let (talks, _, ended) = outcome(world(lan).forwards("lan", other, "minh"));
        assert_eq!((talks, ended), (false, cause), "forwards for {other:?} alone");
    }
}

#[test]
fn who_is_not_to_be_disturbed_is_busy_or_forwards() {
    assert_eq!(outcome(world(answers_after(secs(1))).do_not_disturb("lan")), (false, 1, Cause::Busy));
    let forwards = world(answers_after(secs(1))).do_not_disturb("lan").forwards("lan", Cause::Busy, "minh");
    assert_eq!(outcome(forwards), (true, 2, Cause::Normal));
}

#[test]
fn an_extension_rings_for_its_own_time() {
    let mut w = world(never_answers()).rings_for("lan", secs(7));
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(2)));
    let record = w.run();
    let rang = leg(&record, 1).ended.since(leg(&record, 1).started);
    w.assert((secs(7)..secs(8)).contains(&rang), "seven seconds, not thirty");
}

#[test]
fn forwards_that_lead_round_in_a_circle_end() {
    let mut w = World::new(4)
        .phone("lan", is_busy())
        .phone("minh", is_busy())
        .forwards("lan", Cause::Busy, "minh")
        .forwards("minh", Cause::Busy, "lan")
        .hotline_to_phone(HOTLINE, "lan");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(2)));
    let record = w.run();
    w.assert(record.cause == Cause::Busy && record.ended_by == EndedBy::Callee, "busy it stays");
    w.assert(decided(&record, "forward_loop") && record.legs.len() == 4, "lan, minh, lan again, and no more");
}

#[test]
fn a_forward_to_a_number_nobody_has_changes_nothing() {
    assert_eq!(outcome(world(is_busy()).forwards("lan", Cause::Busy, "999")), (false, 2, Cause::Busy));
}

#[test]
fn a_forward_outside_shows_the_companys_number() {
    let mut w = world(is_busy())
        .carrier("viettel", answers_after(secs(2)))
        .outside("0909999999", &["viettel"])
        .forwards("lan", Cause::Busy, "0909999999");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(w.were_connected(0, 2) && record.cause == Cause::Normal, "the mobile answers");
    w.assert(decided(&record, "forward_route"), "the trail says how");
}

#[test]
fn in_a_group_forwards_do_not_count_and_peace_does() {
    let ring = |w: World| {
        let mut w = w.group("team", call::Strategy::Simultaneous, secs(5), &["lan"]).hotline_to_group(HOTLINE, "team");
        w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(2)));
        let record = w.run();
        (record.legs.len(), record.cause)
    };
    assert_eq!(ring(world(never_answers()).forwards("lan", None, "minh")), (2, Cause::NoAnswer), "lan rings");
    assert_eq!(ring(world(never_answers()).do_not_disturb("lan")), (1, Cause::Busy), "lan does not");
}

#[test]
fn a_flow_and_a_transfer_follow_forwards_too() {
    let mut w = world(is_busy())
        .forwards("lan", Cause::Busy, "minh")
        .flow("main", r#"{"start":"lan","nodes":{"lan":{"type":"extension","extension":"@lan"}}}"#)
        .hotline_to_flow("02873000002", "main");
    w.customer_calls("02873000002", Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(w.were_connected(0, 2) && decided(&record, "forward"), "minh has the caller of the flow");

    let mut w = World::new(4)
        .phone("an", answers_after(secs(1)).transfers(secs(4), "lan"))
        .phone("lan", never_answers())
        .phone("minh", answers_after(secs(1)))
        .rings_for("lan", secs(5))
        .forwards("lan", Cause::NoAnswer, "minh")
        .hotline_to_phone(HOTLINE, "an");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(w.were_connected(0, 3) && decided(&record, "transferred"), "minh has the caller that was handed over");
}

#[test]
fn ones_own_phone_rings_for_a_click_whatever_is_set() {
    let mut w = world(answers_after(secs(1))).do_not_disturb("lan").forwards("lan", None, "minh");
    w.clicks_to_call("lan", "minh");
    let record = w.run();
    w.assert(leg(&record, 0).party.extension() == Some(w.id_of("lan")), "who clicks wants to talk");
}

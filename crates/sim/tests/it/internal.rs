//! Extensions call each other.

use call::Direction;
use model::{Cause, EndedBy, LegCommand, LegId};
use sim::far::{answers_after, declines_after, is_busy, is_dead, never_answers, refuses};
use sim::story::{SWITCHED_OFF, decided, leg};
use sim::{Manner, World, minutes, secs};

#[test]
fn one_extension_calls_another() {
    let mut w = World::new(1).phone("lan", answers_after(secs(2)).hangs_up(secs(20)));
    w.dials("minh", "lan", Manner::quiet());
    let record = w.run();
    w.assert(record.direction == Direction::Internal && record.hotline.is_none(), "internal");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "lan hung up");
    w.assert(w.was_told_it_rings(0) && w.were_connected(0, 1), "it rang, they talked");
    w.assert(w.sent_home(0) == [Cause::Normal], "minh's leg is ended too");
}

#[test]
fn every_way_not_to_answer_has_its_own_cause() {
    let cases: [(Option<Manner>, Cause, EndedBy); 6] = [
        (Some(is_busy()), Cause::Busy, EndedBy::Callee),
        (Some(declines_after(secs(3))), Cause::Declined, EndedBy::Callee),
        (Some(never_answers()), Cause::NoAnswer, EndedBy::System),
        (Some(is_dead()), Cause::Unreachable, EndedBy::System),
        (Some(refuses(Cause::Incompatible)), Cause::Incompatible, EndedBy::System),
        (SWITCHED_OFF, Cause::NotRegistered, EndedBy::System),
    ];
    for (manner, cause, ended_by) in cases {
        let mut w = World::new(1).phone("lan", manner);
        w.dials("minh", "lan", Manner::quiet());
        let record = w.run();
        w.assert(record.cause == cause && record.ended_by == ended_by, cause.as_str());
        let rejected = (LegId(0), LegCommand::Reject { cause });
        w.assert(
            w.commands.iter().any(|(_, id, command)| (*id, command.clone()) == rejected),
            "and the phone hears it",
        );
    }
}

#[test]
fn a_number_nobody_has_is_refused() {
    let mut w = World::new(1);
    w.dials("minh", "4711", Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::NotFound && record.ended_by == EndedBy::System, "not found");
    w.assert(decided(&record, "route"), "the trail says why");
}

#[test]
fn all_phones_of_an_extension_ring_and_the_first_answer_wins() {
    let mut w = World::new(1).phone("lan", never_answers()).phone("lan", answers_after(secs(2)));
    w.dials("minh", "lan", Manner::quiet().hangs_up(secs(10)));
    let record = w.run();
    w.assert(w.were_connected(0, 2), "the second phone answered");
    w.assert(leg(&record, 1).cause == Cause::AnsweredElsewhere, "the first one stops");
    w.assert(leg(&record, 1).party.extension() == Some(w.id_of("lan")), "both are lan's");
}

#[test]
fn who_declines_on_one_phone_declines_on_all() {
    let mut w = World::new(1).phone("lan", never_answers()).phone("lan", declines_after(secs(2)));
    w.dials("minh", "lan", Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Declined, "declined");
    w.assert(w.sent_home(1) == [Cause::Declined], "the other phone stops at once");
}

#[test]
fn a_busy_phone_does_not_stop_the_other_one() {
    let mut w = World::new(1).phone("lan", is_busy()).phone("lan", answers_after(secs(2)));
    w.dials("minh", "lan", Manner::quiet().hangs_up(secs(10)));
    let record = w.run();
    w.assert(record.cause == Cause::Normal && w.were_connected(0, 2), "the second phone answered");
}

#[test]
fn a_caller_who_cancels_stops_the_ringing() {
    let mut w = World::new(1).phone("lan", never_answers());
    w.dials("minh", "lan", Manner::quiet().hangs_up(secs(4)));
    let record = w.run();
    w.assert(record.cause == Cause::Cancelled && record.ended_by == EndedBy::Caller, "cancelled");
    w.assert(w.sent_home(0).is_empty(), "nothing is said to a leg that is gone");
}

#[test]
fn a_caller_in_the_group_is_not_called_itself() {
    let mut w = World::new(1).phone("lan", never_answers()).phone("minh", answers_after(secs(1))).group(
        "all",
        call::Strategy::Simultaneous,
        secs(10),
        &["lan", "minh"],
    );
    w.dials("lan", "all", Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(record.legs.len() == 2 && w.were_connected(0, 1), "only minh rings");
}

#[test]
fn an_order_from_outside_ends_the_call_in_any_stage() {
    for after in [secs(0), secs(1), secs(5)] {
        let mut w = World::new(1).phone("lan", answers_after(secs(3)));
        w.dials("minh", "lan", Manner::quiet());
        w.is_ordered_to_end(after, Cause::ServerStopping);
        let record = w.run();
        w.assert(record.cause == Cause::ServerStopping && record.ended_by == EndedBy::System, "as ordered");
        w.assert(decided(&record, "ordered"), "the trail says so");
    }
}

//! Three and more who talk: a third is added, each may leave at any time, the others go on.

use call::{Event, Role, Wish};
use model::leg::TransferNews;
use model::{Cause, EndedBy, LegId};
use sim::far::{answers_after, is_busy, never_answers, refuses};
use sim::story::{decided, leg};
use sim::{Act, Manner, World, secs};

/// A customer (leg 0) talks with lan (leg 1) from the first second on; lan adds hoa in the fifth.
fn talk(lan: Manner, customer: Manner, hoa: impl Into<Option<Manner>>) -> World {
    let mut w = World::new(31).phone("lan", lan).phone("hoa", hoa).phone("minh", answers_after(secs(1)));
    w = w.hotline_to_phone("1800", "lan").carrier("first", refuses(Cause::Unavailable));
    w = w.carrier("second", answers_after(secs(2))).outside("0281", &["first", "second"]);
    w.customer_calls("1800", customer);
    add(&mut w, 5, "hoa");
    w
}

fn add(w: &mut World, at: u64, to: &str) {
    let by = w.extension("lan");
    w.is_wanted(secs(at), Wish::AddParty { by, to: to.to_owned() });
}

const ALL: [(u16, u16); 6] = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];

#[test]
fn three_hear_each_other_and_lan_may_end_all() {
    let mut w = talk(answers_after(secs(1)), Manner::quiet(), answers_after(secs(2)));
    w.run_for(secs(10));
    w.assert(w.hears_last() == ALL, "each hears the two others");
    let hoa = w.extension("hoa");
    w.assert(w.told(&Event::Joined { leg: LegId(2), extension: Some(hoa), role: Role::Party }), "the world knows");
    w.is_ordered_to_end(secs(5), Cause::Normal);
    let record = w.run();
    for id in 0..3 {
        w.assert(w.sent_home(id) == [Cause::Normal], "all are hung up");
    }
    w.assert(record.legs.len() == 3 && decided(&record, "add_party") && decided(&record, "joined"), "the record knows");
}

#[test]
fn whoever_leaves_the_others_go_on() {
    let (stay, leave) = (|| answers_after(secs(1)), || answers_after(secs(1)).hangs_up(secs(20)));
    let lan_leaves = talk(leave(), Manner::quiet().hangs_up(secs(60)), stay());
    let customer_leaves = talk(stay().hangs_up(secs(60)), Manner::quiet().hangs_up(secs(20)), stay());
    let hoa_leaves = talk(stay().hangs_up(secs(60)), Manner::quiet(), leave());
    for (mut w, gone, bridge) in [(lan_leaves, 1, (0, 2)), (customer_leaves, 0, (2, 1)), (hoa_leaves, 2, (0, 1))] {
        let record = w.run();
        w.assert(w.bridges.last() == Some(&(LegId(bridge.0), LegId(bridge.1))), "the two who stay talk");
        w.assert(leg(&record, gone).cause == Cause::Normal, "who left hung up");
        w.assert(record.ended - record.started > secs(50), "the call went on");
        w.assert(w.events.iter().any(|e| matches!(e, Event::Left { leg, .. } if leg.0 == gone)), "the world knows");
    }
}

#[test]
fn each_may_leave_while_the_third_rings() {
    let customer = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(8)), never_answers());
    let lan = talk(answers_after(secs(1)).hangs_up(secs(8)), Manner::quiet(), never_answers());
    for (mut w, ended_by) in [(customer, EndedBy::Caller), (lan, EndedBy::Callee)] {
        let record = w.run();
        w.assert(record.ended_by == ended_by && w.sent_home(2) == [Cause::Normal], "it rings no more");
    }
}

#[test]
fn a_third_who_does_not_come_changes_nothing() {
    for hoa in [Some(is_busy()), Some(refuses(Cause::Declined)), Some(never_answers()), None] {
        let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), hoa);
        let record = w.run();
        w.assert(w.bridges == [(LegId(0), LegId(1))] && w.mixes.is_empty(), "the two never noticed");
        w.assert(decided(&record, "not_joined"), "but the trail knows");
        w.assert(w.events.iter().any(|e| matches!(e, Event::NotJoined { .. })), "and who asked");
    }
}

#[test]
fn the_third_may_be_outside_and_the_next_carrier_is_tried() {
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), None);
    add(&mut w, 6, "0281");
    w.run_for(secs(12));
    w.assert(w.hears_last() == [(0, 1), (0, 3), (1, 0), (1, 3), (3, 0), (3, 1)], "over the second carrier");
    w.is_wanted(secs(1), Wish::RemoveParty { leg: LegId(3) });
    w.run_for(secs(5));
    w.assert(w.sent_home(3) == [Cause::Normal] && w.bridges.len() == 2, "let go, and the two go on");
    w.run();
}

#[test]
fn a_ringing_third_can_be_let_go() {
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), never_answers());
    w.is_wanted(secs(9), Wish::RemoveParty { leg: LegId(2) });
    w.run_for(secs(12));
    w.assert(w.sent_home(2) == [Cause::Cancelled], "it rings no more");
    w.run();
}

#[test]
fn four_talk_and_each_leaves_in_turn() {
    let lan = answers_after(secs(1)).hangs_up(secs(20));
    let mut w = talk(lan, Manner::quiet().hangs_up(secs(30)), answers_after(secs(1)).hangs_up(secs(50)));
    add(&mut w, 8, "minh");
    w.run_for(secs(15));
    w.assert(w.hears_last().len() == 12, "all four hear each other");
    let record = w.run();
    w.assert(record.ended - record.started > secs(45) && record.legs.len() == 4, "until one is left");
    w.assert(w.sent_home(3) == [Cause::Normal], "who is not left alone on the line");
}

#[test]
fn who_holds_hears_nobody_and_the_others_talk_on() {
    let lan = answers_after(secs(1)).and(secs(10), Act::Hold).and(secs(20), Act::Resume);
    let mut w = talk(lan, Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)));
    w.run_for(secs(15));
    w.assert(w.hears_last() == [(0, 2), (2, 0)] && w.heard.iter().all(|(id, _)| id.0 == 0), "no music for company");
    w.run_for(secs(10));
    w.assert(w.hears_last() == ALL, "lan is back");
    w.run();
}

#[test]
fn a_conference_is_not_handed_over() {
    let lan = answers_after(secs(1)).transfers(secs(10), "minh");
    let mut w = talk(lan, Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)));
    w.run_for(secs(15));
    w.assert(w.news_to(1) == [TransferNews::Refused { cause: Cause::Busy }] && w.hears_last() == ALL, "all stay");
    w.run();
}

#[test]
fn only_who_talks_adds_a_third_and_no_group_joins() {
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), None);
    let by = w.extension("minh");
    w.is_wanted(secs(8), Wish::AddParty { by, to: "hoa".to_owned() });
    add(&mut w, 9, "1800");
    add(&mut w, 10, "nobody");
    let record = w.run();
    w.assert(record.trail.iter().filter(|entry| entry.step == "add_party").count() == 3, "minh's wish is none");
}

#[test]
fn a_recording_pauses_and_goes_on_when_there_is_one() {
    let mut w = World::new(33).phone("lan", answers_after(secs(1))).carrier("first", answers_after(secs(1)));
    w = w.outside("0281", &["first"]);
    w.dials("lan", "0281", Manner::quiet().hangs_up(secs(30)));
    w.is_wanted(secs(5), Wish::PauseRecording { paused: true });
    w.is_wanted(secs(9), Wish::PauseRecording { paused: false });
    let record = w.run();
    w.assert(decided(&record, "recording_paused") && decided(&record, "recording_resumed"), "the trail knows");
    // An inbound call to this number is not recorded.
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(30)), None);
    w.is_wanted(secs(8), Wish::PauseRecording { paused: true });
    let record = w.run();
    w.assert(!decided(&record, "recording_paused"), "there is nothing to pause");
}

//! One of two people hands the other over to a third.

use call::{Event, Input};
use model::leg::{Sound, TransferNews, TransferTo};
use model::{Cause, EndedBy, LegId};
use sim::far::{answers_after, is_busy, never_answers, refuses};
use sim::story::{decided, leg};
use sim::{Act, Manner, World, secs};

/// A customer talks with lan from the first second on; lan does as told. hoa is the third.
fn talk(lan: Manner, hoa: impl Into<Option<Manner>>) -> World {
    let mut w = World::new(11).phone("lan", lan).phone("hoa", hoa).hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet().hangs_up(secs(60)));
    w
}

#[test]
fn the_customer_is_handed_over_and_lan_is_gone() {
    let lan = answers_after(secs(1)).and(secs(4), Act::Hold).transfers(secs(5), "hoa");
    let mut w = talk(lan, answers_after(secs(3)));
    let record = w.run();
    w.assert(w.news_to(1) == [TransferNews::Accepted, TransferNews::Ringing, TransferNews::Done], "lan knows");
    w.assert(w.sent_home(1) == [Cause::Transferred], "lan's leg is ended");
    w.assert(w.were_connected(0, 1) && w.were_connected(0, 2), "the customer talks with both");
    w.assert(w.was_played(0, Sound::Hold), "and hears music between");
    w.assert(w.told(&Event::Transferred { by: LegId(1), leg: LegId(2) }), "the world knows");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "the customer ends it");
    w.assert(record.callee_leg == Some(LegId(2)) && leg(&record, 1).cause == Cause::Transferred, "the record knows");
    for step in ["transfer", "transfer_route", "transferred"] {
        w.assert(decided(&record, step), step);
    }
}

#[test]
fn who_is_not_on_hold_hears_that_it_rings() {
    let mut w = talk(answers_after(secs(1)).transfers(secs(5), "hoa"), answers_after(secs(3)));
    w.run();
    w.assert(w.was_played(0, Sound::Ringback), "no music was on");
}

#[test]
fn the_caller_may_transfer_too() {
    let minh = Manner::quiet().transfers(secs(5), "hoa");
    let mut w =
        World::new(3).phone("lan", answers_after(secs(1)).hangs_up(secs(40))).phone("hoa", answers_after(secs(2)));
    w.dials("minh", "lan", minh);
    let record = w.run();
    w.assert(w.were_connected(1, 2), "lan talks with hoa");
    w.assert(w.sent_home(0) == [Cause::Transferred], "minh is gone");
    w.assert(record.caller_leg == Some(LegId(1)) && record.ended_by == EndedBy::Caller, "lan's side hung up");
}

#[test]
fn a_transfer_that_nobody_takes_gives_the_call_back() {
    for (hoa, cause) in [
        (Some(is_busy()), Cause::Busy),
        (Some(refuses(Cause::Declined)), Cause::Declined),
        (Some(never_answers()), Cause::NoAnswer),
        (None, Cause::NotRegistered),
    ] {
        let mut w = talk(answers_after(secs(1)).transfers(secs(5), "hoa"), hoa);
        let record = w.run();
        w.assert(w.news_to(1).last() == Some(&TransferNews::Failed { cause }), "lan knows why");
        w.assert(w.bridges == [(LegId(0), LegId(1)); 2], "they talk again");
        w.assert(record.cause == Cause::Normal && record.callee_leg == Some(LegId(1)), "as if nothing had been");
        w.assert(decided(&record, "transfer_failed"), "but the trail knows");
    }
}

#[test]
fn a_number_nobody_has_gives_the_call_back_at_once() {
    let mut w = talk(answers_after(secs(1)).and(secs(4), Act::Hold).transfers(secs(5), "999"), None);
    w.run_for(secs(8));
    w.assert(
        w.news_to(1) == [TransferNews::Accepted, TransferNews::Failed { cause: Cause::NotFound }],
        "no such number",
    );
    w.assert(w.bridges.len() == 1, "lan still holds");
    w.run();
}

#[test]
fn lan_may_leave_before_hoa_picks_up() {
    let lan = answers_after(secs(1)).transfers(secs(5), "hoa").hangs_up(secs(6));
    let mut w = talk(lan.clone(), answers_after(secs(4)));
    let record = w.run();
    w.assert(w.were_connected(0, 2) && record.cause == Cause::Normal, "the transfer goes on");
    let mut w = talk(lan, is_busy().and(secs(4), Act::Refuse(Cause::Busy)));
    w.run();
    let mut w = talk(answers_after(secs(1)).transfers(secs(5), "hoa").hangs_up(secs(6)), never_answers());
    let record = w.run();
    w.assert(record.cause == Cause::NoAnswer && record.answered.is_some(), "nobody is left to give it back to");
}

#[test]
fn the_customer_may_leave_while_hoa_rings() {
    let mut w =
        World::new(4).phone("lan", answers_after(secs(1)).transfers(secs(5), "hoa")).phone("hoa", never_answers());
    w = w.hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet().hangs_up(secs(9)));
    let record = w.run();
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "it was a talk");
    w.assert(w.sent_home(2) == [Cause::Normal] && w.sent_home(1) == [Cause::Normal], "hoa stops ringing, lan is free");
}

#[test]
fn a_stranger_may_not_transfer() {
    let mut w = World::new(5).phone("lan", answers_after(secs(1))).phone("hoa", answers_after(secs(1)));
    w = w.hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet().transfers(secs(3), "hoa").hangs_up(secs(9)));
    let record = w.run();
    w.assert(w.news_to(0) == [TransferNews::Refused { cause: Cause::Forbidden }], "refused");
    w.assert(record.legs.len() == 2 && decided(&record, "transfer_refused"), "nobody was called");
}

#[test]
fn a_second_transfer_waits_for_the_first() {
    let mut w =
        talk(answers_after(secs(1)).transfers(secs(5), "hoa").transfers(secs(6), "hoa"), answers_after(secs(5)));
    w.run();
    w.assert(w.news_to(1).contains(&TransferNews::Refused { cause: Cause::Busy }), "one at a time");
    w.assert(w.were_connected(0, 2), "the first is done");
}

#[test]
fn a_transfer_outside_shows_our_number_and_tries_the_carriers() {
    let mut w = World::new(6).phone("lan", answers_after(secs(1)).transfers(secs(5), "0900"));
    w = w.carrier("one", refuses(Cause::Unavailable)).carrier("two", answers_after(secs(2)));
    w = w.outside("0900", &["one", "two"]).hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet().hangs_up(secs(30)));
    w.run();
    w.assert(w.were_connected(0, 3), "through the second carrier");
    let shown = w.commands.iter().find_map(|(_, id, command)| match command {
        model::LegCommand::Dial(dial) if *id == LegId(3) => Some(dial.caller_number.clone()),
        _ => None,
    });
    w.assert(shown.as_deref() == Some("+842873000001"), "the hotline");
}

#[test]
fn an_attended_transfer_takes_the_third_over_from_the_other_call() {
    let lan = answers_after(secs(1)).and(secs(4), Act::Hold).and(secs(9), Act::Transfer(TransferTo::Leg(7)));
    let mut w = talk(lan, None);
    w.talks_elsewhere(7, "lan", "hoa", Manner::quiet().hangs_up(secs(20)));
    let record = w.run();
    w.assert(w.news_to(1) == [TransferNews::Accepted, TransferNews::Done], "lan knows");
    w.assert(w.were_connected(0, 2) && w.sent_home(1) == [Cause::Transferred], "the customer talks with hoa");
    w.assert(record.ended_by == EndedBy::Callee && decided(&record, "adopted"), "hoa hung up");
}

#[test]
fn somebody_elses_talk_is_not_taken_over() {
    let mut w = talk(answers_after(secs(1)).and(secs(9), Act::Transfer(TransferTo::Leg(7))), None);
    w.talks_elsewhere(7, "hoa", "minh", Manner::quiet());
    w.run();
    w.assert(w.news_to(1).last() == Some(&TransferNews::Failed { cause: Cause::NotFound }), "refused");
}

#[test]
fn the_other_call_gives_its_side_away_and_ends() {
    let mut w = World::new(8).phone("hoa", answers_after(secs(1)));
    w.dials("lan", "hoa", Manner::quiet());
    let lan = w.id_of("lan");
    w.say(secs(5), Input::Release { leg: LegId(0), extension: lan });
    let record = w.run();
    w.assert(record.cause == Cause::Transferred && record.ended_by == EndedBy::Caller, "lan moved the talk");
    w.assert(w.sent_home(0) == [Cause::Transferred] && w.sent_home(1).is_empty(), "hoa's leg lives on elsewhere");
    w.assert(leg(&record, 1).cause == Cause::Transferred && decided(&record, "taken_over"), "the record knows");
}

#[test]
fn a_call_that_still_rings_gives_its_number_away() {
    let mut w = World::new(8).phone("hoa", never_answers());
    w.dials("lan", "hoa", Manner::quiet());
    let lan = w.id_of("lan");
    w.say(secs(5), Input::Release { leg: LegId(0), extension: lan });
    let record = w.run();
    w.assert(record.cause == Cause::Transferred && record.answered.is_none(), "it ends here");
    w.assert(w.sent_home(1) == [Cause::Transferred], "and rings from there");
}

#[test]
fn a_phone_may_pick_up_what_rings_elsewhere() {
    let mut w =
        World::new(9).phone("lan", never_answers()).phone("lan", never_answers()).hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet().hangs_up(secs(20)));
    w.takes_place(secs(3), 1, "hoa", Manner::quiet());
    let record = w.run();
    w.assert(w.were_connected(0, 3), "the customer talks with hoa");
    w.assert(
        w.sent_home(1) == [Cause::AnsweredElsewhere] && w.sent_home(2) == [Cause::AnsweredElsewhere],
        "lan's rest",
    );
    w.assert(record.cause == Cause::Normal && decided(&record, "replaced"), "answered");
}

#[test]
fn a_phone_may_go_on_with_a_talk() {
    let mut w = World::new(9).phone("lan", answers_after(secs(1))).hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet().hangs_up(secs(20)));
    w.takes_place(secs(5), 1, "lan", Manner::quiet());
    let record = w.run();
    w.assert(w.were_connected(0, 1) && w.were_connected(0, 2), "first on one phone, then on the other");
    w.assert(w.sent_home(1) == [Cause::Transferred] && record.callee_leg == Some(LegId(2)), "the first is free");
}

#[test]
fn a_leg_without_a_place_gives_none() {
    let mut w = World::new(9).phone("lan", is_busy()).hotline_to_phone("1800", "lan");
    w.customer_calls("1800", Manner::quiet());
    w.takes_place(secs(0), 4, "hoa", Manner::quiet());
    let record = w.run();
    w.assert(decided(&record, "replace_refused") && record.cause == Cause::Busy, "as if nobody had asked");
}

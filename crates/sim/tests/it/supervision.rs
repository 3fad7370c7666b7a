//! Somebody supervises a talk: who hears whom, and what becomes of each when another leaves.

use call::{Event, Role, Supervision, Wish};
use model::leg::{Sound, TransferNews};
use model::{Cause, EndedBy, LegId};
use sim::far::{answers_after, is_busy, never_answers, refuses};
use sim::story::decided;
use sim::{Act, Manner, World, secs};

/// A customer (leg 0) talks with lan (leg 1) from the first second on. hoa supervises.
fn talk(lan: Manner, customer: Manner, hoa: impl Into<Option<Manner>>) -> World {
    let mut w = World::new(21).phone("lan", lan).phone("hoa", hoa).phone("minh", answers_after(secs(1)));
    w = w.hotline_to_phone("1800", "lan");
    w.customer_calls("1800", customer);
    w
}

fn supervise(w: &mut World, at: u64, mode: Supervision) {
    let extension = w.extension("hoa");
    w.is_wanted(secs(at), Wish::Supervise { extension, mode });
}

fn quiet_talk() -> World {
    talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)))
}

const LISTENS: [(u16, u16); 4] = [(0, 1), (1, 0), (2, 0), (2, 1)];

#[test]
fn each_way_lets_the_supervisor_be_heard_by_whom_it_says() {
    for (mode, heard_by) in [
        (Supervision::Listen, vec![]),
        (Supervision::Whisper, vec![1]),
        (Supervision::WhisperCaller, vec![0]),
        (Supervision::WhisperCallee, vec![1]),
        (Supervision::Barge, vec![0, 1]),
    ] {
        let mut w = quiet_talk();
        supervise(&mut w, 5, mode);
        w.run_for(secs(10));
        let mut wanted: Vec<(u16, u16)> = LISTENS.into_iter().chain(heard_by.iter().map(|ear| (*ear, 2))).collect();
        wanted.sort_unstable();
        w.assert(w.hears_last() == wanted, mode.as_str());
        let record = w.run();
        w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "the customer ends it");
        w.assert(w.sent_home(2) == [Cause::Normal], "and the supervisor's phone is hung up");
        w.assert(decided(&record, "supervise") && decided(&record, "joined"), "the trail knows");
        w.assert(record.callee_leg == Some(LegId(1)) && record.legs.len() == 3, "the record is that of the two");
    }
}

#[test]
fn the_way_can_be_changed_and_the_supervisor_let_go() {
    let mut w = quiet_talk();
    supervise(&mut w, 5, Supervision::Listen);
    supervise(&mut w, 10, Supervision::Barge);
    let extension = w.extension("hoa");
    w.is_wanted(secs(20), Wish::Unsupervise { extension });
    w.run_for(secs(15));
    w.assert(w.hears_last().len() == 6, "all hear each other");
    w.assert(w.told(&Event::Supervised { leg: LegId(2), extension, mode: Supervision::Barge }), "the world knows");
    w.run_for(secs(10));
    w.assert(w.bridges == [(LegId(0), LegId(1)); 2], "the two are alone again");
    w.assert(w.sent_home(2) == [Cause::Normal], "the supervisor is gone");
    let role = Role::Supervisor(Supervision::Barge);
    w.assert(w.told(&Event::Left { leg: LegId(2), extension: Some(extension), role }), "and that is told");
    w.run();
}

#[test]
fn the_supervisor_may_hang_up_at_any_time_and_the_two_talk_on() {
    for hoa in [answers_after(secs(1)).hangs_up(secs(8)), refuses(Cause::Declined), is_busy(), never_answers()] {
        let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), hoa);
        supervise(&mut w, 5, Supervision::Whisper);
        let record = w.run();
        w.assert(w.bridges.last() == Some(&(LegId(0), LegId(1))), "they hear each other");
        w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "as if nobody had been there");
    }
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), None);
    supervise(&mut w, 5, Supervision::Whisper);
    let record = w.run();
    w.assert(decided(&record, "not_joined") && record.legs.len() == 2, "no phone, no leg");
}

#[test]
fn each_of_the_two_may_leave_while_the_supervisor_rings() {
    let by_customer = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(7)), never_answers());
    let by_agent = talk(answers_after(secs(1)).hangs_up(secs(7)), Manner::quiet(), never_answers());
    for (mut w, ended_by) in [(by_customer, EndedBy::Caller), (by_agent, EndedBy::Callee)] {
        supervise(&mut w, 5, Supervision::Listen);
        let record = w.run();
        w.assert(record.ended_by == ended_by && record.cause == Cause::Normal, "the talk is over");
        w.assert(w.sent_home(2) == [Cause::Normal], "it rings no more");
    }
}

#[test]
fn the_supervisor_goes_when_the_agent_hangs_up() {
    let mut w = talk(answers_after(secs(1)).hangs_up(secs(20)), Manner::quiet(), answers_after(secs(1)));
    supervise(&mut w, 5, Supervision::Barge);
    let record = w.run();
    w.assert(record.ended_by == EndedBy::Callee && w.sent_home(2) == [Cause::Normal], "no customer is left behind");
    w.assert(w.sent_home(0) == [Cause::Normal], "all are hung up");
}

#[test]
fn a_supervisor_takes_the_agents_place() {
    let mut w = quiet_talk();
    supervise(&mut w, 5, Supervision::Listen);
    let extension = w.extension("hoa");
    w.is_wanted(secs(10), Wish::TakeOver { extension });
    let record = w.run();
    w.assert(w.sent_home(1) == [Cause::Transferred], "the agent is out");
    w.assert(w.bridges.last() == Some(&(LegId(0), LegId(2))), "the customer talks with the supervisor");
    w.assert(w.told(&Event::Transferred { by: LegId(1), leg: LegId(2) }), "the world knows");
    w.assert(record.callee_leg == Some(LegId(2)) && record.ended_by == EndedBy::Caller, "and the record");
    w.assert(decided(&record, "take_over"), "and the trail");
}

#[test]
fn nobody_takes_a_place_before_picking_up() {
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), never_answers());
    supervise(&mut w, 5, Supervision::Listen);
    let extension = w.extension("hoa");
    w.is_wanted(secs(7), Wish::TakeOver { extension });
    let record = w.run();
    w.assert(record.callee_leg == Some(LegId(1)) && !decided(&record, "take_over"), "the agent stays");
}

#[test]
fn a_transfer_goes_its_way_while_supervised_and_the_whisper_goes_to_the_new_agent() {
    let lan = answers_after(secs(1)).transfers(secs(10), "minh");
    let mut w = talk(lan, Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)));
    supervise(&mut w, 5, Supervision::Whisper);
    let record = w.run();
    w.assert(w.news_to(1).last() == Some(&TransferNews::Done), "lan is out");
    w.assert(w.hears_last() == [(0, 3), (2, 0), (2, 3), (3, 0), (3, 2)], "hoa whispers to minh");
    w.assert(record.callee_leg == Some(LegId(3)) && w.sent_home(2) == [Cause::Normal], "until the end");
}

#[test]
fn a_transfer_that_fails_gives_the_supervised_talk_back() {
    let lan = answers_after(secs(1)).transfers(secs(10), "999");
    let mut w = talk(lan, Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)));
    supervise(&mut w, 5, Supervision::Listen);
    w.run_for(secs(20));
    w.assert(w.hears_last() == LISTENS, "hoa listens again");
    w.run();
}

#[test]
fn the_supervisor_hears_the_customer_on_hold_and_may_talk_to_them() {
    let lan = answers_after(secs(1)).and(secs(10), Act::Hold).and(secs(20), Act::Resume);
    let mut w = talk(lan, Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)));
    supervise(&mut w, 5, Supervision::Listen);
    w.run_for(secs(15));
    w.assert(w.was_played(0, Sound::Hold) && w.hears_last() == [(2, 0)], "the customer hears music, hoa the customer");
    supervise(&mut w, 1, Supervision::Barge);
    w.run_for(secs(3));
    w.assert(w.hears_last() == [(0, 2), (2, 0)], "they talk while lan holds");
    w.run_for(secs(10));
    w.assert(w.hears_last().len() == 6, "lan is back");
    w.run();
}

#[test]
fn who_talks_does_not_supervise_and_nobody_supervises_what_only_rings() {
    let mut w = talk(answers_after(secs(10)), Manner::quiet().hangs_up(secs(60)), answers_after(secs(1)));
    supervise(&mut w, 3, Supervision::Listen);
    let extension = w.extension("lan");
    w.is_wanted(secs(20), Wish::Supervise { extension, mode: Supervision::Listen });
    let record = w.run();
    w.assert(record.legs.len() == 2 && !decided(&record, "supervise"), "nothing was done");
}

#[test]
fn a_supervisor_whose_sound_is_lost_is_let_go() {
    let hoa = answers_after(secs(1)).and(secs(10), Act::FallSilent);
    let mut w = talk(answers_after(secs(1)), Manner::quiet().hangs_up(secs(60)), hoa);
    supervise(&mut w, 5, Supervision::Listen);
    let record = w.run();
    w.assert(w.sent_home(2) == [Cause::MediaTimeout] && record.cause == Cause::Normal, "the two talk on");
}

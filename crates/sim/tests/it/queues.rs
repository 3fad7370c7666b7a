//! Callers who wait for an agent, as the call sees it.

use call::{Event, QueueNews};
use model::leg::Sound;
use model::{Cause, EndedBy, ExtensionId, LegId, QueueOutcome};
use sim::far::Act;
use sim::keeper::Keeper;
use sim::story::decided;
use sim::{Manner, World, secs};

const HOTLINE: &str = "02873000001";

fn answers_after(time: std::time::Duration) -> Manner {
    Manner::quiet().and(sim::ms(100), Act::Ring).and(time, Act::Answer)
}

/// A hotline whose callers wait for these, ten seconds each.
fn waiting_for(agents: &[(&str, Manner)], to: Option<call::RouteTarget>) -> World {
    let mut w = World::new(1);
    for (name, manner) in agents {
        w = w.phone(name, manner.clone());
    }
    let agents: Vec<ExtensionId> = agents.iter().map(|(name, _)| w.id_of(name)).collect();
    let keeper = Keeper { agents, ring_for: secs(10), to, crosses: false, silent: false };
    w.hotline_to_queue(HOTLINE, keeper)
}

#[test]
fn the_caller_hears_music_until_an_agent_answers() {
    let mut w = waiting_for(&[("lan", answers_after(secs(30))), ("minh", answers_after(secs(3)))], None);
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(60)));
    let record = w.run();
    w.assert(w.was_played(0, Sound::Hold), "music");
    w.assert(!w.was_played(0, Sound::Ringback), "and no ringing tone");
    w.assert(w.were_connected(0, 2), "caller and minh talk");
    w.assert(w.sent_home(1).contains(&Cause::NoAnswer), "lan has missed a call");
    let minh = w.id_of("minh");
    w.assert(w.queue_news.contains(&QueueNews::Answered { agent: minh }), "the queue knows");
    let visit = &record.visits[0];
    w.assert((visit.outcome, visit.agent) == (QueueOutcome::Answered, Some(minh)), "and the record");
    w.assert(visit.left.since(visit.joined) >= secs(13), "as long as it took");
    w.assert(w.events.iter().any(|event| matches!(event, Event::QueueJoined { .. })), "the world is told");
    w.assert(record.cause == Cause::Normal && record.recorded, "a talk like any other");
}

#[test]
fn who_gives_up_has_abandoned() {
    let mut w = waiting_for(&[("lan", Manner::quiet().and(sim::ms(50), Act::Ring))], None);
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(4)));
    let record = w.run();
    w.assert(record.cause == Cause::Cancelled && record.ended_by == EndedBy::Caller, "given up");
    w.assert(record.visits[0].outcome == QueueOutcome::Abandoned, "in the queue");
    w.assert(w.queue_news.last() == Some(&QueueNews::Left), "which knows");
    w.assert(w.sent_home(1) == [Cause::AnsweredElsewhere], "lan's phone counts no missed call");
}

#[test]
fn a_refusal_reaches_the_queue_and_overflow_leads_on() {
    let lan = Manner::quiet().and(sim::ms(50), Act::Ring).and(secs(1), Act::Refuse(Cause::Declined));
    let mut w = World::new(1).phone("minh", answers_after(secs(2))).phone("lan", lan);
    let (lan, minh) = (w.id_of("lan"), w.id_of("minh"));
    let to = Some(call::RouteTarget::Extension(minh));
    let keeper = Keeper { agents: vec![lan], ring_for: secs(10), to, crosses: false, silent: false };
    w = w.hotline_to_queue(HOTLINE, keeper);
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(60)));
    let record = w.run();
    w.assert(w.queue_news.contains(&QueueNews::Refused { agent: lan, cause: Cause::Declined }), "at once");
    w.assert(record.visits[0].outcome == QueueOutcome::TimedOut, "the queue gave up");
    w.assert(w.were_connected(0, 2) && record.callee_leg == Some(LegId(2)), "minh takes the call");
}

#[test]
fn a_queue_that_says_nothing_does_not_keep_the_caller() {
    let mut w = World::new(1).phone("lan", answers_after(secs(2)));
    let keeper = Keeper { agents: vec![], ring_for: secs(10), to: None, crosses: false, silent: true };
    w = w.hotline_to_queue(HOTLINE, keeper);
    w.customer_calls(HOTLINE, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Failed && decided(&record, "no_reply"), "after five seconds");
    w.assert(record.visits.len() == 1, "one stay");
}

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
    let keeper = Keeper { agents, ring_for: secs(10), to, crosses: false, silent: false, survey: None };
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
    let keeper = Keeper { agents: vec![lan], ring_for: secs(10), to, crosses: false, silent: false, survey: None };
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
    let keeper = Keeper { agents: vec![], ring_for: secs(10), to: None, crosses: false, silent: true, survey: None };
    w = w.hotline_to_queue(HOTLINE, keeper);
    w.customer_calls(HOTLINE, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Failed && decided(&record, "no_reply"), "after five seconds");
    w.assert(record.visits.len() == 1, "one stay");
}

#[test]
fn a_caller_may_hang_up_and_be_called_back() {
    let mut w = waiting_for(&[("lan", Manner::quiet().and(sim::ms(50), Act::Ring))], None);
    let presses = |key: char| Act::Press(model::Digit::new(key).expect("a key"));
    w.customer_calls(HOTLINE, Manner::quiet().and(secs(2), presses('5')).and(secs(3), presses('1')));
    let record = w.run();
    w.assert(w.sent_home(1) == [Cause::AnsweredElsewhere], "lan's phone rings for nobody any more");
    w.assert(w.queue_news.last() == Some(&QueueNews::CallBack), "the queue keeps the place");
    w.assert(!w.queue_news.contains(&QueueNews::Left), "and does not hear that the caller left");
    w.assert(w.was_played(0, Sound::Prompt(model::leg::Prompt::CallbackKept)), "the caller is told");
    let visit = &record.visits[0];
    w.assert(visit.outcome == QueueOutcome::CalledBack && visit.left.since(visit.joined) < secs(4), "at the right key");
    w.assert(record.cause == Cause::FlowEnded && record.ended_by == EndedBy::System, "and the call ends");
}

/// The caller of a queue, asked for a mark when the agent has hung up.
fn surveyed(caller: Manner, lan: Manner) -> World {
    let mut w = World::new(1).phone("lan", lan).flow(
        "survey",
        r#"{"start":"ask","nodes":{"ask":{"type":"rate","greeting":"@hello","max_failures":2,"next":"bye"},
            "bye":{"type":"hangup"}}}"#,
    );
    let (lan, survey) = (w.id_of("lan"), Some(w.house.flow("survey")));
    let keeper = Keeper { agents: vec![lan], ring_for: secs(10), to: None, crosses: false, silent: false, survey };
    w = w.hotline_to_queue(HOTLINE, keeper);
    w.customer_calls(HOTLINE, caller);
    w
}

#[test]
fn when_the_agent_hangs_up_the_caller_is_asked_how_it_was() {
    let mut w = surveyed(Manner::quiet().presses(secs(15), "4"), answers_after(secs(3)).hangs_up(secs(10)));
    let record = w.run();
    w.assert(w.were_connected(0, 1), "they talked");
    w.assert(w.was_played(0, Sound::Greeting(model::Id::from_bits(1))), "then the question is put");
    w.assert(w.marks == [4], "and the mark is kept");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "the agent ended the talk");
    w.assert(record.callee_leg == Some(LegId(1)) && record.recorded, "the record is that of the talk");
    w.assert(decided(&record, "survey"), "the trail tells of it");
}

#[test]
fn who_hangs_up_before_the_agent_is_asked_nothing() {
    let mut w = surveyed(Manner::quiet().hangs_up(secs(8)), answers_after(secs(3)));
    let record = w.run();
    w.assert(w.marks.is_empty() && !decided(&record, "survey"), "no survey");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "a talk like any other");
    let mut w = surveyed(Manner::quiet().hangs_up(secs(15)), answers_after(secs(3)).hangs_up(secs(10)));
    let record = w.run();
    w.assert(w.marks.is_empty(), "who hangs up during the question gives no mark");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Callee, "the agent ended the talk");
}

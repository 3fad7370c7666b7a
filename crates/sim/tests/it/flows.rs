//! A customer calls the hotline and a flow takes the call.

use call::{Direction, Event, Strategy};
use model::leg::Sound;
use model::{Cause, EndedBy, LegId};
use sim::far::{answers_after, declines_after, is_busy, never_answers};
use sim::story::{SWITCHED_OFF, decided, leg};
use sim::{Act, Manner, World, minutes, ms, secs};

const HOTLINE: &str = "02873000001";

/// Greeting; 1 leads to sales; no key leads to everybody; three wrong keys end it.
const FLOW: &str = r#"{"start":"welcome","nodes":{
    "welcome":{"type":"menu","greeting":"@hello","timeout_ms":5000,"max_failures":3,"invalid_greeting":"@sorry",
        "options":{"1":"sales"},"on_timeout":"everyone","on_failures":"bye"},
    "sales":{"type":"ring_group","group":"@sales","on_no_answer":"bye"},
    "everyone":{"type":"ring_group","group":"@everyone"},
    "bye":{"type":"hangup"}}}"#;

fn shop(lan: impl Into<Option<Manner>>, minh: impl Into<Option<Manner>>) -> World {
    World::new(7)
        .phone("lan", lan)
        .phone("minh", minh)
        .group("sales", Strategy::Simultaneous, secs(20), &["lan"])
        .group("everyone", Strategy::Simultaneous, secs(15), &["lan", "minh"])
        .flow("main", FLOW)
        .hotline_to_flow(HOTLINE, "main")
}

fn greeting() -> Sound {
    Sound::Greeting(model::id::Id::from_bits(1))
}

fn sorry() -> Sound {
    Sound::Greeting(model::id::Id::from_bits(2))
}

#[test]
fn a_key_leads_to_sales_and_the_talk_is_recorded() {
    let mut w = shop(answers_after(secs(3)), never_answers());
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(4), "1").hangs_up(secs(30)));
    let record = w.run();
    w.assert(w.was_played(0, greeting()), "the greeting is heard");
    w.assert(w.was_played(0, Sound::Ringback), "the caller hears that it rings");
    w.assert(w.were_connected(0, 1), "caller and lan talk");
    w.assert(record.recorded, "the talk is recorded");
    w.assert(record.direction == Direction::Inbound && record.hotline.is_some(), "inbound by the hotline");
    w.assert(record.cause == Cause::Normal && record.ended_by == EndedBy::Caller, "the caller hung up");
    w.assert(record.answered > record.ringing && record.ringing > Some(record.started), "times in order");
    w.assert(record.callee_leg == Some(LegId(1)), "lan answered");
    for step in ["offered", "route", "flow", "flow_node", "flow_key", "group", "ring", "answer", "end"] {
        w.assert(decided(&record, step), step);
    }
}

#[test]
fn a_key_during_the_greeting_interrupts_it() {
    let mut w = shop(answers_after(secs(1)), never_answers());
    w.nature.greeting = secs(30);
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(2), "1").hangs_up(secs(10)));
    let record = w.run();
    w.assert(record.answered.is_some_and(|at| at.as_nanos() < 5_000_000_000), "answered before the greeting's end");
}

#[test]
fn no_key_leads_to_everybody_and_the_first_to_answer_gets_the_call() {
    let mut w = shop(answers_after(secs(8)), answers_after(secs(4)));
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(decided(&record, "flow_timeout"), "the time-out leads on");
    w.assert(w.were_connected(0, 2) && !w.were_connected(0, 1), "minh was quicker");
    w.assert(w.sent_home(1) == [Cause::AnsweredElsewhere], "lan's phone is told why it stops");
    w.assert(leg(&record, 1).cause == Cause::AnsweredElsewhere, "and so is the record");
    // Two seconds of greeting, five of silence, then it rings.
    w.assert(record.ringing.is_some_and(|at| at.as_nanos() / 1_000_000_000 == 7), "the time-out counts from its end");
}

#[test]
fn three_wrong_keys_end_the_call_by_plan() {
    let mut w = shop(never_answers(), never_answers());
    let caller = Manner::quiet().presses(secs(1), "9").presses(secs(2), "8").presses(secs(3), "7");
    w.customer_calls(HOTLINE, caller);
    let record = w.run();
    w.assert(w.was_played(0, sorry()), "the wrong key is answered with its sentence");
    w.assert(decided(&record, "flow_failures"), "the failures lead on");
    w.assert(record.cause == Cause::FlowEnded && record.ended_by == EndedBy::System, "ended by plan");
    w.assert(w.sent_home(0) == [Cause::FlowEnded], "the caller is hung up");
    w.assert(record.answered.is_none(), "no person answered");
}

#[test]
fn after_a_wrong_key_the_greeting_comes_again_and_a_right_key_counts() {
    let mut w = shop(answers_after(secs(1)), never_answers());
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(1), "9").presses(secs(4), "1").hangs_up(secs(20)));
    let record = w.run();
    let greetings = w.heard.iter().filter(|(_, sound)| *sound == greeting()).count();
    w.assert(greetings == 2, "the greeting came twice");
    w.assert(record.cause == Cause::Normal && record.answered.is_some(), "and sales answered");
}

#[test]
fn a_group_that_nobody_answers_gives_the_caller_back_to_the_flow() {
    let mut w = shop(never_answers(), never_answers());
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(1), "1"));
    let record = w.run();
    w.assert(decided(&record, "ring_timeout") && decided(&record, "flow_returned"), "it rang, then came back");
    w.assert(record.cause == Cause::FlowEnded, "and the flow said good-bye");
    w.assert(leg(&record, 1).cause == Cause::NoAnswer, "lan's leg says what happened");
}

#[test]
fn a_group_without_a_way_on_ends_the_call_with_its_own_cause() {
    let mut w = shop(is_busy(), SWITCHED_OFF);
    w.customer_calls(HOTLINE, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::Busy, "busy tells more than not registered");
}

#[test]
fn a_caller_who_leaves_in_the_menu_gave_up() {
    let mut w = shop(never_answers(), never_answers());
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(3)));
    let record = w.run();
    w.assert(record.cause == Cause::Cancelled && record.ended_by == EndedBy::Caller, "the caller gave up");
    w.assert(leg(&record, 0).answered.is_some() && record.answered.is_none(), "answered by the flow only");
    w.assert(record.legs.len() == 1, "no phone ever rang");
}

#[test]
fn a_caller_who_leaves_while_it_rings_stops_the_phones() {
    let mut w = shop(never_answers(), never_answers());
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(12)));
    let record = w.run();
    w.assert(record.cause == Cause::Cancelled && record.ended_by == EndedBy::Caller, "the caller gave up");
    w.assert(w.sent_home(1) == [Cause::Cancelled] && w.sent_home(2) == [Cause::Cancelled], "both phones stop");
}

#[test]
fn members_of_a_sequential_group_ring_one_after_another() {
    let mut w = World::new(7)
        .phone("lan", never_answers())
        .phone("off", SWITCHED_OFF)
        .phone("minh", declines_after(secs(2)))
        .phone("an", answers_after(secs(2)))
        .group("queue", Strategy::Sequence, secs(10), &["lan", "off", "minh", "an"])
        .hotline_to_group(HOTLINE, "queue");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    let causes: Vec<Cause> = record.legs.iter().map(|leg| leg.cause).collect();
    w.assert(causes == [Cause::Normal, Cause::NoAnswer, Cause::Declined, Cause::Normal], "each had its turn");
    w.assert(leg(&record, 2).started >= leg(&record, 1).ended, "never two at once");
    w.assert(w.were_connected(0, 3), "an answered");
}

#[test]
fn a_hotline_straight_to_a_group_is_not_answered_before_a_person_does() {
    let mut w = World::new(7)
        .phone("lan", answers_after(secs(5)))
        .group("sales", Strategy::Simultaneous, secs(20), &["lan"])
        .hotline_to_group(HOTLINE, "sales");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(secs(9)));
    let record = w.run();
    w.assert(w.was_told_it_rings(0), "the caller's phone is told that it rings");
    w.assert(w.heard.is_empty(), "we play no tone of our own");
    w.assert(leg(&record, 0).answered == record.answered, "answered when lan answered");
}

#[test]
fn the_world_is_told_what_happens_in_order() {
    let mut w = shop(answers_after(secs(3)), never_answers());
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(4), "1").hangs_up(secs(30)));
    w.run();
    let words: Vec<&str> = w
        .events
        .iter()
        .map(|event| match event {
            Event::Started { .. } => "started",
            Event::Digit { .. } => "digit",
            Event::Ringing { .. } => "ringing",
            Event::Answered { .. } => "answered",
            Event::Held { .. } => "held",
            Event::Resumed { .. } => "resumed",
            Event::QueueJoined { .. } => "queue_joined",
            Event::QueueLeft { .. } => "queue_left",
            Event::Transferred { .. } => "transferred",
            Event::Joined { .. } | Event::NotJoined { .. } | Event::Left { .. } | Event::Supervised { .. } => "guest",
            Event::Ended { .. } => "ended",
        })
        .collect();
    w.assert(words == ["started", "digit", "ringing", "answered", "ended"], "in order");
}

#[test]
fn a_flow_that_is_gone_ends_the_call_with_no_route() {
    let mut w = World::new(7).hotline_to_flow(HOTLINE, "gone");
    w.customer_calls(HOTLINE, Manner::quiet());
    let record = w.run();
    w.assert(record.cause == Cause::NoRoute, "no route");
}

#[test]
fn a_silent_line_in_the_menu_ends_with_its_own_cause() {
    let mut w = shop(never_answers(), never_answers());
    w.nature.greeting = minutes(2);
    w.customer_calls(HOTLINE, Manner::quiet().and(ms(61_000), Act::FallSilent));
    let record = w.run();
    w.assert(record.cause == Cause::MediaTimeout && record.ended_by == EndedBy::System, "media time-out");
}

#[test]
fn a_schedule_and_the_caller_choose_the_way() {
    use model::flow::FlowAnswer::{Anonymous, Closed, Holiday, Nothing, Open, Vip};
    let reached = |schedule, caller| {
        let mut w = World::new(5)
            .phone("lan", answers_after(secs(1)))
            .phone("minh", answers_after(secs(1)))
            .schedule("office", schedule)
            .knows_the_caller(caller)
            .flow(
                "main",
                r#"{"start":"who","nodes":{
                    "who":{"type":"caller","vip":"boss","otherwise":"hours"},
                    "hours":{"type":"schedule","schedule":"@office","open":"desk","closed":"sorry"},
                    "boss":{"type":"extension","extension":"@minh"},
                    "desk":{"type":"extension","extension":"@lan"},
                    "sorry":{"type":"play","greeting":"@sorry","next":"end"},
                    "end":{"type":"hangup"}}}"#,
            )
            .hotline_to_flow(HOTLINE, "main");
        w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
        let record = w.run();
        w.assert(decided(&record, "flow_answer"), "the trail says why");
        record
            .legs
            .get(1)
            .and_then(|leg| leg.party.extension())
            .map(|id| if id == w.id_of("lan") { "lan" } else { "minh" })
    };
    assert_eq!(reached(Open, Nothing), Some("lan"));
    assert_eq!(reached(Open, Anonymous), Some("lan"), "no branch of its own");
    assert_eq!(reached(Closed, Nothing), None);
    assert_eq!(reached(Holiday, Nothing), None, "a holiday without a branch is closed");
    assert_eq!(reached(Closed, Vip), Some("minh"), "the boss answers friends at night too");
    assert_eq!(reached(Nothing, Nothing), None, "a schedule that is gone is closed");
}

/// The order's number is asked for, said back in English, then the extension is dialled by its number.
const ENTRY: &str = r##"{"start":"english","nodes":{
    "english":{"type":"language","language":"en","next":"order"},
    "order":{"type":"collect","greeting":"@hello","variable":"order","max":4,"terminator":"#","next":"known"},
    "known":{"type":"compare","variable":"order","is":"begins_with","value":"7","yes":"tell","no":"bye"},
    "tell":{"type":"say","text":"{order}","as":"number","next":"ask"},
    "ask":{"type":"lookup","url":"https://crm.example/","branches":{"gold":"dial"},"otherwise":"bye"},
    "dial":{"type":"dial_extension","max":3,"on_no_answer":"bye"},
    "bye":{"type":"hangup"}}}"##;

#[test]
fn an_entry_a_look_up_and_a_dialled_extension_lead_to_a_talk() {
    let mut w = World::new(7).phone("101", answers_after(secs(2))).flow("main", ENTRY).hotline_to_flow(HOTLINE, "main");
    w.house.outside = Some(model::flow::FlowAnswer::Branch("gold".into(), Vec::new()));
    let keys = Manner::quiet().presses(secs(3), "71#").presses(secs(8), "101");
    w.customer_calls(HOTLINE, keys.hangs_up(secs(30)));
    let record = w.run();
    w.assert(w.languages == [model::say::Language::En], "the language is chosen");
    w.assert(w.was_played(0, Sound::Prompt(model::leg::Prompt::Number(71))), "the number is said");
    w.assert(w.were_connected(0, 1), "and the extension answers");
    for step in ["flow_collected", "flow_compared", "flow_answer"] {
        w.assert(decided(&record, step), step);
    }
}

#[test]
fn without_an_answer_from_outside_the_flow_goes_on() {
    let mut w = World::new(7).phone("101", answers_after(secs(2))).flow("main", ENTRY).hotline_to_flow(HOTLINE, "main");
    w.customer_calls(HOTLINE, Manner::quiet().presses(secs(3), "71#"));
    let record = w.run();
    w.assert(record.cause == Cause::FlowEnded && w.bridges.is_empty(), "as the node says");
}

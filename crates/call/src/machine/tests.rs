//! The examples of `docs/specs/call.md`, and what the machine does with words out of turn. Longer stories stand in
//! `crates/sim/tests`.

use super::*;
use crate::{Recording, RecordingRule, Released, RingMember, RingPlan, Route, RouteTarget, Script, Strategy};
use model::flow::{FlowCommand, FlowTarget};
use model::id::Id;
use model::{ExtensionId, FlowId, GroupId, TrunkId};

fn at(ms: u64) -> Moment {
    Moment::from_millis(ms)
}

fn lan() -> ExtensionId {
    ExtensionId::from_bits(1)
}

fn offered() -> Input {
    let origin = Origin::Trunk(TrunkId::from_bits(1));
    let (dialled, caller_number) = ("02873000001".to_owned(), "0901234567".to_owned());
    Input::Offered { origin, dialled, caller_number, caller_name: String::new() }
}

fn routed(to: RouteTarget) -> Reply {
    Reply::Route(Box::new(Route {
        direction: Direction::Inbound,
        hotline: None,
        caller_number: "+84901234567".into(),
        caller_name: String::new(),
        to,
        record: true,
        reason: "The hotline leads there.".into(),
        facts: Vec::new(),
    }))
}

fn leg(id: u16, event: LegEvent) -> Input {
    Input::Leg(LegId(id), event)
}

fn reply(ticket: u32, reply: Reply) -> Input {
    Input::Reply(Ticket(ticket), reply)
}

fn plan() -> Reply {
    let (members, ring_for) = (vec![RingMember::plain(lan())], Duration::from_secs(20));
    Reply::Group(Some(RingPlan { strategy: Strategy::Simultaneous, members, ring_for, otherwise: None }))
}

/// Actions in few words.
fn words(actions: &[Action]) -> Vec<String> {
    actions
        .iter()
        .map(|action| match action {
            Action::Ask(ticket, question) => {
                let what = match question {
                    Question::Route { .. } => "Route",
                    Question::Locate { .. } => "Locate",
                    Question::Group(_) => "Group",
                    Question::Forward { .. } => "Forward",
                    Question::Adopt { .. } => "Adopt",
                    Question::Recording(_) => "Recording",
                };
                format!("Ask({}, {what})", ticket.0)
            }
            Action::Leg(id, command) => {
                let command = format!("{command:?}");
                let name = command.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
                format!("Leg {id} {name}")
            }
            Action::Publish(event) => {
                let event = format!("{event:?}");
                format!("Publish({})", event.split(' ').next().unwrap_or_default())
            }
            Action::Finish(_) => "Finish".to_owned(),
            Action::StartFlow(_) => "StartFlow".to_owned(),
            Action::Flow(event) => format!("Flow({event:?})"),
            Action::Bridge(a, b) => format!("Bridge({a}, {b})"),
            Action::Unbridge(a, b) => format!("Unbridge({a}, {b})"),
            Action::Mix { .. } => "Mix".to_owned(),
            Action::Unmix => "Unmix".to_owned(),
            Action::PauseRecord(paused) => format!("PauseRecord({paused})"),
            Action::Record { .. } => "Record".to_owned(),
            Action::RecordBeside { stays, comes } => format!("RecordBeside({stays}, {comes})"),
            Action::StopRecord => "StopRecord".to_owned(),
            Action::Queue(_) => "Queue".into(),
            Action::StopFlow => "StopFlow".to_owned(),
            Action::Adopt(ticket, id) => format!("Adopt({}, {id})", ticket.0),
            Action::Release(Released::Leg((id, _))) => format!("Release({id})"),
            Action::Release(Released::Number(number)) => format!("Release({number})"),
            Action::Release(Released::Nobody) => "Release(nobody)".to_owned(),
        })
        .collect()
}

fn new() -> Call {
    Call::new(CallId::from_bits(1), at(0))
}

/// A call that rings lan's phone (leg 1), straight from a hotline.
fn ringing() -> Call {
    let mut call = new();
    call.handle(at(0), offered());
    call.handle(at(1), reply(1, routed(RouteTarget::Extension(lan()))));
    call.handle(at(2), reply(2, Reply::Contacts(vec![7])));
    call
}

fn summary(actions: Vec<Action>) -> crate::Summary {
    let finish = actions.into_iter().find_map(|action| match action {
        Action::Finish(summary) => Some(*summary),
        _ => None,
    });
    finish.expect("the call has finished")
}

#[test]
fn the_example_of_the_specification() {
    let mut call = new();
    let mut step = |ms: u64, input: Input, expected: &[&str]| {
        assert_eq!(words(&call.handle(at(ms), input)), expected);
    };
    let digit = Digit::new('1').expect("a key");
    step(0, offered(), &["Ask(1, Route)"]);
    let flow = routed(RouteTarget::Flow(FlowId::from_bits(1)));
    step(1, reply(1, flow), &["Publish(Started)", "Leg 0 Answer", "StartFlow"]);
    step(2, Input::Flow(FlowCommand::Play(Sound::Greeting(Id::from_bits(1)))), &["Leg 0 Play"]);
    step(900, leg(0, LegEvent::Digit(digit)), &["Publish(Digit)", "Flow(Digit(1))"]);
    step(900, Input::Flow(FlowCommand::StopPlay), &["Leg 0 StopPlay"]);
    let transfer = FlowCommand::Transfer(FlowTarget::Group(GroupId::from_bits(1)));
    step(900, Input::Flow(transfer), &["Ask(2, Group)"]);
    step(901, reply(2, plan()), &["Ask(3, Locate)"]);
    step(902, reply(3, Reply::Contacts(vec![7])), &["Leg 0 Play", "Leg 1 Dial"]);
    step(950, leg(1, LegEvent::Ringing { early_media: false }), &["Publish(Ringing)"]);
    let talk = ["StopFlow", "Leg 0 StopPlay", "Bridge(0, 1)", "Ask(4, Recording)", "Publish(Answered)"];
    step(4_000, leg(1, LegEvent::Answered), &talk);
    let rule = RecordingRule { rule: Recording::Always, because: String::new(), announcement: None };
    step(4_000, reply(4, Reply::Recording(rule)), &["Record"]);
    let end = ["StopRecord", "Unbridge(0, 1)", "Leg 1 Hangup", "Publish(Ended)", "Finish"];
    step(9_000, leg(0, LegEvent::Ended { cause: Cause::Normal }), &end);
    step(9_010, leg(1, LegEvent::Ended { cause: Cause::Normal }), &[]);
    assert!(call.is_over() && call.deadline().is_none());
}

#[test]
fn the_first_input_counts_and_only_the_first() {
    let mut call = new();
    assert!(call.handle(at(0), leg(0, LegEvent::Answered)).is_empty(), "nothing has begun");
    assert!(call.handle(at(0), Input::Hangup { cause: Cause::Normal }).is_empty());
    assert_eq!(call.handle(at(0), offered()).len(), 1);
    assert!(call.handle(at(0), offered()).is_empty(), "it has begun already");
}

#[test]
fn a_reply_with_another_ticket_or_of_another_kind_is_nobodys() {
    let mut call = new();
    call.handle(at(0), offered());
    assert!(call.handle(at(1), reply(2, routed(RouteTarget::Reject(Cause::Busy)))).is_empty());
    assert!(call.handle(at(1), reply(1, Reply::Contacts(vec![1]))).is_empty());
    assert!(call.handle(at(1), reply(1, plan())).is_empty());
    assert!(!call.handle(at(1), reply(1, routed(RouteTarget::Reject(Cause::Busy)))).is_empty());
    assert!(call.handle(at(1), reply(1, routed(RouteTarget::Reject(Cause::Busy)))).is_empty(), "once is enough");
}

#[test]
fn a_time_out_too_early_does_nothing() {
    let mut call = ringing();
    let deadline = call.deadline().expect("it rings for a while");
    assert_eq!(deadline, at(2) + Limits::default().ring_extension);
    assert!(call.timeout(at(20_000)).is_empty());
    assert_eq!(call.deadline(), Some(deadline));
    assert_eq!(summary(call.timeout(deadline)).cause, Cause::Unreachable, "the phone never gave a sign");
}

#[test]
fn the_answer_and_the_bridge_come_before_anything_else() {
    let mut call = ringing();
    let actions = words(&call.handle(at(3), leg(1, LegEvent::Answered)));
    assert_eq!(actions, ["Leg 0 Answer", "Bridge(0, 1)", "Ask(3, Recording)", "Publish(Answered)"]);
}

#[test]
fn early_sound_stays_bridged_when_the_answer_comes() {
    let mut call = new();
    call.handle(at(0), offered());
    let step = crate::TrunkStep { trunk: TrunkId::from_bits(2), number: "1".into() };
    call.handle(at(1), reply(1, routed(RouteTarget::Trunk(vec![step]))));
    let early = words(&call.handle(at(2), leg(1, LegEvent::Ringing { early_media: true })));
    assert_eq!(early, ["Bridge(0, 1)", "Publish(Ringing)"]);
    assert!(call.handle(at(3), leg(1, LegEvent::Ringing { early_media: false })).is_empty(), "no plain ringing then");
    let answer = words(&call.handle(at(4), leg(1, LegEvent::Answered)));
    assert_eq!(answer, ["Leg 0 Answer", "Ask(2, Recording)", "Publish(Answered)"]);
}

#[test]
fn a_cancel_that_crosses_the_answer_leaves_an_unanswered_call() {
    let mut call = ringing();
    call.handle(at(3_000), leg(1, LegEvent::Answered));
    let summary = summary(call.handle(at(3_001), leg(0, LegEvent::Ended { cause: Cause::Cancelled })));
    assert_eq!((summary.cause, summary.ended_by, summary.answered), (Cause::Cancelled, EndedBy::Caller, None));
}

#[test]
fn a_late_answer_is_hung_up_once_more_and_no_more_often() {
    let mut call = ringing();
    call.handle(at(3), leg(0, LegEvent::Ended { cause: Cause::Cancelled }));
    assert_eq!(words(&call.handle(at(4), leg(1, LegEvent::Answered))), ["Leg 1 Hangup"]);
    assert!(call.handle(at(5), leg(1, LegEvent::Answered)).is_empty());
    assert!(!call.is_over());
    let guard = call.deadline().expect("the leg is awaited");
    assert!(call.timeout(guard).is_empty() && call.is_over(), "but not for ever");
}

#[test]
fn the_trail_says_why_with_facts() {
    let mut call = ringing();
    let summary = summary(call.handle(at(5), leg(1, LegEvent::Rejected { cause: Cause::Busy })));
    let steps: Vec<&str> = summary.trail.iter().map(|entry| entry.step).collect();
    assert_eq!(steps, ["offered", "route", "ring", "leg_failed", "not_reached", "end"]);
    let failed = &summary.trail[3];
    assert_eq!(failed.reason, "Leg 1 did not answer: busy.");
    assert_eq!(failed.facts, [("leg", "1".to_owned()), ("cause", "busy".to_owned())]);
}

#[test]
fn a_trail_that_grows_too_long_keeps_its_end() {
    let mut call = ringing();
    for n in 0..1_000 {
        call.handle(at(3), Input::Trail(TrailEntry::new(at(3), "flow_node", format!("{n}"))));
    }
    let trail = summary(call.handle(at(9), Input::Hangup { cause: Cause::Normal })).trail;
    assert_eq!(trail.len(), LONGEST_TRAIL + 1);
    assert_eq!(trail.last().map(|entry| entry.step), Some("end"));
}

#[test]
fn flows_that_lead_to_each_other_end_somewhere() {
    let (mut call, flow) = (new(), FlowId::from_bits(7));
    call.handle(at(0), offered());
    let begun = call.handle(at(1), reply(1, routed(RouteTarget::Flow(flow))));
    assert!(words(&begun).contains(&"StartFlow".to_owned()));
    let to_another = Input::Flow(FlowCommand::Transfer(FlowTarget::Flow(flow)));
    for _ in 1..100 {
        assert_eq!(words(&call.handle(at(2), to_another.clone())), ["StopFlow", "StartFlow"]);
    }
    let last = summary(call.handle(at(3), to_another));
    assert_eq!(last.cause, Cause::Failed);
    assert!(last.trail.iter().any(|entry| entry.step == "flow_limit"));
}

/// A call that the house places through a carrier, up to the dialling of its one leg.
fn placed() -> Call {
    let mut call = new();
    let place =
        Input::Place { hotline: Id::from_bits(1), caller_number: "+842873000001".into(), to: "0901234567".into() };
    assert_eq!(words(&call.handle(at(0), place)), ["Ask(1, Route)"]);
    let step = crate::TrunkStep { trunk: TrunkId::from_bits(1), number: "0901234567".into() };
    let Reply::Route(route) = routed(RouteTarget::Trunk(vec![step])) else { unreachable!() };
    let route = Route { direction: Direction::Outbound, ..*route };
    let dialled = call.handle(at(1), reply(1, Reply::Route(Box::new(route))));
    assert_eq!(words(&dialled), ["Publish(Started)", "Leg 0 Dial"]);
    call
}

#[test]
fn whom_the_house_calls_meets_its_script_and_counts_as_the_called_side() {
    let mut call = placed();
    let rings = call.handle(at(50), leg(0, LegEvent::Ringing { early_media: true }));
    assert_eq!(words(&rings), ["Publish(Ringing)"], "nobody is there to hear early sound");
    let answered = call.handle(at(900), leg(0, LegEvent::Answered));
    assert_eq!(words(&answered), ["StartFlow", "Publish(Answered)"]);
    assert!(matches!(answered[0], Action::StartFlow(Script::Placed)));
    let sound = Sound::Greeting(Id::from_bits(1));
    assert_eq!(words(&call.handle(at(901), Input::Flow(FlowCommand::Play(sound)))), ["Leg 0 Play"]);
    assert_eq!(words(&call.handle(at(3_000), leg(0, LegEvent::PlayDone))), ["Flow(PlayDone)"]);
    let left = summary(call.handle(at(3_500), leg(0, LegEvent::Ended { cause: Cause::Normal })));
    assert_eq!((left.cause, left.ended_by, left.answered), (Cause::Normal, EndedBy::Callee, Some(at(900))));
    assert_eq!((left.callee_leg, left.callee_number.as_str()), (Some(LegId(0)), "0901234567"));
}

#[test]
fn who_answers_the_house_may_be_handed_to_an_agent() {
    let mut call = placed();
    call.handle(at(900), leg(0, LegEvent::Answered));
    let transfer = FlowCommand::Transfer(FlowTarget::Group(GroupId::from_bits(1)));
    assert_eq!(words(&call.handle(at(901), Input::Flow(transfer))), ["Ask(2, Group)"]);
    call.handle(at(902), reply(2, plan()));
    assert_eq!(words(&call.handle(at(903), reply(3, Reply::Contacts(vec![7])))), ["Leg 0 Play", "Leg 1 Dial"]);
    let talk = call.handle(at(2_000), leg(1, LegEvent::Answered));
    assert!(words(&talk).contains(&"Bridge(0, 1)".to_owned()), "{talk:?}");
    let left = summary(call.handle(at(9_000), leg(1, LegEvent::Ended { cause: Cause::Normal })));
    assert_eq!((left.ended_by, left.callee_leg), (EndedBy::Caller, Some(LegId(1))), "the agent is our side");
}

#[test]
fn the_house_leaves_nobody_with_a_machine_of_its_own_and_hears_who_does_not_answer() {
    let mut call = placed();
    let refused = summary(call.handle(at(50), leg(0, LegEvent::Rejected { cause: Cause::Busy })));
    assert_eq!((refused.cause, refused.answered), (Cause::Busy, None));
    let mut call = new();
    let place = Input::Place { hotline: Id::from_bits(1), caller_number: "1".into(), to: "2".into() };
    call.handle(at(0), place);
    let lost = summary(call.handle(at(1), reply(1, routed(RouteTarget::Flow(FlowId::from_bits(1))))));
    assert_eq!((lost.cause, lost.ended_by), (Cause::NoRoute, EndedBy::System));
}

use super::*;
use std::collections::VecDeque;

/// A flow and what it last said, in words.
struct Walk {
    flow: Flow,
    now: Moment,
    said: VecDeque<String>,
}

impl Walk {
    fn new(nodes: &str) -> Walk {
        let nodes = nodes
            .replace("@hello", "grt_00000000000000000000000001")
            .replace("@sorry", "grt_00000000000000000000000002")
            .replace("@sales", "grp_00000000000000000000000001");
        let json = format!(r#"{{"start":"start","nodes":{nodes}}}"#);
        let graph = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}"));
        let flow = Flow::new(Arc::new(graph), Moment::START);
        let mut walk = Walk { flow, now: Moment::START, said: VecDeque::new() };
        walk.hear(FlowEvent::Started);
        walk
    }

    fn hear(&mut self, event: FlowEvent) -> &mut Walk {
        let steps = self.flow.handle(self.now, event);
        self.take(steps)
    }

    fn press(&mut self, key: char) -> &mut Walk {
        self.hear(FlowEvent::Digit(Digit::new(key).expect("a key")))
    }

    fn after(&mut self, ms: u64) -> &mut Walk {
        self.now = self.now + Duration::from_millis(ms);
        let steps = self.flow.timeout(self.now);
        self.take(steps)
    }

    fn take(&mut self, steps: Vec<FlowStep>) -> &mut Walk {
        for step in steps {
            match step {
                FlowStep::Command(FlowCommand::Play(Sound::Greeting(id))) => {
                    self.said.push_back(format!("play {}", model::id::Id::bits(id)));
                }
                FlowStep::Command(FlowCommand::Play(sound)) => self.said.push_back(format!("play {sound:?}")),
                FlowStep::Command(FlowCommand::StopPlay) => self.said.push_back("stop".into()),
                FlowStep::Command(FlowCommand::Transfer(_)) => self.said.push_back("transfer".into()),
                FlowStep::Command(FlowCommand::Hangup(cause)) => self.said.push_back(format!("bye {}", cause.as_str())),
                FlowStep::Ask(_) => self.said.push_back("ask".into()),
                FlowStep::Speak(_, text) => self.said.push_back(format!("text {text}")),
                FlowStep::Language(language) => self.said.push_back(format!("language {}", language.as_str())),
                FlowStep::Rate(mark) => self.said.push_back(format!("mark {mark}")),
                FlowStep::Trail(_) | FlowStep::Record | FlowStep::StopRecord | FlowStep::Mail(..) => {}
            }
        }
        self
    }

    #[track_caller]
    fn says(&mut self, words: &[&str]) -> &mut Walk {
        let said: Vec<String> = self.said.drain(..).collect();
        assert_eq!(said, words);
        self
    }
}

const MENU: &str = r#"{
    "start":{"type":"menu","greeting":"@hello","invalid_greeting":"@sorry","timeout_ms":3000,"max_failures":2,
        "options":{"1":"sales","2":"start"},"on_failures":"bye"},
    "sales":{"type":"ring_group","group":"@sales","on_no_answer":"start"},
    "bye":{"type":"hangup"}}"#;

#[test]
fn the_time_out_counts_from_the_end_of_the_greeting() {
    let mut walk = Walk::new(MENU);
    walk.says(&["play 1"]).after(60_000).says(&[]);
    walk.hear(FlowEvent::PlayDone).says(&[]).after(2_999).says(&[]).after(1).says(&["play 1"]);
}

#[test]
fn a_key_stops_the_greeting_and_is_followed_at_once() {
    Walk::new(MENU).says(&["play 1"]).press('1').says(&["stop", "transfer"]);
}

#[test]
fn a_wrong_key_gets_its_sentence_then_the_greeting_then_the_full_time() {
    let mut walk = Walk::new(MENU);
    walk.says(&["play 1"]).hear(FlowEvent::PlayDone).after(2_000).press('9').says(&["play 2"]);
    walk.hear(FlowEvent::PlayDone).says(&["play 1"]).hear(FlowEvent::PlayDone).after(2_999).says(&[]);
    walk.after(1).says(&["bye flow_ended"]);
    assert!(walk.flow.is_over() && walk.flow.deadline().is_none());
}

#[test]
fn a_key_counts_during_the_sentence_about_the_wrong_key() {
    let mut walk = Walk::new(MENU);
    walk.press('9').says(&["play 1", "play 2"]).press('1').says(&["stop", "transfer"]);
}

#[test]
fn failures_are_forgotten_when_the_menu_is_entered_anew() {
    let mut walk = Walk::new(MENU);
    walk.press('9').press('2').says(&["play 1", "play 2", "stop", "play 1"]);
    walk.press('9').says(&["play 2"]);
}

#[test]
fn a_transfer_that_comes_back_goes_on_where_the_node_says() {
    let mut walk = Walk::new(MENU);
    walk.press('1').says(&["play 1", "stop", "transfer"]);
    walk.press('2').hear(FlowEvent::PlayDone).after(600_000).says(&[]);
    walk.hear(FlowEvent::Returned(Cause::Busy)).says(&["play 1"]);
}

#[test]
fn a_transfer_without_a_way_on_ends_with_its_cause() {
    let mut walk = Walk::new(r#"{"start":{"type":"ring_group","group":"@sales"}}"#);
    walk.says(&["transfer"]).hear(FlowEvent::Returned(Cause::Busy)).says(&["bye busy"]);
}

#[test]
fn a_menu_without_greeting_waits_at_once() {
    let mut walk = Walk::new(r#"{"start":{"type":"menu","timeout_ms":1000,"max_failures":1,"options":{}}}"#);
    walk.says(&[]).after(1_000).says(&["bye flow_ended"]);
}

#[test]
fn a_time_out_with_a_way_on_is_no_failure() {
    let nodes = r#"{"start":{"type":"menu","timeout_ms":1000,"options":{},"on_timeout":"bye"},
        "bye":{"type":"hangup","cause":"normal"}}"#;
    Walk::new(nodes).after(1_000).says(&["bye normal"]);
}

#[test]
fn a_sound_whose_end_is_never_told_does_not_hold_the_caller_for_ever() {
    let mut walk = Walk::new(r#"{"start":{"type":"play","greeting":"@hello","next":"bye"},"bye":{"type":"hangup"}}"#);
    walk.says(&["play 1"]).after(599_999).says(&[]).after(1).says(&["bye flow_ended"]);
}

#[test]
fn a_node_that_is_missing_ends_the_call_instead_of_the_process() {
    Walk::new(r#"{"begin":{"type":"hangup"}}"#).says(&["bye failed"]);
}

#[test]
fn a_flow_that_spins_is_stopped() {
    let mut walk = Walk::new(r#"{"start":{"type":"ring_group","group":"@sales","on_no_answer":"start"}}"#);
    let mut rounds = 0;
    while !walk.flow.is_over() && rounds < 100 {
        walk.hear(FlowEvent::Returned(Cause::NotRegistered));
        rounds += 1;
    }
    assert_eq!(rounds, 50, "fifty nodes at once and no more");
    assert_eq!(walk.said.pop_back().as_deref(), Some("bye failed"));
}

#[test]
fn a_flow_that_goes_on_for_ever_is_stopped_too() {
    let mut walk = Walk::new(r#"{"start":{"type":"play","greeting":"@hello","next":"start"}}"#);
    let mut rounds = 0;
    while !walk.flow.is_over() && rounds < 2_000 {
        walk.after(1_000).hear(FlowEvent::PlayDone);
        rounds += 1;
    }
    assert_eq!(rounds, 1_000);
}

#[test]
fn events_out_of_turn_change_nothing() {
    let mut walk = Walk::new(MENU);
    walk.says(&["play 1"]).hear(FlowEvent::Started).hear(FlowEvent::Returned(Cause::Busy)).says(&[]);
    walk.hear(FlowEvent::PlayDone).hear(FlowEvent::PlayDone).after(2_999).says(&[]);
}

#[test]
fn a_menu_heard_again_may_greet_otherwise_and_another_flow_takes_the_place_of_this_one() {
    let mut walk = Walk::new(
        r#"{"start":{"type":"menu","greeting":"@hello","again_greeting":"@sorry","timeout_ms":1000,"max_failures":3,
            "options":{"1":"other"}},
        "other":{"type":"flow","flow":"flw_00000000000000000000000007"}}"#,
    );
    walk.says(&["play 1"]).hear(FlowEvent::PlayDone).after(1_000).says(&["play 2"]);
    walk.press('9').says(&["play 2"]).press('1').says(&["stop", "transfer"]);
}

#[test]
fn a_question_is_answered_once_or_not_at_all() {
    const HOURS: &str = r#"{"start":"when","nodes":{
        "when":{"type":"schedule","schedule":"sch_00000000000000000000000001","open":"day","closed":"night"},
        "day":{"type":"hangup"},
        "night":{"type":"hangup","cause":"unavailable"}}}"#;
    let flow = || {
        let graph: Graph = serde_json::from_str(HOURS).expect("a graph");
        let mut flow = Flow::new(Arc::new(graph), Moment::START);
        let steps = flow.handle(Moment::START, FlowEvent::Started);
        assert!(matches!(steps.last(), Some(FlowStep::Ask(_))), "{steps:?}");
        flow
    };
    let ends = |steps: Vec<FlowStep>| match steps.last() {
        Some(FlowStep::Command(FlowCommand::Hangup(cause))) => Some(*cause),
        _ => None,
    };
    let mut open = flow();
    assert_eq!(ends(open.handle(Moment::START, FlowEvent::Answer(FlowAnswer::Open))), Some(Cause::FlowEnded));
    assert!(open.handle(Moment::START, FlowEvent::Answer(FlowAnswer::Closed)).is_empty(), "nothing was asked any more");
    let mut silent = flow();
    let deadline = silent.deadline().expect("nobody waits for ever");
    assert_eq!(ends(silent.timeout(deadline)), Some(Cause::Unavailable), "no answer is closed");
    let mut keys = flow();
    assert!(keys.handle(Moment::START, FlowEvent::Digit(Digit::new('1').expect("a key"))).is_empty());
    assert!(keys.handle(Moment::START, FlowEvent::PlayDone).is_empty());
}

mod nodes;

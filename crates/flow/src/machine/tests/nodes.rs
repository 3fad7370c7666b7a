//! Nodes that take several keys, speak, remember and ask.

use super::*;
use crate::Wrong;
use model::ExtensionId;
use model::id::Id;

fn answer(walk: &mut Walk, answer: FlowAnswer) -> &mut Walk {
    walk.hear(FlowEvent::Answer(answer))
}

const ENTRY: &str = r##"{
    "start":{"type":"collect","greeting":"@hello","invalid_greeting":"@sorry","variable":"order","min":2,"max":4,
        "terminator":"#","first_timeout_ms":5000,"digit_timeout_ms":2000,"max_failures":2,"next":"tell","on_failures":"bye"},
    "tell":{"type":"say","text":"Order {order} {nothing}","next":"spell"},
    "spell":{"type":"say","text":"{order}","as":"digits","next":"bye"},
    "bye":{"type":"hangup"}}"##;

#[test]
fn keys_are_collected_until_the_last_or_the_one_that_ends_them() {
    let mut walk = Walk::new(ENTRY);
    walk.says(&["play 1"]).press('4').says(&["stop"]).press('2').press('#');
    walk.says(&["text Order 42 ", "play Spoken(1)"]);
    walk.hear(FlowEvent::PlayDone).says(&["play Prompt(Digit(4))"]);
    walk.hear(FlowEvent::PlayDone).says(&["play Prompt(Digit(2))"]);
    walk.hear(FlowEvent::PlayDone).says(&["bye flow_ended"]);
    let mut walk = Walk::new(ENTRY);
    walk.press('1').press('2').press('3').press('4');
    assert_eq!(walk.flow.variables()["order"], "1234", "as many as may be");
}

#[test]
fn an_entry_that_stops_counts_when_it_is_long_enough() {
    let mut walk = Walk::new(ENTRY);
    walk.press('1').press('2').after(1_999);
    assert_eq!(walk.flow.node(), "start");
    walk.after(1);
    assert_eq!((walk.flow.node(), walk.flow.variables()["order"].as_str()), ("tell", "12"));
    let mut walk = Walk::new(ENTRY);
    walk.press('1').after(2_000).says(&["play 1", "stop", "play 2"]).hear(FlowEvent::PlayDone).says(&["play 1"]);
    walk.hear(FlowEvent::PlayDone).after(4_999).says(&[]).after(1).says(&["bye flow_ended"]);
}

#[test]
fn an_extension_that_nobody_has_is_asked_for_again() {
    let mut walk = Walk::new(
        r#"{"start":{"type":"dial_extension","greeting":"@hello","max":3,"max_failures":2,"on_no_answer":"bye"},
            "bye":{"type":"hangup","cause":"no_answer"}}"#,
    );
    walk.press('1').press('0').press('9').says(&["play 1", "stop", "ask"]);
    answer(&mut walk, FlowAnswer::Nothing).says(&["play 1"]);
    walk.press('1').press('0').press('1').says(&["stop", "ask"]);
    answer(&mut walk, FlowAnswer::Extension(ExtensionId::from_bits(1))).says(&["transfer"]);
    walk.hear(FlowEvent::Returned(Cause::Busy)).says(&["bye no_answer"]);
}

#[test]
fn a_mark_is_one_key_within_its_bounds() {
    let nodes = r#"{"start":{"type":"rate","greeting":"@hello","most":5,"max_failures":2,"next":"bye"},
        "bye":{"type":"hangup"}}"#;
    Walk::new(nodes).press('4').says(&["play 1", "stop", "mark 4", "bye flow_ended"]);
    Walk::new(nodes).press('9').press('#').says(&["play 1", "stop", "play 1", "stop", "bye flow_ended"]);
}

#[test]
fn values_are_set_compared_and_spoken_in_the_chosen_language() {
    let nodes = r#"{
        "start":{"type":"language","language":"en","next":"set"},
        "set":{"type":"set","variable":"place","value":"{language}-12","next":"compare"},
        "compare":{"type":"compare","variable":"place","is":"begins_with","value":"en","yes":"number","no":"bye"},
        "number":{"type":"say","text":"21","as":"number","next":"empty"},
        "empty":{"type":"say","text":"{nothing}","next":"least"},
        "least":{"type":"compare","variable":"place","is":"at_least","value":"3","yes":"bye","no":"end"},
        "bye":{"type":"hangup","cause":"busy"},"end":{"type":"hangup"}}"#;
    let mut walk = Walk::new(nodes);
    walk.says(&["language en", "play Prompt(Number(21))"]);
    walk.hear(FlowEvent::PlayDone).says(&["bye flow_ended"]);
}

const ASKS: &str = r#"{
    "start":{"type":"lookup","url":"https://crm.example/route","branches":{"gold":"gold"},"otherwise":"owner"},
    "gold":{"type":"say","text":"Hello {name}","next":"bye"},
    "owner":{"type":"owner","otherwise":"contact"},
    "contact":{"type":"contact","known":"bye","otherwise":"end"},
    "bye":{"type":"hangup","cause":"busy"},"end":{"type":"hangup"}}"#;

#[test]
fn a_service_picks_the_branch_and_gives_values() {
    let mut walk = Walk::new(ASKS);
    let gold = FlowAnswer::Branch("gold".into(), vec![("name".into(), "Lan".into())]);
    answer(walk.says(&["ask"]), gold).says(&["text Hello Lan", "play Spoken(1)"]);
    let mut walk = Walk::new(ASKS);
    answer(walk.says(&["ask"]), FlowAnswer::Extension(ExtensionId::from_bits(1))).says(&["transfer"]);
    walk.hear(FlowEvent::Returned(Cause::NoAnswer)).says(&["ask"]);
    assert_eq!(walk.flow.node(), "owner");
}

#[test]
fn a_service_that_is_silent_costs_two_seconds() {
    let mut walk = Walk::new(ASKS);
    walk.says(&["ask"]).after(1_999).says(&[]).after(1).says(&["ask"]);
    assert_eq!(walk.flow.node(), "owner");
    walk.after(2_000).says(&["ask"]);
    answer(&mut walk, FlowAnswer::Known).says(&["bye busy"]);
}

#[test]
fn each_fault_names_its_node() {
    let json = r#"{"start":"a","nodes":{
        "a":{"type":"collect","variable":"No","min":5,"max":3,"digit_timeout_ms":1,"next":"b"},
        "b":{"type":"lookup","url":"ftp://x","branches":{"w":"gone"},"otherwise":"c"},
        "c":{"type":"set","variable":"x","value":"1","next":"d"},
        "d":{"type":"compare","variable":"x","is":"equals","value":"1","yes":"c","no":"e"},
        "e":{"type":"say","text":"","next":"a"},
        "f":{"type":"rate","most":1,"next":"a"}}}"#;
    let graph: Graph = serde_json::from_str(json).expect("a graph");
    let faults = graph.validate().expect_err("faults");
    let paths: Vec<String> = faults.iter().map(crate::Fault::path).collect();
    for path in [
        "nodes.a.variable",
        "nodes.a.min",
        "nodes.a.digit_timeout_ms",
        "nodes.b.url",
        "nodes.b.branches.w",
        "nodes.d.yes",
        "nodes.e.text",
        "nodes.f.most",
    ] {
        assert!(paths.contains(&path.to_owned()), "{path}: {paths:?}");
    }
    assert!(faults.iter().any(|fault| matches!(fault.wrong, Wrong::Spins(_))), "nothing waits between c and d");
}

use crate::{Fault, Graph, Wrong};

fn graph(json: &str) -> Graph {
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}"))
}

fn faults(json: &str) -> Vec<String> {
    graph(json).validate().err().unwrap_or_default().iter().map(Fault::to_string).collect()
}

const GRT: &str = "grt_00000000000000000000000001";

#[test]
fn the_example_of_the_specification_is_sound_and_reads_back_as_it_was() {
    let text = include_str!("../../../../docs/specs/flow.md");
    let json = text.split("```json").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let example = graph(json);
    assert_eq!(example.validate(), Ok(()));
    let again: Graph = serde_json::from_value(serde_json::to_value(&example).unwrap()).unwrap();
    assert_eq!(again, example);
    let written: serde_json::Value = serde_json::to_value(&example).unwrap();
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(json).unwrap(), "nothing is added or lost");
}

#[test]
fn a_target_that_does_not_exist_is_named_with_its_field() {
    let json = r#"{"start":"hi","nodes":{
        "hi":{"type":"menu","timeout_ms":5000,"options":{"1":"sale","*":"hi"},"on_timeout":"nobody","on_failures":"no"},
        "ring":{"type":"ring_group","group":"grp_00000000000000000000000001","on_no_answer":"gone"}}}"#;
    let expected = [
        "nodes.hi.options.1: there is no node named `sale`",
        "nodes.hi.on_timeout: there is no node named `nobody`",
        "nodes.hi.on_failures: there is no node named `no`",
        "nodes.ring.on_no_answer: there is no node named `gone`",
    ];
    assert_eq!(faults(json), expected);
}

#[test]
fn a_graph_needs_a_node_and_a_start_that_exists() {
    assert_eq!(faults(r#"{"start":"a","nodes":{}}"#), ["nodes: a flow needs at least one node"]);
    assert_eq!(faults(r#"{"start":"b","nodes":{"a":{"type":"hangup"}}}"#), ["start: there is no node named `b`"]);
}

#[test]
fn five_hundred_nodes_are_enough() {
    let nodes = |count: usize| {
        let node = crate::Node::Hangup { cause: model::Cause::FlowEnded };
        Graph { start: "n0".into(), nodes: (0..count).map(|n| (format!("n{n}"), node.clone())).collect() }
    };
    assert_eq!(nodes(500).validate(), Ok(()));
    let wrong = nodes(501).validate().unwrap_err().remove(0).wrong;
    assert_eq!(wrong, Wrong::TooManyNodes { most: 500, found: 501 });
}

#[test]
fn numbers_have_bounds() {
    let menu = |timeout: u32, failures: u32| {
        format!(
            r#"{{"start":"m","nodes":{{"m":{{"type":"menu","timeout_ms":{timeout},"max_failures":{failures},"options":{{}}}}}}}}"#
        )
    };
    assert!(faults(&menu(500, 1)).is_empty() && faults(&menu(60_000, 10)).is_empty());
    assert_eq!(faults(&menu(499, 1)), ["nodes.m.timeout_ms: must be between 500 and 60000, is 499"]);
    assert_eq!(faults(&menu(60_001, 1)), ["nodes.m.timeout_ms: must be between 500 and 60000, is 60001"]);
    assert_eq!(faults(&menu(500, 0)), ["nodes.m.max_failures: must be between 1 and 10, is 0"]);
    assert_eq!(faults(&menu(500, 11)), ["nodes.m.max_failures: must be between 1 and 10, is 11"]);
}

#[test]
fn a_circle_in_which_nothing_waits_is_refused_and_shown_once() {
    let ring = |next: &str| {
        format!(r#"{{"type":"ring_group","group":"grp_00000000000000000000000001","on_no_answer":"{next}"}}"#)
    };
    let json = format!(
        r#"{{"start":"in","nodes":{{"in":{},"a":{},"b":{},"c":{}}}}}"#,
        ring("a"),
        ring("b"),
        ring("c"),
        ring("a")
    );
    let expected =
        "nodes.c.on_no_answer: goes round in a circle without a menu or a greeting in between: a → b → c → a";
    assert_eq!(faults(&json), [expected]);
    let itself = format!(r#"{{"start":"a","nodes":{{"a":{}}}}}"#, ring("a"));
    assert_eq!(faults(&itself).len(), 1);
}

#[test]
fn a_circle_with_a_greeting_in_it_is_how_people_wait() {
    let json = format!(
        r#"{{"start":"ring","nodes":{{
            "ring":{{"type":"ring_group","group":"grp_00000000000000000000000001","on_no_answer":"please"}},
            "please":{{"type":"play","greeting":"{GRT}","next":"ring"}}}}}}"#
    );
    assert_eq!(faults(&json), Vec::<String>::new());
}

#[test]
fn names_stay_readable_in_paths() {
    assert_eq!(faults(r#"{"start":"a b","nodes":{"a b":{"type":"hangup"}}}"#).len(), 1);
    assert_eq!(faults(r#"{"start":"","nodes":{"":{"type":"hangup"}}}"#).len(), 1);
}

#[test]
fn what_is_not_known_is_refused_when_read() {
    let refused = |json: &str| serde_json::from_str::<Graph>(json).unwrap_err().to_string();
    let unknown = refused(r#"{"start":"a","nodes":{"a":{"type":"hangup","colour":"red"}}}"#);
    assert!(unknown.contains("colour"), "{unknown}");
    let unknown = refused(r#"{"start":"a","nodes":{},"version":2}"#);
    assert!(unknown.contains("version"), "{unknown}");
    let menu =
        refused(r#"{"start":"a","nodes":{"a":{"type":"menu","timeout_ms":500,"options":{},"on_time_out":"a"}}}"#);
    assert!(menu.contains("on_time_out"), "{menu}");
    let kind = refused(r#"{"start":"a","nodes":{"a":{"type":"dance"}}}"#);
    assert!(kind.contains("dance"), "{kind}");
    let key = refused(r#"{"start":"a","nodes":{"a":{"type":"menu","timeout_ms":500,"options":{"12":"a"}}}}"#);
    assert!(key.contains("`12` is no key"), "{key}");
    let id = refused(r#"{"start":"a","nodes":{"a":{"type":"ring_group","group":"sales"}}}"#);
    assert!(id.contains("starts with grp_"), "{id}");
    let cause = refused(r#"{"start":"a","nodes":{"a":{"type":"hangup","cause":"bored"}}}"#);
    assert!(cause.contains("`bored` is no cause"), "{cause}");
}

#[test]
fn what_a_graph_names_is_listed_with_its_field() {
    let json = format!(
        r#"{{"start":"m","nodes":{{
            "m":{{"type":"menu","greeting":"{GRT}","invalid_greeting":"{GRT}","timeout_ms":500,"options":{{}}}},
            "s":{{"type":"ring_group","group":"grp_00000000000000000000000001"}},
            "x":{{"type":"extension","extension":"ext_00000000000000000000000001"}}}}}}"#
    );
    let paths: Vec<String> = graph(&json).references().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["nodes.m.greeting", "nodes.m.invalid_greeting", "nodes.s.group", "nodes.x.extension"]);
}

#[test]
fn a_circle_through_one_of_several_ways_is_found() {
    let graph = graph_of(
        r#"{"start":"who","nodes":{
            "who":{"type":"caller","vip":"end","otherwise":"hours"},
            "hours":{"type":"schedule","schedule":"sch_00000000000000000000000001","open":"end","closed":"group","holiday":"who"},
            "group":{"type":"ring_group","group":"grp_00000000000000000000000001","on_no_answer":"hours"},
            "end":{"type":"hangup"}}}"#,
    );
    let faults = graph.validate().expect_err("it spins");
    let paths: Vec<String> = faults.iter().map(crate::Fault::path).collect();
    assert_eq!(paths, ["nodes.hours.closed", "nodes.who.otherwise"]);
}

#[test]
fn ways_that_meet_again_are_no_circle() {
    let graph = graph_of(
        r#"{"start":"who","nodes":{
            "who":{"type":"caller","vip":"group","anonymous":"end","otherwise":"hours"},
            "hours":{"type":"schedule","schedule":"sch_00000000000000000000000001","open":"group","closed":"end"},
            "group":{"type":"ring_group","group":"grp_00000000000000000000000001","on_no_answer":"end"},
            "end":{"type":"hangup"}}}"#,
    );
    assert_eq!(graph.validate(), Ok(()));
}

fn graph_of(json: &str) -> Graph {
    serde_json::from_str(json).expect("a graph")
}

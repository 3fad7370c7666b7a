use super::*;

const SHOP: &str = r#"{"start":"hi","nodes":{
    "hi":{"type":"play","greeting":"grt_00000000000000000000000001","next":"menu"},
    "menu":{"type":"menu","greeting":"grt_00000000000000000000000002","timeout_ms":5000,
        "options":{"1":"sales"},"on_timeout":"bye"},
    "sales":{"type":"ring_group","group":"grp_00000000000000000000000001","on_no_answer":"bye"},
    "bye":{"type":"hangup"}}}"#;

fn told(script: &[Step]) -> Vec<(&'static str, String)> {
    let graph: Graph = serde_json::from_str(SHOP).unwrap();
    let node = |entry: &TrailEntry| entry.facts.first().map(|(_, value)| value.clone()).unwrap_or_default();
    trace(&graph, script, &|_| FlowAnswer::Nothing).iter().map(|entry| (entry.step, node(entry))).collect()
}

fn words(told: &[(&'static str, String)]) -> Vec<String> {
    told.iter().map(|(step, node)| format!("{step} {node}")).collect()
}

fn one() -> Step {
    Step::Digit(Digit::new('1').unwrap())
}

#[test]
fn a_key_then_nobody_answers() {
    let told = told(&[one(), Step::NoAnswer]);
    let expected = [
        "flow_node hi",
        "flow_node menu",
        "flow_key menu",
        "flow_node sales",
        "flow_returned sales",
        "flow_node bye",
        "flow_end bye",
    ];
    assert_eq!(words(&told), expected);
}

#[test]
fn no_key_at_all() {
    let told = told(&[Step::Timeout]);
    assert_eq!(words(&told), ["flow_node hi", "flow_node menu", "flow_timeout menu", "flow_node bye", "flow_end bye"]);
}

#[test]
fn an_answer_ends_the_flow() {
    let graph: Graph = serde_json::from_str(SHOP).unwrap();
    let last = trace(&graph, &[one(), Step::Answer, Step::Timeout], &|_| FlowAnswer::Nothing).pop().unwrap();
    assert_eq!(last.reason, "The group grp_00000000000000000000000001 answers and the flow is done.");
}

#[test]
fn a_script_that_is_too_short_says_where_the_caller_waits() {
    let graph: Graph = serde_json::from_str(SHOP).unwrap();
    let last = trace(&graph, &[], &|_| FlowAnswer::Nothing).pop().unwrap();
    assert_eq!((last.step, last.reason.as_str()), ("flow_end", "The script is over; the caller is at `hi`."));
}

#[test]
fn the_end_of_a_walk_tells_what_becomes_of_the_caller() {
    let graph: Graph = serde_json::from_str(SHOP).unwrap();
    let fate = |script: &[Step]| walk(&graph, script, &|_| FlowAnswer::Nothing).end;
    let group = FlowTarget::Group("grp_00000000000000000000000001".parse().unwrap());
    assert_eq!(fate(&[]), End { node: "hi".into(), fate: Fate::Waiting });
    assert_eq!(fate(&[Step::Listen]), End { node: "menu".into(), fate: Fate::Waiting });
    assert_eq!(fate(&[one()]), End { node: "sales".into(), fate: Fate::Handed(group) });
    assert_eq!(fate(&[one(), Step::NoAnswer]), End { node: "bye".into(), fate: Fate::Ended(Cause::FlowEnded) });
}

//! How ring groups ring: five strategies, each member's own times, and where the call goes when nobody answers.

use call::{RingMember, RingPlan, RouteTarget, Strategy, Summary};
use model::leg::Sound;
use model::{Cause, EndedBy, ExtensionId, Moment};
use sim::dice::Dice;
use sim::far::{answers_after, declines_after, is_busy, never_answers};
use sim::story::{SWITCHED_OFF, decided, leg};
use sim::{Manner, World, minutes, ms, secs};
use std::time::Duration;

const HOTLINE: &str = "02873000001";

/// Three who never answer, rung by this strategy for ten seconds.
fn three(strategy: Strategy) -> World {
    World::new(3)
        .phone("lan", never_answers())
        .phone("minh", never_answers())
        .phone("an", never_answers())
        .group("team", strategy, secs(10), &["lan", "minh", "an"])
        .hotline_to_group(HOTLINE, "team")
}

fn patient(w: &mut World) -> Summary {
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(10)));
    w.run()
}

/// When the leg rang, in whole seconds from the start of the call: first dialled, given up.
fn span(record: &Summary, number: u16) -> (u64, u64) {
    let since = |at: Moment| (at.since(record.started) + ms(100)).as_secs();
    (since(leg(record, number).started), since(leg(record, number).ended))
}

fn spans(record: &Summary) -> Vec<(u64, u64)> {
    (1..record.legs.len() as u16).map(|number| span(record, number)).collect()
}

#[test]
fn simultaneous_rings_all_on_one_clock() {
    let mut w =
        three(Strategy::Simultaneous).member("team", "minh", secs(4), None).member("team", "an", secs(0), secs(6));
    let record = patient(&mut w);
    w.assert(spans(&record) == [(0, 10), (0, 6), (4, 10)], "a late one stops with the others, a short one before them");
    w.assert(record.cause == Cause::NoAnswer && record.ended_by == EndedBy::System, "nobody answered");
}

#[test]
fn enterprise_rings_each_on_a_clock_of_its_own() {
    let mut w =
        three(Strategy::Enterprise).member("team", "minh", secs(4), None).member("team", "an", secs(2), secs(20));
    let record = patient(&mut w);
    w.assert(spans(&record) == [(0, 10), (2, 22), (4, 14)], "each has its full time from when it began to ring");
}

#[test]
fn a_late_member_joins_at_once_when_nobody_else_rings() {
    let mut w = World::new(3)
        .phone("lan", declines_after(secs(2)))
        .phone("minh", answers_after(secs(1)))
        .group("team", Strategy::Simultaneous, secs(30), &["lan", "minh"])
        .member("team", "minh", secs(20), None)
        .hotline_to_group(HOTLINE, "team");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(span(&record, 2).0 == 2 && w.were_connected(0, 2), "no caller waits while no phone rings");
}

#[test]
fn the_one_on_whom_all_wait_is_not_waited_for_when_switched_off() {
    let mut w = World::new(3)
        .phone("lan", SWITCHED_OFF)
        .phone("minh", answers_after(secs(1)))
        .group("team", Strategy::Enterprise, secs(30), &["lan", "minh"])
        .member("team", "minh", secs(20), None)
        .hotline_to_group(HOTLINE, "team");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(span(&record, 1).0 == 0, "the only one with a phone rings at once");
}

#[test]
fn in_turn_each_rings_for_its_own_time() {
    for strategy in [Strategy::Sequence, Strategy::Random, Strategy::Rollover] {
        let mut w = three(strategy).member("team", "minh", secs(0), secs(25)).member("team", "an", secs(0), secs(3));
        let record = patient(&mut w);
        w.assert(spans(&record) == [(0, 10), (10, 35), (35, 38)], "in the order of the plan, each for its time");
    }
}

#[test]
fn a_sequence_rings_who_is_on_a_call_and_rollover_does_not() {
    let ring = |strategy| {
        let mut w = three(strategy).on_a_call("lan");
        let record = patient(&mut w);
        let first = leg(&record, 1).party.extension();
        (first == Some(w.id_of("lan")), record.legs.len(), decided(&record, "passed_over"))
    };
    assert_eq!(ring(Strategy::Sequence), (true, 4, false));
    assert_eq!(ring(Strategy::Rollover), (false, 3, true));
}

#[test]
fn rollover_with_all_on_a_call_is_busy() {
    let mut w = three(Strategy::Rollover).on_a_call("lan").on_a_call("minh").on_a_call("an");
    let record = patient(&mut w);
    w.assert(record.legs.len() == 1 && record.cause == Cause::Busy, "nobody rang, and all were busy");
}

#[test]
fn when_nobody_answers_the_call_goes_on_to_the_groups_target() {
    let mut w = World::new(3)
        .phone("lan", never_answers())
        .phone("minh", answers_after(secs(2)))
        .group("team", Strategy::Simultaneous, secs(10), &["lan"])
        .otherwise("team", "minh")
        .hotline_to_group(HOTLINE, "team");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(record.cause == Cause::Normal && w.were_connected(0, 2), "minh has the call");
    w.assert(decided(&record, "divert"), "the trail says why");
}

#[test]
fn an_announcement_as_target_keeps_the_groups_cause() {
    let mut w = World::new(3)
        .phone("lan", is_busy())
        .announcement("sorry", 2)
        .group("team", Strategy::Simultaneous, secs(10), &["lan"])
        .otherwise("team", "sorry")
        .hotline_to_group(HOTLINE, "team");
    let record = patient(&mut w);
    w.assert(w.was_played(0, Sound::Greeting(model::id::Id::from_bits(2))), "the caller hears it");
    w.assert(record.cause == Cause::Busy && record.answered.is_none(), "nobody talked, and the record says why");
    w.assert(decided(&record, "announcement"), "the trail says what was played");
}

#[test]
fn a_groups_own_target_comes_before_the_flows_next_node() {
    let mut w = World::new(3)
        .phone("lan", never_answers())
        .phone("minh", answers_after(secs(2)))
        .phone("an", answers_after(secs(2)))
        .group("team", Strategy::Simultaneous, secs(10), &["lan"])
        .otherwise("team", "minh")
        .flow(
            "main",
            r#"{"start":"ring","nodes":{
                "ring":{"type":"ring_group","group":"@team","on_no_answer":"other"},
                "other":{"type":"extension","extension":"@an"}}}"#,
        )
        .hotline_to_flow(HOTLINE, "main");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(leg(&record, 2).party.extension() == Some(w.id_of("minh")), "the group knows whom it leaves it to");
}

#[test]
fn a_flow_whose_group_leads_to_another_flow_is_left_behind() {
    let mut w = World::new(3)
        .phone("lan", never_answers())
        .group("team", Strategy::Simultaneous, secs(5), &["lan"])
        .flow("night", r#"{"start":"bye","nodes":{"bye":{"type":"play","greeting":"@sorry","next":"end"},"end":{"type":"hangup"}}}"#)
        .hotline_to_flow("night", "night")
        .otherwise("team", "night")
        .flow("main", r#"{"start":"ring","nodes":{"ring":{"type":"ring_group","group":"@team"}}}"#)
        .hotline_to_flow(HOTLINE, "main");
    let record = patient(&mut w);
    w.assert(w.was_played(0, Sound::Greeting(model::id::Id::from_bits(2))), "the other flow speaks");
    w.assert(record.cause == Cause::FlowEnded, "and ends the call");
}

#[test]
fn a_transfer_to_a_group_that_nobody_answers_for_ends_at_its_target() {
    let mut w = World::new(3)
        .phone("lan", answers_after(secs(1)).transfers(secs(5), "team"))
        .phone("minh", never_answers())
        .phone("an", answers_after(secs(2)))
        .group("team", Strategy::Simultaneous, secs(5), &["minh"])
        .otherwise("team", "an")
        .hotline_to_phone(HOTLINE, "lan");
    w.customer_calls(HOTLINE, Manner::quiet().hangs_up(minutes(1)));
    let record = w.run();
    w.assert(w.were_connected(0, 3) && decided(&record, "transferred"), "an has the customer");
}

#[test]
fn groups_that_lead_to_each_other_come_to_an_end() {
    let mut w = World::new(3)
        .phone("lan", is_busy())
        .group("one", Strategy::Simultaneous, secs(10), &["lan"])
        .group("two", Strategy::Sequence, secs(10), &["lan"])
        .otherwise("one", "two")
        .otherwise("two", "one")
        .hotline_to_group(HOTLINE, "one");
    let record = patient(&mut w);
    w.assert(record.cause == Cause::Busy && decided(&record, "too_many_diversions"), "not for ever");
    w.assert(record.legs.len() == 12, "lan rang once and once more for each way led");
}

#[test]
fn any_group_keeps_its_promises() {
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let strategy = dice.pick(&Strategy::ALL);
        let mut w = World::new(seed);
        let count = dice.of(1..=6);
        let mut members = Vec::new();
        for n in 0..count {
            let name = format!("{}", 101 + n);
            let manner = match dice.of(0..=5) {
                0 => is_busy(),
                1 => declines_after(dice.time(100..=9_000)),
                2 => answers_after(dice.time(500..=30_000)),
                _ => never_answers(),
            };
            let phone = if dice.percent(15) { SWITCHED_OFF } else { Some(manner) };
            w = w.phone(&name, phone);
            if dice.percent(25) {
                w = w.on_a_call(&name);
            }
            let delay = if dice.percent(50) { secs(dice.of(0..=15)) } else { secs(0) };
            let ring_for = dice.percent(50).then(|| secs(dice.of(1..=20)));
            members.push(RingMember { extension: w.id_of(&name), delay, ring_for });
        }
        let ring_for = secs(dice.of(1..=20));
        let group = w.house.group("g");
        let plan = RingPlan { strategy, members, ring_for, otherwise: None };
        w.house.plans.insert(group, plan.clone());
        w.house.add_number(HOTLINE, call::Direction::Inbound, false, RouteTarget::Group(group));
        let record = patient(&mut w);
        if let Some(broken) = broken_promise(&w, &plan, &record) {
            panic!("seed {seed}, {strategy:?}: {broken}\n{plan:?}\n{}", w.story.join("\n"));
        }
    }
}

/// What a strategy promised and did not keep.
fn broken_promise(w: &World, plan: &RingPlan, record: &Summary) -> Option<String> {
    let slack = secs(1);
    let called = |of: ExtensionId| record.legs.iter().skip(1).filter(move |leg| leg.party.extension() == Some(of));
    let together = matches!(plan.strategy, Strategy::Simultaneous | Strategy::Enterprise);
    for member in &plan.members {
        let own = member.ring_for.unwrap_or(plan.ring_for);
        let longest = if plan.strategy == Strategy::Simultaneous { own.min(plan.ring_for) } else { own };
        for leg in called(member.extension) {
            let rang = leg.answered.unwrap_or(leg.ended).since(leg.started);
            if rang > longest + slack {
                return Some(format!("{} rang for {rang:?}, not at most {longest:?}", member.extension));
            }
            if together && leg.started.since(record.started) > member.delay + slack {
                return Some(format!("{} joined too late", member.extension));
            }
        }
        if called(member.extension).count() > 1 {
            return Some(format!("{} rang twice", member.extension));
        }
        let talking = w.house.talking.contains(&member.extension);
        if plan.strategy == Strategy::Rollover && talking && called(member.extension).next().is_some() {
            return Some("rollover rang somebody who is on a call".into());
        }
    }
    let mut legs: Vec<_> = record.legs.iter().skip(1).collect();
    legs.sort_by_key(|leg| leg.started);
    if !together {
        let two = legs.windows(2).find(|pair| pair[1].started < pair[0].ended && pair[0].answered.is_none());
        if let Some(pair) = two {
            return Some(format!("two rang at once: {:?} and {:?}", pair[0].party, pair[1].party));
        }
        let order: Vec<_> = legs.iter().filter_map(|leg| leg.party.extension()).collect();
        let mut places = plan.members.iter().map(|member| member.extension).filter(|one| order.contains(one));
        if !order.iter().all(|one| places.next() == Some(*one)) {
            return Some("they did not ring in the order of the plan".into());
        }
    }
    // Nobody waits while no phone rings.
    let quiet = legs.iter().try_fold(record.started, |until: Moment, leg| {
        let gap = leg.started.since(until);
        if gap > slack { Err(gap) } else { Ok(until.max(leg.ended)) }
    });
    quiet.err().map(|gap: Duration| format!("no phone rang for {gap:?}"))
}

//! Random worlds: everything follows from the seed. In most of them only people are unpredictable; in some the driver
//! loses answers and stray words reach the call as well.

use crate::dice::Dice;
use crate::far::{Act, Manner, OnHangup};
use crate::house::{Elsewhere, Handling};
use crate::watch::Broken;
use crate::world::{Nature, World};
use crate::{minutes, ms, secs};
use call::{
    Direction, Input, Limits, Onward, Origin, Party, Released, Reply, RingMember, RingPlan, RouteTarget, Strategy,
    Ticket, TrunkStep,
};
use model::flow::{FlowAnswer, FlowCommand, FlowTarget};
use model::leg::{Sound, TransferTo};
use model::{Cause, Digit, ExtensionId, GroupId, LegEvent, LegId, TrunkId};

mod graph;

/// What a run of worlds came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Steps taken.
    pub steps: u64,
    /// Calls in which two people talked.
    pub talked: u64,
    /// Calls that a flow steered.
    pub steered: u64,
    /// Legs placed.
    pub legs: u64,
}

/// Runs the world of a seed to its rest.
pub fn run(seed: u64) -> Result<Figures, Broken> {
    let mut world = world(seed, false);
    world.go_until(None)?;
    let Some(record) = world.record() else {
        return Err(Broken { seed, at: world.now(), what: "no record".into() });
    };
    Ok(Figures {
        steps: world.steps(),
        talked: u64::from(record.answered.is_some()),
        steered: u64::from(record.trail.iter().any(|entry| entry.step == "flow")),
        legs: record.legs.len() as u64,
    })
}

/// The story of a seed, for reading; ends with what broke, if anything did.
pub fn story(seed: u64) -> String {
    let mut world = world(seed, true);
    let outcome = world.go_until(None);
    let mut text = world.story.join("\n");
    text.push_str(&match outcome {
        Ok(()) => "\nall invariants hold".to_owned(),
        Err(broken) => format!("\nBROKEN {broken}"),
    });
    text
}

/// Builds the world of a seed; the call has begun.
pub fn world(seed: u64, told: bool) -> World {
    let mut dice = Dice::new(seed ^ 0x0a10_ca11);
    let mut world = World::new(seed);
    world.nature = nature(&mut dice, told);
    world.limit(limits(&mut dice));
    furnish(&mut world, &mut dice);
    let target = target(&mut world, &mut dice);
    let direction = dice.pick(&Direction::ALL);
    let record = dice.percent(50);
    world.house.add_number("100", direction, record, target);
    transfers(&mut world, &mut dice);
    begin(&mut world, &mut dice);
    if dice.percent(15) {
        stray_words(&mut world, &mut dice);
    }
    world
}

/// Where transfers lead: two numbers, and other calls of the extensions.
fn transfers(world: &mut World, dice: &mut Dice) {
    for number in ["200", "300"] {
        let to = target(world, dice);
        let direction = dice.pick(&Direction::ALL);
        world.house.add_number(number, direction, false, to);
    }
    let extensions: Vec<ExtensionId> = world.house.extensions.values().copied().collect();
    for edge in 1..=4 {
        let (extension, with) = (dice.pick(&extensions), dice.pick(&extensions));
        let manner = talker(dice, Manner::quiet(), 0).when_ended(on_hangup(dice));
        let with = dice.percent(70).then_some(with);
        world.house.elsewhere.insert(edge, Elsewhere { extension, with, dialled: "300".into(), manner });
    }
}

fn nature(dice: &mut Dice, told: bool) -> Nature {
    Nature {
        latency: dice.time(0..=40),
        reply_after: dice.time(0..=30),
        lost_replies: if dice.percent(10) { 30 } else { 0 },
        // A greeting without any sound ends when it begins, which a flow must survive.
        greeting: if dice.percent(10) { ms(0) } else { dice.time(100..=4_000) },
        shuffled: dice.percent(50),
        told,
    }
}

fn limits(dice: &mut Dice) -> Limits {
    Limits {
        ring_extension: dice.time(1_000..=30_000),
        ring_trunk: dice.time(5_000..=90_000),
        call: dice.pick(&[secs(20), minutes(2), minutes(30), minutes(240), minutes(240), minutes(240)]),
        legs: if dice.percent(10) { dice.of(1..=4) as u16 } else { 500 },
        ..Limits::default()
    }
}

fn furnish(world: &mut World, dice: &mut Dice) {
    for n in 0..dice.of(1..=6) {
        let extension = world.house.extension(&format!("{}", 101 + n));
        if dice.percent(20) {
            world.house.talking.insert(extension);
        }
        if dice.percent(25) {
            let numbers = ["100", "200", "300", "unknown"];
            let causes = [None, Some(Cause::Busy), Some(Cause::NoAnswer), Some(Cause::NotRegistered)];
            let forward = |dice: &mut Dice| (dice.pick(&causes), dice.pick(&numbers).to_owned());
            let forwards = (0..dice.of(0..=2)).map(|_| forward(dice)).collect();
            let ring_for = dice.percent(30).then(|| dice.time(1_000..=20_000));
            let (do_not_disturb, mailbox) = (dice.percent(15), dice.percent(30));
            let handling = Handling { do_not_disturb, ring_for, forwards, mailbox };
            world.house.handling.insert(extension, handling);
        }
        for _ in 0..dice.pick(&[0, 1, 1, 1, 2, 3]) {
            world.house.add_phone(extension, manner(dice));
        }
    }
    let everybody: Vec<ExtensionId> = world.house.extensions.values().copied().collect();
    for n in 0..dice.of(1..=3) {
        let group = world.house.group(&format!("g{n}"));
        let members = (0..dice.of(0..=5)).map(|_| member(dice, &everybody)).collect();
        let (strategy, ring_for) = (dice.pick(&Strategy::ALL), dice.time(0..=25_000));
        // Groups may lead to each other, or round in a circle.
        let otherwise = match dice.of(0..=9) {
            0 => Some(RouteTarget::Group(world.house.group(&format!("g{}", dice.of(0..=2))))),
            1 => Some(RouteTarget::Extension(dice.pick(&everybody))),
            2 => Some(RouteTarget::Flow(world.house.flow("main"))),
            3 => Some(RouteTarget::Announcement(Sound::Greeting(model::id::Id::from_bits(1)))),
            _ => None,
        };
        let plan = RingPlan { strategy, members, ring_for, otherwise };
        // Now and then a flow names a group that is gone.
        if !dice.percent(5) {
            world.house.plans.insert(group, plan);
        }
    }
    let answers = [FlowAnswer::Open, FlowAnswer::Closed, FlowAnswer::Holiday];
    world.house.schedules.insert("s".into(), (model::id::Id::from_bits(1), dice.pick(&answers)));
    world.house.caller = Some(dice.pick(&[FlowAnswer::Nothing, FlowAnswer::Vip, FlowAnswer::Anonymous]));
    for n in 0..dice.of(1..=3) {
        let trunk = world.house.trunk(&format!("t{n}"));
        let manner = manner(dice);
        world.house.carriers.insert(trunk, manner);
    }
}

fn member(dice: &mut Dice, everybody: &[ExtensionId]) -> RingMember {
    let extension = dice.pick(everybody);
    let delay = if dice.percent(40) { dice.time(0..=20_000) } else { ms(0) };
    let ring_for = dice.percent(40).then(|| dice.time(0..=20_000));
    RingMember { extension, delay, ring_for }
}

fn target(world: &mut World, dice: &mut Dice) -> RouteTarget {
    let extensions: Vec<ExtensionId> = world.house.extensions.values().copied().collect();
    let groups: Vec<GroupId> = world.house.groups.values().copied().collect();
    let trunks: Vec<TrunkId> = world.house.trunks.values().copied().collect();
    if dice.percent(6) {
        let extension = dice.pick(&extensions);
        return if dice.percent(70) { RouteTarget::Voicemail(extension) } else { RouteTarget::Mailbox(extension) };
    }
    match dice.of(0..=9) {
        0 => RouteTarget::Reject(dice.pick(&[Cause::NotFound, Cause::Forbidden, Cause::InvalidNumber, Cause::NoRoute])),
        1 | 2 => RouteTarget::Extension(dice.pick(&extensions)),
        3 | 4 => RouteTarget::Group(dice.pick(&groups)),
        5 => RouteTarget::Queue(world.house.queue(dice.of(1..=3), dice.of(0..=3), dice)),
        6 => {
            let step = |dice: &mut Dice| TrunkStep { trunk: dice.pick(&trunks), number: "0900".into() };
            RouteTarget::Trunk((0..dice.of(0..=3)).map(|_| step(dice)).collect())
        }
        _ => {
            let flow = world.house.flow("main");
            if !dice.percent(3) {
                let graph = graph::random(dice, &extensions, &groups);
                world.house.graphs.insert(flow, std::sync::Arc::new(graph));
            }
            RouteTarget::Flow(flow)
        }
    }
}

fn begin(world: &mut World, dice: &mut Dice) {
    let extensions: Vec<ExtensionId> = world.house.extensions.values().copied().collect();
    let trunks: Vec<TrunkId> = world.house.trunks.values().copied().collect();
    let dialled = if dice.percent(5) { "unknown" } else { "100" };
    if dice.percent(20) {
        let (caller_number, caller_name, to) = ("101".to_owned(), String::new(), dialled.to_owned());
        let extension = dice.pick(&extensions);
        world.say(ms(0), Input::Originate { extension, caller_number, caller_name, to });
    } else {
        let origin = if dice.percent(60) {
            Origin::Trunk(dice.pick(&trunks))
        } else {
            Origin::Extension(dice.pick(&extensions))
        };
        let caller = caller(dice);
        world.call_comes_in(origin, dialled, caller);
    }
    if dice.percent(8) {
        let cause = dice.pick(&[Cause::Normal, Cause::ServerStopping]);
        world.is_ordered_to_end(dice.time(0..=60_000), cause);
    }
}

/// Somebody who calls: presses keys, holds, and leaves at some time (or waits for the other side to).
fn caller(dice: &mut Dice) -> Manner {
    let mut manner = talker(dice, Manner::quiet(), 0);
    for _ in 0..dice.of(0..=6) {
        manner = manner.and(dice.time(0..=30_000), Act::Press(dice.pick(&KEYS.map(key))));
    }
    if dice.percent(70) {
        // Some are impatient, most wait for somebody.
        let patience = if dice.percent(30) { 0..=15_000 } else { 20_000..=180_000 };
        manner = manner.hangs_up(dice.time(patience));
    }
    manner.when_ended(on_hangup(dice))
}

/// Somebody who is called.
fn manner(dice: &mut Dice) -> Manner {
    let mut manner = Manner::quiet();
    if dice.percent(90) {
        manner = manner.and(dice.time(0..=200), Act::React);
    }
    if dice.percent(85) {
        let ring = if dice.percent(30) { Act::RingAloud } else { Act::Ring };
        manner = manner.and(dice.time(50..=1_500), ring);
    }
    let act_at = dice.time(0..=20_000);
    // Round times make events fall on one another and on timers.
    let act_at = if dice.percent(30) { secs(act_at.as_secs()) } else { act_at };
    manner = match dice.of(0..=9) {
        0..=4 => talker(dice, manner.and(act_at, Act::Answer), act_at.as_millis() as u64),
        5..=7 => {
            let cause = dice.pick(&[
                Cause::Busy,
                Cause::Declined,
                Cause::NoAnswer,
                Cause::Unavailable,
                Cause::Unreachable,
                Cause::Overload,
                Cause::Incompatible,
                Cause::NotFound,
            ]);
            manner.and(act_at, Act::Refuse(cause))
        }
        _ => manner,
    };
    manner.when_ended(on_hangup(dice))
}

/// What people do while they talk.
fn talker(dice: &mut Dice, mut manner: Manner, from_ms: u64) -> Manner {
    for _ in 0..dice.pick(&[0, 0, 0, 1, 2, 4]) {
        let act = dice.pick(&[Act::Hold, Act::Resume, Act::Press(key('5'))]);
        manner = manner.and(dice.time(from_ms..=from_ms + 40_000), act);
    }
    if dice.percent(25) {
        for _ in 0..dice.of(1..=2) {
            let to = match dice.of(0..=5) {
                0 => TransferTo::Leg(dice.of(1..=4)),
                1 => TransferTo::Number("unknown".into()),
                2 | 3 => TransferTo::Number("200".into()),
                _ => TransferTo::Number("300".into()),
            };
            manner = manner.and(dice.time(from_ms..=from_ms + 40_000), Act::Transfer(to));
        }
    }
    if dice.percent(5) {
        manner = manner.and(dice.time(from_ms..=from_ms + 60_000), Act::FallSilent);
    }
    if dice.percent(60) {
        manner = manner.hangs_up(dice.time(from_ms..=from_ms + 60_000));
    }
    manner
}

fn on_hangup(dice: &mut Dice) -> OnHangup {
    let after = dice.time(0..=300);
    match dice.of(0..=9) {
        0 => OnHangup::Ignores,
        1 => OnHangup::AnswersFirst(after),
        _ => OnHangup::Confirms(after),
    }
}

/// Words that should not come: to legs that do not exist or cannot say them, with tickets nobody gave.
fn stray_words(world: &mut World, dice: &mut Dice) {
    for _ in 0..dice.of(1..=20) {
        let at = dice.time(1..=40_000);
        let input = stray_word(dice);
        world.say(at, input);
    }
}

fn stray_word(dice: &mut Dice) -> Input {
    let leg = LegId(dice.of(0..=6) as u16);
    let ticket = Ticket(dice.of(0..=8) as u32);
    let cause = dice.pick(&Cause::ALL);
    match dice.of(0..=22) {
        0 => Input::Leg(leg, LegEvent::Progress),
        14 => Input::Release { leg, extension: model::id::Id::from_bits(u128::from(dice.of(1..=3))) },
        15 => Input::Reply(ticket, Reply::Adopted(Released::Nobody)),
        17 | 19 => {
            let party =
                Party::Extension { extension: model::id::Id::from_bits(u128::from(dice.of(1..=3))), contact: None };
            Input::Replace { leg, party }
        }
        16 => Input::Leg(leg, LegEvent::Transfer(TransferTo::Number("200".into()))),
        1 => Input::Leg(leg, LegEvent::Ringing { early_media: dice.percent(50) }),
        2 | 3 => Input::Leg(leg, LegEvent::Answered),
        4 => Input::Leg(leg, LegEvent::Rejected { cause }),
        5 => Input::Leg(leg, LegEvent::Ended { cause }),
        6 => Input::Leg(leg, LegEvent::Held),
        7 => Input::Leg(leg, LegEvent::PlayDone),
        8 => Input::Leg(leg, LegEvent::MediaLost),
        9 => Input::Reply(ticket, Reply::Contacts(vec![1, 1, 2])),
        18 => Input::Reply(ticket, Reply::Away(cause)),
        20 => Input::Reply(ticket, Reply::Forward(Some(dice.pick(&[Onward::Number("100".into()), Onward::Voicemail])))),
        21 => Input::Reply(ticket, Reply::Forwarded(cause)),
        10 => Input::Reply(ticket, Reply::Group(None)),
        11 => Input::Flow(FlowCommand::Play(Sound::Busy)),
        12 => Input::Flow(FlowCommand::Transfer(FlowTarget::Extension(model::id::Id::from_bits(1)))),
        13 => Input::Flow(FlowCommand::StopPlay),
        _ => Input::Offered {
            origin: Origin::Extension(model::id::Id::from_bits(1)),
            dialled: "100".into(),
            caller_number: "x".into(),
            caller_name: String::new(),
        },
    }
}

const KEYS: [char; 5] = ['1', '2', '3', '#', '*'];

fn key(c: char) -> Digit {
    Digit::new(c).expect("only telephone keys are written in this file")
}

//! What would happen if a number dialled another: the same routing and the same flow machine as in a call, without one.
//! `alo simulate` and the flow editor tell it.

use crate::snapshot::Tenant;
use crate::{Caller, Snapshot, route};
use ::call::{Origin, RouteTarget};
use ::flow::{Graph, Node, Step, trace};
use model::leg::Sound;
use model::{Actor, Cause, Digit, Moment, Permission, PhoneNumber, Problem, Timestamp, TrailEntry};
use serde::Serialize;
use store::Db;

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SimulationLine))]
pub struct Line {
    /// The step, as in the trail of a call.
    pub step: String,
    /// What is decided and why.
    pub reason: String,
    /// The facts it rests on, in order.
    pub facts: Vec<Fact>,
}

/// A fact behind a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SimulationFact))]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What a story is told of.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Who dials: a public number, or an extension of the company.
    pub from: &'a str,
    /// The keys pressed, in order: a comma lets the time for a key run out, `!` lets nobody answer, `b` is busy.
    pub digits: &'a str,
    /// When: schedules go by it.
    pub at: Timestamp,
}

/// The story of a call to a number.
pub fn call(tenant: &Tenant, to: &str, scene: &Scene<'_>) -> Result<Vec<Line>, Problem> {
    let (script, from) = (script(scene.digits)?, scene.from);
    let routed = route(tenant, origin(tenant, from, to)?, Caller { number: from, name: "" }, to, scene.at);
    let first = TrailEntry { at: Moment::START, step: "route", reason: routed.reason, facts: routed.facts };
    let mut story = vec![line(tenant, &first)];
    match &routed.to {
        RouteTarget::Flow(id) => match tenant.flows.get(id) {
            Some(flow) => {
                story.push(line(tenant, &flow.met(*id, Moment::START)));
                story.extend(walk(tenant, &flow.graph, &script, scene));
            }
            None => story.push(plain("end", "The hotline leads to a flow that is not there.".to_owned())),
        },
        RouteTarget::Extension(id) => story.extend(extension(tenant, *id)),
        RouteTarget::Group(id) => story.extend(group(tenant, *id)),
        RouteTarget::Queue(id) => story.push(waits(tenant, &id.to_string())),
        RouteTarget::Voicemail(id) => story.push(leaves_message(tenant, &id.to_string())),
        RouteTarget::Mailbox(id) => {
            story.push(plain("voicemail_heard", format!("{} listens to messages.", named(tenant, &id.to_string()))));
        }
        RouteTarget::Announcement(Sound::Greeting(id)) => {
            story.push(plain("announcement", format!("The caller hears {}.", named(tenant, &id.to_string()))))
        }
        RouteTarget::Announcement(_) => story.push(plain("announcement", "The caller hears a tone.".to_owned())),
        RouteTarget::Trunk(steps) => story.extend(steps.iter().map(|step| {
            plain("trunk", format!("{} is asked for {}.", named(tenant, &step.trunk.to_string()), step.number))
        })),
        RouteTarget::Reject(cause) => story.push(plain("end", format!("The call is refused ({}).", cause.as_str()))),
    }
    Ok(story)
}

/// [`call`] in the company of the one who asks; `at` as in [`moment`], now when missing.
pub async fn dialled(
    actor: &Actor,
    db: &Db,
    from: &str,
    to: &str,
    digits: &str,
    at: Option<&str>,
) -> Result<Vec<Line>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let tenant = Snapshot::company(db, actor.tenant).await?.ok_or_else(|| Problem::not_found("company"))?;
    call(&tenant, to, &Scene { from, digits, at: moment(&tenant.time_zone, at)? })
}

/// A moment in words: on the clock of the zone (`2026-12-24T09:00`), or with an offset from UTC
/// (`2026-12-24T09:00:00+07:00`, `…Z`). Now, when nothing is said.
pub fn moment(zone: &str, at: Option<&str>) -> Result<Timestamp, Problem> {
    let Some(text) = at.map(str::trim) else { return Ok(store::now()) };
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(instant.as_millisecond()));
    }
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let instant = text.parse::<jiff::civil::DateTime>().ok().and_then(|time| zone.to_timestamp(time).ok());
    instant.map(|instant| Timestamp(instant.as_millisecond())).ok_or_else(|| {
        Problem::invalid("at", "Use a time as 2026-12-24T09:00 (on the company's clock) or 2026-12-24T09:00:00+07:00.")
    })
}

/// The story of a caller in a graph, which need not be stored.
pub fn graph(tenant: &Tenant, graph: &Graph, scene: &Scene<'_>) -> Result<Vec<Line>, Problem> {
    Ok(walk(tenant, graph, &script(scene.digits)?, scene))
}

fn walk(tenant: &Tenant, graph: &Graph, script: &[Step], scene: &Scene<'_>) -> Vec<Line> {
    let mut story = Vec::new();
    for entry in trace(graph, script, &|question| tenant.know(question, scene.from, scene.at)) {
        story.push(line(tenant, &entry));
        story.append(&mut rings(tenant, graph, &entry));
    }
    story
}

/// An extension as it rings, and how it handles calls.
fn extension(tenant: &Tenant, id: model::ExtensionId) -> Vec<Line> {
    let Some(found) = tenant.extensions.get(&id) else { return vec![ring(tenant, &id.to_string())] };
    let (handling, number) = (&found.handling, &found.number);
    if let Some(to) = &handling.forward_always {
        return vec![plain("forward", format!("Extension {number} forwards all calls to {to}."))];
    }
    let mut story = match handling.do_not_disturb {
        true => vec![plain("no_phone", format!("Extension {number} is not to be disturbed."))],
        false => vec![ring(tenant, &id.to_string())],
    };
    let forwards = [
        ("busy", &handling.forward_busy),
        ("no answer", &handling.forward_no_answer),
        ("unreachable", &handling.forward_unreachable),
    ];
    for (when, to) in forwards.into_iter().filter_map(|(when, to)| Some((when, to.as_ref()?))) {
        story.push(plain("forward", format!("On {when}, extension {number} forwards to {to}.")));
    }
    story
}

/// A group as it rings, and where its call goes when nobody answers.
fn group(tenant: &Tenant, id: model::GroupId) -> Vec<Line> {
    let Some(found) = tenant.groups.get(&id) else { return vec![plain("group", "There is no such group.".to_owned())] };
    let fact = |name: &str, value: String| Fact { name: name.into(), value };
    let facts = vec![
        fact("strategy", found.strategy.as_str().to_owned()),
        fact("ring_s", found.ring_for.as_secs().to_string()),
    ];
    let mut story = vec![Line { facts, ..ring(tenant, &id.to_string()) }];
    story.extend(found.otherwise.map(|target| {
        let to = named(tenant, &target.to_string());
        plain("otherwise", format!("When nobody answers, the call goes on to {to}."))
    }));
    story
}

fn ring(tenant: &Tenant, who: &str) -> Line {
    plain("ring", format!("The phones of {} ring.", named(tenant, who)))
}

fn waits(tenant: &Tenant, queue: &str) -> Line {
    plain("queue", format!("The caller waits for an agent of {}.", named(tenant, queue)))
}

/// An extension of the company, or somebody outside who comes in by the trunk the number is on.
fn origin(tenant: &Tenant, from: &str, to: &str) -> Result<Origin, Problem> {
    if let Some(extension) = tenant.by_number(from) {
        return Ok(Origin::Extension(extension.id));
    }
    let number = PhoneNumber::parse(to, &tenant.country).map(|n| n.to_string()).unwrap_or_default();
    let by_hotline = tenant.trunks.keys().find(|trunk| tenant.hotline_on(**trunk, &number).is_some());
    by_hotline.or_else(|| tenant.trunks.keys().next()).map(|trunk| Origin::Trunk(*trunk)).ok_or_else(|| {
        let message = format!("{from} is no extension of {}, and the company has no trunk to come in by.", tenant.name);
        Problem::invalid("from", message)
    })
}

/// The keys of a [`Scene`] as steps of a walk.
pub(crate) fn script(digits: &str) -> Result<Vec<Step>, Problem> {
    digits
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            ',' => Ok(Step::Timeout),
            '!' => Ok(Step::NoAnswer),
            'b' => Ok(Step::Returned(Cause::Busy)),
            c => Digit::new(c).map(Step::Digit).ok_or_else(|| {
                let words = "use 0-9, * and #; a comma for a time-out, ! for nobody answering, b for busy";
                Problem::invalid("digits", format!("{c:?} in digits is no key: {words}."))
            }),
        })
        .collect()
}

/// Who rings, when the flow comes to a place that rings somebody.
fn rings(tenant: &Tenant, graph: &Graph, entry: &TrailEntry) -> Vec<Line> {
    if entry.step != "flow_node" {
        return Vec::new();
    }
    let node = entry.facts.iter().find(|(name, _)| *name == "node").and_then(|(_, node)| graph.nodes.get(node));
    match node {
        Some(Node::RingGroup { group: id, .. }) => group(tenant, *id),
        Some(Node::Extension { extension: id, .. }) => extension(tenant, *id),
        Some(Node::Queue { queue, .. }) => vec![waits(tenant, &queue.to_string())],
        Some(Node::Voicemail { extension }) => vec![leaves_message(tenant, &extension.to_string())],
        Some(_) | None => Vec::new(),
    }
}

fn leaves_message(tenant: &Tenant, id: &str) -> Line {
    plain("voicemail", format!("The caller may leave a message for {}.", named(tenant, id)))
}

fn plain(step: &str, reason: String) -> Line {
    Line { step: step.into(), reason, facts: Vec::new() }
}

fn line(tenant: &Tenant, entry: &TrailEntry) -> Line {
    Line {
        step: entry.step.into(),
        reason: named(tenant, &entry.reason),
        facts: entry
            .facts
            .iter()
            .map(|(name, value)| Fact { name: (*name).to_owned(), value: value.clone() })
            .collect(),
    }
}

/// The text with names in place of ids.
pub fn named(tenant: &Tenant, text: &str) -> String {
    let mut text = text.to_owned();
    let mut put = |id: String, name: String| {
        if text.contains(&id) {
            text = text.replace(&id, &name);
        }
    };
    for (id, group) in &tenant.groups {
        let members: Vec<_> = group
            .members
            .iter()
            .filter_map(|m| tenant.extensions.get(&m.extension))
            .map(|e| e.number.as_str())
            .collect();
        put(id.to_string(), format!("the group {:?} ({})", group.name, members.join(", ")));
    }
    for (id, queue) in &tenant.queues {
        put(id.to_string(), format!("the queue {:?}", queue.name));
    }
    for (id, extension) in &tenant.extensions {
        put(id.to_string(), format!("extension {}", extension.number));
    }
    for (id, hotline) in &tenant.hotlines {
        put(id.to_string(), format!("the hotline {}", hotline.number));
    }
    for (id, trunk) in &tenant.trunks {
        put(id.to_string(), format!("the trunk {:?}", trunk.name));
    }
    for (id, flow) in &tenant.flows {
        put(id.to_string(), format!("the flow {:?}", flow.name));
    }
    for (id, (schedule, _)) in &tenant.schedules {
        put(id.to_string(), format!("the schedule {:?}", schedule.name));
    }
    for id in tenant.greetings.keys() {
        put(id.to_string(), "the greeting".to_owned());
    }
    text
}

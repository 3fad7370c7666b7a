//! What would happen if a number dialled another: the same routing and the same flow machine as in a call, without
//! one.

use crate::cli::Simulate;
use anyhow::Context;
use call::{Origin, RouteTarget};
use flow::{Graph, Node, Step};
use model::{Cause, Digit, PhoneNumber, TrailEntry};
use pbx::Snapshot;
use pbx::snapshot::Tenant;
use serde_json::json;
use store::Db;

/// One line of the story.
struct Line {
    step: String,
    reason: String,
    facts: Vec<(String, String)>,
}

/// Tells the story.
pub(crate) async fn run(db: &Db, asked: &Simulate) -> anyhow::Result<String> {
    let company = crate::company::choose(db, asked.company.as_deref()).await?;
    let snapshot = Snapshot::load(db).await?;
    let tenant = snapshot.tenant(&company.id).context("the company has just vanished")?;
    let origin = origin(tenant, &asked.from, &asked.to)?;
    let caller = pbx::Caller { number: &asked.from, name: "" };
    let route = pbx::route(tenant, origin, caller, &asked.to);
    let mut story = vec![line(
        tenant,
        &TrailEntry {
            at: model::Moment::START,
            step: "route",
            reason: route.reason.clone(),
            facts: route.facts.clone(),
        },
    )];
    match &route.to {
        RouteTarget::Flow(id) => {
            let graph = tenant.flows.get(id).context("the hotline leads to a flow that is not there")?;
            for entry in flow::trace(graph, &script(&asked.digits)?) {
                story.push(line(tenant, &entry));
                story.extend(rings(tenant, graph, &entry));
            }
        }
        RouteTarget::Extension(id) => {
            story.push(plain("ring", format!("The phones of {} ring.", named(tenant, &id.to_string()))))
        }
        RouteTarget::Group(id) => {
            story.push(plain("ring", format!("The phones of {} ring.", named(tenant, &id.to_string()))))
        }
        RouteTarget::Trunk(steps) => story.extend(steps.iter().map(|step| {
            plain("trunk", format!("{} is asked for {}.", named(tenant, &step.trunk.to_string()), step.number))
        })),
        RouteTarget::Reject(cause) => story.push(plain("end", format!("The call is refused ({}).", cause.as_str()))),
    }
    Ok(if asked.json { as_json(&story) } else { as_text(&company.name, asked, &story) })
}

/// An extension of the company, or somebody outside who comes in by the trunk the number is on.
fn origin(tenant: &Tenant, from: &str, to: &str) -> anyhow::Result<Origin> {
    if let Some(extension) = tenant.by_number(from) {
        return Ok(Origin::Extension(extension.id));
    }
    let number = PhoneNumber::parse(to, &tenant.country).map(|n| n.to_string()).unwrap_or_default();
    let by_hotline = tenant.trunks.keys().find(|trunk| tenant.hotline_on(**trunk, &number).is_some());
    by_hotline.or_else(|| tenant.trunks.keys().next()).map(|trunk| Origin::Trunk(*trunk)).with_context(|| {
        format!("{from} is no extension of {}, and the company has no trunk to come in by", tenant.name)
    })
}

fn script(digits: &str) -> anyhow::Result<Vec<Step>> {
    digits
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            ',' => Ok(Step::Timeout),
            '!' => Ok(Step::NoAnswer),
            'b' => Ok(Step::Returned(Cause::Busy)),
            c => Digit::new(c).map(Step::Digit).with_context(|| {
                format!("{c:?} in --digits is no key: use 0-9, * and #; a comma for a time-out, ! for nobody answering")
            }),
        })
        .collect()
}

/// Who rings, when the flow comes to a place that rings somebody.
fn rings(tenant: &Tenant, graph: &Graph, entry: &TrailEntry) -> Option<Line> {
    if entry.step != "flow_node" {
        return None;
    }
    let node = entry.facts.iter().find(|(name, _)| *name == "node").and_then(|(_, node)| graph.nodes.get(node))?;
    let who = match node {
        Node::RingGroup { group, .. } => group.to_string(),
        Node::Extension { extension, .. } => extension.to_string(),
        Node::Play { .. } | Node::Menu(_) | Node::Hangup { .. } => return None,
    };
    Some(plain("ring", format!("The phones of {} ring.", named(tenant, &who))))
}

fn plain(step: &str, reason: String) -> Line {
    Line { step: step.into(), reason, facts: Vec::new() }
}

fn line(tenant: &Tenant, entry: &TrailEntry) -> Line {
    Line {
        step: entry.step.into(),
        reason: named(tenant, &entry.reason),
        facts: entry.facts.iter().map(|(name, value)| ((*name).to_owned(), named(tenant, value))).collect(),
    }
}

/// The text with names in place of ids.
fn named(tenant: &Tenant, text: &str) -> String {
    let mut text = text.to_owned();
    let mut put = |id: String, name: String| {
        if text.contains(&id) {
            text = text.replace(&id, &name);
        }
    };
    for (id, group) in &tenant.groups {
        let members: Vec<_> =
            group.members.iter().filter_map(|m| tenant.extensions.get(m)).map(|e| e.number.as_str()).collect();
        put(id.to_string(), format!("the group {:?} ({})", group.name, members.join(", ")));
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
    for id in tenant.flows.keys() {
        put(id.to_string(), "the flow".to_owned());
    }
    for id in tenant.greetings.keys() {
        put(id.to_string(), "the greeting".to_owned());
    }
    text
}

fn as_json(story: &[Line]) -> String {
    let trail: Vec<_> = story
        .iter()
        .map(|l| {
            let facts: serde_json::Map<_, _> = l.facts.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
            json!({ "step": l.step, "reason": l.reason, "facts": facts })
        })
        .collect();
    format!("{:#}\n", json!({ "trail": trail }))
}

fn as_text(company: &str, asked: &Simulate, story: &[Line]) -> String {
    let keys = if asked.digits.is_empty() { String::new() } else { format!(", pressing {}", asked.digits) };
    let mut text = format!("{} dials {} at {company}{keys}:\n", asked.from, asked.to);
    for (place, line) in story.iter().enumerate() {
        text.push_str(&format!("{:3}. {:<10} {}\n", place + 1, line.step, line.reason));
        for (name, value) in &line.facts {
            text.push_str(&format!("                  {name}: {value}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests;

//! What would happen if a number dialled another, told on the terminal.

use crate::cli::Simulate;
use anyhow::Context;
use pbx::Snapshot;
use pbx::simulate::{self, Line, Scene};
use pbx::snapshot::Tenant;
use serde_json::json;
use store::Db;

/// Tells the story.
pub(crate) async fn run(db: &Db, asked: &Simulate) -> anyhow::Result<String> {
    let company = crate::company::choose(db, asked.company.as_deref()).await?;
    let tenant = Snapshot::company(db, company.id).await?.context("the company has just vanished")?;
    let mut story = told(&tenant, asked).map_err(|problem| {
        // The words for forms say less than the field's own.
        anyhow::anyhow!(problem.fields.first().map_or(problem.message.clone(), |field| field.message.clone()))
    })?;
    for fact in story.iter_mut().flat_map(|line| &mut line.facts) {
        fact.value = simulate::named(&tenant, &fact.value);
    }
    Ok(if asked.json { as_json(&story) } else { as_text(&company.name, asked, &story) })
}

fn told(tenant: &Tenant, asked: &Simulate) -> Result<Vec<Line>, model::Problem> {
    let at = simulate::moment(&tenant.time_zone, asked.at.as_deref())?;
    simulate::call(tenant, &asked.to, &Scene { from: &asked.from, digits: &asked.digits, at })
}

fn as_json(story: &[Line]) -> String {
    let trail: Vec<_> = story
        .iter()
        .map(|l| {
            let facts: serde_json::Map<_, _> =
                l.facts.iter().map(|fact| (fact.name.clone(), json!(fact.value))).collect();
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
        for fact in &line.facts {
            text.push_str(&format!("                  {}: {}\n", fact.name, fact.value));
        }
    }
    text
}

#[cfg(test)]
mod tests;

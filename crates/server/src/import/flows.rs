//! Greetings and flows. A flow is made with what is there and completed when more is: menus lead to each other in circles, and
//! a greeting whose sound the vendor gives nobody may be uploaded here by hand between two runs.

use super::things::{Known, all, left_out};
use super::{Report, Wanted};
use compat::import::Account;
use model::Actor;
use pbx::flow::{self, FlowPatch, NewFlow};
use pbx::greeting;
use store::Db;

/// The sounds, by their names. What a machine spoke there is spoken here.
pub(super) async fn greetings(
    db: &Db,
    actor: &Actor,
    wanted: &Wanted<'_>,
    account: &Account,
    known: &mut Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut there = all(|page| greeting::list(actor, db, page)).await?;
    for theirs in &account.greetings {
        if let Some(ours) = there.iter().find(|ours| ours.name == theirs.name.trim()) {
            report.kept("greetings");
            known.ids.greetings.insert(theirs.key.clone(), ours.id);
            continue;
        }
        let Some(speech) = theirs.speech.clone().filter(|_| wanted.sounds.can_speak()) else {
            let why = match theirs.speech {
                Some(_) => "nobody speaks here; set speech.driver in the configuration, or upload a sound of this name",
                None => "the vendor's API gives its sound to nobody; upload it under this name",
            };
            report.note(format!("greeting {}: {why}, and run the import again", theirs.name));
            continue;
        };
        if report.dry {
            report.made("greetings");
            continue;
        }
        match wanted.sounds.speak(actor, theirs.name.clone(), speech).await {
            Ok(made) => {
                report.made("greetings");
                known.ids.greetings.insert(theirs.key.clone(), made.id);
                there.push(made);
            }
            Err(problem) => left_out(report, &format!("greeting {}", theirs.name), problem)?,
        }
    }
    Ok(())
}

/// The flows, by their names.
pub(super) async fn bring(
    db: &Db,
    actor: &Actor,
    account: &Account,
    known: &mut Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut there = all(|page| flow::list(actor, db, page)).await?;
    for theirs in &account.flows {
        if let Some(ours) = there.iter().find(|ours| ours.name == theirs.name.trim()) {
            report.kept("flows");
            known.ids.flows.insert(theirs.key.clone(), ours.id);
            continue;
        }
        if report.dry {
            report.made("flows");
            continue;
        }
        let new = NewFlow { name: theirs.name.clone(), graph: theirs.menu.graph(&known.ids) };
        match flow::create(actor, db, new).await {
            Ok(made) => {
                report.made("flows");
                known.ids.flows.insert(theirs.key.clone(), made.id);
                there.push(made);
            }
            Err(problem) => left_out(report, &format!("flow {}", theirs.name), problem)?,
        }
    }
    if report.dry {
        return Ok(());
    }
    for theirs in &account.flows {
        let Some(id) = known.ids.flows.get(&theirs.key) else { continue };
        let ours = flow::get(actor, db, *id).await?;
        if let Some(graph) = theirs.menu.completed(&ours.graph, &known.ids) {
            let patch = FlowPatch { graph: Some(graph), version: Some(ours.version), ..FlowPatch::default() };
            if let Err(problem) = flow::update(actor, db, *id, patch).await {
                left_out(report, &format!("flow {}", theirs.name), problem)?;
            }
        }
        if theirs.menu.lacks(&known.ids) > 0 {
            report.note(format!("flow {}: it lacks greetings or targets that are not here", theirs.name));
        }
    }
    Ok(())
}

//! Ring groups. Where calls go that nobody answers comes last: it may be a flow that leads to a group.

use super::Report;
use super::things::{Known, all, left_out};
use compat::import::Account;
use model::{Actor, ExtensionId};
use pbx::group::{self, GroupPatch, NewGroup};
use pbx::hotline::Target;
use std::collections::HashMap;
use store::Db;

/// The ring groups; gives them by their names, by which some vendors' hotlines lead to them.
pub(super) async fn bring(
    db: &Db,
    actor: &Actor,
    account: &Account,
    known: &mut Known,
    report: &mut Report,
) -> anyhow::Result<HashMap<String, Target>> {
    let there = all(|page| group::list(actor, db, page)).await?;
    let mut targets: HashMap<String, Target> =
        there.into_iter().map(|group| (group.name, Target::Group(group.id))).collect();
    for theirs in &account.groups {
        if let Some(Target::Group(id)) = targets.get(&theirs.name) {
            report.kept("ring groups");
            known.ids.groups.insert(theirs.key.clone(), *id);
            continue;
        }
        if !report.dry {
            let mut members: Vec<ExtensionId> = Vec::new();
            for number in &theirs.members {
                members.extend(known.ids.extensions.get(number).filter(|id| !members.contains(id)));
            }
            let plain = NewGroup::of(theirs.name.clone(), members);
            let new = NewGroup {
                strategy: theirs.strategy.unwrap_or(plain.strategy),
                ring_ms: theirs.ring_ms.unwrap_or(plain.ring_ms),
                ..plain
            };
            match group::create(actor, db, new).await {
                Ok(made) => {
                    known.ids.groups.insert(theirs.key.clone(), made.id);
                    targets.insert(made.name, Target::Group(made.id));
                }
                Err(problem) => {
                    left_out(report, &format!("ring group {}", theirs.name), problem)?;
                    continue;
                }
            }
        }
        report.made("ring groups");
    }
    Ok(targets)
}

/// Where calls go that nobody answers, where nothing is said here yet.
pub(super) async fn lead_on(
    db: &Db,
    actor: &Actor,
    account: &Account,
    known: &Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    for theirs in &account.groups {
        let target = theirs.on_no_answer.as_ref().and_then(|step| known.ids.target(step));
        let (Some(target), Some(id)) = (target, known.ids.groups.get(&theirs.key)) else { continue };
        let ours = group::get(actor, db, *id).await?;
        if report.dry || ours.on_no_answer.is_some() {
            continue;
        }
        let patch = GroupPatch { on_no_answer: Some(Some(target)), ..GroupPatch::default() };
        if let Err(problem) = group::update(actor, db, *id, patch).await {
            left_out(report, &format!("where calls of the ring group {} go on", theirs.name), problem)?;
        }
    }
    Ok(())
}

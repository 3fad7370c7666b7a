//! Whose calls one may see: all of the company, or those that the own extension took part in.

use super::{CallDetail, Decision, Filter, Leg, repo};
use crate::extension;
use model::{Actor, CallId, ExtensionId, Permission, Problem};
use std::collections::BTreeSet;
use store::Tx;

/// How much of the company's calls one sees.
pub(super) enum Reach {
    /// All of them.
    All,
    /// Those that this extension took part in; none while there is no extension.
    Own(Option<ExtensionId>),
}

impl Reach {
    /// People who may not see all calls see their own; keys are nobody, so they need the right.
    pub(super) async fn of(actor: &Actor, tx: &mut Tx) -> Result<Reach, Problem> {
        let Some(user) = actor.user.filter(|_| !actor.role.may(Permission::ViewCalls)) else {
            return actor.require(Permission::ViewCalls).map(|()| Reach::All);
        };
        actor.require(Permission::MakeCalls)?;
        Ok(Reach::Own(extension::repo::find_by_user(tx, user).await?.map(|found| found.id)))
    }

    /// The filter within this reach; none when nothing can fit.
    pub(super) fn within(&self, mut filter: Filter) -> Option<Filter> {
        match self {
            Reach::All => {}
            Reach::Own(None) => return None,
            Reach::Own(Some(own)) => {
                if filter.extension.is_some_and(|wanted| wanted != *own) {
                    return None;
                }
                filter.extension = Some(*own);
            }
        }
        Some(filter)
    }
}

/// A finished call that one may see.
pub(super) async fn find(actor: &Actor, tx: &mut Tx, id: CallId) -> Result<CallDetail, Problem> {
    let reach = Reach::of(actor, tx).await?;
    let missing = || Problem::not_found("call");
    let mut found = repo::find(tx, id).await?.ok_or_else(missing)?;
    match reach {
        Reach::All => return Ok(found),
        Reach::Own(None) => return Err(missing()),
        Reach::Own(Some(own)) if !repo::took_part(tx, own, found.call.started_at, id).await? => return Err(missing()),
        Reach::Own(Some(own)) => {
            let unseen = supervisors(&repo::trail(tx, id).await?.unwrap_or_default());
            let is_seen = |leg: &Leg| leg.extension.is_none_or(|one| one == own || !unseen.contains(&one.to_string()));
            found.legs.retain(is_seen);
        }
    }
    Ok(found)
}

/// The extensions that listened in without coming into anybody's place: whom they listen to is not told of them.
fn supervisors(trail: &[Decision]) -> BTreeSet<String> {
    let named = |step: &str| -> BTreeSet<String> {
        let facts = trail.iter().filter(|entry| entry.step == step).flat_map(|entry| &entry.facts);
        facts.filter(|fact| fact.name == "extension").map(|fact| fact.value.clone()).collect()
    };
    &named("supervise") - &named("take_over")
}

//! What a company's people can do with recordings: set the rules, and hold one.

use super::policy::{Place, PlaceRule, Settings};
use super::repo;
use crate::{config, extension, greeting, hotline, queue};
use model::{Actor, CallId, Faults, Permission, Problem};
use store::{Db, NewEvent, Tx, now};

/// How the company records.
pub async fn settings(actor: &Actor, db: &Db) -> Result<Settings, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::settings(&mut tx).await?)
}

/// Sets all of it. Calls that are up keep what they began with.
pub async fn set_settings(actor: &Actor, db: &Db, wanted: Settings) -> Result<Settings, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut faults = Faults::default();
    wanted.check(&mut faults);
    faults.done()?;
    let mut tx = config::change(db, actor.tenant).await?;
    check_places(&mut tx, &wanted).await?;
    repo::save_settings(&mut tx, &wanted, now().as_millis()).await?;
    let data = serde_json::json!({
        "rule": wanted.rule.as_str(),
        "keep_days": wanted.keep_days,
        "by": actor.user.map(|id| id.to_string()),
    });
    tx.emit(NewEvent { kind: "recording.settings_updated", call: None, data: data.to_string() });
    let saved = repo::settings(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

async fn check_places(tx: &mut Tx, wanted: &Settings) -> Result<(), Problem> {
    let mut faults = Faults::default();
    for (number, PlaceRule { place, .. }) in wanted.places.iter().enumerate() {
        let there = match Place::parse(place) {
            Some(Place::Hotline(id)) => hotline::repo::find(tx, id).await?.is_some(),
            Some(Place::Queue(id)) => queue::repo::find(tx, id).await?.is_some(),
            Some(Place::Extension(id)) => extension::repo::find(tx, id).await?.is_some(),
            None => false,
        };
        if !there {
            faults.add(format!("places[{number}].place"), "The company has no such hotline, queue or extension.");
        }
    }
    if let Some(id) = wanted.announcement
        && greeting::repo::find(tx, id).await?.is_none()
    {
        faults.add("announcement", "The company has no such greeting; add one first.");
    }
    faults.done()
}

/// Holds the recording of a call: it is not deleted, however old, until it is released.
pub async fn hold(actor: &Actor, db: &Db, call: CallId, why: &str) -> Result<(), Problem> {
    let why = why.trim();
    if !(1..=500).contains(&why.chars().count()) {
        return Err(Problem::invalid("reason", "Say in 1 to 500 characters why it is held."));
    }
    change_hold(actor, db, call, Some(why)).await
}

/// Holds it no more.
pub async fn release(actor: &Actor, db: &Db, call: CallId) -> Result<(), Problem> {
    change_hold(actor, db, call, None).await
}

async fn change_hold(actor: &Actor, db: &Db, call: CallId, why: Option<&str>) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    let by = actor.user.map(|id| id.to_string()).or(actor.key.map(|id| id.to_string()));
    let by = by.unwrap_or_else(|| "system".to_owned());
    let mut tx = db.write(actor.tenant).await?;
    match repo::set_hold(&mut tx, call, why.map(|why| (why, by.as_str(), now().as_millis()))).await? {
        None => return Err(Problem::not_found("recording")),
        Some(true) => {
            return Err(Problem::conflict("recording_deleted", "The recording was deleted; its time was over."));
        }
        Some(false) => {}
    }
    let kind = if why.is_some() { "recording.held" } else { "recording.released" };
    let data = serde_json::json!({ "call": call.to_string(), "by": by, "reason": why });
    tx.emit(NewEvent { kind, call: Some(call), data: data.to_string() });
    tx.commit().await?;
    Ok(())
}

//! What one can do with agents' states and the reasons of their pauses.

use super::{Agent, NewState, Reason, State, repo};
use crate::{config, extension};
use acd::Wish;
use model::{Actor, ExtensionId, PauseReasonId, Permission, Problem, TenantId};
use store::{Db, NewEvent, mint, now};

/// The most reasons a company has.
const MOST_REASONS: usize = 100;

/// Sets the state of an agent: one's own, or anybody's for a supervisor.
pub async fn set(actor: &Actor, db: &Db, extension: ExtensionId, new: NewState) -> Result<Agent, Problem> {
    actor.require(Permission::MakeCalls)?;
    let mut tx = db.write(actor.tenant).await?;
    let found = extension::repo::find(&mut tx, extension).await?.ok_or_else(|| Problem::not_found("extension"))?;
    if actor.user.is_none() || found.user != actor.user {
        actor.require(Permission::Supervise)?;
    }
    let wish = match new.state {
        State::Offline => Wish::Offline,
        State::Available => Wish::Available,
        State::Paused => Wish::Paused(reason(&repo::reasons(&mut tx).await?, new.reason.as_deref())?),
    };
    let agent = Agent { extension, wish, changed_at: now().as_millis() };
    repo::save(&mut tx, &agent).await?;
    let (state, why) = match &agent.wish {
        Wish::Offline => ("offline", None),
        Wish::Available => ("available", None),
        Wish::Paused(reason) => ("paused", Some(reason.as_str())),
    };
    let data = serde_json::json!({
        "extension_id": extension.to_string(),
        "extension": found.number,
        "state": state,
        "reason": why,
        "by": actor.user.map(|id| id.to_string()),
    });
    tx.emit(NewEvent { kind: "agent.state_set", call: None, data: data.to_string() });
    tx.commit().await?;
    Ok(agent)
}

fn reason(known: &[Reason], given: Option<&str>) -> Result<String, Problem> {
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    match given {
        Some(Wish::MISSED) => Err(Problem::invalid("reason", "This reason is set by the queue itself; use another.")),
        Some(text) if known.is_empty() && text.chars().count() <= 60 => Ok(text.to_owned()),
        Some(text) if known.iter().any(|reason| reason.name == text) => Ok(text.to_owned()),
        None if known.is_empty() => Ok(String::new()),
        Some(_) | None if known.is_empty() => Err(Problem::invalid("reason", "Use at most 60 characters.")),
        Some(_) | None => {
            let names: Vec<&str> = known.iter().map(|reason| reason.name.as_str()).collect();
            Err(Problem::invalid("reason", format!("Use one of the company's reasons: {}.", names.join(", "))))
        }
    }
}

/// The extension of the one who asks; fails when they have none.
pub async fn own(actor: &Actor, db: &Db) -> Result<ExtensionId, Problem> {
    actor.require(Permission::MakeCalls)?;
    let found = match actor.user {
        Some(user) => extension::find_by_user(actor, db, user).await?,
        None => None,
    };
    found.map(|extension| extension.id).ok_or_else(|| {
        Problem::new(model::Kind::NotFound, "no_phone", "You have no extension; a manager can give you one.")
    })
}

/// The engine pauses an agent who missed too many calls.
pub async fn missed(db: &Db, tenant: TenantId, extension: ExtensionId) -> Result<(), Problem> {
    let mut tx = db.write(tenant).await?;
    let wish = Wish::Paused(Wish::MISSED.to_owned());
    if extension::repo::find(&mut tx, extension).await?.is_some() {
        repo::save(&mut tx, &Agent { extension, wish, changed_at: now().as_millis() }).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What all agents of all companies want, for the engine.
pub async fn wishes(db: &Db) -> Result<Vec<(TenantId, Agent)>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::of_all(&mut tx).await?)
}

/// What the agents of a company want. Who never said anything is offline.
pub async fn wishes_of_company(actor: &Actor, db: &Db) -> Result<Vec<Agent>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::of_company(&mut tx).await?)
}

/// A number that grows with each change of any agent's wish, so that a process learns of what another has done.
pub async fn version(db: &Db) -> Result<i64, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::version(&mut tx).await?)
}

/// The company's reasons for a pause, oldest first.
pub async fn reasons(actor: &Actor, db: &Db) -> Result<Vec<Reason>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::reasons(&mut tx).await?)
}

/// Adds a reason.
pub async fn create_reason(actor: &Actor, db: &Db, name: &str) -> Result<Reason, Problem> {
    actor.require(Permission::EditConfig)?;
    let name = name.trim();
    if !(1..=60).contains(&name.chars().count()) || name == Wish::MISSED {
        return Err(Problem::invalid("name", "Use 1 to 60 characters, and not the word missed."));
    }
    let mut tx = config::change(db, actor.tenant).await?;
    if repo::reasons(&mut tx).await?.len() >= MOST_REASONS {
        let message = format!("A company has at most {MOST_REASONS} reasons; delete one first.");
        return Err(Problem::conflict("too_many", message));
    }
    let reason = Reason { id: mint(), name: name.to_owned(), created_at: now().as_millis() };
    let inserted = repo::insert_reason(&mut tx, &reason).await;
    inserted.map_err(|error| config::taken(error, "name", format!("The reason {name} is there already.")))?;
    tx.emit(config::event("pause_reason.created", reason.id, &reason.name));
    tx.commit().await?;
    Ok(reason)
}

/// Takes a reason away. Who is on a pause for it stays there.
pub async fn delete_reason(actor: &Actor, db: &Db, id: PauseReasonId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    if !repo::delete_reason(&mut tx, id).await? {
        return Err(Problem::not_found("pause reason"));
    }
    tx.emit(config::event("pause_reason.deleted", id, ""));
    tx.commit().await?;
    Ok(())
}

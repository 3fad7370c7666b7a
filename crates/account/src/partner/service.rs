//! What partners do, and those who grant it to them.

use super::{Authorization, NewRequest, Pending, REQUEST_S, repo};
use crate::key::secret::digest;
use crate::tenant::Tenant;
use crate::{key, tenant};
use model::{Actor, KeyId, Kind, PageRequest, Permission, Problem, TenantId};
use store::mint::secret_text;
use store::{Db, Tx, Walk, now};

/// The key of a company that granted it before, else a request to be granted. A company that never granted it is
/// `company_unknown`, whether it exists or not.
pub async fn authorize(actor: &Actor, db: &Db, new: NewRequest) -> Result<Authorization, Problem> {
    actor.require(Permission::ManageUsers)?;
    let at = now().as_millis();
    let mut tx = db.write(actor.tenant).await?;
    if let Some(company) = new.company {
        let link = repo::find_link(&mut tx, actor.tenant, company, at).await?.ok_or_else(unknown)?;
        if link.counts {
            return Ok(Authorization::Granted(db.vault().unseal(&link.sealed, &place(company, actor.tenant))?));
        }
    }
    let token = format!("request:{}", secret_text(43));
    repo::forget_requests(&mut tx, at).await?;
    repo::insert_request(&mut tx, &digest(&token), &new, at, at + REQUEST_S * 1000).await?;
    tx.commit().await?;
    Ok(Authorization::Asked(token))
}

/// The request behind a token, while it can be granted.
pub async fn pending(db: &Db, token: &str) -> Result<Pending, Problem> {
    let mut tx = db.system().await?;
    let request = repo::find_request(&mut tx, &digest(token), now().as_millis()).await?.ok_or_else(ended)?;
    drop(tx);
    let partner = tenant::get(&Actor::system(request.partner), db, request.partner).await?;
    let repo::Request { company, redirect_url, email, .. } = request;
    Ok(Pending { partner, company, redirect_url, email })
}

/// Grants a request in the name of the actor's company, once: the partner has a key from now on.
pub async fn grant(actor: &Actor, db: &Db, token: &str) -> Result<Pending, Problem> {
    actor.require(Permission::ManageUsers)?;
    let pending = pending(db, token).await?;
    if pending.company.is_some_and(|company| company != actor.tenant) {
        let message = "This was asked of another company; log in as somebody who runs that one.";
        return Err(Problem::forbidden("other_company", message));
    }
    let (at, partner) = (now().as_millis(), pending.partner.id);
    let mut tx = db.write(actor.tenant).await?;
    if !repo::use_request(&mut tx, partner, &digest(token), at).await? {
        return Err(ended());
    }
    let before = repo::find_link(&mut tx, partner, actor.tenant, at).await?.map(|link| link.key);
    let created = key::grant(&mut tx, actor, &pending.partner.name, before).await?;
    let sealed = db.vault().seal(&created.secret, &place(actor.tenant, partner));
    repo::save_link(&mut tx, partner, created.key.id, &sealed, at).await?;
    tx.commit().await?;
    Ok(pending)
}

/// The companies that the actor's company may act for as they were made, from a place on; and whether there are more.
pub async fn companies(actor: &Actor, db: &Db, walk: Walk) -> Result<(Vec<Tenant>, bool), Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let walk = Walk { limit: walk.limit.clamp(1, PageRequest::MAX), ..walk };
    Ok(walk.cut(tenant::repo::of_partner(&mut tx, actor.tenant, now().as_millis(), &walk).await?))
}

/// The actor's company in another that granted it: with that company's key, as long as it counts.
pub async fn acting_for(actor: &Actor, db: &Db, company: TenantId) -> Result<Actor, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let link = repo::find_link(&mut tx, actor.tenant, company, now().as_millis()).await?;
    let link = link.filter(|link| link.counts).ok_or_else(unknown)?;
    Ok(Actor { tenant: company, role: link.role, user: None, key: Some(link.key) })
}

/// The company that ever granted it and whose id ends so.
pub async fn find_by_ending(actor: &Actor, db: &Db, ending: &str) -> Result<Option<TenantId>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_ending(&mut tx, ending).await?)
}

/// Whether a partner holds this key.
pub(crate) async fn holds(tx: &mut Tx, key: KeyId) -> Result<bool, Problem> {
    Ok(repo::holds(tx, key).await?)
}

/// What a secret is sealed for.
fn place(company: TenantId, partner: TenantId) -> String {
    format!("{company}/{partner}")
}

fn unknown() -> Problem {
    Problem::forbidden("company_unknown", "The company never granted this.")
}

fn ended() -> Problem {
    Problem::new(Kind::NotFound, "request_ended", "The request is unknown, over, or was granted already.")
}

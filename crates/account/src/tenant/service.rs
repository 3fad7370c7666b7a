//! What one can do with companies.

use super::{NewTenant, Tenant, TenantPatch, repo};
use crate::session;
use model::{Actor, Page, PageRequest, Permission, Problem, TenantId};
use store::{Db, NewEvent, mint, now};

/// Creates a company. Only the operator of the installation may.
pub async fn create(actor: &Actor, db: &Db, new: NewTenant) -> Result<Tenant, Problem> {
    actor.require(Permission::OperateServer)?;
    let tenant = new.complete(mint(), now().as_millis());
    tenant.check()?;
    let mut tx = db.write(tenant.id).await?;
    repo::insert(&mut tx, &tenant).await.map_err(|error| taken(error, &tenant))?;
    tx.configured();
    tx.emit(event("tenant.created", &tenant));
    tx.commit().await?;
    Ok(tenant)
}

/// One company: one's own, or any for the operator.
pub async fn get(actor: &Actor, db: &Db, id: TenantId) -> Result<Tenant, Problem> {
    within(actor, id)?;
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(id).await?;
    repo::find(&mut tx).await?.ok_or_else(|| Problem::not_found("company"))
}

/// All companies in the order of their creation. Only the operator of the installation may.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Tenant>, Problem> {
    actor.require(Permission::OperateServer)?;
    let mut tx = db.system().await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |tenant| tenant.id.to_string()))
}

/// Changes a company: one's own, or any for the operator.
pub async fn update(actor: &Actor, db: &Db, id: TenantId, patch: TenantPatch) -> Result<Tenant, Problem> {
    within(actor, id)?;
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(id).await?;
    let mut tenant = repo::find(&mut tx).await?.ok_or_else(|| Problem::not_found("company"))?;
    tenant.apply(patch, now().as_millis());
    tenant.check()?;
    repo::save(&mut tx, &tenant).await.map_err(|error| taken(error, &tenant))?;
    tx.configured();
    tx.emit(event("tenant.updated", &tenant));
    tx.commit().await?;
    Ok(tenant)
}

/// Lets a company do nothing for now: nobody logs in, no key counts, no phone registers and no new call comes or goes. What it
/// has stays. Only the operator of the installation may, and not with the own company.
pub async fn suspend(actor: &Actor, db: &Db, id: TenantId) -> Result<Tenant, Problem> {
    if actor.tenant == id {
        return Err(Problem::conflict("own_company", "The company that runs the installation cannot be suspended."));
    }
    set_suspended(actor, db, id, Some(now().as_millis())).await
}

/// Lets a suspended company work again.
pub async fn resume(actor: &Actor, db: &Db, id: TenantId) -> Result<Tenant, Problem> {
    set_suspended(actor, db, id, None).await
}

async fn set_suspended(actor: &Actor, db: &Db, id: TenantId, since: Option<i64>) -> Result<Tenant, Problem> {
    actor.require(Permission::OperateServer)?;
    let mut tx = db.write(id).await?;
    let mut tenant = repo::find(&mut tx).await?.ok_or_else(|| Problem::not_found("company"))?;
    if tenant.suspended_at.is_some() == since.is_some() {
        return Ok(tenant);
    }
    tenant.suspended_at = since;
    repo::set_suspended(&mut tx, since).await?;
    if since.is_some() {
        session::end_company(&mut tx).await?;
    }
    tx.configured();
    tx.emit(event(if since.is_some() { "tenant.suspended" } else { "tenant.resumed" }, &tenant));
    tx.commit().await?;
    Ok(tenant)
}

/// Another company looks like no company.
fn within(actor: &Actor, id: TenantId) -> Result<(), Problem> {
    if actor.tenant == id || actor.role.may(Permission::OperateServer) {
        return Ok(());
    }
    Err(Problem::not_found("company"))
}

fn taken(error: store::Error, tenant: &Tenant) -> Problem {
    if error.is_unique() {
        let message = format!("The SIP domain {} belongs to another company; choose another.", tenant.domain);
        return Problem::conflict("domain_taken", message.clone()).with_field("domain", message);
    }
    error.into()
}

fn event(kind: &'static str, tenant: &Tenant) -> NewEvent {
    let data = serde_json::json!({ "id": tenant.id.to_string(), "name": tenant.name, "domain": tenant.domain });
    NewEvent { kind, call: None, data: data.to_string() }
}

/// The oldest company of this name, for bootstrap, which must find what it made before.
pub(crate) async fn find_by_name(db: &Db, name: &str) -> Result<Option<Tenant>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::find_by_name(&mut tx, name).await?)
}

/// The company that was made first: its people run the installation.
pub(crate) async fn oldest(db: &Db) -> Result<Option<Tenant>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::list(&mut tx, None, 1).await?.into_iter().next())
}

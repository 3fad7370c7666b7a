//! What people do with endpoints and deliveries.

use super::address::Guard;
use super::endpoint::{self, Attempt, Delivery, Endpoint, EndpointPatch, NewEndpoint, State};
use super::repo::{self, Target};
use super::sign::Secret;
use model::{Actor, EndpointId, Page, PageRequest, Permission, Problem};
use store::{Db, Tx, outbox};

/// How many endpoints one company may have.
const MOST: i64 = 50;
/// How long the secret before a rotation still signs.
const OVERLAP_MS: i64 = 24 * 3600 * 1000;

/// Makes an endpoint; its secret is shown this once.
pub async fn create(actor: &Actor, db: &Db, guard: &Guard, new: NewEndpoint) -> Result<(Endpoint, Secret), Problem> {
    actor.require(Permission::ManageWebhooks)?;
    endpoint::check_description(&new.description)?;
    endpoint::check_kinds(&new.kinds)?;
    endpoint::check_choices(new.dialect, &new.choices)?;
    let url = guard.check(&new.url).await?.to_string();
    let (id, secret, now) = (store::mint::<EndpointId>(), Secret::new()?, store::now());
    let from_seq = outbox::last(db).await?;
    let NewEndpoint { description, kinds, dialect, choices, .. } = new;
    let (created_at, updated_at) = (now, now);
    let endpoint = Endpoint { id, url, description, kinds, dialect, choices, enabled: true, created_at, updated_at };
    let target = Target {
        endpoint,
        tenant: actor.tenant.to_string(),
        sealed_secret: db.vault().seal(&secret.reveal(), &id.to_string()),
        sealed_old_secret: None,
        old_secret_until: None,
        from_seq,
    };
    let mut tx = db.write(actor.tenant).await?;
    if repo::count(&mut tx).await? >= MOST {
        return Err(Problem::conflict("too_many_endpoints", format!("A company has at most {MOST} endpoints.")));
    }
    repo::insert(&mut tx, &target).await?;
    tx.commit().await?;
    Ok((target.endpoint, secret))
}

/// The endpoints of the company.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Endpoint>, Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let mut tx = db.read(actor.tenant).await?;
    let rows = repo::list(&mut tx, &page).await?;
    Ok(Page::from_rows(rows, page.limit, |e| e.id.to_string()))
}

/// One endpoint.
pub async fn get(actor: &Actor, db: &Db, id: EndpointId) -> Result<Endpoint, Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(target(&mut tx, id).await?.endpoint)
}

/// Changes an endpoint.
pub async fn update(
    actor: &Actor,
    db: &Db,
    guard: &Guard,
    id: EndpointId,
    patch: EndpointPatch,
) -> Result<Endpoint, Problem> {
    actor.require(Permission::ManageWebhooks)?;
    patch.description.as_deref().map_or(Ok(()), endpoint::check_description)?;
    patch.kinds.as_deref().map_or(Ok(()), endpoint::check_kinds)?;
    // Resolving may take seconds: it happens before the transaction, and an unknown id is told first.
    get(actor, db, id).await?;
    let url = match &patch.url {
        Some(url) => Some(guard.check(url).await?.to_string()),
        None => None,
    };
    let mut tx = db.write(actor.tenant).await?;
    let mut target = target(&mut tx, id).await?;
    let endpoint = &mut target.endpoint;
    endpoint::check_choices(endpoint.dialect, patch.choices.as_deref().unwrap_or_default())?;
    endpoint.choices = patch.choices.unwrap_or(std::mem::take(&mut endpoint.choices));
    endpoint.url = url.unwrap_or(std::mem::take(&mut endpoint.url));
    endpoint.description = patch.description.unwrap_or(std::mem::take(&mut endpoint.description));
    endpoint.kinds = patch.kinds.unwrap_or(std::mem::take(&mut endpoint.kinds));
    endpoint.enabled = patch.enabled.unwrap_or(endpoint.enabled);
    endpoint.updated_at = store::now();
    repo::save(&mut tx, &target).await?;
    tx.commit().await?;
    Ok(target.endpoint)
}

/// Gives the endpoint a new secret, shown this once; the old one signs along for a day.
pub async fn rotate(actor: &Actor, db: &Db, id: EndpointId) -> Result<(Endpoint, Secret), Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let secret = Secret::new()?;
    let now = store::now();
    let mut tx = db.write(actor.tenant).await?;
    let mut target = target(&mut tx, id).await?;
    let sealed = db.vault().seal(&secret.reveal(), &id.to_string());
    target.sealed_old_secret = Some(std::mem::replace(&mut target.sealed_secret, sealed));
    target.old_secret_until = Some(now.as_millis() + OVERLAP_MS);
    target.endpoint.updated_at = now;
    repo::save(&mut tx, &target).await?;
    tx.commit().await?;
    Ok((target.endpoint, secret))
}

/// Removes an endpoint with its deliveries.
pub async fn delete(actor: &Actor, db: &Db, id: EndpointId) -> Result<(), Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let mut tx = db.write(actor.tenant).await?;
    target(&mut tx, id).await?;
    repo::delete(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// The deliveries of an endpoint, the newest first; `Dead` lists the dead letters.
pub async fn deliveries(
    actor: &Actor,
    db: &Db,
    id: EndpointId,
    state: Option<State>,
    page: PageRequest,
) -> Result<Page<Delivery>, Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let before = page.after.as_deref().map(str::parse).transpose();
    let before = before.map_err(|_| Problem::invalid("after", "Send the `next` of the page before."))?;
    let mut tx = db.read(actor.tenant).await?;
    target(&mut tx, id).await?;
    let rows = repo::deliveries(&mut tx, id, state, before, page.limit).await?;
    Ok(Page::from_rows(rows, page.limit, |d| d.seq.to_string()))
}

/// One delivery with the log of its attempts.
pub async fn delivery(
    actor: &Actor,
    db: &Db,
    id: EndpointId,
    event: &str,
) -> Result<(Delivery, Vec<Attempt>), Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let mut tx = db.read(actor.tenant).await?;
    let delivery = found(repo::find_delivery(&mut tx, id, event).await?)?;
    let attempts = repo::attempts(&mut tx, id, delivery.seq).await?;
    Ok((delivery, attempts))
}

/// Sends a delivery again, whatever became of it.
pub async fn replay(actor: &Actor, db: &Db, id: EndpointId, event: &str) -> Result<Delivery, Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let mut tx = db.write(actor.tenant).await?;
    if !repo::requeue(&mut tx, id, event, store::now()).await? {
        return Err(Problem::not_found("delivery"));
    }
    let delivery = found(repo::find_delivery(&mut tx, id, event).await?)?;
    tx.commit().await?;
    Ok(delivery)
}

/// Sends all dead letters of an endpoint again; tells how many.
pub async fn replay_dead(actor: &Actor, db: &Db, id: EndpointId) -> Result<u64, Problem> {
    actor.require(Permission::ManageWebhooks)?;
    let mut tx = db.write(actor.tenant).await?;
    target(&mut tx, id).await?;
    let count = repo::requeue_dead(&mut tx, id, store::now()).await?;
    tx.commit().await?;
    Ok(count)
}

async fn target(tx: &mut Tx, id: EndpointId) -> Result<Target, Problem> {
    repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("webhook"))
}

fn found(delivery: Option<Delivery>) -> Result<Delivery, Problem> {
    delivery.ok_or_else(|| Problem::not_found("delivery"))
}

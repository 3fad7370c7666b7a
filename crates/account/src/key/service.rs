//! What one can do with API keys.

use super::change::{self, Done};
use super::secret::{self, Secret};
use super::{Created, Key, KeyPatch, NewKey, Rotation, repo};
use crate::user::may_grant;
use model::{Actor, Dialect, Faults, KeyId, Network, Page, PageRequest, Permission, Problem, Role};
use store::{Db, Tx, mint, now};

const ADDRESSES: usize = 50;
const MOST_PER_MINUTE: u32 = 100_000;
const LONGEST_OVERLAP_S: u32 = 30 * 24 * 3600;

/// Creates a key and tells its secret, once.
pub async fn create(actor: &Actor, db: &Db, new: NewKey) -> Result<Created, Problem> {
    let secret = secret::new(new.dialect);
    create_with(actor, db, new, secret).await
}

/// Creates a key with a secret that the caller has put aside before.
pub(crate) async fn create_with(actor: &Actor, db: &Db, new: NewKey, secret: Secret) -> Result<Created, Problem> {
    actor.require(Permission::ManageUsers)?;
    let role = new.role.unwrap_or(Role::Manager);
    may_grant(actor, role)?;
    let at = now().as_millis();
    let mut faults = Faults::default();
    check_name(&new.name, &mut faults);
    check_end(new.expires_at, at, &mut faults);
    check_rate(new.requests_per_minute, &mut faults);
    let allowed_addresses = written(&new.allowed_addresses, &mut faults);
    faults.done()?;
    let key = Key {
        id: mint(),
        name: new.name.trim().to_owned(),
        dialect: new.dialect,
        public_id: secret.public_id,
        role,
        hint: hint(&secret.text),
        expires_at: new.expires_at,
        allowed_addresses,
        requests_per_minute: new.requests_per_minute,
        previous_until: None,
        created_at: at,
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = db.write(actor.tenant).await?;
    insert(&mut tx, actor, &key, &secret.text).await?;
    tx.commit().await?;
    Ok(Created { key, secret: secret.text })
}

async fn insert(tx: &mut Tx, actor: &Actor, key: &Key, text: &str) -> Result<(), Problem> {
    let sealed = sealed(tx.db(), key, text);
    let kept = repo::Kept { hash: &secret::digest(text), sealed: sealed.as_deref() };
    repo::insert(tx, key, kept).await.map_err(|error| {
        if error.is_unique() {
            return Problem::conflict("key_exists", "There is a key with this secret already.");
        }
        error.into()
    })?;
    change::note(tx, Done::Created, actor, key).await?;
    Ok(())
}

/// A key of a partner that may act for the actor's company from now on, with as much right as the actor has over it. What
/// was its key before counts no more.
pub(crate) async fn grant(
    tx: &mut Tx,
    actor: &Actor,
    partner: &str,
    before: Option<KeyId>,
) -> Result<Created, Problem> {
    actor.require(Permission::ManageUsers)?;
    let at = now().as_millis();
    if let Some(id) = before {
        repo::revoke(tx, id, at).await?;
    }
    let secret = secret::of_partner(actor.tenant);
    let key = Key {
        id: mint(),
        name: partner.chars().take(100).collect(),
        dialect: Dialect::Etelecom,
        public_id: None,
        // Who runs the installation gives away no more than a company.
        role: if actor.role == Role::Operator { Role::Owner } else { actor.role },
        hint: hint(&secret.text),
        expires_at: None,
        allowed_addresses: Vec::new(),
        requests_per_minute: None,
        previous_until: None,
        created_at: at,
        last_used_at: None,
        revoked_at: None,
    };
    insert(tx, actor, &key, &secret.text).await?;
    Ok(Created { key, secret: secret.text })
}

/// The keys of the company, oldest first, revoked ones too.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Key>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |key| key.id.to_string()))
}

/// Changes what bounds a key; it counts from the next request on.
pub async fn update(actor: &Actor, db: &Db, id: KeyId, patch: KeyPatch) -> Result<Key, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut faults = Faults::default();
    if let Some(name) = &patch.name {
        check_name(name, &mut faults);
    }
    check_end(patch.expires_at.flatten(), now().as_millis(), &mut faults);
    check_rate(patch.requests_per_minute.flatten(), &mut faults);
    let addresses = patch.allowed_addresses.map(|addresses| written(&addresses, &mut faults));
    faults.done()?;
    let mut tx = db.write(actor.tenant).await?;
    let mut key = live(&mut tx, actor, id).await?;
    key.name = patch.name.map_or(key.name, |name| name.trim().to_owned());
    key.expires_at = patch.expires_at.unwrap_or(key.expires_at);
    key.requests_per_minute = patch.requests_per_minute.unwrap_or(key.requests_per_minute);
    key.allowed_addresses = addresses.unwrap_or(key.allowed_addresses);
    repo::save(&mut tx, &key).await?;
    change::note(&mut tx, Done::Updated, actor, &key).await?;
    tx.commit().await?;
    Ok(key)
}

/// Gives the key a new secret; the old one counts for `overlap_s` more seconds. A secret from an earlier rotation ends.
pub async fn rotate(actor: &Actor, db: &Db, id: KeyId, rotation: Rotation) -> Result<Created, Problem> {
    actor.require(Permission::ManageUsers)?;
    if rotation.overlap_s > LONGEST_OVERLAP_S {
        return Err(Problem::invalid("overlap_s", "Let the old secret count for at most 30 days (2592000 seconds)."));
    }
    let mut tx = db.write(actor.tenant).await?;
    let mut key = live(&mut tx, actor, id).await?;
    if crate::partner::holds(&mut tx, id).await? {
        let message = "A partner holds this key; revoke it, and the partner is asked to have you log in anew.";
        return Err(Problem::conflict("key_of_partner", message));
    }
    let text = secret::renewed(key.dialect, key.public_id.as_deref());
    key.hint = hint(&text);
    key.previous_until = Some(now().as_millis() + i64::from(rotation.overlap_s) * 1000);
    let sealed = sealed(db, &key, &text);
    repo::rotate(&mut tx, &key, repo::Kept { hash: &secret::digest(&text), sealed: sealed.as_deref() }).await?;
    change::note(&mut tx, Done::Rotated, actor, &key).await?;
    tx.commit().await?;
    Ok(Created { key, secret: text })
}

/// Ends a key at once; a second time changes nothing.
pub async fn revoke(actor: &Actor, db: &Db, id: KeyId) -> Result<Key, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut key = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("API key"))?;
    may_grant(actor, key.role)?;
    if key.revoked_at.is_some() {
        return Ok(key);
    }
    let at = now().as_millis();
    key.revoked_at = Some(at);
    repo::revoke(&mut tx, id, at).await?;
    change::note(&mut tx, Done::Revoked, actor, &key).await?;
    tx.commit().await?;
    Ok(key)
}

async fn live(tx: &mut Tx, actor: &Actor, id: KeyId) -> Result<Key, Problem> {
    let key = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("API key"))?;
    may_grant(actor, key.role)?;
    if key.revoked_at.is_some() {
        return Err(Problem::conflict("key_revoked", "The key is revoked; create another."));
    }
    Ok(key)
}

/// Sealed for this key's row alone; `None` where the digest is all that is needed.
fn sealed(db: &Db, key: &Key, text: &str) -> Option<String> {
    secret::is_hashed_with(key.dialect).then(|| db.vault().seal(text, &key.id.to_string()))
}

fn hint(secret: &str) -> String {
    secret.chars().take(8).collect()
}

fn check_name(name: &str, faults: &mut Faults) {
    if !(1..=100).contains(&name.trim().chars().count()) {
        faults.add("name", "Say what the key is for, in 1 to 100 characters.");
    }
}

fn check_end(expires_at: Option<i64>, now: i64, faults: &mut Faults) {
    if expires_at.is_some_and(|at| at <= now) {
        faults.add("expires_at", "Use a time to come, in milliseconds since 1970.");
    }
}

fn check_rate(requests_per_minute: Option<u32>, faults: &mut Faults) {
    if requests_per_minute.is_some_and(|rate| !(1..=MOST_PER_MINUTE).contains(&rate)) {
        faults.add("requests_per_minute", "Allow 1 to 100000 requests a minute.");
    }
}

/// The addresses in their one written form.
fn written(addresses: &[String], faults: &mut Faults) -> Vec<String> {
    if addresses.len() > ADDRESSES {
        faults.add("allowed_addresses", "Name at most 50 addresses or blocks.");
        return Vec::new();
    }
    let mut written = Vec::with_capacity(addresses.len());
    for (place, text) in addresses.iter().enumerate() {
        match text.parse::<Network>() {
            Ok(network) => written.push(network.to_string()),
            Err(_) => faults.add(
                format!("allowed_addresses[{place}]"),
                "Use an address like 203.0.113.7 or a block like 203.0.113.0/28.",
            ),
        }
    }
    written
}

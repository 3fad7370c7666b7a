//! What one can do with phones that set themselves up.

use super::{Device, NewDevice, Place, Settings, TOKEN_HOURS, WithToken, mac, repo, template};
use crate::{config, extension};
use model::{Actor, ExtensionId, Permission, Problem};
use sha2::{Digest, Sha256};
use std::path::Path;
use store::mint::secret_text;
use store::{Db, Tx, now};

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// The letters of a token.
const TOKEN: usize = 32;

/// The phones of an extension.
pub async fn list(actor: &Actor, db: &Db, extension: ExtensionId) -> Result<Vec<Device>, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    known(&mut tx, extension).await?;
    Ok(repo::list(&mut tx, extension, now().as_millis()).await?)
}

/// Adds a phone and makes the address it fetches its settings from.
pub async fn create(actor: &Actor, db: &Db, extension: ExtensionId, new: NewDevice) -> Result<WithToken, Problem> {
    actor.require(Permission::EditConfig)?;
    let mac = mac(&new.mac)
        .ok_or_else(|| Problem::invalid("mac", "Use the 12 hexadecimal digits below the phone: 00:15:65:12:ab:34."))?;
    let mut tx = config::change(db, actor.tenant).await?;
    let number = known(&mut tx, extension).await?;
    let (at, token) = (now().as_millis(), secret_text(TOKEN));
    let ends_at = at + TOKEN_HOURS * HOUR_MS;
    let device = Device {
        mac,
        extension,
        model: new.model,
        waits_until: Some(ends_at),
        fetched_at: None,
        fetched_from: String::new(),
        created_at: at,
    };
    repo::insert(&mut tx, &device, &hash(&token), ends_at).await.map_err(|error| {
        // Whose it is otherwise is nobody's business.
        config::taken(error, "mac", "This phone is set up already; delete it where it is first.".to_owned())
    })?;
    tx.emit(config::event("device.created", &device.mac, &number));
    tx.commit().await?;
    Ok(WithToken { device, path: path(&token) })
}

/// Makes another address for a phone; the one before works no more.
pub async fn renew(actor: &Actor, db: &Db, extension: ExtensionId, mac: &str) -> Result<WithToken, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let (number, device) = find(&mut tx, extension, mac).await?;
    let token = secret_text(TOKEN);
    let ends_at = now().as_millis() + TOKEN_HOURS * HOUR_MS;
    repo::renew(&mut tx, &device.mac, &hash(&token), ends_at).await?;
    tx.emit(config::event("device.updated", &device.mac, &number));
    tx.commit().await?;
    Ok(WithToken { device: Device { waits_until: Some(ends_at), ..device }, path: path(&token) })
}

/// Forgets a phone. It keeps what it has fetched: change the extension's password to lock it out.
pub async fn delete(actor: &Actor, db: &Db, extension: ExtensionId, mac: &str) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let (number, device) = find(&mut tx, extension, mac).await?;
    repo::delete(&mut tx, &device.mac).await?;
    tx.emit(config::event("device.deleted", &device.mac, &number));
    tx.commit().await?;
    Ok(())
}

/// What a phone gets that asks for this file with this token; `from` is where it asks from, and `templates` a folder with the
/// operator's own templates (`yealink_t19_e2`). None when there is nothing for it; the token is used up only by the phone's own
/// file, so that phones may ask for others before.
pub async fn redeem(
    db: &Db,
    token: &str,
    file: &str,
    place: &Place,
    from: &str,
    templates: &Path,
) -> Result<Option<Settings>, Problem> {
    let hash = hash(token);
    let mut tx = db.system().await?;
    let owner = repo::by_token(&mut tx, &hash).await?;
    drop(tx);
    let at = now().as_millis();
    let fits = |owner: &repo::Owner| owner.ends_at > at && file == owner.model.file_name(&owner.mac);
    let Some(owner) = owner.filter(fits) else { return Ok(None) };
    let actor = Actor::system(owner.company);
    let Some(company) = crate::Snapshot::company(db, owner.company).await? else { return Ok(None) };
    let Some(phone) = company.extensions.get(&owner.extension).filter(|phone| phone.enabled) else { return Ok(None) };
    let password = extension::password(&actor, db, owner.extension).await?;
    let own = std::fs::read_to_string(templates.join(owner.model.as_str())).ok();
    let offset = offset_minutes(&company.time_zone, at);
    let port = place.port.to_string();
    let values = [
        ("mac", owner.mac.as_str()),
        ("number", &phone.number),
        ("name", &phone.name),
        ("password", &password),
        ("domain", &company.domain),
        ("host", &place.host),
        ("port", &port),
        ("utc_offset", &utc_offset(offset)),
        ("gmt_rule", &gmt_rule(offset)),
    ];
    let text = template::fill(owner.model, own.as_deref().unwrap_or(template::built_in(owner.model)), &values)?;
    let mut tx = db.write(owner.company).await?;
    if !repo::use_up(&mut tx, &hash, at, from).await? {
        return Ok(None);
    }
    tx.emit(config::event("device.fetched", &owner.mac, &phone.number));
    tx.commit().await?;
    Ok(Some(Settings { content_type: template::content_type(owner.model), text }))
}

fn path(token: &str) -> String {
    format!("/provision/{token}/")
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The number of an extension of the company.
async fn known(tx: &mut Tx, id: ExtensionId) -> Result<String, Problem> {
    let found = extension::repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("extension"))?;
    Ok(found.number)
}

async fn find(tx: &mut Tx, extension: ExtensionId, text: &str) -> Result<(String, Device), Problem> {
    let number = known(tx, extension).await?;
    let wanted = mac(text).ok_or_else(|| Problem::not_found("device"))?;
    let devices = repo::list(tx, extension, now().as_millis()).await?;
    let device = devices.into_iter().find(|device| device.mac == wanted).ok_or_else(|| Problem::not_found("device"))?;
    Ok((number, device))
}

fn offset_minutes(zone: &str, at: i64) -> i32 {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    zone.to_offset(at).seconds() / 60
}

/// `+7`, `-3:30`.
fn utc_offset(minutes: i32) -> String {
    let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
    match minutes % 60 {
        0 => format!("{sign}{}", minutes / 60),
        rest => format!("{sign}{}:{rest:02}", minutes / 60),
    }
}

/// `TZA-7`: POSIX counts westwards.
fn gmt_rule(minutes: i32) -> String {
    let (sign, minutes) = (if minutes > 0 { '-' } else { '+' }, minutes.abs());
    match minutes % 60 {
        0 => format!("TZA{sign}{}", minutes / 60),
        rest => format!("TZA{sign}{}:{rest:02}", minutes / 60),
    }
}

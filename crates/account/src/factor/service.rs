//! What one can do with a second factor.

use super::{Enrolment, RecoveryCodes, Status, repo, totp};
use crate::key::secret::digest;
use crate::{membership, password, user};
use model::{Actor, Permission, Problem, UserId};
use store::mint::secret_text;
use store::{Db, NewEvent, Tx, now};

/// As long as HMAC-SHA-1's output (RFC 4226, section 4, R6).
const SECRET_BYTES: usize = 20;
const CODES: usize = 10;
/// After so many wrong codes in a row none counts for a while, wherever they come from.
const FREE: i64 = 10;
const PAUSE_MS: i64 = 10 * 60_000;

/// Whether the person who asks has a second factor.
pub async fn status(actor: &Actor, db: &Db) -> Result<Status, Problem> {
    let actor = &membership::person(actor, db).await?;
    let user = person(actor)?;
    let mut tx = db.read(actor.tenant).await?;
    let since = repo::find(&mut tx, user).await?.and_then(|kept| kept.confirmed_at);
    Ok(Status { since, recovery_codes_left: repo::codes_left(&mut tx, user).await? })
}

/// Makes a secret for the app of who asks; it counts once a code of it was confirmed. A secret that was not is replaced.
pub async fn begin(actor: &Actor, db: &Db, password: String) -> Result<Enrolment, Problem> {
    let actor = &membership::person(actor, db).await?;
    let user = person(actor)?;
    let login = proven(actor, db, password).await?;
    let mut random = [0u8; SECRET_BYTES];
    getrandom::fill(&mut random).map_err(|error| Problem::internal(format!("no randomness: {error}")))?;
    let secret = totp::base32(&random);
    let sealed = db.vault().seal(&hex(&random), &place(user));
    let mut tx = db.write(actor.tenant).await?;
    if repo::find(&mut tx, user).await?.is_some_and(|kept| kept.confirmed_at.is_some()) {
        return Err(Problem::conflict("second_factor_on", "There is a second factor already; turn it off first."));
    }
    repo::forget(&mut tx, user).await?;
    repo::insert(&mut tx, user, &sealed, now().as_millis()).await?;
    tx.commit().await?;
    let label: String = form(&login);
    let uri = format!("otpauth://totp/Alo:{label}?secret={secret}&issuer=Alo&algorithm=SHA1&digits=6&period=30");
    Ok(Enrolment { secret, uri })
}

/// Turns the second factor on, with a code of the app. Tells the recovery codes.
pub async fn confirm(actor: &Actor, db: &Db, code: &str) -> Result<RecoveryCodes, Problem> {
    let actor = &membership::person(actor, db).await?;
    let user = person(actor)?;
    let now = now().as_millis();
    let mut tx = db.write(actor.tenant).await?;
    let kept = repo::find(&mut tx, user).await?.filter(|kept| kept.confirmed_at.is_none());
    let kept = kept.ok_or_else(|| Problem::conflict("nothing_to_confirm", "Begin with a new secret."))?;
    let step = totp::step_of(&open(&tx, user, &kept.sealed)?, &digits(code), now);
    let step = step.ok_or_else(|| Problem::invalid("code", "This is not the code that the app shows now."))?;
    repo::use_step(&mut tx, user, step).await?;
    repo::confirm(&mut tx, user, now).await?;
    let codes: Vec<String> = (0..CODES).map(|_| grouped(&secret_text(16))).collect();
    let hashes: Vec<String> = codes.iter().map(|code| digest(&plain(code))).collect();
    repo::insert_codes(&mut tx, user, &hashes).await?;
    tx.emit(event("user.second_factor_on", user));
    tx.commit().await?;
    Ok(RecoveryCodes { codes })
}

/// Turns one's own second factor off.
pub async fn disable(actor: &Actor, db: &Db, password: String) -> Result<(), Problem> {
    let actor = &membership::person(actor, db).await?;
    let user = person(actor)?;
    proven(actor, db, password).await?;
    let mut tx = db.write(actor.tenant).await?;
    repo::forget(&mut tx, user).await?;
    tx.emit(event("user.second_factor_off", user));
    Ok(tx.commit().await?)
}

/// Takes the second factor of somebody who lost it away; for who manages users.
pub async fn reset(actor: &Actor, db: &Db, id: UserId) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    membership::alone_in_charge(actor, db, id).await?;
    let mut tx = db.write(actor.tenant).await?;
    let user = user::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    user::may_manage(actor, id, user.role)?;
    if actor.user == Some(id) {
        return Err(Problem::conflict("own_user", "Turn your own off with your password."));
    }
    repo::forget(&mut tx, id).await?;
    tx.emit(event("user.second_factor_off", id));
    Ok(tx.commit().await?)
}

/// Whether somebody whose password fits may come in: with the code of the app or a recovery code, where one is asked for.
pub(crate) async fn check(tx: &mut Tx, user: UserId, code: Option<&str>) -> Result<Outcome, Problem> {
    let now = now().as_millis();
    let Some(kept) = repo::find(tx, user).await?.filter(|kept| kept.confirmed_at.is_some()) else {
        return Ok(Outcome::Fits);
    };
    let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else { return Ok(Outcome::Needed) };
    if kept.failures >= FREE && now - kept.failed_at < PAUSE_MS {
        let message = "Too many wrong codes; try again in ten minutes.";
        return Err(Problem::limited("too_many_attempts", message, (PAUSE_MS / 1000) as u32));
    }
    let fits = match totp::step_of(&open(tx, user, &kept.sealed)?, &digits(code), now) {
        Some(step) if step > kept.last_step => repo::use_step(tx, user, step).await?,
        Some(_) => false,
        None => repo::use_code(tx, user, &digest(&plain(code))).await?,
    };
    if !fits {
        repo::failed(tx, user, now).await?;
    }
    Ok(if fits { Outcome::Fits } else { Outcome::Wrong })
}

/// What became of a login's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Fits,
    Needed,
    Wrong,
}

fn person(actor: &Actor) -> Result<UserId, Problem> {
    actor.user.ok_or_else(|| Problem::forbidden("no_person", "Log in as a person; a key has no second factor."))
}

/// The login of who asks, when the password fits.
async fn proven(actor: &Actor, db: &Db, password: String) -> Result<String, Problem> {
    let user = person(actor)?;
    let mut tx = db.read(actor.tenant).await?;
    let (found, hash) = (user::find(&mut tx, user).await?, user::password_hash(&mut tx, user).await?);
    drop(tx);
    if !password::fits(password, hash).await? {
        return Err(Problem::invalid("password", "This is not the present password."));
    }
    found.map(|found| found.login).ok_or_else(|| Problem::not_found("user"))
}

fn place(user: UserId) -> String {
    format!("{user}/second_factor")
}

fn open(tx: &Tx, user: UserId, sealed: &str) -> Result<Vec<u8>, Problem> {
    let text = tx.db().vault().unseal(sealed, &place(user))?;
    let bytes = text
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|t| u8::from_str_radix(t, 16).ok()));
    bytes.collect::<Option<Vec<u8>>>().ok_or_else(|| Problem::internal("The secret of a second factor is no hex."))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// People type spaces into codes.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `ab12-cd34-…`, easy to copy.
fn grouped(text: &str) -> String {
    text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// The login as a URI takes it.
fn form(login: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    login.bytes().map(byte).collect()
}

fn event(kind: &'static str, user: UserId) -> NewEvent {
    let data = serde_json::json!({ "id": user.to_string() });
    NewEvent { kind, call: None, data: data.to_string() }
}

#[cfg(test)]
pub(super) mod testing {
    //! The app's place.
    use super::{open, repo};
    pub(crate) use crate::factor::totp::present;
    use model::Actor;
    use store::Db;

    pub(crate) async fn bytes(db: &Db, actor: &Actor) -> Vec<u8> {
        let user = actor.user.expect("a person");
        let mut tx = db.read(actor.tenant).await.expect("a transaction");
        let kept = repo::find(&mut tx, user).await.expect("a look").expect("a secret");
        open(&tx, user, &kept.sealed).expect("opened")
    }
}

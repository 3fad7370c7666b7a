//! What one can do with links.

use super::letter::{Language, Letter, write};
use super::{Invitation, Post, Purpose, Shown, repo};
use crate::key::secret::digest;
use crate::user::{self, User};
use crate::{membership, password, session, tenant};
use model::{Actor, Faults, Kind, Permission, Problem, UserId};
use store::mint::secret_text;
use store::{Db, NewEvent, Tx, mail, now};

/// How long one asks in vain for a second mail.
const PAUSE_MS: i64 = 60_000;

/// Invites a person who has no password yet; an earlier invitation counts no more.
pub async fn invite(
    actor: &Actor,
    db: &Db,
    post: &Post,
    id: UserId,
    language: Language,
) -> Result<Invitation, Problem> {
    actor.require(Permission::ManageUsers)?;
    let company = tenant::get(actor, db, actor.tenant).await?.name;
    let mut tx = db.write(actor.tenant).await?;
    let user = user::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    user::may_manage(actor, id, user.role)?;
    if !user.invited {
        // Who joined with another company's account has that one's password.
        return Err(Problem::conflict("already_joined", "This person has joined already."));
    }
    repo::forget(&mut tx, id).await?;
    let (link, expires_at) = make(&mut tx, post, id, Purpose::Invitation).await?;
    let mailed_to = user.address().filter(|_| post.mail);
    if let Some(to) = mailed_to {
        send(&mut tx, (Purpose::Invitation, language), to, &user, &company, &link).await?;
    }
    let data = serde_json::json!({ "id": user.id.to_string(), "login": user.login });
    tx.emit(NewEvent { kind: "user.invited", call: None, data: data.to_string() });
    let link = mailed_to.is_none().then_some(link);
    let mailed_to = mailed_to.map(str::to_owned);
    tx.commit().await?;
    Ok(Invitation { mailed_to, link, expires_at })
}

/// Takes the links of a person back.
pub async fn revoke(actor: &Actor, db: &Db, id: UserId) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.write(actor.tenant).await?;
    let user = user::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    user::may_manage(actor, id, user.role)?;
    repo::forget(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// Mails a link to who forgot the password. Nothing tells whether the login or address is known.
pub async fn forgotten(db: &Db, post: &Post, login: &str, language: Language) -> Result<(), Problem> {
    let mut tx = db.system().await?;
    let Some(found) = user::find_login_or_email(&mut tx, &login.trim().to_lowercase()).await? else { return Ok(()) };
    drop(tx);
    let user = found.user;
    let Some(to) = user.address().filter(|_| user.enabled && !user.joined && post.mail) else { return Ok(()) };
    let company = tenant::get(&Actor::system(found.tenant), db, found.tenant).await?.name;
    let mut tx = db.write(found.tenant).await?;
    let newest = repo::newest(&mut tx, user.id, Purpose::Reset).await?;
    if newest.is_some_and(|at| now().as_millis() - at < PAUSE_MS) {
        return Ok(());
    }
    let (link, _) = make(&mut tx, post, user.id, Purpose::Reset).await?;
    send(&mut tx, (Purpose::Reset, language), to, &user, &company, &link).await?;
    let data = serde_json::json!({ "id": user.id.to_string(), "login": user.login });
    tx.emit(NewEvent { kind: "user.password_forgotten", call: None, data: data.to_string() });
    Ok(tx.commit().await?)
}

/// What a link opens.
pub async fn show(db: &Db, token: &str) -> Result<Shown, Problem> {
    let mut tx = db.system().await?;
    let found = repo::find(&mut tx, &digest(token), now().as_millis()).await?.ok_or_else(unknown)?;
    drop(tx);
    let actor = Actor::system(found.tenant);
    let user = user::get(&actor, db, found.user).await?;
    let company_name = tenant::get(&actor, db, found.tenant).await?.name;
    let (purpose, expires_at) = (found.purpose, found.expires_at);
    Ok(Shown { purpose, login: user.login, name: user.name, company_name, expires_at })
}

/// Chooses the password that the link allows to choose. All sessions of the person end, and all links.
pub async fn redeem(db: &Db, token: &str, new: String) -> Result<(), Problem> {
    let mut faults = Faults::default();
    user::check_password(&mut faults, &new);
    faults.done()?;
    let hash = digest(token);
    let mut tx = db.system().await?;
    let found = repo::find(&mut tx, &hash, now().as_millis()).await?.ok_or_else(unknown)?;
    drop(tx);
    let password = password::hash(new).await?;
    let mut tx = db.write(found.tenant).await?;
    if !repo::take(&mut tx, &hash).await? {
        return Err(unknown());
    }
    user::set_password(&mut tx, found.user, &password, now().as_millis()).await?;
    repo::forget(&mut tx, found.user).await?;
    session::end_all(&mut tx, found.user).await?;
    let data = serde_json::json!({ "id": found.user.to_string() });
    tx.emit(NewEvent { kind: "user.password_changed", call: None, data: data.to_string() });
    tx.commit().await?;
    membership::end_sessions(db, found.user).await
}

/// Accepts an invitation with the account that one has already: one works for that company too from now on.
pub async fn join(actor: &Actor, db: &Db, token: &str) -> Result<(), Problem> {
    let hash = digest(token);
    let mut tx = db.system().await?;
    let found = repo::find(&mut tx, &hash, now().as_millis()).await?.ok_or_else(unknown)?;
    drop(tx);
    if found.purpose != Purpose::Invitation {
        return Err(Problem::conflict("no_invitation", "This link is for a new password; choose one."));
    }
    let home = membership::may_join(actor, db, found.tenant).await?;
    let mut tx = db.write(found.tenant).await?;
    if !repo::take(&mut tx, &hash).await? || !membership::attach(&mut tx, found.user, &home).await? {
        return Err(unknown());
    }
    repo::forget(&mut tx, found.user).await?;
    let data = serde_json::json!({ "id": found.user.to_string() });
    tx.emit(NewEvent { kind: "user.joined", call: None, data: data.to_string() });
    Ok(tx.commit().await?)
}

/// Makes a link and tells it with its end. The secret stands behind `#`, where no server and no proxy sees it.
async fn make(tx: &mut Tx, post: &Post, user: UserId, purpose: Purpose) -> Result<(String, i64), Problem> {
    let (token, now) = (secret_text(32), now().as_millis());
    let expires_at = now + purpose.lasts_ms();
    repo::insert(tx, &digest(&token), user, purpose, (now, expires_at)).await?;
    Ok((format!("{}/password#{token}", post.site.trim_end_matches('/')), expires_at))
}

async fn send(
    tx: &mut Tx,
    (purpose, language): (Purpose, Language),
    to: &str,
    user: &User,
    company: &str,
    link: &str,
) -> Result<(), Problem> {
    let letter = Letter { to, name: &user.name, login: &user.login, company, link };
    Ok(mail::queue(tx, &write(purpose, language, &letter), now().as_millis()).await?)
}

fn unknown() -> Problem {
    Problem::new(Kind::NotFound, "link_unknown", "This link does not count any more; ask for a new one.")
}

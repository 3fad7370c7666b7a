//! What one can do with sessions.

use super::{Client, Credentials, Open, SESSION_MS, Session, repo};
use crate::factor::{self, Outcome};
use crate::key::secret::digest;
use crate::{membership, password, user};
use model::{Actor, Kind, Permission, Problem, SessionId, UserId};
use store::mint::secret_text;
use store::{Db, Tx, mint, now};

/// How coarse `last_used_at` of a session is.
const USED_MS: i64 = 5 * 60 * 1000;
const SUSPENDED: &str = "The company is suspended; ask who runs this installation.";
/// How much of what a program calls itself is kept.
const AGENT_CHARS: usize = 300;

/// The person behind a live session, and whether its use is to be noted.
pub(crate) async fn find(tx: &mut Tx, hash: &str) -> Result<Option<repo::Found>, Problem> {
    Ok(repo::find(tx, hash, now().as_millis(), USED_MS).await?)
}

/// Begins a session. A wrong login and a wrong password look alike and take the same time. Where a second factor is on, a
/// fitting password without a code is answered `code_needed`.
pub async fn login(db: &Db, credentials: Credentials, client: Client) -> Result<Session, Problem> {
    let refused = |code, message: &str| Problem::new(Kind::Unauthenticated, code, message);
    let wrong = || refused("login_failed", "The login or the password is wrong.");
    let Credentials { login, password, code } = credentials;
    let mut tx = db.system().await?;
    let found = user::find_login(&mut tx, &login.trim().to_lowercase()).await?;
    drop(tx);
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let fits = password::fits(password, hash).await?;
    let found = found.filter(|_| fits).ok_or_else(wrong)?;
    // The company that one's account is of, or another that one works for when that one has let one go.
    let entry = membership::entry(db, found.user.id).await?.ok_or_else(|| match found.user.enabled {
        true => Problem::forbidden("company_suspended", SUSPENDED),
        false => wrong(),
    })?;
    let (token, now) = (format!("als_{}", secret_text(32)), now().as_millis());
    let expires_at = now + SESSION_MS;
    let mut tx = db.write(found.tenant).await?;
    match factor::check(&mut tx, found.user.id, code.as_deref()).await? {
        Outcome::Fits => {}
        Outcome::Needed => return Err(refused("code_needed", "Send the code of the authenticator app as well.")),
        Outcome::Wrong => {
            // The failure counts, whatever becomes of the login.
            tx.commit().await?;
            return Err(refused("code_wrong", "The code is wrong, or was used already."));
        }
    }
    tx.commit().await?;
    let mut tx = db.write(entry.0).await?;
    repo::forget_ended(&mut tx, now).await?;
    let agent = client.agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect();
    let (id, source) = (mint(), client.source);
    let open = Open { id, current: true, source, agent, created_at: now, last_used_at: now, expires_at };
    repo::insert(&mut tx, &digest(&token), entry.1, &open).await?;
    let user = user::find(&mut tx, entry.1).await?.ok_or_else(wrong)?;
    tx.commit().await?;
    Ok(Session { token, expires_at, user })
}

/// Whether this is the password of the login; no session begins.
pub async fn password_fits(db: &Db, login: &str, password: String) -> Result<bool, Problem> {
    let mut tx = db.system().await?;
    let found = user::find_login(&mut tx, &login.trim().to_lowercase()).await?;
    drop(tx);
    let enabled = found.as_ref().is_some_and(|found| found.user.enabled);
    Ok(password::fits(password, found.map(|found| found.password_hash)).await? && enabled)
}

/// Ends a session; an unknown one is no fault.
pub async fn logout(actor: &Actor, db: &Db, token: &str) -> Result<(), Problem> {
    let mut tx = db.write(actor.tenant).await?;
    repo::end(&mut tx, &digest(token)).await?;
    tx.commit().await?;
    Ok(())
}

/// One's own open sessions in all companies, the newest first; the one with this token is marked.
pub async fn list(actor: &Actor, db: &Db, token: &str) -> Result<Vec<Open>, Problem> {
    person(actor)?;
    let (mut all, hash, now) = (Vec::new(), digest(token), now().as_millis());
    for (tenant, user) in membership::places(actor, db).await? {
        all.extend(repo::list(&mut db.read(tenant).await?, user, &hash, now).await?);
    }
    all.sort_by_key(|open| std::cmp::Reverse(open.created_at));
    Ok(all)
}

/// Ends one of one's own sessions.
pub async fn end(actor: &Actor, db: &Db, id: SessionId) -> Result<(), Problem> {
    for (tenant, user) in membership::places(actor, db).await? {
        let mut tx = db.write(tenant).await?;
        if repo::end_one(&mut tx, user, id).await? {
            return Ok(tx.commit().await?);
        }
    }
    // A key has no sessions, so that it finds none.
    Err(Problem::not_found("session"))
}

/// Ends all of one's own sessions but the one with this token.
pub async fn end_others(actor: &Actor, db: &Db, token: &str) -> Result<(), Problem> {
    person(actor)?;
    for (tenant, user) in membership::places(actor, db).await? {
        let mut tx = db.write(tenant).await?;
        repo::end_others(&mut tx, user, &digest(token)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Ends all sessions of somebody; for who manages users.
pub async fn end_of(actor: &Actor, db: &Db, id: UserId) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.write(actor.tenant).await?;
    let user = user::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    user::may_manage(actor, id, user.role)?;
    repo::end_all(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

fn person(actor: &Actor) -> Result<UserId, Problem> {
    actor.user.ok_or_else(|| Problem::forbidden("no_person", "Log in as a person; a key has no sessions."))
}

#[cfg(test)]
pub(crate) mod testing {
    //! Logging in by password alone.
    use super::{Client, Credentials, Session};
    use model::Problem;
    use store::Db;

    pub(crate) async fn login(db: &Db, login: &str, password: String) -> Result<Session, Problem> {
        super::login(db, Credentials { login: login.to_owned(), password, code: None }, Client::default()).await
    }
}

//! Sessions: what a login begins, proved by a bearer text (`als_…`), kept as its SHA-256.

mod repo;
#[cfg(test)]
mod tests;

pub(crate) use repo::end_all;

use crate::key::secret::digest;
use crate::{password, user};
use model::{Actor, Kind, Problem};
use serde::{Deserialize, Serialize};
use store::mint::secret_text;
use store::{Db, Tx, now};

/// How long a session lasts.
const SESSION_MS: i64 = 12 * 3600 * 1000;

/// A session that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Session))]
pub struct Session {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// When it ends, milliseconds since 1970.
    pub expires_at: i64,
    /// Who logged in.
    pub user: user::User,
}

/// The person behind a live session, and how many requests the company may make of the API in a second.
pub(crate) async fn find(tx: &mut Tx, hash: &str) -> Result<Option<(Actor, Option<u32>)>, Problem> {
    Ok(repo::find(tx, hash, now().as_millis()).await?)
}

/// Begins a session. A wrong login and a wrong password look alike and take the same time.
pub async fn login(db: &Db, login: &str, password: String) -> Result<Session, Problem> {
    let wrong = || Problem::new(Kind::Unauthenticated, "login_failed", "The login or the password is wrong.");
    let mut tx = db.system().await?;
    let found = user::find_login(&mut tx, &login.trim().to_lowercase()).await?;
    drop(tx);
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let fits = password::fits(password, hash).await?;
    let found = found.filter(|found| fits && found.user.enabled).ok_or_else(wrong)?;
    let (token, now) = (format!("als_{}", secret_text(32)), now().as_millis());
    let expires_at = now + SESSION_MS;
    let mut tx = db.write(found.tenant).await?;
    repo::forget_ended(&mut tx, now).await?;
    repo::insert(&mut tx, &digest(&token), found.user.id, now, expires_at).await?;
    tx.commit().await?;
    Ok(Session { token, expires_at, user: found.user })
}

/// Ends a session; an unknown one is no fault.
pub async fn logout(actor: &Actor, db: &Db, token: &str) -> Result<(), Problem> {
    let mut tx = db.write(actor.tenant).await?;
    repo::end(&mut tx, &digest(token)).await?;
    tx.commit().await?;
    Ok(())
}

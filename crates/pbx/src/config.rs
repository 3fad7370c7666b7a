//! What all changes of configuration share: one at a time per company, each raising the configuration's version; and
//! the sentence that tells who still uses a thing.

mod repo;

#[cfg(test)]
pub(crate) use repo::insert_tenant;
pub(crate) use repo::{author, tenants, version};

use model::{Problem, TenantId};
use store::{Db, Error, NewEvent, Tx};

/// Begins a change of the company's configuration. Until it commits, other changes of the same company wait, so what
/// was checked (is it still there, is it unused) stays true.
pub(crate) async fn change(db: &Db, tenant: TenantId) -> Result<Tx, Problem> {
    let mut tx = db.write(tenant).await?;
    if !repo::lock(&mut tx).await? {
        return Err(Problem::not_found("company"));
    }
    tx.configured();
    Ok(tx)
}

/// Lets changes of all companies wait until this one commits: for rules that reach over companies.
pub(crate) async fn alone(tx: &mut Tx) -> Result<(), Error> {
    repo::lock_all(tx).await
}

/// Refuses to delete `what` while somebody uses it.
pub(crate) fn unused(what: &str, users: &[String]) -> Result<(), Problem> {
    if users.is_empty() {
        return Ok(());
    }
    const SHOWN: usize = 5;
    let mut names = users.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if users.len() > SHOWN {
        names.push_str(&format!(" and {} more", users.len() - SHOWN));
    }
    Err(Problem::conflict("in_use", format!("{what} is used by {names}; take it out there first.")))
}

/// An event about a thing with a name.
pub(crate) fn event(kind: &'static str, id: impl ToString, name: &str) -> NewEvent {
    let data = serde_json::json!({ "id": id.to_string(), "name": name });
    NewEvent { kind, call: None, data: data.to_string() }
}

/// The problem for a clash with a unique column, else what the database said.
pub(crate) fn taken(error: Error, field: &str, message: String) -> Problem {
    if error.is_unique() {
        return Problem::conflict("already_exists", message.clone()).with_field(field, message);
    }
    error.into()
}

/// Whether a name has 1 to 200 characters.
pub(crate) fn good_name(name: &str) -> bool {
    (1..=200).contains(&name.trim().chars().count())
}

//! What one can do with memberships.

use super::{Home, Membership, repo};
use crate::key::secret::digest;
use crate::session;
use model::{Actor, Permission, Problem, TenantId, UserId};
use store::{Db, Tx};

/// The one who asks, as the account they log in with: what is one's own (password, second factor) is kept there. A key
/// stays what it is.
pub async fn person(actor: &Actor, db: &Db) -> Result<Actor, Problem> {
    let Some(user) = actor.user else { return Ok(actor.clone()) };
    let home = repo::home(&mut db.read(actor.tenant).await?, user).await?;
    Ok(match home {
        Some(home) => Actor { tenant: home.tenant, user: Some(home.user), ..actor.clone() },
        None => actor.clone(),
    })
}

/// The companies one works for, by name.
pub async fn list(actor: &Actor, db: &Db) -> Result<Vec<Membership>, Problem> {
    let Some(home) = person(actor, db).await?.user else {
        return Err(Problem::forbidden("no_person", "Log in as a person; a key belongs to one company."));
    };
    let all = of_person(db, home).await?;
    let open = all.into_iter().filter(|(_, open)| *open);
    Ok(open.map(|(one, _)| Membership { current: one.company_id == actor.tenant, ..one }).collect())
}

/// Lets the session with this token go on in another company. One that one does not work for looks like no company.
pub async fn switch(actor: &Actor, db: &Db, token: &str, company: TenantId) -> Result<Actor, Problem> {
    let unknown = || Problem::not_found("company");
    let to = list(actor, db).await?.into_iter().find(|one| one.company_id == company).ok_or_else(unknown)?;
    let mut tx = db.write(actor.tenant).await?;
    if !session::move_to(&mut tx, &digest(token), (to.company_id, to.user_id)).await? {
        return Err(unknown());
    }
    tx.commit().await?;
    Ok(Actor { tenant: to.company_id, role: to.role, user: Some(to.user_id), key: None })
}

/// Who one is in each company one ever joined, and the company.
pub(crate) async fn places(actor: &Actor, db: &Db) -> Result<Vec<(TenantId, UserId)>, Problem> {
    let Some(home) = person(actor, db).await?.user else { return Ok(Vec::new()) };
    Ok(of_person(db, home).await?.into_iter().map(|(one, _)| (one.company_id, one.user_id)).collect())
}

/// Where the person of a home comes in: the company of the home, else the first that lets them in.
pub(crate) async fn entry(db: &Db, home: UserId) -> Result<Option<(TenantId, UserId)>, Problem> {
    let open: Vec<_> = of_person(db, home).await?.into_iter().filter(|(_, open)| *open).collect();
    let found = open.iter().find(|(one, _)| one.user_id == home).or(open.first());
    Ok(found.map(|(one, _)| (one.company_id, one.user_id)))
}

/// Ends all sessions of the person of a home, in whichever company.
pub(crate) async fn end_sessions(db: &Db, home: UserId) -> Result<(), Problem> {
    for (one, _) in of_person(db, home).await? {
        let mut tx = db.write(one.company_id).await?;
        session::end_all(&mut tx, one.user_id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The home of the one who asks, who may join a company that they do not work for yet.
pub(crate) async fn may_join(actor: &Actor, db: &Db, company: TenantId) -> Result<Home, Problem> {
    let person = person(actor, db).await?;
    let Some(user) = person.user else {
        return Err(Problem::forbidden("no_person", "Log in as a person; a key belongs to one company."));
    };
    if of_person(db, user).await?.iter().any(|(one, _)| one.company_id == company) {
        return Err(Problem::conflict("already_member", "You work for this company already."));
    }
    Ok(Home { tenant: person.tenant, user })
}

/// Points an invited user to the home of who accepts; whether it was still free.
pub(crate) async fn attach(tx: &mut Tx, user: UserId, home: &Home) -> Result<bool, Problem> {
    Ok(repo::attach(tx, user, home).await?)
}

/// Fails when the account of a user is not this company's alone: who manages users here must not come into another company
/// by it. One's own account, and the operator of the installation, pass.
pub(crate) async fn alone_in_charge(actor: &Actor, db: &Db, id: UserId) -> Result<(), Problem> {
    if actor.user == Some(id) || actor.role.may(Permission::OperateServer) {
        return Ok(());
    }
    let joined = repo::home(&mut db.read(actor.tenant).await?, id).await?.is_some();
    if joined || of_person(db, id).await?.len() > 1 {
        let message =
            "This person works for another company with the same account; only they can change how they log in.";
        return Err(Problem::conflict("shared_account", message));
    }
    Ok(())
}

/// Whether somebody works for more companies with the account they have here.
pub(crate) async fn elsewhere(db: &Db, id: UserId) -> Result<bool, Problem> {
    Ok(of_person(db, id).await?.len() > 1)
}

async fn of_person(db: &Db, home: UserId) -> Result<Vec<(Membership, bool)>, Problem> {
    Ok(repo::of_person(&mut db.system().await?, home).await?)
}

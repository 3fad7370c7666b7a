//! What one can do with people.

use super::{NewUser, User, UserPatch, check_password, may_make, may_manage, repo};
use crate::{department, factor, link, membership, password, session};
use model::{Actor, DepartmentId, Faults, Page, PageRequest, Permission, PhoneNumber, Problem, UserId, id_ending};
use std::collections::HashMap;
use store::{Db, NewEvent, Tx, Walk, mint, now};

/// Creates a person; without a password the person comes in by an invitation.
pub async fn create(actor: &Actor, db: &Db, new: NewUser) -> Result<User, Problem> {
    create_with(actor, db, new, UserPatch::default()).await
}

/// Creates a person with what else is known of them.
pub async fn create_with(actor: &Actor, db: &Db, new: NewUser, more: UserPatch) -> Result<User, Problem> {
    actor.require(Permission::ManageUsers)?;
    may_make(actor, new.role)?;
    new.check()?;
    let hash = match new.password.clone() {
        Some(password) => password::hash(password).await?,
        None => String::new(),
    };
    let mut tx = db.write(actor.tenant).await?;
    let mut user = insert(&mut tx, new, &hash).await?;
    if more != UserPatch::default() {
        user = amend(&mut tx, actor, user.id, more).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Writes a person who was checked, inside a transaction.
async fn insert(tx: &mut Tx, new: NewUser, hash: &str) -> Result<User, Problem> {
    let invited = new.password.is_none();
    let now = now().as_millis();
    let user = User {
        id: mint(),
        login: new.login.to_lowercase(),
        name: new.name,
        email: new.email.map(|email| email.to_lowercase()),
        role: new.role,
        enabled: true,
        invited,
        joined: false,
        department: None,
        phone: None,
        created_at: now,
        updated_at: now,
    };
    repo::insert(tx, &user, hash).await.map_err(|error| {
        if error.is_unique() {
            let message = format!("The login {} is taken; choose another.", user.login);
            return Problem::conflict("login_taken", message.clone()).with_field("login", message);
        }
        error.into()
    })?;
    tx.emit(event("user.created", &user));
    Ok(user)
}

/// Creates a person who comes in by an invitation, inside a transaction.
pub async fn invite_within(tx: &mut Tx, actor: &Actor, new: NewUser) -> Result<User, Problem> {
    actor.require(Permission::ManageUsers)?;
    may_make(actor, new.role)?;
    new.check()?;
    insert(tx, NewUser { password: None, ..new }, "").await
}

/// All people of the company by login, inside a transaction.
pub async fn all_within(tx: &mut Tx, actor: &Actor) -> Result<Vec<User>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut found: Vec<User> = Vec::new();
    loop {
        let after = found.last().map(|user| user.login.clone());
        let rows = repo::list(tx, after.as_deref(), PageRequest::MAX).await?;
        let more = rows.len() > PageRequest::MAX as usize;
        found.extend(rows.into_iter().take(PageRequest::MAX as usize));
        if !more {
            return Ok(found);
        }
    }
}

/// One person of the company.
pub async fn get(actor: &Actor, db: &Db, id: UserId) -> Result<User, Problem> {
    if actor.user != Some(id) {
        actor.require(Permission::ManageUsers)?;
    }
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))
}

/// The person whose id has this number.
pub async fn find_by_id_number(actor: &Actor, db: &Db, number: u64) -> Result<Option<User>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let Some(ending) = id_ending(number) else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_ending(&mut tx, &ending).await?)
}

/// The people who log in so (all without a login) as they were made, from a place on; and whether there are more.
pub async fn walk(actor: &Actor, db: &Db, login: Option<&str>, walk: Walk) -> Result<(Vec<User>, bool), Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let walk = Walk { limit: walk.limit.clamp(1, PageRequest::MAX), ..walk };
    Ok(walk.cut(repo::walk(&mut tx, login, &walk).await?))
}

/// Whoever of the company logs in so, or is reached at this address (in lower case); empty texts are nobody's.
pub async fn find_reached(actor: &Actor, db: &Db, login: &str, address: &str) -> Result<Option<User>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_reached(&mut tx, login, address).await?)
}

/// Those of these people who are there still, in no order.
pub async fn some(actor: &Actor, db: &Db, ids: &[UserId]) -> Result<Vec<User>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::some(&mut tx, ids).await?)
}

/// The people of the company by login.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<User>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |user| user.login.clone()))
}

/// Gives a person a new password: one's own with the old one, or somebody's as the one who manages users. All sessions
/// of the person end, in whichever company. Who works for other companies too changes it alone.
pub async fn change_password(
    actor: &Actor,
    db: &Db,
    id: UserId,
    old: Option<String>,
    new: String,
) -> Result<(), Problem> {
    let own = actor.user == Some(id);
    if !own {
        actor.require(Permission::ManageUsers)?;
    }
    let mut faults = Faults::default();
    check_password(&mut faults, &new);
    faults.done()?;
    // One's own password is that of the account one logs in with.
    let (actor, id) = match membership::person(actor, db).await? {
        person if own => (person.clone(), person.user.unwrap_or(id)),
        _ => (actor.clone(), id),
    };
    membership::alone_in_charge(&actor, db, id).await?;
    let mut tx = db.read(actor.tenant).await?;
    let user = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    let kept = repo::password_hash(&mut tx, id).await?;
    drop(tx);
    may_manage(&actor, user.id, user.role)?;
    if own && !password::fits(old.unwrap_or_default(), kept).await? {
        return Err(Problem::invalid("old_password", "This is not the present password."));
    }
    let hash = password::hash(new).await?;
    let mut tx = db.write(actor.tenant).await?;
    repo::set_password(&mut tx, id, &hash, now().as_millis()).await?;
    session::end_all(&mut tx, id).await?;
    link::forget(&mut tx, id).await?;
    tx.emit(event("user.password_changed", &user));
    tx.commit().await?;
    membership::end_sessions(db, id).await
}

/// Changes a person. Sessions of one who may not log in end at once; a new role counts from the next request on.
pub async fn update(actor: &Actor, db: &Db, id: UserId, patch: UserPatch) -> Result<User, Problem> {
    actor.require(Permission::ManageUsers)?;
    if patch.email.is_some() {
        // Whoever reads the mail can choose the password.
        membership::alone_in_charge(actor, db, id).await?;
    }
    let mut tx = db.write(actor.tenant).await?;
    let user = amend(&mut tx, actor, id, patch).await?;
    tx.commit().await?;
    Ok(user)
}

/// Changes a person inside a transaction; whoever lets the address change has asked who is in charge of it.
async fn amend(tx: &mut Tx, actor: &Actor, id: UserId, patch: UserPatch) -> Result<User, Problem> {
    patch.check()?;
    if actor.user == Some(id) && (patch.enabled.is_some() || patch.role.is_some()) {
        return Err(Problem::conflict("own_user", "Nobody can lock or lower themselves; ask somebody else to do it."));
    }
    let mut user = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    may_manage(actor, id, user.role)?;
    if let Some(role) = patch.role {
        may_make(actor, role)?;
        user.role = role;
    }
    if let Some(wanted) = patch.department {
        user.department = department_of(tx, wanted).await?;
    }
    if let Some(phone) = patch.phone {
        user.phone = settled(tx, phone).await?;
    }
    user.name = patch.name.unwrap_or(user.name);
    user.email = patch.email.map_or(user.email, |email| email.map(|email| email.to_lowercase()));
    user.enabled = patch.enabled.unwrap_or(user.enabled);
    user.updated_at = now().as_millis();
    repo::save(tx, &user).await.map_err(|error| {
        if error.is_unique() {
            let message = "Somebody of the company has this number already; look among its people.";
            return Problem::conflict("phone_of_another", message).with_field("phone", message);
        }
        error.into()
    })?;
    if !user.enabled {
        session::end_all(tx, id).await?;
        link::forget(tx, id).await?;
    }
    tx.emit(event("user.updated", &user));
    Ok(user)
}

/// Changes a person inside a transaction; the address, by which passwords are chosen, is changed alone.
pub async fn change_within(tx: &mut Tx, actor: &Actor, id: UserId, patch: UserPatch) -> Result<User, Problem> {
    actor.require(Permission::ManageUsers)?;
    if patch.email.is_some() {
        return Err(Problem::invalid(
            "email",
            "The address of a person who is there is changed by itself, not by a file.",
        ));
    }
    amend(tx, actor, id, patch).await
}

/// A telephone number in the one form that is compared.
async fn settled(tx: &mut Tx, phone: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = phone.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let country = repo::country(tx).await?;
    let number = PhoneNumber::parse(&text, &country).ok_or_else(|| {
        Problem::invalid("phone", "Write 3 to 15 digits, for example 0901 234 567 or +84 901 234 567.")
    })?;
    Ok(Some(number.to_string()))
}

/// Takes a person out of the company: who has no extension any more, as the one who asks has made sure. Sessions and links end
/// at once; what the person did stays in calls and trails.
pub async fn remove(actor: &Actor, db: &Db, id: UserId) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    if actor.user == Some(id) {
        return Err(Problem::conflict("own_user", "Nobody can remove themselves; ask somebody else to do it."));
    }
    let mut tx = db.read(actor.tenant).await?;
    let user = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    drop(tx);
    may_manage(actor, id, user.role)?;
    if !user.joined && membership::elsewhere(db, id).await? {
        let message = "This person works for another company with this account; it can be locked here, not removed.";
        return Err(Problem::conflict("shared_account", message));
    }
    let mut tx = db.write(actor.tenant).await?;
    session::end_all(&mut tx, id).await?;
    link::forget(&mut tx, id).await?;
    factor::forget(&mut tx, id).await?;
    repo::delete(&mut tx, id).await?;
    tx.emit(event("user.removed", &user));
    tx.commit().await?;
    Ok(())
}

/// The department with this id, which the company must have.
async fn department_of(tx: &mut Tx, wanted: Option<String>) -> Result<Option<DepartmentId>, Problem> {
    let Some(text) = wanted else { return Ok(None) };
    if let Ok(id) = text.parse::<DepartmentId>()
        && department::known(tx, id).await?
    {
        return Ok(Some(id));
    }
    Err(Problem::invalid("department", "Use the id of a department of the company, or null."))
}

/// What people of the company are called, by their ids, for those who see what they wrote.
pub async fn names(actor: &Actor, db: &Db, ids: &[UserId]) -> Result<HashMap<UserId, String>, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::names(&mut tx, ids).await?)
}

/// Whether anybody has this login.
pub(crate) async fn exists(db: &Db, login: &str) -> Result<bool, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::find_login(&mut tx, login).await?.is_some())
}

fn event(kind: &'static str, user: &User) -> NewEvent {
    let data = serde_json::json!({ "id": user.id.to_string(), "login": user.login });
    NewEvent { kind, call: None, data: data.to_string() }
}

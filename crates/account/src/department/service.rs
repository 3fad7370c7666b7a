//! What one can do with departments.

use super::{Department, DepartmentPatch, NewDepartment, repo};
use model::{Actor, DepartmentId, Page, PageRequest, Permission, Problem};
use store::{Db, NewEvent, Tx, mint, now};

/// Creates a department.
pub async fn create(actor: &Actor, db: &Db, new: NewDepartment) -> Result<Department, Problem> {
    let mut tx = db.write(actor.tenant).await?;
    let department = create_within(&mut tx, actor, new).await?;
    tx.commit().await?;
    Ok(department)
}

/// Creates a department inside a transaction.
pub async fn create_within(tx: &mut Tx, actor: &Actor, new: NewDepartment) -> Result<Department, Problem> {
    actor.require(Permission::ManageUsers)?;
    let at = now().as_millis();
    let (name, description) = (new.name.trim().to_owned(), new.description.trim().to_owned());
    let department = Department { id: mint(), name, description, users: 0, created_at: at, updated_at: at };
    department.check()?;
    repo::insert(tx, &department).await.map_err(|error| taken(error, &department))?;
    tx.emit(event("department.created", &department));
    Ok(department)
}

/// One department.
pub async fn get(actor: &Actor, db: &Db, id: DepartmentId) -> Result<Department, Problem> {
    actor.require(Permission::ManageUsers)?;
    find(&mut db.read(actor.tenant).await?, id).await
}

/// The departments in the order of their creation, each with the number of its people.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Department>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |department| department.id.to_string()))
}

/// Changes a department.
pub async fn update(actor: &Actor, db: &Db, id: DepartmentId, patch: DepartmentPatch) -> Result<Department, Problem> {
    let mut tx = db.write(actor.tenant).await?;
    let department = change_within(&mut tx, actor, id, patch).await?;
    tx.commit().await?;
    Ok(department)
}

/// All departments, inside a transaction.
pub async fn all_within(tx: &mut Tx, actor: &Actor) -> Result<Vec<Department>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut found: Vec<Department> = Vec::new();
    loop {
        let after = found.last().map(|department| department.id.to_string());
        let rows = repo::list(tx, after.as_deref(), PageRequest::MAX).await?;
        let more = rows.len() > PageRequest::MAX as usize;
        found.extend(rows.into_iter().take(PageRequest::MAX as usize));
        if !more {
            return Ok(found);
        }
    }
}

/// Changes a department inside a transaction.
pub async fn change_within(
    tx: &mut Tx,
    actor: &Actor,
    id: DepartmentId,
    patch: DepartmentPatch,
) -> Result<Department, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut department = find(tx, id).await?;
    let tidy = |text: Option<String>, before| text.map_or(before, |text| text.trim().to_owned());
    department.name = tidy(patch.name, department.name);
    department.description = tidy(patch.description, department.description);
    department.updated_at = now().as_millis();
    department.check()?;
    repo::save(tx, &department).await.map_err(|error| taken(error, &department))?;
    tx.emit(event("department.updated", &department));
    Ok(department)
}

/// Deletes a department. One with people needs another that they go to.
pub async fn delete(actor: &Actor, db: &Db, id: DepartmentId, move_to: Option<DepartmentId>) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.write(actor.tenant).await?;
    let department = find(&mut tx, id).await?;
    match move_to {
        Some(to) if to == id || repo::find(&mut tx, to).await?.is_none() => {
            return Err(Problem::invalid("move_to", "Use another department of the company."));
        }
        Some(to) => repo::move_people(&mut tx, id, to).await?,
        None if department.users > 0 => {
            let message = format!("{} people belong to it; say by `move_to` where they go.", department.users);
            return Err(Problem::conflict("department_not_empty", message));
        }
        None => {}
    }
    repo::delete(&mut tx, id).await?;
    tx.emit(event("department.deleted", &department));
    Ok(tx.commit().await?)
}

/// Whether the company has this department.
pub(crate) async fn known(tx: &mut Tx, id: DepartmentId) -> Result<bool, Problem> {
    Ok(repo::find(tx, id).await?.is_some())
}

async fn find(tx: &mut Tx, id: DepartmentId) -> Result<Department, Problem> {
    repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("department"))
}

fn taken(error: store::Error, department: &Department) -> Problem {
    if error.is_unique() {
        let message = format!("There is a department {} already.", department.name);
        return Problem::conflict("name_taken", message.clone()).with_field("name", message);
    }
    error.into()
}

fn event(kind: &'static str, department: &Department) -> NewEvent {
    let data = serde_json::json!({ "id": department.id.to_string(), "name": department.name });
    NewEvent { kind, call: None, data: data.to_string() }
}

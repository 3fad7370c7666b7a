//! What one can do with views.

use super::{MOST, NewView, View, ViewPatch, good_list, repo};
use model::{Actor, Permission, Problem, UserId, ViewId};
use store::{Db, NewEvent, mint, now};

/// One's own views of a list and those that are shared, by name.
pub async fn list(actor: &Actor, db: &Db, list: &str) -> Result<Vec<View>, Problem> {
    let user = person(actor)?;
    if !good_list(list) {
        return Err(Problem::invalid("list", "Use the name of a list: 1 to 40 small letters and hyphens."));
    }
    let mut tx = db.read(actor.tenant).await?;
    let mut views = repo::of_list(&mut tx, list).await?;
    views.retain(|view| view.shared || view.user == user);
    views.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(views)
}

/// Keeps a view.
pub async fn create(actor: &Actor, db: &Db, new: NewView) -> Result<View, Problem> {
    let user = person(actor)?;
    if new.shared {
        actor.require(Permission::EditConfig)?;
    }
    let at = now().as_millis();
    let view = View {
        id: mint(),
        user,
        list: new.list,
        name: new.name.trim().to_owned(),
        query: new.query,
        shared: new.shared,
        created_at: at,
        updated_at: at,
    };
    view.check()?;
    let mut tx = db.write(actor.tenant).await?;
    if repo::of_list(&mut tx, &view.list).await?.iter().filter(|one| one.user == user).count() >= MOST {
        let message = format!("One keeps at most {MOST} views of a list; delete one first.");
        return Err(Problem::conflict("too_many", message));
    }
    repo::insert(&mut tx, &view).await.map_err(|error| taken(error, &view))?;
    tx.emit(event("view.created", &view));
    tx.commit().await?;
    Ok(view)
}

/// Changes one's own view, or, with the right to edit the configuration, one that is shared.
pub async fn update(actor: &Actor, db: &Db, id: ViewId, patch: ViewPatch) -> Result<View, Problem> {
    let user = person(actor)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut view = changeable(actor, user, repo::find(&mut tx, id).await?)?;
    if patch.shared.is_some_and(|shared| shared && !view.shared) {
        actor.require(Permission::EditConfig)?;
    }
    view.name = patch.name.map_or(view.name, |name| name.trim().to_owned());
    view.query = patch.query.unwrap_or(view.query);
    view.shared = patch.shared.unwrap_or(view.shared);
    view.updated_at = now().as_millis();
    view.check()?;
    repo::save(&mut tx, &view).await.map_err(|error| taken(error, &view))?;
    tx.emit(event("view.updated", &view));
    tx.commit().await?;
    Ok(view)
}

/// Forgets one's own view, or, with the right to edit the configuration, one that is shared.
pub async fn delete(actor: &Actor, db: &Db, id: ViewId) -> Result<(), Problem> {
    let user = person(actor)?;
    let mut tx = db.write(actor.tenant).await?;
    let view = changeable(actor, user, repo::find(&mut tx, id).await?)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(event("view.deleted", &view));
    Ok(tx.commit().await?)
}

/// Whose views are meant. Views are people's; a key is nobody.
pub fn person(actor: &Actor) -> Result<UserId, Problem> {
    actor.user.ok_or_else(|| Problem::forbidden("person_needed", "Views belong to people: log in instead of a key."))
}

/// What is somebody else's and not shared looks like what does not exist.
fn changeable(actor: &Actor, user: UserId, found: Option<View>) -> Result<View, Problem> {
    let view = found.filter(|view| view.shared || view.user == user).ok_or_else(|| Problem::not_found("view"))?;
    if view.user != user {
        actor.require(Permission::EditConfig)?;
    }
    Ok(view)
}

fn taken(error: store::Error, view: &View) -> Problem {
    if error.is_unique() {
        let message = format!("You have a view {} already.", view.name);
        return Problem::conflict("name_taken", message.clone()).with_field("name", message);
    }
    error.into()
}

fn event(kind: &'static str, view: &View) -> NewEvent {
    let data = serde_json::json!({ "id": view.id.to_string(), "list": view.list, "shared": view.shared });
    NewEvent { kind, call: None, data: data.to_string() }
}

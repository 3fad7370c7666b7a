//! What one can do with rules about callers.

use super::{NewRule, Rule, pattern, repo};
use crate::{config, hotline};
use model::{Actor, CallerRuleId, Faults, Page, PageRequest, Permission, Problem};
use store::{Db, mint, now};

/// The most rules of one company: they are in memory for each call.
const MOST: i64 = 20_000;

/// Adds a rule. A number stands on one list only.
pub async fn create(actor: &Actor, db: &Db, new: NewRule) -> Result<Rule, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let country = hotline::repo::country(&mut tx).await?;
    let kept = pattern(&new.pattern, &country);
    let mut faults = Faults::default();
    if kept.is_none() {
        faults.add("pattern", "Use a number (0901 234 567), its first digits and a star (+8490*), or anonymous.");
    }
    if new.note.chars().count() > 500 {
        faults.add("note", "Use at most 500 characters.");
    }
    faults.done()?;
    if repo::count(&mut tx).await? >= MOST {
        return Err(Problem::conflict("too_many", format!("A company has at most {MOST} rules about callers.")));
    }
    let pattern = kept.unwrap_or_default();
    let rule =
        Rule { id: mint(), list: new.list, pattern, note: new.note.trim().to_owned(), created_at: now().as_millis() };
    repo::insert(&mut tx, &rule).await.map_err(|error| {
        let message = format!("There is a rule for {} already; delete it first.", rule.pattern);
        config::taken(error, "pattern", message)
    })?;
    tx.emit(config::event("caller_rule.created", rule.id, &rule.pattern));
    tx.commit().await?;
    Ok(rule)
}

/// One rule.
pub async fn get(actor: &Actor, db: &Db, id: CallerRuleId) -> Result<Rule, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("caller rule"))
}

/// The rules in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Rule>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |rule| rule.id.to_string()))
}

/// Deletes a rule.
pub async fn delete(actor: &Actor, db: &Db, id: CallerRuleId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let rule = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("caller rule"))?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("caller_rule.deleted", id, &rule.pattern));
    tx.commit().await?;
    Ok(())
}

//! What one can do with requests for support.

use super::{Conversation, Message, NewRequest, Request, Status, check_body, repo};
use crate::{tenant, user};
use model::{Actor, Faults, Page, PageRequest, Permission, Problem, SupportRequestId, TenantId};
use store::{Db, NewEvent, Tx, mint, now};

/// The most messages of one request.
const MOST_MESSAGES: i64 = 1_000;

/// Asks something of who runs the installation.
pub async fn create(actor: &Actor, db: &Db, new: NewRequest) -> Result<Conversation, Problem> {
    actor.require(Permission::EditConfig)?;
    new.check()?;
    let (author, at) = (author(actor, db).await?, now().as_millis());
    let request = Request {
        id: mint(),
        company_id: actor.tenant,
        company_name: tenant::get(actor, db, actor.tenant).await?.name,
        kind: new.kind,
        title: new.title.trim().to_owned(),
        status: Status::Open,
        author: author.clone(),
        created_at: at,
        updated_at: at,
    };
    let body = new.body.trim().to_owned();
    let message = Message { id: mint(), from_operator: false, author, body, created_at: at };
    let mut tx = db.write(actor.tenant).await?;
    repo::insert(&mut tx, &request).await?;
    repo::insert_message(&mut tx, request.id, &message).await?;
    tx.emit(event("support.created", &request));
    tx.commit().await?;
    Ok(Conversation { request, messages: vec![message] })
}

/// The requests of one's company, the newest first.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Request>, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |request| request.id.to_string()))
}

/// The requests of all companies, the newest first. Only the operator of the installation may.
pub async fn list_all(
    actor: &Actor,
    db: &Db,
    status: Option<Status>,
    page: PageRequest,
) -> Result<Page<Request>, Problem> {
    actor.require(Permission::OperateServer)?;
    let mut tx = db.system().await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list_all(&mut tx, status, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |request| request.id.to_string()))
}

/// A request with all that was said: of one's company, or any for the operator.
pub async fn get(actor: &Actor, db: &Db, id: SupportRequestId) -> Result<Conversation, Problem> {
    let company = company(actor, db, id).await?;
    let mut tx = db.read(company).await?;
    let request = repo::find(&mut tx, id).await?.ok_or_else(unknown)?;
    Ok(Conversation { request, messages: repo::messages(&mut tx, id).await? })
}

/// Says something. A closed request is open again.
pub async fn reply(actor: &Actor, db: &Db, id: SupportRequestId, body: &str) -> Result<Message, Problem> {
    let company = company(actor, db, id).await?;
    let mut faults = Faults::default();
    check_body(&mut faults, body);
    faults.done()?;
    let (author, at) = (author(actor, db).await?, now().as_millis());
    let from_operator = actor.role.may(Permission::OperateServer);
    let message = Message { id: mint(), from_operator, author, body: body.trim().to_owned(), created_at: at };
    let mut tx = db.write(company).await?;
    let mut request = repo::find(&mut tx, id).await?.ok_or_else(unknown)?;
    if repo::count_messages(&mut tx, id).await? >= MOST_MESSAGES {
        let message = format!("A request has at most {MOST_MESSAGES} messages; make a new one.");
        return Err(Problem::conflict("too_many", message));
    }
    repo::insert_message(&mut tx, id, &message).await?;
    request.status = if from_operator { Status::Answered } else { Status::Open };
    repo::set_status(&mut tx, id, request.status, at).await?;
    tx.emit(event("support.replied", &request));
    tx.commit().await?;
    Ok(message)
}

/// Closes a request, or opens it again.
pub async fn set_status(actor: &Actor, db: &Db, id: SupportRequestId, status: Status) -> Result<Request, Problem> {
    let company = company(actor, db, id).await?;
    let mut tx = db.write(company).await?;
    let mut request = repo::find(&mut tx, id).await?.ok_or_else(unknown)?;
    (request.status, request.updated_at) = (status, now().as_millis());
    repo::set_status(&mut tx, id, status, request.updated_at).await?;
    tx.emit(event("support.updated", &request));
    tx.commit().await?;
    Ok(request)
}

/// Whose request it is: one's company's for those who run it, whoever's for the operator.
async fn company(actor: &Actor, db: &Db, id: SupportRequestId) -> Result<TenantId, Problem> {
    actor.require(Permission::EditConfig)?;
    if !actor.role.may(Permission::OperateServer) {
        return Ok(actor.tenant);
    }
    let mut tx: Tx = db.system().await?;
    repo::company(&mut tx, id).await?.ok_or_else(unknown)
}

/// The name of the one who asks, as the other side sees it.
async fn author(actor: &Actor, db: &Db) -> Result<String, Problem> {
    let Some(id) = actor.user else { return Ok("API".to_owned()) };
    let person = user::get(actor, db, id).await?;
    Ok(if person.name.is_empty() { person.login } else { person.name })
}

fn unknown() -> Problem {
    Problem::not_found("support request")
}

fn event(kind: &'static str, request: &Request) -> NewEvent {
    let data = serde_json::json!({ "id": request.id.to_string(), "title": request.title });
    NewEvent { kind, call: None, data: data.to_string() }
}

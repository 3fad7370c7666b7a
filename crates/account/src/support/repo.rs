//! How requests for support are stored.

use super::{Kind, Message, Request, Status};
use model::{SupportRequestId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

pub(super) async fn insert(tx: &mut Tx, request: &Request) -> Result<(), Error> {
    sqlx::query(
        "insert into support_requests (id, tenant_id, kind, title, status, author, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
    )
    .bind(request.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(word(&Kind::ALL, request.kind))
    .bind(&request.title)
    .bind(word(&Status::ALL, request.status))
    .bind(&request.author)
    .bind(request.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_message(tx: &mut Tx, request: SupportRequestId, message: &Message) -> Result<(), Error> {
    sqlx::query(
        "insert into support_messages (id, tenant_id, request_id, from_operator, author, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(message.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(request.to_string())
    .bind(i64::from(message.from_operator))
    .bind(&message.author)
    .bind(&message.body)
    .bind(message.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn set_status(tx: &mut Tx, id: SupportRequestId, status: Status, at: i64) -> Result<(), Error> {
    sqlx::query("update support_requests set status = $3, updated_at = $4 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(word(&Status::ALL, status))
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: SupportRequestId) -> Result<Option<Request>, Error> {
    let row = sqlx::query(
        "select r.id, r.tenant_id, t.name, r.kind, r.title, r.status, r.author, r.created_at, r.updated_at
         from support_requests r
         join tenants t on t.id = r.tenant_id
         where r.tenant_id = $1
         and r.id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// Whose request it is, of whatever company: for the operator.
pub(super) async fn company(tx: &mut Tx, id: SupportRequestId) -> Result<Option<TenantId>, Error> {
    let row = sqlx::query("select tenant_id from support_requests where id = $1")
        .bind(id.to_string())
        .fetch_optional(tx.conn())
        .await?;
    let read = |row: AnyRow| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id of a request"));
    row.map(read).transpose()
}

/// The requests of the company, the newest first, from the one before `after` on.
pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Request>, Error> {
    let rows = sqlx::query(
        "select r.id, r.tenant_id, t.name, r.kind, r.title, r.status, r.author, r.created_at, r.updated_at
         from support_requests r
         join tenants t on t.id = r.tenant_id
         where r.tenant_id = $1
         and r.id < $2
         order by r.id desc
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(after.unwrap_or(LAST))
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

/// The requests of all companies, the newest first; of one status, when it is given.
pub(super) async fn list_all(
    tx: &mut Tx,
    status: Option<Status>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Request>, Error> {
    let rows = sqlx::query(
        "select r.id, r.tenant_id, t.name, r.kind, r.title, r.status, r.author, r.created_at, r.updated_at
         from support_requests r
         join tenants t on t.id = r.tenant_id
         where ($1 = '' or r.status = $1)
         and r.id < $2
         order by r.id desc
         limit $3",
    )
    .bind(status.map_or("", |status| word(&Status::ALL, status)))
    .bind(after.unwrap_or(LAST))
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn messages(tx: &mut Tx, request: SupportRequestId) -> Result<Vec<Message>, Error> {
    let rows = sqlx::query(
        "select id, from_operator, author, body, created_at
         from support_messages
         where tenant_id = $1
         and request_id = $2
         order by id",
    )
    .bind(tx.tenant().to_owned())
    .bind(request.to_string())
    .fetch_all(tx.conn())
    .await?;
    let read = |row: &AnyRow| {
        Ok(Message {
            id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("message id"))?,
            from_operator: row.try_get::<i64, _>(1)? != 0,
            author: row.try_get(2)?,
            body: row.try_get(3)?,
            created_at: row.try_get(4)?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn count_messages(tx: &mut Tx, request: SupportRequestId) -> Result<i64, Error> {
    let row = sqlx::query("select count(*) from support_messages where tenant_id = $1 and request_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(request.to_string())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

/// Behind every id of a request.
const LAST: &str = "sup_~";

fn read(row: &AnyRow) -> Result<Request, Error> {
    Ok(Request {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("request id"))?,
        company_id: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("tenant id of a request"))?,
        company_name: row.try_get(2)?,
        kind: of_word(&Kind::ALL, row.try_get(3)?).ok_or(Error::Corrupt("kind of a request"))?,
        title: row.try_get(4)?,
        status: of_word(&Status::ALL, row.try_get(5)?).ok_or(Error::Corrupt("status of a request"))?,
        author: row.try_get(6)?,
        created_at: row.try_get(7)?,
        updated_at: row.try_get(8)?,
    })
}

fn word<T: PartialEq + Copy>(all: &[(T, &'static str)], one: T) -> &'static str {
    all.iter().find(|(known, _)| *known == one).map_or("", |(_, word)| word)
}

fn of_word<T: Copy>(all: &[(T, &'static str)], text: &str) -> Option<T> {
    all.iter().find(|(_, word)| *word == text).map(|(one, _)| *one)
}

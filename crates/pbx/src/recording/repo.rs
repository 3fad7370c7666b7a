//! How rules for recordings, the recordings' whereabouts and the manifest are stored.

use super::keeping::{Kept, Storage};
use super::manifest::{Entry, Head, Kind};
use super::policy::{PlaceRule, Settings};
use crate::trunk::{value, word};
use call::Recording;
use model::{CallId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Cell, Error, Rows, Sql, Tx};

/// What the company has set; the switch of its own row counts where no rule says more.
pub(crate) async fn settings(tx: &mut Tx) -> Result<Settings, Error> {
    let mut rule = Recording::Always;
    let row = sqlx::query("select record_calls from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_optional(tx.conn())
        .await?;
    if let Some(row) = row {
        rule = if row.try_get::<i64, _>(0)? != 0 { Recording::Always } else { Recording::Never };
    }
    let rows = sqlx::query("select place, rule from recording_rules where tenant_id = $1 order by place")
        .bind(tx.tenant().to_owned())
        .fetch_all(tx.conn())
        .await?;
    let mut places = Vec::with_capacity(rows.len());
    for row in &rows {
        let place: String = row.try_get(0)?;
        let found = Recording::parse(row.try_get(1)?).ok_or(Error::Corrupt("rule for recordings"))?;
        match place.is_empty() {
            // Switched on at the company's own row since.
            true if rule == Recording::Never => rule = found,
            true => {}
            false => places.push(PlaceRule { place, rule: found }),
        }
    }
    let row = sqlx::query("select keep_days, announcement_id from recording_settings where tenant_id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(Settings { rule, places, keep_days: 0, announcement: None }) };
    let announcement: Option<String> = row.try_get(1)?;
    let announcement =
        announcement.map(|id| id.parse()).transpose().map_err(|_| Error::Corrupt("announcement of recordings"))?;
    Ok(Settings { rule, places, keep_days: row.try_get(0)?, announcement })
}

pub(super) async fn save_settings(tx: &mut Tx, wanted: &Settings, now: i64) -> Result<(), Error> {
    let tenant = tx.tenant().to_owned();
    sqlx::query("update tenants set record_calls = $2, updated_at = $3 where id = $1")
        .bind(&tenant)
        .bind(i64::from(wanted.rule == Recording::Always))
        .bind(now)
        .execute(tx.conn())
        .await?;
    sqlx::query("delete from recording_rules where tenant_id = $1").bind(&tenant).execute(tx.conn()).await?;
    let mut rows = Rows::new("insert into recording_rules (tenant_id, place, rule)", "", 3);
    if wanted.rule == Recording::OnDemand {
        rows.push([Cell::from(tenant.as_str()), Cell::from(""), Cell::from(wanted.rule.as_str())]);
    }
    for one in &wanted.places {
        rows.push([Cell::from(tenant.as_str()), Cell::from(one.place.as_str()), Cell::from(one.rule.as_str())]);
    }
    rows.insert(tx).await?;
    sqlx::query(
        "insert into recording_settings (tenant_id, keep_days, announcement_id, updated_at)
         values ($1, $2, $3, $4)
         on conflict (tenant_id) do update
         set keep_days = excluded.keep_days, announcement_id = excluded.announcement_id, updated_at = excluded.updated_at",
    )
    .bind(&tenant)
    .bind(wanted.keep_days)
    .bind(wanted.announcement.map(|id| id.to_string()))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The rule of a place that is gone goes with it.
pub(crate) async fn forget(tx: &mut Tx, place: &str) -> Result<(), Error> {
    sqlx::query("delete from recording_rules where tenant_id = $1 and place = $2")
        .bind(tx.tenant().to_owned())
        .bind(place.to_owned())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether the sound is what callers hear before a recorded talk.
pub(crate) async fn announces(tx: &mut Tx, greeting: &str) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from recording_settings where tenant_id = $1 and announcement_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(greeting.to_owned())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.is_some())
}

/// Whether the recording is deleted; none when there is none. Holds it, or releases it, when it is not.
pub(super) async fn set_hold(
    tx: &mut Tx,
    call: CallId,
    hold: Option<(&str, &str, i64)>,
) -> Result<Option<bool>, Error> {
    let row = sqlx::query(
        "update recordings
         set held_why = case when deleted_at is null then $3 end,
             held_by = case when deleted_at is null then $4 end,
             held_at = case when deleted_at is null then $5 end
         where tenant_id = $1
         and call_id = $2
         returning deleted_at",
    )
    .bind(tx.tenant().to_owned())
    .bind(call.to_string())
    .bind(hold.map(|(why, _, _)| why.to_owned()))
    .bind(hold.map(|(_, by, _)| by.to_owned()))
    .bind(hold.map(|(_, _, at)| at))
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| Ok(row.try_get::<Option<i64>, _>(0)?.is_some())).transpose()
}

const KEPT: &str =
    "select tenant_id, call_id, file, size_bytes, sha256, storage, deleted_at, created_at\nfrom recordings\n";

fn kept(row: &AnyRow) -> Result<Kept, Error> {
    Ok(Kept {
        tenant: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id of a recording"))?,
        call: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("call id of a recording"))?,
        file: row.try_get(2)?,
        size_bytes: row.try_get(3)?,
        sha256: row.try_get(4)?,
        storage: value(&Storage::ALL, row.try_get(5)?).ok_or(Error::Corrupt("storage of a recording"))?,
        deleted_at: row.try_get(6)?,
        created_at: row.try_get(7)?,
    })
}

async fn all(sql: Sql, tx: &mut Tx) -> Result<Vec<Kept>, Error> {
    sql.fetch_all(tx).await?.iter().map(kept).collect()
}

/// Of all companies (`tenant_id` is read, not asked for).
pub(super) async fn unhashed(tx: &mut Tx, limit: u32) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(KEPT);
    sql.push("where sha256 is null and deleted_at is null\norder by created_at\nlimit ");
    sql.bind(i64::from(limit));
    all(sql, tx).await
}

/// Of all companies (`tenant_id` is read, not asked for).
pub(super) async fn leftovers(tx: &mut Tx, limit: u32) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(KEPT);
    sql.push("where deleted_at is not null and storage <> 'gone'\nlimit ").bind(i64::from(limit));
    all(sql, tx).await
}

/// Of all companies (`tenant_id` is read, not asked for).
pub(super) async fn to_carry(tx: &mut Tx, after: Option<(i64, CallId)>, limit: u32) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(KEPT);
    sql.push("where storage in ('local', 'both') and deleted_at is null and sha256 is not null");
    if let Some((at, call)) = after {
        sql.push("\nand (created_at, call_id) > (").bind(at).push(", ").bind(call.to_string()).push(")");
    }
    sql.push("\norder by created_at, call_id\nlimit ").bind(i64::from(limit));
    all(sql, tx).await
}

pub(super) async fn older_than(tx: &mut Tx, tenant: TenantId, before: i64, limit: u32) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(KEPT);
    sql.push("where tenant_id = ").bind(tenant.to_string());
    sql.push("\nand created_at < ").bind(before);
    sql.push("\nand deleted_at is null and held_at is null\norder by created_at\nlimit ").bind(i64::from(limit));
    all(sql, tx).await
}

pub(super) async fn find_kept(tx: &mut Tx, call: CallId) -> Result<Option<Kept>, Error> {
    let mut sql = Sql::new(KEPT);
    sql.push("where tenant_id = ").bind(tx.tenant()).push("\nand call_id = ").bind(call.to_string());
    Ok(all(sql, tx).await?.into_iter().next())
}

/// How long each company keeps its recordings; those that keep them for ever are left out.
pub(super) async fn keep_days(tx: &mut Tx) -> Result<Vec<(TenantId, i64)>, Error> {
    let rows = sqlx::query("select tenant_id, keep_days from recording_settings where keep_days > 0")
        .fetch_all(tx.conn())
        .await?;
    let read = |row: &AnyRow| {
        let tenant = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant of recording settings"))?;
        Ok((tenant, row.try_get(1)?))
    };
    rows.iter().map(read).collect()
}

pub(super) async fn companies(tx: &mut Tx) -> Result<Vec<(TenantId, String)>, Error> {
    let rows = sqlx::query("select id, name from tenants order by id").fetch_all(tx.conn()).await?;
    let read = |row: &AnyRow| {
        let tenant = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id"))?;
        Ok((tenant, row.try_get(1)?))
    };
    rows.iter().map(read).collect()
}

/// False when it has a hash already.
pub(super) async fn set_hash(tx: &mut Tx, call: CallId, sha256: &str) -> Result<bool, Error> {
    let done = sqlx::query(
        "update recordings set sha256 = $3 where tenant_id = $1 and call_id = $2 and sha256 is null and deleted_at is null",
    )
    .bind(tx.tenant().to_owned())
    .bind(call.to_string())
    .bind(sha256.to_owned())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_deleted(tx: &mut Tx, call: CallId, now: i64) -> Result<bool, Error> {
    let done = sqlx::query(
        "update recordings set deleted_at = $3 where tenant_id = $1 and call_id = $2 and deleted_at is null and held_at is null",
    )
    .bind(tx.tenant().to_owned())
    .bind(call.to_string())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_storage(tx: &mut Tx, call: CallId, from: Storage, to: Storage) -> Result<bool, Error> {
    let done = sqlx::query("update recordings set storage = $4 where tenant_id = $1 and call_id = $2 and storage = $3")
        .bind(tx.tenant().to_owned())
        .bind(call.to_string())
        .bind(word(&Storage::ALL, from))
        .bind(word(&Storage::ALL, to))
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Where the chain ends; nobody else appends before the transaction ends.
pub(super) async fn lock_head(tx: &mut Tx, tenant: TenantId) -> Result<Head, Error> {
    let row = sqlx::query(
        "insert into recording_manifest_heads (tenant_id, seq, hash)
         values ($1, 0, '')
         on conflict (tenant_id) do update set seq = recording_manifest_heads.seq
         returning seq, hash",
    )
    .bind(tenant.to_string())
    .fetch_one(tx.conn())
    .await?;
    Ok(Head { seq: row.try_get(0)?, hash: row.try_get(1)? })
}

pub(super) async fn head(tx: &mut Tx) -> Result<Head, Error> {
    let row = sqlx::query("select seq, hash from recording_manifest_heads where tenant_id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(Head::default()) };
    Ok(Head { seq: row.try_get(0)?, hash: row.try_get(1)? })
}

pub(super) async fn insert_entry(tx: &mut Tx, tenant: TenantId, entry: &Entry) -> Result<(), Error> {
    sqlx::query(
        "insert into recording_manifest (tenant_id, seq, kind, call_id, file, sha256, size_bytes, at, previous, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(tenant.to_string())
    .bind(entry.seq)
    .bind(word(&Kind::ALL, entry.kind))
    .bind(entry.call.to_string())
    .bind(&entry.file)
    .bind(&entry.sha256)
    .bind(entry.size_bytes)
    .bind(entry.at)
    .bind(&entry.previous)
    .bind(&entry.hash)
    .execute(tx.conn())
    .await?;
    sqlx::query("update recording_manifest_heads set seq = $2, hash = $3 where tenant_id = $1")
        .bind(tenant.to_string())
        .bind(entry.seq)
        .bind(&entry.hash)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Which of these calls' recordings the manifest says are deleted.
pub(super) async fn deleted_among(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<String>, Error> {
    let mut sql = Sql::new("select call_id\nfrom recording_manifest\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand kind = 'deleted'\nand call_id in (");
    sql.bind_list(calls.iter().map(|call| Cell::from(call.to_string())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Which of these files the manifest knows.
pub(super) async fn known_among(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<String>, Error> {
    let mut sql = Sql::new("select file\nfrom recording_manifest\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand kind = 'added'\nand call_id in (");
    sql.bind_list(calls.iter().map(|call| Cell::from(call.to_string())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

pub(super) async fn entries(tx: &mut Tx, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query(
        "select seq, kind, call_id, file, sha256, size_bytes, at, previous, hash
         from recording_manifest
         where tenant_id = $1
         and seq > $2
         order by seq
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(tx.conn())
    .await?;
    let read = |row: &AnyRow| {
        Ok(Entry {
            seq: row.try_get(0)?,
            kind: value(&Kind::ALL, row.try_get(1)?).ok_or(Error::Corrupt("kind of a manifest entry"))?,
            call: row.try_get::<&str, _>(2)?.parse().map_err(|_| Error::Corrupt("call of a manifest entry"))?,
            file: row.try_get(3)?,
            sha256: row.try_get(4)?,
            size_bytes: row.try_get(5)?,
            at: row.try_get(6)?,
            previous: row.try_get(7)?,
            hash: row.try_get(8)?,
        })
    };
    rows.iter().map(read).collect()
}

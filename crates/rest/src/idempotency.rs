//! `Idempotency-Key`: a POST that is sent again with the same key is answered with the first answer and does nothing
//! more. The answer is kept for a day, sealed, because it may show a secret that is shown once.

mod repo;
#[cfg(test)]
mod tests;

use crate::{Answer, Caller, Failure};
use account::Gate;
use axum::body::{self, Body};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use model::Problem;
use sha2::{Digest, Sha256};
use store::Db;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The largest request that may carry a key: an upload with its form around it.
const REQUEST_LIMIT: usize = 11 * 1024 * 1024;
/// The largest answer that is kept.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;
/// How long an answer is kept.
const KEPT_MS: i64 = 24 * 3600 * 1000;
/// A request that has not been answered for so long was cut off by a crash; its key may be used again.
const CLAIM_MS: i64 = 60 * 1000;

/// Who asked, under which key, for what.
#[derive(Debug, Clone)]
struct Claim {
    caller: Caller,
    owner: String,
    key: String,
    fingerprint: String,
}

/// An answer as it is kept.
#[derive(Debug)]
struct Kept {
    fingerprint: String,
    claimed_at: i64,
    answer: Option<(u16, String, String)>,
}

/// The layer. Requests without the header pass untouched.
pub async fn replay(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    // A client that hangs up must not leave the work half done and the key claimed.
    let run = tokio::spawn(async move { once(&gate, request, next).await.unwrap_or_else(Failure::into_response) });
    match run.await {
        Ok(response) => response,
        Err(error) => Failure::from(Problem::internal(format!("a request died: {error}"))).into_response(),
    }
}

async fn once(gate: &Gate, request: Request, next: Next) -> Answer<Response> {
    let db = gate.db();
    let (claim, request) = claim_of(gate, request).await?;
    if let Some(response) = claimed_before(db, &claim).await? {
        return Ok(response);
    }
    let response = next.run(request).await;
    if !response.status().is_success() {
        // A refused request has done nothing: the mended one may use the same key.
        release(db, &claim).await?;
        return Ok(response);
    }
    keep(db, &claim, response).await
}

async fn claim_of(gate: &Gate, request: Request) -> Answer<(Claim, Request)> {
    let (mut parts, body) = request.into_parts();
    let key = parts.headers.get(KEY).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    if key.is_empty() || key.len() > 200 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Problem::invalid("Idempotency-Key", "Use 1 to 200 visible ASCII characters.").into());
    }
    let caller = Caller::from_request_parts(&mut parts, gate).await?;
    let bytes = body::to_bytes(body, REQUEST_LIMIT).await.map_err(|_| Failure::too_large())?;
    let mut hash = Sha256::new();
    hash.update(parts.uri.to_string());
    // A multipart body has a random boundary, different in each repetition.
    if !parts.headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"multipart/")) {
        hash.update([0]);
        hash.update(&bytes);
    }
    let fingerprint = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    let owner = match (caller.0.key, caller.0.user) {
        (Some(key), _) => key.to_string(),
        (None, Some(user)) => user.to_string(),
        (None, None) => "system".to_owned(),
    };
    let claim = Claim { caller, owner, key, fingerprint };
    Ok((claim, Request::from_parts(parts, Body::from(bytes))))
}

/// The answer to give instead of running the request, when there was one like it before.
async fn claimed_before(db: &Db, claim: &Claim) -> Answer<Option<Response>> {
    let now = store::now().as_millis();
    let mut tx = db.write(claim.caller.0.tenant).await.map_err(Problem::from)?;
    let kept = repo::claim(&mut tx, claim, now).await.map_err(Problem::from)?;
    let Some(kept) = kept else {
        repo::forget(&mut tx, now - KEPT_MS).await.map_err(Problem::from)?;
        tx.commit().await.map_err(Problem::from)?;
        return Ok(None);
    };
    let stale = now - kept.claimed_at > if kept.answer.is_some() { KEPT_MS } else { CLAIM_MS };
    if stale {
        repo::reclaim(&mut tx, claim, now).await.map_err(Problem::from)?;
        tx.commit().await.map_err(Problem::from)?;
        return Ok(None);
    }
    drop(tx);
    if kept.fingerprint != claim.fingerprint {
        let message = "This Idempotency-Key was used for another request; use a new one.";
        return Err(Failure::with_status(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", message));
    }
    let Some((status, content_type, sealed)) = kept.answer else {
        let message = "The request with this Idempotency-Key is still being worked on; ask again soon.";
        return Err(Problem::conflict("idempotency_in_progress", message).into());
    };
    let body = db.vault().unseal(&sealed, &claim.place())?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, body).into_response();
    if let Ok(value) = HeaderValue::from_str(&content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(Some(response))
}

async fn release(db: &Db, claim: &Claim) -> Answer<()> {
    let mut tx = db.write(claim.caller.0.tenant).await.map_err(Problem::from)?;
    repo::release(&mut tx, claim).await.map_err(Problem::from)?;
    Ok(tx.commit().await.map_err(Problem::from)?)
}

async fn keep(db: &Db, claim: &Claim, response: Response) -> Answer<Response> {
    let (parts, body) = response.into_parts();
    let bytes: Bytes = body::to_bytes(body, ANSWER_LIMIT)
        .await
        .map_err(|error| Problem::internal(format!("an answer could not be kept: {error}")))?;
    let text = String::from_utf8_lossy(&bytes);
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let sealed = db.vault().seal(&text, &claim.place());
    let mut tx = db.write(claim.caller.0.tenant).await.map_err(Problem::from)?;
    repo::answer(&mut tx, claim, parts.status.as_u16(), content_type, &sealed).await.map_err(Problem::from)?;
    tx.commit().await.map_err(Problem::from)?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

impl Claim {
    /// Where the sealed answer lives.
    fn place(&self) -> String {
        format!("{}/{}/{}", self.caller.0.tenant, self.owner, self.key)
    }
}

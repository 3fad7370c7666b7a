//! Links to recordings for clients that cannot send a credential: a sealed text names the call, the company and the end of
//! the link. It says nothing to whoever reads it and cannot be made by anybody else.

use crate::State;
use axum::Router;
use axum::extract;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use model::{Actor, CallId, Problem, TenantId};
use rest::{Answer, Path};
use store::now;

/// What a link is sealed for.
const PLACE: &str = "recording link";

pub(crate) fn routes() -> Router<State> {
    Router::new().route("/recordings/{link}", get(recording))
}

/// The address of a recording, which counts for `valid_ms`.
pub(crate) fn to_recording(state: &State, tenant: TenantId, call: CallId, valid_ms: i64) -> String {
    let text = format!("{call} {tenant} {}", now().as_millis() + valid_ms);
    let sealed = state.db().vault().seal(&text, PLACE);
    format!("{}/links/recordings/{}.wav", state.root, BASE64.encode(sealed))
}

async fn recording(
    extract::State(state): extract::State<State>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (call, tenant) = read(&state, &link).ok_or_else(|| Problem::not_found("recording"))?;
    let recording = pbx::calls::recording(&Actor::system(tenant), state.db(), call).await?;
    rest::range::kept(&state.objects, &recording.file, "audio/wav", &format!("{call}.wav"), &headers).await
}

/// The call and company of a link that still counts.
fn read(state: &State, link: &str) -> Option<(CallId, TenantId)> {
    let sealed = BASE64.decode(link.strip_suffix(".wav").unwrap_or(link)).ok()?;
    let text = state.db().vault().unseal(std::str::from_utf8(&sealed).ok()?, PLACE).ok()?;
    let mut words = text.split(' ');
    let (call, tenant, until) = (words.next()?, words.next()?, words.next()?);
    (until.parse::<i64>().ok()? > now().as_millis()).then_some(())?;
    Some((call.parse().ok()?, tenant.parse().ok()?))
}

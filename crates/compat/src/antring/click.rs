//! `click-to-call`: the device rings first, then the number is dialled. A device that is not registered is a 400.

use super::answer::{Outcome, Refusal};
use super::application::Application;
use crate::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::extract::rejection::BytesRejection;
use bus::Originate;
use model::{Permission, Problem};
use rest::{Failure, Path};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

/// The body.
#[derive(Deserialize)]
struct Device {
    #[serde(rename = "sipUser", default, deserialize_with = "crate::loose::text")]
    user: String,
    #[serde(rename = "sipPassword", default, deserialize_with = "crate::loose::text")]
    password: String,
}

pub(super) async fn place(
    Shared(state): Shared<State>,
    Application(actor): Application,
    number: Result<Path<String>, Failure>,
    body: Result<Bytes, BytesRejection>,
) -> Outcome<Json<Value>> {
    actor.require(Permission::MakeCalls)?;
    let Path(number) = number?;
    let body = body.map_err(rest::input::body_failure)?;
    let form = "Send {\"sipUser\", \"sipPassword\"} as JSON.";
    let device: Device = serde_json::from_slice(&body).map_err(|_| Refusal::Parameter("body", form))?;
    if device.user.is_empty() {
        return Err(Refusal::Parameter("sipUser", "Name the device that is to ring first."));
    }
    let number = dialled(&number)?;
    // Devices may be named with their domain behind.
    let user = device.user.split('@').next().unwrap_or_default();
    // The same answer for both, so that the names of devices cannot be guessed.
    let unknown = || Refusal::Word("SIP_USER_OR_PASSWORD_INVALID");
    let extension = pbx::extension::find_by_number(&actor, state.db(), user).await?.ok_or_else(unknown)?;
    let system = model::Actor::system(actor.tenant);
    let password = pbx::extension::password(&system, state.db(), extension.id).await?;
    if !bool::from(password.as_bytes().ct_eq(device.password.as_bytes())) {
        return Err(unknown());
    }
    let presence = state.bus.presence(actor.tenant).await?;
    if !extension.enabled || !presence.phones.iter().any(|phone| phone.extension == extension.id) {
        return Err(Refusal::Word("DEVICE_OFFLINE"));
    }
    let originate = Originate { tenant: actor.tenant, extension: extension.number, to: number };
    match state.bus.originate(originate).await {
        // The phone left between the look and the order.
        Err(Problem { code: "not_registered", .. }) => Err(Refusal::Word("DEVICE_OFFLINE")),
        other => Ok(Json(json!({ "success": true, "call_id": other?.to_string() }))),
    }
}

/// The number without the signs that people write into it.
fn dialled(number: &str) -> Outcome<String> {
    let bare: String = number.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    if !(2..=20).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::Parameter("number", "Use 2 to 20 digits."));
    }
    Ok(bare)
}

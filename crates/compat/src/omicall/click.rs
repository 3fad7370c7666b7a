//! `click2call`: rings the extension first, then dials the phone.

use super::answer::{Outcome, Payload, Refusal};
use super::auth::Client;
use super::phones::all_hotlines;
use crate::State;
use axum::body::Bytes;
use axum::extract::State as Shared;
use bus::Originate;
use model::{Actor, Permission, PhoneNumber};
use serde::Deserialize;
use serde_json::json;

/// The body. Texts may come as numbers.
#[derive(Deserialize)]
struct Order {
    #[serde(default, deserialize_with = "crate::loose::text")]
    extension: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    hotline: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    phone_number: String,
}

pub(super) async fn place(Shared(state): Shared<State>, Client(actor): Client, body: Bytes) -> Outcome {
    if body.is_empty() {
        return Err(Refusal::Word("request_body_required"));
    }
    let Ok(order) = serde_json::from_slice::<Order>(&body) else { return Err(Refusal::Word("data_is_required")) };
    if order.extension.is_empty() || order.phone_number.is_empty() {
        return Err(Refusal::Word("data_is_required"));
    }
    actor.require(Permission::MakeCalls)?;
    let Some(extension) = pbx::extension::find_by_number(&actor, state.db(), &order.extension).await? else {
        return Err(Refusal::Word("extension_invalid"));
    };
    if !extension.enabled {
        return Err(Refusal::Word("extension_invalid"));
    }
    if !order.hotline.is_empty() && !has_hotline(&actor, &state, &order.hotline).await? {
        return Err(Refusal::Word("number_call_out_invalid"));
    }
    let presence = state.bus.presence(actor.tenant).await?;
    if !presence.phones.iter().any(|phone| phone.extension == extension.id) {
        return Err(Refusal::Word("user_not_registered"));
    }
    let originate = Originate { tenant: actor.tenant, extension: order.extension, to: order.phone_number };
    let call = state.bus.originate(originate).await?;
    Ok(Payload(json!({ "call_uuid": call.to_string() })))
}

/// Whether the number is one of the company's, in whatever form it is written.
async fn has_hotline(actor: &Actor, state: &State, wanted: &str) -> Result<bool, Refusal> {
    let country = account::tenant::get(actor, state.db(), actor.tenant).await?.country;
    let wanted = PhoneNumber::parse(wanted, &country).map_or(wanted.to_owned(), |number| number.to_string());
    Ok(all_hotlines(actor, state).await?.iter().any(|hotline| hotline.number == wanted))
}

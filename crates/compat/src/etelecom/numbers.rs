//! The hotlines that a partner holds for the shops it serves: added, given to a shop's tenant, taken back, removed.

use super::answer::{Code, Outcome, Refusal};
use super::door::Ask;
use super::paging::{Key, Paging};
use super::tenants::{self, served};
use super::value::{self, Sent};
use model::Id;
use pbx::held::{self, Held, NETWORKS, NewHeld};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct New {
    #[serde(default, deserialize_with = "crate::loose::text")]
    hotline: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    name: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    description: String,
    #[serde(default)]
    is_free_charge: bool,
    #[serde(default, deserialize_with = "crate::loose::text")]
    network: String,
    #[serde(default)]
    owner_id: Sent,
}

pub(super) async fn add(ask: &Ask<'_>) -> Outcome {
    let new: New = ask.read()?;
    for (field, text) in [("hotline", &new.hotline), ("name", &new.name)] {
        if text.is_empty() {
            return Err(Refusal::invalid(format!("{field}: this field is needed")));
        }
    }
    let network = if new.network.is_empty() { "unknown".to_owned() } else { new.network };
    if !NETWORKS.contains(&network.as_str()) {
        return Err(Refusal::invalid(format!("network: send one of {}", NETWORKS.join(", "))));
    }
    let owner = match new.owner_id.0 {
        Some(number) => Some(served(ask, number).await?.tenant),
        None => None,
    };
    let new = NewHeld {
        number: new.hotline,
        name: new.name,
        description: new.description,
        network,
        free_of_charge: new.is_free_charge,
        owner,
    };
    let country = tenants::company(ask).await?.country;
    Ok(shown(&held::hold(ask.actor()?, ask.state.db(), new).await?, &country))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    paging: Paging,
}

pub(super) async fn list(ask: &Ask<'_>) -> Outcome {
    let wanted: Listing = ask.read()?;
    let page = wanted.paging.wanted(&["created_at"])?;
    let key = |held: &Held| Key { at: held.created_at, id: held.id.to_string() };
    let (actor, db) = (ask.actor()?, ask.state.db());
    let (numbers, paging) = page.gather(key, |_| true, |walk| held::walk(actor, db, walk)).await?;
    let country = tenants::company(ask).await?.country;
    let rows: Vec<Value> = numbers.iter().map(|held| shown(held, &country)).collect();
    Ok(json!({ "hotlines": rows, "paging": paging }))
}

/// Which hotline, and which shop it goes to or comes from.
#[derive(Deserialize)]
struct Move {
    #[serde(default, alias = "id")]
    hotline_id: Sent,
    #[serde(default)]
    tenant_id: Sent,
    #[serde(default)]
    owner_id: Sent,
}

pub(super) async fn give(ask: &Ask<'_>) -> Outcome {
    let wanted: Move = ask.read()?;
    let held = found(ask, wanted.hotline_id).await?;
    let shop = served(ask, wanted.tenant_id.needed("tenant_id")?).await?;
    let done = held::give(ask.actor()?, ask.state.db(), held.id, &shop).await;
    // A shop without a carrier cannot take a number yet.
    done.map_err(|problem| Refusal::from(problem).recode(Code::InvalidArgument, Code::FailedPrecondition))?;
    Ok(json!({ "updated": 1 }))
}

pub(super) async fn take_back(ask: &Ask<'_>) -> Outcome {
    let wanted: Move = ask.read()?;
    let held = found(ask, wanted.hotline_id).await?;
    let not_there = || Refusal::precondition("the hotline is in no tenant");
    let owner = held.owner.filter(|_| held.hotline.is_some()).ok_or_else(not_there)?;
    if wanted.owner_id.0.is_some() && !wanted.owner_id.is(owner) {
        return Err(Refusal::precondition("the hotline belongs to another owner"));
    }
    let shop = served(ask, owner.number()).await?;
    held::take_back(ask.actor()?, ask.state.db(), held.id, &shop).await?;
    Ok(json!({ "removed": 1 }))
}

pub(super) async fn remove(ask: &Ask<'_>) -> Outcome {
    let wanted: Move = ask.read()?;
    let held = found(ask, wanted.hotline_id).await?;
    held::release(ask.actor()?, ask.state.db(), held.id).await?;
    Ok(json!({ "deleted": 1 }))
}

async fn found(ask: &Ask<'_>, sent: Sent) -> Result<Held, Refusal> {
    let number = sent.needed("hotline_id")?;
    let found = held::find_by_id_number(ask.actor()?, ask.state.db(), number).await?;
    found.ok_or_else(|| Refusal::not_found("hotline"))
}

fn shown(held: &Held, country: &str) -> Value {
    json!({
        "id": value::id(held.id),
        "hotline": value::number(&held.number, country),
        "name": held.name,
        "description": held.description,
        "network": held.network,
        "is_free_charge": held.free_of_charge,
        "owner_id": value::some_id(held.owner),
        "connection_id": value::NO_ID,
        "connection_method": "direct",
        "status": if held.hotline.is_some() { "P" } else { "Z" },
        "created_at": value::time(held.created_at),
        "updated_at": value::time(held.updated_at),
    })
}

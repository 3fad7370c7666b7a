//! The hotlines of a shop.

use super::answer::{Outcome, Refusal};
use super::door::Ask;
use super::paging::{Key, Paging};
use super::tenants;
use super::value::{self, Sent};
use account::tenant::Tenant;
use model::{HotlineId, Id};
use pbx::held::{self, Held};
use pbx::hotline::{self, Hotline};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    filter: Filter,
    paging: Paging,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    owner_id: Sent,
    tenant_id: Sent,
}

pub(super) async fn list(ask: &Ask<'_>) -> Outcome {
    let wanted: Listing = ask.read()?;
    let page = wanted.paging.wanted(&["created_at"])?;
    let actor = ask.actor()?;
    let ours = |sent: Sent| sent.0.is_none_or(|number| number == actor.tenant.number());
    if !(ours(wanted.filter.owner_id) && ours(wanted.filter.tenant_id)) {
        return Ok(json!({ "hotlines": [], "paging": page.told(None, None) }));
    }
    let db = ask.state.db();
    let key = |hotline: &Hotline| Key { at: hotline.created_at, id: hotline.id.to_string() };
    let (hotlines, paging) = page.gather(key, |_| true, |walk| hotline::walk(actor, db, walk)).await?;
    let company = tenants::company(ask).await?;
    let ids: Vec<HotlineId> = hotlines.iter().map(|hotline| hotline.id).collect();
    let given = held::given_to(actor, db, &ids).await?;
    let shown: Vec<Value> = hotlines.iter().map(|hotline| shown(&company, hotline, &given)).collect();
    Ok(json!({ "hotlines": shown, "paging": paging }))
}

/// The shop's hotline with this number of its id; any other cannot be used.
pub(super) async fn usable(ask: &Ask<'_>, sent: Sent) -> Result<Hotline, Refusal> {
    let number = sent.needed("hotline_id")?;
    let found = hotline::find_by_id_number(ask.actor()?, ask.state.db(), number).await?;
    found.ok_or_else(|| Refusal::precondition("hotline does not belong to this account or is not active"))
}

fn shown(company: &Tenant, hotline: &Hotline, given: &[Held]) -> Value {
    let given = given.iter().find(|held| held.hotline == Some(hotline.id));
    json!({
        "id": value::id(hotline.id),
        "hotline": value::number(&hotline.number, &company.country),
        "name": hotline.name,
        "description": given.map_or("", |held| &held.description),
        "network": given.map_or("unknown", |held| &held.network),
        "is_free_charge": given.is_some_and(|held| held.free_of_charge),
        "owner_id": value::id(company.id),
        "connection_id": value::id(hotline.trunk),
        "connection_method": "direct",
        "status": "P",
        "created_at": value::time(hotline.created_at),
        "updated_at": value::time(hotline.updated_at),
    })
}

//! The hotlines of a shop.

use super::answer::{Outcome, Refusal};
use super::door::Ask;
use super::paging::{Key, Paging};
use super::tenants;
use super::value::{self, Sent};
use crate::lists;
use account::tenant::Tenant;
use model::Id;
use pbx::held::{self, Held};
use pbx::hotline::Hotline;
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
    let all = match ours(wanted.filter.owner_id) && ours(wanted.filter.tenant_id) {
        true => lists::hotlines(actor, ask.state).await?,
        false => Vec::new(),
    };
    let company = tenants::company(ask).await?;
    let given = held::given_to(actor, ask.state.db()).await?;
    let (hotlines, paging) = page.cut(all, |hotline| Key { at: hotline.created_at, id: hotline.id.to_string() });
    let shown: Vec<Value> = hotlines.iter().map(|hotline| shown(&company, hotline, &given)).collect();
    Ok(json!({ "hotlines": shown, "paging": paging }))
}

/// The shop's hotline with this number of its id; any other cannot be used.
pub(super) async fn usable(ask: &Ask<'_>, sent: Sent) -> Result<Hotline, Refusal> {
    let number = sent.needed("hotline_id")?;
    let all = lists::hotlines(ask.actor()?, ask.state).await?;
    let found = all.into_iter().find(|hotline| hotline.id.number() == number);
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

//! Tenants: the exchange of a shop. Each company of ours has one from its beginning, and it is active.

use super::answer::{Outcome, Refusal};
use super::door::Ask;
use super::paging::{Key, Paging};
use super::value::{self, Sent};
use crate::lists;
use account::partner;
use account::tenant::{self, Tenant};
use model::{Actor, Id, id_ending};
use serde::Deserialize;
use serde_json::{Value, json};

/// The company of the key.
pub(super) async fn company(ask: &Ask<'_>) -> Result<Tenant, Refusal> {
    let actor = ask.actor()?;
    Ok(tenant::get(actor, ask.state.db(), actor.tenant).await?)
}

/// `CreateTenant` and `GetTenant`: what is there is created no second time.
pub(super) async fn own(ask: &Ask<'_>) -> Outcome {
    let _: serde_json::Map<String, Value> = ask.read()?;
    let company = company(ask).await?;
    shown(ask, ask.actor()?, &company).await
}

/// What a SIP client needs beside an extension's number and password.
pub(super) async fn driver(ask: &Ask<'_>) -> Outcome {
    let company = company(ask).await?;
    Ok(json!({
        "sip_domain": company.domain,
        "sip_port": ask.state.sip_port,
        "wss_url": ask.state.browser_sip(),
        "transport": "wss",
        "stun": "",
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    filter: Filter,
    paging: Paging,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    #[serde(deserialize_with = "crate::loose::text")]
    name: String,
    owner_id: Sent,
}

/// The tenants of all shops that let the partner in.
pub(super) async fn of_partner(ask: &Ask<'_>) -> Outcome {
    let wanted: Listing = ask.read()?;
    let page = wanted.paging.wanted(&["created_at"])?;
    let name = wanted.filter.name.to_lowercase();
    let (actor, db) = (ask.actor()?, ask.state.db());
    let fits = |company: &Tenant| {
        company.name.to_lowercase().contains(&name)
            && wanted.filter.owner_id.0.is_none_or(|owner| owner == company.id.number())
    };
    let key = |company: &Tenant| Key { at: company.created_at, id: company.id.to_string() };
    let (companies, paging) = page.gather(key, fits, |walk| partner::companies(actor, db, walk)).await?;
    let mut tenants = Vec::with_capacity(companies.len());
    for company in &companies {
        let actor = partner::acting_for(actor, db, company.id).await?;
        tenants.push(shown(ask, &actor, company).await?);
    }
    Ok(json!({ "tenants": tenants, "paging": paging }))
}

#[derive(Deserialize)]
struct Activation {
    #[serde(default)]
    tenant_id: Sent,
    #[serde(default)]
    owner_id: Sent,
}

/// A tenant is active already: only whose it is is looked at.
pub(super) async fn activate(ask: &Ask<'_>) -> Outcome {
    let wanted: Activation = ask.read()?;
    let tenant = wanted.tenant_id.needed("tenant_id")?;
    let owner = wanted.owner_id.needed("owner_id")?;
    if tenant != owner {
        return Err(Refusal::not_found("tenant"));
    }
    served(ask, tenant).await?;
    Ok(json!({ "updated": 1 }))
}

/// The partner in the shop with this number, when the shop let it in.
pub(super) async fn served(ask: &Ask<'_>, number: u64) -> Result<Actor, Refusal> {
    let (actor, db) = (ask.actor()?, ask.state.db());
    let unknown = || Refusal::not_found("tenant");
    let ending = id_ending(number).ok_or_else(unknown)?;
    let found = partner::find_by_ending(actor, db, &ending).await?.ok_or_else(unknown)?;
    match partner::acting_for(actor, db, found).await {
        // It let the partner in once, and took that back.
        Err(problem) if problem.code == "company_unknown" => Err(unknown()),
        other => Ok(other?),
    }
}

async fn shown(ask: &Ask<'_>, actor: &Actor, company: &Tenant) -> Outcome {
    let trunk = lists::trunks(actor, ask.state).await?.first().map(|trunk| trunk.id);
    Ok(json!({
        "id": value::id(company.id),
        "name": company.name,
        "domain": company.domain,
        "owner_id": value::id(company.id),
        "connection_id": value::some_id(trunk),
        "connection_method": "direct",
        "status": "P",
        "created_at": value::time(company.created_at),
        "updated_at": value::time(company.updated_at),
    }))
}

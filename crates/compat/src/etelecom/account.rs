//! Who the key is of.

use super::answer::Outcome;
use super::door::Ask;
use super::{tenants, value};
use account::tenant::Tenant;
use serde_json::{Value, json};

pub(super) async fn current(ask: &Ask<'_>) -> Outcome {
    let company = tenants::company(ask).await?;
    if !ask.client()?.partner {
        return Ok(shown(&company, "shop"));
    }
    let mut account = shown(&company, "partner");
    let more = json!({
        "public_name": company.name,
        "email": "",
        "phone": "",
        "redirect_urls": [],
        "recognized_hosts": [],
        "website_url": "",
        "meta": {},
    });
    if let (Value::Object(account), Value::Object(more)) = (&mut account, more) {
        account.extend(more);
    }
    Ok(account)
}

pub(super) async fn shop(ask: &Ask<'_>) -> Outcome {
    Ok(shown(&tenants::company(ask).await?, "shop"))
}

fn shown(company: &Tenant, kind: &str) -> Value {
    json!({ "id": value::id(company.id), "name": company.name, "type": kind, "image_url": "", "website": "" })
}

pub(super) fn version() -> Outcome {
    Ok(json!({ "service": "alo", "version": env!("CARGO_PKG_VERSION"), "updated_at": value::NEVER, "meta": {} }))
}

//! `Shop/AuthorizeShop`: the key of a shop that has let the partner in, else where the shop is to log in.

use super::answer::{Outcome, Refusal};
use super::door::Ask;
use super::value::Sent;
use account::partner::{self, Authorization, NewRequest, REQUEST_S};
use model::{Id, TenantId, id_ending};
use serde::Deserialize;
use serde_json::json;
use url::Url;

/// The longest address and texts.
const URL_LENGTH: usize = 2_000;
const TEXT: usize = 200;

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    shop_id: Sent,
    #[serde(default, deserialize_with = "crate::loose::text")]
    email: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    phone: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    name: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    redirect_url: String,
}

pub(super) async fn shop(ask: &Ask<'_>) -> Outcome {
    let wanted: Wanted = ask.read()?;
    let redirect_url = address(&wanted.redirect_url)?;
    let Wanted { email, phone, name, .. } = wanted;
    let company = match wanted.shop_id.0 {
        Some(number) => Some(known(ask, number).await?),
        None => {
            for (field, text) in [("email", &email), ("phone", &phone), ("name", &name)] {
                if text.is_empty() || text.chars().count() > TEXT {
                    return Err(Refusal::invalid(format!("{field}: send 1 to {TEXT} characters")));
                }
            }
            None
        }
    };
    let new = NewRequest { company, redirect_url, email, phone, name };
    Ok(match partner::authorize(ask.actor()?, ask.state.db(), new).await.map_err(unknown)? {
        Authorization::Granted(secret) => {
            json!({ "code": "ok", "msg": "", "type": "shop_key", "auth_token": secret, "expires_in": -1 })
        }
        Authorization::Asked(token) => json!({
            "code": "ok",
            "msg": "",
            "type": "shop_request",
            "auth_token": token,
            "expires_in": REQUEST_S,
            "auth_url": format!("{}/login?token={token}", ask.base),
        }),
    })
}

/// The company with this number, when it ever let the partner in.
async fn known(ask: &Ask<'_>, number: u64) -> Result<TenantId, Refusal> {
    let never = || denied("the shop has never logged in through this partner; leave shop_id out");
    let ending = id_ending(number).ok_or_else(never)?;
    let found = partner::find_by_ending(ask.actor()?, ask.state.db(), &ending).await?;
    found.filter(|id| id.number() == number).ok_or_else(never)
}

fn unknown(problem: model::Problem) -> Refusal {
    match problem.code {
        "company_unknown" => denied(&problem.message),
        _ => problem.into(),
    }
}

fn denied(message: &str) -> Refusal {
    Refusal::denied("shop_not_connected", message)
}

/// Where the browser is sent: a web address without a login in it.
fn address(text: &str) -> Result<String, Refusal> {
    let wrong = || Refusal::invalid("redirect_url: send a web address, such as https://example.com/redirect");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let web = matches!(url.scheme(), "https" | "http") && url.has_host();
    (plain && web && text.len() <= URL_LENGTH).then(|| url.into()).ok_or_else(wrong)
}

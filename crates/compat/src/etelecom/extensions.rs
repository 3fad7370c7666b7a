//! The extensions of a shop: made on a hotline, given to people, with what their phones register by.

use super::answer::{Code, Outcome, Refusal};
use super::door::Ask;
use super::hotlines::usable;
use super::paging::{Key, Paging};
use super::value::{self, NEVER, Sent};
use super::{tenants, users};
use account::tenant::Tenant;
use model::ExtensionId;
use pbx::extension::{self, Extension, ExtensionPatch, NewExtension};
use pbx::{held, hotline};
use serde::Deserialize;
use serde_json::{Value, json};

/// The most extensions that a filter may name.
const MOST_NAMED: usize = 200;

#[derive(Deserialize)]
struct New {
    #[serde(default)]
    hotline_id: Sent,
    #[serde(default, deserialize_with = "crate::loose::text")]
    extension_number: String,
    #[serde(default)]
    user_id: Sent,
}

pub(super) async fn create(ask: &Ask<'_>) -> Outcome {
    let wanted: New = ask.read()?;
    if wanted.extension_number.is_empty() {
        return Err(Refusal::invalid("extension_number: this field is needed"));
    }
    let (actor, db) = (ask.actor()?, ask.state.db());
    let hotline = usable(ask, wanted.hotline_id).await?;
    let user = match wanted.user_id.0 {
        Some(number) => Some(users::found(ask, number).await?),
        None => None,
    };
    if let Some(user) = &user
        && extension::find_by_user(actor, db, user.id).await?.is_some()
    {
        return Err(Refusal::precondition("this user has an extension already"));
    }
    let name = user.as_ref().map(|user| user.name.clone()).filter(|name| !name.is_empty());
    let new = NewExtension { hotline: Some(hotline.id), name, ..NewExtension::number(wanted.extension_number) };
    let created = extension::create(actor, db, new).await.map_err(in_their_words)?;
    let mut made = created.extension;
    if let Some(user) = user {
        let patch = ExtensionPatch { user: Some(Some(user.id)), ..ExtensionPatch::default() };
        match extension::update(actor, db, made.id, patch).await {
            Ok(changed) => made = changed,
            // Somebody was faster: the extension is not made by half.
            Err(problem) => {
                extension::delete(actor, db, made.id).await?;
                return Err(in_their_words(problem));
            }
        }
    }
    held::join(actor, db, hotline.id, made.id).await?;
    Ok(shown(&tenants::company(ask).await?, &made, &created.password))
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
    hotline_id: Sent,
    extension_numbers: Vec<Number>,
}

/// The number of an extension, as text or number.
#[derive(Deserialize)]
struct Number(#[serde(deserialize_with = "crate::loose::text")] String);

pub(super) async fn list(ask: &Ask<'_>) -> Outcome {
    let wanted: Listing = ask.read()?;
    let page = wanted.paging.wanted(&["created_at"])?;
    let (actor, db) = (ask.actor()?, ask.state.db());
    let numbers: Vec<String> = wanted.filter.extension_numbers.into_iter().map(|Number(number)| number).collect();
    if numbers.len() > MOST_NAMED {
        return Err(Refusal::invalid(format!("filter.extension_numbers: name at most {MOST_NAMED}")));
    }
    let hotline = match wanted.filter.hotline_id.0 {
        Some(number) => match hotline::find_by_id_number(actor, db, number).await? {
            Some(found) => Some(found.id),
            None => return Ok(json!({ "extensions": [], "paging": page.told(None, None) })),
        },
        None => None,
    };
    let key = |one: &Extension| Key { at: one.created_at, id: one.id.to_string() };
    let read = |walk| extension::walk(actor, db, hotline, &numbers, walk);
    let (extensions, paging) = page.gather(key, |_| true, read).await?;
    let company = tenants::company(ask).await?;
    let ids: Vec<ExtensionId> = extensions.iter().map(|one| one.id).collect();
    let passwords = extension::passwords(actor, db, &ids).await?;
    let password = |id: &ExtensionId| passwords.get(id).map_or("", String::as_str);
    let rows: Vec<Value> = extensions.iter().map(|one| shown(&company, one, password(&one.id))).collect();
    Ok(json!({ "extensions": rows, "paging": paging }))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default, deserialize_with = "crate::loose::text")]
    email: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    phone: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    extension_number: String,
}

/// What a phone registers by, of the extension with this number or of this person.
pub(super) async fn info(ask: &Ask<'_>) -> Outcome {
    let Search { email, phone, extension_number } = ask.read()?;
    let (actor, db) = (ask.actor()?, ask.state.db());
    let found = match [&email, &phone, &extension_number].map(|text| !text.is_empty()) {
        [false, false, true] => extension::find_by_number(actor, db, &extension_number).await?,
        [true, false, false] | [false, true, false] => match users::find(ask, &email, &phone).await? {
            Some(user) => extension::find_by_user(actor, db, user.id).await?,
            None => None,
        },
        _ => return Err(Refusal::invalid("send one of email, phone and extension_number")),
    };
    let found = found.ok_or_else(|| Refusal::not_found("extension"))?;
    Ok(json!({
        "extension_number": found.number,
        "extension_password": extension::password(actor, db, found.id).await?,
        "tenant_domain": tenants::company(ask).await?.domain,
        "expires_at": NEVER,
    }))
}

/// An extension, and what becomes of it.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    extension_id: Sent,
    #[serde(default)]
    user_id: Sent,
    #[serde(default)]
    hotline_id: Sent,
}

pub(super) async fn assign(ask: &Ask<'_>) -> Outcome {
    let wanted: Change = ask.read()?;
    let user = wanted.user_id.needed("user_id")?;
    let extension = found(ask, wanted.extension_id).await?;
    let user = users::found(ask, user).await?;
    if extension.user.is_some() {
        return Err(Refusal::invalid("the extension belongs to a user already"));
    }
    let patch = ExtensionPatch { user: Some(Some(user.id)), ..ExtensionPatch::default() };
    let done = changed(ask, &extension, patch).await;
    done.map_err(|refusal| refusal.recode(Code::AlreadyExists, Code::InvalidArgument))
}

pub(super) async fn release(ask: &Ask<'_>) -> Outcome {
    let wanted: Change = ask.read()?;
    let user = wanted.user_id.needed("user_id")?;
    let extension = found(ask, wanted.extension_id).await?;
    let user = users::found(ask, user).await?;
    if extension.user != Some(user.id) {
        return Err(Refusal::invalid("the extension does not belong to this user"));
    }
    changed(ask, &extension, ExtensionPatch { user: Some(None), ..ExtensionPatch::default() }).await
}

pub(super) async fn change_hotline(ask: &Ask<'_>) -> Outcome {
    let wanted: Change = ask.read()?;
    let extension = found(ask, wanted.extension_id).await?;
    let hotline = usable(ask, wanted.hotline_id).await?;
    changed(ask, &extension, ExtensionPatch { hotline: Some(Some(hotline.id)), ..ExtensionPatch::default() }).await
}

async fn changed(ask: &Ask<'_>, extension: &Extension, patch: ExtensionPatch) -> Outcome {
    extension::update(ask.actor()?, ask.state.db(), extension.id, patch).await?;
    Ok(json!({ "updated": 1 }))
}

async fn found(ask: &Ask<'_>, sent: Sent) -> Result<Extension, Refusal> {
    let number = sent.needed("extension_id")?;
    let found = extension::find_by_id_number(ask.actor()?, ask.state.db(), number).await?;
    found.ok_or_else(|| Refusal::not_found("extension"))
}

/// What is taken is a failed precondition here, and the number has another name.
fn in_their_words(mut problem: model::Problem) -> Refusal {
    for field in problem.fields.iter_mut().filter(|field| field.name == "number") {
        field.name = "extension_number".to_owned();
    }
    Refusal::from(problem).recode(Code::AlreadyExists, Code::FailedPrecondition)
}

/// An extension in the vendor's words. It never ends by itself, and no subscription pays for it.
pub(super) fn shown(company: &Tenant, extension: &Extension, password: &str) -> Value {
    json!({
        "id": value::id(extension.id),
        "user_id": value::some_id(extension.user),
        "account_id": value::id(company.id),
        "extension_number": extension.number,
        "extension_password": password,
        "tenant_id": value::id(company.id),
        "tenant_domain": company.domain,
        "hotline_id": value::some_id(extension.hotline),
        "created_at": value::time(extension.created_at),
        "updated_at": value::time(extension.updated_at),
        "expires_at": NEVER,
        "subscription_id": value::NO_ID,
        "state": if extension.enabled { "P" } else { "N" },
    })
}

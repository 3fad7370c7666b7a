//! `agent` and `tenant`: the people of a company and the company itself.

use super::answer::{Outcome, Paging, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, Pairs, needed};
use super::{phones, words};
use crate::State;
use account::external;
use account::user::{self, NewUser, User, UserPatch};
use axum::extract::{RawQuery, State as Shared};
use axum::routing::{MethodRouter, delete as delete_at, get, post};
use model::{Actor, Permission, Role};
use pbx::extension::{self, Extension, ExtensionPatch, NewExtension};
use rest::{Failure, Query};
use serde::Deserialize;
use serde_json::{Value, json};

/// The vendor's roles, and ours that allow as much.
const ROLES: [(&str, Role); 5] = [
    ("Sale", Role::Agent),
    ("Kế toán", Role::Agent),
    ("Trưởng nhóm sale", Role::Manager),
    ("Trưởng phòng Kinh Doanh", Role::Manager),
    ("Giám đốc", Role::Manager),
];
/// The numbers that new agents' phones are given.
const PHONES: std::ops::RangeInclusive<u32> = 101..=9_999;

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 8] {
    [
        ("/api/tenant/detail", get(company)),
        ("/api/agent/list", get(list)),
        ("/api/v3/agent/search", get(search)),
        ("/api/v2/agent/get-by-email", get(by_email)),
        ("/api/agent/invite", post(invite)),
        // There are no packages to choose here.
        ("/api/agent/invite_with_package_v2", post(invite)),
        ("/api/agent/role/update", post(change_role)),
        // One client asks for it with GET.
        ("/api/agent/delete", delete_at(delete).get(delete)),
    ]
}

#[derive(Deserialize)]
struct Email {
    email: Option<String>,
}

#[derive(Deserialize)]
struct Identified {
    identify_info: Option<String>,
}

#[derive(Deserialize)]
struct Invited {
    identify_info: Option<String>,
    full_name: Option<String>,
    role_name: Option<String>,
    password: Option<String>,
    /// What the client's own system calls the person.
    #[serde(default, deserialize_with = "crate::loose::text")]
    uuid: String,
}

async fn company(Shared(state): Shared<State>, Client(actor): Client) -> Outcome {
    let tenant = account::tenant::get(&actor, state.db(), actor.tenant).await?;
    let hotlines = input::hotlines(&actor, &state).await?;
    let numbers = hotlines.iter().map(|hotline| {
        json!({
            "number": words::number(&hotline.number),
            "provider": null,
            "expire_date": null,
            "status": "active",
        })
    });
    Ok(Payload(json!({
        "full_name": tenant.name,
        "email": null,
        "description": null,
        "enabled": true,
        "domain": tenant.domain,
        "domain_fusion": tenant.domain,
        "domain_expire": null,
        "effective_date": tenant.created_at,
        "expire_date": null,
        "phone": null,
        "status": "activated",
        "paid_type": "postpaid",
        "nation": tenant.country,
        "currency": "VND",
        "language": "vi",
        "balance": 0,
        "public_numbers": numbers.collect::<Vec<_>>(),
        "service_package": null,
    })))
}

async fn list(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<Listing>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let fits = |user: &User, phone: Option<&Extension>| {
        [user.name.as_str(), &user.login]
            .into_iter()
            .chain(phone.map(|phone| phone.number.as_str()))
            .any(|text| wanted.fits(text))
    };
    shown(&state, &actor, wanted.paging(50), fits).await
}

/// The newer form, with lists of what is looked for in the query.
async fn search(Shared(state): Shared<State>, Client(actor): Client, RawQuery(query): RawQuery) -> Outcome {
    let pairs = Pairs::read(query.as_deref());
    let emails: Vec<String> = pairs.all(&["filter.emails"]).iter().map(|email| email.to_lowercase()).collect();
    let (phones, extensions) = (pairs.all(&["filter.phones"]), pairs.all(&["filter.extensions"]));
    let fits = |user: &User, phone: Option<&Extension>| {
        let email = emails.is_empty() || emails.iter().any(|email| is_of(user, email));
        let phone = phone.map_or("", |phone| phone.number.as_str());
        let named = extensions.iter().chain(&phones).any(|number| number == phone);
        email && (named || (extensions.is_empty() && phones.is_empty()))
    };
    shown(&state, &actor, Paging::of(pairs.count("page"), pairs.count("size"), 50), fits).await
}

fn is_of(user: &User, email: &str) -> bool {
    user.login == email || user.email.as_deref() == Some(email)
}

async fn shown(
    state: &State,
    actor: &Actor,
    paging: Paging,
    fits: impl Fn(&User, Option<&Extension>) -> bool,
) -> Outcome {
    let users = input::users(actor, state).await?;
    let extensions = input::extensions(actor, state).await?;
    let phone = |user: &User| extensions.iter().find(|extension| extension.user == Some(user.id));
    let found: Vec<&User> = users.iter().filter(|user| fits(user, phone(user))).collect();
    let items = paging.cut(&found).map(|user| item(user)).collect();
    Ok(page(items, paging, found.len() as u64))
}

async fn by_email(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Email>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let email = needed(wanted.email, "email_is_required")?.to_lowercase();
    let user = find(&actor, &state, &email).await?.ok_or(Refusal::Word("email_invalid"))?;
    let phone = extension::find_by_user(&actor, state.db(), user.id).await?;
    let account = match &phone {
        Some(phone) => {
            let password = extension::password(&actor, state.db(), phone.id).await?;
            json!({ "sip_user": phone.number, "sip_password": password })
        }
        None => Value::Null,
    };
    Ok(Payload(json!({
        "id": words::object_id(user.id),
        "contact_id": words::object_id(user.id),
        "email": user.address().unwrap_or(&user.login),
        "phone": null,
        "full_name": user.name,
        "pbx_account": account,
    })))
}

/// Makes a person, and a phone for the person under the first free number.
async fn invite(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Invited>) -> Outcome {
    actor.require(Permission::ManageUsers)?;
    let login = wanted.identify_info.unwrap_or_default().trim().to_lowercase();
    let is_address = login.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !is_address {
        return Err(Refusal::Word("identify_info_invalid"));
    }
    let full_name = needed(wanted.full_name, "full_name_is_required")?;
    let role = wanted.role_name.unwrap_or_else(|| "Sale".to_owned());
    let role = ROLES.iter().find(|(word, _)| *word == role).ok_or(Refusal::Word("role_is_required"))?.1;
    if wanted.password.as_deref().is_some_and(|password| !is_strong(password)) {
        return Err(Refusal::Word("password_invalid"));
    }
    if find(&actor, &state, &login).await?.is_some() {
        return Err(Refusal::Word("agent_exists"));
    }
    if !wanted.uuid.is_empty() && external::find(&actor, state.db(), &wanted.uuid).await?.is_some() {
        return Err(Refusal::Word("agent_uuid_exists"));
    }
    let new = NewUser { login, name: full_name, email: None, role, password: wanted.password };
    let user = user::create(&actor, state.db(), new).await.map_err(|problem| {
        let at = |name: &str| problem.fields.iter().any(|field| field.name == name);
        match problem.code {
            "login_taken" => Refusal::Word("agent_exists"),
            _ if at("password") => Refusal::Told("password_invalid", problem.message),
            _ if at("login") => Refusal::Told("identify_info_invalid", problem.message),
            _ if at("name") => Refusal::Told("invite_error", problem.message),
            _ => problem.into(),
        }
    })?;
    external::set(&actor, state.db(), user.id, &wanted.uuid).await?;
    let phone = phone_for(&state, &actor, &user).await?;
    Ok(Payload(json!({
        "agent": { "full_name": user.name, "email": user.login },
        "pbx_account": phones::row(&state, &actor, phone.id).await?,
    })))
}

/// A new role for somebody. The vendor's roles have ids that its pages do not show: its names for them are taken for both.
#[derive(Deserialize)]
struct NewRole {
    #[serde(alias = "email")]
    identify_info: Option<String>,
    #[serde(alias = "role_name")]
    role_id: Option<String>,
}

async fn change_role(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<NewRole>) -> Outcome {
    actor.require(Permission::ManageUsers)?;
    let login = needed(wanted.identify_info, "identify_info_is_required")?.to_lowercase();
    let role = needed(wanted.role_id, "role_is_required")?;
    let role = ROLES.iter().find(|(word, _)| *word == role).ok_or(Refusal::Word("role_id_invalid"))?.1;
    let user = find(&actor, &state, &login).await?.ok_or(Refusal::Word("identify_info_invalid"))?;
    user::update(&actor, state.db(), user.id, UserPatch { role: Some(role), ..UserPatch::default() }).await?;
    Ok(Payload(json!(true)))
}

/// At least eight signs, of all four kinds.
fn is_strong(password: &str) -> bool {
    let has = |kind: fn(char) -> bool| password.chars().any(kind);
    password.chars().count() >= 8
        && has(char::is_uppercase)
        && has(char::is_lowercase)
        && has(|c| c.is_ascii_digit())
        && has(|c| !c.is_alphanumeric())
}

async fn phone_for(state: &State, actor: &Actor, user: &User) -> Result<Extension, Refusal> {
    let taken: Vec<String> = input::extensions(actor, state).await?.into_iter().map(|phone| phone.number).collect();
    let free = PHONES.map(|number| number.to_string()).find(|number| !taken.contains(number));
    let number = free.ok_or(Refusal::Word("limit_agent"))?;
    let new = NewExtension { name: Some(user.name.clone()), ..NewExtension::number(number) };
    let made = extension::create(actor, state.db(), new).await?.extension;
    let patch = ExtensionPatch { user: Some(Some(user.id)), ..ExtensionPatch::default() };
    Ok(extension::update(actor, state.db(), made.id, patch).await?)
}

/// The person can come in no more, and the phone is free for another.
async fn delete(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Identified>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    actor.require(Permission::ManageUsers)?;
    let login = needed(wanted.identify_info, "identify_info_is_required")?.to_lowercase();
    let user = find(&actor, &state, &login).await?.filter(|user| user.enabled);
    let user = user.ok_or(Refusal::Word("identify_info_invalid"))?;
    user::update(&actor, state.db(), user.id, UserPatch { enabled: Some(false), ..UserPatch::default() }).await?;
    external::set(&actor, state.db(), user.id, "").await?;
    if let Some(phone) = extension::find_by_user(&actor, state.db(), user.id).await? {
        let patch = ExtensionPatch { user: Some(None), enabled: Some(false), ..ExtensionPatch::default() };
        extension::update(&actor, state.db(), phone.id, patch).await?;
    }
    Ok(Payload(json!(true)))
}

/// The person with this login or address.
pub(super) async fn find(actor: &Actor, state: &State, email: &str) -> Result<Option<User>, Refusal> {
    Ok(input::users(actor, state).await?.into_iter().find(|user| is_of(user, email)))
}

fn item(user: &User) -> Value {
    let value = |field: &str, kind: &str, value: Value| json!({ "identify": null, "field_code": field, "field_type": kind, "value": [value] });
    let personal =
        |text: Option<&str>| json!({ "display_value": text, "data_type": "personal", "value_type": "Cá nhân" });
    let name = json!({ "display_value": user.name, "data_type": "single_text", "value_type": null });
    // Neither a gender nor a number of their own is known of people here; clients look for the fields.
    let unknown = json!({ "display_value": null, "data_type": null, "value_type": null });
    json!({
        "_id": words::object_id(user.id),
        "create_by": { "name": null },
        "last_update_by": { "name": null },
        "created_date": user.created_at,
        "last_updated_date": user.updated_at,
        "public_id": words::object_id(user.id),
        "contact_type": "agent",
        "tags_view": [],
        "is_deleted": false,
        "tags": [],
        "is_active": user.enabled,
        "identify_info": user.login,
        "attribute_structure": [
            value("full_name", "single_text", name),
            value("mail", "email", personal(Some(user.address().unwrap_or_default()))),
            value("gender", "radio", unknown),
            value("phone_number", "phone", personal(None)),
        ],
    })
}

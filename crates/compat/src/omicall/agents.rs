//! `agent` and `tenant`: the people of a company and the company itself.

use super::answer::{Outcome, Paging, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, needed};
use super::{phones, words};
use crate::State;
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

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 6] {
    [
        ("/api/tenant/detail", get(company)),
        ("/api/agent/list", get(list)),
        ("/api/v3/agent/search", get(search)),
        ("/api/v2/agent/get-by-email", get(by_email)),
        ("/api/agent/invite", post(invite)),
        // One client asks for it with GET.
        ("/api/agent/delete", delete_at(delete).get(delete)),
    ]
}

#[derive(Deserialize)]
struct Listing {
    keyword: Option<String>,
    page: Option<u32>,
    size: Option<u32>,
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
    let keyword = words::unsigned(wanted.keyword.as_deref().unwrap_or_default()).to_lowercase();
    let fits = |user: &User, phone: Option<&Extension>| {
        let texts = [words::unsigned(&user.name).to_lowercase(), user.login.clone()];
        let number = phone.map(|phone| phone.number.clone());
        texts.into_iter().chain(number).any(|text| text.contains(&keyword))
    };
    shown(&state, &actor, Paging::of(wanted.page, wanted.size, 50), fits).await
}

/// The newer form, with lists of what is looked for in the query.
async fn search(Shared(state): Shared<State>, Client(actor): Client, RawQuery(query): RawQuery) -> Outcome {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let all = |name: &str| -> Vec<&str> {
        let fits = |key: &str| key == name || key.strip_suffix("[]") == Some(name) || numbered(key, name);
        pairs.iter().filter(|(key, _)| fits(key)).flat_map(|(_, value)| value.split(',')).collect()
    };
    let number = |name: &str| all(name).first().and_then(|text| text.parse().ok());
    let emails: Vec<String> = all("filter.emails").iter().map(|email| email.to_lowercase()).collect();
    let (phones, extensions) = (all("filter.phones"), all("filter.extensions"));
    let fits = |user: &User, phone: Option<&Extension>| {
        let email = emails.is_empty() || emails.iter().any(|email| is_of(user, email));
        let phone = phone.map_or("", |phone| phone.number.as_str());
        email && extensions.iter().chain(&phones).all(|_| [&extensions, &phones].iter().any(|all| all.contains(&phone)))
    };
    shown(&state, &actor, Paging::of(number("page"), number("size"), 50), fits).await
}

/// `filter.emails[0]`.
fn numbered(key: &str, name: &str) -> bool {
    let index = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('[')).and_then(|rest| rest.strip_suffix(']'));
    index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
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
    let from = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let items = found.iter().skip(from).take(paging.size as usize).map(|user| item(user)).collect();
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
    let new = NewUser { login, name: full_name, email: None, role, password: wanted.password };
    let user = user::create(&actor, state.db(), new).await.map_err(|problem| {
        let at = |name: &str| problem.fields.iter().any(|field| field.name == name);
        match problem.code {
            "login_taken" => Refusal::Word("agent_exists"),
            _ if at("password") => Refusal::Told("password_invalid", problem.message),
            _ if at("login") => Refusal::Told("identify_info_invalid", problem.message),
            _ if at("name") => Refusal::Told("full_name_is_required", problem.message),
            _ => problem.into(),
        }
    })?;
    let phone = phone_for(&state, &actor, &user).await?;
    Ok(Payload(json!({
        "agent": { "full_name": user.name, "email": user.login },
        "pbx_account": phones::row(&state, &actor, phone.id).await?,
    })))
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
    if let Some(phone) = extension::find_by_user(&actor, state.db(), user.id).await? {
        let patch = ExtensionPatch { user: Some(None), enabled: Some(false), ..ExtensionPatch::default() };
        extension::update(&actor, state.db(), phone.id, patch).await?;
    }
    Ok(Payload(json!(true)))
}

async fn find(actor: &Actor, state: &State, email: &str) -> Result<Option<User>, Refusal> {
    Ok(input::users(actor, state).await?.into_iter().find(|user| is_of(user, email)))
}

fn item(user: &User) -> Value {
    let field = |code: &str, kind: &str, value: &str, data: &str| {
        let value = json!([{ "display_value": value, "data_type": data, "value_type": null }]);
        json!({ "identify": null, "field_code": code, "field_type": kind, "value": value })
    };
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
            field("full_name", "single_text", &user.name, "single_text"),
            field("mail", "email", user.address().unwrap_or_default(), "email"),
        ],
    })
}

//! The people of a shop. A person's telephone number is what the person logs in with, when that is a number.

use super::answer::{Outcome, Refusal};
use super::door::Ask;
use super::paging::{Key, Paging};
use super::tenants;
use super::value::{self, Sent};
use crate::lists;
use account::user::{self, NewUser, User, UserPatch};
use model::{Actor, DepartmentId, Id, PageRequest, Permission, PhoneNumber, Role, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Walk;

#[derive(Deserialize)]
struct New {
    #[serde(default, deserialize_with = "crate::loose::text")]
    full_name: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    phone: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    email: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    password: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    department_id: Sent,
}

pub(super) async fn create(ask: &Ask<'_>) -> Outcome {
    let new: New = ask.read()?;
    for (field, text) in [("full_name", &new.full_name), ("phone", &new.phone)] {
        if text.is_empty() {
            return Err(Refusal::invalid(format!("{field}: this field is needed")));
        }
    }
    let department = match new.department_id.0 {
        Some(number) => Some(department(ask, number).await?),
        None => None,
    };
    let country = tenants::company(ask).await?.country;
    let login = login_of(&new.phone, &country).ok_or_else(|| Refusal::invalid("phone: send a telephone number"))?;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let new = NewUser {
        login,
        name: new.full_name,
        email: some(new.email),
        role: role(&new.roles)?,
        password: some(new.password),
    };
    let (actor, db) = (ask.actor()?, ask.state.db());
    let mut made = user::create(actor, db, new).await.map_err(in_their_words)?;
    if let Some(department) = department {
        let patch = UserPatch { department: Some(Some(department.to_string())), ..UserPatch::default() };
        made = user::update(actor, db, made.id, patch).await?;
    }
    Ok(shown(ask.actor()?, &made, &country))
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
    #[serde(deserialize_with = "crate::loose::text")]
    phone: String,
    department_id: Sent,
    user_ids: Vec<Sent>,
}

pub(super) async fn list(ask: &Ask<'_>) -> Outcome {
    let wanted: Listing = ask.read()?;
    let page = wanted.paging.wanted(&["created_at"])?;
    let country = tenants::company(ask).await?.country;
    let (actor, filter) = (ask.actor()?, wanted.filter);
    let name = filter.name.to_lowercase();
    let login = match filter.phone.as_str() {
        "" => None,
        phone => Some(login_of(phone, &country).unwrap_or_default()),
    };
    if login.as_deref() == Some("") {
        return Ok(json!({ "account_users": [], "paging": page.told(None, None) }));
    }
    let fits = |user: &User| {
        user.name.to_lowercase().contains(&name)
            && (filter.department_id.0.is_none() || user.department.is_some_and(|id| filter.department_id.is(id)))
            && (filter.user_ids.is_empty() || filter.user_ids.iter().any(|id| id.is(user.id)))
    };
    let key = |user: &User| Key { at: user.created_at, id: user.id.to_string() };
    let read = |walk| user::walk(actor, ask.state.db(), login.as_deref(), walk);
    let (users, paging) = page.gather(key, fits, read).await?;
    let shown: Vec<Value> = users.iter().map(|user| shown(actor, user, &country)).collect();
    Ok(json!({ "account_users": shown, "paging": paging }))
}

/// The department of the shop with this number of its id; a company has few.
pub(super) async fn department(ask: &Ask<'_>, number: u64) -> Result<DepartmentId, Refusal> {
    let all = lists::departments(ask.actor()?, ask.state).await?;
    let found = all.into_iter().map(|department| department.id).find(|id| id.number() == number);
    found.ok_or_else(|| Refusal::not_found("department"))
}

/// The people of a department.
pub(super) async fn of_department(ask: &Ask<'_>, department: DepartmentId) -> Result<Vec<UserId>, Refusal> {
    let (mut found, mut from) = (Vec::new(), None);
    loop {
        let walk = Walk { from, upward: true, limit: PageRequest::MAX };
        let (users, more) = user::walk(ask.actor()?, ask.state.db(), None, walk).await?;
        from = users.last().map(|last| (last.created_at, last.id.to_string()));
        found.extend(users.iter().filter(|user| user.department == Some(department)).map(|user| user.id));
        if !more {
            return Ok(found);
        }
    }
}

/// The person of the shop with this number of the id.
pub(super) async fn found(ask: &Ask<'_>, number: u64) -> Result<User, Refusal> {
    let found = user::find_by_id_number(ask.actor()?, ask.state.db(), number).await?;
    found.ok_or_else(|| Refusal::not_found("user"))
}

/// The person with this address or telephone number.
pub(super) async fn find(ask: &Ask<'_>, email: &str, phone: &str) -> Result<Option<User>, Refusal> {
    let country = tenants::company(ask).await?.country;
    let phone = login_of(phone, &country).unwrap_or_default();
    Ok(user::find_reached(ask.actor()?, ask.state.db(), &phone, &email.to_lowercase()).await?)
}

/// What somebody with this telephone number logs in with: the number in the form of its country.
fn login_of(phone: &str, country: &str) -> Option<String> {
    Some(PhoneNumber::parse(phone, country)?.national(country))
}

/// The highest of the roles that are named; a user when none is.
fn role(words: &[String]) -> Result<Role, Refusal> {
    let strange = || Refusal::invalid("roles: send owner, manager or user");
    let role = |word: &String| parse_role(word).ok_or_else(strange);
    // Roles stand in the order of their rights, the highest first.
    Ok(words.iter().map(role).collect::<Result<Vec<Role>, Refusal>>()?.into_iter().min().unwrap_or(Role::Agent))
}

/// The role with this name.
pub(crate) fn parse_role(word: &str) -> Option<Role> {
    match word {
        "owner" => Some(Role::Owner),
        "manager" | "admin" => Some(Role::Manager),
        "user" => Some(Role::Agent),
        _ => None,
    }
}

/// The vendor's name of a role.
fn role_word(role: Role) -> &'static str {
    match role {
        Role::Operator | Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Agent => "user",
    }
}

/// The wrong fields under the names they were sent by.
fn in_their_words(mut problem: model::Problem) -> Refusal {
    for field in &mut problem.fields {
        match field.name.as_str() {
            "login" => field.name = "phone".to_owned(),
            "name" => field.name = "full_name".to_owned(),
            _ => {}
        }
    }
    problem.into()
}

fn shown(actor: &Actor, user: &User, country: &str) -> Value {
    let phone = login_of(&user.login, country).filter(|phone| *phone == user.login);
    let rights = Permission::ALL.into_iter().filter(|right| user.role.may(*right)).map(Permission::as_str);
    json!({
        "user_id": value::id(user.id),
        "account_id": value::id(actor.tenant),
        "department_id": value::some_id(user.department),
        "roles": [role_word(user.role)],
        "permissions": rights.collect::<Vec<&str>>(),
        "full_name": user.name,
        "short_name": user.name.split_whitespace().last().unwrap_or_default(),
        "email": user.address().unwrap_or_default(),
        "phone": phone.unwrap_or_default(),
        "position": "",
        "deleted": !user.enabled,
    })
}

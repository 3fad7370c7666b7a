//! The sections of a text, and how their things are read and written by the features they belong to.

use account::department::{self, DepartmentPatch, NewDepartment};
use account::user::{self, NewUser, UserPatch};
use model::{Actor, Problem};
use pbx::manifest::{self, Fields, Present};
use serde::Serialize;
use serde_json::Value;
use store::Tx;

/// A section: a kind of thing. The order is that in which things are made, so that each finds what it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// How people are grouped.
    Departments,
    /// People who log in.
    Users,
    /// Numbers inside.
    Extensions,
    /// When it is open.
    Schedules,
    /// Extensions that ring together.
    Groups,
    /// Callers who wait.
    Queues,
    /// What callers hear and press.
    Flows,
    /// Public numbers.
    Hotlines,
}

/// Who changes things, and what they are called.
pub(crate) struct Hand<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) name: String,
}

impl Section {
    /// All sections in order.
    pub const ALL: [Section; 8] = [
        Section::Departments,
        Section::Users,
        Section::Extensions,
        Section::Schedules,
        Section::Groups,
        Section::Queues,
        Section::Flows,
        Section::Hotlines,
    ];

    /// Its name in a text.
    pub const fn word(self) -> &'static str {
        match self {
            Section::Departments => "departments",
            Section::Users => "users",
            Section::Extensions => "extensions",
            Section::Schedules => "schedules",
            Section::Groups => "ring_groups",
            Section::Queues => "queues",
            Section::Flows => "flows",
            Section::Hotlines => "hotlines",
        }
    }

    /// What a reference to one of its things begins with: `group/Sales`.
    pub const fn kind(self) -> &'static str {
        match self {
            Section::Departments => "department",
            Section::Users => "user",
            Section::Extensions => "extension",
            Section::Schedules => "schedule",
            Section::Groups => "group",
            Section::Queues => "queue",
            Section::Flows => "flow",
            Section::Hotlines => "hotline",
        }
    }

    /// The field by which a thing is known.
    pub const fn key(self) -> &'static str {
        match self {
            Section::Users => "login",
            Section::Extensions | Section::Hotlines => "number",
            Section::Departments | Section::Schedules | Section::Groups | Section::Queues | Section::Flows => "name",
        }
    }

    fn exchange(self) -> Option<manifest::Section> {
        Some(match self {
            Section::Departments | Section::Users => return None,
            Section::Extensions => manifest::Section::Extensions,
            Section::Schedules => manifest::Section::Schedules,
            Section::Groups => manifest::Section::Groups,
            Section::Queues => manifest::Section::Queues,
            Section::Flows => manifest::Section::Flows,
            Section::Hotlines => manifest::Section::Hotlines,
        })
    }

    /// The fields that a thing can be made with.
    pub(crate) fn first_fields(self) -> &'static [&'static str] {
        match self.exchange() {
            Some(section) => manifest::first_fields(section),
            None if self == Section::Users => &["login", "name", "email", "role"],
            None => &["name", "description"],
        }
    }

    /// The name that a text's word for a thing stands for.
    pub(crate) async fn settle_key(self, tx: &mut Tx, text: &str) -> Result<String, Problem> {
        match self.exchange() {
            Some(section) => manifest::key(tx, section, text).await,
            None if self == Section::Users => Ok(text.trim().to_lowercase()),
            None => Ok(text.trim().to_owned()),
        }
    }

    /// All its things.
    pub(crate) async fn present(self, tx: &mut Tx, actor: &Actor) -> Result<Vec<Present>, Problem> {
        match self.exchange() {
            Some(section) => manifest::present(tx, section).await,
            None if self == Section::Users => {
                let all = user::all_within(tx, actor).await?.into_iter();
                all.map(|one| shown(&one.login.clone(), &one.id.to_string(), &one, USER)).collect()
            }
            None => {
                let all = department::all_within(tx, actor).await?.into_iter();
                all.map(|one| shown(&one.name.clone(), &one.id.to_string(), &one, DEPARTMENT)).collect()
            }
        }
    }

    /// The fields of a thing with some of them changed, written as [`Section::present`] writes them.
    pub(crate) fn settled(self, present: &Present, changed: &Fields) -> Result<Fields, Problem> {
        match self.exchange() {
            Some(section) => manifest::settled(section, present, changed),
            None => {
                let known = if self == Section::Users { USER } else { DEPARTMENT };
                if let Some(strange) = changed.keys().find(|name| !known.contains(&name.as_str())) {
                    let mend = format!("There is no such field (expected one of {}).", known.join(", "));
                    return Err(Problem::invalid(strange, mend));
                }
                let mut merged = present.fields.clone();
                merged.extend(changed.iter().map(|(name, value)| (name.clone(), value.clone())));
                Ok(merged)
            }
        }
    }

    /// Makes a thing and tells its id.
    pub(crate) async fn create(self, tx: &mut Tx, hand: &Hand<'_>, fields: Fields) -> Result<String, Problem> {
        match self.exchange() {
            Some(section) => manifest::create(tx, section, fields, &hand.name).await,
            None if self == Section::Users => {
                let new = manifest::typed::<NewUser>(Value::Object(fields))?;
                Ok(user::invite_within(tx, hand.actor, new).await?.id.to_string())
            }
            None => {
                let new = manifest::typed::<NewDepartment>(Value::Object(fields))?;
                Ok(department::create_within(tx, hand.actor, new).await?.id.to_string())
            }
        }
    }

    /// Changes fields of a thing.
    pub(crate) async fn amend(self, tx: &mut Tx, hand: &Hand<'_>, id: &str, fields: Fields) -> Result<(), Problem> {
        match self.exchange() {
            Some(section) => manifest::amend(tx, section, id, fields, &hand.name).await,
            None if self == Section::Users => {
                let patch = manifest::typed::<UserPatch>(Value::Object(fields))?;
                user::change_within(tx, hand.actor, known(id)?, patch).await.map(|_| ())
            }
            None => {
                let patch = manifest::typed::<DepartmentPatch>(Value::Object(fields))?;
                department::change_within(tx, hand.actor, known(id)?, patch).await.map(|_| ())
            }
        }
    }
}

const USER: &[&str] = &["login", "name", "email", "role", "department", "enabled"];
const DEPARTMENT: &[&str] = &["name", "description"];

fn known<T: std::str::FromStr>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|_| Problem::internal(format!("{id} is no id of its kind")))
}

fn shown<T: Serialize>(key: &str, id: &str, thing: &T, kept: &[&str]) -> Result<Present, Problem> {
    let value = serde_json::to_value(thing).map_err(|error| Problem::internal(format!("not JSON: {error}")))?;
    let Value::Object(mut fields) = value else { return Err(Problem::internal("a thing without fields")) };
    fields.retain(|name, _| kept.contains(&name.as_str()));
    Ok(Present { key: key.to_owned(), id: id.to_owned(), fields })
}

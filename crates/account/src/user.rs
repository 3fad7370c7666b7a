//! A person who logs in.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use repo::find_login;
pub(crate) use service::exists;
pub use service::{change_password, create, get, list, update};

use model::{Actor, Faults, Problem, Role, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = User))]
pub struct User {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "usr_01hv3k0000000000000000000"))]
    pub id: UserId,
    /// What the person types to log in; unique in the installation.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// Whether the person may log in.
    pub enabled: bool,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A person to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewUser))]
pub struct NewUser {
    /// What the person types to log in, 3–100 characters without spaces.
    pub login: String,
    /// The person's name.
    #[serde(default)]
    pub name: String,
    /// What the person may do; not more than the one who creates.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// The password, 10–128 characters.
    pub password: String,
}

/// Changes to a person; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = UserPatch))]
pub struct UserPatch {
    /// The person's name.
    pub name: Option<String>,
    /// What the person may do; not more than the one who changes it.
    #[serde(default, with = "crate::text::some_role")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "agent"))]
    pub role: Option<Role>,
    /// Whether the person may log in.
    pub enabled: Option<bool>,
}

/// A login as it is checked.
pub(crate) struct Login {
    pub(crate) tenant: TenantId,
    pub(crate) user: User,
    pub(crate) password_hash: String,
}

impl NewUser {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        let inside = |c: char| c.is_alphanumeric() || "@._+-".contains(c);
        if !(3..=100).contains(&self.login.chars().count()) || !self.login.chars().all(inside) {
            faults.add("login", "Use 3 to 100 letters, digits and @ . _ + -, for example an e-mail address.");
        }
        if self.name.chars().count() > 200 {
            faults.add("name", "Use at most 200 characters.");
        }
        check_password(&mut faults, &self.password);
        faults.done()
    }
}

impl UserPatch {
    fn check(&self) -> Result<(), Problem> {
        if self.name.as_ref().is_some_and(|name| name.chars().count() > 200) {
            return Err(Problem::invalid("name", "Use at most 200 characters."));
        }
        Ok(())
    }
}

fn check_password(faults: &mut Faults, password: &str) {
    if !(10..=128).contains(&password.chars().count()) {
        faults.add("password", "Use 10 to 128 characters.");
    }
}

/// Nobody may give more than they have.
pub(crate) fn may_grant(actor: &Actor, role: Role) -> Result<(), Problem> {
    let rank = |role| Role::ALL.iter().position(|known| *known == role);
    if rank(actor.role) <= rank(role) {
        return Ok(());
    }
    let message = format!("The role {} may not give the role {}.", actor.role.as_str(), role.as_str());
    Err(Problem::forbidden("role_too_high", message))
}

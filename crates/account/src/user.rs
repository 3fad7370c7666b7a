//! A person who logs in.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use repo::{find, find_login, find_login_or_email, password_hash, set_password};
pub(crate) use service::exists;
pub use service::{
    all_within, change_password, change_within, create, create_with, find_by_id_number, find_reached, get,
    invite_within, list, names, remove, some, update, walk,
};

use model::{Actor, DepartmentId, Faults, Problem, Role, TenantId, UserId};
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
    /// Where mail reaches the person; when missing, the login counts if it is an address.
    pub email: Option<String>,
    /// What the person may do.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// The person's telephone number, in the form +84…
    pub phone: Option<String>,
    /// The department the person belongs to.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "dep_01hv3k0000000000000000000"))]
    pub department: Option<DepartmentId>,
    /// Whether the person may log in.
    pub enabled: bool,
    /// Whether the person has no password yet: an invitation lets one be chosen.
    pub invited: bool,
    /// Whether the person logs in with an account of another company.
    pub joined: bool,
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
    /// Where mail reaches the person.
    #[serde(default)]
    pub email: Option<String>,
    /// What the person may do; not more than the one who creates.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// The password, 10–128 characters; without one the person comes in by an invitation.
    #[serde(default)]
    pub password: Option<String>,
}

/// Changes to a person; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = UserPatch))]
pub struct UserPatch {
    /// The person's name.
    pub name: Option<String>,
    /// Where mail reaches the person; `null` for nowhere.
    #[serde(default, with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub email: Option<Option<String>>,
    /// The person's telephone number, which nobody else of the company has; `null` for none.
    #[serde(default, with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub phone: Option<Option<String>>,
    /// What the person may do; not more than the one who changes it.
    #[serde(default, with = "crate::text::some_role")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "agent"))]
    pub role: Option<Role>,
    /// The id of the department the person belongs to; `null` for none.
    #[serde(default, with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub department: Option<Option<String>>,
    /// Whether the person may log in.
    pub enabled: Option<bool>,
}

/// A login as it is checked.
pub(crate) struct Login {
    pub(crate) tenant: TenantId,
    pub(crate) user: User,
    pub(crate) password_hash: String,
}

impl User {
    /// Where mail reaches the person.
    pub fn address(&self) -> Option<&str> {
        self.email.as_deref().or(Some(&self.login)).filter(|text| is_address(text))
    }
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
        check_email(&mut faults, self.email.as_deref());
        if let Some(password) = &self.password {
            check_password(&mut faults, password);
        }
        faults.done()
    }
}

impl UserPatch {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if self.name.as_ref().is_some_and(|name| name.chars().count() > 200) {
            faults.add("name", "Use at most 200 characters.");
        }
        check_email(&mut faults, self.email.as_ref().and_then(Option::as_deref));
        faults.done()
    }
}

fn check_email(faults: &mut Faults, email: Option<&str>) {
    if email.is_some_and(|email| !is_address(email)) {
        faults.add("email", "Write an e-mail address such as lan@example.vn.");
    }
}

/// Whether mail can be sent there, as far as the text tells: plain letters, one `@`, a domain with a dot.
fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| c.is_ascii_graphic() && !"@,;:<>()[]\"\\".contains(c);
    let dots = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    text.len() <= 254 && text.chars().filter(|c| *c != '@').all(plain) && dots(name) && dots(domain) && {
        let inside = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        domain.contains('.') && domain.chars().all(inside)
    }
}

pub(crate) fn check_password(faults: &mut Faults, password: &str) {
    if !(10..=128).contains(&password.chars().count()) {
        faults.add("password", "Use 10 to 128 characters.");
    }
}

/// Refuses to look after somebody of this role: managers look after agents alone, not after their peers. Oneself is
/// another matter.
pub(crate) fn may_manage(actor: &Actor, id: UserId, role: Role) -> Result<(), Problem> {
    if actor.user == Some(id) {
        return Ok(());
    }
    may_make(actor, role)
}

/// Refuses to make somebody of this role: a manager makes agents only.
pub(crate) fn may_make(actor: &Actor, role: Role) -> Result<(), Problem> {
    may_grant(actor, role)?;
    if (actor.role, role) == (Role::Manager, Role::Manager) {
        return Err(Problem::forbidden("role_too_high", "A manager looks after agents; ask an owner for this."));
    }
    Ok(())
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

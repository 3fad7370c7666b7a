//! Who asks, for which tenant, and what they may do.

use crate::{KeyId, Problem, TenantId, UserId};

/// What a request may do. A role is a fixed set of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See the company's configuration.
    ViewConfig,
    /// Change extensions, hotlines, trunks, groups, flows, greetings.
    EditConfig,
    /// Create and remove users and keys, and see them.
    ManageUsers,
    /// See all calls, trails and recordings of the company.
    ViewCalls,
    /// Place and end calls.
    MakeCalls,
    /// See and change what agents do, and watch queues.
    Supervise,
    /// Keep the sound of calls on the wire for later, and read it.
    CaptureCalls,
    /// Register and replay webhooks.
    ManageWebhooks,
    /// See the company's contacts.
    ViewContacts,
    /// Create and change contacts, and write notes about them.
    EditContacts,
    /// Delete, merge, import and export contacts.
    ManageContacts,
    /// Create companies; only the operator of the installation.
    OperateServer,
}

impl Permission {
    /// All rights.
    pub const ALL: [Permission; 12] = [
        Permission::ViewConfig,
        Permission::EditConfig,
        Permission::ManageUsers,
        Permission::ViewCalls,
        Permission::MakeCalls,
        Permission::Supervise,
        Permission::CaptureCalls,
        Permission::ManageWebhooks,
        Permission::ViewContacts,
        Permission::EditContacts,
        Permission::ManageContacts,
        Permission::OperateServer,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Permission::ViewConfig => "view_config",
            Permission::EditConfig => "edit_config",
            Permission::ManageUsers => "manage_users",
            Permission::ViewCalls => "view_calls",
            Permission::MakeCalls => "make_calls",
            Permission::Supervise => "supervise",
            Permission::CaptureCalls => "capture_calls",
            Permission::ManageWebhooks => "manage_webhooks",
            Permission::ViewContacts => "view_contacts",
            Permission::EditContacts => "edit_contacts",
            Permission::ManageContacts => "manage_contacts",
            Permission::OperateServer => "operate_server",
        }
    }
}

/// The roles of people and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs the installation; may create companies.
    Operator,
    /// Owns a company.
    Owner,
    /// Runs a company day by day.
    Manager,
    /// Makes and takes calls.
    Agent,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Operator, Role::Owner, Role::Manager, Role::Agent];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Owner => "owner",
            Role::Manager => "manager",
            Role::Agent => "agent",
        }
    }

    /// The role with this word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.as_str() == word)
    }

    /// Whether the role includes the permission.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Role::Operator => true,
            Role::Owner => !matches!(permission, P::OperateServer),
            Role::Manager => !matches!(permission, P::OperateServer | P::ManageWebhooks | P::CaptureCalls),
            Role::Agent => {
                matches!(permission, P::ViewConfig | P::MakeCalls | P::ViewContacts | P::EditContacts)
            }
        }
    }
}

/// The authenticated origin of a request. The tenant comes from the credential, never from the request's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The company acted for.
    pub tenant: TenantId,
    /// What the credential allows.
    pub role: Role,
    /// The person, when one logged in.
    pub user: Option<UserId>,
    /// The API key, when one was used.
    pub key: Option<KeyId>,
}

impl Actor {
    /// The system itself, acting inside one company (bootstrap, jobs).
    pub const fn system(tenant: TenantId) -> Actor {
        Actor { tenant, role: Role::Operator, user: None, key: None }
    }

    /// Fails with `forbidden` unless the role includes the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.may(permission) {
            return Ok(());
        }
        Err(Problem::forbidden(
            "permission_missing",
            format!("This needs the right {permission:?}, which the role {} lacks.", self.role.as_str()),
        ))
    }
}

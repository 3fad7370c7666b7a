//! The first company, its first person and its first key, for people and scripts: made once, told each time. What
//! must be told again is kept sealed.

mod repo;
#[cfg(test)]
mod tests;

use crate::key::secret::{self, Secret};
use crate::tenant::{NewTenant, Tenant};
use crate::user::NewUser;
use crate::{key, tenant, user};
use model::{Actor, Dialect, Problem, Role, TenantId};
use store::Db;
use store::mint::secret_text;

/// What bootstrap tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The company.
    pub tenant: Tenant,
    /// What the first person types to log in.
    pub login: String,
    /// The password, random, the same at each run.
    pub password: String,
    /// The secret of an API key with all rights, the same at each run.
    pub api_key: String,
    /// Whether this run made the company.
    pub created: bool,
}

/// Makes the company of this name unless it is there, and tells its secrets. The people of the first company run the
/// installation, those of others own theirs. Only the command line of the installation calls this.
pub async fn run(db: &Db, name: &str) -> Result<Account, Problem> {
    let (tenant, created) = match tenant::find_by_name(db, name.trim()).await? {
        Some(tenant) => (tenant, false),
        None => (create_tenant(db, name).await?, true),
    };
    let first = tenant::oldest(db).await?.is_some_and(|oldest| oldest.id == tenant.id);
    let role = if first { Role::Operator } else { Role::Owner };
    let login = format!("admin@{}", tenant.domain.split('.').next().unwrap_or_default());
    let password = first_person(db, tenant.id, role, &login).await?;
    let api_key = first_key(db, tenant.id, role).await?;
    Ok(Account { tenant, login, password, api_key, created })
}

/// The secret is kept before it is used, so that a run that was cut short can be finished by the next.
async fn first_person(db: &Db, tenant: TenantId, role: Role, login: &str) -> Result<String, Problem> {
    let kept = kept(db, tenant, "admin_password").await?;
    let password = kept.clone().unwrap_or_else(|| secret_text(20));
    if kept.is_none() {
        keep(db, tenant, "admin_password", &password).await?;
    }
    if !user::exists(db, login).await? {
        let name = "Administrator".to_owned();
        let (login, password) = (login.to_owned(), Some(password.clone()));
        let new = NewUser { login, name, email: None, role, password };
        user::create(&Actor::system(tenant), db, new).await?;
    }
    Ok(password)
}

async fn first_key(db: &Db, tenant: TenantId, role: Role) -> Result<String, Problem> {
    let kept = kept(db, tenant, "api_key").await?;
    let text = kept.clone().unwrap_or_else(|| secret::new(Dialect::Alo).text);
    if kept.is_none() {
        keep(db, tenant, "api_key", &text).await?;
    }
    let new = key::NewKey { name: "bootstrap".into(), role: Some(role), ..key::NewKey::default() };
    let given = Secret { public_id: None, text: text.clone() };
    match key::create_with(&Actor::system(tenant), db, new, given).await {
        Ok(_) => Ok(text),
        Err(problem) if problem.code == "key_exists" => Ok(text),
        Err(problem) => Err(problem),
    }
}

/// Two names may make the same domain (`Acme` and `ACME!`); the second company gets a number.
async fn create_tenant(db: &Db, name: &str) -> Result<Tenant, Problem> {
    let actor = Actor::system(store::mint());
    let mut domain = None;
    for number in 2..100 {
        let new = NewTenant { domain: domain.take(), ..NewTenant::named(name.trim()) };
        match tenant::create(&actor, db, new).await {
            Err(problem) if problem.code == "domain_taken" => domain = Some(tenant::numbered_domain(name, number)),
            result => return result,
        }
    }
    Err(Problem::conflict("domain_taken", "Too many companies have almost this name; choose another."))
}

async fn kept(db: &Db, tenant: TenantId, name: &str) -> Result<Option<String>, Problem> {
    let mut tx = db.read(tenant).await?;
    let sealed = repo::find(&mut tx, name).await?;
    sealed.map(|sealed| db.vault().unseal(&sealed, &format!("{tenant}/{name}"))).transpose()
}

async fn keep(db: &Db, tenant: TenantId, name: &str, secret: &str) -> Result<(), Problem> {
    let sealed = db.vault().seal(secret, &format!("{tenant}/{name}"));
    let mut tx = db.write(tenant).await?;
    repo::insert(&mut tx, name, &sealed).await?;
    tx.commit().await?;
    Ok(())
}

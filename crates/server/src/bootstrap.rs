//! A company that works at once: people, phones, carrier, number and flow. Each step looks whether its work is done
//! already, so a run that was cut short is finished by the next, and a second run changes nothing.

mod numbers;
mod show;

pub(crate) use numbers::expand;
pub(crate) use show::{as_json, as_text};

use crate::chime;
use crate::config::Config;
use account::bootstrap::Account;
use account::tenant::{self, NewTenant};
use anyhow::Context;
use flow::{Graph, Menu, Node};
use model::{
    Actor, Digit, ExtensionId, FlowId, GreetingId, GroupId, Page, PageRequest, PhoneNumber, Problem, TenantId, TrunkId,
};
use pbx::extension::{self, ExtensionPatch, NewExtension};
use pbx::{flow as flows, greeting, group, hotline, trunk};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use store::Db;

/// The extensions of a new company, when nobody says which.
const USUAL: &str = "101-110";
const GREETING: &str = "Welcome";
const FLOW: &str = "Welcome";
const FIRST: &str = "First extension";
const EVERYBODY: &str = "All extensions";
/// How long the flow waits for a key.
const KEY_MS: u32 = 5_000;
/// How many extensions ring together; more would only keep the network busy.
const TOGETHER: usize = 50;

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) company: String,
    /// None: those that are there, or [`USUAL`] for a new company.
    pub(crate) extensions: Option<Vec<String>>,
    /// `{ext}` stands for the number.
    pub(crate) password_pattern: Option<String>,
    /// None: the first that is there, if any.
    pub(crate) hotline: Option<String>,
    /// None: the first that is there, if any.
    pub(crate) trunk: Option<SocketAddr>,
    pub(crate) domain: Option<String>,
    pub(crate) country: Option<String>,
}

/// What is there now.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    pub(crate) account: Account,
    /// Whether phones that name the server by its bare address mean this company.
    pub(crate) oldest: bool,
    /// None when somebody changed it since.
    pub(crate) admin_password: Option<String>,
    /// Numbers and passwords, as wanted.
    pub(crate) extensions: Vec<(String, String)>,
    /// As dialled inside the country.
    pub(crate) hotline: Option<String>,
    pub(crate) trunk: Option<TrunkId>,
    pub(crate) ivr: Option<FlowId>,
}

/// Makes it so.
pub(crate) async fn run(db: &Db, config: &Config, wanted: &Wanted) -> anyhow::Result<Company> {
    let account = account(db, wanted).await?;
    let tenant = account.tenant.id;
    let actor = Actor::system(tenant);
    let admin_password =
        if account.created || fits(db, &account).await { Some(account.password.clone()) } else { None };
    let extensions = extensions(&actor, db, wanted).await?;
    let ids: Vec<ExtensionId> = extensions.iter().map(|e| e.id).collect();
    let ivr = match ids.as_slice() {
        [] => None,
        [first, ..] => {
            let first = ring_group(&actor, db, FIRST, vec![*first]).await?;
            let all = ring_group(&actor, db, EVERYBODY, ids.iter().copied().take(TOGETHER).collect()).await?;
            let sound = welcome(&actor, db, &config.data_dir, tenant).await?;
            Some(ivr(&actor, db, sound, first, all).await?)
        }
    };
    let trunk = match wanted.trunk {
        Some(address) => Some(carrier(&actor, db, address).await?),
        None => every(async |page| trunk::list(&actor, db, page).await).await?.first().map(|t| t.id),
    };
    let hotline = match (&wanted.hotline, ivr) {
        (Some(number), Some(ivr)) => Some(public_number(&actor, db, &account, number, trunk, ivr).await?),
        (Some(_), None) => anyhow::bail!("--hotline needs at least one extension that its flow can ring"),
        (None, _) => first_hotline(&actor, db, &account).await?,
    };
    let oldest = crate::company::all(db).await?.first().is_some_and(|first| first.id == tenant);
    let extensions = extensions.into_iter().map(|e| (e.number, e.password)).collect();
    Ok(Company { account, oldest, admin_password, extensions, hotline, trunk, ivr })
}

async fn account(db: &Db, wanted: &Wanted) -> anyhow::Result<Account> {
    let named = crate::company::all(db).await?.into_iter().any(|c| c.name == wanted.company.trim());
    if !named && (wanted.domain.is_some() || wanted.country.is_some()) {
        let new = NewTenant {
            domain: wanted.domain.clone(),
            country: wanted.country.clone(),
            ..NewTenant::named(wanted.company.trim())
        };
        match tenant::create(&Actor::system(store::mint()), db, new).await {
            Ok(_) => {}
            // Without a wish for the domain, the account's own way finds a free one.
            Err(problem) if problem.code == "domain_taken" && wanted.domain.is_none() => {}
            Err(problem) => return Err(explain(problem)),
        }
    }
    account::bootstrap::run(db, &wanted.company).await.map_err(explain)
}

/// Whether the password of the first person is still the one we know.
async fn fits(db: &Db, account: &Account) -> bool {
    account::session::password_fits(db, &account.login, account.password.clone()).await.unwrap_or(false)
}

/// The passwords of these extensions; those that are not there are left out.
pub(crate) async fn passwords(db: &Db, tenant: TenantId, numbers: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let actor = Actor::system(tenant);
    let mut found = Vec::new();
    for number in numbers {
        if let Some(extension) = extension::find_by_number(&actor, db, number).await.map_err(explain)? {
            found.push((number.clone(), extension::password(&actor, db, extension.id).await.map_err(explain)?));
        }
    }
    Ok(found)
}

struct Phone {
    id: ExtensionId,
    number: String,
    password: String,
}

async fn extensions(actor: &Actor, db: &Db, wanted: &Wanted) -> anyhow::Result<Vec<Phone>> {
    let password = |number: &str| wanted.password_pattern.as_ref().map(|p| p.replace("{ext}", number));
    let known = every(async |page| extension::list(actor, db, None, page).await).await?;
    let numbers = match &wanted.extensions {
        Some(numbers) => numbers.clone(),
        None if known.is_empty() => expand(USUAL).map_err(anyhow::Error::msg)?,
        None => known.iter().map(|e| e.number.clone()).collect(),
    };
    let mut there: HashMap<String, ExtensionId> = known.into_iter().map(|e| (e.number, e.id)).collect();
    let missing: Vec<NewExtension> = numbers
        .iter()
        .filter(|number| !there.contains_key(*number))
        .map(|number| NewExtension { password: password(number), ..NewExtension::number(number.clone()) })
        .collect();
    let mut secrets = HashMap::new();
    let created = if missing.is_empty() {
        Vec::new()
    } else {
        extension::create_many(actor, db, missing).await.map_err(explain)?
    };
    for created in created {
        there.insert(created.extension.number.clone(), created.extension.id);
        secrets.insert(created.extension.number, created.password);
    }
    let mut phones = Vec::with_capacity(numbers.len());
    for number in &numbers {
        let id = *there.get(number).with_context(|| format!("the extension {number} was not made"))?;
        let password = match secrets.remove(number) {
            Some(password) => password,
            None => kept_password(actor, db, id, password(number)).await?,
        };
        phones.push(Phone { id, number: number.clone(), password });
    }
    Ok(phones)
}

/// The password of an extension that was there before; changed when another one is wanted.
async fn kept_password(actor: &Actor, db: &Db, id: ExtensionId, wanted: Option<String>) -> anyhow::Result<String> {
    let kept = extension::password(actor, db, id).await.map_err(explain)?;
    match wanted {
        Some(wanted) if wanted != kept => {
            let patch = ExtensionPatch { password: Some(wanted.clone()), ..ExtensionPatch::default() };
            extension::update(actor, db, id, patch).await.map_err(explain)?;
            Ok(wanted)
        }
        Some(_) | None => Ok(kept),
    }
}

async fn ring_group(actor: &Actor, db: &Db, name: &str, members: Vec<ExtensionId>) -> anyhow::Result<GroupId> {
    let groups = every(async |page| group::list(actor, db, page).await).await?;
    if let Some(known) = groups.into_iter().find(|g| g.name == name) {
        // A wider run adds its extensions; a narrower one takes none away.
        let known_member = |id: &ExtensionId| known.members.iter().any(|member| member.extension == *id);
        let added: Vec<group::Member> =
            members.into_iter().filter(|id| !known_member(id)).map(group::Member::from).collect();
        if name == EVERYBODY && !added.is_empty() && known.members.len() < TOGETHER {
            let members: Vec<_> = known.members.into_iter().chain(added).take(TOGETHER).collect();
            let patch = group::GroupPatch { members: Some(members), ..group::GroupPatch::default() };
            group::update(actor, db, known.id, patch).await.map_err(explain)?;
        }
        return Ok(known.id);
    }
    Ok(group::create(actor, db, group::NewGroup::of(name, members)).await.map_err(explain)?.id)
}

async fn welcome(actor: &Actor, db: &Db, data: &Path, tenant: TenantId) -> anyhow::Result<GreetingId> {
    let known =
        every(async |page| greeting::list(actor, db, page).await).await?.into_iter().find(|g| g.name == GREETING);
    let id = known.as_ref().map_or_else(store::mint, |g| g.id);
    let path = data.join(greeting::file(tenant, id));
    let sound = chime::melody_wav();
    if !path.exists() {
        let folder = path.parent().context("a greeting lies in a folder")?;
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &sound))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if known.is_none() {
        let duration_ms = i64::try_from(chime::melody().duration().as_millis()).unwrap_or(i64::MAX);
        let size_bytes = i64::try_from(sound.len()).unwrap_or(i64::MAX);
        let new = greeting::NewGreeting { id, name: GREETING.into(), duration_ms, size_bytes, speech: None };
        greeting::create(actor, db, new).await.map_err(explain)?;
    }
    Ok(id)
}

/// Greeting; 1 rings the first extension; no key, a wrong one thrice, or no answer there rings all.
async fn ivr(actor: &Actor, db: &Db, sound: GreetingId, first: GroupId, all: GroupId) -> anyhow::Result<FlowId> {
    let known = every(async |page| flows::list(actor, db, page).await).await?.into_iter().find(|f| f.name == FLOW);
    if let Some(known) = known {
        return Ok(known.id);
    }
    let one = Digit::new('1').context("1 is a key")?;
    let menu = Menu {
        greeting: Some(sound),
        timeout_ms: KEY_MS,
        max_failures: 3,
        again_greeting: None,
        invalid_greeting: None,
        options: BTreeMap::from([(one, "first".to_owned())]),
        on_timeout: Some("all".to_owned()),
        on_failures: Some("all".to_owned()),
    };
    let nodes = BTreeMap::from([
        ("welcome".to_owned(), Node::Menu(menu)),
        ("first".to_owned(), Node::RingGroup { group: first, on_no_answer: Some("all".to_owned()) }),
        ("all".to_owned(), Node::RingGroup { group: all, on_no_answer: None }),
    ]);
    let new = flows::NewFlow { name: FLOW.into(), graph: Graph { start: "welcome".into(), nodes } };
    Ok(flows::create(actor, db, new).await.map_err(explain)?.id)
}

async fn carrier(actor: &Actor, db: &Db, address: SocketAddr) -> anyhow::Result<TrunkId> {
    let ip = address.ip().to_string();
    let trunks = every(async |page| trunk::list(actor, db, page).await).await?;
    if let Some(known) = trunks.into_iter().find(|t| t.addresses.contains(&ip)) {
        return Ok(known.id);
    }
    let server = Some(address.to_string());
    let new = trunk::NewTrunk { server, ..trunk::NewTrunk::by_address(format!("Carrier {ip}"), &ip) };
    Ok(trunk::create(actor, db, new).await.map_err(explain)?.id)
}

async fn public_number(
    actor: &Actor,
    db: &Db,
    account: &Account,
    number: &str,
    trunk: Option<TrunkId>,
    ivr: FlowId,
) -> anyhow::Result<String> {
    let country = &account.tenant.country;
    let parsed = PhoneNumber::parse(number, country)
        .with_context(|| format!("{number:?} is no telephone number: write it as 02873000001 or +842873000001"))?;
    let hotlines = every(async |page| hotline::list(actor, db, page).await).await?;
    let known = hotlines.iter().any(|h| h.number == parsed.as_str() && trunk.is_none_or(|t| t == h.trunk));
    if !known {
        let target = hotline::Target::Flow(ivr);
        let new = hotline::NewHotline { trunk, ..hotline::NewHotline::to(number, target) };
        hotline::create(actor, db, new).await.map_err(explain).map_err(|error| match trunk {
            Some(_) => error,
            None => error.context("--hotline needs --trunk-ip: calls to the number must come in somewhere"),
        })?;
    }
    Ok(parsed.national(country))
}

async fn first_hotline(actor: &Actor, db: &Db, account: &Account) -> anyhow::Result<Option<String>> {
    let country = &account.tenant.country;
    let hotlines = every(async |page| hotline::list(actor, db, page).await).await?;
    let first = hotlines.iter().min_by_key(|h| h.id);
    Ok(first.map(|h| PhoneNumber::parse(&h.number, country).map_or(h.number.clone(), |n| n.national(country))))
}

/// All pages of a list.
async fn every<T>(list: impl AsyncFn(PageRequest) -> Result<Page<T>, Problem>) -> anyhow::Result<Vec<T>> {
    let mut request = PageRequest { limit: PageRequest::MAX, after: None };
    let mut found = Vec::new();
    loop {
        let page = list(request.clone()).await.map_err(explain)?;
        found.extend(page.items);
        if page.next.is_none() {
            return Ok(found);
        }
        request.after = page.next;
    }
}

/// A problem with its fields, as a person wants to read it.
fn explain(problem: Problem) -> anyhow::Error {
    if problem.fields.is_empty() {
        return anyhow::anyhow!(problem.message);
    }
    let fields: Vec<String> = problem.fields.iter().take(10).map(|f| format!("{}: {}", f.name, f.message)).collect();
    anyhow::anyhow!(fields.join("\n"))
}

#[cfg(test)]
mod tests;

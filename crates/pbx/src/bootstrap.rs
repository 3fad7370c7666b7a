//! What a company needs to take its first call: extensions, a carrier, a hotline, and a flow that greets and rings. Each
//! part is made unless it is there, so that the same command can be repeated, and widened.

#[cfg(test)]
mod tests;

use crate::extension::{self, NewExtension, good_number};
use crate::flow::NewFlow;
use crate::group::{NewGroup, Strategy, twenty_seconds};
use crate::hotline::{Hotline, NewHotline, Target};
use crate::trunk::{NewTrunk, Trunk};
use crate::{config, flow, group, hotline, trunk};
use ::flow::{Graph, Menu, Node};
use model::{Digit, ExtensionId, Faults, FlowId, GreetingId, PhoneNumber, Problem, TenantId};
use std::collections::{BTreeMap, HashSet};
use store::{Db, Tx};

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The extensions' numbers.
    pub extensions: Vec<String>,
    /// The passwords of new extensions, `{ext}` standing for the number; random ones when missing.
    pub password_pattern: Option<String>,
    /// The public number.
    pub hotline: String,
    /// The carrier's address, with `:port` when its SIP port is not 5060.
    pub trunk_address: String,
    /// What callers hear first.
    pub greeting: Option<GreetingId>,
}

/// What is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Number and SIP password of each extension asked for, in the order asked.
    pub extensions: Vec<(String, String)>,
    /// The hotline.
    pub hotline: Hotline,
    /// The carrier.
    pub trunk: Trunk,
    /// The flow that the hotline leads to, when it leads to one.
    pub flow: Option<FlowId>,
}

/// `101-110,200` as numbers.
pub fn range(text: &str) -> Result<Vec<String>, Problem> {
    const MOST: u32 = 10_000;
    let wrong = || Problem::invalid("extensions", "Write numbers and ranges of 2 to 8 digits: 101-110,200.");
    let mut numbers = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if !good_number(first) || !good_number(last) || first.len() != last.len() {
            return Err(wrong());
        }
        let (from, to): (u32, u32) = (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
        if to < from || to - from >= MOST {
            return Err(wrong());
        }
        numbers.extend((from..=to).map(|number| format!("{number:0width$}", width = first.len())));
    }
    Ok(numbers)
}

/// Makes what is missing, in one transaction, and tells what is there.
pub async fn run(db: &Db, tenant: TenantId, plan: Plan) -> Result<Outcome, Problem> {
    check(&plan)?;
    let mut tx = config::change(db, tenant).await?;
    let passwords = extensions(&mut tx, &plan).await?;
    let trunk = carrier(&mut tx, &plan).await?;
    let ids: Vec<ExtensionId> = passwords.iter().map(|(id, _, _)| *id).collect();
    let hotline = public_number(&mut tx, &plan, &trunk, &ids).await?;
    tx.commit().await?;
    let flow = match hotline.target {
        Target::Flow(id) => Some(id),
        Target::Group(_) | Target::Extension(_) => None,
    };
    let extensions = passwords.into_iter().map(|(_, number, password)| (number, password)).collect();
    Ok(Outcome { extensions, hotline, trunk, flow })
}

fn check(plan: &Plan) -> Result<(), Problem> {
    let mut faults = Faults::default();
    let mut seen = HashSet::new();
    for number in &plan.extensions {
        if !good_number(number) || !seen.insert(number) {
            faults.add("extensions", format!("{number} is no number of 2 to 8 digits, or stands there twice."));
        }
    }
    if plan.password_pattern.as_ref().is_some_and(|pattern| !pattern.contains("{ext}")) {
        faults.add("password_pattern", "Put {ext} where the number shall stand: pw{ext}.");
    }
    faults.done()
}

/// Id, number and password of each.
async fn extensions(tx: &mut Tx, plan: &Plan) -> Result<Vec<(ExtensionId, String, String)>, Problem> {
    let there = extension::repo::all(tx).await?;
    let known: HashSet<&str> = there.iter().map(|(extension, _)| extension.number.as_str()).collect();
    let missing: Vec<NewExtension> = plan
        .extensions
        .iter()
        .filter(|number| !known.contains(number.as_str()))
        .map(|number| NewExtension {
            password: plan.password_pattern.as_ref().map(|pattern| pattern.replace("{ext}", number)),
            ..NewExtension::number(number)
        })
        .collect();
    let vault = tx.db().vault().clone();
    let wanted: HashSet<&String> = plan.extensions.iter().collect();
    let mut found = BTreeMap::new();
    for (extension, sealed) in there.iter().filter(|(extension, _)| wanted.contains(&extension.number)) {
        let password = vault.unseal(sealed, &extension.id.to_string())?;
        found.insert(extension.number.clone(), (extension.id, password));
    }
    for created in extension::insert_all(tx, missing).await? {
        found.insert(created.extension.number, (created.extension.id, created.password));
    }
    let ordered = plan.extensions.iter().filter_map(|number| {
        let (id, password) = found.remove(number)?;
        Some((id, number.clone(), password))
    });
    Ok(ordered.collect())
}

async fn carrier(tx: &mut Tx, plan: &Plan) -> Result<Trunk, Problem> {
    let wrong =
        || Problem::invalid("trunk_ip", "Use an IP address, with :port when the carrier's SIP port is not 5060.");
    let text = plan.trunk_address.trim();
    let address = match text.parse::<std::net::SocketAddr>() {
        Ok(at) => at.ip(),
        Err(_) => text.parse().map_err(|_| wrong())?,
    };
    let address = address.to_canonical().to_string();
    let there = trunk::repo::all(tx).await?;
    if let Some((trunk, _)) = there.into_iter().find(|(trunk, _)| trunk.addresses.contains(&address)) {
        return Ok(trunk);
    }
    let new = NewTrunk { server: Some(text.to_owned()), ..NewTrunk::by_address(format!("Carrier {address}"), address) };
    trunk::insert(tx, new).await
}

async fn public_number(tx: &mut Tx, plan: &Plan, trunk: &Trunk, ids: &[ExtensionId]) -> Result<Hotline, Problem> {
    let country = hotline::repo::country(tx).await?;
    let number = PhoneNumber::parse(&plan.hotline, &country)
        .ok_or_else(|| Problem::invalid("hotline", "Use a telephone number of 3 to 15 digits: 02873000001."))?;
    let there = hotline::repo::all(tx).await?;
    if let Some(hotline) =
        there.into_iter().find(|hotline| hotline.number == number.as_str() && hotline.trunk == trunk.id)
    {
        return Ok(hotline);
    }
    let target = Target::Flow(welcome(tx, plan.greeting, ids).await?);
    let new = NewHotline { number: number.to_string(), name: None, trunk: Some(trunk.id), target };
    hotline::insert(tx, new).await
}

/// The default flow: greeting; digit 1 rings the first extension, no digit in time rings all.
async fn welcome(tx: &mut Tx, greeting: Option<GreetingId>, ids: &[ExtensionId]) -> Result<FlowId, Problem> {
    let ring = |name: &str, members: Vec<ExtensionId>| NewGroup {
        name: name.to_owned(),
        strategy: Strategy::Simultaneous,
        ring_ms: twenty_seconds(),
        members,
    };
    let first = group::insert(tx, ring("First", ids.iter().take(1).copied().collect())).await?;
    let everyone = group::insert(tx, ring("Everyone", ids.to_vec())).await?;
    let menu = Menu {
        greeting,
        timeout_ms: 4_000,
        max_failures: 3,
        invalid_greeting: None,
        options: Digit::new('1').into_iter().map(|digit| (digit, "first".to_owned())).collect(),
        on_timeout: Some("everyone".into()),
        on_failures: Some("everyone".into()),
    };
    let nodes = BTreeMap::from([
        ("welcome".to_owned(), Node::Menu(menu)),
        ("first".to_owned(), Node::RingGroup { group: first.id, on_no_answer: None }),
        ("everyone".to_owned(), Node::RingGroup { group: everyone.id, on_no_answer: None }),
    ]);
    let graph = Graph { start: "welcome".into(), nodes };
    Ok(flow::insert(tx, NewFlow { name: "Welcome".into(), graph }).await?.id)
}

//! Reading the companies that changed. Digests are computed here, so that the database holds no password-equivalent in
//! the clear and a change of the SIP domain needs no new passwords.

use super::tenant::{Extension, Group, Published, Tenant, Trunk};
use crate::handling::Handling;
use crate::limits::Limits;
use crate::recording::Policy;
use crate::trunk::parse_address;
use crate::voicemail::{self, Mailbox};
use crate::{
    callers, config, extension, flow, greeting, group, handling, hotline, limits, queue, quota, recording, schedule,
    trunk,
};
use md5::Md5;
use model::{Network, Problem, TenantId};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Db, Tx, Vault};

/// All companies as they are now, and the version; those not changed since `known` come from `old`.
pub(super) async fn tenants(
    db: &Db,
    known: i64,
    old: &HashMap<TenantId, Arc<Tenant>>,
) -> Result<(i64, Vec<Arc<Tenant>>), Problem> {
    let mut tx = db.system().await?;
    // Read first: a change that comes in between is read twice rather than missed.
    let version = config::version(&mut tx).await?;
    let heads = config::tenants(&mut tx).await?;
    drop(tx);
    let mut tenants = Vec::with_capacity(heads.len());
    for head in heads {
        match old.get(&head.id).filter(|kept| kept.version == head.version && head.version <= known) {
            Some(kept) => tenants.push(Arc::clone(kept)),
            None => tenants.push(Arc::new(tenant(db, head).await?)),
        }
    }
    Ok((version, tenants))
}

/// The company with this id.
pub(super) async fn company(db: &Db, id: TenantId) -> Result<Option<Arc<Tenant>>, Problem> {
    let mut tx = db.system().await?;
    let head = config::tenants(&mut tx).await?.into_iter().find(|head| head.id == id);
    drop(tx);
    let Some(head) = head else { return Ok(None) };
    Ok(Some(Arc::new(tenant(db, head).await?)))
}

/// The company of this transaction.
pub(super) async fn within(tx: &mut Tx) -> Result<Arc<Tenant>, Problem> {
    let head = config::tenants(tx).await?.into_iter().find(|head| Some(head.id) == tx.tenant_id());
    let head = head.ok_or_else(|| Problem::not_found("company"))?;
    Ok(Arc::new(filled(tx, head).await?))
}

async fn tenant(db: &Db, head: Tenant) -> Result<Tenant, Problem> {
    let mut tx = db.read(head.id).await?;
    filled(&mut tx, head).await
}

/// `head` is the company without what belongs to it.
async fn filled(tx: &mut Tx, mut head: Tenant) -> Result<Tenant, Problem> {
    let vault = tx.db().vault().clone();
    let extensions = extension::repo::all(tx).await?;
    for (trunk, sealed) in trunk::repo::all(tx).await? {
        let place = trunk.id.to_string();
        let password = sealed.map(|sealed| vault.unseal(&sealed, &place)).transpose()?;
        head.trunks.insert(trunk.id, ready_trunk(trunk, password));
    }
    head.hotlines = hotline::repo::all(tx).await?.into_iter().map(|hotline| (hotline.id, hotline)).collect();
    for group in group::repo::all(tx).await? {
        head.groups.insert(group.id, ready_group(group));
    }
    head.queues = queue::repo::all(tx).await?.into_iter().map(|queue| (queue.id, queue)).collect();
    head.flows = flow::repo::all(tx).await?.into_iter().map(|flow| (flow.id, ready_flow(flow))).collect();
    for schedule in schedule::repo::all(tx).await? {
        let zone = schedule.zone(&head.time_zone);
        head.schedules.insert(schedule.id, (schedule, zone));
    }
    let rules = callers::repo::all(tx).await?;
    head.callers = callers::Callers::of(rules.iter().map(|rule| (rule.pattern.as_str(), rule.list)));
    let greetings = greeting::repo::all(tx).await?;
    let mut limits = limits::repo::all(tx).await?;
    let mut handling = handling::repo::all(tx).await?;
    let mut mailboxes = voicemail::repo::all(tx).await?;
    head.recording = Policy::of(recording::repo::settings(tx).await?);
    head.record = head.recording.records();
    head.quota = quota::repo::find(tx).await?;
    head.greetings = greetings.into_iter().map(|one| (one.id, greeting::file(head.id, one.id))).collect();
    head.limits = limits.remove("").unwrap_or(head.limits);
    let domain = head.domain.clone();
    // A hundred thousand passwords take a while to open.
    let ready = tokio::task::spawn_blocking(move || {
        extensions.into_iter().map(|(extension, sealed)| ready_extension(&vault, &domain, extension, &sealed)).collect()
    });
    let ready: Result<Vec<Extension>, Problem> =
        ready.await.map_err(|error| Problem::internal(format!("Reading extensions died: {error}")))?;
    for mut extension in ready? {
        let id = extension.id.to_string();
        extension.limits = limits.remove(&id).unwrap_or(extension.limits);
        extension.handling = handling.remove(&id).unwrap_or_default();
        extension.mailbox = mailboxes.remove(&id).unwrap_or_default();
        head.numbers.insert(extension.number.clone(), extension.id);
        head.extensions.insert(extension.id, extension);
    }
    Ok(head)
}

fn ready_flow(flow: flow::Flow) -> Published {
    Published { name: flow.name, version: flow.version, author: flow.author, graph: Arc::new(flow.graph) }
}

fn ready_group(group: crate::group::Group) -> Group {
    let time = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
    let members = group.members.iter().map(|member| call::RingMember {
        extension: member.extension,
        delay: time(member.delay_ms),
        ring_for: member.ring_ms.map(time),
    });
    Group {
        name: group.name,
        strategy: group.strategy.into(),
        members: members.collect(),
        ring_for: time(group.ring_ms),
        otherwise: group.on_no_answer,
    }
}

fn ready_trunk(trunk: crate::trunk::Trunk, password: Option<String>) -> Trunk {
    let mut networks: Vec<Network> = trunk.addresses.iter().filter_map(|address| parse_address(address)).collect();
    // A carrier we register with usually calls from the server we registered at.
    let host = trunk.server.parse().map(|at: std::net::SocketAddr| at.ip().to_string()).unwrap_or(trunk.server.clone());
    networks.extend(parse_address(&host).filter(|network| !networks.iter().any(|known| known.overlaps(network))));
    Trunk {
        id: trunk.id,
        name: trunk.name,
        kind: trunk.kind,
        networks,
        server: trunk.server,
        transport: trunk.transport,
        srtp: trunk.srtp,
        login: trunk.login,
        password,
        number_format: trunk.number_format,
        max_calls: trunk.max_calls,
        probe: trunk.probe,
        enabled: trunk.enabled,
    }
}

fn ready_extension(
    vault: &Vault,
    domain: &str,
    extension: crate::extension::Extension,
    sealed: &str,
) -> Result<Extension, Problem> {
    let password = vault.unseal(sealed, &extension.id.to_string())?;
    let secret = format!("{}:{domain}:{password}", extension.number);
    Ok(Extension {
        id: extension.id,
        number: extension.number,
        name: extension.name,
        hotline: extension.hotline,
        enabled: extension.enabled,
        networks: extension.allowed_networks.iter().filter_map(|text| text.parse().ok()).collect(),
        call_from: extension.call_from,
        srtp: extension.srtp,
        limits: Limits::of_extension(),
        handling: Handling::default(),
        mailbox: Mailbox::default(),
        ha1_md5: Md5::digest(secret.as_bytes()).into(),
        ha1_sha256: Sha256::digest(secret.as_bytes()).into(),
    })
}

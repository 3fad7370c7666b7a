//! `/installation`: what the operator sees of the whole: processes, ways to carriers, what companies take, and what a look at
//! this process finds wrong. And `/network`: what stands between a company's phones and us.

use crate::State;
use axum::extract;
use model::{Actor, Permission, Problem, TenantId};
use pbx::installation::{self, Usage};
use rest::{Answer, Caller, Query};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A process that was silent for so long is taken as gone: three of its words are missing.
const SILENT_MS: i64 = 35_000;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(nodes))
        .routes(routes!(doctor))
        .routes(routes!(trunks))
        .routes(routes!(usage))
        .routes(routes!(network))
}

/// What a process says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NodeReport {
    /// Calls that are up.
    pub calls: u64,
    /// Phones that are registered.
    pub phones: u64,
    /// Legs whose sound passes.
    pub sound_legs: u64,
    /// Recordings that are being written.
    pub recordings: u64,
    /// Records that wait to be written to the database.
    pub spooled: u64,
    /// Threads of sound that died.
    pub dead_sound_threads: u64,
    /// How much is free where the data lies.
    pub free_bytes: Option<u64>,
    /// How much memory it takes.
    pub resident_bytes: u64,
    /// How many files and sockets it has open.
    pub open_files: u64,
    /// How long the database took to answer, milliseconds.
    pub database_ms: u64,
    /// The change of configuration that its calls see.
    pub config_version: i64,
    /// Where it listens: `udp 0.0.0.0:5060`.
    pub listens: Vec<String>,
}

/// A process of the installation.
#[derive(Serialize, ToSchema)]
struct Node {
    /// Its id.
    id: String,
    /// The machine's name.
    name: String,
    /// The version of the program.
    version: String,
    /// When it started, milliseconds since 1970.
    started_at: i64,
    /// When it last said that it lives.
    seen_at: i64,
    /// Whether it lives, as far as that tells.
    alive: bool,
    /// What it said.
    report: NodeReport,
}

#[derive(Serialize, ToSchema)]
struct Nodes {
    items: Vec<Node>,
}

/// The processes of the installation. Only the operator may.
#[utoipa::path(get, path = "/installation/nodes", tag = "installation", responses((status = 200, body = Nodes)))]
async fn nodes(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Nodes>> {
    actor.require(Permission::OperateServer)?;
    let now = store::now().as_millis();
    let items = store::node::list(&state.db).await.map_err(Problem::from)?.into_iter().map(|node| Node {
        alive: now - node.seen_at < SILENT_MS,
        // A process of another version may say other things.
        report: serde_json::from_str(&node.report).unwrap_or_default(),
        id: node.id,
        name: node.name,
        version: node.version,
        started_at: node.started_at,
        seen_at: node.seen_at,
    });
    Ok(axum::Json(Nodes { items: items.collect() }))
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// What: `disk`, `certificate`.
    pub about: String,
    /// `good`, `doubtful` or `bad`.
    pub state: String,
    /// What was found, one sentence.
    pub says: String,
    /// What to do, when something should be done.
    pub mend: Option<String>,
}

/// Looks at everything a server needs; the server brings it.
pub type Doctor = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>> + Send + Sync>;

#[derive(Serialize, ToSchema)]
struct Findings {
    items: Vec<Finding>,
}

/// What a look at the process that answers finds: disk, database, ports, certificate, names, clock. Only the operator may.
#[utoipa::path(get, path = "/installation/doctor", tag = "installation", responses((status = 200, body = Findings)))]
async fn doctor(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Findings>> {
    actor.require(Permission::OperateServer)?;
    let items = match &state.doctor {
        Some(doctor) => doctor().await,
        None => Vec::new(),
    };
    Ok(axum::Json(Findings { items }))
}

/// A company's way to a carrier, and how it is.
#[derive(Serialize, ToSchema)]
struct CompanyTrunk {
    /// The company's id.
    company: String,
    /// Its name.
    company_name: String,
    /// The trunk's id.
    trunk: String,
    /// Its name.
    name: String,
    /// `register` or `address`.
    kind: String,
    /// Where its calls go.
    server: String,
    /// The most calls at once; 0 sets no bound.
    max_calls: i64,
    /// Whether it is used.
    enabled: bool,
    /// Calls that are up over it.
    calls: usize,
    /// Whether the carrier took our registration; null when it asks for none or has not answered yet.
    registered: Option<bool>,
    /// The SIP status with which the carrier refused us.
    refused: Option<u16>,
}

#[derive(Serialize, ToSchema)]
struct CompanyTrunks {
    items: Vec<CompanyTrunk>,
}

/// The ways to carriers of all companies, and how each is now. Only the operator may.
#[utoipa::path(get, path = "/installation/trunks", tag = "installation",
    responses((status = 200, body = CompanyTrunks)))]
async fn trunks(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
) -> Answer<axum::Json<CompanyTrunks>> {
    let all = installation::trunks(&actor, &state.db).await?;
    let mut known: BTreeMap<TenantId, Vec<bus::TrunkState>> = BTreeMap::new();
    let mut items = Vec::with_capacity(all.len());
    for trunk in all {
        if let Entry::Vacant(place) = known.entry(trunk.company) {
            place.insert(state.bus.presence(trunk.company).await?.trunks);
        }
        let states = known.get(&trunk.company).map_or(&[][..], Vec::as_slice);
        let now = states.iter().find(|one| one.trunk == trunk.trunk);
        items.push(CompanyTrunk {
            company: trunk.company.to_string(),
            company_name: trunk.company_name,
            trunk: trunk.trunk.to_string(),
            name: trunk.name,
            kind: trunk.kind,
            server: trunk.server,
            max_calls: trunk.max_calls,
            enabled: trunk.enabled,
            calls: now.map_or(0, |now| now.calls),
            registered: now.and_then(|now| now.registered),
            refused: now.and_then(|now| now.refused),
        });
    }
    Ok(axum::Json(CompanyTrunks { items }))
}

/// The time that is summed up.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Span {
    /// From when, milliseconds since 1970; thirty days ago when missing.
    from: Option<i64>,
    /// To before when; now when missing.
    to: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct Usages {
    items: Vec<Usage>,
}

/// What each company takes of the installation. Only the operator may.
#[utoipa::path(get, path = "/installation/usage", tag = "installation", params(Span),
    responses((status = 200, body = Usages)))]
async fn usage(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(span): Query<Span>,
) -> Answer<axum::Json<Usages>> {
    const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
    let to = span.to.unwrap_or_else(|| store::now().as_millis() + 1);
    let from = span.from.unwrap_or_else(|| to.saturating_sub(MONTH_MS));
    Ok(axum::Json(Usages { items: installation::usage(&actor, &state.db, from, to).await? }))
}

/// The way to a phone, and what stands in between.
#[derive(Serialize, ToSchema)]
struct PhoneWay {
    /// The extension it registered as.
    extension: String,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    transport: String,
    /// Where it registered from.
    address: String,
    /// What it calls itself; may be empty.
    user_agent: String,
    /// The address that it gave.
    contact: String,
    /// Where it believes to be, by its Via; may be empty.
    sent_by: String,
    /// `none`, `nat` (which is well), `rewritten` (by a router's SIP ALG, or by STUN), `wrong_address`, `hidden` (by TLS) or
    /// `browser`.
    obstacle: String,
}

#[derive(Serialize, ToSchema)]
struct PhoneWays {
    items: Vec<PhoneWay>,
}

/// What stands between the company's phones and us, as far as their registrations tell.
#[utoipa::path(get, path = "/network/phones", tag = "presence", responses((status = 200, body = PhoneWays)))]
async fn network(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<PhoneWays>> {
    Ok(axum::Json(PhoneWays { items: ways(&actor, &state).await? }))
}

async fn ways(actor: &Actor, state: &State) -> Answer<Vec<PhoneWay>> {
    actor.require(Permission::EditConfig)?;
    let ways = state.bus.presence(actor.tenant).await?.ways.into_iter().map(|way| PhoneWay {
        extension: way.phone.extension.to_string(),
        transport: way.phone.transport,
        address: way.phone.address,
        user_agent: way.phone.user_agent,
        contact: way.contact,
        sent_by: way.sent_by,
        obstacle: way.obstacle.as_str().to_owned(),
    });
    Ok(ways.collect())
}

//! The tests of a flow: an imagined caller each, and where that caller has to end. They are kept with the flow and run
//! before anything is published, so that a change cannot break what somebody once relied on.

use super::draft;
use super::ending::Ending;
use crate::simulate::{self, Scene};
use crate::snapshot::{Snapshot, Tenant};
use crate::target::{self, Target, TargetText};
use crate::{config, flow::repo};
use ::flow::{Graph, Step, walk};
use model::{Actor, Faults, FlowId, Permission, Problem};
use serde::{Deserialize, Serialize};
use store::{Db, Tx};

/// The most tests a flow may have.
const MOST: usize = 200;
/// Who calls when a test does not say.
const SOMEBODY: &str = "+84900000000";

/// A test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowTest))]
pub struct Trial {
    /// What it shows.
    pub name: String,
    /// Who calls; a stranger when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// When: `2026-12-24T09:00` on the company's clock, or with an offset; now when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The keys pressed, in order: a comma lets the time for a key run out, `!` lets nobody answer, `b` is busy.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digits: String,
    /// Where the caller has to end.
    pub expect: Expected,
}

/// Where a caller has to end: at a node, with somebody, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowTestExpectation))]
pub struct Expected {
    /// The name of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Whom the caller is handed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub target: Option<Target>,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowTestVerdict))]
pub struct Verdict {
    /// The test.
    pub name: String,
    /// Whether the caller ended where expected.
    pub passed: bool,
    /// Where the caller ended.
    pub found: Ending,
    /// What went wrong, for people; none when it passed.
    pub message: Option<String>,
}

/// The tests of a flow.
pub async fn list(actor: &Actor, db: &Db, flow: FlowId) -> Result<Vec<Trial>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, flow).await?.ok_or_else(|| Problem::not_found("flow"))?;
    Ok(repo::tests(&mut tx, flow).await?)
}

/// Keeps these tests in place of those that were there.
pub async fn save(actor: &Actor, db: &Db, flow: FlowId, tests: Vec<Trial>) -> Result<Vec<Trial>, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let stored = repo::find(&mut tx, flow).await?.ok_or_else(|| Problem::not_found("flow"))?;
    put(&mut tx, flow, &tests).await?;
    tx.emit(config::event("flow.updated", flow, &stored.name));
    tx.commit().await?;
    Ok(tests)
}

/// Checks and keeps tests inside a transaction.
pub(crate) async fn put(tx: &mut Tx, flow: FlowId, tests: &[Trial]) -> Result<(), Problem> {
    let mut faults = Faults::default();
    if tests.len() > MOST {
        faults.add("tests", format!("Use at most {MOST} tests."));
    }
    for (place, test) in tests.iter().enumerate().take(MOST) {
        let mut add = |field: &str, mend: String| faults.add(format!("tests[{place}].{field}"), mend);
        if !config::good_name(&test.name) {
            add("name", "Use 1 to 200 characters.".to_owned());
        }
        for (field, told) in [
            ("digits", simulate::script(&test.digits).map(|_| ())),
            ("at", simulate::moment("UTC", test.at.as_deref()).map(|_| ())),
        ] {
            if let Err(problem) = told {
                add(field, problem.fields.first().map_or(problem.message, |field| field.message.clone()));
            }
        }
        if test.digits.len() > 200 || test.from.as_ref().is_some_and(|from| from.len() > 100) {
            add("digits", "Use at most 200 keys, and a caller of at most 100 characters.".to_owned());
        }
        match (&test.expect.node, test.expect.target) {
            (None, None) => add("expect", "Say the node or the target where the caller has to end.".to_owned()),
            (_, Some(target)) if !target::exists(tx, target).await? => {
                add("expect.target", format!("There is no such {}.", target.kind()));
            }
            _ => {}
        }
    }
    faults.done()?;
    repo::save_tests(tx, flow, tests).await?;
    Ok(())
}

/// Runs the tests of a flow against a graph, or against the draft.
pub async fn run(actor: &Actor, db: &Db, flow: FlowId, graph: Option<Graph>) -> Result<Vec<Verdict>, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let stored = repo::find(&mut tx, flow).await?.ok_or_else(|| Problem::not_found("flow"))?;
    let graph = draft::graph_of(&mut tx, &stored, graph).await?;
    verdicts(&mut tx, flow, &graph).await
}

/// Refuses a graph that fails a test of its flow.
pub(crate) async fn all_hold(tx: &mut Tx, flow: FlowId, graph: &Graph) -> Result<(), Problem> {
    let failed: Vec<Verdict> = verdicts(tx, flow, graph).await?.into_iter().filter(|told| !told.passed).collect();
    let Some(first) = failed.first() else { return Ok(()) };
    let told = first.message.clone().unwrap_or_default();
    let more = if failed.len() > 1 { format!(" ({} tests fail)", failed.len()) } else { String::new() };
    let mut problem = Problem::conflict("test_failed", format!("The test {:?} fails: {told}{more}", first.name));
    for verdict in &failed {
        problem = problem.with_field(format!("tests.{}", verdict.name), verdict.message.clone().unwrap_or_default());
    }
    Err(problem)
}

/// What comes of the tests of a flow, with the company as this transaction sees it.
pub(crate) async fn verdicts(tx: &mut Tx, flow: FlowId, graph: &Graph) -> Result<Vec<Verdict>, Problem> {
    let tests = repo::tests(tx, flow).await?;
    if tests.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = Snapshot::within(tx).await?;
    tests.iter().map(|test| verdict(&tenant, graph, test)).collect()
}

fn verdict(tenant: &Tenant, graph: &Graph, test: &Trial) -> Result<Verdict, Problem> {
    let mut script = simulate::script(&test.digits)?;
    script.push(Step::Listen);
    let at = simulate::moment(&tenant.time_zone, test.at.as_deref())?;
    let scene = Scene { from: test.from.as_deref().unwrap_or(SOMEBODY), digits: &test.digits, at };
    let found = Ending::from(walk(graph, &script, &|question| tenant.know(question, scene.from, scene.at)).end);
    let Expected { node, target } = &test.expect;
    let passed = node.as_ref().is_none_or(|node| *node == found.node)
        && target.is_none_or(|target| Some(target) == found.target);
    let message = (!passed).then(|| {
        let wanted = match (node, target) {
            (Some(node), None) => format!("the node {node:?}"),
            (_, Some(target)) => simulate::named(tenant, &target.to_string()),
            (None, None) => "nowhere".to_owned(),
        };
        let came = found
            .target
            .map_or_else(String::new, |target| format!(" with {}", simulate::named(tenant, &target.to_string())));
        format!("the caller ends at {:?}{came}, and was to end at {wanted}.", found.node)
    });
    Ok(Verdict { name: test.name.clone(), passed, found, message })
}

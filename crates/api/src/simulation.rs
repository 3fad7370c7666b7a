//! `/simulation`: what would happen, told without a call.

use crate::State;
use axum::extract;
use pbx::simulate::{self, Line};
use rest::{Answer, Caller, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(dialled)).routes(routes!(draft))
}

/// An imagined call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImaginedCall {
    /// Who dials: a public number, or an extension of the company.
    from: String,
    /// What is dialled: a hotline, an extension, a public number.
    to: String,
    /// Keys pressed, in order; a comma lets the time for a key run out, `!` lets nobody answer, `b` is busy.
    #[serde(default)]
    digits: String,
    /// When: `2026-12-24T09:00` on the company's clock, or with an offset (`…+07:00`, `…Z`); now when missing.
    #[serde(default)]
    at: Option<String>,
}

/// An imagined caller in a graph that need not be stored.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImaginedCaller {
    /// The graph.
    #[schema(value_type = Object)]
    graph: pbx::flow::Graph,
    /// As for an imagined call.
    #[serde(default)]
    digits: String,
    /// Who calls; a stranger with an unknown number when missing.
    #[serde(default = "somebody")]
    from: String,
    /// As for an imagined call.
    #[serde(default)]
    at: Option<String>,
}

fn somebody() -> String {
    "+84900000000".to_owned()
}

/// What would happen.
#[derive(Serialize, ToSchema)]
struct Simulation {
    items: Vec<Line>,
}

/// What would happen if one number dialled another, now or at another time.
#[utoipa::path(post, path = "/simulation/call", tag = "simulation", request_body = ImaginedCall,
    responses((status = 200, body = Simulation)))]
async fn dialled(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(asked): Json<ImaginedCall>,
) -> Answer<axum::Json<Simulation>> {
    let items =
        simulate::dialled(&actor, &state.db, &asked.from, &asked.to, &asked.digits, asked.at.as_deref()).await?;
    Ok(axum::Json(Simulation { items }))
}

/// What a caller would live through in a draft of a flow; the draft is checked like one that is stored.
#[utoipa::path(post, path = "/simulation/flow", tag = "simulation", request_body = ImaginedCaller,
    responses((status = 200, body = Simulation)))]
async fn draft(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(asked): Json<ImaginedCaller>,
) -> Answer<axum::Json<Simulation>> {
    let items =
        pbx::flow::simulate(&actor, &state.db, asked.graph, &asked.from, &asked.digits, asked.at.as_deref()).await?;
    Ok(axum::Json(Simulation { items }))
}

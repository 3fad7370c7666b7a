//! `/healthz`: the process turns. `/readyz`: it can take calls. `/metrics`: its figures.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::Db;

const DATABASE_PATIENCE: Duration = Duration::from_secs(2);

/// What the three addresses look at.
#[derive(Clone)]
pub(crate) struct Health {
    pub(crate) db: Db,
    pub(crate) figures: PrometheusHandle,
    pub(crate) draining: Arc<AtomicBool>,
    /// Reads the live counts into gauges, and tells whether SIP is bound and the threads of sound live.
    pub(crate) gauges: Arc<dyn Fn() -> Bound + Send + Sync>,
}

/// Which edges are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) sip: bool,
    pub(crate) media: bool,
}

/// The three addresses.
pub(crate) fn routes(health: Health) -> Router {
    Router::new()
        .route(
            "/healthz",
            get(async || Json(json!({ "status": "ok", "name": "alo", "version": env!("CARGO_PKG_VERSION") }))),
        )
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    let bound = (health.gauges)();
    let draining = health.draining.load(Ordering::Relaxed);
    let database = matches!(tokio::time::timeout(DATABASE_PATIENCE, health.db.ping()).await, Ok(Ok(())));
    let ready = database && bound.sip && bound.media && !draining;
    let word = |good: bool| if good { "ok" } else { "failing" };
    let body = json!({
        "ready": ready,
        "checks": {
            "database": word(database),
            "sip": word(bound.sip),
            "media": word(bound.media),
            "accepting_calls": word(!draining),
        },
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

async fn figures(State(health): State<Health>) -> Response {
    (health.gauges)();
    let (descriptors, resident) = crate::limits::usage();
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    metrics::gauge!("alo_tasks").set(tasks as f64);
    metrics::gauge!("alo_open_files").set(descriptors as f64);
    metrics::gauge!("alo_resident_bytes").set(resident as f64);
    metrics::gauge!("alo_draining").set(f64::from(u8::from(health.draining.load(Ordering::Relaxed))));
    health.figures.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], health.figures.render()).into_response()
}

//! Counters for Prometheus: the recorder that all crates count into, and the gauges that are read when asked.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Seconds, from a tenth of a millisecond to ten seconds.
const SECONDS: [f64; 12] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Installs the recorder of this process.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .install_recorder()?;
    metrics::describe_gauge!("alo_calls", "Calls that are up.");
    metrics::describe_gauge!("alo_sip_dialogs", "SIP legs, from INVITE to the last message.");
    metrics::describe_gauge!("alo_sip_transactions", "SIP transactions that wait for something.");
    metrics::describe_gauge!("alo_sip_connections", "SIP stream connections.");
    metrics::describe_gauge!("alo_sip_bindings", "Registered phones.");
    metrics::describe_gauge!("alo_media_legs", "Sound legs whose sockets are open.");
    metrics::describe_gauge!("alo_media_sockets", "Open sound sockets.");
    metrics::describe_gauge!("alo_media_recordings", "Recordings being written.");
    metrics::describe_gauge!("alo_media_dead_threads", "Sound threads that have died; not ready unless 0.");
    metrics::describe_gauge!("alo_tasks", "Tasks of the process: connections, calls and what always runs.");
    metrics::describe_gauge!("alo_open_files", "Open descriptors of the process.");
    metrics::describe_gauge!("alo_resident_bytes", "Memory of the process.");
    metrics::describe_gauge!("alo_certificate_ends_at", "When the TLS certificate ends, in seconds since 1970.");
    metrics::describe_gauge!("alo_certificate_refused", "1 while a new certificate on disk cannot be used.");
    metrics::describe_counter!("alo_sip_handshakes_failed_total", "TLS and WebSocket handshakes that came to nothing.");
    metrics::describe_counter!("alo_http_refused_total", "Web connections refused because all places were taken.");
    metrics::describe_gauge!("alo_draining", "1 while the server takes no new calls.");
    Ok(handle)
}

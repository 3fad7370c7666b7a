//! Runs the demo inside the server while the demo company is the only one, and ends it when a real one comes.

use super::first;
use crate::{bootstrap, company, demo};
use std::net::SocketAddr;
use std::time::Duration;
use store::Db;
use tokio::sync::watch;

const PACE: Duration = Duration::from_secs(4);
const TALK: Duration = Duration::from_secs(25);
const LOOK: Duration = Duration::from_secs(1);

/// Watches until the server stops.
pub(super) async fn run(db: Db, udp: Option<SocketAddr>, mut stopping: watch::Receiver<bool>) {
    let Some(udp) = udp else { return };
    match plan(&db, crate::config::reachable(udp)).await {
        Ok(Some(plan)) => {
            let (stop, stopped) = watch::channel(false);
            let running = tokio::spawn(demo::run(plan, stopped));
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => {}
                () = another_company(&db) => tracing::info!("a company has come: the demo ends"),
            }
            // A demo that has ended by itself does not listen.
            let _ = stop.send(true);
            match running.await {
                Ok(Ok(tally)) => tracing::info!(placed = tally.placed, heard = tally.heard, "the demo has ended"),
                Ok(Err(error)) => tracing::warn!(%error, "the demo could not open its sockets"),
                Err(error) => tracing::error!(%error, "the demo failed"),
            }
        }
        Ok(None) => tracing::debug!("there are other companies than the demo's: no demo"),
        Err(error) => tracing::warn!(error = format!("{error:#}"), "the demo cannot start"),
    }
}

/// The demo's plan, when its company is the only one.
pub(crate) async fn plan(db: &Db, server: SocketAddr) -> anyhow::Result<Option<demo::Plan>> {
    let companies = company::all(db).await?;
    let [only] = companies.as_slice() else { return Ok(None) };
    if only.name != first::COMPANY {
        return Ok(None);
    }
    let numbers = bootstrap::expand(first::EXTENSIONS).map_err(anyhow::Error::msg)?;
    let agents = bootstrap::passwords(db, only.id, &numbers[..first::ROBOTS.min(numbers.len())]).await?;
    let (domain, hotline) = (only.domain.clone(), first::HOTLINE.to_owned());
    Ok(Some(demo::Plan { server, domain, hotline, agents, every: PACE, talk: TALK, calls: None }))
}

async fn another_company(db: &Db) {
    let mut look = tokio::time::interval(LOOK);
    let mut version = None;
    loop {
        look.tick().await;
        let Ok(now) = db.config_version().await else { continue };
        if version == Some(now) {
            continue;
        }
        version = Some(now);
        if company::all(db).await.is_ok_and(|all| all.len() > 1) {
            return;
        }
    }
}

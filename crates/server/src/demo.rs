//! The simulated world around the demo company: a carrier whose customers dial the hotline, and robots that answer as
//! extensions. Real SIP and real RTP over loopback, spoken by a small client of its own that shares only the reading
//! and writing of messages with the server: whatever it hears, a phone would hear too.
//!
//! Nothing here touches the engine or the database. Start with [`run`].

mod agent;
mod call;
mod carrier;
mod dice;
mod line;
mod session;
mod sound;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The carrier's address and port as the demo company's trunk knows them.
pub(crate) const CARRIER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 90)), 5090);

/// Who takes part, and how often.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Where the server listens for SIP over UDP.
    pub(crate) server: SocketAddr,
    /// The company's SIP domain.
    pub(crate) domain: String,
    /// The number customers dial.
    pub(crate) hotline: String,
    /// The extensions manned by robots, with their passwords.
    pub(crate) agents: Vec<(String, String)>,
    /// The pace.
    pub(crate) every: Duration,
    /// How long a customer stays on the line at most.
    pub(crate) talk: Duration,
    /// Stop after so many calls.
    pub(crate) calls: Option<u64>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Calls placed.
    pub(crate) placed: u64,
    /// Calls that were answered and in which sound was heard.
    pub(crate) heard: u64,
}

/// Runs until `stop` says so or all calls are made; calls that are up are then hung up.
pub(crate) async fn run(plan: Plan, stop: watch::Receiver<bool>) -> std::io::Result<Tally> {
    let mut agents = JoinSet::new();
    for (seat, (number, password)) in plan.agents.iter().enumerate() {
        let ip = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 100 + u8::try_from(seat % 100).unwrap_or(0)));
        let agent = agent::Agent {
            number: number.clone(),
            password: password.clone(),
            domain: plan.domain.clone(),
            ip,
            server: plan.server,
        };
        agents.spawn(agent.work(stop.clone()));
    }
    let tally = carrier::work(&plan, stop).await;
    agents.shutdown().await;
    tally
}

#[cfg(test)]
mod tests;

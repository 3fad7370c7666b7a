//! What the faces share.

use account::Gate;
use axum::extract::FromRef;
use bus::Bus;
use rest::Logins;
use std::sync::Arc;
use store::Db;
use store::objects::Objects;
use worker::sound::Sounds;
use worker::webhook::Guard;

/// What the faces share; clones are cheap.
#[derive(Clone)]
pub struct State {
    /// Who may come in.
    pub gate: Gate,
    /// The way to live calls.
    pub bus: Bus,
    /// Where recordings lie.
    pub objects: Objects,
    /// Takes sounds in.
    pub sounds: Sounds,
    /// Where clients reach this server, without a slash at the end: `https://alo.example`.
    pub root: String,
    /// Which addresses webhooks may reach.
    pub guard: Guard,
    /// How people log in.
    pub logins: Logins,
    /// The port of SIP over UDP and TCP.
    pub sip_port: u16,
    /// Who carries messages to customers' telephones.
    pub carrier: Arc<dyn sms::Provider>,
}

impl State {
    /// The database.
    pub(crate) fn db(&self) -> &Db {
        self.gate.db()
    }

    /// Where browsers speak SIP: `wss://alo.example/ws/sip`.
    pub(crate) fn browser_sip(&self) -> String {
        format!("{}/ws/sip", self.root.replacen("http", "ws", 1))
    }
}

impl FromRef<State> for Gate {
    fn from_ref(state: &State) -> Gate {
        state.gate.clone()
    }
}

//! Two companies on one server, and short ways to ask it.

use account::bootstrap;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use bus::{Bus, Command};
use model::{Actor, Problem};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use store::Db;
use store::testing::{TestDb, sqlite};
use tokio::sync::mpsc;
use tower::ServiceExt;
use worker::webhook::Guard;

/// The server, and the engine's end of the bus.
pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) router: Router,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) bus: Bus,
    /// The first company: its key is the operator's.
    pub(crate) operator: Company,
    /// Two companies like any other.
    pub(crate) alpha: Company,
    pub(crate) beta: Company,
}

/// A company and its owner's credentials.
#[derive(Clone)]
pub(crate) struct Company {
    pub(crate) actor: Actor,
    pub(crate) key: String,
    pub(crate) login: String,
    pub(crate) password: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The name of the first wrong field.
    pub(crate) fn field(&self) -> String {
        self.json()["fields"][0]["name"].as_str().unwrap_or("").to_owned()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or("").to_owned()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.json())).to_owned()
    }

    /// The items of a page.
    pub(crate) fn items(&self) -> Vec<Value> {
        self.json()["items"].as_array().cloned().unwrap_or_else(|| panic!("items in {}", self.json()))
    }
}

impl World {
    pub(crate) async fn new() -> World {
        World::with(|_| {}).await
    }

    /// A world whose server behaves otherwise.
    pub(crate) async fn with(change: impl FnOnce(&mut api::State)) -> World {
        let db = sqlite().await;
        let (bus, commands) = Bus::new();
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let mut state = api::State::new((*db).clone(), bus.clone(), db.folder().to_owned(), guard);
        change(&mut state);
        let operator = company(&db, "Operator").await;
        let alpha = company(&db, "Alpha").await;
        let beta = company(&db, "Beta").await;
        World { router: api::router(state, Router::new()), db, commands, bus, operator, alpha, beta }
    }

    /// Lets an engine without calls answer what is asked of it.
    pub(crate) fn with_idle_engine(mut self) -> World {
        let (_, nothing) = mpsc::channel(1);
        let mut commands = std::mem::replace(&mut self.commands, nothing);
        tokio::spawn(async move {
            while let Some(command) = commands.recv().await {
                // Whoever asked may have gone away.
                match command {
                    Command::Originate(_, reply) => _ = reply.send(Err(Problem::busy("idle", "No phone is here."))),
                    Command::Place(_, reply) => _ = reply.send(Err(Problem::busy("idle", "No carrier is here."))),
                    Command::Hangup { reply, .. } | Command::Unwatch { reply, .. } => {
                        _ = reply.send(Err(Problem::not_found("capture")));
                    }
                    Command::Want { reply, .. } => _ = reply.send(Err(Problem::not_found("live call"))),
                    Command::Presence { reply, .. } => _ = reply.send(Ok(bus::Presence::default())),
                    Command::Queues { reply, .. } => _ = reply.send(Ok(bus::Queues::default())),
                    Command::AgentsChanged | Command::MessagesChanged(_) => {}
                    Command::Capture { reply, .. } => _ = reply.send(Err(Problem::not_found("capture"))),
                    Command::Pcap { reply, .. } => _ = reply.send(Err(Problem::not_found("capture"))),
                    Command::Watch(_, reply) => _ = reply.send(Ok(())),
                    Command::Watches(_, reply) => _ = reply.send(Ok(Vec::new())),
                }
            }
        });
        self
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 9))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn ask(&self, key: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn get(&self, key: &str, path: &str) -> Answer {
        self.ask(key, "GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, key: &str, path: &str, body: Value) -> Answer {
        self.ask(key, "POST", path, body).await
    }

    pub(crate) async fn put(&self, key: &str, path: &str, body: Value) -> Answer {
        self.ask(key, "PUT", path, body).await
    }

    pub(crate) async fn patch(&self, key: &str, path: &str, body: Value) -> Answer {
        self.ask(key, "PATCH", path, body).await
    }

    pub(crate) async fn delete(&self, key: &str, path: &str) -> Answer {
        self.ask(key, "DELETE", path, Value::Null).await
    }

    /// A key of the company with this role.
    pub(crate) async fn key(&self, company: &Company, role: &str) -> String {
        let body = serde_json::json!({ "name": role, "role": role });
        let answer = self.post(&company.key, "/keys", body).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.text("secret")
    }

    /// Tells an event of the company.
    pub(crate) async fn tell(&self, company: &Company, kind: &'static str, data: &str) {
        let mut tx = self.db.write(company.actor.tenant).await.unwrap();
        tx.emit(store::NewEvent { kind, call: None, data: data.to_owned() });
        tx.commit().await.unwrap();
    }
}

async fn company(db: &Db, name: &str) -> Company {
    let made = bootstrap::run(db, name).await.unwrap();
    let actor =
        account::Gate::new(Db::clone(db)).admit(&made.api_key, std::net::Ipv4Addr::LOCALHOST.into()).await.unwrap();
    Company { actor, key: made.api_key, login: made.login, password: made.password }
}

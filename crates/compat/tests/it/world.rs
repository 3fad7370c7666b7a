//! Two companies on one server, their calls, and short ways to ask it.

use account::bootstrap;
use account::key::{self, NewKey};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use bus::{Bus, Command};
use call::Direction;
use compat::{Prefixes, State};
use model::{Actor, CallId, Cause, Dialect, EndedBy};
use pbx::calls::{CallRecord, Recording};
use pbx::extension::NewExtension;
use store::testing::{TestDb, sqlite};
use tokio::sync::mpsc;
use tower::ServiceExt;
use worker::sound::Sounds;
use worker::speech::Speaker;
use worker::webhook::Guard;

/// Where the test's server says that it is reached.
pub(crate) const ROOT: &str = "https://alo.example";

/// The server, and the engine's end of the bus.
pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) router: Router,
    pub(crate) state: State,
    pub(crate) orders: mpsc::Receiver<Command>,
    pub(crate) alpha: Company,
    pub(crate) beta: Company,
}

/// A company with one extension, 101, and a key of the vendor under test.
pub(crate) struct Company {
    pub(crate) actor: Actor,
    pub(crate) domain: String,
    pub(crate) key: String,
    /// The name that goes with the key, of vendors whose applications have one.
    pub(crate) public: Option<String>,
}

impl Company {
    /// The application's id.
    pub(crate) fn app(&self) -> &str {
        self.public.as_deref().expect("an application")
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON in {}", self.text))
    }
}

impl World {
    pub(crate) async fn new(dialect: Dialect) -> World {
        let db = sqlite().await;
        let (bus, orders) = Bus::new();
        let gate = account::Gate::new((*db).clone());
        let guard = Guard::new(vec!["127.0.0.0/8".parse().expect("a block")]);
        let (root, logins) = (ROOT.to_owned(), rest::Logins::default());
        let objects = store::objects::Objects::local(db.folder().to_owned());
        let sounds = Sounds::new((*db).clone(), db.folder().to_owned());
        let carrier = std::sync::Arc::new(sms::Sandbox);
        let state = State { gate, bus, objects, root, sounds, guard, logins, sip_port: 5060, carrier };
        let alpha = company(&db, "Alpha", dialect).await;
        let beta = company(&db, "Beta", dialect).await;
        World { router: compat::router(state.clone(), &Prefixes::default()), state, db, orders, alpha, beta }
    }

    /// From now on texts are spoken by this one.
    pub(crate) fn spoken_by(&mut self, speaker: Speaker) {
        self.state.sounds = self.state.sounds.clone().spoken_by(speaker);
        self.router = compat::router(self.state.clone(), &Prefixes::default());
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl ToString) -> Answer {
        self.send(Request::post(path).body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let content_type =
            response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let headers = response.headers().clone();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, content_type, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A finished call from outside that was answered and began then.
    pub(crate) async fn ended(&self, company: &Company, change: impl FnOnce(&mut CallRecord)) -> CallId {
        let mut record = CallRecord {
            id: store::mint(),
            tenant: company.actor.tenant,
            direction: Direction::Inbound,
            hotline: None,
            trunk: None,
            extension: None,
            caller_number: "+84901234567".into(),
            caller_name: String::new(),
            callee_number: "+842873000001".into(),
            started_at: 1_000,
            ringing_at: Some(2_000),
            answered_at: Some(3_000),
            ended_at: 60_000,
            cause: Cause::Normal,
            ended_by: EndedBy::Caller,
            queue: None,
            queue_wait_ms: None,
            legs: vec![],
            trail: vec![],
        };
        change(&mut record);
        let mut tx = self.db.write(company.actor.tenant).await.unwrap();
        assert!(pbx::calls::record(&mut tx, &record).await.unwrap());
        tx.commit().await.unwrap();
        record.id
    }

    /// A recording of the call: four bytes that are no sound.
    pub(crate) async fn recorded(&self, company: &Company, call: CallId) {
        let (tenant, file) = (company.actor.tenant, format!("{call}.wav"));
        std::fs::write(self.db.folder().join(&file), b"RIFF").unwrap();
        let recording = Recording {
            call,
            tenant,
            file,
            size_bytes: 4,
            duration_ms: 1_000,
            complete: true,
            created_at: 1,
            sha256: None,
        };
        let mut tx = self.db.write(tenant).await.unwrap();
        pbx::calls::record_recording(&mut tx, &recording).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn company(db: &TestDb, name: &str, dialect: Dialect) -> Company {
    let made = bootstrap::run(db, name).await.unwrap();
    let actor = Actor::system(made.tenant.id);
    let new = NewKey { name: "CRM".into(), dialect, ..NewKey::default() };
    let made_key = key::create(&actor, db, new).await.unwrap();
    pbx::extension::create(&actor, db, NewExtension::number("101")).await.unwrap();
    Company { actor, domain: made.tenant.domain, key: made_key.secret, public: made_key.key.public_id }
}

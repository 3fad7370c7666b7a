//! The documented requests and answers of AntRing and of its AntBot, replayed.

use super::engine;
use crate::fixtures::{Known, Stage, replay_all};
use crate::world::{Company, World};
use account::key::{self, KeyPatch};
use account::user::NewUser;
use call::Direction;
use model::{Actor, CallId, Cause, Dialect, ExtensionId, Role};
use pbx::calls::CallRecord;
use pbx::extension::ExtensionPatch;
use store::Sql;
use worker::speech::{Program, Speaker};

/// When the calls of the documented list began, in seconds since 1970.
const BEGAN_S: i64 = 1_519_639_917;

struct Antring {
    w: World,
    /// Alpha's extension 101.
    device: ExtensionId,
    engine: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Antring {
    fn drop(&mut self) {
        if let Some(engine) = &self.engine {
            engine.abort();
        }
    }
}

impl Stage for Antring {
    async fn new() -> Antring {
        let w = World::new(Dialect::Antring).await;
        let device = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
        Antring { w, device, engine: None }
    }

    fn world(&self) -> &World {
        &self.w
    }

    fn known(&self) -> Known {
        let of = |company: &Company| [company.app().to_owned(), company.key.clone()];
        let ([id, secret], [other_id, other_secret]) = (of(&self.w.alpha), of(&self.w.beta));
        let all = [("appId", id), ("appSecret", secret), ("otherId", other_id), ("otherSecret", other_secret)];
        all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn act(&mut self, what: &str, known: &mut Known) {
        match what {
            "101 belongs to lan.nguyen" => self.lan().await,
            "101 is online" => {
                let system = Actor::system(self.w.alpha.actor.tenant);
                let password = pbx::extension::password(&system, &self.w.db, self.device).await.unwrap();
                known.insert("sipPassword".to_owned(), password);
                self.engine = Some(engine(&mut self.w, self.device));
            }
            "101 is switched off" => {
                let patch = ExtensionPatch { enabled: Some(false), ..ExtensionPatch::default() };
                pbx::extension::update(&self.w.alpha.actor, &self.w.db, self.device, patch).await.unwrap();
            }
            "a call of each status" => self.calls(known).await,
            "Beta has a recording" => {
                let call = self.w.ended(&self.w.beta, |_| {}).await;
                self.w.recorded(&self.w.beta, call).await;
                known.insert("otherMedia".to_owned(), format!("call_recording_{call}.wav"));
            }
            "a call that cannot be read" => {
                let tenant = self.w.alpha.actor.tenant;
                self.w.ended(&self.w.alpha, |record| record.started_at = BEGAN_S * 1000).await;
                let mut tx = self.w.db.write(tenant).await.unwrap();
                let mut sql = Sql::new("update calls set cause = 'strange' where tenant_id = ");
                sql.bind(tenant.to_string());
                sql.execute(&mut tx).await.unwrap();
                tx.commit().await.unwrap();
            }
            "the database is away" => self.w.db.close().await,
            "a request a minute" => {
                let keys = key::list(&self.w.alpha.actor, &self.w.db, model::PageRequest::first()).await.unwrap().items;
                let ours = keys.iter().find(|key| key.public_id.as_deref() == Some(self.w.alpha.app())).unwrap();
                let patch = KeyPatch { requests_per_minute: Some(Some(1)), ..KeyPatch::default() };
                key::update(&self.w.alpha.actor, &self.w.db, ours.id, patch).await.unwrap();
            }
            "an agent's application" => {
                let owner = Actor { role: Role::Owner, ..self.w.alpha.actor.clone() };
                let (role, dialect) = (Some(Role::Agent), Dialect::Antring);
                let new = key::NewKey { name: "agent".into(), role, dialect, ..key::NewKey::default() };
                let made = key::create(&owner, &self.w.db, new).await.unwrap();
                known.insert("agentId".to_owned(), made.key.public_id.unwrap());
                known.insert("agentSecret".to_owned(), made.secret);
            }
            "a machine speaks" => {
                self.w.spoken_by(Speaker::Program(Program { path: "/nowhere/speaker".into() }));
            }
            other => panic!("{other} is no act"),
        }
    }
}

impl Antring {
    async fn lan(&self) {
        let actor = &self.w.alpha.actor;
        let owner = Actor { role: Role::Owner, ..actor.clone() };
        let (login, name) = ("lan.nguyen".to_owned(), "Lan".to_owned());
        let new = NewUser { login, name, email: None, role: Role::Agent, password: None };
        let user = account::user::create(&owner, &self.w.db, new).await.unwrap().id;
        let patch = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
        pbx::extension::update(actor, &self.w.db, self.device, patch).await.unwrap();
    }

    /// Each a second after the one before, the first with a recording and as long as the documented one.
    async fn calls(&self, known: &mut Known) {
        let (w, lan) = (&self.w, self.device);
        let one = async |after_s: i64, change: &dyn Fn(&mut CallRecord)| -> CallId {
            w.ended(&w.alpha, |record| {
                record.started_at = (BEGAN_S + after_s) * 1000;
                record.answered_at = Some(record.started_at + 7_000);
                record.ended_at = record.started_at + 50_000;
                record.callee_number = "+842873019555".into();
                change(record);
            })
            .await
        };
        let out = |record: &mut CallRecord, cause: Cause| {
            (record.direction, record.extension, record.cause) = (Direction::Outbound, Some(lan), cause);
            (record.caller_number, record.callee_number) = ("+842873019555".into(), "+84901234567".into());
            record.answered_at = None;
        };
        let media = one(0, &|record| record.extension = Some(lan)).await;
        w.recorded(&w.alpha, media).await;
        known.insert("media".to_owned(), format!("call_recording_{media}.wav"));
        one(1, &|record| (record.answered_at, record.cause) = (None, Cause::NoAnswer)).await;
        one(2, &|record| out(record, Cause::Cancelled)).await;
        one(3, &|record| out(record, Cause::Busy)).await;
        one(4, &|record| out(record, Cause::NoRoute)).await;
        one(5, &|record| {
            (record.direction, record.extension) = (Direction::Internal, Some(lan));
            (record.caller_number, record.callee_number) = ("101".into(), "102".into());
        })
        .await;
    }
}

#[tokio::test]
async fn all_that_the_vendor_documents_is_answered_so() {
    replay_all::<Antring>("antring").await;
}

//! The documented requests and answers of eTelecom, replayed.

use super::Face;
use crate::fixtures::{Known, Stage, replay_all};
use crate::world::World;
use account::key::{self, KeyPatch, NewKey};
use model::{Actor, Dialect, Id, PageRequest, Role};
use pbx::calls::Leg;
use sms::template::{self, NewTemplate};
use store::Sql;

const BEGAN: i64 = 1_602_299_410_000;

impl Stage for Face {
    async fn new() -> Face {
        Face::new().await
    }

    fn world(&self) -> &World {
        &self.w
    }

    fn known(&self) -> Known {
        let keys = ["partner", "shop", "shop_key", "shop_owner", "agent"];
        let mut known: Known = keys.into_iter().map(|name| (name.to_owned(), self.key(name).to_owned())).collect();
        let (username, password) = self.key("shop").split_once(':').unwrap();
        known.insert("username".to_owned(), username.to_owned());
        known.insert("password_of_sms".to_owned(), password.to_owned());
        known.insert("shop_id".to_owned(), self.w.alpha.actor.tenant.number().to_string());
        known
    }

    async fn act(&mut self, what: &str, known: &mut Known) {
        let (alpha, db) = (self.w.alpha.actor.clone(), &self.w.db);
        match what {
            "the documented call" => talked(&self.w).await,
            "the shop unlinks the partner" => {
                let keys = key::list(&alpha, db, PageRequest::first()).await.unwrap().items;
                let link = keys.iter().find(|key| key.name == "Beta").unwrap().id;
                key::revoke(&alpha, db, link).await.unwrap();
            }
            "a template of messages" => {
                let new = NewTemplate { code: "otp".into(), text: "Ma cua ban la {otp}".into() };
                let made = template::create(&alpha, db, new).await.unwrap();
                known.insert("content".to_owned(), made.text);
            }
            "a key for one request a minute" => {
                let shop = Actor { role: Role::Owner, ..alpha };
                let name = "Slow".to_owned();
                let new = NewKey { name, dialect: Dialect::Etelecom, ..NewKey::default() };
                let made = key::create(&shop, db, new).await.unwrap();
                let patch = KeyPatch { requests_per_minute: Some(Some(1)), ..KeyPatch::default() };
                key::update(&shop, db, made.key.id, patch).await.unwrap();
                known.insert("slow".to_owned(), made.secret);
            }
            "a key that is bound to another address" => {
                let shop = Actor { role: Role::Owner, ..alpha };
                let allowed_addresses = vec!["203.0.113.7".to_owned()];
                let name = "Bound".to_owned();
                let new = NewKey { name, dialect: Dialect::Etelecom, allowed_addresses, ..NewKey::default() };
                let secret = key::create(&shop, db, new).await.unwrap().secret;
                let (username, password) = secret.split_once(':').unwrap();
                known.insert("bound_username".to_owned(), username.to_owned());
                known.insert("bound_password".to_owned(), password.to_owned());
                known.insert("bound".to_owned(), secret);
            }
            "no carrier of messages" => {
                self.w.state.carrier = std::sync::Arc::new(sms::Nobody);
                self.w.router = compat::router(self.w.state.clone(), &compat::Prefixes::default());
            }
            "a call that cannot be read" => {
                talked(&self.w).await;
                let mut tx = db.write(alpha.tenant).await.unwrap();
                let mut sql = Sql::new("update calls set cause = 'strange' where tenant_id = ");
                sql.bind(alpha.tenant.to_string());
                sql.execute(&mut tx).await.unwrap();
                tx.commit().await.unwrap();
            }
            "the database is away" => db.close().await,
            other => panic!("{other} is no act"),
        }
    }
}

/// The call of the documented list: 101 answered after four seconds and talked for seven and a half.
async fn talked(w: &World) {
    let extension = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
    let leg = Leg {
        leg: 1,
        kind: "out".into(),
        extension: Some(extension),
        trunk: None,
        number: "101".into(),
        started_at: BEGAN + 1_000,
        ringing_at: Some(BEGAN + 2_000),
        answered_at: Some(BEGAN + 4_000),
        ended_at: BEGAN + 11_500,
        cause: model::Cause::Normal,
        quality: None,
    };
    let call = w
        .ended(&w.alpha, |record| {
            (record.started_at, record.answered_at, record.ended_at) = (BEGAN, Some(BEGAN + 4_000), BEGAN + 11_500);
            (record.extension, record.legs) = (Some(extension), vec![leg]);
        })
        .await;
    w.recorded(&w.alpha, call).await;
}

#[tokio::test]
async fn all_that_the_vendor_documents_is_answered_so() {
    replay_all::<Face>("etelecom").await;
}

//! eTelecom's face: a shop (Alpha) with telephony, and a partner (Beta) that it let in.

mod calls;
mod departments;
mod fixtures;
mod login;
mod paging;
mod refusals;
mod sms;
mod tells;

use crate::world::{Answer, World};
use account::key::{self, NewKey};
use account::partner::{self, Authorization, NewRequest};
use axum::body::Body;
use axum::http::Request;
use model::{Actor, Dialect, Role};
use serde_json::Value;

/// The world, and keys of each kind.
struct Face {
    w: World,
    /// What the shop gave the partner.
    shop_key: String,
    /// The shop's own, with the right to make webhooks.
    owner_key: String,
    /// The shop's own, with hardly any right.
    agent_key: String,
}

impl Face {
    async fn new() -> Face {
        let w = World::new(Dialect::Etelecom).await;
        let trunk = pbx::trunk::NewTrunk::by_address("Carrier", "127.0.0.30");
        pbx::trunk::create(&w.alpha.actor, &w.db, trunk).await.unwrap();
        let shop = Actor { role: Role::Owner, ..w.alpha.actor.clone() };
        let owner_key = of_role(&w, &shop, Role::Owner).await;
        let agent_key = of_role(&w, &shop, Role::Agent).await;
        let shop_key = link(&w, &shop).await;
        Face { w, shop_key, owner_key, agent_key }
    }

    fn key<'a>(&'a self, name: &'a str) -> &'a str {
        match name {
            "partner" => &self.w.beta.key,
            "shop" => &self.w.alpha.key,
            "shop_key" => &self.shop_key,
            "shop_owner" => &self.owner_key,
            "agent" => &self.agent_key,
            "none" => "",
            other => other,
        }
    }

    /// Asks as a stock client does, with the key of this name.
    async fn ask(&self, key: &str, call: &str, body: &Value) -> Answer {
        let request = Request::post(format!("/etelecom/v1/{call}"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.key(key)));
        self.w.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// The answer, which has to be a good one.
    async fn good(&self, key: &str, call: &str, body: Value) -> Value {
        let answer = self.ask(key, call, &body).await;
        assert_eq!(answer.status, 200, "{call}: {}", answer.text);
        answer.json()
    }
}

async fn of_role(w: &World, actor: &Actor, role: Role) -> String {
    let new = NewKey { name: "CRM".into(), dialect: Dialect::Etelecom, role: Some(role), ..NewKey::default() };
    key::create(actor, &w.db, new).await.unwrap().secret
}

/// Lets Beta in, and gives its key.
async fn link(w: &World, shop: &Actor) -> String {
    let wish = |company| NewRequest { company, redirect_url: "https://crm.example/".into(), ..NewRequest::default() };
    let asked = partner::authorize(&w.beta.actor, &w.db, wish(None)).await.unwrap();
    let Authorization::Asked(token) = asked else { panic!("nobody granted it yet") };
    partner::grant(shop, &w.db, &token).await.unwrap();
    match partner::authorize(&w.beta.actor, &w.db, wish(Some(shop.tenant))).await.unwrap() {
        Authorization::Granted(secret) => secret,
        Authorization::Asked(_) => panic!("it was granted"),
    }
}

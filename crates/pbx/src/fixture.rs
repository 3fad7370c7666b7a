//! Companies and parts of them for tests.

use crate::config::insert_tenant;
use crate::extension::{self, NewExtension};
use crate::group::{self, Group, NewGroup};
use crate::hotline::{self, Hotline, NewHotline, Target};
use crate::trunk::{self, NewTrunk, Trunk};
use ::flow::{Graph, Node};
use model::{Actor, ExtensionId, GreetingId, GroupId, PageRequest, Problem};
use std::collections::BTreeMap;
use store::{Db, mint};

/// A company of this domain, acted for with all rights.
pub(crate) async fn company(db: &Db, domain: &str) -> Actor {
    let tenant = mint();
    let mut tx = db.write(tenant).await.expect("a transaction");
    insert_tenant(&mut tx, domain).await.expect("a company");
    tx.configured();
    tx.commit().await.expect("committed");
    Actor::system(tenant)
}

pub(crate) async fn an_extension(actor: &Actor, db: &Db, number: &str) -> ExtensionId {
    let new = NewExtension { password: Some(format!("pw{number}")), ..NewExtension::number(number) };
    extension::create(actor, db, new).await.expect("an extension").extension.id
}

pub(crate) async fn a_trunk(actor: &Actor, db: &Db, address: &str) -> Trunk {
    trunk::create(actor, db, NewTrunk::by_address("Carrier", address)).await.expect("a trunk")
}

pub(crate) async fn a_group(actor: &Actor, db: &Db, members: Vec<ExtensionId>) -> Group {
    group::create(actor, db, NewGroup::of("Sales", members)).await.expect("a group")
}

pub(crate) async fn a_hotline(actor: &Actor, db: &Db, number: &str, target: Target) -> Hotline {
    hotline::create(actor, db, NewHotline::to(number, target)).await.expect("a hotline")
}

/// Plays a greeting, then rings a group.
pub(crate) fn graph(greeting: GreetingId, group: GroupId) -> Graph {
    let nodes = BTreeMap::from([
        ("hello".to_owned(), Node::Play { greeting, next: "ring".into() }),
        ("ring".to_owned(), Node::RingGroup { group, on_no_answer: None }),
    ]);
    Graph { start: "hello".into(), nodes }
}

/// The fields a problem names.
pub(crate) fn fields(problem: &Problem) -> Vec<&str> {
    problem.fields.iter().map(|field| field.name.as_str()).collect()
}

/// The kinds of all events told so far.
pub(crate) async fn told(db: &Db) -> Vec<String> {
    let events = store::outbox::read(db, None, 0, 1_000).await.expect("events");
    events.into_iter().map(|event| event.kind).collect()
}

pub(crate) fn pages_of(limit: u32) -> PageRequest {
    PageRequest { limit, after: None }
}

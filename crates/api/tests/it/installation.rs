use crate::world::World;
use bus::{Command, Obstacle, Phone, PhoneWay, Presence, TrunkState};
use serde_json::json;
use std::sync::Arc;
use store::node::{self, Node};

#[tokio::test]
async fn the_operator_sees_processes_carriers_usage_and_findings_and_an_owner_does_not() {
    let doctor: api::Doctor = Arc::new(|| {
        Box::pin(async {
            vec![api::Finding {
                about: "disk".into(),
                state: "bad".into(),
                says: "only 3 MiB are free.".into(),
                mend: Some("Make room.".into()),
            }]
        })
    });
    let w = World::with(|state| state.doctor = Some(doctor)).await.with_idle_engine();
    let now = store::now().as_millis();
    for (id, seen_at) in [("a /data", now), ("b /data", now - 60_000)] {
        let report = json!({ "calls": 7, "listens": ["udp 127.0.0.1:5060"] }).to_string();
        let (id, name, version) = (id.to_owned(), id[..1].to_owned(), "0.1.0".to_owned());
        node::tell(&w.db, &Node { id, name, version, started_at: 1, seen_at, report }).await.unwrap();
    }
    let trunk = json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.7"] });
    w.post(&w.alpha.key, "/trunks", trunk).await;
    let key = &w.operator.key;
    let nodes = w.get(key, "/installation/nodes").await.items();
    assert_eq!((nodes[0]["alive"].as_bool(), nodes[1]["alive"].as_bool()), (Some(true), Some(false)));
    assert_eq!((nodes[0]["report"]["calls"].as_u64(), nodes[0]["report"]["phones"].as_u64()), (Some(7), Some(0)));
    assert_eq!(w.get(key, "/installation/doctor").await.items()[0]["mend"], "Make room.");
    let trunks = w.get(key, "/installation/trunks").await.items();
    assert_eq!((trunks.len(), trunks[0]["company_name"].as_str()), (1, Some("Alpha")));
    let usage = w.get(key, "/installation/usage").await.items();
    let names: Vec<_> = usage.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Alpha", "Beta", "Operator"]);
    assert_eq!(w.get(key, "/installation/usage?from=5&to=3").await.field(), "to");
    for path in ["nodes", "doctor", "trunks", "usage"] {
        assert_eq!(w.get(&w.alpha.key, &format!("/installation/{path}")).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_rewritten_register_is_told_to_the_manager() {
    let mut w = World::new().await;
    let extension = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let (_, nothing) = tokio::sync::mpsc::channel(1);
    let mut orders = std::mem::replace(&mut w.commands, nothing);
    let id = extension.parse().unwrap();
    let engine = tokio::spawn(async move {
        let Some(Command::Presence { reply, .. }) = orders.recv().await else { panic!("another order") };
        let phone = Phone {
            extension: id,
            transport: "udp".into(),
            address: "203.0.113.9:40000".into(),
            user_agent: "Yealink".into(),
            expires_in_ms: 1,
        };
        let way = PhoneWay {
            phone: phone.clone(),
            contact: "sip:101@203.0.113.9:40000".into(),
            sent_by: "192.168.1.7".into(),
            obstacle: Obstacle::Rewritten,
        };
        reply.send(Ok(Presence { phones: vec![phone], trunks: Vec::<TrunkState>::new(), ways: vec![way] })).unwrap();
    });
    let told = w.get(&w.alpha.key, "/network/phones").await.items();
    engine.await.unwrap();
    assert_eq!((told[0]["obstacle"].as_str(), told[0]["extension"].as_str()), (Some("rewritten"), Some(&*extension)));
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, "/network/phones").await.status, 403);
}

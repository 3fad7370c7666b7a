use crate::world::World;
use bus::{Command, Phone, Presence, TrunkState};
use model::{ExtensionId, Id, TrunkId};

#[tokio::test]
async fn registered_phones_and_trunks_are_told_for_the_own_company() {
    let mut w = World::new().await;
    let mut orders = std::mem::replace(&mut w.commands, tokio::sync::mpsc::channel(1).1);
    let ours = w.alpha.actor.tenant;
    let engine = tokio::spawn(async move {
        let Some(Command::Presence { tenant, reply }) = orders.recv().await else { panic!("another order") };
        assert_eq!(tenant, ours);
        let phone = Phone {
            extension: ExtensionId::from_bits(5),
            transport: "udp".into(),
            address: "203.0.113.5:5060".into(),
            user_agent: "baresip".into(),
            expires_in_ms: 60_000,
        };
        let trunk = TrunkState { trunk: TrunkId::from_bits(6), calls: 2, registered: Some(false), refused: Some(403) };
        reply
            .send(Ok(Presence { phones: vec![phone], trunks: vec![trunk], ways: Vec::new() }))
            .expect("somebody waits");
    });
    let told = w.get(&w.alpha.key, "/presence").await.json();
    engine.await.expect("asked once");
    assert_eq!(told["phones"][0]["extension"], ExtensionId::from_bits(5).to_string());
    assert_eq!((told["phones"][0]["transport"].as_str(), told["trunks"][0]["calls"].as_i64()), (Some("udp"), Some(2)));
    assert_eq!(told["trunks"][0]["refused"], 403);
}

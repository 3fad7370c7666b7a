use super::*;
use crate::speech::{Program, Speaker};
use bus::Command;
use pbx::broadcast::{NewBroadcast, Number, Part, Plan, Script, State};
use pbx::greeting::Voice;
use store::testing::{TestDb, sqlite};
use tokio::sync::mpsc::Receiver;

/// A company, the caller, and the place where its orders come out.
async fn world() -> (TestDb, Actor, House, Receiver<Command>) {
    let db = sqlite().await;
    let actor = Actor::system(account::bootstrap::run(&db, "Alpha").await.expect("a company").tenant.id);
    let (bus, orders) = Bus::new();
    let wav = db.folder().join("spoken.wav");
    std::fs::write(&wav, media::sound::to_wav(&media::sound::tone(440.0, 500))).expect("a sound");
    // A machine that always says the same.
    let program = db.folder().join("speaker");
    std::fs::write(&program, format!("#!/bin/sh\ncat > /dev/null\nexec cat {}\n", wav.display())).expect("a program");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).expect("it may run");
    let sounds =
        Sounds::new((*db).clone(), db.folder().to_owned()).spoken_by(Speaker::Program(Program { path: program }));
    let house = House { db: (*db).clone(), bus, sounds, spoken: HashMap::new() };
    (db, actor, house, orders)
}

async fn broadcast_to(db: &Db, actor: &Actor, numbers: &[&str], plan: Plan) -> Broadcast {
    let parts = vec![Part::Text("Your parcel is here.".into())];
    let script = Script { parts, times: 2, voice: Voice::English, speed: 0, code: None };
    let numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
    let (kind, name) = (broadcast::Kind::Message, "Parcel".to_owned());
    let new = NewBroadcast { kind, name, hotline: None, script, plan, numbers };
    broadcast::create(actor, db, new).await.expect("a broadcast")
}

async fn numbers(db: &Db, actor: &Actor, broadcast: &Broadcast) -> Vec<Number> {
    broadcast::numbers(actor, db, broadcast.id).await.expect("numbers")
}

/// Looks once, and answers the one order that comes of it.
async fn answered(house: &mut House, orders: &mut Receiver<Command>, with: Result<CallId, Problem>) -> Place {
    let answering = async {
        let Some(Command::Place(order, reply)) = orders.recv().await else { panic!("no order") };
        reply.send(with).expect("somebody waits");
        *order
    };
    let (looked, order) = tokio::join!(house.look(), answering);
    looked.expect("it looked");
    order
}

#[tokio::test]
async fn a_number_is_ordered_with_its_sound_and_only_so_many_at_once() {
    let (db, actor, mut house, mut orders) = world().await;
    let told = broadcast_to(&db, &actor, &["0901234567", "0901234568"], Plan { at_once: 1, ..Plan::default() }).await;
    let call = store::mint();
    let order = answered(&mut house, &mut orders, Ok(call)).await;
    assert_eq!((order.to.as_str(), order.sounds.len(), order.script.nodes.len()), ("+84901234567", 1, 3));
    assert_eq!(&order.sounds[0].1[..4], b"RIFF");
    let after = numbers(&db, &actor, &told).await;
    assert_eq!((after[0].state, after[0].call, after[1].state), (State::Calling, Some(call), State::Waiting));
    house.look().await.expect("nothing is ordered while one is up");
    assert!(orders.try_recv().is_err());
}

#[tokio::test]
async fn want_of_room_costs_no_attempt_and_a_refusal_does() {
    let (db, actor, mut house, mut orders) = world().await;
    let told = broadcast_to(&db, &actor, &["0901234567"], Plan::default()).await;
    answered(&mut house, &mut orders, Err(Problem::limited("quota_reached", "Full.", 0))).await;
    let after = numbers(&db, &actor, &told).await;
    assert_eq!((after[0].state, after[0].attempts), (State::Waiting, 0));
    answered(&mut house, &mut orders, Err(Problem::conflict("no_hotline", "None."))).await;
    let after = numbers(&db, &actor, &told).await;
    assert_eq!((after[0].state, after[0].attempts, after[0].cause), (State::Failed, 1, Some(Cause::Failed)));
}

#[tokio::test]
async fn without_a_speaker_nothing_is_ordered() {
    let (db, actor, mut house, mut orders) = world().await;
    house.sounds = Sounds::new((*db).clone(), db.folder().to_owned());
    let told = broadcast_to(&db, &actor, &["0901234567"], Plan::default()).await;
    house.look().await.expect("it looked");
    assert_eq!(numbers(&db, &actor, &told).await[0].state, State::Failed);
    assert!(orders.try_recv().is_err());
}

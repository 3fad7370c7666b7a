use crate::world::World;
use bus::Command;
use bus::capture::{Capture, Leg, Message, Note, Target, What};
use model::{CallId, Digit, Id, LegId};
use serde_json::json;
use tokio::sync::mpsc;

fn example(tenant: model::TenantId, call: CallId) -> Capture {
    let message = |at_us, sent, text: &str| Message {
        at_us,
        leg: LegId(0),
        sent,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: "192.0.2.9:5062".parse().unwrap(),
        transport: "udp",
        bytes: text.as_bytes().to_vec(),
    };
    let invite = "INVITE sip:102@alo SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\na=sendonly\r\n";
    Capture {
        tenant,
        call,
        ended: false,
        legs: vec![Leg { leg: LegId(0), party: "extension 101".into(), outgoing: false, left_out: 3, quality: None }],
        messages: vec![
            message(1_000, false, invite),
            message(3_000, true, "SIP/2.0 100 Trying\r\nCSeq: 1 INVITE\r\n\r\n"),
        ],
        notes: vec![Note { at_us: 2_000, leg: LegId(0), what: What::InfoDigit(Digit::new('7').unwrap()) }],
    }
}

#[tokio::test]
async fn a_ladder_is_shown_in_the_order_of_time() {
    let mut w = World::new().await;
    let mut commands = std::mem::replace(&mut w.commands, mpsc::channel(1).1);
    let (tenant, call) = (w.alpha.actor.tenant, CallId::from_bits(7));
    let path = format!("/calls/{call}/ladder");
    let engine = async {
        let Some(Command::Capture { tenant: whose, call: which, reply }) = commands.recv().await else {
            panic!("a look")
        };
        assert_eq!((whose, which), (tenant, call), "the company is the credential's");
        reply.send(Ok(example(tenant, call))).unwrap();
    };
    let (answer, ()) = tokio::join!(w.get(&w.alpha.key, &path), engine);
    let told = answer.json();
    let labels: Vec<&str> = told["entries"].as_array().unwrap().iter().map(|e| e["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["INVITE", "7 (INFO)", "100 Trying"]);
    let first = &told["entries"][0]["message"];
    assert_eq!((&first["session"], &first["source"]), (&json!("sendonly"), &json!("192.0.2.9:5062")));
    assert_eq!(told["entries"][2]["message"]["status"], json!(100));
    assert_eq!(told["participants"][0]["left_out"], json!(3));
}

#[tokio::test]
async fn sound_is_read_by_those_with_the_right_and_told() {
    let mut w = World::new().await;
    let mut commands = std::mem::replace(&mut w.commands, mpsc::channel(1).1);
    let manager = w.key(&w.alpha, "manager").await;
    let path = format!("/calls/{}/pcap", CallId::from_bits(7));
    for (key, sound) in [(&manager, false), (&w.alpha.key, true)] {
        let engine = async {
            let Some(Command::Pcap { media, reply, .. }) = commands.recv().await else { panic!("a look") };
            reply.send(Ok(vec![1, 2, 3])).unwrap();
            media
        };
        let (answer, media) = tokio::join!(w.get(key, &path), engine);
        assert_eq!((media, answer.bytes.as_slice()), (sound, [1, 2, 3].as_slice()));
    }
    let told = store::outbox::read(&w.db, Some(w.alpha.actor.tenant), 0, 200).await.unwrap();
    assert_eq!(told.iter().filter(|event| event.kind == "capture.read").count(), 1);
}

#[tokio::test]
async fn an_order_names_one_target_of_the_own_company_and_is_told() {
    let mut w = World::new().await;
    let extension = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let mut commands = std::mem::replace(&mut w.commands, mpsc::channel(1).1);
    let engine = async {
        let Some(Command::Watch(watch, reply)) = commands.recv().await else { panic!("an order") };
        reply.send(Ok(())).unwrap();
        watch
    };
    let body = json!({ "extension": "101", "media": true, "calls": 3, "minutes": 5 });
    let (answer, watch) = tokio::join!(w.post(&w.alpha.key, "/captures", body), engine);
    assert_eq!((answer.status.as_u16(), answer.text("target_id")), (201, extension.clone()));
    assert_eq!((watch.tenant, watch.media, watch.calls_left), (w.alpha.actor.tenant, true, 3));
    assert_eq!(watch.target, Target::Extension(extension.parse().unwrap()));
    let told = store::outbox::read(&w.db, Some(w.alpha.actor.tenant), 0, 200).await.unwrap();
    let told = told.iter().find(|event| event.kind == "capture.started").expect("it is told");
    assert!(told.data.contains("\"media\":true") && told.data.contains("key_"), "{}", told.data);

    let manager = w.key(&w.alpha, "manager").await;
    assert_eq!(w.post(&manager, "/captures", json!({ "extension": "101" })).await.status, 403);
    for (body, field) in [
        (json!({}), "extension"),
        (json!({ "extension": "101", "trunk": "x" }), "extension"),
        (json!({ "extension": "999" }), "extension"),
        (json!({ "hotline": "19001000" }), "hotline"),
        (json!({ "trunk": "nobody" }), "trunk"),
        (json!({ "call": "x" }), "call"),
        (json!({ "extension": "101", "calls": 0 }), "calls"),
        (json!({ "extension": "101", "minutes": 100_000 }), "minutes"),
    ] {
        let answer = w.post(&w.alpha.key, "/captures", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    let foreign = w.post(&w.beta.key, "/captures", json!({ "extension": extension })).await;
    assert_eq!((foreign.status.as_u16(), foreign.field().as_str()), (422, "extension"), "another company's extension");
}

//! Supervision and conferences: who may ask, what is asked of the engine, and how bad input is answered.

use crate::calls::begin;
use crate::world::World;
use bus::{Command, Want};
use call::Supervision;
use model::{LegId, Problem};
use serde_json::{Value, json};

/// What the engine is asked when a request is made, and the status of its answer when the engine says this.
async fn asked(mut w: World, request: (&str, String, Value), says: Result<(), Problem>) -> (Want, u16) {
    let (method, path, body) = request;
    let nothing = tokio::sync::mpsc::channel(1).1;
    let mut commands = std::mem::replace(&mut w.commands, nothing);
    let engine = async {
        let Some(Command::Want { want, reply, .. }) = commands.recv().await else { panic!("a wish") };
        reply.send(says).unwrap();
        want
    };
    let (want, answer) = tokio::join!(engine, w.ask(&w.alpha.key, method, &path, body));
    (want, answer.status.as_u16())
}

#[tokio::test]
async fn each_request_asks_the_engine_for_what_it_says() {
    let all: [(&str, &str, Value, Want, u16); 6] = [
        ("PUT", "recording/state", json!({ "paused": true }), Want::PauseRecording(true), 204),
        (
            "PUT",
            "supervision",
            json!({ "mode": "barge", "extension": "103" }),
            Want::Supervise("103".into(), Supervision::Barge),
            202,
        ),
        ("DELETE", "supervision?extension=103", Value::Null, Want::Unsupervise("103".into()), 204),
        ("POST", "take-over", json!({ "extension": "103" }), Want::TakeOver("103".into()), 204),
        (
            "POST",
            "parties",
            json!({ "to": "0901234567", "extension": "101" }),
            Want::AddParty("101".into(), "0901234567".into()),
            202,
        ),
        ("DELETE", "parties/3", Value::Null, Want::RemoveParty(LegId(3)), 204),
    ];
    for (method, path, body, wanted, status) in all {
        let w = World::new().await;
        let path = format!("/calls/{}/{path}", begin(&w, &w.alpha));
        assert_eq!(asked(w, (method, path, body), Ok(())).await, (wanted, status));
    }
    let w = World::new().await;
    let path = format!("/calls/{}/take-over", begin(&w, &w.alpha));
    let refused = Err(Problem::conflict("not_supervising", "Supervise first."));
    assert_eq!(asked(w, ("POST", path, json!({ "extension": "103" })), refused).await.1, 409);
}

#[tokio::test]
async fn strangers_agents_and_bad_input_never_reach_the_engine() {
    let mut w = World::new().await;
    let call = begin(&w, &w.alpha);
    let agent = w.key(&w.alpha, "agent").await;
    let (wanted, party) = (json!({ "mode": "listen", "extension": "103" }), json!({ "to": "103", "extension": "101" }));
    let supervision = format!("/calls/{call}/supervision");
    // Another company does not know the call, whatever it asks.
    for (method, path, body) in [
        ("PUT", "supervision", wanted.clone()),
        ("DELETE", "supervision?extension=103", Value::Null),
        ("POST", "take-over", json!({ "extension": "103" })),
        ("POST", "parties", party.clone()),
        ("DELETE", "parties/3", Value::Null),
        ("PUT", "recording/state", json!({ "paused": true })),
    ] {
        let path = format!("/calls/{call}/{path}");
        assert_eq!(w.ask(&w.beta.key, method, &path, body.clone()).await.status, 404, "{method} {path}");
        if !path.contains("/parties") && !path.contains("/recording") {
            assert_eq!(w.ask(&agent, method, &path, body).await.status, 403, "{method} {path}");
        }
    }
    for body in [
        json!({}),
        json!({ "mode": "shout", "extension": "103" }),
        json!({ "mode": 7, "extension": "103" }),
        json!({ "mode": "listen", "extension": ["103"] }),
        json!({ "mode": "listen", "extension": "103", "more": true }),
        json!({ "mode": "x".repeat(100_000), "extension": "103" }),
        // A key has no extension of its own.
        json!({ "mode": "listen" }),
    ] {
        let answer = w.put(&w.alpha.key, &supervision, body.clone()).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{body}: {}", answer.status);
    }
    let parties = format!("/calls/{call}/parties");
    for to in ["", "hello", "0".repeat(41).as_str(), "101;rm"] {
        let answer = w.post(&w.alpha.key, &parties, json!({ "to": to, "extension": "101" })).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, "to"), "{to}");
    }
    for leg in ["one", "99999", "-1"] {
        assert_eq!(w.delete(&w.alpha.key, &format!("{parties}/{leg}")).await.field(), "leg");
    }
    assert!(w.commands.try_recv().is_err(), "the engine is not even asked");
}

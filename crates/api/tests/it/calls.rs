use crate::world::{Company, World};
use bus::{Command, Occurrence};
use call::{Direction, Event};
use model::{CallId, GreetingId, Timestamp};
use serde_json::json;

/// A greeting of the company, without its file.
pub(crate) async fn greeting(w: &World, company: &Company) -> GreetingId {
    let id = store::mint();
    let new = pbx::greeting::NewGreeting { id, name: "Hello".into(), duration_ms: 1_000, size_bytes: 16_044 };
    pbx::greeting::create(&company.actor, &w.db, new).await.unwrap().id
}

/// Tells the bus that a call of the company is up.
fn begin(w: &World, company: &Company) -> CallId {
    let call = store::mint();
    let event = Event::Started {
        direction: Direction::Inbound,
        hotline: None,
        from: "+84901234567".into(),
        to: "+842873000001".into(),
        extension: None,
    };
    w.bus.publish(Occurrence { tenant: company.actor.tenant, call, at: Timestamp(1_000), event });
    call
}

#[tokio::test]
async fn click_to_call_reaches_the_engine_with_the_callers_company() {
    let mut w = World::new().await;
    w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await;
    let agent = w.key(&w.alpha, "agent").await;
    let router = w.router.clone();
    let asked = tokio::spawn(async move {
        use tower::ServiceExt;
        let request = axum::http::Request::builder().method("POST").uri("/api/v1/calls");
        let request =
            request.header("authorization", format!("Bearer {agent}")).header("content-type", "application/json");
        let body = json!({ "from_extension": "101", "to": "0901 234 567" }).to_string();
        router.oneshot(request.body(axum::body::Body::from(body)).unwrap()).await.unwrap()
    });
    let Some(Command::Originate(originate, reply)) = w.commands.recv().await else { panic!("an order to originate") };
    assert_eq!((originate.tenant, originate.extension.as_str()), (w.alpha.actor.tenant, "101"));
    let id: CallId = store::mint();
    reply.send(Ok(id)).unwrap();
    let response = asked.await.unwrap();
    assert_eq!(response.status(), 202);
    let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["id"], id.to_string());
}

#[tokio::test]
async fn a_wrong_click_to_call_never_reaches_the_engine() {
    let mut w = World::new().await;
    w.post(&w.beta.key, "/extensions", json!({ "number": "101" })).await;
    for (body, field) in [
        (json!({ "to": "0901234567" }), "from_extension"),
        (json!({ "from_extension": "101", "to": "0901234567" }), "from_extension"),
        (json!({ "from_extension": 101, "to": "0901234567" }), "from_extension"),
        (json!({ "from_extension": "101", "to": "sip:x@y" }), "to"),
        (json!({ "from_extension": "101", "to": "" }), "to"),
        (json!({ "from_extension": "101", "to": "1".repeat(41) }), "to"),
        (json!({ "from_extension": "101", "to": "0901234567", "tenant": "ten_1" }), "tenant"),
    ] {
        let answer = w.post(&w.alpha.key, "/calls", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    assert!(w.commands.try_recv().is_err());
}

#[tokio::test]
async fn live_calls_are_listed_and_hung_up_by_their_own_company_only() {
    let mut w = World::new().await;
    let call = begin(&w, &w.alpha);
    let live = w.get(&w.alpha.key, "/calls/live").await.items();
    assert_eq!((live.len(), live[0]["id"].as_str()), (1, Some(call.to_string().as_str())));
    assert!(w.get(&w.beta.key, "/calls/live").await.items().is_empty(), "another company sees nothing");
    let path = format!("/calls/{call}");
    assert_eq!(w.delete(&w.beta.key, &path).await.status, 404);
    assert!(w.commands.try_recv().is_err(), "the engine is not even asked");

    let (router, key) = (w.router.clone(), w.alpha.key.clone());
    let asked = tokio::spawn(async move {
        use tower::ServiceExt;
        let request = axum::http::Request::builder().method("DELETE").uri(format!("/api/v1{path}"));
        let request = request.header("authorization", format!("Bearer {key}"));
        router.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap().status()
    });
    let Some(Command::Hangup { call: wanted, reply, .. }) = w.commands.recv().await else {
        panic!("an order to hang up")
    };
    assert_eq!(wanted, call);
    reply.send(Ok(())).unwrap();
    assert_eq!(asked.await.unwrap(), 204);
}

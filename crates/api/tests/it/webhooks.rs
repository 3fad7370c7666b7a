use crate::world::World;
use serde_json::json;
use std::time::Duration;
use store::testing::TestDb;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use worker::webhook::{Config, Guard, Sender};

#[tokio::test]
async fn an_endpoint_is_created_changed_rotated_and_removed() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/webhooks", json!({ "url": "http://127.0.0.1:9/", "kinds": ["call.*"] })).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert!(made.text("secret").starts_with("whsec_"));
    let path = format!("/webhooks/{}", made.text("id"));
    let shown = w.get(&w.alpha.key, &path).await;
    assert!(shown.json()["secret"].is_null(), "the secret is shown once");
    let changed = w.patch(&w.alpha.key, &path, json!({ "enabled": false })).await.json();
    assert_eq!((changed["enabled"].as_bool(), changed["kinds"][0].as_str()), (Some(false), Some("call.*")));
    let rotated = w.post(&w.alpha.key, &format!("{path}/rotate"), json!(null)).await;
    assert_ne!(rotated.text("secret"), made.text("secret"));
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
    assert_eq!(w.get(&w.alpha.key, &path).await.status, 404);
}

#[tokio::test]
async fn wrong_endpoints_are_refused_by_field() {
    let w = World::new().await;
    for (body, field) in [
        (json!({}), "url"),
        (json!({ "url": 7 }), "url"),
        (json!({ "url": "http://169.254.169.254/latest/meta-data" }), "url"),
        (json!({ "url": "http://[::1]/" }), "url"),
        (json!({ "url": "ftp://example.com/" }), "url"),
        (json!({ "url": "http://127.0.0.1/", "kinds": ["Call Ended"] }), "kinds[0]"),
        (json!({ "url": "http://127.0.0.1/", "description": "a\nb" }), "description"),
        (json!({ "url": "http://127.0.0.1/", "secret": "mine" }), "secret"),
    ] {
        let answer = w.post(&w.alpha.key, "/webhooks", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    let manager = w.key(&w.alpha, "manager").await;
    assert_eq!(w.post(&manager, "/webhooks", json!({ "url": "http://127.0.0.1/" })).await.status, 403);
}

#[tokio::test]
async fn another_company_sees_nothing() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/webhooks", json!({ "url": "http://127.0.0.1:9/" })).await;
    assert!(w.get(&w.beta.key, "/webhooks").await.items().is_empty());
    let path = format!("/webhooks/{}", made.text("id"));
    assert_eq!(w.get(&w.beta.key, &format!("{path}/deliveries")).await.status, 404);
    assert_eq!(w.post(&w.beta.key, &format!("{path}/replay-dead"), json!(null)).await.status, 404);
}

#[tokio::test]
async fn a_delivery_is_listed_with_its_log_and_replayed() {
    let w = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let made = w.post(&w.alpha.key, "/webhooks", json!({ "url": url })).await;
    let path = format!("/webhooks/{}/deliveries", made.text("id"));
    let sender = sender(&w.db);
    w.tell(&w.alpha, "call.ended", "{}").await;
    answer_once(&listener).await;
    let delivered = loop {
        let page = w.get(&w.alpha.key, &format!("{path}?state=delivered")).await.items();
        if let Some(delivery) = page.into_iter().next() {
            break delivery;
        }
        tokio::task::yield_now().await;
    };
    let one = format!("{path}/{}", delivered["event_id"].as_str().unwrap());
    let log = w.get(&w.alpha.key, &one).await.json();
    assert_eq!((log["log"][0]["status"].as_i64(), log["type"].as_str()), (Some(200), Some("call.ended")));
    let again = w.post(&w.alpha.key, &format!("{one}/replay"), json!(null)).await;
    assert_eq!((again.status.as_u16(), again.text("state").as_str()), (202, "pending"));
    answer_once(&listener).await;
    assert_eq!(w.get(&w.alpha.key, &format!("{path}?state=lost")).await.field(), "state");
    sender.stop().await;
}

fn sender(db: &TestDb) -> Sender {
    let mut config = Config::new(Guard::new(vec!["127.0.0.0/8".parse().unwrap()]));
    config.poll = Duration::from_millis(20);
    Sender::start((**db).clone(), config).unwrap()
}

async fn answer_once(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = [0; 4096];
    assert!(stream.read(&mut request).await.unwrap() > 0);
    stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.unwrap();
}

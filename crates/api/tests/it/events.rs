use crate::world::World;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The router on a real port, for as long as this lives.
struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(w: &World) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = w.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    Served { address, task: tokio::spawn(async move { axum::serve(listener, service).await.unwrap() }) }
}

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(server: &Served, key: &str, query: &str) -> Result<Socket, u16> {
        let url = format!("ws://{}/api/v1/events{query}", server.address);
        let mut request = url.into_client_request().unwrap();
        if !key.is_empty() {
            request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
        }
        Socket::connect(request).await
    }

    async fn connect(request: tungstenite::handshake::client::Request) -> Result<Socket, u16> {
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn next(&mut self) -> Value {
        loop {
            let message = timeout(Duration::from_secs(10), self.0.next()).await.expect("a message in time");
            match message.expect("an open socket").unwrap() {
                Message::Text(text) => return serde_json::from_str(text.as_str()).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn numbers(&mut self, count: usize) -> Vec<i64> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.next().await["data"]["n"].as_i64().unwrap());
        }
        all
    }
}

async fn tell(w: &World, n: i64) {
    w.tell(&w.alpha, "call.ended", &format!("{{\"n\":{n}}}")).await;
}

#[tokio::test]
async fn events_come_as_they_happen_and_only_ones_own() {
    let w = World::new().await;
    let server = serve(&w).await;
    tell(&w, 0).await;
    let mut socket = Socket::open(&server, &w.alpha.key, "").await.unwrap_or_else(|s| panic!("{s}"));
    w.tell(&w.beta, "call.ended", "{\"n\":99}").await;
    tell(&w, 1).await;
    let event = socket.next().await;
    assert_eq!(event["data"]["n"], 1, "{event}");
    assert_eq!(event["type"], "call.ended");
    assert!(event["id"].as_str().unwrap().starts_with("evt_"));
    assert!(event["seq"].as_i64().unwrap() > 0 && event["at"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn a_client_that_was_away_misses_nothing() {
    let w = World::new().await;
    let server = serve(&w).await;
    let mut socket = Socket::open(&server, &w.alpha.key, "").await.unwrap_or_else(|s| panic!("{s}"));
    tell(&w, 1).await;
    let seq = socket.next().await["seq"].as_i64().unwrap();
    drop(socket);
    for n in 2..500 {
        tell(&w, n).await;
    }
    let resumed = Socket::open(&server, &w.alpha.key, &format!("?after={seq}")).await;
    let mut socket = resumed.unwrap_or_else(|s| panic!("{s}"));
    assert_eq!(socket.numbers(498).await, (2..500).collect::<Vec<_>>());
    tell(&w, 500).await;
    assert_eq!(socket.numbers(1).await, [500]);
}

#[tokio::test]
async fn a_kind_can_be_chosen() {
    let w = World::new().await;
    let server = serve(&w).await;
    let mut socket = Socket::open(&server, &w.alpha.key, "?kind=call.*").await.unwrap_or_else(|s| panic!("{s}"));
    w.tell(&w.alpha, "extension.created", "{}").await;
    tell(&w, 7).await;
    assert_eq!(socket.numbers(1).await, [7]);
}

#[tokio::test]
async fn a_browser_names_its_token_in_the_subprotocol_or_the_query() {
    let w = World::new().await;
    let server = serve(&w).await;
    let mut by_query =
        Socket::open(&server, "", &format!("?access_token={}", w.alpha.key)).await.unwrap_or_else(|s| panic!("{s}"));
    let mut request = format!("ws://{}/api/v1/events", server.address).into_client_request().unwrap();
    let protocols = format!("alo.events.v1, bearer.{}", w.alpha.key);
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    let mut by_protocol = Socket::connect(request).await.unwrap_or_else(|s| panic!("{s}"));
    tell(&w, 3).await;
    assert_eq!((by_query.numbers(1).await, by_protocol.numbers(1).await), (vec![3], vec![3]));
}

#[tokio::test]
async fn who_may_not_listen_is_told_before_the_socket_opens() {
    let w = World::new().await;
    let server = serve(&w).await;
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(Socket::open(&server, "", "").await.err(), Some(401));
    assert_eq!(Socket::open(&server, "alo_wrong", "").await.err(), Some(401));
    assert_eq!(Socket::open(&server, &agent, "").await.err(), Some(403));
    for query in ["?after=-1", "?after=999999", "?after=x", "?colour=red"] {
        assert_eq!(Socket::open(&server, &w.alpha.key, query).await.err(), Some(422), "{query}");
    }
    assert_eq!(w.get(&w.alpha.key, "/events").await.code(), "websocket_only");
}

#[tokio::test]
async fn an_agent_hears_of_the_own_state_alone() {
    let w = World::new().await;
    let server = serve(&w).await;
    let lan = serde_json::json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let user = w.post(&w.alpha.key, "/users", lan).await.text("id");
    let login = serde_json::json!({ "login": "lan@alpha", "password": "first password" });
    let session = w.post("", "/session", login).await.text("token");
    let own = w.post(&w.alpha.key, "/extensions", serde_json::json!({ "number": "101" })).await.text("id");
    w.patch(&w.alpha.key, &format!("/extensions/{own}"), serde_json::json!({ "user": user })).await;
    let other = w.post(&w.alpha.key, "/extensions", serde_json::json!({ "number": "102" })).await.text("id");
    let mut socket = Socket::open(&server, &session, "").await.unwrap_or_else(|s| panic!("{s}"));
    let state = |extension: &str, n: i64| format!("{{\"extension_id\":\"{extension}\",\"n\":{n}}}");
    tell(&w, 1).await;
    w.tell(&w.alpha, "agent.state_changed", &state(&other, 2)).await;
    w.tell(&w.alpha, "agent.state_changed", "[]").await;
    w.tell(&w.beta, "agent.state_changed", &state(&own, 3)).await;
    w.tell(&w.alpha, "agent.state_changed", &state(&own, 4)).await;
    assert_eq!(socket.numbers(1).await, [4]);
}

#[tokio::test]
async fn an_agent_hears_of_the_own_calls_and_messages_but_not_of_who_listens_in() {
    let w = World::new().await;
    let server = serve(&w).await;
    let (session, own) = crate::written::person(&w, "lan@alpha", "101").await;
    let (_, other) = crate::written::person(&w, "minh@alpha", "102").await;
    let (mine, theirs): (model::CallId, model::CallId) = (store::mint(), store::mint());
    for (call, extension) in [(mine, &own), (theirs, &other)] {
        let event = call::Event::Started {
            direction: call::Direction::Outbound,
            hotline: None,
            from: "101".into(),
            to: "0901234567".into(),
            extension: Some(extension.parse().unwrap()),
        };
        w.bus.publish(bus::Occurrence { tenant: w.alpha.actor.tenant, call, at: store::now(), event });
    }
    let mut socket = Socket::open(&server, &session, "").await.unwrap_or_else(|s| panic!("{s}"));
    let mut tx = w.db.write(w.alpha.actor.tenant).await.unwrap();
    let told = [
        (theirs, "call.held", "{\"n\":1}".to_owned()),
        (mine, "call.held", "{\"n\":2}".to_owned()),
        (mine, "call.joined", "{\"n\":3,\"as\":\"supervisor\"}".to_owned()),
        (mine, "call.digit", "{\"n\":4}".to_owned()),
        (mine, "call.joined", "{\"n\":5,\"as\":\"party\"}".to_owned()),
        (theirs, "call.ended", format!("{{\"n\":6,\"extension\":\"{other}\",\"legs\":[]}}")),
        (mine, "call.ended", format!("{{\"n\":7,\"legs\":[{{\"extension\":\"{own}\"}}]}}")),
        (theirs, "voicemail.received", format!("{{\"n\":8,\"extension_id\":\"{other}\"}}")),
        (mine, "voicemail.received", format!("{{\"n\":9,\"extension_id\":\"{own}\"}}")),
    ];
    for (call, kind, data) in told {
        tx.emit(store::NewEvent { kind, call: Some(call), data });
    }
    tx.commit().await.unwrap();
    assert_eq!(socket.numbers(4).await, [2, 5, 7, 9]);
}

#[tokio::test]
async fn a_cursor_whose_events_are_forgotten_is_refused() {
    let w = World::new().await;
    let server = serve(&w).await;
    tell(&w, 1).await;
    tell(&w, 2).await;
    let later = model::Timestamp(store::now().as_millis() + 1_000);
    store::outbox::trim(&w.db, later, &[]).await.unwrap();
    tell(&w, 3).await;
    assert_eq!(Socket::open(&server, &w.alpha.key, "?after=1").await.err(), Some(410));
    let mut socket = Socket::open(&server, &w.alpha.key, "?after=0").await.unwrap_or_else(|s| panic!("{s}"));
    assert_eq!(socket.numbers(1).await, [3], "zero asks for whatever is kept");
}

#[tokio::test]
async fn words_of_the_client_do_no_harm_and_too_long_ones_end_the_socket() {
    let w = World::new().await;
    let server = serve(&w).await;
    let mut socket = Socket::open(&server, &w.alpha.key, "").await.unwrap_or_else(|s| panic!("{s}"));
    socket.0.send(Message::text("hello")).await.unwrap();
    tell(&w, 1).await;
    assert_eq!(socket.numbers(1).await, [1]);
    socket.0.send(Message::text("x".repeat(100_000))).await.unwrap();
    let end = timeout(Duration::from_secs(10), async { while socket.0.next().await.is_some_and(|m| m.is_ok()) {} });
    end.await.expect("the socket ends");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let mut shared = None;
    let w = World::with(|state| {
        state.patience.slow = Duration::from_millis(300);
        shared = Some(state.clone());
    })
    .await;
    let state = shared.expect("the world's state");
    let server = serve(&w).await;
    let mut socket = Socket::open(&server, &w.alpha.key, "").await.unwrap_or_else(|s| panic!("{s}"));
    let mut tx = w.db.write(w.alpha.actor.tenant).await.unwrap();
    for _ in 0..150 {
        let data = format!("{{\"n\":\"{}\"}}", "x".repeat(200_000));
        tx.emit(store::NewEvent { kind: "call.ended", call: None, data });
    }
    tx.commit().await.unwrap();
    // Thirty megabytes do not fit into the buffers between the two; nobody reads until the server has given up.
    let given_up = async {
        while state.open_sockets() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), given_up).await.expect("the server gives up");
    let mut got = 0;
    let read = async {
        while let Some(Ok(message)) = socket.0.next().await {
            got += i32::from(message.is_text());
        }
    };
    timeout(Duration::from_secs(10), read).await.expect("the socket ends");
    assert!(got < 150, "{got}");
}

#[tokio::test]
async fn a_revoked_key_ends_its_socket() {
    let w = World::with(|state| state.patience.ping = Duration::from_millis(50)).await;
    let server = serve(&w).await;
    let made = w.post(&w.alpha.key, "/keys", serde_json::json!({ "name": "crm", "role": "manager" })).await;
    let mut socket = Socket::open(&server, &made.text("secret"), "").await.unwrap_or_else(|s| panic!("{s}"));
    tell(&w, 1).await;
    assert_eq!(socket.numbers(1).await, [1]);
    w.delete(&w.alpha.key, &format!("/keys/{}", made.text("id"))).await;
    let code = timeout(Duration::from_secs(10), async {
        loop {
            match socket.0.next().await.expect("a close frame").unwrap() {
                Message::Close(frame) => return u16::from(frame.expect("a code").code),
                // The event of the revocation itself may come first.
                Message::Ping(_) | Message::Text(_) => {}
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(code.await.expect("the socket ends"), 4401);
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_let_go() {
    let patience = api::Patience {
        ping: Duration::from_millis(50),
        silence: Duration::from_millis(300),
        slow: Duration::from_secs(15),
    };
    let w = World::with(|state| state.patience = patience).await;
    let server = serve(&w).await;
    let socket = Socket::open(&server, &w.alpha.key, "").await.unwrap_or_else(|s| panic!("{s}"));
    let MaybeTlsStream::Plain(stream) = socket.0.get_ref() else { panic!("a plain connection") };
    // Watched below the WebSocket: nothing here answers a ping.
    let mut bytes = vec![0; 65_536];
    let end = async {
        loop {
            stream.readable().await.unwrap();
            match stream.try_read(&mut bytes) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    };
    timeout(Duration::from_secs(10), end).await.expect("the connection is closed");
}

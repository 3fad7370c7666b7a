//! Call events over Socket.IO. A client emits `subscribe {account_id, auth_token, binding}`, once for each binding, and hears
//! `CHANNEL_CREATE`, `CHANNEL_ANSWER`…; the account may be left out, for the token says whose it is. Clients of old
//! (Engine.IO 3) and of today are served, by long polling and by WebSocket.

use super::binding::Binding;
use super::listeners::{Full, Known, Listeners};
use super::{events, words};
use crate::State;
use crate::token::{self, Purpose};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use model::{Dialect, Permission};
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::now;

/// Where clients look for it.
const PATH: &str = "/socket.io";
/// The largest message of a client: a subscription.
const MOST_BYTES: u64 = 16 * 1024;
/// How many events may wait for a client that reads slowly.
const WAITING: usize = 1_024;
/// How often a client must say that it is there; a long poll is answered at the latest then.
const PING: Duration = Duration::from_secs(20);

/// The service, at [`PATH`]. `namespace` is what clients make of an address below our root; they are served as those at it.
pub(crate) fn service(state: &State, namespace: &str) -> Router {
    let (service, io) = SocketIo::builder()
        .req_path(PATH)
        .max_payload(MOST_BYTES)
        .ws_max_message_size(MOST_BYTES as usize)
        .max_buffer_size(WAITING)
        .ping_interval(PING)
        .build_svc();
    let listeners: Arc<Listeners> = Arc::default();
    for namespace in ["/", namespace] {
        let (state, listeners) = (state.clone(), listeners.clone());
        io.ns(namespace.to_owned(), move |socket: SocketRef| {
            let (state, listeners) = (state.clone(), listeners.clone());
            async move { connected(&socket, state, listeners) }
        });
    }
    tokio::spawn(events::tell_all(state.clone(), Arc::downgrade(&listeners)));
    // No time limit of ours stands around it: a long poll waits on purpose, and the service bounds it by its pings.
    let router = Router::new().route_service("/socket.io/", service.clone()).route_service(PATH, service);
    router.layer(axum::middleware::map_response(open_to_all))
}

/// Pages of any site may listen: the token says who may, and no cookie counts here.
async fn open_to_all(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn connected(socket: &SocketRef, state: State, listeners: Arc<Listeners>) {
    if !listeners.enter(socket.clone(), Instant::now()) {
        // One that closed by itself meanwhile is closed.
        let _ = socket.clone().disconnect();
        return;
    }
    let left = listeners.clone();
    socket.on_disconnect(move |socket: SocketRef| {
        let left = left.clone();
        async move { left.leave(&socket.id.to_string()) }
    });
    for word in ["subscribe", "unsubscribe"] {
        let (state, listeners) = (state.clone(), listeners.clone());
        socket.on(word, move |socket: SocketRef, TryData(wanted): TryData<Value>, ack: AckSender| {
            let (state, listeners) = (state.clone(), listeners.clone());
            async move {
                let wanted = wanted.unwrap_or_default();
                let outcome = change(&state, &listeners, &socket, word, &wanted).await;
                answer(&socket, ack, &wanted, outcome);
            }
        });
    }
}

/// Why a subscription was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Token,
    Account,
    Binding,
    Permission,
    Full(Full),
}

impl Refused {
    fn word(self) -> &'static str {
        match self {
            Refused::Token => "invalid_auth_token",
            Refused::Account => "invalid_account_id",
            Refused::Binding => "unmatched_binding",
            Refused::Permission => "forbidden",
            Refused::Full(Full::Sockets) => "too_many_sockets",
            Refused::Full(Full::Bindings) => "too_many_bindings",
            Refused::Full(Full::Gone) => "closed",
        }
    }
}

async fn change(
    state: &State,
    listeners: &Listeners,
    socket: &SocketRef,
    word: &str,
    wanted: &Value,
) -> Result<Vec<String>, Refused> {
    // Of old the values stand in the message itself, later below `data`, the token beside it.
    let of = |name: &str| wanted.get(name).or_else(|| wanted["data"].get(name)).unwrap_or(&Value::Null);
    let known = known(state, socket, of("auth_token")).await?;
    let account = of("account_id").as_str().unwrap_or_default();
    let own = [String::new(), words::account(known.tenant), known.tenant.to_string()];
    if !own.iter().any(|own| own == account) {
        return Err(Refused::Account);
    }
    let one = of("binding").as_str();
    let many = of("bindings").as_array().into_iter().flatten().filter_map(Value::as_str);
    let texts: Vec<&str> = match one {
        Some(one) => vec![one],
        None => many.collect(),
    };
    let bindings: Option<Vec<Binding>> = texts.iter().map(|text| Binding::parse(text)).collect();
    let bindings = bindings.filter(|bindings| !bindings.is_empty()).ok_or(Refused::Binding)?;
    let id = socket.id.to_string();
    for binding in bindings {
        match word {
            "unsubscribe" => listeners.unbind(&id, known.tenant, &binding),
            _ => listeners.bind(&id, known, binding).map_err(Refused::Full)?,
        }
    }
    Ok(texts.into_iter().map(str::to_owned).collect())
}

/// Whose token it is. It counts as a request of its key.
async fn known(state: &State, socket: &SocketRef, token: &Value) -> Result<Known, Refused> {
    let token = token.as_str().ok_or(Refused::Token)?;
    let key = token::read(state, Purpose::AntringEvents, token, now().as_millis() / 1000).ok_or(Refused::Token)?;
    let source = socket.req_parts().extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let source = source.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let actor = state.gate.admit_id(Dialect::Antring, key, source).await.map_err(|_| Refused::Token)?;
    actor.require(Permission::ViewCalls).map_err(|_| Refused::Permission)?;
    Ok(Known { tenant: actor.tenant, key, source })
}

/// Tells the outcome: to a client that waits for it in its acknowledgement, and a refusal also as the event `error`.
fn answer(socket: &SocketRef, ack: AckSender, wanted: &Value, outcome: Result<Vec<String>, Refused>) {
    let request = wanted["request_id"].clone();
    let body = match outcome {
        Ok(subscribed) => {
            json!({ "status": "success", "request_id": request, "data": { "subscribed": subscribed } })
        }
        Err(refused) => {
            let body = json!({ "status": "error", "request_id": request, "message": refused.word() });
            // A socket that closed meanwhile needs to know nothing.
            let _ = socket.emit("error", &body);
            body
        }
    };
    let _ = ack.send(&body);
}

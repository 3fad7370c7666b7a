//! `/ws/sip`: SIP over a WebSocket (RFC 7118) beside the API, so that a browser's phone needs no other port and no other
//! certificate than its page.

use super::Secure;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Response, StatusCode};
use axum::routing::get;
use hyper_util::rt::TokioIo;
use sip::stack::{Io, SUBPROTOCOL, asks_for_sip};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// Where it is found.
pub(crate) const PATH: &str = "/ws/sip";

/// Takes an open WebSocket, where it comes from, and whether it came over TLS.
pub(crate) type Taker = Arc<dyn Fn(Box<dyn Io>, SocketAddr, bool) + Send + Sync>;

/// The one address.
pub(crate) fn routes(taker: Taker) -> Router {
    Router::new().route(PATH, get(move |request: Request| upgrade(taker.clone(), request)))
}

async fn upgrade(taker: Taker, mut request: Request) -> Response<Body> {
    let headers = request.headers();
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24);
    let asked = says(headers, header::CONNECTION, "upgrade")
        && says(headers, header::UPGRADE, "websocket")
        && says(headers, header::SEC_WEBSOCKET_VERSION, "13");
    let (true, true, Some(key)) = (asked, asks_for_sip(headers), key) else {
        let refusal = Response::builder()
            .status(if asked { StatusCode::BAD_REQUEST } else { StatusCode::UPGRADE_REQUIRED })
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13");
        let text = "Here a WebSocket with the subprotocol \"sip\" is spoken.\n";
        return refusal.body(Body::from(text)).expect("the constants make a response");
    };
    let accept = derive_accept_key(key.as_bytes());
    let Some(ConnectInfo(remote)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() else {
        return Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Body::empty()).expect("a response");
    };
    let secure = request.extensions().get::<Secure>().is_some_and(|secure| secure.0);
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgraded.await {
            Ok(socket) => taker(Box::new(TokioIo::new(socket)), remote, secure),
            Err(error) => tracing::debug!(%error, %remote, "a WebSocket was not opened"),
        }
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, accept)
        .header(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)
        .body(Body::empty())
        .expect("the constants and the key make a response")
}

/// Whether a list of words names this one.
fn says(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
}

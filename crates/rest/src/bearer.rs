//! Who asks: the bearer token of a request becomes an [`Actor`].

use crate::{Answer, Failure};
use account::Gate;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use model::{Actor, Kind, Problem};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The authenticated actor of the request.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        if let Some(known) = parts.extensions.get::<Caller>() {
            return Ok(known.clone());
        }
        let token = token(parts).ok_or_else(missing)?;
        let Ok(Source(source)) = Source::from_request_parts(parts, state).await;
        let actor = Gate::from_ref(state).admit(&token, source).await?;
        let caller = Caller(actor);
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

/// The bearer token of the `Authorization` header, else the session in a browser's cookie.
pub fn token(parts: &Parts) -> Option<String> {
    if !parts.headers.contains_key(header::AUTHORIZATION) {
        return crate::cookie::token(parts);
    }
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// The problem of a request without a credential.
pub fn missing() -> Problem {
    Problem::new(
        Kind::Unauthenticated,
        "unauthenticated",
        "Send an API key or a session token in the header Authorization: Bearer ….",
    )
}

/// The address the request came from; unspecified when the server did not note it.
#[derive(Debug, Clone, Copy)]
pub struct Source(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Source(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// The bearer token itself, for what is about the session that asks.
#[derive(Debug, Clone)]
pub struct Token(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Ok(Token(token(parts).ok_or_else(missing)?))
    }
}

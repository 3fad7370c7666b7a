//! The tongues in which endpoints are told: our own is a signed JSON post; another vendor's is whatever its receivers
//! understand, made by a [`Tongue`] when the event is sent.

use super::endpoint::Endpoint;
use model::{Dialect, Problem, TenantId};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

/// An event on its way to an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Whose event it is.
    pub tenant: TenantId,
    /// Where it goes.
    pub endpoint: &'a Endpoint,
    /// The event as our own receivers read it: `{"id", "seq", "type", "at", "call_id", "data"}`.
    pub event: &'a serde_json::Value,
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// All that is told stands in the address.
    Get,
    /// The body is JSON.
    Post,
}

/// One request that tells an event, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How it is sent.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// The body; empty with [`Method::Get`].
    pub body: String,
}

/// Requests, in the order in which they are to be sent.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Result<Vec<Request>, Problem>> + Send + 'a>>;

/// A vendor's way to tell events.
pub trait Tongue: Send + Sync {
    /// Whose tongue it is.
    fn dialect(&self) -> Dialect;

    /// What to send for an event; nothing when the vendor has no word for it. A failure is tried again later.
    fn tell<'a>(&'a self, told: Told<'a>) -> Telling<'a>;

    /// Why an answer that came with a good HTTP status is a refusal all the same.
    fn refusal(&self, answer: &str) -> Option<String>;
}

/// The tongues that this process speaks beside our own.
#[derive(Clone, Default)]
pub struct Tongues(HashMap<Dialect, Arc<dyn Tongue>>);

impl Tongues {
    /// These tongues.
    pub fn new(tongues: impl IntoIterator<Item = Arc<dyn Tongue>>) -> Tongues {
        Tongues(tongues.into_iter().map(|tongue| (tongue.dialect(), tongue)).collect())
    }

    /// The tongue of this vendor; none for our own.
    pub(super) fn of(&self, dialect: Dialect) -> Option<&Arc<dyn Tongue>> {
        self.0.get(&dialect)
    }
}

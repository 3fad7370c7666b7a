//! What flows want of the world beside calls: a voice for texts, and answers of the company's own services. Whoever starts
//! the engine says who does it; the engine itself opens no connection but those of calls.

use std::fmt::Debug;

use futures_util::future::BoxFuture;
use model::say::Language;

/// Who speaks, and who asks.
pub trait Outside: Debug + Send + Sync {
    /// The sound file of a text; none when nobody speaks, or it failed.
    fn speak(&self, text: String, language: Language) -> BoxFuture<'static, Option<Vec<u8>>>;

    /// Sends a JSON body to an address that a company named, and gives what was answered with success. It must not be a way
    /// into the network behind this machine.
    fn look_up(&self, url: String, body: String) -> BoxFuture<'static, Option<String>>;
}

/// Nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Outside for Nobody {
    fn speak(&self, _: String, _: Language) -> BoxFuture<'static, Option<Vec<u8>>> {
        Box::pin(std::future::ready(None))
    }

    fn look_up(&self, _: String, _: String) -> BoxFuture<'static, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}

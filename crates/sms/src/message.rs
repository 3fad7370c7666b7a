//! Messages that were sent, and what became of each.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{find_by_code, list, send};
#[cfg(test)]
pub(crate) use tests::testing;

use crate::provider::Channel;
use model::TextId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TextState))]
pub enum State {
    /// It is under way. One that a crash cut off stays so: nobody is told twice.
    Processing,
    /// It arrived.
    Delivered,
    /// No channel led there.
    Failed,
}

impl State {
    const ALL: [(State, &'static str); 3] =
        [(State::Processing, "processing"), (State::Delivered, "delivered"), (State::Failed, "failed")];
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Text))]
pub struct Message {
    /// Its id.
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "txt_01hv3k0000000000000000000"))]
    pub id: TextId,
    /// 24 letters and digits that other vendors' clients know it by.
    pub code: String,
    /// To whom: E.164.
    pub to: String,
    /// The code of its template.
    pub template: String,
    /// What was filled in.
    pub parameters: BTreeMap<String, String>,
    /// The channel that was tried last.
    pub channel: Channel,
    /// How far it is.
    pub state: State,
    /// Why it did not arrive.
    pub fault: Option<String>,
    /// The carrier's own id.
    pub reference: String,
    /// Into how many texts it was cut.
    pub parts: u32,
    /// How long the call that read it aloud was listened to.
    pub listened_s: u32,
    /// When it was sent, milliseconds since 1970.
    pub created_at: i64,
    /// When it arrived or was given up.
    pub finished_at: Option<i64>,
}

/// A message to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// To whom, in any usual form.
    pub to: String,
    /// The channels to try, in this order.
    pub channels: Vec<Channel>,
    /// The code of the template.
    pub template: String,
    /// What to fill in.
    pub parameters: BTreeMap<String, String>,
}

fn as_text<S: serde::Serializer>(id: &TextId, output: S) -> Result<S::Ok, S::Error> {
    output.collect_str(id)
}

fn from_text<'de, D: serde::Deserializer<'de>>(input: D) -> Result<TextId, D::Error> {
    String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
}

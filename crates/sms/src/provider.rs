//! Whoever carries messages to telephones.

use model::{PhoneNumber, TextId};
use serde::{Deserialize, Serialize};
use std::pin::Pin;

/// The ways to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TextChannel))]
pub enum Channel {
    /// A notification over Zalo.
    Zns,
    /// A call that reads it aloud.
    Call,
    /// A text under the company's name.
    Sms,
}

impl Channel {
    /// All, with their stable words.
    pub const ALL: [(Channel, &'static str); 3] =
        [(Channel::Zns, "zns"), (Channel::Call, "call"), (Channel::Sms, "sms")];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        Channel::ALL.iter().find(|(known, _)| *known == self).map_or("", |(_, word)| word)
    }

    /// The channel with this word.
    pub fn parse(word: &str) -> Option<Channel> {
        Channel::ALL.iter().find(|(_, known)| *known == word).map(|(channel, _)| *channel)
    }
}

/// One message on its way by one channel.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Which message; a provider that is asked twice for one may tell by it.
    pub id: TextId,
    /// To whom.
    pub to: &'a PhoneNumber,
    /// How.
    pub channel: Channel,
    /// The template's name at the provider.
    pub template: &'a str,
    /// What it says, its parameters filled in.
    pub text: &'a str,
}

/// What a provider says of a message that arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The carrier's own id.
    pub reference: String,
    /// Into how many texts it was cut.
    pub parts: u32,
    /// How long the call that read it aloud was listened to.
    pub listened_s: u32,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This channel does not lead there; another may.
    Unreachable(String),
    /// The company's account at the provider is empty; no channel leads anywhere.
    Empty,
}

/// A message being carried.
pub type Sent<'a> = Pin<Box<dyn Future<Output = Result<Receipt, Fault>> + Send + 'a>>;

/// Whoever carries messages.
pub trait Provider: Send + Sync {
    /// The channels it has.
    fn channels(&self) -> &[Channel];

    /// Carries one message by one of its channels.
    fn send<'a>(&'a self, order: Order<'a>) -> Sent<'a>;
}

/// No provider: no channel leads anywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Provider for Nobody {
    fn channels(&self) -> &[Channel] {
        &[]
    }

    fn send<'a>(&'a self, _: Order<'a>) -> Sent<'a> {
        Box::pin(async { Err(Fault::Unreachable("no provider is set".to_owned())) })
    }
}

//! Voicemail: what the mailbox of an extension does with callers whom nobody answers ([`Mailbox`]), and the messages that they
//! left ([`message`]). People change it here, owners listen here or by dialling `*97`.

pub mod message;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{get, own, patch, patch_own};

use model::{Cause, Faults, GreetingId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a phone dials to listen to its own messages; the code of Asterisk, FreePBX and FusionPBX.
pub const LISTEN: &str = "*97";
/// What is dialled before the number of an extension to leave a message there without ringing.
pub const LEAVE: &str = "*99";

/// The longest message when nothing is said: three minutes.
const USUAL_MS: i64 = 180_000;

/// The mailbox of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Mailbox))]
pub struct Mailbox {
    /// Whether callers may leave messages.
    pub enabled: bool,
    /// Whether those come here who are not answered in time.
    pub on_no_answer: bool,
    /// Whether those come here who find it busy, declined, or not to be disturbed.
    pub on_busy: bool,
    /// Whether those come here who call while no phone can be reached.
    pub on_unreachable: bool,
    /// What callers hear before the tone; the house's own words when missing.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub greeting: Option<GreetingId>,
    /// Whether the telephone asks for a PIN before it plays messages.
    pub has_pin: bool,
    /// How long a message may be, 5,000–600,000.
    pub max_ms: i64,
    /// Who is told of new messages by mail.
    pub email: Option<String>,
    /// Whether the message goes with that mail.
    pub attach: bool,
    /// The PIN; never shown.
    #[serde(skip)]
    pub(crate) pin: Option<String>,
}

/// Changes to a mailbox; what is missing stays, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = MailboxPatch))]
pub struct MailboxPatch {
    /// Whether callers may leave messages.
    pub enabled: Option<bool>,
    /// Whether those come here who are not answered in time.
    pub on_no_answer: Option<bool>,
    /// Whether those come here who find it busy.
    pub on_busy: Option<bool>,
    /// Whether those come here who call while no phone can be reached.
    pub on_unreachable: Option<bool>,
    /// What callers hear before the tone.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub greeting: Option<Option<GreetingId>>,
    /// The PIN, 4–10 digits.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub pin: Option<Option<String>>,
    /// How long a message may be.
    pub max_ms: Option<i64>,
    /// Who is told of new messages by mail.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub email: Option<Option<String>>,
    /// Whether the message goes with that mail.
    pub attach: Option<bool>,
}

impl Default for Mailbox {
    fn default() -> Mailbox {
        Mailbox {
            enabled: false,
            on_no_answer: true,
            on_busy: true,
            on_unreachable: true,
            greeting: None,
            has_pin: false,
            max_ms: USUAL_MS,
            email: None,
            attach: true,
            pin: None,
        }
    }
}

impl Mailbox {
    /// Whether a caller comes here whose call failed at the extension for this cause.
    pub fn takes(&self, cause: Cause) -> bool {
        self.enabled
            && match cause {
                Cause::NoAnswer => self.on_no_answer,
                Cause::Busy | Cause::Declined => self.on_busy,
                Cause::NotRegistered
                | Cause::Unreachable
                | Cause::Unavailable
                | Cause::Overload
                | Cause::Incompatible
                | Cause::NotFound
                | Cause::NotProtected
                | Cause::NoRoute
                | Cause::Failed
                | Cause::MediaTimeout => self.on_unreachable,
                Cause::Normal
                | Cause::Cancelled
                | Cause::AnsweredElsewhere
                | Cause::InvalidNumber
                | Cause::Forbidden
                | Cause::SessionExpired
                | Cause::Transferred
                | Cause::FlowEnded
                | Cause::ServerStopping
                | Cause::ServerRestart => false,
            }
    }

    /// Whether any caller may come here.
    pub fn takes_some(&self) -> bool {
        self.enabled && (self.on_no_answer || self.on_busy || self.on_unreachable)
    }

    /// What the telephone asks for before it plays messages.
    pub fn pin(&self) -> Option<&str> {
        self.pin.as_deref()
    }

    /// How long a message may be.
    pub fn longest(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.max_ms).unwrap_or(0))
    }

    fn with(self, patch: MailboxPatch) -> Mailbox {
        let tidy = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let pin = patch.pin.map_or(self.pin, tidy);
        Mailbox {
            enabled: patch.enabled.unwrap_or(self.enabled),
            on_no_answer: patch.on_no_answer.unwrap_or(self.on_no_answer),
            on_busy: patch.on_busy.unwrap_or(self.on_busy),
            on_unreachable: patch.on_unreachable.unwrap_or(self.on_unreachable),
            greeting: patch.greeting.unwrap_or(self.greeting),
            has_pin: pin.is_some(),
            max_ms: patch.max_ms.unwrap_or(self.max_ms),
            email: patch.email.map_or(self.email, tidy),
            attach: patch.attach.unwrap_or(self.attach),
            pin,
        }
    }

    fn check(&self, faults: &mut Faults) {
        let good_pin = |pin: &str| (4..=10).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit());
        if self.pin.as_deref().is_some_and(|pin| !good_pin(pin)) {
            faults.add("pin", "Use 4 to 10 digits, or null.");
        }
        if !(5_000..=600_000).contains(&self.max_ms) {
            faults.add("max_ms", "Use 5000 to 600000 milliseconds.");
        }
        let good_address = |address: &str| {
            let (user, host) = address.split_once('@').unwrap_or_default();
            address.len() <= 254
                && !user.is_empty()
                && host.contains('.')
                && !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"()".contains(c))
                && !host.contains('@')
        };
        if self.email.as_deref().is_some_and(|address| !good_address(address)) {
            faults.add("email", "Use one address such as lan@example.vn, or null.");
        }
    }
}

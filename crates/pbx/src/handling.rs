//! What an extension does with calls that it is not to take: do not disturb, forwards, how long it rings, how many calls it
//! takes at once. The engine goes by [`Handling`]; people change it here or by dialling codes ([`code`]).

pub mod code;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::own_extension;
pub use service::{get, own, patch, patch_own, set};

use model::{Cause, Faults};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How an extension handles calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallHandling))]
pub struct Handling {
    /// No phone rings; callers find it busy.
    pub do_not_disturb: bool,
    /// Where all calls go, without ringing: an extension, a hotline or a public number.
    pub forward_always: Option<String>,
    /// Where calls go that find it busy, declined, or not to be disturbed.
    pub forward_busy: Option<String>,
    /// Where calls go that are not answered in time.
    pub forward_no_answer: Option<String>,
    /// Where calls go while no phone can be reached.
    pub forward_unreachable: Option<String>,
    /// How long it rings when it is called itself, 1,000–600,000; 30,000 when missing.
    pub ring_ms: Option<i64>,
    /// How many calls it takes at once, ringing or talking, 1–100; any number when missing. Whoever comes then finds it busy.
    pub max_calls: Option<i64>,
}

/// Changes to the handling of calls; what is missing stays, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallHandlingPatch))]
pub struct HandlingPatch {
    /// No phone rings; callers find it busy.
    pub do_not_disturb: Option<bool>,
    /// Where all calls go.
    #[serde(deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub forward_always: Option<Option<String>>,
    /// Where calls go that find it busy.
    #[serde(deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub forward_busy: Option<Option<String>>,
    /// Where calls go that are not answered.
    #[serde(deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub forward_no_answer: Option<Option<String>>,
    /// Where calls go while no phone can be reached.
    #[serde(deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub forward_unreachable: Option<Option<String>>,
    /// How long it rings.
    #[serde(deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub ring_ms: Option<Option<i64>>,
    /// How many calls it takes at once.
    #[serde(deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub max_calls: Option<Option<i64>>,
}

impl Handling {
    /// Why none of its phones is to ring, when so many calls ring there or are up; none when they may.
    pub fn refuses(&self, calls: usize) -> Option<Cause> {
        let full = self.max_calls.is_some_and(|most| usize::try_from(most).is_ok_and(|most| calls >= most));
        (self.do_not_disturb || full).then_some(Cause::Busy)
    }

    /// Where a call goes that failed here for this cause.
    pub fn forward(&self, cause: Cause) -> Option<&str> {
        let chosen = match cause {
            _ if self.forward_always.is_some() => &self.forward_always,
            Cause::Busy | Cause::Declined => &self.forward_busy,
            Cause::NoAnswer => &self.forward_no_answer,
            Cause::NotRegistered | Cause::Unreachable | Cause::Unavailable | Cause::Overload | Cause::Incompatible => {
                &self.forward_unreachable
            }
            Cause::NotFound | Cause::NotProtected | Cause::Failed | Cause::MediaTimeout => &self.forward_unreachable,
            Cause::Normal
            | Cause::Cancelled
            | Cause::AnsweredElsewhere
            | Cause::InvalidNumber
            | Cause::Forbidden
            | Cause::SessionExpired
            | Cause::Transferred
            | Cause::FlowEnded
            | Cause::NoRoute
            | Cause::ServerStopping
            | Cause::ServerRestart => &None,
        };
        chosen.as_deref()
    }

    /// Whether a call that fails here may go on elsewhere.
    pub fn forwards_at_all(&self) -> bool {
        let all = [&self.forward_always, &self.forward_busy, &self.forward_no_answer, &self.forward_unreachable];
        all.into_iter().any(Option::is_some)
    }

    /// How long it rings when it is called itself.
    pub fn ring_for(&self) -> Option<Duration> {
        self.ring_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis)
    }

    fn with(self, patch: HandlingPatch) -> Handling {
        let tidy = |number: Option<Option<String>>, before: Option<String>| match number {
            Some(number) => number.map(|number| number.trim().to_owned()).filter(|number| !number.is_empty()),
            None => before,
        };
        Handling {
            do_not_disturb: patch.do_not_disturb.unwrap_or(self.do_not_disturb),
            forward_always: tidy(patch.forward_always, self.forward_always),
            forward_busy: tidy(patch.forward_busy, self.forward_busy),
            forward_no_answer: tidy(patch.forward_no_answer, self.forward_no_answer),
            forward_unreachable: tidy(patch.forward_unreachable, self.forward_unreachable),
            ring_ms: patch.ring_ms.unwrap_or(self.ring_ms),
            max_calls: patch.max_calls.unwrap_or(self.max_calls),
        }
    }

    /// `own` is the extension's number, which a forward must not lead to.
    fn check(&self, own: &str, country: &str, faults: &mut Faults) {
        let forwards = [
            ("forward_always", &self.forward_always),
            ("forward_busy", &self.forward_busy),
            ("forward_no_answer", &self.forward_no_answer),
            ("forward_unreachable", &self.forward_unreachable),
        ];
        for (field, number) in forwards.into_iter().filter_map(|(field, number)| Some((field, number.as_deref()?))) {
            if number == own {
                faults.add(field, "An extension cannot forward to itself.");
            } else if !crate::extension::good_number(number) && model::PhoneNumber::parse(number, country).is_none() {
                faults.add(field, "Use an extension or a telephone number.");
            }
        }
        if self.ring_ms.is_some_and(|ms| !(1_000..=600_000).contains(&ms)) {
            faults.add("ring_ms", "Use 1000 to 600000 milliseconds, or null.");
        }
        if self.max_calls.is_some_and(|most| !(1..=100).contains(&most)) {
            faults.add("max_calls", "Use 1 to 100 calls, or null.");
        }
    }
}

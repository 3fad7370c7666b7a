//! What an endpoint and a delivery are, and their rules.

use model::{Dialect, EndpointId, Problem, Timestamp};

/// Where a company wants its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// The URL we post to.
    pub url: String,
    /// What it is for, in the owner's words.
    pub description: String,
    /// The kinds of events wanted; empty for all. `call.*` stands for all that begin so.
    pub kinds: Vec<String>,
    /// In whose words.
    pub dialect: Dialect,
    /// What of the dialect's choices is wanted: see [`choices`].
    pub choices: Vec<String>,
    /// Whether events are sent.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A new endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewEndpoint {
    /// The URL we post to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The kinds of events wanted; empty for all.
    pub kinds: Vec<String>,
    /// In whose words; it stays as it is.
    pub dialect: Dialect,
    /// What of the dialect's choices is wanted.
    pub choices: Vec<String>,
}

/// A change to an endpoint: what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointPatch {
    /// The URL.
    pub url: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The kinds.
    pub kinds: Option<Vec<String>>,
    /// The choices.
    pub choices: Option<Vec<String>>,
    /// On or off.
    pub enabled: Option<bool>,
}

impl Endpoint {
    /// Whether it wants events of this kind.
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty()
            || self.kinds.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(start) => kind.starts_with(start),
                None => wanted == kind,
            })
    }
}

/// How long the texts may be, and how many kinds may be named.
const DESCRIPTION: usize = 200;
const KINDS: usize = 50;

/// Checks the description.
pub(crate) fn check_description(text: &str) -> Result<(), Problem> {
    if text.chars().count() > DESCRIPTION || text.chars().any(char::is_control) {
        return Err(Problem::invalid("description", format!("Use up to {DESCRIPTION} characters on one line.")));
    }
    Ok(())
}

/// Checks the kinds: `call.ended`, or `call.*`.
pub(crate) fn check_kinds(kinds: &[String]) -> Result<(), Problem> {
    if kinds.len() > KINDS {
        return Err(Problem::invalid("kinds", format!("Name at most {KINDS} kinds, or none for all.")));
    }
    for (place, kind) in kinds.iter().enumerate() {
        let words = kind.strip_suffix('*').unwrap_or(kind);
        let plain = words.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_');
        if !plain || kind.is_empty() || kind.len() > 60 {
            return Err(Problem::invalid(format!("kinds[{place}]"), "Use a kind such as call.ended or call.*."));
        }
    }
    Ok(())
}

/// What receivers of a dialect may choose; none for a dialect in which nothing can be told.
///
/// VoiceCloud: `json` posts JSON instead of sending all in the address, `sql_dates` writes moments as
/// `2026-11-22 09:05:00`, `onlinecrm` speaks the words of OnlineCRM's connector. OMICall: the states of a living call that are wanted, all when none is named; its end comes always.
/// eTelecom: the entities whose changes are wanted, all when none is named.
pub fn choices(dialect: Dialect) -> Option<&'static [&'static str]> {
    match dialect {
        Dialect::Alo => Some(&[]),
        Dialect::Voicecloud => Some(&["json", "sql_dates", "onlinecrm"]),
        Dialect::Omicall => Some(&["ringing", "answered", "hangup"]),
        Dialect::Etelecom => Some(&["call_log", "extension"]),
        Dialect::Antring => None,
    }
}

/// Checks a dialect and what is chosen of it.
pub(crate) fn check_choices(dialect: Dialect, chosen: &[String]) -> Result<(), Problem> {
    let Some(known) = choices(dialect) else {
        let tongues = Dialect::ALL.into_iter().filter(|dialect| choices(*dialect).is_some()).map(Dialect::as_str);
        let tongues: Vec<&str> = tongues.collect();
        return Err(Problem::invalid("dialect", format!("Webhooks speak one of: {}.", tongues.join(", "))));
    };
    for (place, word) in chosen.iter().enumerate() {
        if !known.contains(&word.as_str()) || chosen[..place].contains(word) {
            let mend = match known.is_empty() {
                true => "This dialect leaves no choice: send an empty list.".to_owned(),
                false => format!("Name each once, of: {}.", known.join(", ")),
            };
            return Err(Problem::invalid(format!("choices[{place}]"), mend));
        }
    }
    Ok(())
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It will be tried, for the first time or again.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It was given up; a replay can send it again.
    Dead,
}

impl State {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Delivered => "delivered",
            State::Dead => "dead",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<State> {
        [State::Pending, State::Delivered, State::Dead].into_iter().find(|s| s.as_str() == word)
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The event's place in the outbox.
    pub seq: i64,
    /// The event's id, which is the `webhook-id` of every attempt.
    pub event_id: String,
    /// The event's kind.
    pub kind: String,
    /// The call it is about.
    pub call_id: Option<String>,
    /// How far it is.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// When it will be tried next, while pending.
    pub next_at: Option<Timestamp>,
    /// The HTTP status of the last attempt, when there was one.
    pub last_status: Option<i64>,
    /// What went wrong in the last attempt.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was delivered or given up.
    pub finished_at: Option<Timestamp>,
}

/// One attempt of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1.
    pub attempt: i64,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration_ms: i64,
    /// The HTTP status, when there was an answer.
    pub status: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(kinds: &[&str]) -> Endpoint {
        Endpoint {
            id: model::Id::from_bits(1),
            url: String::new(),
            description: String::new(),
            kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
            dialect: Dialect::Alo,
            choices: Vec::new(),
            enabled: true,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    #[test]
    fn kinds_are_matched_whole_or_by_their_beginning() {
        assert!(endpoint(&[]).wants("call.ended"));
        assert!(endpoint(&["call.ended"]).wants("call.ended"));
        assert!(!endpoint(&["call.ended"]).wants("call.ended_twice"));
        assert!(endpoint(&["call.*"]).wants("call.started"));
        assert!(!endpoint(&["call.*"]).wants("extension.created"));
        assert!(endpoint(&["*"]).wants("anything"));
    }

    #[test]
    fn a_choice_is_one_of_the_dialects_and_named_once() {
        let refused = |dialect, words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            check_choices(dialect, &words).err().map(|problem| problem.fields[0].name.clone())
        };
        assert_eq!(refused(Dialect::Voicecloud, &["json", "sql_dates", "onlinecrm"]), None);
        assert_eq!(refused(Dialect::Voicecloud, &["json", "json"]).as_deref(), Some("choices[1]"));
        assert_eq!(refused(Dialect::Alo, &["json"]).as_deref(), Some("choices[0]"));
        assert_eq!(refused(Dialect::Antring, &[]).as_deref(), Some("dialect"));
    }

    #[test]
    fn a_wrong_kind_is_named_by_its_place() {
        let problem = check_kinds(&["call.ended".into(), "Call Ended".into()]).unwrap_err();
        assert_eq!(problem.fields[0].name, "kinds[1]");
        assert!(check_kinds(&["*".into(), "call.*".into()]).is_ok());
        assert!(check_kinds(&["*x".into()]).is_err());
    }
}

//! Key scripts and the sounds they play.

use super::super::{Flow, Greeting, Menu, Step, items, some_text, text};
use crate::omicall::greetings::voice_of;
use model::Digit;
use pbx::greeting::Speech;
use serde_json::Value;

/// A sound: of one that a machine speaks the text is told, of one that was recorded nothing but the name.
pub(super) fn greeting(row: &Value) -> Greeting {
    let spoken = some_text(row, "content").map(|content| Speech {
        text: content,
        voice: voice_of(&text(row, "voice")).unwrap_or_default(),
        speed: row["speed"].as_i64().unwrap_or(0).clamp(-3, 3),
    });
    Greeting { key: text(row, "_id"), name: text(row, "greeting_name"), speech: spoken }
}

pub(super) fn flow(row: &Value) -> Flow {
    let bounded = |name: &str, usual: u32, most: u32| {
        let told = row[name].as_u64().and_then(|number| u32::try_from(number).ok());
        told.unwrap_or(usual).clamp(1, most)
    };
    let keys = items(row, "scripts").iter().filter_map(|key| {
        let mut signs = text(key, "ivr").chars().collect::<Vec<char>>().into_iter();
        let (Some(sign), None) = (signs.next().and_then(Digit::new), signs.next()) else { return None };
        Some((sign, step(key, "action_type", "action")?))
    });
    Flow {
        key: text(row, "_id"),
        name: text(row, "script_name"),
        menu: Menu {
            greeting: some_text(row, "greeting_id"),
            again: some_text(row, "greeting_short_id"),
            invalid: some_text(row, "invalid_sound_id"),
            timeout_s: bounded("time_out", 5, 60),
            max_failures: bounded("max_failure", 3, 10),
            keys: keys.collect(),
            otherwise: step(row, "action_type", "action"),
        },
    }
}

/// Where a key, or a group that nobody answers, leads.
pub(super) fn step(row: &Value, kind: &str, id: &str) -> Option<Step> {
    let id = some_text(row, id)?;
    match text(row, kind).as_str() {
        "Ring_group" => Some(Step::Group(id)),
        "Ivr_menu" => Some(Step::Flow(id)),
        "Recording" => Some(Step::Greeting(id)),
        _ => None,
    }
}

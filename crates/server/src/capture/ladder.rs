//! A call's ladder as text: one column for each far end, ours between the caller's and the others'.

use serde_json::Value;
use std::fmt::Write;

/// From one line to the next.
const WIDTH: usize = 28;
/// Before the first line: the time and how long since the line before.
const MARGIN: usize = 24;

/// A column: a leg, or ourselves.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Leg(u64),
    Us,
}

/// The whole ladder, with the figures of the sound below it.
pub(super) fn draw(ladder: &Value) -> String {
    let people = list(&ladder["participants"]);
    let mut columns: Vec<Column> = people.iter().filter_map(|p| p["leg"].as_u64()).map(Column::Leg).collect();
    columns.insert(columns.len().min(1), Column::Us);
    let mut text =
        format!("\n{}{}\n\n", plain(&ladder["call_id"]), if ladder["ended"] == true { "" } else { "  (up)" });
    let names = |of: &dyn Fn(&Value) -> String, us: &str| -> Vec<String> {
        let name = |column: &Column| match column {
            Column::Us => us.to_owned(),
            Column::Leg(leg) => {
                people.iter().find(|p| p["leg"].as_u64() == Some(*leg)).map(|p| of(p)).unwrap_or_default()
            }
        };
        columns.iter().map(name).collect()
    };
    heads(&mut text, &names(&|p| plain(&p["name"]), "Alo"));
    let place = |p: &Value| format!("{} {}", plain(&p["address"]), plain(&p["transport"]));
    heads(&mut text, &names(&place, ""));
    let mut before = None;
    let mut said: Vec<(Option<u64>, &Value)> = Vec::new();
    for entry in list(&ladder["entries"]) {
        let at_us = entry["at_us"].as_i64().unwrap_or_default();
        let since = before.map_or(0, |before: i64| at_us - before);
        before = Some(at_us);
        let margin = format!("{} {:>+9.3} ", clock(at_us), since as f64 / 1e6);
        let key = (entry["leg"].as_u64(), &entry["message"]["text"]);
        let again = entry["kind"] == "message" && said.contains(&key);
        said.push(key);
        line(&mut text, &margin, &columns, entry, again);
    }
    for person in &people {
        left_out(&mut text, person);
        quality(&mut text, person);
    }
    text
}

/// Each message as it was.
pub(super) fn in_full(ladder: &Value) -> String {
    let mut text = String::new();
    for entry in list(&ladder["entries"]) {
        let message = &entry["message"];
        if message.is_null() {
            continue;
        }
        let at = clock(entry["at_us"].as_i64().unwrap_or_default());
        let (source, target) = (plain(&message["source"]), plain(&message["target"]));
        let _ = writeln!(text, "\n--- {at} {source} -> {target} ({})", plain(&message["transport"]));
        let body = message["text"].as_str().unwrap_or_default();
        // What a stranger sent must not steer the terminal.
        text.extend(body.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()));
    }
    text
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map(|items| items.iter().collect()).unwrap_or_default()
}

/// Text without what could steer the terminal.
fn plain(value: &Value) -> String {
    value.as_str().unwrap_or_default().chars().filter(|c| !c.is_control()).collect()
}

/// A row of names, each in the middle of its line.
fn heads(text: &mut String, names: &[String]) {
    text.push_str(&" ".repeat(MARGIN - WIDTH / 2));
    for name in names {
        let short: String = name.chars().take(WIDTH - 2).collect();
        let _ = write!(text, "{short:^WIDTH$}");
    }
    trim(text);
}

fn line(text: &mut String, margin: &str, columns: &[Column], entry: &Value, again: bool) {
    let place = |wanted: Column| columns.iter().position(|column| *column == wanted).unwrap_or(0);
    let (us, leg) = (place(Column::Us), place(Column::Leg(entry["leg"].as_u64().unwrap_or_default())));
    let message = &entry["message"];
    let mut label = plain(&entry["label"]);
    if let Some(session) = message["session"].as_str() {
        let _ = write!(label, " ({})", if session == "sendrecv" { "SDP" } else { session });
    }
    if again {
        label.push_str(" again");
    }
    let mut row: Vec<char> = " ".repeat(WIDTH * (columns.len() - 1) + 1).chars().collect();
    (0..columns.len()).for_each(|at| row[at * WIDTH] = '|');
    if message.is_null() {
        put(&mut row, leg * WIDTH + 2, &format!("* {label}"));
    } else {
        let from_us = message["sent"] == true;
        let (left, right) = (us.min(leg) * WIDTH, us.max(leg) * WIDTH);
        (left + 1..right).for_each(|at| row[at] = '-');
        let to_the_right = (us < leg) == from_us;
        let head = if to_the_right { right - 1 } else { left + 1 };
        row[head] = if to_the_right { '>' } else { '<' };
        let room = right - left - 5;
        let label: String = format!(" {label} ").chars().take(room).collect();
        let middle = left + (right - left - label.chars().count()).div_ceil(2);
        put(&mut row, middle, &label);
    }
    let _ = write!(text, "{margin:<MARGIN$}");
    text.extend(row);
    trim(text);
}

fn put(row: &mut Vec<char>, at: usize, label: &str) {
    for (place, c) in label.chars().enumerate() {
        match row.get_mut(at + place) {
            Some(cell) => *cell = c,
            None => row.push(c),
        }
    }
}

fn left_out(text: &mut String, person: &Value) {
    if let Some(count) = person["left_out"].as_u64().filter(|count| *count > 0) {
        let _ = writeln!(text, "{}: {count} more messages were not kept.", plain(&person["name"]));
    }
}

fn quality(text: &mut String, person: &Value) {
    let sound = &person["quality"];
    if sound.is_null() {
        return;
    }
    let number = |name: &str| sound[name].as_f64();
    let (heard, lost) = (number("rx_packets").unwrap_or(0.0), number("lost").unwrap_or(0.0));
    let _ = write!(
        text,
        "\n{:<24} {:<6} {heard} packets heard, {lost} lost, {} sent, jitter {:.1} ms",
        plain(&person["name"]),
        plain(&sound["codec"]),
        number("tx_packets").unwrap_or(0.0),
        number("jitter_ms").unwrap_or(0.0),
    );
    if let Some(rtt) = number("rtt_ms") {
        let _ = write!(text, ", round trip {rtt:.1} ms");
    }
    if let Some(mos) = number("mos") {
        let _ = write!(text, ", MOS {mos:.1}");
    }
    text.push('\n');
}

fn trim(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// The time of day of this machine.
fn clock(at_us: i64) -> String {
    let local = crate::calls::local_time(at_us.div_euclid(1_000));
    let time = local.split_once(' ').map_or("", |(_, time)| time);
    format!("{time}.{:03}", at_us.div_euclid(1_000).rem_euclid(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(at_us: i64, leg: u16, sent: bool, label: &str, session: Value) -> Value {
        let text = format!("{label} {leg} {sent}");
        json!({ "at_us": at_us, "leg": leg, "kind": "message", "label": label,
                "message": { "sent": sent, "session": session, "text": text } })
    }

    #[test]
    fn a_call_reads_like_a_ladder() {
        let person = |leg: u16, name: &str| json!({ "leg": leg, "name": name, "address": "10.0.0.9:5060", "transport": "udp", "left_out": 0 });
        let told = json!({
            "call_id": "call_1", "ended": true,
            "participants": [person(0, "extension 101"), person(1, "extension 102")],
            "entries": [
                message(1_000_000, 0, false, "INVITE", json!("sendrecv")),
                message(1_001_500, 1, true, "INVITE", json!("sendrecv")),
                message(1_501_500, 1, true, "INVITE", json!("sendrecv")),
                message(2_000_000, 1, false, "200 OK", json!("sendonly")),
                { "at_us": 2_100_000, "leg": 0, "kind": "digit", "label": "5" },
                message(3_000_000, 0, true, "BYE", Value::Null),
            ],
        });
        let text = draw(&told);
        let lines: Vec<&str> = text.lines().skip(3).map(|line| line.get(MARGIN - 14..).unwrap_or_default()).collect();
        assert!(
            lines[0].contains("extension 101") && lines[0].contains("Alo") && lines[0].contains("extension 102"),
            "{text}"
        );
        let rows: Vec<&str> = text.lines().skip(5).map(|line| line.get(MARGIN..).unwrap_or_default()).collect();
        assert_eq!(
            rows,
            [
                "|------ INVITE (SDP) ------>|                           |",
                "|                           |------ INVITE (SDP) ------>|",
                "|                           |--- INVITE (SDP) again --->|",
                "|                           |<--- 200 OK (sendonly) ----|",
                "| * 5                       |                           |",
                "|<---------- BYE -----------|                           |",
            ],
            "{text}"
        );
        assert!(text.lines().nth(6).is_some_and(|line| line.contains("+0.002")), "{text}");
    }

    #[test]
    fn what_strangers_sent_does_not_steer_the_terminal() {
        let told = json!({
            "call_id": "call_1", "ended": true,
            "participants": [{ "leg": 0, "name": "\u{1b}[2J evil" }],
            "entries": [message(1, 0, false, "IN\u{7}VITE\u{1b}]0;x", Value::Null)],
        });
        assert!(!format!("{}{}", draw(&told), in_full(&told)).chars().any(|c| c.is_control() && c != '\n'));
        assert!(!draw(&json!({})).is_empty());
    }
}

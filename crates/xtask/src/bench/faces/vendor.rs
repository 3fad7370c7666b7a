//! A pretended vendor that tells a long history of calls, in AntRing's words: what the server under load is filled from.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Calls of a page.
const PAGE: u32 = 100;
/// How many calls there were on the first day, the one that a report of a day tells.
pub(super) const FIRST_DAY: u32 = 20;
const DAY_S: i64 = 24 * 3600;

/// Begins to tell; the thread ends with the process.
pub(super) fn start(calls: u32, first_s: i64) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that went away is asked no more.
            let _ = serve(stream, calls, first_s);
        }
    });
    Ok(address)
}

fn serve(stream: TcpStream, calls: u32, first_s: i64) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut first, mut length) = (String::new(), 0u64);
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
        let page = first.split(['?', '&', ' ']).find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).unwrap_or(1);
        // The look whether the key counts asks for the first second of 1970.
        let wanted = !first.contains("created_from=1970");
        let rows: Vec<Value> = if wanted { rows(calls, first_s, page) } else { Vec::new() };
        let body = Value::from(rows).to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        reader.get_mut().write_all(format!("{head}{body}").as_bytes())?;
    }
}

/// A page: twenty calls on the first day, the rest evenly over the days behind it.
fn rows(calls: u32, first_s: i64, page: u32) -> Vec<Value> {
    let from = (page.max(1) - 1) * PAGE;
    (from..calls.min(from.saturating_add(PAGE))).map(|number| row(calls, first_s, number)).collect()
}

fn row(calls: u32, first_s: i64, number: u32) -> Value {
    let at = match number.checked_sub(FIRST_DAY) {
        None => first_s + i64::from(number) * 60,
        Some(later) => {
            let span = 28 * DAY_S;
            first_s + DAY_S + i64::from(later) * span / i64::from(calls.saturating_sub(FIRST_DAY).max(1))
        }
    };
    let (inbound, talked) = (!number.is_multiple_of(3), 10 + i64::from(number % 200));
    let ours = json!({ "number": (1000 + number % 20).to_string(), "type": "user", "username": "agent" });
    let theirs = json!({ "number": format!("09{:08}", number % 5_000), "type": "realnumber" });
    let (caller, callee) = if inbound { (theirs, ours) } else { (ours, theirs) };
    json!({
        "id": format!("bench-{number}"),
        "caller": caller,
        "callee": callee,
        "class": "trunking",
        "did_number": inbound.then_some("02873000001"),
        "direction": if inbound { "to_ab" } else { "from_ab" },
        "status_detail": if number.is_multiple_of(7) { "IVR" } else { "SUCCESS" },
        "duration_seconds": talked + 8,
        "unix_timestamp": at,
        "billing_seconds": if number.is_multiple_of(7) { 0 } else { talked },
        "recording": "",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_together_are_the_history_in_order_of_time() {
        let all: Vec<Value> = (1..=4).flat_map(|page| rows(250, 1_000, page)).collect();
        assert_eq!(all.len(), 250);
        let times: Vec<i64> = all.iter().filter_map(|row| row["unix_timestamp"].as_i64()).collect();
        assert!(times.is_sorted() && times[19] < 1_000 + DAY_S && times[20] >= 1_000 + DAY_S);
        assert!(times[249] < 1_000 + 30 * DAY_S, "within the longest span that may be asked for");
    }
}

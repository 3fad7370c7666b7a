//! A server with a company, a history of calls and a key of each dialect; it ends with this value.

use super::client::{Client, request};
use super::{ADDRESS, vendor};
use crate::bench::{settings, text_of};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// Calls of a page that is asked for.
const PAGE: &str = "20";
const DAY_S: i64 = 24 * 3600;

/// A face, and the request for a page of its history.
pub(super) struct Face {
    pub(super) name: &'static str,
    pub(super) request: Vec<u8>,
}

pub(super) struct Server {
    running: Child,
    /// The key of our own API.
    key: String,
    /// When the first call was, in seconds since 1970.
    first_s: i64,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

impl Server {
    pub(super) fn start(alo: &Path, work: &Path, calls: u32) -> Result<Server> {
        let listen =
            [("ALO_HTTP__LISTEN", ADDRESS), ("ALO_SIP__UDP", "127.0.0.1:5570"), ("ALO_SIP__TCP", "127.0.0.1:5570")];
        let command = |words: &[&str]| {
            let mut command = Command::new(alo);
            command.args(words).envs(settings(work)).envs(listen);
            command
        };
        let words = ["bootstrap", "--company", "Bench", "--extensions", "1000-1019", "--hotline", "02873000001"];
        let made = text_of(command(&[&words[..], &["--trunk-ip", "127.0.0.30", "--json"]].concat()))?;
        let made: Value = serde_json::from_str(&made).context("alo bootstrap printed no JSON")?;
        let key = made["api_key"].as_str().context("bootstrap names no key")?.to_owned();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("a clock before 1970")?.as_secs();
        // The beginning of a day thirty days ago, so that a report of that day has its calls and no others.
        let first_s = i64::try_from(now).context("a clock behind all calendars")? / DAY_S * DAY_S - 29 * DAY_S;
        let url = format!("http://{}", vendor::start(calls, first_s)?);
        let since = &moment(first_s)[..10];
        let words = ["import", "antring", "--url", &url, "--key", "bench:secret", "--since", since];
        let brought = text_of(command(&words))?;
        if !brought.contains(&calls.to_string()) {
            bail!("not all calls were brought over:\n{brought}");
        }
        let log = std::fs::File::create(work.join("server.log"))?;
        let running =
            command(&["serve"]).stdout(Stdio::null()).stderr(log).spawn().context("cannot start alo serve")?;
        let server = Server { running, key, first_s };
        let begun = Instant::now();
        while server.ask("GET", "/readyz", &[], "").is_err() {
            if begun.elapsed() > PATIENCE {
                bail!("the server does not begin; see {}", work.join("server.log").display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Our own API, then the faces.
    pub(super) fn faces(&self) -> Result<Vec<Face>> {
        let (from, to) = (self.first_s, self.first_s + 30 * DAY_S);
        let bearer = |key: &str| format!("Bearer {key}");
        let get = |path: &str, bearer: &str| match bearer {
            "" => request("GET", path, &[], ""),
            bearer => request("GET", path, &[("authorization", bearer)], ""),
        };
        let post = |path: &str, bearer: &str, body: &Value| {
            let headers = [("content-type", "application/json"), ("authorization", bearer)];
            request("POST", path, &headers, &body.to_string())
        };
        let own = get(&format!("/api/v1/calls?limit={PAGE}&from={}&to={}", from * 1000, to * 1000), &bearer(&self.key));

        let (id, secret) = self.key("antring")?;
        let values = [id.as_str(), &moment(from), &moment(to), PAGE, "1"];
        let hash = Sha256::digest(format!("{}{secret}", values.concat()));
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let [id, from_text, to_text, limit, page] = values;
        let query =
            format!("appId={id}&created_from={from_text}&created_to={to_text}&limit={limit}&page={page}&hash={hash}");
        let antring = get(&format!("/antring/oapi/v1/call/histories?{query}"), "");

        let (_, etelecom) = self.key("etelecom")?;
        let filter = json!({ "date_from": moment(from), "date_to": moment(to) });
        let etelecom = post(
            "/etelecom/v1/shop.Etelecom/ListCallLogs",
            &bearer(&etelecom),
            &json!({ "filter": filter, "paging": { "limit": 20 } }),
        );

        let (_, omicall) = self.key("omicall")?;
        let token = self.ask("GET", &format!("/omicrm/api/auth?apiKey={omicall}"), &[], "")?;
        let token = token["payload"]["access_token"].as_str().context("no token of OMICall")?.to_owned();
        let span = format!("from_date={}&to_date={}&page=1&size={PAGE}", from * 1000, to * 1000);
        let omicall = get(&format!("/omicrm/api/call_transaction/list?{span}"), &bearer(&token));

        let (_, voicecloud) = self.key("voicecloud")?;
        let day = &moment(self.first_s)[..10];
        let report = json!({ "key": voicecloud, "startdate": day, "enddate": day });
        let voicecloud = post("/voicecloud/internal/Reports/cdr/format/json", "", &report);

        let faces = [
            ("our own API", own),
            ("AntRing", antring),
            ("eTelecom", etelecom),
            ("OMICall", omicall),
            ("VoiceCloud", voicecloud),
        ];
        let mut ready = Vec::new();
        for (name, request) in faces {
            let answer = Client::connect(ADDRESS)?.ask(&request)?;
            let text = String::from_utf8_lossy(&answer.body);
            // Each of twenty calls has its number in it.
            if answer.status != 200 || text.len() < 2_000 {
                bail!("{name} answers {}: {text}", answer.status);
            }
            ready.push(Face { name, request });
        }
        Ok(ready)
    }

    /// A new key of a dialect: its name, if it has one, and its secret.
    fn key(&self, dialect: &str) -> Result<(String, String)> {
        let bearer = format!("Bearer {}", self.key);
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        let body = json!({ "name": "bench", "dialect": dialect }).to_string();
        let made = self.ask("POST", "/api/v1/keys", &headers, &body)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let secret = text(&made["secret"]);
        if secret.is_empty() {
            bail!("no key of {dialect}: {made}");
        }
        let named = if made["key"].is_object() { &made["key"]["public_id"] } else { &made["public_id"] };
        Ok((text(named), secret))
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Value> {
        let answer = Client::connect(ADDRESS)?.ask(&request(method, path, headers, body))?;
        if !(200..300).contains(&answer.status) {
            bail!("{path} answers {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }
}

/// A moment as the vendors write it: `2026-11-22T00:00:00.000Z`.
fn moment(at_s: i64) -> String {
    // Days since 1970 to a date: Howard Hinnant's civil_from_days.
    let (days, rest) = (at_s.div_euclid(DAY_S), at_s.rem_euclid(DAY_S));
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_written_as_the_vendors_do() {
        for (at_s, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_602_299_410, "2020-10-10T03:10:10.000Z"),
            (1_795_478_399, "2026-11-23T23:59:59.000Z"),
        ] {
            assert_eq!(moment(at_s), text);
        }
    }
}

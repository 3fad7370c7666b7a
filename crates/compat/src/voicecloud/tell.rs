//! What the vendor's switch tells a CRM: one request for each step of a call, all of it in the address, or as JSON where the
//! receiver chose that.

mod connector;

use super::words;
use crate::State;
use crate::told::{Books, Happened, OfCall};
use crate::{links, numbers, time};
use account::tenant::Tenant;
use jiff::tz::TimeZone;
use model::{CallId, Dialect, Problem};
use pbx::calls::{Call, Status};
use serde_json::{Map, Value};
use url::Url;
use worker::webhook::Endpoint;
use worker::webhook::tongue::{Method, Request, Telling, Told, Tongue};

/// How long a link to a recording counts.
const LINK_MS: i64 = 30 * 24 * 3600 * 1000;
/// Where receivers take events, below what the company registered.
const BELOW: &str = "/api/callcenter";

/// The vendor's tongue.
pub(crate) struct Voicecloud(pub(crate) State);

impl Tongue for Voicecloud {
    fn dialect(&self) -> Dialect {
        Dialect::Voicecloud
    }

    fn tell<'a>(&'a self, told: Told<'a>) -> Telling<'a> {
        Box::pin(async move {
            let books = Books::of(&self.0, told.tenant);
            let Some(event) = OfCall::read(told.event) else { return of_agents(&books, &told).await };
            let company = books.tenant().await?;
            if chose(told.endpoint, "onlinecrm") {
                return connector::steps(&books, &event, &company, told.endpoint).await;
            }
            let steps = match event.happened {
                Happened::Ringing => vec![ringing(&event, &company)],
                Happened::Answered => vec![answered(&event, &company)],
                Happened::Ended => vec![
                    ("hangup", vec![("callid", words::call_id(event.call))]),
                    ("calldata", log(&books, &event, &company, told.endpoint).await?),
                ],
            };
            steps.iter().map(|(step, pairs)| request(told.endpoint, step, pairs)).collect()
        })
    }

    /// Receivers answer in many forms; their HTTP status counts, and the documented refusal.
    fn refusal(&self, answer: &str) -> Option<String> {
        let code = serde_json::from_str::<Value>(answer).ok()?.get("status code")?.as_i64()?;
        (code == 404).then(|| "the receiver answered status code 404".to_owned())
    }
}

type Pairs = Vec<(&'static str, String)>;

fn ringing(event: &OfCall<'_>, company: &Tenant) -> (&'static str, Pairs) {
    let mut pairs = parties(event, company);
    if event.is_inbound() {
        pairs.extend([
            ("did", numbers::local(event.text("hotline"), &company.country)),
            ("event", "RINGING".to_owned()),
        ]);
        pairs.extend(queue(event));
        ("call_in", pairs)
    } else {
        pairs.push(("event", "RINGING".to_owned()));
        ("init", pairs)
    }
}

fn answered(event: &OfCall<'_>, company: &Tenant) -> (&'static str, Pairs) {
    let mut pairs = parties(event, company);
    if event.is_inbound() {
        pairs.push(("status", "ANSWER".to_owned()));
        pairs.extend(queue(event));
        ("calldata", pairs)
    } else {
        pairs.push(("event", "ANSWERED".to_owned()));
        ("init", pairs)
    }
}

fn parties(event: &OfCall<'_>, company: &Tenant) -> Pairs {
    vec![
        ("phone", numbers::local(event.phone(), &company.country)),
        ("extension", event.extension().to_owned()),
        ("callid", words::call_id(event.call)),
    ]
}

/// The queue's number, or what else the callers' place is called.
fn queue(event: &OfCall<'_>) -> Option<(&'static str, String)> {
    let names = ["queue_number", "queue", "group"];
    names.map(|name| event.text(name)).into_iter().find(|name| !name.is_empty()).map(|name| ("queue", name.to_owned()))
}

/// What agents of queues do, and that one did not take a call.
async fn of_agents(books: &Books<'_>, told: &Told<'_>) -> Result<Vec<Request>, Problem> {
    let data = &told.event["data"];
    let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
    let (step, pairs) = match told.event["type"].as_str() {
        // The connector of OnlineCRM knows calls only.
        _ if chose(told.endpoint, "onlinecrm") => return Ok(Vec::new()),
        Some("agent.state_changed") => {
            ("agent_status", vec![("extension", text("extension")), ("status", words::agent(&text("state")))])
        }
        Some("agent.missed") => {
            let Ok(call) = text("call_id").parse::<CallId>() else { return Ok(Vec::new()) };
            let country = books.tenant().await?.country;
            let queue = Some(text("queue_number")).filter(|number| !number.is_empty()).unwrap_or_else(|| text("queue"));
            let pairs = vec![
                ("callid", words::call_id(call)),
                ("status", "NOANSWER".to_owned()),
                ("queue", queue),
                ("extension", text("extension")),
                ("phone", numbers::local(&text("from"), &country)),
            ];
            ("calldata", pairs)
        }
        _ => return Ok(Vec::new()),
    };
    Ok(vec![request(told.endpoint, step, &pairs)?])
}

/// The log of a finished call, or, when nobody of a group came to the phone, of a missed one.
async fn log(books: &Books<'_>, event: &OfCall<'_>, company: &Tenant, endpoint: &Endpoint) -> Result<Pairs, Problem> {
    let call = books.call(event.call).await?;
    let zone = time::zone(&company.time_zone);
    let mut pairs = vec![("callid", words::call_id(call.id)), ("calldate", calldate(call.started_at, &zone, endpoint))];
    let phone = ("phone", numbers::local(phone(&call, event), &company.country));
    let seconds = (call.duration_ms / 1000).to_string();
    let missed = event.is_inbound() && call.status != Status::Answered;
    let waited = match call.queue {
        Some(id) => books.queue(id).await?.map(|queue| queue.number.unwrap_or(queue.name)),
        None => None,
    };
    if missed && let Some(queue) = waited {
        let hold = (call.queue_wait_ms.unwrap_or(call.duration_ms) / 1000).to_string();
        pairs.extend([("holdtime", hold), ("status", "ABANDON".to_owned()), ("queue", queue), phone]);
        return Ok(pairs);
    }
    if missed && let Some(group) = books.group_of(call.id).await? {
        pairs.extend([("holdtime", seconds), ("status", "ABANDON".to_owned()), ("queue", group), phone]);
        return Ok(pairs);
    }
    let extension = match call.extension {
        Some(id) => books.extension(id).await?.map(|extension| extension.number),
        None => None,
    };
    let recording =
        call.recording.as_ref().map(|_| links::to_recording(books.state, books.actor.tenant, call.id, LINK_MS));
    pairs.extend([
        ("duration", seconds),
        ("billsec", (call.talk_ms / 1000).to_string()),
        ("status", words::status(call.status).to_owned()),
        ("direction", words::direction(call.direction).to_owned()),
        ("extension", extension.unwrap_or_default()),
        phone,
        ("recordingfile", recording.unwrap_or_default()),
    ]);
    Ok(pairs)
}

fn phone<'a>(call: &'a Call, event: &OfCall<'_>) -> &'a str {
    if event.is_inbound() { &call.caller_number } else { &call.callee_number }
}

/// `2020-10-10-10:10:10`, or as SQL writes it where the receiver chose that.
fn calldate(at_ms: i64, zone: &TimeZone, endpoint: &Endpoint) -> String {
    let text = time::sql(at_ms, zone);
    if chose(endpoint, "sql_dates") { text } else { text.replacen(' ', "-", 1) }
}

fn chose(endpoint: &Endpoint, word: &str) -> bool {
    endpoint.choices.iter().any(|chosen| chosen == word)
}

fn request(endpoint: &Endpoint, step: &str, pairs: &[(&str, String)]) -> Result<Request, Problem> {
    let wrong = |_| Problem::internal(format!("the address of {} is no URL", endpoint.id));
    let mut url = Url::parse(&endpoint.url).map_err(wrong)?;
    let base = url.path().trim_end_matches('/').to_owned();
    let below = if base.to_ascii_lowercase().ends_with(BELOW) { "" } else { BELOW };
    url.set_path(&format!("{base}{below}/{step}"));
    if chose(endpoint, "json") {
        let body: Map<String, Value> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        return Ok(Request { method: Method::Post, url: url.into(), body: Value::Object(body).to_string() });
    }
    url.query_pairs_mut().extend_pairs(pairs);
    Ok(Request { method: Method::Get, url: url.into(), body: String::new() })
}

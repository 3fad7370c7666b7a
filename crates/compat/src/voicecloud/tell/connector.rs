//! The words of OnlineCRM's connector (vTiger's `VoiceCloudConnector`): one address, and `state` or `event` among what is
//! posted. What is posted stands in the address too, where PHP pages look for it.

use super::words;
use crate::links;
use crate::numbers;
use crate::told::{Books, Happened, OfCall};
use account::tenant::Tenant;
use call::Direction;
use model::Problem;
use pbx::calls::Status;
use serde_json::{Map, Value};
use url::Url;
use worker::webhook::Endpoint;
use worker::webhook::tongue::{Method, Request};

type Pairs = Vec<(&'static str, String)>;

/// The requests that tell an event.
pub(super) async fn steps(
    books: &Books<'_>,
    event: &OfCall<'_>,
    company: &Tenant,
    endpoint: &Endpoint,
) -> Result<Vec<Request>, Problem> {
    let phone = numbers::local(event.phone(), &company.country);
    // Where the house called by itself, the number that it shows stands for a phone.
    let shown = numbers::local(event.text("from"), &company.country);
    let ours = if event.is_placed() { shown.as_str() } else { event.extension() };
    let told = match event.happened {
        Happened::Ringing => vec![of_state("RINGING", event, event.is_inbound(), ours, phone)],
        Happened::Answered => vec![of_state("ANSWERED", event, event.is_inbound(), ours, phone)],
        Happened::Ended => ended(books, event, company).await?,
    };
    told.iter().map(|pairs| request(endpoint, pairs)).collect()
}

async fn ended(books: &Books<'_>, event: &OfCall<'_>, company: &Tenant) -> Result<Vec<Pairs>, Problem> {
    let call = books.call(event.call).await?;
    let inbound = call.direction == Direction::Inbound;
    let extension = match call.extension {
        Some(id) => books.extension(id).await?.map(|extension| extension.number).unwrap_or_default(),
        None => String::new(),
    };
    let phone = numbers::local(if inbound { &call.caller_number } else { &call.callee_number }, &company.country);
    let hangup = of_state("HANGUP", event, inbound, &extension, phone.clone());
    let mut cdr = of_state("CDR", event, inbound, &extension, phone.clone());
    let recording = call.recording.as_ref();
    let link = recording.map(|_| links::to_recording(books.state, books.actor.tenant, call.id, super::LINK_MS));
    cdr.extend([("duration", (call.talk_ms / 1000).to_string()), ("recording_url", link.unwrap_or_default())]);
    let mut told = vec![hangup, cdr];
    if inbound && call.status != Status::Answered {
        told.push(vec![
            ("event", "MissedCall".to_owned()),
            ("phone_number", phone),
            ("call_id", words::call_id(call.id)),
            ("timestamp", (call.ended_at / 1000).to_string()),
            ("hotline_number", numbers::local(&call.callee_number, &company.country)),
        ]);
    }
    Ok(told)
}

fn of_state(state: &str, event: &OfCall<'_>, inbound: bool, extension: &str, phone: String) -> Pairs {
    let (direction, from, to) = match inbound {
        true => ("INBOUND", phone, extension.to_owned()),
        false => ("OUTBOUND", extension.to_owned(), phone),
    };
    vec![
        ("state", state.to_owned()),
        ("call_id", words::call_id(event.call)),
        ("direction", direction.to_owned()),
        ("from_number", from),
        ("to_number", to),
    ]
}

fn request(endpoint: &Endpoint, pairs: &[(&str, String)]) -> Result<Request, Problem> {
    let wrong = |_| Problem::internal(format!("the address of {} is no URL", endpoint.id));
    let mut url = Url::parse(&endpoint.url).map_err(wrong)?;
    url.query_pairs_mut().extend_pairs(pairs);
    let body: Map<String, Value> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    Ok(Request { method: Method::Post, url: url.into(), body: Value::Object(body).to_string() })
}

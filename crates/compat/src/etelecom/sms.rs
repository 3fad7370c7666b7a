//! SMS brandname: messages from templates, by the channels that `routerule` names. Login and password are the two halves of a
//! key; all that is wrong with a message is told with HTTP 200 and a number.

use crate::{State, time};
use account::tenant;
use axum::Json;
use axum::extract::State as Shared;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use model::{Actor, Dialect, Kind, Problem};
use rest::Source;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sms::Channel;
use sms::message::{self, Message, NewMessage, State as Far};
use sms::template;
use std::net::IpAddr;

/// What stands in front of a message's code.
const PREFIX: &str = "ICOMNI";

/// Why there is no good answer.
enum Refusal {
    /// The login does not count.
    Unauthorized,
    /// It may not be used from this address.
    Address,
    /// A number of the vendor's, and its text.
    Number(i8, String),
    /// What has neither.
    Other(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        match (problem.kind, problem.code) {
            (Kind::Unauthenticated, _) => Refusal::Unauthorized,
            (Kind::Forbidden, "address_not_allowed") => Refusal::Address,
            _ => Refusal::Other(problem),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized").into_response(),
            Refusal::Address => (StatusCode::UNAUTHORIZED, "Can't access from this IP").into_response(),
            Refusal::Number(number, text) => {
                Json(json!({ "status": number.to_string(), "code": text })).into_response()
            }
            Refusal::Other(problem) => super::failure(problem.into()),
        }
    }
}

fn wrong(parameter: &str) -> Refusal {
    Refusal::Number(-2, format!("Wrong Format Parameter: {parameter}"))
}

#[derive(Deserialize)]
struct Login {
    #[serde(default, deserialize_with = "crate::loose::text")]
    username: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    password: String,
}

/// Who asks, and what for.
async fn read<T: DeserializeOwned>(
    state: &State,
    source: IpAddr,
    body: Result<Bytes, BytesRejection>,
) -> Result<(Actor, T), Refusal> {
    let body = body.map_err(|rejection| Refusal::Other(rest::input::body_failure(rejection).problem().clone()))?;
    let Login { username, password } = rest::input::json(&body).map_err(|_| Refusal::Unauthorized)?;
    let actor = state.gate.admit_key(Dialect::Etelecom, &format!("{username}:{password}"), source).await?;
    let wanted = rest::input::json(&body);
    let wanted =
        wanted.map_err(|failure| wrong(failure.problem().fields.first().map_or("body", |field| &field.name)))?;
    Ok((actor, wanted))
}

#[derive(Deserialize)]
struct Order {
    #[serde(default, deserialize_with = "crate::loose::text")]
    phonenumber: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    routerule: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    templatecode: String,
    #[serde(default)]
    list_param: Map<String, Value>,
}

/// `OmniMessage/SendMessage`.
pub(super) async fn send(
    Shared(state): Shared<State>,
    Source(source): Source,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Response> {
    let sent = async {
        let (actor, order) = read::<Order>(&state, source, body).await?;
        let channels = channels(&order.routerule).ok_or_else(|| wrong("routerule"))?;
        let mut parameters = std::collections::BTreeMap::new();
        for (name, value) in order.list_param {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(wrong(&name)),
            };
            parameters.insert(name, text);
        }
        let template = order.templatecode;
        let new = NewMessage { to: order.phonenumber, channels, template: template.clone(), parameters };
        let sent = message::send(&actor, state.db(), &*state.carrier, new).await;
        sent.map_err(|problem| match problem.code {
            "phone_invalid" => Refusal::Number(-1, "PhoneNumber Wrong Format".to_owned()),
            "parameter_invalid" => wrong(problem.fields.first().map_or("list_param", |field| &field.name)),
            "account_empty" => Refusal::Number(-3, "You have run out of messages".to_owned()),
            "template_unknown" => Refusal::Number(-6, format!("Can't find template with templatecode: {template}")),
            "no_route" => Refusal::Number(-8, "Can't find any routing for this request".to_owned()),
            _ => problem.into(),
        })
    };
    match sent.await {
        Ok(Message { code, .. }) => {
            Ok(Json(json!({ "status": "1", "code": "Success", "idOmniMess": format!("{PREFIX}{code}") })))
        }
        Err(refusal) => Err(refusal.into_response()),
    }
}

/// The digits in their order: 1 Zalo, 2 a call, 3 a text. What stands between them is not heeded.
fn channels(rule: &str) -> Option<Vec<Channel>> {
    let mut channels = Vec::new();
    for digit in rule.chars().filter(|c| !matches!(c, ',' | ';' | '|' | '-' | ' ')) {
        let channel = match digit {
            '1' => Channel::Zns,
            '2' => Channel::Call,
            '3' => Channel::Sms,
            _ => return None,
        };
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    (!channels.is_empty()).then_some(channels)
}

#[derive(Deserialize)]
struct Which {
    #[serde(default, rename = "idOmniMess", deserialize_with = "crate::loose::text")]
    id: String,
}

/// `OmniReport/GetStatusOmni`.
pub(super) async fn status(
    Shared(state): Shared<State>,
    Source(source): Source,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Response> {
    let found = async {
        let (actor, wanted) = read::<Which>(&state, source, body).await?;
        let unknown = || wrong("idOmniMess");
        let code = wanted.id.strip_prefix(PREFIX).ok_or_else(unknown)?;
        let found = message::find_by_code(&actor, state.db(), code).await?.ok_or_else(unknown)?;
        let company = tenant::get(&actor, state.db(), actor.tenant).await?;
        Ok::<Value, Refusal>(shown(&found, &company.time_zone))
    };
    found.await.map(Json).map_err(IntoResponse::into_response)
}

fn shown(message: &Message, time_zone: &str) -> Value {
    let at = Timestamp::from_millisecond(message.created_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = at.to_zoned(time::zone(time_zone)).strftime("%d/%m/%Y %H:%M:%S").to_string();
    let (state, fault) = match message.state {
        Far::Processing => ("PROCESSING", ""),
        Far::Delivered => ("SUCCESS", ""),
        Far::Failed => ("FAIL", message.fault.as_deref().unwrap_or_default()),
    };
    let mut shown = json!({
        "phonenumber": message.to.trim_start_matches('+'),
        "list_param": serde_json::to_string(&message.parameters).unwrap_or_default(),
        "createdatetime": at,
        "status": state,
        "channel": word(message.channel),
        "templatecode": message.template,
        "errorCode": fault,
    });
    match message.channel {
        Channel::Sms => {
            shown["mtcount"] = message.parts.into();
            shown["telcoid"] = message.reference.as_str().into();
        }
        Channel::Call => shown["duration"] = message.listened_s.into(),
        Channel::Zns => {}
    }
    shown
}

fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Zns => "ZNS",
        Channel::Call => "AutoCall",
        Channel::Sms => "SMS",
    }
}

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "crate::loose::text")]
    templatecode: String,
}

/// `OmniTemplate/GetTemplate`: the address and the form are inferred.
pub(super) async fn template(
    Shared(state): Shared<State>,
    Source(source): Source,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Response> {
    let found = async {
        let (actor, Named { templatecode }) = read(&state, source, body).await?;
        match template::get(&actor, state.db(), &templatecode).await {
            Err(problem) if problem.kind == Kind::NotFound => {
                Err(Refusal::Number(-6, format!("Can't find template with templatecode: {templatecode}")))
            }
            other => Ok(other?),
        }
    };
    match found.await {
        Ok(found) => Ok(Json(json!({
            "status": "1",
            "code": "Success",
            "templatecode": found.code,
            "content": found.text,
            "list_param": found.parameters,
        }))),
        Err(refusal) => Err(refusal.into_response()),
    }
}

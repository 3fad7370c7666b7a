//! Voice OTP: a number is called and a code is spoken to whoever answers.

use super::{Client, REQUIRED, Refusal, read};
use crate::State;
use crate::numbers;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use model::{Actor, Id, PageRequest, Problem};
use pbx::broadcast::{self, Broadcast, Kind, NewBroadcast, Plan, Script};
use pbx::greeting::Voice;
use serde_json::{Value, json};

/// How many digits a code has that the client leaves to us.
const DIGITS: usize = 6;
/// How often a code may be told again.
const MOST_RETRIES: u32 = 9;

/// `POST voice-otp/`.
pub(in crate::antring) async fn create(
    Shared(state): Shared<State>,
    Client(actor): Client,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let wanted = read(body)?;
    let number = text(&wanted, "alarm_phonenumber")?.ok_or_else(|| Refusal::field("alarm_phonenumber", REQUIRED))?;
    let code = match text(&wanted, "otp")? {
        Some(code) if (1..=20).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()) => code,
        Some(_) => return Err(Refusal::field("otp", "A valid number is required.")),
        None => random_code(),
    };
    let again = retries(&wanted)?;
    if !state.sounds.can_speak() {
        let sentence = "Voice OTP is not in your package: nobody speaks on this server (speech.driver).";
        return Err(Refusal::Told(StatusCode::FORBIDDEN, sentence.to_owned()));
    }
    let country = account::tenant::get(&actor, state.db(), actor.tenant).await?.country;
    let voice = if country == "84" { Voice::NorthernWoman } else { Voice::English };
    let new = NewBroadcast {
        kind: Kind::OneTimeCode,
        name: "Voice OTP".to_owned(),
        hotline: None,
        script: Script::one_time_code(&code, voice, again + 1),
        plan: Plan::default(),
        numbers: vec![number],
    };
    let made = broadcast::create(&actor, state.db(), new).await.map_err(|problem| {
        match problem.fields.iter().any(|field| field.name == "numbers") {
            true => Refusal::field("alarm_phonenumber", "A valid phone number is required."),
            false => problem.into(),
        }
    })?;
    Ok((StatusCode::CREATED, Json(shown(&state, &actor, &made, &country).await?)))
}

/// `GET voice-otp/`: all codes, the newest first.
pub(in crate::antring) async fn list(
    Shared(state): Shared<State>,
    Client(actor): Client,
) -> Result<Json<Value>, Refusal> {
    let country = account::tenant::get(&actor, state.db(), actor.tenant).await?.country;
    let made =
        crate::lists::all(|page: PageRequest| broadcast::list(&actor, state.db(), Kind::OneTimeCode, page)).await?;
    let mut all = Vec::with_capacity(made.len());
    for one in made.iter().rev() {
        all.push(shown(&state, &actor, one, &country).await?);
    }
    Ok(Json(all.into()))
}

async fn shown(state: &State, actor: &Actor, made: &Broadcast, country: &str) -> Result<Value, Problem> {
    let number = broadcast::numbers(actor, state.db(), made.id).await?.into_iter().next();
    Ok(json!({
        "id": made.id.to_string(),
        "alarm_phonenumber": number.as_ref().map(|one| numbers::local(&one.number, country)),
        "otp": made.script.code,
        "maxretry": made.script.times.saturating_sub(1),
        "status": number.as_ref().map(|one| one.state.as_str()),
        "created_at": made.created_at,
    }))
}

/// A text under a name, which may come as a number; none when it is missing, null or empty.
fn text(wanted: &Value, name: &str) -> Result<Option<String>, Refusal> {
    match &wanted[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(Refusal::field(name, "A valid string is required.")),
    }
}

fn retries(wanted: &Value) -> Result<u32, Refusal> {
    let Some(text) = text(wanted, "maxretry")? else { return Ok(0) };
    let number = text.parse().ok().filter(|number| *number <= MOST_RETRIES);
    number.ok_or_else(|| Refusal::field("maxretry", "A valid integer is required."))
}

/// Digits that nobody can guess: the random bits of a new id.
fn random_code() -> String {
    let bits = store::mint::<model::BroadcastId>().bits();
    format!("{:06}", (bits & u128::from(u64::MAX)) % 10u128.pow(DIGITS as u32))
}

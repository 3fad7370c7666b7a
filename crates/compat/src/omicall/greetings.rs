//! `greeting`: sounds that callers hear, uploaded as MP3 or spoken by a robot.

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, needed};
use super::words;
use crate::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::routing::{MethodRouter, delete as delete_at, get, post};
use model::{Actor, Permission, Problem};
use pbx::greeting::{self, Greeting, Speech, Voice};
use rest::{Failure, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use worker::sound::FILE_LIMIT;

/// The voices, and who of ours speaks for them.
const VOICES: [(&str, Voice); 3] =
    [("banmai", Voice::NorthernWoman), ("leminh", Voice::NorthernMan), ("lannhi", Voice::SouthernWoman)];
/// How a greeting came to be.
const SPOKEN: &str = "Robot đọc";
const UPLOADED: &str = "Tải lên";
const USUAL_SIZE: u32 = 10;

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 4] {
    let upload = post(upload).layer(DefaultBodyLimit::max(FILE_LIMIT + 64 * 1024));
    [
        ("/api/call_center/greeting/list", get(list)),
        ("/api/call_center/greeting/upload", upload),
        ("/api/call_center/greeting/upload-text-to-speech", post(speak)),
        ("/api/call_center/greeting/delete/{id}", delete_at(delete)),
    ]
}

#[derive(Deserialize)]
struct Named {
    greeting_name: Option<String>,
}

/// What is to be spoken.
#[derive(Deserialize)]
struct Text {
    text: Option<String>,
    speed: Option<i64>,
    voice: Option<String>,
}

async fn list(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<Listing>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let paging = wanted.paging(USUAL_SIZE);
    let found = greeting::slice(&actor, state.db(), wanted.keyword.as_deref(), paging.offset(), paging.size).await?;
    let listed = |greeting: &Greeting| {
        let mut item = item(&actor, greeting);
        // The vendor's list has them in small letters, its other answers have not.
        item["greeting_name_unsigned"] = words::unsigned(&greeting.name).to_lowercase().into();
        item
    };
    Ok(page(found.items.iter().map(listed).collect(), paging, found.total))
}

async fn upload(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Named>, Failure>,
    form: Result<Multipart, MultipartRejection>,
) -> Outcome {
    let Query(wanted) = wanted?;
    actor.require(Permission::EditConfig)?;
    let (called, file) = read(form).await?;
    // The vendor takes MP3 only; what the decoder finds in it is what counts.
    if file.starts_with(b"RIFF") {
        return Err(Refusal::Word("file_invalid"));
    }
    let name = wanted.greeting_name.or(called).filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| "Ghi âm".to_owned());
    let made = match state.sounds.upload(&actor, name, file).await {
        Err(problem) if names(&problem, "file") => return Err(Refusal::Word("file_invalid")),
        Err(problem) if names(&problem, "name") => return Err(Refusal::Word("greeting_name_invalid")),
        other => other?,
    };
    Ok(Payload(json!({ "file": item(&actor, &made) })))
}

/// The name and the content of the form's file.
async fn read(form: Result<Multipart, MultipartRejection>) -> Result<(Option<String>, Vec<u8>), Refusal> {
    let mut form = form.map_err(|_| Refusal::Word("file_is_required"))?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            let name = field.file_name().map(|name| name.trim_end_matches(".mp3").to_owned());
            let file = field.bytes().await.map_err(broken)?;
            if file.len() > FILE_LIMIT {
                return Err(Failure::too_large().into());
            }
            return Ok((name, file.to_vec()));
        }
    }
    Err(Refusal::Word("file_is_required"))
}

fn broken(error: axum::extract::multipart::MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::too_large().into();
    }
    Refusal::Word("file_is_required")
}

async fn speak(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Named>, Failure>,
    Body(text): Body<Text>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let name = needed(wanted.greeting_name, "greeting_name_is_required")?;
    let speech = text.read()?;
    let made = match state.sounds.speak(&actor, name, speech).await {
        // What nobody here can do is what the vendor calls outside of the package.
        Err(problem) if problem.code == "speech_off" => return Err(Refusal::Told("limit_service", problem.message)),
        Err(problem) if names(&problem, "speech.text") => return Err(Refusal::Word("text_invalid")),
        Err(problem) if names(&problem, "speech.speed") => return Err(Refusal::Word("speed_invalid")),
        Err(problem) if names(&problem, "name") => return Err(Refusal::Word("greeting_name_invalid")),
        other => other?,
    };
    Ok(Payload(json!({ "file": item(&actor, &made) })))
}

impl Text {
    fn read(self) -> Result<Speech, Refusal> {
        let text = needed(self.text, "text_is_required")?;
        let voice = needed(self.voice, "voice_is_required")?;
        let speed = self.speed.ok_or(Refusal::Word("speed_is_required"))?;
        Ok(Speech { text, voice: voice_of(&voice).ok_or(Refusal::Word("voice_invalid"))?, speed })
    }
}

/// Who of ours speaks for a voice of the vendor.
pub(crate) fn voice_of(word: &str) -> Option<Voice> {
    VOICES.iter().find(|(known, _)| *known == word).map(|(_, voice)| *voice)
}

fn names(problem: &Problem, field: &str) -> bool {
    problem.fields.iter().any(|found| found.name == field)
}

async fn delete(Shared(state): Shared<State>, Client(actor): Client, id: Result<Path<String>, Failure>) -> Outcome {
    let Path(id) = id?;
    let all = input::greetings(&actor, &state).await?;
    let found = all.iter().find(|greeting| input::is(greeting.id, &id));
    let found = found.ok_or(Refusal::Word("greeting_id_invalid"))?;
    state.sounds.delete(&actor, found.id).await?;
    Ok(Payload(json!(true)))
}

fn item(actor: &Actor, greeting: &Greeting) -> Value {
    let speech = greeting.speech.as_ref();
    let voice = |speech: &Speech| VOICES.iter().find(|(_, voice)| *voice == speech.voice).map(|(word, _)| *word);
    json!({
        "_id": words::object_id(greeting.id),
        "created_date": greeting.created_at,
        "last_updated_date": greeting.created_at,
        "create_by": null,
        "last_update_by": null,
        "tenant_id": words::object_id(actor.tenant),
        "greeting_name": greeting.name,
        "greeting_name_unsigned": words::unsigned(&greeting.name),
        "formality": if speech.is_some() { SPOKEN } else { UPLOADED },
        "recording_file": format!("{}.wav", greeting.id),
        "content": speech.map(|speech| speech.text.as_str()),
        "voice": speech.and_then(voice),
        "speed": speech.map_or(0, |speech| speech.speed),
        "is_deleted": false,
        "is_hidden_in_list": null,
    })
}

//! A hosted voice: `POST` of `{"text", "voice", "speed"}` with a bearer key; the answer is a WAV or MP3 file. The address is
//! the operator's, so it may lie inside.

use super::{MOST_BYTES, PATIENCE, failed};
use model::Problem;
use pbx::greeting::Speech;
use reqwest::redirect::Policy;
use reqwest::{Client, header};

/// A service that speaks.
#[derive(Debug, Clone)]
pub struct Hosted {
    client: Client,
    url: String,
    key: Option<String>,
}

impl Hosted {
    /// The service at this address; `key` goes behind `Authorization: Bearer`.
    pub fn new(url: String, key: Option<String>) -> Result<Hosted, reqwest::Error> {
        let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build()?;
        Ok(Hosted { client, url, key })
    }

    pub(super) async fn speak(&self, speech: &Speech) -> Result<Vec<u8>, Problem> {
        let body = serde_json::json!({ "text": speech.text, "voice": speech.voice.as_str(), "speed": speech.speed });
        let request = self.client.post(&self.url).header(header::CONTENT_TYPE, "application/json");
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        let broken = |error: reqwest::Error| failed(&error.without_url().to_string());
        let mut answer = request.body(body.to_string()).send().await.map_err(broken)?;
        if !answer.status().is_success() {
            return Err(failed(&format!("the service answered {}", answer.status().as_u16())));
        }
        let mut sound = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(broken)? {
            sound.extend_from_slice(&part);
            if sound.len() > MOST_BYTES {
                return Err(failed("the sound is too large"));
            }
        }
        Ok(sound)
    }
}

//! What a flow wants to know or have said that takes a while: contacts and their owners, the company's own services, texts
//! without a recording. The call goes on meanwhile; an answer that comes too late finds nobody.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use model::flow::{FlowAnswer, FlowEvent, FlowQuestion};
use model::leg::Play;
use model::say::Language;
use model::{Actor, CallId, ExtensionId, LegId};
use pbx::snapshot::Tenant;
use serde_json::{Value, json};

use super::Driver;
use crate::routes::Letter;
use crate::shared::Shared;

/// How long a look-up may take; the flow goes on by itself then.
const PATIENCE: Duration = Duration::from_secs(2);
/// An answer names at most so many variables.
const MOST_VARIABLES: usize = 20;

/// What the flow of a call has asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// How many questions there were.
    questions: u32,
    /// The texts that it wants said.
    texts: HashMap<u32, String>,
    /// The language that it chose.
    pub(super) language: Option<Language>,
}

impl Driver {
    /// What a flow knows when it begins.
    pub(super) fn flow_knows(&self) -> BTreeMap<String, String> {
        let called = self.drafted.as_ref().map(|draft| draft.callee_number.clone()).unwrap_or_default();
        let caller = self.drafted.as_ref().map_or_else(|| self.caller.0.clone(), |draft| draft.caller_number.clone());
        BTreeMap::from([("caller".to_owned(), caller), ("called".to_owned(), called)])
    }

    /// The flow wants this text said: it is played next.
    pub(super) fn keep_text(&mut self, number: u32, text: String) {
        // Only the last one is still to be said.
        self.asked_by_flow.texts.clear();
        self.asked_by_flow.texts.insert(number, text);
    }

    /// Has a text spoken, and plays it then.
    pub(super) fn speak(&mut self, id: LegId, number: u32, play: Play) {
        let text = self.asked_by_flow.texts.remove(&number).unwrap_or_default();
        let language = self.language();
        let (shared, mailbox) = (self.shared.clone(), self.mailbox.clone());
        tokio::spawn(async move {
            let spoken = shared.outside.speak(text, language).await;
            let sound = match spoken {
                Some(file) => tokio::task::spawn_blocking(move || media::sound::load(file).ok()).await.ok().flatten(),
                None => None,
            };
            // The call may be over by then.
            let _ = mailbox.send(Letter::Loaded(id, play, sound.map(Arc::new)));
        });
    }

    /// The language of what the house says to this caller.
    pub(super) fn language(&self) -> Language {
        self.asked_by_flow.language.unwrap_or_else(|| crate::sounds::language(&self.tenant))
    }

    /// The caller gave the call a mark.
    pub(super) fn rate(&self, mark: u8) {
        let extension: Option<ExtensionId> = self.drafted.as_ref().and_then(|draft| draft.extension);
        let rating = pbx::rating::Rating { call: self.id, mark, queue: self.queued, extension };
        let (shared, tenant) = (self.shared.clone(), self.tenant.id);
        tokio::spawn(async move {
            if let Err(error) = pbx::rating::keep(&shared.db, tenant, &rating).await {
                tracing::warn!(%error, "the mark that a caller gave is lost");
            }
        });
    }

    /// Answers a question of the flow: at once, or when it is found out.
    pub(super) fn flow_asks(&mut self, question: FlowQuestion) -> Option<FlowAnswer> {
        self.asked_by_flow.questions += 1;
        match question {
            FlowQuestion::Schedule(_) | FlowQuestion::Caller | FlowQuestion::Extension(_) => {
                let now = self.shared.clock.now();
                return Some(self.tenant.know(question, &self.caller.0, self.anchor.wall(now)));
            }
            FlowQuestion::Contact | FlowQuestion::Owner | FlowQuestion::Lookup { .. } => {}
        }
        let (shared, tenant, mailbox) = (self.shared.clone(), self.tenant.clone(), self.mailbox.clone());
        let (number, caller, call) = (self.asked_by_flow.questions, self.caller.0.clone(), self.id);
        tokio::spawn(async move {
            let found = tokio::time::timeout(PATIENCE, find(&shared, &tenant, &caller, call, question)).await;
            // The caller may have hung up meanwhile.
            let _ = mailbox.send(Letter::FlowAnswer(number, found.unwrap_or(FlowAnswer::Nothing)));
        });
        None
    }

    /// What was found out. Late answers are nobody's.
    pub(super) fn flow_answered(&mut self, number: u32, answer: FlowAnswer) {
        if number != self.asked_by_flow.questions {
            return;
        }
        let now = self.shared.clock.now();
        if let Some(flow) = self.flow.as_mut() {
            let steps = flow.handle(now, FlowEvent::Answer(answer));
            self.steer(steps);
        }
    }
}

async fn find(shared: &Shared, tenant: &Tenant, caller: &str, call: CallId, question: FlowQuestion) -> FlowAnswer {
    match question {
        FlowQuestion::Lookup { url, variables } => {
            let variables: BTreeMap<String, String> = variables.into_iter().collect();
            let body = json!({ "call_id": call.to_string(), "variables": variables }).to_string();
            match shared.outside.look_up(url, body).await {
                Some(answer) => read(tenant, &answer),
                None => FlowAnswer::Nothing,
            }
        }
        FlowQuestion::Contact | FlowQuestion::Owner => {
            let actor = Actor::system(tenant.id);
            let found = crm::contact::find_by_phone(&actor, &shared.db, caller).await;
            let contact =
                found.inspect_err(|error| tracing::warn!(%error, "a caller cannot be looked up")).ok().flatten();
            match (contact, question) {
                (None, _) => FlowAnswer::Nothing,
                (Some(_), FlowQuestion::Contact) => FlowAnswer::Known,
                (Some(contact), _) => {
                    let Some(owner) = contact.profile.owner else { return FlowAnswer::Nothing };
                    let extension = pbx::extension::find_by_user(&actor, &shared.db, owner).await.ok().flatten();
                    extension.map_or(FlowAnswer::Nothing, |extension| FlowAnswer::Extension(extension.id))
                }
            }
        }
        FlowQuestion::Schedule(_) | FlowQuestion::Caller | FlowQuestion::Extension(_) => FlowAnswer::Nothing,
    }
}

/// What a service answered: JSON with `branch`, `extension` and `variables`, or plain numbers of extensions with colons between
/// them, of which the first that exists is meant.
fn read(tenant: &Tenant, answer: &str) -> FlowAnswer {
    let extension = |number: &str| {
        let found = tenant.by_number(number.trim()).filter(|one| one.enabled)?;
        Some(FlowAnswer::Extension(found.id))
    };
    let Ok(Value::Object(answer)) = serde_json::from_str::<Value>(answer) else {
        return answer.trim().trim_matches('"').split(':').find_map(extension).unwrap_or(FlowAnswer::Nothing);
    };
    if let Some(found) = answer.get("extension").and_then(Value::as_str).and_then(extension) {
        return found;
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let good = |name: &str| {
        name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let variables = answer.get("variables").and_then(Value::as_object).into_iter().flatten();
    let variables =
        variables.filter(|(name, _)| good(name)).filter_map(|(name, value)| Some((name.clone(), text(value)?)));
    let word = answer.get("branch").and_then(Value::as_str).unwrap_or_default().to_owned();
    FlowAnswer::Branch(word, variables.take(MOST_VARIABLES).collect())
}

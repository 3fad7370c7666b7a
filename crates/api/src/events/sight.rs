//! How much of what happens a live socket tells.

use crate::State;
use crate::calls::own::takes_part;
use model::{Actor, ExtensionId, Permission, Problem};
use pbx::extension;
use serde_json::Value;
use store::outbox::Event;

/// Which events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// All of the company.
    Company,
    /// What an agent does whose extension this is, their calls and the messages left for them; nothing while they have none.
    Agent(Option<ExtensionId>),
}

impl Sight {
    /// People who may not see calls are told of themselves; keys are nobody, so they need the right.
    pub(super) async fn of(actor: &Actor, state: &State) -> Result<Sight, Problem> {
        let Some(user) = actor.user.filter(|_| !actor.role.may(Permission::ViewCalls)) else {
            return actor.require(Permission::ViewCalls).map(|()| Sight::Company);
        };
        actor.require(Permission::MakeCalls)?;
        let own = extension::find_by_user(actor, &state.db, user).await?;
        Ok(Sight::Agent(own.map(|extension| extension.id)))
    }

    /// What is told of an event. The legs of a call name those who listened in, which is not for whom they listened to.
    pub(super) fn shown(self, mut data: Value) -> Value {
        if let (Sight::Agent(_), Some(fields)) = (self, data.as_object_mut()) {
            fields.remove("legs");
        }
        data
    }

    /// Whether an event may be told.
    pub(super) fn covers(self, event: &Event, state: &State) -> bool {
        let own = match self {
            Sight::Company => return true,
            Sight::Agent(None) => return false,
            Sight::Agent(Some(own)) => own,
        };
        let Ok(data) = serde_json::from_str::<Value>(&event.data) else { return false };
        let is = |value: &Value| value.as_str() == Some(&own.to_string());
        match event.kind.as_str() {
            "call.ended" => {
                is(&data["extension"])
                    || data["legs"].as_array().is_some_and(|legs| legs.iter().any(|leg| is(&leg["extension"])))
            }
            // Who listens in without being heard is not told to whom it listens, nor what the customer types.
            "call.supervised" | "call.digit" => false,
            "call.joined" | "call.not_joined" | "call.left" if data["as"] != "party" => false,
            kind if kind.starts_with("call.") && is(&data["extension_id"]) => true,
            kind if kind.starts_with("call.") => is_in(own, event, state),
            kind => (kind.starts_with("agent.") || kind.starts_with("voicemail.")) && is(&data["extension_id"]),
        }
    }
}

/// Whether the event is about a call that is up and that this extension takes part in.
fn is_in(own: ExtensionId, event: &Event, state: &State) -> bool {
    event.call.and_then(|call| state.bus.find_live(event.tenant, call)).is_some_and(|call| takes_part(&call, own))
}

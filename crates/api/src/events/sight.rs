//! How much of what happens a live socket tells.

use crate::State;
use model::{Actor, ExtensionId, Permission, Problem};
use pbx::extension;
use store::outbox::Event;

/// Which events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// All of the company.
    Company,
    /// What an agent does whose extension this is; nothing while they have none.
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

    /// Whether an event may be told.
    pub(super) fn covers(self, event: &Event) -> bool {
        match self {
            Sight::Company => true,
            Sight::Agent(own) => {
                event.kind.starts_with("agent.")
                    && own.is_some_and(|own| about(event).as_deref() == Some(&own.to_string()))
            }
        }
    }
}

/// The extension that an agent's event is about.
fn about(event: &Event) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(&event.data).ok()?;
    Some(data.get("extension_id")?.as_str()?.to_owned())
}

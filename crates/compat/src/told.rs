//! Events on their way to a vendor's receivers, and what is looked up for them when they are sent.

use crate::State;
use account::tenant::{self, Tenant};
use call::Direction;
use model::{Actor, CallId, ExtensionId, HotlineId, Kind, Problem, QueueId, TenantId};
use pbx::calls::{self, Call, CallDetail};
use pbx::{extension, group, hotline, queue};
use serde_json::Value;

/// What happened to a call, of what vendors can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// The phone of the called side rings.
    Ringing,
    /// The called side picked up.
    Answered,
    /// It is over.
    Ended,
}

/// An event of a call.
pub(crate) struct OfCall<'a> {
    pub(crate) happened: Happened,
    pub(crate) call: CallId,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
    data: &'a Value,
}

impl<'a> OfCall<'a> {
    /// The event of a call that this is; none for all others.
    pub(crate) fn read(event: &'a Value) -> Option<OfCall<'a>> {
        let data = &event["data"];
        let called_side = data["side"] == "callee";
        let happened = match event["type"].as_str()? {
            "call.ringing" if called_side => Happened::Ringing,
            "call.answered" if called_side => Happened::Answered,
            "call.ended" => Happened::Ended,
            _ => return None,
        };
        let call = event["call_id"].as_str()?.parse().ok()?;
        let at = data["at"].as_i64().or_else(|| event["at"].as_i64())?;
        Some(OfCall { happened, call, at, data })
    }

    /// A text of the event; empty when it has none.
    pub(crate) fn text(&self, name: &str) -> &'a str {
        self.data[name].as_str().unwrap_or_default()
    }

    /// Whether the call came from the outside.
    pub(crate) fn is_inbound(&self) -> bool {
        self.data["direction"] == "inbound"
    }

    /// Whether the house called by itself: then nobody's phone did.
    pub(crate) fn is_placed(&self) -> bool {
        self.data["placed"] == true
    }

    /// The number of our person's phone: the one that rings on calls from outside and on those of the house, else the one
    /// that called.
    pub(crate) fn extension(&self) -> &'a str {
        if self.is_inbound() || self.is_placed() { self.text("extension") } else { self.text("from") }
    }

    /// The number of the other side.
    pub(crate) fn phone(&self) -> &'a str {
        if self.is_inbound() { self.text("from") } else { self.text("to") }
    }
}

/// Where a tongue looks things up: in the company that the event is of.
pub(crate) struct Books<'a> {
    pub(crate) state: &'a State,
    pub(crate) actor: Actor,
}

impl<'a> Books<'a> {
    pub(crate) fn of(state: &'a State, tenant: TenantId) -> Books<'a> {
        Books { state, actor: Actor::system(tenant) }
    }

    /// The company.
    pub(crate) async fn tenant(&self) -> Result<Tenant, Problem> {
        tenant::get(&self.actor, self.state.db(), self.actor.tenant).await
    }

    /// The call, as lists show it.
    pub(crate) async fn call(&self, id: CallId) -> Result<Call, Problem> {
        Ok(self.detail(id).await?.call)
    }

    /// The call with its legs.
    pub(crate) async fn detail(&self, id: CallId) -> Result<CallDetail, Problem> {
        calls::get(&self.actor, self.state.db(), id).await
    }

    /// The extension; none when it was removed since.
    pub(crate) async fn extension(&self, id: ExtensionId) -> Result<Option<extension::Extension>, Problem> {
        known(extension::get(&self.actor, self.state.db(), id).await)
    }

    /// The hotline; none when it was removed since.
    pub(crate) async fn hotline(&self, id: HotlineId) -> Result<Option<hotline::Hotline>, Problem> {
        known(hotline::get(&self.actor, self.state.db(), id).await)
    }

    /// The queue; none when it was removed since.
    pub(crate) async fn queue(&self, id: QueueId) -> Result<Option<queue::Queue>, Problem> {
        known(queue::get(&self.actor, self.state.db(), id).await)
    }

    /// The name of the ring group that a finished call came to last.
    pub(crate) async fn group_of(&self, call: CallId) -> Result<Option<String>, Problem> {
        let trail = calls::trail(&self.actor, self.state.db(), call).await?;
        let fact = trail.iter().rev().filter(|decision| decision.step == "group").find_map(|decision| {
            let fact = decision.facts.iter().find(|fact| fact.name == "group")?;
            fact.value.parse().ok()
        });
        match fact {
            Some(id) => Ok(known(group::get(&self.actor, self.state.db(), id).await)?.map(|group| group.name)),
            None => Ok(None),
        }
    }
}

/// Whether the house called by itself. Its calls have a hotline's number where those of people have a phone's, so that the trail
/// is read of few.
pub(crate) async fn is_placed(actor: &Actor, state: &State, call: &Call) -> Result<bool, Problem> {
    let by_phone = call.caller_number.trim_start_matches('+').len() <= LONGEST_EXTENSION;
    if call.direction == Direction::Inbound || call.hotline.is_none() || by_phone {
        return Ok(false);
    }
    let trail = calls::trail(actor, state.db(), call.id).await?;
    Ok(trail.first().is_some_and(|decision| decision.step == PLACED))
}

/// The longest number of an extension.
const LONGEST_EXTENSION: usize = 8;
/// How the trail of a call begins that the house placed.
const PLACED: &str = "place";

/// What was removed since is no failure.
fn known<T>(found: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match found {
        Err(problem) if problem.kind == Kind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

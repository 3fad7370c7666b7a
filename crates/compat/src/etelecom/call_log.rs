//! A finished call in the vendor's words, with one target for each leg that we dialled.

use super::value::{self, NO_ID};
use crate::{State, links};
use account::tenant::{self, Tenant};
use call::Direction;
use model::{Actor, Cause, ExtensionId, Kind, Problem, TrunkId, UserId};
use pbx::calls::{CallDetail, Leg, Status};
use pbx::extension;
use serde_json::{Value, json};
use std::collections::HashMap;

/// How long a link to a recording counts.
const LINK_MS: i64 = 30 * 24 * 3600 * 1000;

/// Turns calls into the vendor's words; what several of them share is read once.
pub(super) struct Shown<'a> {
    state: &'a State,
    actor: &'a Actor,
    company: Tenant,
    users: HashMap<ExtensionId, Option<UserId>>,
    trunks: HashMap<TrunkId, String>,
}

impl<'a> Shown<'a> {
    pub(super) async fn new(state: &'a State, actor: &'a Actor) -> Result<Shown<'a>, Problem> {
        let company = tenant::get(actor, state.db(), actor.tenant).await?;
        let trunks = crate::lists::trunks(actor, state).await?;
        let trunks = trunks.into_iter().map(|trunk| (trunk.id, trunk.name)).collect();
        Ok(Shown { state, actor, company, users: HashMap::new(), trunks })
    }

    /// The number as people of the company's country write it.
    pub(super) fn number(&self, number: &str) -> String {
        value::number(number, &self.company.country)
    }

    /// Reads whose extensions took part in these calls, all at once.
    pub(super) async fn know_users(&mut self, calls: &[CallDetail]) -> Result<(), Problem> {
        let mut ids: Vec<ExtensionId> = calls.iter().filter_map(|detail| detail.call.extension).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = extension::some(self.actor, self.state.db(), &ids).await?;
            self.users.extend(ids.into_iter().map(|id| (id, None)));
            self.users.extend(found.into_iter().map(|extension| (extension.id, extension.user)));
        }
        Ok(())
    }

    /// Whose extension it is now; a deleted one stays in the records of its calls.
    async fn user(&mut self, id: ExtensionId) -> Result<Option<UserId>, Problem> {
        if let Some(known) = self.users.get(&id) {
            return Ok(*known);
        }
        let user = match extension::get(self.actor, self.state.db(), id).await {
            Err(problem) if problem.kind == Kind::NotFound => None,
            other => other?.user,
        };
        self.users.insert(id, user);
        Ok(user)
    }

    pub(super) async fn log(&mut self, detail: &CallDetail) -> Result<Value, Problem> {
        let call = &detail.call;
        let user = match call.extension {
            Some(id) => self.user(id).await?,
            None => None,
        };
        let answered = call.status == Status::Answered;
        let link = |_| links::to_recording(self.state, self.actor.tenant, call.id, LINK_MS);
        let recordings: Vec<String> = call.recording.iter().map(link).collect();
        let dialled = detail.legs.iter().filter(|leg| leg.kind == "out");
        Ok(json!({
            "id": value::id(call.id),
            "user_id": value::some_id(user),
            "extension_id": value::some_id(call.extension),
            "hotline_id": value::some_id(call.hotline),
            "contact_id": NO_ID,
            "caller": self.number(&call.caller_number),
            "callee": self.number(&call.callee_number),
            "direction": direction(call.direction),
            "call_state": state(answered),
            "call_status": if answered { "P" } else { "N" },
            "duration": call.talk_ms / 1000,
            "started_at": value::time(call.started_at),
            "ended_at": value::time(call.ended_at),
            "note": "",
            "recording_urls": recordings,
            "external_id": call.id.to_string(),
            "external_session_id": call.id.to_string(),
            "call_targets": dialled.map(|leg| self.target(leg)).collect::<Vec<Value>>(),
            "created_at": value::time(call.started_at),
            "updated_at": value::time(call.ended_at),
        }))
    }

    fn target(&self, leg: &Leg) -> Value {
        let rang_until = leg.answered_at.unwrap_or(leg.ended_at);
        let ring_s = leg.ringing_at.map_or(0, |at| (rang_until - at).max(0) / 1000);
        let trunk = leg.trunk.and_then(|id| self.trunks.get(&id));
        json!({
            "target_number": self.number(&leg.number),
            "trunk_name": trunk.map_or("", String::as_str),
            "status": state(leg.answered_at.is_some()),
            "add_time": value::time(leg.started_at),
            "ring_time": value::some_time(leg.ringing_at),
            "ring_duration": ring_s,
            "answered_time": value::some_time(leg.answered_at),
            "ended_time": value::time(leg.ended_at),
            "end_reason": leg.cause.as_str(),
            "fail_code": fail_code(leg.cause),
        })
    }
}

/// The vendor's word for a direction.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
        Direction::Internal => "ext",
    }
}

/// The direction with this word. The vendor tells the two sides of a call inside apart; ours is one call.
pub(crate) fn parse_direction(word: &str) -> Option<Direction> {
    match word {
        "in" => Some(Direction::Inbound),
        "out" => Some(Direction::Outbound),
        "ext" | "ext_in" | "ext_out" => Some(Direction::Internal),
        _ => None,
    }
}

/// The vendor's word for what became of a call or of one of its targets.
pub(super) fn state(answered: bool) -> &'static str {
    if answered { "answered" } else { "not_answered" }
}

/// The SIP status (RFC 3261, section 21) that says why a target was not reached; 0 when it was.
fn fail_code(cause: Cause) -> u16 {
    match cause {
        Cause::Normal
        | Cause::Transferred
        | Cause::FlowEnded
        | Cause::SessionExpired
        | Cause::MediaTimeout
        | Cause::AnsweredElsewhere => 0,
        Cause::Busy => 486,
        Cause::NoAnswer | Cause::NotRegistered => 480,
        Cause::Declined => 603,
        Cause::Cancelled => 487,
        Cause::Unreachable => 408,
        Cause::NotFound | Cause::NoRoute => 404,
        Cause::InvalidNumber => 484,
        Cause::Forbidden => 403,
        Cause::Incompatible | Cause::NotProtected => 488,
        Cause::Unavailable | Cause::Overload | Cause::ServerStopping => 503,
        Cause::ServerRestart | Cause::Failed => 500,
    }
}

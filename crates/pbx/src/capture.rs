//! Orders to look at the next calls of a kind, sound included. What is checked here is who may give them, whom they are
//! about, and that somebody can read later that they were given: the orders themselves live in the engine.

use model::{Actor, CallId, CaptureId, ExtensionId, Faults, HotlineId, Permission, PhoneNumber, Problem, TrunkId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, NewEvent};

use crate::{extension, hotline, trunk};

/// The most calls of one order.
const MOST_CALLS: u32 = 100;
/// The longest order.
const MOST_MINUTES: u32 = 24 * 60;

/// An order to look at calls; exactly one of the first four.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCapture {
    /// Calls from and to this extension: its number or id.
    pub extension: Option<String>,
    /// Calls to this hotline: its number or id.
    pub hotline: Option<String>,
    /// Calls through this trunk: its name or id.
    pub trunk: Option<String>,
    /// This call, which is up.
    pub call: Option<String>,
    /// Keep the sound too: it is the talk of people, so the right to it is one of its own.
    #[serde(default)]
    pub media: bool,
    /// After so many calls it is over; 1 when left out.
    pub calls: Option<u32>,
    /// After so many minutes it is over; 60 when left out.
    pub minutes: Option<u32>,
}

/// Whom an order is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// An extension.
    Extension(ExtensionId),
    /// A hotline.
    Hotline(HotlineId),
    /// A trunk.
    Trunk(TrunkId),
    /// One call.
    Call(CallId),
}

/// A checked order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Its id.
    pub id: CaptureId,
    /// Whom it is about.
    pub target: Target,
    /// Whether sound is kept.
    pub media: bool,
    /// For so many calls.
    pub calls: u32,
    /// For so many minutes.
    pub minutes: u32,
}

/// Checks an order and tells that it was given.
pub async fn plan(actor: &Actor, db: &Db, new: NewCapture) -> Result<Planned, Problem> {
    actor.require(Permission::CaptureCalls)?;
    let (calls, minutes) = (new.calls.unwrap_or(1), new.minutes.unwrap_or(60));
    let mut faults = Faults::default();
    if !(1..=MOST_CALLS).contains(&calls) {
        faults.add("calls", format!("Use 1 to {MOST_CALLS} calls."));
    }
    if !(1..=MOST_MINUTES).contains(&minutes) {
        faults.add("minutes", format!("Use 1 to {MOST_MINUTES} minutes."));
    }
    let named = [&new.extension, &new.hotline, &new.trunk, &new.call].into_iter().flatten().count();
    if named != 1 {
        faults.add("extension", "Name exactly one of extension, hotline, trunk and call.");
    }
    faults.done()?;
    let target = target(actor, db, &new).await?;
    let planned = Planned { id: store::mint(), target, media: new.media, calls, minutes };
    let data = json!({
        "id": planned.id.to_string(),
        "by": by(actor),
        "target": new.extension.or(new.hotline).or(new.trunk).or(new.call),
        "media": planned.media,
        "calls": calls,
        "minutes": minutes,
    });
    tell(actor, db, "capture.started", None, &data).await?;
    Ok(planned)
}

/// Tells that somebody read the sound of a captured call.
pub async fn tell_read(actor: &Actor, db: &Db, call: CallId) -> Result<(), Problem> {
    actor.require(Permission::CaptureCalls)?;
    tell(actor, db, "capture.read", Some(call), &json!({ "call_id": call.to_string(), "by": by(actor) })).await
}

async fn tell(actor: &Actor, db: &Db, kind: &'static str, call: Option<CallId>, data: &Value) -> Result<(), Problem> {
    let mut tx = db.write(actor.tenant).await?;
    tx.emit(NewEvent { kind, call, data: data.to_string() });
    tx.commit().await?;
    Ok(())
}

/// Who acts, for whoever reads it later.
fn by(actor: &Actor) -> String {
    let user = actor.user.map(|id| id.to_string());
    user.or_else(|| actor.key.map(|id| id.to_string())).unwrap_or_else(|| "system".to_owned())
}

async fn target(actor: &Actor, db: &Db, new: &NewCapture) -> Result<Target, Problem> {
    let page = || model::PageRequest { limit: 200, after: None };
    if let Some(text) = &new.extension {
        let found = match text.parse() {
            Ok(id) => extension::get(actor, db, id).await.ok(),
            Err(_) => extension::find_by_number(actor, db, text).await?,
        };
        let unknown = || Problem::invalid("extension", "There is no such extension; use the number of one.");
        return Ok(Target::Extension(found.ok_or_else(unknown)?.id));
    }
    if let Some(text) = &new.hotline {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let same = |number: &str| {
            let short = digits(text).trim_start_matches('0').to_owned();
            let parsed = PhoneNumber::parse(text, "84").is_some_and(|parsed| parsed.as_str() == number);
            parsed || (short.len() >= 3 && digits(number).ends_with(&short))
        };
        let all = hotline::list(actor, db, page()).await?.items;
        let found = all.into_iter().find(|hotline| hotline.id.to_string() == *text || same(&hotline.number));
        let unknown = || Problem::invalid("hotline", "There is no such hotline; use the number of one.");
        return Ok(Target::Hotline(found.ok_or_else(unknown)?.id));
    }
    if let Some(text) = &new.trunk {
        let all = trunk::list(actor, db, page()).await?.items;
        let found = all.into_iter().find(|trunk| trunk.id.to_string() == *text || trunk.name == *text);
        let unknown = || Problem::invalid("trunk", "There is no such trunk; use the name of one.");
        return Ok(Target::Trunk(found.ok_or_else(unknown)?.id));
    }
    let call = new.call.as_deref().and_then(|text| text.parse().ok());
    call.map(Target::Call).ok_or_else(|| Problem::invalid("call", "Use the id of a call that is up."))
}

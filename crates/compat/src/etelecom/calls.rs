//! `ListCallLogs`: the finished calls of a shop.

use super::answer::{Outcome, Refusal};
use super::call_log::{Shown, parse_direction};
use super::door::Ask;
use super::paging::{Key, Paging, Wanted};
use super::users;
use super::value::{Sent, read_time};
use model::{CallId, ExtensionId, HotlineId, Kind};
use pbx::calls::{self, CallDetail, Walk};
use pbx::{extension, hotline};
use serde::Deserialize;
use serde_json::{Value, json};

/// The most extensions or hotlines that a filter may name.
const MOST_NAMED: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    filter: Filter,
    paging: Paging,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    #[serde(deserialize_with = "crate::loose::text")]
    call_number: String,
    #[serde(deserialize_with = "crate::loose::text")]
    call_state: String,
    #[serde(deserialize_with = "crate::loose::text")]
    date_from: String,
    #[serde(deserialize_with = "crate::loose::text")]
    date_to: String,
    department_id: Sent,
    #[serde(deserialize_with = "crate::loose::text")]
    direction: String,
    duration: Option<Duration>,
    extension_ids: Vec<Sent>,
    #[serde(deserialize_with = "crate::loose::text")]
    external_id: String,
    #[serde(deserialize_with = "crate::loose::text")]
    external_session_id: String,
    hotline_ids: Vec<Sent>,
    user_id: Sent,
}

/// How long a call was talked, in seconds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Duration {
    #[serde(deserialize_with = "crate::loose::text")]
    comparison: String,
    value: i64,
}

/// Which calls are wanted.
enum Which {
    /// All that fit.
    Fitting(Box<calls::Filter>),
    /// This one, when it fits.
    One(CallId, Box<calls::Filter>),
    /// Nothing can fit.
    None,
}

pub(super) async fn list(ask: &Ask<'_>) -> Outcome {
    let Listing { filter, paging } = ask.read()?;
    let wanted = paging.wanted(&["created_at", "started_at"])?;
    let (found, paging) = match which(ask, filter).await? {
        Which::None => (Vec::new(), wanted.told(None, None)),
        Which::One(id, filter) => (one(ask, id, *filter).await?, wanted.told(None, None)),
        Which::Fitting(filter) => page(ask, *filter, &wanted).await?,
    };
    let mut shown = Shown::new(ask.state, ask.actor()?).await?;
    shown.know_users(&found).await?;
    let mut logs: Vec<Value> = Vec::with_capacity(found.len());
    for detail in &found {
        logs.push(shown.log(detail).await?);
    }
    Ok(json!({ "call_logs": logs, "paging": paging }))
}

/// A page, in the order of the list whichever way it was walked.
async fn page(ask: &Ask<'_>, filter: calls::Filter, wanted: &Wanted) -> Result<(Vec<CallDetail>, Value), Refusal> {
    let (from, upward) = wanted.way();
    let wrong = || Refusal::invalid("paging: send next or prev of an answer");
    let from = match from {
        Some(Key { at, id }) => Some((*at, id.parse::<CallId>().map_err(|_| wrong())?)),
        None => None,
    };
    let walk = Walk { from, upward, limit: wanted.limit };
    let (found, more) = calls::walk(ask.actor()?, ask.state.db(), filter, walk).await?;
    Ok(wanted.page(found, more, |detail| Key { at: detail.call.started_at, id: detail.call.id.to_string() }))
}

/// The call with this id, when it fits the rest of the filter.
async fn one(ask: &Ask<'_>, id: CallId, filter: calls::Filter) -> Result<Vec<CallDetail>, Refusal> {
    let (actor, db) = (ask.actor()?, ask.state.db());
    let found = match calls::get(actor, db, id).await {
        Err(problem) if problem.kind == Kind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let at = found.call.started_at;
    // Its own moment bounds the list to itself and those that began with it.
    let bound = |given: Option<i64>, own: i64, best: fn(i64, i64) -> i64| Some(given.map_or(own, |at| best(at, own)));
    let (from, to) = (bound(filter.from, at, i64::max), bound(filter.to, at + 1, i64::min));
    let walk = Walk { from: None, upward: false, limit: model::PageRequest::MAX };
    let (mut fitting, _) = calls::walk(actor, db, calls::Filter { from, to, ..filter }, walk).await?;
    fitting.retain(|detail| detail.call.id == id);
    Ok(fitting)
}

async fn which(ask: &Ask<'_>, sent: Filter) -> Result<Which, Refusal> {
    if sent.extension_ids.len().max(sent.hotline_ids.len()) > MOST_NAMED {
        return Err(Refusal::invalid(format!("filter: name at most {MOST_NAMED} extensions or hotlines")));
    }
    let mut filter = calls::Filter {
        number: Some(sent.call_number).filter(|number| !number.is_empty()),
        answered: answered(&sent.call_state)?,
        from: read_time("filter.date_from", &sent.date_from)?,
        // The vendor's end is still inside.
        to: read_time("filter.date_to", &sent.date_to)?.map(|at| at.saturating_add(1)),
        ..calls::Filter::default()
    };
    filter.direction = match sent.direction.as_str() {
        "" | "unknown" => None,
        word => Some(
            parse_direction(word)
                .ok_or_else(|| Refusal::invalid("filter.direction: send in, out, ext, ext_in or ext_out"))?,
        ),
    };
    if let Some(duration) = sent.duration {
        (filter.talk_from_ms, filter.talk_to_ms) = duration.bounds()?;
    }
    let Some(extensions) = extensions(ask, &sent.extension_ids, sent.user_id).await? else { return Ok(Which::None) };
    let Some(extensions) = of_department(ask, sent.department_id, extensions).await? else { return Ok(Which::None) };
    let Some(hotlines) = hotlines(ask, &sent.hotline_ids).await? else { return Ok(Which::None) };
    // One alone leads the list; several are looked up for each call.
    match extensions.as_slice() {
        [only] => filter.extension = Some(*only),
        _ => filter.extensions = extensions,
    }
    match hotlines.as_slice() {
        [only] => filter.hotline = Some(*only),
        _ => filter.hotlines = hotlines,
    }
    let external = [sent.external_id, sent.external_session_id];
    let mut external = external.iter().filter(|text| !text.is_empty()).map(|text| text.parse::<CallId>().ok());
    Ok(match (external.next(), external.next()) {
        (None, _) => Which::Fitting(Box::new(filter)),
        (Some(Some(id)), None) => Which::One(id, Box::new(filter)),
        (Some(Some(id)), Some(other)) if other == Some(id) => Which::One(id, Box::new(filter)),
        (Some(_), _) => Which::None,
    })
}

fn answered(word: &str) -> Result<Option<bool>, Refusal> {
    match word {
        "" | "unknown" => Ok(None),
        "answered" => Ok(Some(true)),
        "not_answered" => Ok(Some(false)),
        _ => Err(Refusal::invalid("filter.call_state: send answered or not_answered")),
    }
}

impl Duration {
    /// From so many milliseconds, to less than so many.
    fn bounds(&self) -> Result<(Option<i64>, Option<i64>), Refusal> {
        let ms = self.value.saturating_mul(1000);
        let next = self.value.saturating_add(1).saturating_mul(1000);
        match self.comparison.as_str() {
            "" | "unknow" | "unknown" => Ok((None, None)),
            "greater" | "greater_than" => Ok((Some(next), None)),
            "less" | "less_than" => Ok((None, Some(ms))),
            "equal" => Ok((Some(ms), Some(next))),
            _ => Err(Refusal::invalid("filter.duration.comparison: send greater, less or equal")),
        }
    }
}

/// The extensions that are named, and that of the person; none when nothing can fit.
async fn extensions(ask: &Ask<'_>, named: &[Sent], user: Sent) -> Result<Option<Vec<ExtensionId>>, Refusal> {
    let (actor, db) = (ask.actor()?, ask.state.db());
    let mut found = Vec::new();
    for number in named.iter().filter_map(|sent| sent.0) {
        found.extend(extension::find_by_id_number(actor, db, number).await?.map(|extension| extension.id));
    }
    if found.is_empty() && named.iter().any(|sent| sent.0.is_some()) {
        return Ok(None);
    }
    let Some(number) = user.0 else { return Ok(Some(found)) };
    let user = users::found(ask, number).await?;
    let own = extension::find_by_user(actor, db, user.id).await?.map(|extension| extension.id);
    Ok(own.filter(|own| found.is_empty() || found.contains(own)).map(|own| vec![own]))
}

/// Those of the extensions (all, when none is named) whose people are of the department; none when nothing can fit.
async fn of_department(
    ask: &Ask<'_>,
    sent: Sent,
    named: Vec<ExtensionId>,
) -> Result<Option<Vec<ExtensionId>>, Refusal> {
    let Some(number) = sent.0 else { return Ok(Some(named)) };
    let department = users::department(ask, number).await?;
    let mut found = Vec::new();
    for user in users::of_department(ask, department).await? {
        let own = extension::find_by_user(ask.actor()?, ask.state.db(), user).await?.map(|extension| extension.id);
        found.extend(own.filter(|own| named.is_empty() || named.contains(own)));
    }
    Ok((!found.is_empty()).then_some(found))
}

/// The hotlines that are named; none when nothing can fit.
async fn hotlines(ask: &Ask<'_>, named: &[Sent]) -> Result<Option<Vec<HotlineId>>, Refusal> {
    let (actor, db) = (ask.actor()?, ask.state.db());
    let mut found = Vec::new();
    for number in named.iter().filter_map(|sent| sent.0) {
        found.extend(hotline::find_by_id_number(actor, db, number).await?.map(|hotline| hotline.id));
    }
    let none = found.is_empty() && named.iter().any(|sent| sent.0.is_some());
    Ok((!none).then_some(found))
}

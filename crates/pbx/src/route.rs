//! Whose number is it? The one place that decides where a dialled number goes, from the snapshot and the moment alone: no
//! database, no clock. Each decision says why, for the call's trail.

#[cfg(test)]
mod tests;

use crate::callers::List;
use crate::hotline::Hotline;
use crate::schedule::State;
use crate::snapshot::{Extension, Tenant};
use crate::voicemail;
use call::{Direction, Origin, Route, RouteTarget, TrunkStep};
use model::{Cause, PhoneNumber, Timestamp};

/// What the caller's side said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caller<'a> {
    /// The number as it came; ignored for our own extensions, whose number we know.
    pub number: &'a str,
    /// The name as it came; ignored likewise.
    pub name: &'a str,
}

/// Decides where a call goes that is made at this moment.
pub fn route(tenant: &Tenant, origin: Origin, caller: Caller<'_>, dialled: &str, at: Timestamp) -> Route {
    match origin {
        Origin::Trunk(trunk) => {
            let base = Route {
                direction: Direction::Inbound,
                hotline: None,
                caller_number: tenant.shown(caller.number),
                caller_name: caller.name.to_owned(),
                to: RouteTarget::Reject(Cause::NotFound),
                record: tenant.record,
                reason: String::new(),
                facts: vec![("dialled", dialled.to_owned())],
            };
            let hotline = PhoneNumber::parse(dialled, &tenant.country)
                .and_then(|number| tenant.hotline_on(trunk, number.as_str()))
                .and_then(|id| tenant.hotlines.get(&id));
            match hotline {
                Some(hotline) => match tenant.callers.find(&base.caller_number) {
                    Some((List::Blocked, pattern)) => blocked_caller(base, hotline, pattern),
                    Some((List::Vip, _)) | None => to_hotline(tenant, base, hotline, at),
                },
                None => Route { reason: "No hotline of the company has this number on this trunk.".into(), ..base },
            }
        }
        Origin::Extension(id) => match tenant.extensions.get(&id) {
            Some(extension) => from_extension(tenant, extension, dialled.trim(), at),
            None => refuse(tenant, None, dialled, Cause::Forbidden, "The calling extension does not exist any more."),
        },
        Origin::Hotline(id) => match tenant.hotlines.get(&id) {
            Some(hotline) => from_house(tenant, hotline, dialled.trim()),
            None => refuse(tenant, None, dialled, Cause::NoRoute, "The hotline does not exist any more."),
        },
    }
}

/// The house itself calls a number outside, or one of its own extensions.
fn from_house(tenant: &Tenant, hotline: &Hotline, dialled: &str) -> Route {
    if let Some(to) = tenant.by_number(dialled).filter(|to| to.enabled) {
        let base = internal(tenant, None, dialled);
        let (caller_number, caller_name) = (hotline.number.clone(), hotline.name.clone());
        let (to, reason) = (RouteTarget::Extension(to.id), format!("{dialled} is an extension."));
        return Route { hotline: Some(hotline.id), caller_number, caller_name, to, reason, ..base };
    }
    let number =
        PhoneNumber::parse(dialled, &tenant.country).filter(|number| tenant.hotline(number.as_str()).is_none());
    let Some(number) = number else {
        let reason = "This is neither an extension nor a telephone number outside.";
        return refuse(tenant, None, dialled, Cause::InvalidNumber, reason);
    };
    outside(tenant, None, Some(hotline), dialled, &number)
}

fn from_extension(tenant: &Tenant, from: &Extension, dialled: &str, at: Timestamp) -> Route {
    if !from.enabled {
        return refuse(tenant, Some(from), dialled, Cause::Forbidden, "The calling extension is disabled.");
    }
    if let Some(to) = tenant.by_number(dialled) {
        let base = internal(tenant, Some(from), dialled);
        if !to.enabled {
            let reason = format!("Extension {dialled} is disabled.");
            return Route { to: RouteTarget::Reject(Cause::NotFound), reason, ..base };
        }
        return Route { to: RouteTarget::Extension(to.id), reason: format!("{dialled} is an extension."), ..base };
    }
    if let Some(queue) = tenant.queue_by_number(dialled) {
        let reason = format!("{dialled} is the queue {}.", queue.name);
        return Route { to: RouteTarget::Queue(queue.id), reason, ..internal(tenant, Some(from), dialled) };
    }
    if let Some(route) = to_mailbox(tenant, from, dialled) {
        return route;
    }
    let Some(number) = PhoneNumber::parse(dialled, &tenant.country) else {
        // Two digits can be an extension nobody has; anything else is no number at all.
        let short = (1..=15).contains(&dialled.len()) && dialled.bytes().all(|byte| byte.is_ascii_digit());
        let cause = if short { Cause::NotFound } else { Cause::InvalidNumber };
        return refuse(tenant, Some(from), dialled, cause, "This is neither an extension nor a telephone number.");
    };
    if let Some(hotline) = tenant.hotline(number.as_str()) {
        return to_hotline(tenant, internal(tenant, Some(from), dialled), hotline, at);
    }
    outside(tenant, Some(from), shown_hotline(tenant, from), dialled, &number)
}

/// The codes of voicemail.
fn to_mailbox(tenant: &Tenant, from: &Extension, dialled: &str) -> Option<Route> {
    let base = Route { record: false, ..internal(tenant, Some(from), dialled) };
    if dialled == voicemail::LISTEN {
        return Some(match from.mailbox.enabled {
            true => {
                let reason = "The extension listens to its messages.".to_owned();
                Route { to: RouteTarget::Mailbox(from.id), reason, ..base }
            }
            false => Route { reason: "The extension has no mailbox.".to_owned(), ..base },
        });
    }
    let number = dialled.strip_prefix(voicemail::LEAVE)?;
    let to = tenant.by_number(number).filter(|to| to.enabled && to.mailbox.enabled);
    Some(match to {
        Some(to) => {
            let reason = format!("A message is left for {number}.");
            Route { to: RouteTarget::Voicemail(to.id), reason, ..base }
        }
        None => Route { reason: format!("{number} is no extension with a mailbox."), ..base },
    })
}

/// A call to the outside, that shows this hotline.
fn outside(
    tenant: &Tenant,
    from: Option<&Extension>,
    shown: Option<&Hotline>,
    dialled: &str,
    number: &PhoneNumber,
) -> Route {
    if let Some(prefix) = blocked(tenant, number) {
        let reason = format!("The company blocks numbers that begin with {prefix}.");
        return refuse(tenant, from, dialled, Cause::Forbidden, &reason);
    }
    if let Some(digits) = number.as_str().strip_prefix('+') {
        let own = from.and_then(|from| from.limits.dial_countries.as_ref());
        let countries = own.unwrap_or(&tenant.dial_countries);
        let allowed = countries.iter().any(|code| code == "*" || digits.starts_with(code.as_str()));
        if !allowed {
            let reason = "The company does not allow calls to this country.";
            return refuse(tenant, from, dialled, Cause::Forbidden, reason);
        }
    }
    let usable = |hotline: &&Hotline| tenant.trunks.get(&hotline.trunk).is_some_and(|trunk| trunk.enabled);
    let Some(hotline) = shown.filter(usable) else {
        let reason = "The company has no hotline on an enabled trunk to call out with.";
        return refuse(tenant, from, dialled, Cause::NoRoute, reason);
    };
    // The carrier that owns the number shown goes first: others may refuse a number that is not theirs.
    let own = tenant.trunks.get(&hotline.trunk).into_iter();
    let others = tenant.trunks.values().filter(|trunk| trunk.id != hotline.trunk);
    let steps: Vec<TrunkStep> = own
        .chain(others)
        .filter(|trunk| trunk.enabled)
        .map(|trunk| TrunkStep { trunk: trunk.id, number: trunk.number_format.write(number, &tenant.country) })
        .collect();
    let first = steps.first().and_then(|step| tenant.trunks.get(&step.trunk)).map_or("", |trunk| trunk.name.as_str());
    Route {
        direction: Direction::Outbound,
        hotline: Some(hotline.id),
        caller_number: hotline.number.clone(),
        caller_name: String::new(),
        record: tenant.record,
        reason: format!("{number} is outside; it goes out by {first} showing {}.", hotline.number),
        facts: facts(from, dialled),
        to: RouteTarget::Trunk(steps),
    }
}

fn blocked<'a>(tenant: &'a Tenant, number: &PhoneNumber) -> Option<&'a String> {
    let plain = number.as_str().strip_prefix('+').unwrap_or(number.as_str());
    let national = number.national(&tenant.country);
    tenant.blocked_prefixes.iter().find(|prefix| match prefix.strip_prefix('+') {
        Some(prefix) => number.as_str().starts_with('+') && plain.starts_with(prefix),
        None => national.starts_with(prefix.as_str()) || plain.starts_with(prefix.as_str()),
    })
}

/// The extension's own choice, else the company's oldest hotline; only those on an enabled trunk count.
fn shown_hotline<'a>(tenant: &'a Tenant, from: &Extension) -> Option<&'a Hotline> {
    let usable = |hotline: &&Hotline| tenant.trunks.get(&hotline.trunk).is_some_and(|trunk| trunk.enabled);
    let own = from.hotline.and_then(|id| tenant.hotlines.get(&id)).filter(usable);
    own.or_else(|| tenant.hotlines.values().find(usable))
}

/// A caller that the company does not want to hear.
fn blocked_caller(base: Route, hotline: &Hotline, pattern: String) -> Route {
    let mut facts = base.facts;
    facts.push(("pattern", pattern));
    let reason = "The caller stands on the company's list of blocked callers.".to_owned();
    Route { hotline: Some(hotline.id), to: RouteTarget::Reject(Cause::Forbidden), reason, facts, ..base }
}

fn to_hotline(tenant: &Tenant, base: Route, hotline: &Hotline, at: Timestamp) -> Route {
    let mut facts = base.facts;
    // A schedule that is gone closes nothing.
    let opening = hotline.schedule.and_then(|id| tenant.opening(id, at)).unwrap_or(State::Open);
    let (target, when) = match opening {
        State::Open => (Some(hotline.target), String::new()),
        State::Closed => (hotline.closed_target, " and closed now".to_owned()),
        State::Holiday(name) => (hotline.holiday_target.or(hotline.closed_target), format!(" and closed for {name}")),
    };
    if hotline.schedule.is_some() {
        facts.push(("opening", opening.as_str().to_owned()));
    }
    let start = format!("{} is the hotline {}{when}", hotline.number, hotline.name);
    let (to, reason) = match target {
        Some(target) => {
            facts.push(("target", target.to_string()));
            (RouteTarget::from(target), format!("{start}, which leads to {}.", target.what()))
        }
        None => (RouteTarget::Reject(Cause::Unavailable), format!("{start}, and leads nowhere then.")),
    };
    Route { hotline: Some(hotline.id), to, reason, facts, ..base }
}

fn facts(from: Option<&Extension>, dialled: &str) -> Vec<(&'static str, String)> {
    let mut facts = vec![("dialled", dialled.to_owned())];
    facts.extend(from.map(|from| ("from", from.number.clone())));
    facts
}

fn internal(tenant: &Tenant, from: Option<&Extension>, dialled: &str) -> Route {
    Route {
        direction: Direction::Internal,
        hotline: None,
        caller_number: from.map(|from| from.number.clone()).unwrap_or_default(),
        caller_name: from.map(|from| from.name.clone()).unwrap_or_default(),
        to: RouteTarget::Reject(Cause::NotFound),
        record: tenant.record,
        reason: String::new(),
        facts: facts(from, dialled),
    }
}

/// Refused calls to what looks like an outside number count as outbound.
fn refuse(tenant: &Tenant, from: Option<&Extension>, dialled: &str, cause: Cause, reason: &str) -> Route {
    let outward = PhoneNumber::parse(dialled, &tenant.country).is_some_and(|number| number.as_str().starts_with('+'));
    let direction = if outward { Direction::Outbound } else { Direction::Internal };
    let base = internal(tenant, from, dialled);
    Route { direction, to: RouteTarget::Reject(cause), reason: reason.to_owned(), ..base }
}

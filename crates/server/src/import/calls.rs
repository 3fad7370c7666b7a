//! The list of calls, page by page. The place reached is written down behind each page.

use super::things::Known;
use super::{Report, Wanted, place};
use compat::import::Call;
use model::Actor;
use pbx::calls::{Foreign, take_over};
use serde::{Deserialize, Serialize};
use store::Db;

/// How far the list is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    from: i64,
    to: i64,
    cursor: Option<String>,
}

pub(super) async fn bring(
    db: &Db,
    actor: &Actor,
    wanted: &Wanted<'_>,
    known: &Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut place = match place::read::<Place>(&wanted.place)? {
        // The list that was begun is read to its end; what came in since comes with the next run.
        Some(place) if place.from == wanted.span.0 && !wanted.dry => place,
        _ => Place { from: wanted.span.0, to: wanted.span.1, cursor: None },
    };
    loop {
        let (calls, next) = wanted.source.calls((place.from, place.to), place.cursor.as_deref()).await?;
        let count = calls.len();
        let calls: Vec<Foreign> = calls.into_iter().map(|call| foreign(call, known)).collect();
        let new = if wanted.dry { count } else { take_over(actor, db, wanted.vendor, &calls).await? };
        let counted = report.counts.entry("calls").or_default();
        (counted.0, counted.1) = (counted.0 + new, counted.1 + count - new);
        match next {
            Some(next) if place.cursor.as_ref() != Some(&next) => place.cursor = Some(next),
            _ => break,
        }
        if !wanted.dry {
            place::write(&wanted.place, &place)?;
            tracing::info!(calls = counted.0 + counted.1, "calls are being brought over");
        }
    }
    if wanted.dry { Ok(()) } else { place::forget(&wanted.place) }
}

fn foreign(call: Call, known: &Known) -> Foreign {
    let Call { key, direction, caller, callee, extension, hotline, started_at, answered_at, ended_at } = call;
    let extension = extension.and_then(|key| known.ids.extensions.get(&key).copied());
    let hotline = hotline.and_then(|key| known.hotlines.get(&key).copied());
    Foreign { key, direction, caller, callee, extension, hotline, started_at, answered_at, ended_at }
}

//! The contacts, page by page. The vendor's id is kept with each, so that it comes once; a number that is somebody's here
//! already is that contact's.

use super::things::Known;
use super::{Report, Wanted, place};
use compat::import::Contact;
use crm::contact;
use model::{Actor, Kind, Problem};
use serde::{Deserialize, Serialize};
use store::Db;

/// How many refusals are told one by one.
const MOST_NOTES: usize = 20;

/// How far the list is read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    cursor: Option<String>,
}

pub(super) async fn bring(
    db: &Db,
    actor: &Actor,
    wanted: &Wanted<'_>,
    known: &Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    let path = wanted.place.with_extension("contacts.json");
    let mut place = match place::read::<Place>(&path)? {
        Some(place) if !wanted.dry => place,
        _ => Place::default(),
    };
    let mut refused = 0;
    loop {
        let (contacts, next) = wanted.source.contacts(place.cursor.as_deref()).await?;
        for theirs in contacts {
            if is_here(db, actor, &theirs).await? {
                report.kept("contacts");
            } else if wanted.dry {
                report.made("contacts");
            } else if let Some(problem) = write(db, actor, theirs, known, report).await? {
                refused += 1;
                if refused <= MOST_NOTES {
                    report.notes.push(problem);
                }
            }
        }
        match next {
            Some(next) if place.cursor.as_ref() != Some(&next) => place.cursor = Some(next),
            _ => break,
        }
        if !wanted.dry {
            place::write(&path, &place)?;
        }
    }
    if refused > MOST_NOTES {
        report.notes.push(format!("{} more contacts that do not fit here", refused - MOST_NOTES));
    }
    if wanted.dry { Ok(()) } else { place::forget(&path) }
}

async fn is_here(db: &Db, actor: &Actor, theirs: &Contact) -> Result<bool, Problem> {
    for (system, id) in &theirs.profile.external_ids {
        if contact::find_by_external(actor, db, system, id).await?.is_some() {
            return Ok(true);
        }
    }
    for phone in &theirs.profile.phones {
        if contact::find_by_phone(actor, db, &phone.number).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes one; gives why not when it does not fit here.
async fn write(
    db: &Db,
    actor: &Actor,
    theirs: Contact,
    known: &Known,
    report: &mut Report,
) -> anyhow::Result<Option<String>> {
    let (mut profile, name) = (theirs.profile, theirs.key);
    profile.owner = theirs.owner.and_then(|login| known.people.get(&login).copied());
    match contact::create(actor, db, profile).await {
        Ok(_) => {
            report.made("contacts");
            Ok(None)
        }
        Err(problem) if matches!(problem.kind, Kind::Invalid | Kind::Conflict) => {
            Ok(Some(format!("contact {name}: {}", problem.message)))
        }
        Err(problem) => Err(problem.into()),
    }
}

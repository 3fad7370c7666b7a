//! What one can do with imports. Writing and taking back go step by step, each step one transaction that notes what it
//! did, so that a server that stops in between goes on where it was, and calls never wait for a long one.

use super::judge::{Known, Said, Verdict, read};
use super::mapping::{Meaning, guess, meanings};
use super::repo::Kept;
use super::{Column, Counts, Import, Outcome, Row, State, repo};
use crate::contact::{self, Contact};
use crate::sheet::Table;
use model::{Actor, ImportId, Page, PageRequest, Permission, Problem};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Db, Tx, mint, now};

/// Rows in one step.
const STEP: u32 = 250;
/// Rows that are looked at together.
const PIECE: u32 = 1_000;
/// How long imports are kept, to be looked at and taken back.
const KEPT_MS: i64 = 30 * 24 * 3_600 * 1_000;
/// How many samples of a column are told.
const SAMPLES: usize = 3;

/// Keeps a table that was read; nothing is done with it yet.
pub async fn create(actor: &Actor, db: &Db, file_name: &str, table: Table) -> Result<Import, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let at = now().as_millis();
    for old in repo::older_than(&mut tx, at - KEPT_MS).await? {
        repo::delete(&mut tx, old).await?;
    }
    let samples = |column: usize| {
        let cells = table.rows.iter().map(|row| row.cells[column].trim()).filter(|cell| !cell.is_empty());
        cells.take(SAMPLES).map(|cell| cell.chars().take(80).collect()).collect()
    };
    let columns = table.head.iter().enumerate();
    let import = Import {
        id: mint(),
        file_name: file_name.chars().filter(|c| !c.is_control()).take(200).collect(),
        state: State::Mapping,
        columns: columns.map(|(place, title)| Column { title: title.clone(), samples: samples(place) }).collect(),
        mapping: table.head.iter().map(|title| guess(title)).collect(),
        rows: i64::try_from(table.rows.len()).unwrap_or(i64::MAX),
        counts: Counts::default(),
        created_by: actor.user,
        created_at: at,
    };
    repo::insert(&mut tx, &import).await?;
    tx.commit().await?;
    let waiting = |row: crate::sheet::Row| Kept {
        place: i64::from(row.place),
        cells: row.cells,
        outcome: Outcome::Waiting,
        problem: String::new(),
        contact: None,
        before: None,
        after: None,
        written_at: None,
    };
    let mut rows = table.rows.into_iter().map(waiting).peekable();
    while rows.peek().is_some() {
        let piece: Vec<Kept> = rows.by_ref().take(PIECE as usize).collect();
        let mut tx = db.write(actor.tenant).await?;
        repo::put_rows(&mut tx, import.id, &piece).await?;
        tx.commit().await?;
    }
    Ok(import)
}

/// One import.
pub async fn get(actor: &Actor, db: &Db, id: ImportId) -> Result<Import, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::not_found("import")
}

/// The imports of the last 30 days, the newest first.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Import>, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |import| import.id.to_string()))
}

/// Rows with what they do, in the order of the file.
pub async fn rows(
    actor: &Actor,
    db: &Db,
    id: ImportId,
    outcome: Option<Outcome>,
    page: PageRequest,
) -> Result<Page<Row>, Problem> {
    actor.require(Permission::ManageContacts)?;
    let after = page.after.as_deref().map_or(Ok(0), str::parse);
    let after = after.map_err(|_| Problem::invalid("after", "Send the `next` of the page before."))?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::rows(&mut tx, id, outcome, after, limit + 1).await?;
    Ok(Page::from_rows(rows.into_iter().map(Row::from).collect(), limit, |row| row.place.to_string()))
}

/// All rows that cannot be taken, to be mended and sent again.
pub async fn wrong_rows(actor: &Actor, db: &Db, id: ImportId) -> Result<(Import, Vec<Row>), Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let import = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let rows = repo::rows(&mut tx, id, Some(Outcome::Error), 0, u32::MAX).await?;
    Ok((import, rows.into_iter().map(Row::from).collect()))
}

/// Sets what the columns mean and tells what each row would do. Nothing is written but that.
pub async fn preview(actor: &Actor, db: &Db, id: ImportId, mapping: Vec<String>) -> Result<Import, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let import = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let meanings = meanings(&mapping, import.columns.len())?;
    let open = [State::Mapping, State::Previewed];
    if !repo::advance(&mut tx, id, &open, State::Mapping, now().as_millis()).await? {
        return Err(Problem::conflict("already_applied", "This import was applied already; send the file anew."));
    }
    repo::set_mapping(&mut tx, id, &mapping).await?;
    tx.commit().await?;
    let (mut after, mut first_with) = (0, HashMap::new());
    loop {
        let mut tx = db.write(actor.tenant).await?;
        if !repo::advance(&mut tx, id, &[State::Mapping], State::Mapping, now().as_millis()).await? {
            return Err(Problem::conflict("already_previewed", "Somebody else has looked at this import meanwhile."));
        }
        let mut piece = repo::rows(&mut tx, id, None, after, PIECE).await?;
        let Some(last) = piece.last() else {
            repo::advance(&mut tx, id, &[State::Mapping], State::Previewed, now().as_millis()).await?;
            let import = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
            tx.commit().await?;
            return Ok(import);
        };
        after = last.place;
        foresee(&mut tx, &mut piece, &meanings, &mut first_with).await?;
        repo::put_rows(&mut tx, id, &piece).await?;
        tx.commit().await?;
    }
}

/// Notes what each row would do. `first_with` tells which row of the file had a number first.
async fn foresee(
    tx: &mut Tx,
    piece: &mut [Kept],
    meanings: &[Meaning],
    first_with: &mut HashMap<String, i64>,
) -> Result<(), Problem> {
    let (known, said) = learn(tx, piece, meanings).await?;
    for (row, said) in piece.iter_mut().zip(said) {
        let verdict = match said {
            Ok(said) => known.judge(said),
            Err(problem) => Verdict::Wrong(problem),
        };
        let verdict = match verdict {
            Verdict::New(profile) => {
                let twice = profile.phones.iter().find_map(|phone| Some((phone, first_with.get(&phone.number)?)));
                match twice {
                    Some((phone, first)) => {
                        Verdict::Wrong(format!("Row {first} has the number {} already.", phone.number))
                    }
                    None => {
                        first_with.extend(profile.phones.iter().map(|phone| (phone.number.clone(), row.place)));
                        Verdict::New(profile)
                    }
                }
            }
            other => other,
        };
        note(row, verdict);
    }
    Ok(())
}

fn note(row: &mut Kept, verdict: Verdict) {
    row.outcome = verdict.outcome();
    (row.problem, row.contact, row.before, row.after) = match verdict {
        Verdict::New(profile) => (String::new(), None, None, Some(*profile)),
        Verdict::Changed { before, after } => (String::new(), Some(before.id), Some(*before), Some(*after)),
        Verdict::Same(id) => (String::new(), Some(id), None, None),
        Verdict::Wrong(problem) => (problem, None, None, None),
    };
}

/// Reads the rows, and all contacts they may speak of.
async fn learn(
    tx: &mut Tx,
    piece: &[Kept],
    meanings: &[Meaning],
) -> Result<(Known, Vec<Result<Said, String>>), Problem> {
    use contact::repo::{EMAIL, EXTERNAL, country, external_key, find_many, holders, people, with_keys};
    let (country, people) = (country(tx).await?, people(tx).await?);
    let said: Vec<Result<Said, String>> =
        piece.iter().map(|row| read(&row.cells, meanings, &people, &country)).collect();
    let profiles = || said.iter().flatten().map(|said| &said.profile);
    let phones: Vec<String> =
        profiles().flat_map(|profile| &profile.phones).map(|phone| phone.number.clone()).collect();
    let emails: Vec<String> =
        profiles().flat_map(|profile| &profile.emails).map(|email| email.address.clone()).collect();
    let external: Vec<String> =
        profiles().flat_map(|profile| &profile.external_ids).map(|(system, id)| external_key(system, id)).collect();
    let mut known = Known { country, phones: holders(tx, &phones).await?, ..Known::default() };
    let set = |(value, ids): (String, Vec<model::ContactId>)| (value, ids.into_iter().collect());
    known.emails = with_keys(tx, EMAIL, &emails).await?.into_iter().map(set).collect();
    known.external = with_keys(tx, EXTERNAL, &external).await?.into_iter().map(set).collect();
    let mut ids: HashSet<model::ContactId> = known.phones.values().copied().collect();
    ids.extend(known.emails.values().chain(known.external.values()).flatten());
    known.contacts = find_many(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok((known, said))
}

/// Begins to write what the rows say; [`step`] does it. Rows that cannot be taken must be left out knowingly. An import
/// that was interrupted goes on.
pub async fn apply(actor: &Actor, db: &Db, id: ImportId, skip_errors: bool) -> Result<Import, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut import = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    if import.state == State::Previewed && import.counts.error > 0 && !skip_errors {
        let message = format!("{} rows cannot be taken; mend them, or send skip_errors.", import.counts.error);
        return Err(Problem::conflict("rows_wrong", message));
    }
    let open = [State::Previewed, State::Applying];
    if !repo::advance(&mut tx, id, &open, State::Applying, now().as_millis()).await? {
        return Err(Problem::conflict(
            "not_previewed",
            "Look at what the rows would do first; each import is applied once.",
        ));
    }
    tx.commit().await?;
    import.state = State::Applying;
    Ok(import)
}

/// Begins to take back what was written; [`step`] does it. What somebody has changed since stays.
pub async fn undo(actor: &Actor, db: &Db, id: ImportId) -> Result<Import, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut import = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let open = [State::Applying, State::Done, State::Undoing];
    if !repo::advance(&mut tx, id, &open, State::Undoing, now().as_millis()).await? {
        return Err(Problem::conflict("not_applied", "Nothing of this import is written."));
    }
    tx.commit().await?;
    import.state = State::Undoing;
    Ok(import)
}

/// Does the next piece of what was begun and tells whether there is more. Safe to call by several at once.
pub async fn step(actor: &Actor, db: &Db, id: ImportId) -> Result<bool, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let at = now().as_millis();
    let more = if repo::advance(&mut tx, id, &[State::Applying], State::Applying, at).await? {
        write(&mut tx, id).await?
    } else if repo::advance(&mut tx, id, &[State::Undoing], State::Undoing, at).await? {
        take_back(&mut tx, id).await?
    } else {
        false
    };
    tx.commit().await?;
    Ok(more)
}

async fn write(tx: &mut Tx, id: ImportId) -> Result<bool, Problem> {
    let mut piece = repo::unwritten(tx, id, STEP).await?;
    if piece.is_empty() {
        repo::advance(tx, id, &[State::Applying], State::Done, now().as_millis()).await?;
        return Ok(false);
    }
    let import = repo::find(tx, id).await?.ok_or_else(missing)?;
    let meanings = meanings(&import.mapping, import.columns.len())?;
    let (mut known, said) = learn(tx, &piece, &meanings).await?;
    let (mut made, mut changed) = (BTreeMap::<_, Contact>::new(), BTreeMap::<_, Contact>::new());
    for (row, said) in piece.iter_mut().zip(said) {
        let verdict = said.map_or_else(Verdict::Wrong, |said| known.judge(said));
        let written = match &verdict {
            Verdict::New(profile) => {
                let at = now().as_millis();
                Some(Contact { id: mint(), profile: (**profile).clone(), created_at: at, updated_at: at })
            }
            Verdict::Changed { before, after } => {
                let updated_at = contact::later_than(before.updated_at);
                Some(Contact { profile: (**after).clone(), updated_at, ..(**before).clone() })
            }
            Verdict::Same(_) | Verdict::Wrong(_) => None,
        };
        note(row, verdict);
        let Some(contact) = written else { continue };
        (row.contact, row.written_at) = (Some(contact.id), Some(contact.updated_at));
        let place =
            if row.outcome == Outcome::New || made.contains_key(&contact.id) { &mut made } else { &mut changed };
        place.insert(contact.id, contact.clone());
        known.put(contact);
    }
    let made: Vec<Contact> = made.into_values().collect();
    contact::repo::insert(tx, &made, &known.country).await.map_err(contact::raced)?;
    for contact in changed.values() {
        contact::repo::save(tx, contact, &known.country).await.map_err(contact::raced)?;
    }
    made.iter().for_each(|contact| tx.emit(contact::event("contact.created", contact)));
    changed.values().for_each(|contact| tx.emit(contact::event("contact.updated", contact)));
    repo::put_rows(tx, id, &piece).await?;
    Ok(true)
}

async fn take_back(tx: &mut Tx, id: ImportId) -> Result<bool, Problem> {
    let piece = repo::written(tx, id, STEP).await?;
    if piece.is_empty() {
        repo::advance(tx, id, &[State::Undoing], State::Undone, now().as_millis()).await?;
        return Ok(false);
    }
    let country = contact::repo::country(tx).await?;
    // Restoring a contact may move the mark of an earlier row of the same piece.
    let mut marks: HashMap<model::ContactId, i64> = HashMap::new();
    for mut row in piece {
        let Some(contact_id) = row.contact else { continue };
        let mark = marks.get(&contact_id).copied().or(row.written_at);
        let present = contact::repo::find(tx, contact_id).await?.filter(|found| Some(found.updated_at) == mark);
        match (present, row.before.take()) {
            (None, before) => {
                row.before = before;
                row.problem = "Changed since, so it stays.".to_owned();
            }
            (Some(present), None) => {
                contact::repo::delete(tx, present.id).await?;
                tx.emit(contact::event("contact.deleted", &present));
                (row.contact, row.written_at) = (None, None);
            }
            (Some(present), Some(before)) => {
                let updated_at = contact::later_than(present.updated_at);
                let restored = Contact { updated_at, ..before };
                contact::repo::save(tx, &restored, &country).await.map_err(contact::raced)?;
                tx.emit(contact::event("contact.updated", &restored));
                row.written_at = None;
                repo::touched(tx, id, contact_id, updated_at).await?;
                marks.insert(contact_id, updated_at);
                row.before = Some(restored);
            }
        }
        repo::put_rows(tx, id, std::slice::from_ref(&row)).await?;
    }
    Ok(true)
}

/// Forgets an import; what it wrote stays and can no longer be taken back.
pub async fn delete(actor: &Actor, db: &Db, id: ImportId) -> Result<(), Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    repo::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

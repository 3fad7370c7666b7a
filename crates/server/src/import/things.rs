//! People, extensions, greetings, ring groups, flows and hotlines, in this order: each needs those before it.

use super::{Report, Wanted, flows, groups};
use account::tenant::Tenant;
use account::user::{self, NewUser};
use compat::import::{Account, Extension as Theirs, Ids};
use model::{Actor, HotlineId, Kind, Page, PageRequest, PhoneNumber, Problem, UserId};
use pbx::extension::{self, Extension, ExtensionPatch, NewExtension};
use pbx::hotline::{self, NewHotline, Target};
use std::collections::HashMap;
use store::Db;

/// What is known here by the vendor's keys.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Extensions, groups, flows and greetings.
    pub(super) ids: Ids,
    /// By key and by login.
    pub(super) people: HashMap<String, UserId>,
    /// By key and by number.
    pub(super) hotlines: HashMap<String, HotlineId>,
}

pub(super) async fn bring(
    db: &Db,
    actor: &Actor,
    wanted: &Wanted<'_>,
    account: &Account,
    report: &mut Report,
) -> anyhow::Result<Known> {
    let mut known = Known { people: people(db, actor, account, report).await?, ..Known::default() };
    let extensions = extensions(db, actor, account, &mut known, report).await?;
    flows::greetings(db, actor, wanted, account, &mut known, report).await?;
    let by_name = groups::bring(db, actor, account, &mut known, report).await?;
    flows::bring(db, actor, account, &mut known, report).await?;
    groups::lead_on(db, actor, account, &known, report).await?;
    hotlines(db, actor, &wanted.company, account, &by_name, &mut known, report).await?;
    for (theirs, ours) in &extensions {
        connect(db, actor, theirs, ours, &known, report).await?;
    }
    Ok(known)
}

/// The people by key and by login. Who is new comes in by an invitation: passwords are told by nobody.
async fn people(
    db: &Db,
    actor: &Actor,
    account: &Account,
    report: &mut Report,
) -> anyhow::Result<HashMap<String, UserId>> {
    let there = all(|page| user::list(actor, db, page)).await?;
    let there: HashMap<String, UserId> = there.into_iter().map(|user| (user.login, user.id)).collect();
    let mut known = HashMap::new();
    for person in &account.people {
        let login = person.login.to_lowercase();
        let id = match there.get(&login) {
            Some(id) => {
                report.kept("people");
                *id
            }
            None if report.dry => {
                report.made("people");
                continue;
            }
            None => {
                let (name, email, role) = (person.name.clone(), person.email.clone(), person.role);
                let new = NewUser { login: login.clone(), name, email, role, password: None };
                match user::create(actor, db, new).await {
                    Ok(made) => {
                        report.made("people");
                        made.id
                    }
                    Err(problem) => {
                        left_out(report, &format!("person {login}"), problem)?;
                        continue;
                    }
                }
            }
        };
        known.insert(person.key.clone(), id);
        known.insert(login, id);
    }
    Ok(known)
}

async fn extensions<'a>(
    db: &Db,
    actor: &Actor,
    account: &'a Account,
    known: &mut Known,
    report: &mut Report,
) -> anyhow::Result<Vec<(&'a Theirs, Extension)>> {
    let mut ours = Vec::new();
    for theirs in &account.extensions {
        let found = match extension::find_by_number(actor, db, &theirs.number).await? {
            Some(found) => {
                report.kept("extensions");
                found
            }
            None if report.dry => {
                report.made("extensions");
                continue;
            }
            None => {
                let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
                let (name, password) = (some(&theirs.name), some(&theirs.password));
                let new = NewExtension { name, password, ..NewExtension::number(theirs.number.clone()) };
                match extension::create(actor, db, new).await {
                    Ok(made) => {
                        report.made("extensions");
                        made.extension
                    }
                    Err(problem) => {
                        left_out(report, &format!("extension {}", theirs.number), problem)?;
                        continue;
                    }
                }
            }
        };
        known.ids.extensions.insert(theirs.key.clone(), found.id);
        known.ids.extensions.insert(theirs.number.clone(), found.id);
        ours.push((theirs, found));
    }
    Ok(ours)
}

/// The hotlines: each leads where the vendor says, else to the group of its name, else to the first extension that shows it,
/// else to the first of all.
async fn hotlines(
    db: &Db,
    actor: &Actor,
    company: &Tenant,
    account: &Account,
    targets: &HashMap<String, Target>,
    known: &mut Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    let there = all(|page| hotline::list(actor, db, page)).await?;
    let settled = |number: &str| {
        PhoneNumber::parse(number, &company.country).map_or_else(|| number.to_owned(), |parsed| parsed.to_string())
    };
    for theirs in &account.hotlines {
        let number = settled(&theirs.number);
        let found = match there.iter().find(|ours| ours.number == number) {
            Some(found) => {
                report.kept("hotlines");
                found.id
            }
            None if report.dry => {
                report.made("hotlines");
                continue;
            }
            None => {
                let shows = |extension: &&Theirs| extension.hotline.as_ref() == Some(&theirs.key);
                let one = account.extensions.iter().find(shows).or(account.extensions.first());
                let one = one.and_then(|one| known.ids.extensions.get(&one.key)).map(|id| Target::Extension(*id));
                let told = theirs.target.as_ref().and_then(|step| known.ids.target(step));
                let Some(target) = told.or_else(|| targets.get(&theirs.name).copied()).or(one) else {
                    report.notes.push(format!("hotline {number}: there is nothing that it could lead to"));
                    continue;
                };
                let name = Some(theirs.name.clone()).filter(|name| !name.is_empty());
                let new = NewHotline { name, ..NewHotline::to(number.clone(), target) };
                match hotline::create(actor, db, new).await {
                    Ok(made) => {
                        report.made("hotlines");
                        made.id
                    }
                    Err(problem) => {
                        left_out(report, &format!("hotline {number}"), problem)?;
                        continue;
                    }
                }
            }
        };
        known.hotlines.insert(theirs.key.clone(), found);
        known.hotlines.insert(number, found);
    }
    Ok(())
}

/// Whose an extension is and what it shows, where nothing is said here yet.
async fn connect(
    db: &Db,
    actor: &Actor,
    theirs: &Theirs,
    ours: &Extension,
    known: &Known,
    report: &mut Report,
) -> anyhow::Result<()> {
    let user = theirs.person.as_ref().and_then(|key| known.people.get(key)).filter(|_| ours.user.is_none());
    let hotline = theirs.hotline.as_ref().and_then(|key| known.hotlines.get(key)).filter(|_| ours.hotline.is_none());
    let fresh = ours.created_at == ours.updated_at;
    let enabled = (!theirs.enabled && ours.enabled && fresh).then_some(false);
    if report.dry || (user.is_none() && hotline.is_none() && enabled.is_none()) {
        return Ok(());
    }
    let patch = ExtensionPatch {
        user: user.map(|id| Some(*id)),
        hotline: hotline.map(|id| Some(*id)),
        enabled,
        ..ExtensionPatch::default()
    };
    match extension::update(actor, db, ours.id, patch).await {
        Ok(_) => Ok(()),
        Err(problem) => left_out(report, &format!("whose extension {} is", ours.number), problem),
    }
}

/// Notes what does not fit here; a fault of ours ends the run, and the next goes on.
pub(super) fn left_out(report: &mut Report, what: &str, problem: Problem) -> anyhow::Result<()> {
    match problem.kind {
        Kind::Invalid | Kind::Conflict => {
            report.notes.push(format!("{what}: {}", problem.message));
            Ok(())
        }
        _ => Err(problem.into()),
    }
}

/// All pages of a list.
pub(super) async fn all<T, F: Future<Output = Result<Page<T>, Problem>>>(
    list: impl Fn(PageRequest) -> F,
) -> Result<Vec<T>, Problem> {
    let mut all = Vec::new();
    let mut page = Some(PageRequest { limit: PageRequest::MAX, after: None });
    while let Some(wanted) = page.take() {
        let found = list(wanted).await?;
        all.extend(found.items);
        page = found.next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
    }
    Ok(all)
}

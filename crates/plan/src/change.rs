//! The change itself, in one transaction: first everything that is missing is made, with the fields that need nothing made
//! later; then fields change; then the tests of the flows run. A plan does the same and takes it back.

use crate::names::{Names, Unresolved};
use crate::section::Hand;
use crate::text::{self, Items};
use crate::{Action, Change, FieldChange, Plan, Section, Tested, Thing, difference};
use model::{Actor, Permission, Problem};
use pbx::manifest::{self, Fields, Present, under};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Db, Tx};

/// Tells what a text would change, and changes nothing.
pub async fn plan(actor: &Actor, db: &Db, text: &str) -> Result<Plan, Problem> {
    let (tx, plan) = run(actor, db, text).await?;
    tx.rollback().await?;
    Ok(plan)
}

/// Does what a text says: all of it, or nothing. Doing it again changes nothing.
pub async fn apply(actor: &Actor, db: &Db, text: &str) -> Result<Plan, Problem> {
    let (tx, plan) = run(actor, db, text).await?;
    if plan.changes.is_empty() {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(Plan { applied: true, ..plan })
}

async fn run(actor: &Actor, db: &Db, text: &str) -> Result<(Tx, Plan), Problem> {
    actor.require(Permission::EditConfig)?;
    actor.require(Permission::ManageUsers)?;
    let items = text::read(text)?;
    let mut tx = manifest::begin(actor, db).await?;
    let name = manifest::author(&mut tx, actor).await?;
    let names = Names::read(&mut tx, actor).await?;
    let mut work = Work { hand: Hand { actor, name }, names, plan: Plan::default(), made: BTreeMap::new() };
    let items = work.keyed(&mut tx, items).await?;
    for (section, items) in &items {
        for (key, fields) in items {
            work.make(&mut tx, *section, key, fields).await.map_err(|problem| at(*section, key, problem))?;
        }
    }
    for (section, items) in &items {
        let present = section.present(&mut tx, actor).await?;
        for (key, fields) in items {
            let found = present.iter().find(|one| one.key == *key).ok_or_else(|| Problem::not_found("thing"))?;
            work.settle(&mut tx, *section, found, fields).await.map_err(|problem| at(*section, key, problem))?;
        }
        let unnamed = present.iter().filter(|one| !items.iter().any(|(key, _)| *key == one.key));
        work.plan.unnamed.extend(unnamed.map(|one| thing(*section, &one.key)));
    }
    for (key, _) in items.get(&Section::Flows).into_iter().flatten() {
        work.test(&mut tx, key).await?;
    }
    Ok((tx, work.plan))
}

fn thing(section: Section, key: &str) -> Thing {
    Thing { section: section.word().to_owned(), name: key.to_owned() }
}

/// The problem with the item's place in front of its fields.
fn at(section: Section, key: &str, problem: Problem) -> Problem {
    let place = format!("{}.{key}", section.word());
    if problem.fields.is_empty() {
        let message = problem.message.clone();
        return problem.with_field(place, message);
    }
    let message = match problem.fields.as_slice() {
        [one] => format!("{place}: {}", one.message),
        many => format!("{place}: {} fields are wrong.", many.len()),
    };
    Problem { message, ..under(&place, problem) }
}

struct Work<'a> {
    hand: Hand<'a>,
    names: Names,
    plan: Plan,
    /// What was made, by section and key: where in the plan it stands.
    made: BTreeMap<(Section, String), usize>,
}

impl Work<'_> {
    /// The items with their keys as they are stored; no key stands twice.
    async fn keyed(&mut self, tx: &mut Tx, items: Items) -> Result<BTreeMap<Section, Vec<(String, Fields)>>, Problem> {
        let mut found: BTreeMap<Section, Vec<(String, Fields)>> = BTreeMap::new();
        for (section, list) in items {
            let into = found.entry(section).or_default();
            for (place, mut fields) in list.into_iter().enumerate() {
                let written = fields.get(section.key()).and_then(Value::as_str).unwrap_or_default().to_owned();
                let key = section.settle_key(tx, &written).await?;
                let path = format!("{}[{place}].{}", section.word(), section.key());
                if into.iter().any(|(known, _)| *known == key) {
                    return Err(Problem::invalid(path, format!("{key} stands here twice.")));
                }
                if self.names.find(section.kind(), &key).len() > 1 {
                    let mend = format!("The company has several called {key:?}; give them names that differ first.");
                    return Err(Problem::invalid(path, mend));
                }
                self.names.promise(section.kind(), &key);
                fields.insert(section.key().to_owned(), Value::String(key.clone()));
                into.push((key, fields));
            }
        }
        Ok(found)
    }

    /// Makes a thing that is not there yet.
    async fn make(&mut self, tx: &mut Tx, section: Section, key: &str, fields: &Fields) -> Result<(), Problem> {
        if !self.names.find(section.kind(), key).is_empty() {
            return Ok(());
        }
        let mut first = Fields::new();
        for name in section.first_fields() {
            let Some(value) = fields.get(*name) else { continue };
            match self.names.resolve(name, name, value) {
                Ok(value) => _ = first.insert((*name).to_owned(), value),
                // Two flows that lead to each other: this one gets its steps when both are there.
                Err(Unresolved::Later) if section == Section::Flows => {
                    let end = json!({ "start": "end", "nodes": { "end": { "type": "hangup" } } });
                    first.insert((*name).to_owned(), end);
                }
                Err(Unresolved::Later) => {}
                Err(Unresolved::Wrong(problem)) => return Err(problem),
            }
        }
        let told = self.told(&first);
        let id = section.create(tx, &self.hand, first).await?;
        self.names.add(section.kind(), key, &id);
        self.made.insert((section, key.to_owned()), self.plan.changes.len());
        self.plan.changes.push(Change { thing: thing(section, key), action: Action::Create, fields: told });
        Ok(())
    }

    fn told(&self, fields: &Fields) -> Vec<FieldChange> {
        // A password is given once and never told.
        let shown = fields.iter().filter(|(name, _)| *name != "password");
        shown.flat_map(|(name, value)| difference::changes(name, None, value, &self.names)).collect()
    }

    /// Changes the fields that are not as the text says.
    async fn settle(
        &mut self,
        tx: &mut Tx,
        section: Section,
        present: &Present,
        fields: &Fields,
    ) -> Result<(), Problem> {
        let mut wanted = Fields::new();
        for (name, value) in fields.iter().filter(|(name, _)| *name != "password" && *name != section.key()) {
            let value = self.names.resolve(name, name, value).map_err(|unresolved| match unresolved {
                Unresolved::Wrong(problem) => problem,
                // Everything that the text promises was made.
                Unresolved::Later => Problem::internal("something the text makes is not there"),
            })?;
            wanted.insert(name.clone(), value);
        }
        let settled = section.settled(present, &wanted)?;
        if let Some(strange) = wanted.keys().find(|name| !settled.contains_key(*name)) {
            let known: Vec<&str> = settled.keys().map(String::as_str).collect();
            return Err(Problem::invalid(
                strange,
                format!("There is no such field (expected one of {}).", known.join(", ")),
            ));
        }
        let differs = |name: &&String| settled.get(*name) != present.fields.get(*name);
        let changed: Vec<&String> = wanted.keys().filter(differs).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let patch: Fields =
            changed.iter().filter_map(|name| Some(((*name).clone(), settled.get(*name)?.clone()))).collect();
        let told: Vec<FieldChange> = patch
            .iter()
            .flat_map(|(name, value)| difference::changes(name, present.fields.get(name), value, &self.names))
            .collect();
        section.amend(tx, &self.hand, &present.id, patch).await?;
        match self.made.get(&(section, present.key.clone())).and_then(|place| self.plan.changes.get_mut(*place)) {
            Some(change) => change.fields.extend(told),
            None => {
                let thing = thing(section, &present.key);
                self.plan.changes.push(Change { thing, action: Action::Update, fields: told });
            }
        }
        Ok(())
    }

    /// Runs the tests of a flow; one that fails takes everything back.
    async fn test(&mut self, tx: &mut Tx, key: &str) -> Result<(), Problem> {
        let Some(id) = self.names.find(Section::Flows.kind(), key).first().cloned() else { return Ok(()) };
        for verdict in manifest::verdicts(tx, &id).await? {
            if let Some(message) = &verdict.message {
                let field = format!("flows.{key}.tests.{}", verdict.name);
                let told = format!("The test {:?} of the flow {key:?} fails: {message}", verdict.name);
                return Err(Problem::conflict("test_failed", told).with_field(field, message.clone()));
            }
            self.plan.tests.push(Tested { flow: key.to_owned(), verdict });
        }
        Ok(())
    }
}

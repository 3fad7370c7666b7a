//! The company's exchange as plain values, for configuration that is kept in files: what there is, how one thing is made,
//! how its fields change, all inside one transaction and by the same rules as everywhere else. What a file looks like, and
//! what it would change, is told one floor up.

#[cfg(test)]
mod tests;

use crate::extension::{self, ExtensionPatch, NewExtension};
use crate::flow::trial::{self, Trial, Verdict};
use crate::group::{self, GroupPatch, NewGroup};
use crate::hotline::{self, HotlinePatch, NewHotline};
use crate::queue::{self, NewQueue, QueuePatch};
use crate::schedule::{self, NewSchedule, SchedulePatch};
use crate::{config, flow, greeting, trunk};
use ::flow::Graph;
use model::{Actor, Network, Permission, PhoneNumber, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::{Db, Error, Tx};

/// The fields of a thing, as the API shows and takes them.
pub type Fields = Map<String, Value>;

/// A kind of thing that files can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Extensions, by number.
    Extensions,
    /// Schedules, by name.
    Schedules,
    /// Ring groups, by name.
    Groups,
    /// Queues, by name.
    Queues,
    /// Flows with their tests, by name.
    Flows,
    /// Public numbers, by number.
    Hotlines,
}

/// A thing that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Present {
    /// What people know it by.
    pub key: String,
    /// Its id.
    pub id: String,
    /// Its fields, without id and times.
    pub fields: Fields,
}

/// Begins a change of the company's configuration, which others wait for.
pub async fn begin(actor: &Actor, db: &Db) -> Result<Tx, Problem> {
    actor.require(Permission::EditConfig)?;
    config::change(db, actor.tenant).await
}

/// What people call the one who acts.
pub async fn author(tx: &mut Tx, actor: &Actor) -> Result<String, Problem> {
    Ok(config::author(tx, actor).await?)
}

/// What files may refer to but do not hold: trunks, which have secrets, and greetings, which have sounds. Each as kind,
/// name and id.
pub async fn outside(tx: &mut Tx) -> Result<Vec<(&'static str, String, String)>, Problem> {
    let trunks = trunk::repo::all(tx).await?.into_iter().map(|(one, _)| ("trunk", one.name, one.id.to_string()));
    let mut found: Vec<_> = trunks.collect();
    let greetings = greeting::repo::all(tx).await?.into_iter();
    found.extend(greetings.map(|one| ("greeting", one.name, one.id.to_string())));
    Ok(found)
}

/// The calling code of the company's country.
pub async fn country(tx: &mut Tx) -> Result<String, Problem> {
    Ok(hotline::repo::country(tx).await?)
}

/// The name that a file's word for a thing stands for: public numbers can be written in any way.
pub async fn key(tx: &mut Tx, section: Section, text: &str) -> Result<String, Problem> {
    Ok(match section {
        Section::Hotlines => {
            let country = hotline::repo::country(tx).await?;
            PhoneNumber::parse(text, &country).map_or_else(|| text.to_owned(), |number| number.to_string())
        }
        Section::Extensions | Section::Schedules | Section::Groups | Section::Queues | Section::Flows => {
            text.trim().to_owned()
        }
    })
}

/// All things of a kind.
pub async fn present(tx: &mut Tx, section: Section) -> Result<Vec<Present>, Problem> {
    match section {
        Section::Extensions => {
            let all = extension::repo::all(tx).await?.into_iter().map(|(one, _)| one);
            all.map(|one| shown(&one.number.clone(), &one.id.to_string(), &one)).collect()
        }
        Section::Schedules => {
            let all = schedule::repo::all(tx).await?.into_iter();
            all.map(|one| shown(&one.name.clone(), &one.id.to_string(), &one)).collect()
        }
        Section::Groups => {
            let all = group::repo::all(tx).await?.into_iter();
            all.map(|one| shown(&one.name.clone(), &one.id.to_string(), &one)).collect()
        }
        Section::Queues => {
            let all = queue::repo::all(tx).await?.into_iter();
            all.map(|one| shown(&one.name.clone(), &one.id.to_string(), &one)).collect()
        }
        Section::Hotlines => {
            let all = hotline::repo::all(tx).await?.into_iter();
            all.map(|one| shown(&one.number.clone(), &one.id.to_string(), &one)).collect()
        }
        Section::Flows => {
            let mut found = Vec::new();
            for one in flow::repo::all(tx).await? {
                let tests = flow::repo::tests(tx, one.id).await?;
                let fields = [
                    ("name".to_owned(), Value::String(one.name.clone())),
                    ("graph".to_owned(), json(&one.graph)?),
                    ("tests".to_owned(), json(&tests)?),
                ];
                found.push(Present { key: one.name, id: one.id.to_string(), fields: fields.into_iter().collect() });
            }
            Ok(found)
        }
    }
}

/// The fields of a thing with some of them changed, in the one way of writing that [`present`] has.
pub fn settled(section: Section, present: &Present, changed: &Fields) -> Result<Fields, Problem> {
    let mut merged = present.fields.clone();
    merged.extend(changed.iter().map(|(name, value)| (name.clone(), value.clone())));
    // What is stored has these; a file does not.
    for (name, value) in [("id", Value::from(present.id.as_str())), ("created_at", 0.into()), ("updated_at", 0.into())]
    {
        merged.insert(name.to_owned(), value);
    }
    let whole = Value::Object(merged);
    match section {
        Section::Extensions => {
            let mut one: extension::Extension = typed(whole)?;
            for network in &mut one.allowed_networks {
                // What is no network is refused when it is written.
                if let Ok(parsed) = network.parse::<Network>() {
                    *network = parsed.to_string();
                }
            }
            Ok(shown("", "", &one)?.fields)
        }
        Section::Schedules => Ok(shown("", "", &typed::<schedule::Schedule>(whole)?)?.fields),
        Section::Groups => Ok(shown("", "", &typed::<group::Group>(whole)?)?.fields),
        Section::Queues => Ok(shown("", "", &typed::<queue::Queue>(whole)?)?.fields),
        Section::Hotlines => Ok(shown("", "", &typed::<hotline::Hotline>(whole)?)?.fields),
        Section::Flows => {
            let Value::Object(mut whole) = whole else { return Ok(Fields::new()) };
            let graph = typed::<Graph>(whole.remove("graph").unwrap_or_default()).map_err(|p| under("graph", p))?;
            let tests = typed::<Vec<Trial>>(whole.remove("tests").unwrap_or_else(|| Value::Array(Vec::new())));
            let tests = tests.map_err(|problem| under("tests", problem))?;
            let name = whole.remove("name").unwrap_or_default();
            let fields = [("name", name), ("graph", json(&graph)?), ("tests", json(&tests)?)];
            Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        }
    }
}

/// The fields that a thing can be made with; the others are changed once it is there.
pub const fn first_fields(section: Section) -> &'static [&'static str] {
    match section {
        Section::Extensions => &["number", "name", "password", "srtp"],
        Section::Schedules => &["name", "time_zone", "weekly", "holidays"],
        Section::Groups => &["name", "strategy", "ring_ms", "members"],
        Section::Queues => &["name", "number", "members", "settings", "sounds"],
        Section::Flows => &["name", "graph"],
        Section::Hotlines => &["number", "name", "trunk", "target", "schedule", "closed_target", "holiday_target"],
    }
}

/// Makes a thing and tells its id.
pub async fn create(tx: &mut Tx, section: Section, fields: Fields, author: &str) -> Result<String, Problem> {
    let whole = Value::Object(fields);
    Ok(match section {
        Section::Extensions => extension::insert(tx, typed::<NewExtension>(whole)?).await?.extension.id.to_string(),
        Section::Schedules => schedule::insert(tx, typed::<NewSchedule>(whole)?).await?.id.to_string(),
        Section::Groups => group::insert(tx, typed::<NewGroup>(whole)?).await?.id.to_string(),
        Section::Queues => queue::insert(tx, typed::<NewQueue>(whole)?).await?.id.to_string(),
        Section::Flows => flow::insert(tx, typed::<flow::NewFlow>(whole)?, author.to_owned()).await?.id.to_string(),
        Section::Hotlines => hotline::insert(tx, typed::<NewHotline>(whole)?).await?.id.to_string(),
    })
}

/// Changes fields of a thing; the ones it is known by stay.
pub async fn amend(tx: &mut Tx, section: Section, id: &str, fields: Fields, author: &str) -> Result<(), Problem> {
    let whole = Value::Object(fields);
    match section {
        Section::Extensions => {
            extension::amend(tx, named(id)?, typed::<ExtensionPatch>(whole)?).await?;
        }
        Section::Schedules => {
            schedule::amend(tx, named(id)?, typed::<SchedulePatch>(whole)?).await?;
        }
        Section::Groups => {
            group::amend(tx, named(id)?, typed::<GroupPatch>(whole)?).await?;
        }
        Section::Queues => {
            queue::amend(tx, named(id)?, typed::<QueuePatch>(whole)?).await?;
        }
        Section::Hotlines => {
            hotline::amend(tx, named(id)?, typed::<HotlinePatch>(whole)?).await?;
        }
        Section::Flows => {
            let Value::Object(mut whole) = whole else { return Ok(()) };
            let id = named(id)?;
            let mut stored = flow::repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("flow"))?;
            // Tests first: a graph that changes has to pass those that come with it.
            if let Some(tests) = whole.remove("tests") {
                let tests = typed::<Vec<Trial>>(tests).map_err(|problem| under("tests", problem))?;
                trial::put(tx, id, &tests).await?;
            }
            if let Some(graph) = whole.remove("graph") {
                let graph = typed::<Graph>(graph).map_err(|problem| under("graph", problem))?;
                flow::change(tx, &mut stored, None, Some(graph), author).await?;
            }
        }
    }
    Ok(())
}

/// What comes of the tests of a flow, with everything as this transaction has it.
pub async fn verdicts(tx: &mut Tx, flow: &str) -> Result<Vec<Verdict>, Problem> {
    let id = named(flow)?;
    let stored = flow::repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("flow"))?;
    trial::verdicts(tx, id, &stored.graph).await
}

fn named<T: std::str::FromStr>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|_| Problem::internal(format!("{id} is no id of its kind")))
}

fn shown<T: Serialize>(key: &str, id: &str, thing: &T) -> Result<Present, Problem> {
    let Value::Object(mut fields) = json(thing)? else { return Err(Error::Corrupt("a thing without fields").into()) };
    for name in ["id", "created_at", "updated_at"] {
        fields.remove(name);
    }
    Ok(Present { key: key.to_owned(), id: id.to_owned(), fields })
}

fn json<T: Serialize>(thing: &T) -> Result<Value, Problem> {
    serde_json::to_value(thing).map_err(|error| Problem::internal(format!("a thing is no JSON: {error}")))
}

/// Reads a thing; what does not fit is told with the path of the field.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, text) = (error.path().to_string(), error.inner().to_string());
        let path = if path == "." { String::new() } else { path };
        let quoted = text.split('`').nth(1).unwrap_or_default();
        let field = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if text.starts_with("missing field") {
            return Problem::invalid(field(quoted), "This field is needed.");
        }
        if text.starts_with("unknown field") {
            let known = text.split_once(", ").map_or("", |(_, rest)| rest);
            let own = path == quoted || path.ends_with(&format!(".{quoted}"));
            let at = if own { path.clone() } else { field(quoted) };
            return Problem::invalid(at, format!("There is no such field ({known})."));
        }
        Problem::invalid(path.clone(), format!("{text}."))
    })
}

/// The same problem with its fields below this one.
pub fn under(parent: &str, problem: Problem) -> Problem {
    let join = |name: String| match name.as_str() {
        "" => parent.to_owned(),
        rest if rest.starts_with('[') => format!("{parent}{rest}"),
        rest => format!("{parent}.{rest}"),
    };
    let fields = problem.fields.into_iter().map(|field| model::problem::Field { name: join(field.name), ..field });
    Problem { fields: fields.collect(), ..problem }
}

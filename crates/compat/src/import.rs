//! Reading a company's account at another vendor, through that vendor's own API, in our words: what `alo import` writes. Nothing is
//! changed there.

mod antring;
mod etelecom;
mod menu;
mod omicall;
mod voicecloud;

pub use menu::{Ids, Menu};

use call::Direction;
use crm::contact::Profile;
use model::{Problem, Role};
use pbx::greeting::Speech;
use pbx::group::Strategy;
use serde_json::Value;
use std::pin::Pin;

/// What is asked of the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Behind the base URL: `/api/auth`, or `.Etelecom/GetTenant`.
    pub path: String,
    /// What goes behind `Authorization: Bearer`; empty for nothing.
    pub bearer: String,
    /// A JSON body.
    pub body: Option<Value>,
}

/// What the vendor answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// A question under way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send + 'a>>;

/// Whoever carries questions to the vendor.
pub trait Line: Send + Sync {
    /// Asks one.
    fn ask<'a>(&'a self, question: Question) -> Asked<'a>;
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The vendor's id.
    pub key: String,
    /// What the person types to log in.
    pub login: String,
    /// The name.
    pub name: String,
    /// Where mail reaches the person.
    pub email: Option<String>,
    /// What the person may do.
    pub role: Role,
}

/// An extension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extension {
    /// The vendor's id.
    pub key: String,
    /// Its number.
    pub number: String,
    /// Whose it is; may be empty.
    pub name: String,
    /// What its phones register with, so that they need a new server only; empty when the vendor tells none.
    pub password: String,
    /// The [`Person::key`] of whose it is, or the login.
    pub person: Option<String>,
    /// The [`Hotline::key`] or number that it shows.
    pub hotline: Option<String>,
    /// Whether it may be used.
    pub enabled: bool,
}

/// Where something leads, by the vendor's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The extension with this number.
    Extension(String),
    /// A [`Flow::key`].
    Flow(String),
    /// A [`Greeting::key`]: it is heard, then the call is over.
    Greeting(String),
    /// A [`Group::key`].
    Group(String),
}

/// A public number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hotline {
    /// The vendor's id, or the number where there is none.
    pub key: String,
    /// The number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Where its callers go, when the vendor tells it.
    pub target: Option<Step>,
}

/// Extensions that ring together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The vendor's id; empty where there is none.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How the members ring, when the vendor tells it.
    pub strategy: Option<Strategy>,
    /// How long to ring, when the vendor tells it.
    pub ring_ms: Option<i64>,
    /// The numbers of its members.
    pub members: Vec<String>,
    /// Where calls go that nobody answers.
    pub on_no_answer: Option<Step>,
}

/// A sound that callers hear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Greeting {
    /// The vendor's id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What a machine speaks in it; nothing of one that was recorded.
    pub speech: Option<Speech>,
}

/// What callers choose from with keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// The vendor's id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub menu: Menu,
}

/// A customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// The vendor's id.
    pub key: String,
    /// What is known, without an owner.
    pub profile: Profile,
    /// The [`Person::key`] of who looks after it.
    pub owner: Option<String>,
}

/// A finished call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The vendor's id.
    pub key: String,
    /// Which way it went.
    pub direction: Direction,
    /// Who called.
    pub caller: String,
    /// Who was called.
    pub callee: String,
    /// The [`Extension::key`] or number of our person.
    pub extension: Option<String>,
    /// The [`Hotline::key`] or number.
    pub hotline: Option<String>,
    /// When it began, milliseconds since 1970.
    pub started_at: i64,
    /// When somebody answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
}

/// All but the contacts and the calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The people.
    pub people: Vec<Person>,
    /// The extensions.
    pub extensions: Vec<Extension>,
    /// The public numbers.
    pub hotlines: Vec<Hotline>,
    /// The ring groups.
    pub groups: Vec<Group>,
    /// The sounds.
    pub greetings: Vec<Greeting>,
    /// The flows.
    pub flows: Vec<Flow>,
    /// What the vendor did not tell, and why.
    pub missing: Vec<String>,
}

/// Whose accounts can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// AntRing: its calls.
    Antring,
    /// eTelecom: a shop.
    Etelecom,
    /// OMICall.
    Omicall,
    /// VoiceCloud: its calls.
    Voicecloud,
}

impl Vendor {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Vendor::Antring => "antring",
            Vendor::Etelecom => "etelecom",
            Vendor::Omicall => "omicall",
            Vendor::Voicecloud => "voicecloud",
        }
    }
}

/// An account at a vendor.
pub struct Source<'a> {
    vendor: Vendor,
    line: &'a dyn Line,
    /// The key, or the token that it was exchanged for.
    bearer: String,
}

impl<'a> Source<'a> {
    /// Comes in with a key of the account.
    pub async fn open(vendor: Vendor, line: &'a dyn Line, key: &str) -> Result<Source<'a>, Problem> {
        let bearer = match vendor {
            Vendor::Etelecom => etelecom::enter(line, key).await?,
            Vendor::Omicall => omicall::enter(line, key).await?,
            Vendor::Antring => antring::enter(line, key).await?,
            Vendor::Voicecloud => voicecloud::enter(line, key).await?,
        };
        Ok(Source { vendor, line, bearer })
    }

    /// All but the contacts and the calls.
    pub async fn account(&self) -> Result<Account, Problem> {
        match self.vendor {
            Vendor::Etelecom => etelecom::account(self).await,
            Vendor::Omicall => omicall::account(self).await,
            Vendor::Antring => Ok(antring::account()),
            Vendor::Voicecloud => voicecloud::account(self).await,
        }
    }

    /// The contacts, a page from a cursor on; and the cursor of the next. None of vendors whose API tells none.
    pub async fn contacts(&self, cursor: Option<&str>) -> Result<(Vec<Contact>, Option<String>), Problem> {
        match self.vendor {
            Vendor::Omicall => omicall::contacts(self, cursor).await,
            Vendor::Antring | Vendor::Etelecom | Vendor::Voicecloud => Ok((Vec::new(), None)),
        }
    }

    /// The calls that began in this span (milliseconds since 1970), a page from a cursor on; and the cursor of the next.
    pub async fn calls(&self, span: (i64, i64), cursor: Option<&str>) -> Result<(Vec<Call>, Option<String>), Problem> {
        match self.vendor {
            Vendor::Etelecom => etelecom::calls(self, span, cursor).await,
            Vendor::Omicall => omicall::calls(self, span, cursor).await,
            Vendor::Antring => antring::calls(self, span, cursor).await,
            Vendor::Voicecloud => voicecloud::calls(self, span, cursor).await,
        }
    }

    async fn ask(&self, method: &'static str, path: String, body: Option<Value>) -> Result<Value, Problem> {
        json(self.line.ask(Question { method, path, bearer: self.bearer.clone(), body }).await?)
    }
}

/// The JSON of a good answer.
fn json(reply: Reply) -> Result<Value, Problem> {
    let said: String = reply.body.chars().take(300).collect();
    if !(200..300).contains(&reply.status) {
        return Err(Problem::busy("vendor_refused", format!("The vendor answered {}: {said}", reply.status)));
    }
    let strange = |_| Problem::busy("vendor_strange", format!("The vendor answered what is no JSON: {said}"));
    serde_json::from_str(&reply.body).map_err(strange)
}

/// A text or number under a name; empty when there is none.
fn text(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// The same; none when it is empty or the vendor's word for nothing.
fn some_text(value: &Value, name: &str) -> Option<String> {
    Some(text(value, name)).filter(|text| !text.is_empty() && text != "0")
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

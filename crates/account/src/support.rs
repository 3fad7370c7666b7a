//! What a company asks of who runs the installation, as a conversation between the two. Those who run the company ask; the
//! operator sees the requests of all companies and answers.

mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, get, list, list_all, reply, set_status};

use model::{Faults, Problem, SupportMessageId, SupportRequestId, TenantId};
use serde::{Deserialize, Serialize};

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SupportKind))]
pub enum Kind {
    /// Something does not work.
    Technical,
    /// Money that was paid in.
    Payment,
    /// A new hotline.
    Hotline,
    /// A complaint or a proposal.
    Feedback,
    /// Anything else.
    Other,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SupportStatus))]
pub enum Status {
    /// The operator's.
    Open,
    /// The company's: the operator answered.
    Answered,
    /// Nobody's. A new message opens it again.
    Closed,
}

impl Kind {
    const ALL: [(Kind, &'static str); 5] = [
        (Kind::Technical, "technical"),
        (Kind::Payment, "payment"),
        (Kind::Hotline, "hotline"),
        (Kind::Feedback, "feedback"),
        (Kind::Other, "other"),
    ];
}

impl Status {
    const ALL: [(Status, &'static str); 3] =
        [(Status::Open, "open"), (Status::Answered, "answered"), (Status::Closed, "closed")];

    /// The status with this word.
    pub fn parse(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|(_, text)| *text == word).map(|(status, _)| status)
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SupportRequest))]
pub struct Request {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "sup_01hv3k0000000000000000000"))]
    pub id: SupportRequestId,
    /// Which company asks.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ten_01hv3k0000000000000000000"))]
    pub company_id: TenantId,
    /// Its name.
    pub company_name: String,
    /// What it is about.
    pub kind: Kind,
    /// In a few words.
    pub title: String,
    /// Whose turn it is.
    pub status: Status,
    /// Who asked.
    pub author: String,
    /// When it was asked, milliseconds since 1970.
    pub created_at: i64,
    /// When something was last said or done.
    pub updated_at: i64,
}

/// One message of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SupportMessage))]
pub struct Message {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "spm_01hv3k0000000000000000000"))]
    pub id: SupportMessageId,
    /// Whether the operator said it.
    pub from_operator: bool,
    /// Who said it.
    pub author: String,
    /// What was said: plain text.
    pub body: String,
    /// When, milliseconds since 1970.
    pub created_at: i64,
}

/// A request with all that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SupportConversation))]
pub struct Conversation {
    /// The request.
    #[serde(flatten)]
    pub request: Request,
    /// What was said, the oldest first.
    pub messages: Vec<Message>,
}

/// A request to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewSupportRequest))]
pub struct NewRequest {
    /// What it is about.
    pub kind: Kind,
    /// In a few words, 1 to 200 characters.
    pub title: String,
    /// The whole of it, 1 to 10,000 characters.
    pub body: String,
}

/// The longest message.
const BODY_CHARS: usize = 10_000;

impl NewRequest {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if !(1..=200).contains(&self.title.trim().chars().count()) {
            faults.add("title", "Use 1 to 200 characters.");
        }
        check_body(&mut faults, &self.body);
        faults.done()
    }
}

fn check_body(faults: &mut Faults, body: &str) {
    if !(1..=BODY_CHARS).contains(&body.trim().chars().count()) {
        faults.add("body", "Use 1 to 10000 characters.");
    }
}

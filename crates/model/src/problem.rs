//! What went wrong, in a form every face can translate.

use std::fmt;

/// The kind decides the status a face answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input is wrong; `fields` says where.
    Invalid,
    /// No credential, or one that does not count.
    Unauthenticated,
    /// It does not exist, or not for this tenant.
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// The actor may not.
    Forbidden,
    /// Not now; try again.
    Busy,
    /// More than was agreed: a rate or a quota is used up; `retry_after_s` says for how long.
    Limited,
    /// Our fault; the details are in the log.
    Internal,
}

/// One wrong field and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The field's name as the caller sent it: `extensions[2].number`.
    pub name: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// A failed use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort.
    pub kind: Kind,
    /// A stable snake_case word that clients may test.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The fields at fault, when the input is.
    pub fields: Vec<Field>,
    /// When trying again makes sense, in seconds.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem of the given kind.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), fields: Vec::new(), retry_after_s: None }
    }

    /// The input is wrong in one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        let field = Field { name: field.into(), message: message.clone() };
        Self { fields: vec![field], ..Self::new(Kind::Invalid, "invalid_field", message) }
    }

    /// It does not exist for this tenant.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("There is no such {what}."))
    }

    /// It clashes with what is there.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, message)
    }

    /// The actor may not.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, code, message)
    }

    /// Our fault. The message is for the log; faces show a general sentence.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "internal", message)
    }

    /// Try again later.
    pub fn busy(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, code, message)
    }

    /// A rate or a quota is used up for so many seconds.
    pub fn limited(code: &'static str, message: impl Into<String>, retry_after_s: u32) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(Kind::Limited, code, message) }
    }

    /// The same with one more wrong field.
    #[must_use]
    pub fn with_field(mut self, name: impl Into<String>, message: impl Into<String>) -> Self {
        self.fields.push(Field { name: name.into(), message: message.into() });
        self
    }
}

/// Collects what is wrong with an input, so that its sender hears everything at once.
#[derive(Debug, Default)]
pub struct Faults(Option<Problem>);

impl Faults {
    /// One more wrong field, and how to mend it.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0 = Some(match self.0.take() {
            None => Problem::invalid(field, message),
            Some(problem) => problem.with_field(field, message),
        });
    }

    /// Fails when anything was added.
    pub fn done(self) -> Result<(), Problem> {
        self.0.map_or(Ok(()), Err)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Problem {}

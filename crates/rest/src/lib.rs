//! What every HTTP face shares: problems as RFC 9457 documents, the bearer of a request, request bodies and queries
//! that name the field at fault, pages, idempotent retries, files in ranges, and the layers around a router.
//!
//! No route stands here and no rule of the business. Start with [`problem`], then [`layers`].

pub mod attempts;
pub mod bearer;
pub mod cookie;
pub mod idempotency;
pub mod input;
pub mod layers;
pub mod logins;
pub mod page;
pub mod problem;
pub mod range;

pub use bearer::{Caller, Source};
pub use input::{Json, Path, Query, id};
pub use logins::Logins;
pub use page::{PageOf, Paging};
pub use problem::{Answer, Failure, ProblemBody};

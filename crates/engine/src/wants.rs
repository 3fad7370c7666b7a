//! What people want of talks that are up, from the words of people to those of calls.

use bus::Want;
use call::{Unfit, Wish};
use model::{CallId, ExtensionId, Id, Problem, TenantId};
use pbx::snapshot::Tenant;
use tokio::sync::mpsc::error::SendError;
use tokio::sync::oneshot;

use crate::routes::Letter;
use crate::shared::Shared;

/// What is wanted, by whom, and where the outcome goes.
pub(crate) struct Wanted {
    pub(crate) by: String,
    pub(crate) want: Want,
    pub(crate) reply: oneshot::Sender<Result<(), Problem>>,
}

/// Hands a want to the task of its call, which answers it.
pub(crate) fn hand_over(shared: &Shared, (tenant, call): (TenantId, CallId), wanted: Wanted) {
    let Wanted { by, want, reply } = wanted;
    let snapshot = shared.directory.snapshot();
    let found = snapshot.tenant(&tenant).zip(shared.routes.mailbox(tenant, call));
    let Some((company, mailbox)) = found else {
        // Whoever asked may have gone away.
        return drop(reply.send(Err(Problem::not_found("live call"))));
    };
    let wish = match read(shared, company, want) {
        Ok(wish) => wish,
        Err(problem) => return drop(reply.send(Err(problem))),
    };
    if let Err(SendError(Letter::Wish(_, _, reply))) = mailbox.send(Letter::Wish(by, wish, reply)) {
        drop(reply.send(Err(Problem::not_found("live call"))));
    }
}

fn read(shared: &Shared, company: &Tenant, want: Want) -> Result<Wish, Problem> {
    Ok(match want {
        Want::Supervise(number, mode) => {
            let extension = extension(company, &number)?;
            if shared.stack.contacts(extension.bits()).is_empty() {
                let message = format!("No phone is registered as extension {number}; log one in first.");
                return Err(Problem::conflict("not_registered", message));
            }
            Wish::Supervise { extension, mode }
        }
        Want::Unsupervise(number) => Wish::Unsupervise { extension: extension(company, &number)? },
        Want::TakeOver(number) => Wish::TakeOver { extension: extension(company, &number)? },
        Want::AddParty(by, to) => Wish::AddParty { by: extension(company, &by)?, to },
        Want::PauseRecording(paused) => Wish::PauseRecording { paused },
        Want::Record(on) => Wish::Record { on },
        Want::RemoveParty(leg) => Wish::RemoveParty { leg },
    })
}

fn extension(company: &Tenant, number: &str) -> Result<ExtensionId, Problem> {
    let found = company.by_number(number).filter(|extension| extension.enabled);
    found.map(|extension| extension.id).ok_or_else(|| {
        Problem::invalid(
            "extension",
            format!("There is no extension {number} in use; list them with GET /api/v1/extensions."),
        )
    })
}

/// Why a call does not do what is wanted of it.
pub(crate) fn refused(unfit: Unfit) -> Problem {
    let (code, message) = match unfit {
        Unfit::NotTalking => ("not_talking", "Nobody talks in this call right now; wait for its answer."),
        Unfit::InTheCall => ("in_the_call", "This extension is one of those who talk; use another one."),
        Unfit::NotInTheCall => ("not_in_the_call", "This extension is none of those who talk."),
        Unfit::NotSupervising => {
            ("not_supervising", "This extension does not take part as a supervisor; supervise first and pick up.")
        }
        Unfit::NoAgent => ("no_agent", "No extension of the company talks in this call."),
        Unfit::Full => ("call_full", "As many take part in this call as may; let somebody go first."),
        Unfit::NotRecorded => ("not_recorded", "This call is not recorded."),
        Unfit::RecordingForbidden => ("recording_forbidden", "The company does not want this call to be recorded."),
        Unfit::RecordingRequired => {
            ("recording_required", "The company wants all of this call to be recorded; it can only pause.")
        }
        Unfit::NoSuchParty => return Problem::not_found("party"),
    };
    Problem::conflict(code, message)
}

/// A talk in a codec that nobody decodes cannot be heard by a third.
pub(crate) fn not_to_be_mixed() -> Problem {
    Problem::conflict("codec_not_decoded", "One side talks in G.729, which is passed through and cannot be mixed.")
}

/// Whether the wish brings somebody in.
pub(crate) fn brings_in(wish: &Wish) -> bool {
    match wish {
        Wish::Supervise { .. } | Wish::AddParty { .. } => true,
        Wish::Unsupervise { .. }
        | Wish::TakeOver { .. }
        | Wish::Record { .. }
        | Wish::PauseRecording { .. }
        | Wish::RemoveParty { .. } => false,
    }
}

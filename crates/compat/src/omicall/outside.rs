//! Documented addresses of what is not offered here: they answer as the vendor does for a package that lacks it, so that a
//! client says so instead of failing.

use super::answer::Refusal;
use super::auth::Client;
use crate::State;
use axum::routing::{MethodRouter, any};

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 9] {
    [
        ("/api/evaluation_criteria/{*rest}", any(scorecards)),
        ("/api/call_transaction/add_evaluation/{transaction}", any(scorecards)),
        ("/api/v3/call-transaction/evaluation-criteria/list", any(scorecards)),
        ("/api/v3/call-transaction/add-evaluation", any(scorecards)),
        ("/api/call_bot/{*rest}", any(robots)),
        ("/api/social/{*rest}", any(channels)),
        ("/api/ai/{*rest}", any(speech)),
        ("/api/agent/service_package/update", any(packages)),
        ("/api/partner/{*rest}", any(partner)),
    ]
}

async fn scorecards(_: Client) -> Refusal {
    lacking("Calls cannot be scored here yet.")
}

async fn robots(_: Client) -> Refusal {
    lacking("Robots that talk are not there yet; auto_call tells texts, recordings and menus.")
}

async fn channels(_: Client) -> Refusal {
    lacking("Messages of other channels are not there yet.")
}

async fn speech(_: Client) -> Refusal {
    lacking("Texts are spoken by greeting/upload-text-to-speech; recognising speech is not there yet.")
}

async fn packages(_: Client) -> Refusal {
    lacking("There are no packages here: each person may use all that the role allows.")
}

/// A reseller's token is none of a company's.
async fn partner(_: Client) -> Refusal {
    Refusal::Told("partner_invalid", "Companies are made by who runs this installation.".to_owned())
}

fn lacking(what: &str) -> Refusal {
    Refusal::Told("limit_service", what.to_owned())
}

//! `CallControl/dial`: click-to-call. The answer to a call that is being placed is the bare text `Success`.

use super::path::Words;
use super::{company, failure};
use crate::State;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bus::Originate;
use model::{Permission, Problem};
use rest::{Path, Source};
use std::net::IpAddr;

pub(super) async fn place(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    Path(tail): Path<String>,
) -> Response {
    match dial(&state, source, &tail).await {
        Ok(()) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], "Success").into_response(),
        Err(problem) => failure(problem.into()),
    }
}

async fn dial(state: &State, source: IpAddr, tail: &str) -> Result<(), Problem> {
    let words = Words::read(tail);
    let (extension, to) = (words.get("from_number")?, words.get("to_number")?);
    let (key, domain) = (words.get("key")?, words.get("domain")?);
    if !(1..=20).contains(&to.len()) || !to.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::invalid("to_number", "to_number must be 1 to 20 digits."));
    }
    let actor = company(state, key, source).await?;
    actor.require(Permission::MakeCalls)?;
    let tenant = account::tenant::get(&actor, state.db(), actor.tenant).await?;
    if !tenant.domain.eq_ignore_ascii_case(domain) {
        return Err(Problem::not_found("domain"));
    }
    if pbx::extension::find_by_number(&actor, state.db(), extension).await?.is_none() {
        return Err(Problem::not_found("extension"));
    }
    let originate = Originate { tenant: actor.tenant, extension: extension.to_owned(), to: to.to_owned() };
    state.bus.originate(originate).await.map(|_| ())
}

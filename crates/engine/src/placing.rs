//! Calls that the house places: an order becomes a call from one of the company's hotlines.

use std::sync::Arc;

use bus::Place;
use call::Input;
use model::{CallId, Problem};

use crate::driver::{Driver, Placed};
use crate::intake::seat_for_order;
use crate::shared::Shared;

/// Begins the call once its sounds are decoded.
pub(crate) async fn place(shared: Arc<Shared>, order: Place) -> Result<CallId, Problem> {
    let Place { tenant, hotline, to, script, sounds } = order;
    let decoded = tokio::task::spawn_blocking(move || Placed::new(script, sounds)).await;
    let placed = decoded.map_err(|error| {
        tracing::error!(%error, "a sound made the decoder fail");
        Problem::invalid("sounds", "A sound cannot be decoded.")
    })??;
    let snapshot = shared.directory.snapshot();
    let tenant = snapshot.tenant(&tenant).ok_or_else(|| Problem::not_found("company"))?;
    let hotline = match hotline {
        Some(id) => tenant.hotlines.get(&id).ok_or_else(|| Problem::not_found("hotline"))?,
        None => tenant.hotlines.values().next().ok_or_else(|| {
            Problem::conflict(
                "no_hotline",
                "The company has no hotline to call from; add one with POST /api/v1/hotlines.",
            )
        })?,
    };
    let seat = seat_for_order(&shared, tenant)?;
    let id = store::mint();
    let first = Input::Place { hotline: hotline.id, caller_number: hotline.number.clone(), to: to.clone() };
    let mut driver = Driver::new(id, shared.clone(), tenant.clone());
    driver.seat(Ok(seat));
    driver.place(placed, &to);
    tokio::spawn(driver.run(move |_| first));
    Ok(id)
}

//! `/contacts`: the people and companies that call and are called; files of them in and out; whose a number is.

mod exports;
mod history;
mod imports;
mod people;

use crate::State;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .merge(people::routes())
        .merge(history::routes())
        .merge(imports::routes())
        .merge(exports::routes())
}

//! `/calls`: calls that are up, through the bus; click-to-call; and the records of those that ended.

mod export;
mod ladder;
mod live;
pub(crate) mod own;
mod records;
mod talks;
mod written;

use crate::State;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .merge(export::routes())
        .merge(live::routes())
        .merge(records::routes())
        .merge(ladder::routes())
        .merge(own::routes())
        .merge(talks::routes())
        .merge(written::routes())
}

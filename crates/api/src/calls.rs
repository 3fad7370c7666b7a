//! `/calls`: calls that are up, through the bus; click-to-call; and the records of those that ended.

mod export;
mod ladder;
mod live;
mod records;
mod talks;

use crate::State;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .merge(export::routes())
        .merge(live::routes())
        .merge(records::routes())
        .merge(ladder::routes())
        .merge(talks::routes())
}

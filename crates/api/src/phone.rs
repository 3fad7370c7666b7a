//! `/phone`: what the phone in the browser of the one who asks needs.

use crate::State;
use account::tenant;
use axum::extract;
use model::Problem;
use pbx::extension;
use rest::{Answer, Caller};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
}

/// The phone of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnPhone)]
struct Phone {
    /// The extension's id.
    extension: String,
    /// Its number, which is also the SIP user.
    number: String,
    /// The name shown to colleagues.
    name: String,
    /// The SIP password.
    password: String,
    /// The SIP domain; a browser speaks SIP at `/ws/sip` of this server.
    domain: String,
}

/// One's own extension, with what a SIP phone in the browser needs. 404 `no_phone` when one has none.
#[utoipa::path(get, path = "/phone", tag = "phone", responses((status = 200, body = Phone)))]
async fn show(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Phone>> {
    let own = extension::own(&actor, &state.db).await?.ok_or_else(|| {
        Problem::new(model::Kind::NotFound, "no_phone", "You have no extension; a manager can give you one.")
    })?;
    let company = tenant::get(&actor, &state.db, actor.tenant).await?;
    Ok(axum::Json(Phone {
        extension: own.extension.id.to_string(),
        number: own.extension.number,
        name: own.extension.name,
        password: own.password,
        domain: company.domain,
    }))
}

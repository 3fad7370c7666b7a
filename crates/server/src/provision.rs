//! `/provision/{token}/{file}`: where desk phones fetch their settings. Only over HTTPS, since the file holds a password; neither
//! token nor file is ever logged.

use crate::doors::Secure;
use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use pbx::device::{self, Place};
use std::net::SocketAddr;
use std::path::PathBuf;
use store::Db;

/// The folder of the operator's own templates, below the data directory.
const TEMPLATES: &str = "templates";

/// What the address knows.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) data: PathBuf,
    pub(crate) sip_port: u16,
    /// Whether a proxy in front speaks HTTPS for us: the site's address says so.
    pub(crate) behind_https: bool,
}

pub(crate) fn routes(desk: Desk) -> Router {
    Router::new().route("/provision/{token}/{file}", get(settings)).with_state(desk)
}

async fn settings(State(desk): State<Desk>, Path((token, file)): Path<(String, String)>, request: Request) -> Response {
    let secure = request.extensions().get::<Secure>().is_some_and(|secure| secure.0);
    if !secure && !desk.behind_https {
        return (StatusCode::FORBIDDEN, "Use https: these settings hold a password.\n").into_response();
    }
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|at| at.0.ip().to_string());
    let Some(host) = host(request.headers()) else {
        return (StatusCode::BAD_REQUEST, "The request names no host.\n").into_response();
    };
    let place = Place { host, port: desk.sip_port };
    let templates = desk.data.join(TEMPLATES);
    let from = from.unwrap_or_default();
    match device::redeem(&desk.db, &token, &file, &place, &from, &templates).await {
        Ok(Some(settings)) => {
            tracing::info!(client = %from, "a desk phone fetched its settings");
            let headers = [(header::CONTENT_TYPE, settings.content_type), (header::CACHE_CONTROL, "no-store")];
            (headers, settings.text).into_response()
        }
        // A used token, a wrong one and another file look alike.
        Ok(None) => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
        Err(problem) => {
            tracing::warn!(%problem, "a desk phone could not be given its settings");
            (StatusCode::INTERNAL_SERVER_ERROR, "Not now.\n").into_response()
        }
    }
}

/// The host that the phone reached us by, when it is one: a name or an address.
fn host(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::HOST)?.to_str().ok()?;
    let host = match text.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => text,
    };
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte);
    ((1..=253).contains(&host.len()) && host.bytes().all(good)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use model::Actor;
    use pbx::device::{Model, NewDevice};
    use pbx::extension::{self, NewExtension};
    use store::testing::{TestDb, sqlite};
    use tower::ServiceExt;

    async fn ask(db: &TestDb, path: &str, secure: bool) -> (StatusCode, String) {
        let (data, db) = (db.folder().to_owned(), (*db).clone());
        let desk = Desk { db, data, sip_port: 5060, behind_https: false };
        let mut request =
            Request::builder().uri(path).header("host", "pbx.example.vn:8443").body(Body::empty()).unwrap();
        request.extensions_mut().insert(Secure(secure));
        let answer = routes(desk).oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn settings_come_once_and_only_over_https() {
        let db = sqlite().await;
        let company = account::bootstrap::run(&db, "Shop").await.unwrap().tenant.id;
        let actor = Actor::system(company);
        let new = NewExtension { password: Some("pw101".into()), ..NewExtension::number("101") };
        let extension = extension::create(&actor, &db, new).await.unwrap().extension.id;
        let new = NewDevice { mac: "00:0b:82:01:02:ab".into(), model: Model::GrandstreamGxp1610 };
        let path = device::create(&actor, &db, extension, new).await.unwrap().path;
        let file = format!("{path}cfg000b820102ab.xml");
        assert_eq!(ask(&db, &file, false).await.0, StatusCode::FORBIDDEN);
        assert_eq!(ask(&db, &format!("{path}cfg000b820102ab"), true).await.0, StatusCode::NOT_FOUND, "the binary form");
        let (status, text) = ask(&db, &file, true).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("<P34>pw101</P34>") && text.contains("<P48>pbx.example.vn:5060</P48>"), "{text}");
        assert_eq!(ask(&db, &file, true).await.0, StatusCode::NOT_FOUND, "once");
    }
}

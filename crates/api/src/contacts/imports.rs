//! `/contacts/imports`: a file comes in, its columns get a meaning, what it would do is looked at, it is done, it is
//! taken back. The work of the last two goes on behind the answer; the import tells how far it is.

use crate::State;
use crate::tables;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{self, DefaultBodyLimit, Multipart};
use axum::http::StatusCode;
use axum::response::Response;
use crm::import::{self, Import, Outcome, Row};
use crm::sheet::{self, write::csv_row};
use model::{Actor, ImportId, Kind, Permission, Problem};
use rest::page::page_request;
use rest::{Answer, Caller, Failure, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest request: the file and the form around it.
const REQUEST_LIMIT: usize = sheet::FILE_BYTES + 64 * 1024;
/// How often a step that failed for a passing reason is tried again, and the time between.
const TRIES: (u32, Duration) = (30, Duration::from_secs(2));

pub(super) fn routes() -> OpenApiRouter<State> {
    let upload = OpenApiRouter::new().routes(routes!(create)).layer(DefaultBodyLimit::max(REQUEST_LIMIT));
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, delete))
        .routes(routes!(preview))
        .routes(routes!(rows))
        .routes(routes!(wrong_rows))
        .routes(routes!(apply))
        .routes(routes!(undo))
        .merge(upload)
}

/// A file of contacts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the fields are read as they come in")]
struct NewImport {
    /// CSV (UTF-8 or UTF-16) or XLSX, at most 20 MB and 50,000 rows; the first row names the columns.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// What the columns mean.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mapping {
    /// One word for each column: see `ContactImport`.
    mapping: Vec<String>,
}

/// How to apply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Apply {
    /// Leave out the rows that cannot be taken.
    #[serde(default)]
    skip_errors: bool,
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// `new`, `changed`, `same` or `error`; all when left out.
    outcome: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// The imports of the last 30 days, the newest first.
#[utoipa::path(get, path = "/contacts/imports", tag = "contacts", params(Paging), responses((status = 200, body = PageOf<Import>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Import>>> {
    Ok(PageOf::of(import::list(&actor, &state.db, paging.request()?).await?, |import| import))
}

/// Send a file. Nothing is done with it but reading it and guessing what its columns mean.
#[utoipa::path(post, path = "/contacts/imports", tag = "contacts",
    request_body(content = NewImport, content_type = "multipart/form-data"), responses((status = 201, body = Import)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, axum::Json<Import>)> {
    actor.require(Permission::ManageContacts)?;
    let (name, file) = read(form).await?;
    let place = state.imports.acquire().await;
    let read = tokio::task::spawn_blocking(move || sheet::read(&file)).await;
    drop(place);
    let table = read
        .map_err(|error| Problem::internal(format!("a file of contacts made its reader fail: {error}")))?
        .map_err(|sheet::Bad(words)| Problem::invalid("file", words))?;
    Ok((StatusCode::CREATED, axum::Json(import::create(&actor, &state.db, &name, table).await?)))
}

/// The name and the bytes of the file.
async fn read(form: Result<Multipart, MultipartRejection>) -> Answer<(String, Vec<u8>)> {
    let mut form = form.map_err(|_| {
        let message = "Send a form (multipart/form-data) with the field file.";
        Failure::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
    })?;
    let mut found = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let known = field.name().unwrap_or("").to_owned();
        if known != "file" || found.is_some() {
            return Err(Problem::invalid(known, "Send one field: file.").into());
        }
        let name = field.file_name().unwrap_or("file").replace('\0', "");
        found = Some((name, field.bytes().await.map_err(broken)?.to_vec()));
    }
    Ok(found.ok_or_else(|| Problem::invalid("file", "This field is needed."))?)
}

fn broken(error: MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::too_large();
    }
    Failure::with_status(StatusCode::BAD_REQUEST, "form_malformed", "The form cannot be read.")
}

/// One import, and how far it is.
#[utoipa::path(get, path = "/contacts/imports/{import_id}", tag = "contacts", params(("import_id" = String, Path)),
    responses((status = 200, body = Import)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
) -> Answer<axum::Json<Import>> {
    Ok(axum::Json(import::get(&actor, &state.db, id("import", &import)?).await?))
}

/// Forget an import; what it wrote stays and can no longer be taken back.
#[utoipa::path(delete, path = "/contacts/imports/{import_id}", tag = "contacts", params(("import_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
) -> Answer<StatusCode> {
    import::delete(&actor, &state.db, id("import", &import)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tell what the columns mean, and learn what each row would do. No contact is touched.
#[utoipa::path(post, path = "/contacts/imports/{import_id}/preview", tag = "contacts", params(("import_id" = String, Path)),
    request_body = Mapping, responses((status = 200, body = Import)))]
async fn preview(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
    Json(chosen): Json<Mapping>,
) -> Answer<axum::Json<Import>> {
    Ok(axum::Json(import::preview(&actor, &state.db, id("import", &import)?, chosen.mapping).await?))
}

/// Rows with what they do: before and after of each contact.
#[utoipa::path(get, path = "/contacts/imports/{import_id}/rows", tag = "contacts",
    params(("import_id" = String, Path), Wanted), responses((status = 200, body = PageOf<Row>)))]
async fn rows(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<PageOf<Row>>> {
    let outcome = wanted.outcome.as_deref().map(|word| {
        Outcome::parse(word).ok_or_else(|| Problem::invalid("outcome", "Use new, changed, same or error."))
    });
    let page = page_request(wanted.limit, wanted.after)?;
    let import = id("import", &import)?;
    Ok(PageOf::of(import::rows(&actor, &state.db, import, outcome.transpose()?, page).await?, |row| row))
}

/// The rows that cannot be taken as CSV, each with the reason, to be mended and sent again.
#[utoipa::path(get, path = "/contacts/imports/{import_id}/errors", tag = "contacts", params(("import_id" = String, Path)),
    responses((status = 200, content_type = "text/csv")))]
async fn wrong_rows(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
) -> Answer<Response> {
    let (import, rows) = import::wrong_rows(&actor, &state.db, id("import", &import)?).await?;
    let titles = import.columns.iter().map(|column| column.title.as_str());
    let mut text = format!("{}{}", sheet::write::CSV_MARK, csv_row(["#", "!"].into_iter().chain(titles)));
    for row in rows {
        let place = row.place.to_string();
        let cells = row.cells.iter().map(String::as_str);
        text.push_str(&csv_row([place.as_str(), row.problem.as_str()].into_iter().chain(cells)));
    }
    Ok(tables::file("text/csv; charset=utf-8", "errors.csv", text.into()))
}

/// Write what the rows say, behind the answer. An import that was interrupted goes on when it is sent again.
#[utoipa::path(post, path = "/contacts/imports/{import_id}/apply", tag = "contacts", params(("import_id" = String, Path)),
    request_body = Apply, responses((status = 202, body = Import)))]
async fn apply(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
    Json(how): Json<Apply>,
) -> Answer<(StatusCode, axum::Json<Import>)> {
    let import = import::apply(&actor, &state.db, id("import", &import)?, how.skip_errors).await?;
    tokio::spawn(work(state, actor, import.id));
    Ok((StatusCode::ACCEPTED, axum::Json(import)))
}

/// Take back what was written, behind the answer, but for what somebody has changed since.
#[utoipa::path(post, path = "/contacts/imports/{import_id}/undo", tag = "contacts", params(("import_id" = String, Path)),
    responses((status = 202, body = Import)))]
async fn undo(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(import): Path<String>,
) -> Answer<(StatusCode, axum::Json<Import>)> {
    let import = import::undo(&actor, &state.db, id("import", &import)?).await?;
    tokio::spawn(work(state, actor, import.id));
    Ok((StatusCode::ACCEPTED, axum::Json(import)))
}

/// Step by step to the end. Who was faster with a number makes a step fail once; a database that is away, for a while.
async fn work(state: State, actor: Actor, id: ImportId) {
    let mut failed = 0;
    loop {
        match import::step(&actor, &state.db, id).await {
            Ok(true) => failed = 0,
            Ok(false) => return,
            Err(problem) if failed < TRIES.0 && matches!(problem.kind, Kind::Busy | Kind::Conflict) => {
                failed += 1;
                tokio::time::sleep(TRIES.1).await;
            }
            Err(problem) => {
                tracing::warn!(import = %id, %problem, "An import of contacts stands still; sending it again goes on.");
                return;
            }
        }
    }
}

//! The page where a shop logs in and lets a partner in. It is one form without scripts; the browser goes on to the partner's
//! address with the token and the shop's id.

mod words;

use super::value;
use crate::State;
use account::partner::{self, Pending};
use account::session::{self, Credentials, Session};
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use model::{Actor, Kind, Problem};
use rest::{Failure, Query, Source};
use serde::Deserialize;
use std::fmt::Write as _;
use std::net::IpAddr;
use url::Url;
use words::{Language, Words};

const STYLE: &str = include_str!("login/page.css");

/// The query of the page.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    token: String,
    lang: String,
}

/// The form as it is sent.
#[derive(Default)]
struct Form {
    token: String,
    lang: String,
    login: String,
    password: String,
    code: String,
}

pub(super) async fn page(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, Failure>,
) -> Response {
    let asked = asked.map_or_else(|_| Asked::default(), |Query(asked)| asked);
    let language = Language::of(&asked.lang, &headers);
    match partner::pending(state.db(), &asked.token).await {
        Ok(pending) => {
            let login = pending.email.clone();
            shown(StatusCode::OK, &form(language, &asked.token, &pending, &login, None), &pending)
        }
        Err(problem) => over(language, &problem),
    }
}

pub(super) async fn enter(
    Shared(state): Shared<State>,
    Source(source): Source,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sent = Form::read(&body);
    let language = Language::of(&sent.lang, &headers);
    let pending = match partner::pending(state.db(), &sent.token).await {
        Ok(pending) => pending,
        Err(problem) => return over(language, &problem),
    };
    let (token, login) = (sent.token.clone(), sent.login.clone());
    match allow(&state, source, &headers, sent).await {
        Ok(company) => match back(&pending.redirect_url, &token, &company) {
            Some(url) => (StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response(),
            None => over(language, &Problem::internal("The address of a request cannot be read.")),
        },
        Err(problem) if problem.code == "request_ended" => over(language, &problem),
        Err(problem) => {
            let status = match problem.kind {
                Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
                Kind::Forbidden => StatusCode::FORBIDDEN,
                Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
                Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
                Kind::Invalid | Kind::NotFound | Kind::Conflict => StatusCode::BAD_REQUEST,
                Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            };
            shown(status, &form(language, &token, &pending, &login, Some(&problem)), &pending)
        }
    }
}

pub(super) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=86400")];
    (headers, STYLE).into_response()
}

impl Form {
    fn read(body: &[u8]) -> Form {
        let mut form = Form::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let field = match &*name {
                "token" => &mut form.token,
                "lang" => &mut form.lang,
                "login" => &mut form.login,
                "password" => &mut form.password,
                "code" => &mut form.code,
                _ => continue,
            };
            *field = value.into_owned();
        }
        form
    }
}

/// Lets the partner in, in the name of the company of who logs in. No session stays behind.
async fn allow(state: &State, source: IpAddr, headers: &HeaderMap, sent: Form) -> Result<Actor, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Form { token, login, password, code, .. } = sent;
    let credentials = Credentials { login, password, code: Some(code).filter(|code| !code.trim().is_empty()) };
    let begun = state.logins.begin(state.db(), credentials, source, agent).await;
    let Session { token: session, .. } = begun.map_err(|failure| failure.problem().clone())?;
    let actor = state.gate.still_admits(&session, source).await?;
    session::logout(&actor, state.db(), &session).await?;
    partner::grant(&actor, state.db(), &token).await?;
    Ok(actor)
}

/// The partner's address with `token` and `shop_id` behind what its query holds already.
fn back(redirect_url: &str, token: &str, company: &Actor) -> Option<String> {
    let mut url = Url::parse(redirect_url).ok()?;
    url.query_pairs_mut().append_pair("token", token).append_pair("shop_id", &value::id(company.tenant));
    Some(url.into())
}

fn form(language: Language, token: &str, pending: &Pending, login: &str, problem: Option<&Problem>) -> String {
    let words = language.words();
    let Words { asks, means, name, password, code, enter, .. } = words;
    let partner = escaped(&pending.partner.name);
    let mut body = format!("<h1>{}</h1>\n<p>{means}</p>\n", asks.replace("{partner}", &partner));
    let host = Url::parse(&pending.redirect_url).ok().and_then(|url| url.host_str().map(escaped)).unwrap_or_default();
    write_text(&mut body, format_args!("<p>{}</p>\n", words.then.replace("{host}", &host)));
    if let Some(problem) = problem {
        write_text(
            &mut body,
            format_args!("<p class=\"fault\" role=\"alert\">{}</p>\n", escaped(words.fault(problem))),
        );
    }
    let (token, login) = (escaped(token), escaped(login));
    let lang = language.code();
    write_text(
        &mut body,
        format_args!(
            r#"<form method="post" action="login">
<input type="hidden" name="token" value="{token}"><input type="hidden" name="lang" value="{lang}">
<label>{name}<input name="login" value="{login}" autocomplete="username" required maxlength="100"></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" required maxlength="128"></label>
<label>{code}<input name="code" autocomplete="one-time-code" maxlength="60"></label>
<button>{enter}</button>
</form>
"#
        ),
    );
    let other = language.other();
    let link =
        format!(r#"<p class="other"><a href="login?token={token}&amp;lang={}">{}</a></p>"#, other.code(), other.name());
    whole(language, &(body + &link))
}

fn over(language: Language, problem: &Problem) -> Response {
    let words = language.words();
    let status = match problem.kind {
        Kind::Internal => {
            tracing::error!("the page for partners failed: {}", problem.message);
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::NOT_FOUND,
    };
    let body = format!("<h1>{}</h1>\n<p>{}</p>", words.over, words.over_means);
    answer(status, whole(language, &body), "'none'")
}

fn whole(language: Language, body: &str) -> String {
    let (lang, title) = (language.code(), language.words().title);
    format!(
        r#"<!doctype html>
<html lang="{lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="login.css"></head>
<body><main>
{body}
</main></body>
</html>
"#
    )
}

/// The page of a form. Browsers hold a form's answer to the same rule as the form, so that the partner's address stands in it.
fn shown(status: StatusCode, page: &str, pending: &Pending) -> Response {
    let origin = Url::parse(&pending.redirect_url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    answer(status, page.to_owned(), &format!("'self' {origin}"))
}

fn answer(status: StatusCode, page: String, form_action: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), (header::CONTENT_SECURITY_POLICY, policy)];
    (status, headers, page).into_response()
}

fn write_text(body: &mut String, text: std::fmt::Arguments<'_>) {
    body.write_fmt(text).expect("a text takes what is written to it");
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

//! The door for the other subcommands of this machine: the API on a socket in the data directory, which only the
//! server's own user can open. Whoever comes through it acts for the company that a header names.

use anyhow::Context;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use model::{Actor, TenantId};
use rest::Caller;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

/// Names the company.
const COMPANY: &str = "alo-company";

fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Opens the door; none when it cannot be, which is logged. To be called by the holder of the data directory's lock.
pub(crate) fn open(data: &Path, faces: axum::Router) -> Option<JoinHandle<()>> {
    let path = socket(data);
    let bound = clear(&path).and_then(|()| UnixListener::bind(&path)).and_then(|listener| {
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(listener)
    });
    let listener = match bound {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the control socket cannot be opened: `capture` will not work");
            return None;
        }
    };
    let faces = faces.layer(middleware::from_fn(act_for));
    Some(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, faces).await {
            tracing::error!(%error, "the control socket ended");
        }
    }))
}

/// A server that was killed leaves its socket behind.
fn clear(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn act_for(mut request: Request, next: Next) -> Response {
    let named = request.headers().get(COMPANY).and_then(|text| text.to_str().ok()).and_then(|text| text.parse().ok());
    if let Some(company) = named {
        request.extensions_mut().insert(Caller(Actor::system(company)));
    }
    next.run(request).await
}

/// A way through the door of the running server.
pub(crate) struct Control {
    client: reqwest::Client,
    company: TenantId,
}

impl Control {
    /// For a company of the server that holds this data directory.
    pub(crate) fn new(data: &Path, company: TenantId) -> anyhow::Result<Control> {
        let client = reqwest::Client::builder().no_proxy().unix_socket(socket(data)).build()?;
        Ok(Control { client, company })
    }

    /// Reads JSON.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.ask(self.client.get(address(path))).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Reads a file.
    pub(crate) async fn file(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        self.ask(self.client.get(address(path))).await
    }

    /// Makes something.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.ask(self.client.post(address(path)).json(body)).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Takes something away.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.ask(self.client.delete(address(path))).await.map(|_| ())
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Vec<u8>> {
        let sent = request.header(COMPANY, self.company.to_string()).send().await;
        let answer = sent.context("the server cannot be asked: does it run with this data directory, as this user?")?;
        let status = answer.status();
        let bytes = answer.bytes().await?.to_vec();
        if status.is_success() {
            return Ok(bytes);
        }
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let field = problem["fields"][0]["message"].as_str();
        anyhow::bail!("{}", field.or(problem["detail"].as_str()).unwrap_or("the server refused").to_owned())
    }
}

fn address(path: &str) -> String {
    format!("http://alo/api/v1{path}")
}

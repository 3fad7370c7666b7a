//! The vendor's API over the web.

use anyhow::Context;
use compat::import::{Asked, Line, Question, Reply};
use model::Problem;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a question is asked that the vendor cannot answer now, and the pause before the second time.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// A vendor at an address.
pub(crate) struct Web {
    client: reqwest::Client,
    base: String,
}

impl Web {
    pub(crate) fn new(base: &str) -> anyhow::Result<Web> {
        let base = base.trim_end_matches('/').to_owned();
        anyhow::ensure!(base.starts_with("https://") || base.starts_with("http://"), "--url must be a web address");
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Ok(Web { client: client.build().context("the HTTP client cannot be made")?, base })
    }

    async fn send(&self, question: &Question) -> Result<Reply, reqwest::Error> {
        let url = format!("{}{}", self.base, question.path);
        let mut request = match question.method {
            "GET" => self.client.get(url),
            _ => self.client.post(url),
        };
        if !question.bearer.is_empty() {
            request = request.bearer_auth(&question.bearer);
        }
        if let Some(body) = &question.body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        Ok(Reply { status: answer.status().as_u16(), body: answer.text().await? })
    }
}

impl Line for Web {
    fn ask<'a>(&'a self, question: Question) -> Asked<'a> {
        Box::pin(async move {
            let mut pause = PAUSE;
            for _ in 1..TRIES {
                match self.send(&question).await {
                    // Busy, or asked too often: all questions only read, so that asking again changes nothing.
                    Ok(reply) if reply.status != 429 && reply.status < 500 => return Ok(reply),
                    Ok(reply) => tracing::warn!(status = reply.status, path = question.path, "the vendor is busy"),
                    Err(error) => tracing::warn!(error = %error.without_url(), "the vendor does not answer"),
                }
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            let unreachable = |error: reqwest::Error| {
                let message = format!("The vendor does not answer: {}", error.without_url());
                Problem::busy("vendor_unreachable", message)
            };
            self.send(&question).await.map_err(unreachable)
        })
    }
}

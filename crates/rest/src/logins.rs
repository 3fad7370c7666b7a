//! Logging in over HTTP, on whatever face: failures are counted together.

use crate::Answer;
use crate::attempts::Attempts;
use account::session::{self, Client, Credentials, Session};
use model::{Kind, Moment};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use store::Db;

/// The one way in for those who type a password. Clones share the count of failures.
#[derive(Debug, Clone)]
pub struct Logins {
    attempts: Arc<Attempts>,
    began: Instant,
}

impl Default for Logins {
    fn default() -> Logins {
        Logins { attempts: Arc::default(), began: Instant::now() }
    }
}

impl Logins {
    /// The count of failures.
    pub fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// The monotonic clock that failures are counted by.
    pub fn now(&self) -> Moment {
        Moment::START + self.began.elapsed()
    }

    /// Begins a session, unless this source has failed too often with this login.
    pub async fn begin(&self, db: &Db, credentials: Credentials, source: IpAddr, agent: &str) -> Answer<Session> {
        let login = credentials.login.clone();
        self.attempts.check(source, &login, self.now())?;
        let client = Client { source: source.to_string(), agent: agent.to_owned() };
        let session = session::login(db, credentials, client).await.inspect_err(|problem| {
            // Whoever is asked for a code has the password right.
            if problem.kind == Kind::Unauthenticated && problem.code != "code_needed" {
                self.attempts.failed(source, &login, self.now());
                tracing::info!(%source, "a login failed");
            }
        })?;
        self.attempts.succeeded(source, &login);
        Ok(session)
    }
}

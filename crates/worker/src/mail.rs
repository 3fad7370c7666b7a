//! Sends the mail that waits: one courier, over SMTP. What a server refuses for good is given up at once, anything else
//! is tried again for a day.

#[cfg(test)]
mod tests;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use model::Problem;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::mail::{self, Due};
use store::{Db, now};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Where mail is handed in.
#[derive(Clone)]
pub struct Config {
    /// `smtp://user:password@host:587?tls=required`, or `smtps://…`.
    pub url: String,
    /// Whom mail comes from: `Alo <no-reply@example.vn>`.
    pub from: String,
    /// How often to look for mail that other processes wrote.
    pub poll: Duration,
    /// Files that go with mail are told from here on.
    pub data: PathBuf,
}

/// A file larger than this goes with no mail: servers take 25 MB at most, and base 64 adds a third.
const LARGEST_ATTACHMENT: u64 = 18_000_000;
/// How long the server may take for one mail.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a mail under way may take when the server stops.
const LAST_MAIL: Duration = Duration::from_secs(3);
/// How long a mail under way is nobody else's.
const MINE_MS: i64 = 2 * 60_000;
/// When a mail is tried again, in seconds after each attempt; the last one goes on.
const AGAIN_S: [i64; 4] = [30, 120, 600, 3_600];
/// After how long a mail is given up.
const GIVE_UP_MS: i64 = 24 * 3_600_000;

/// The running courier.
#[derive(Debug)]
pub struct Courier {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Courier {
    /// Starts it; fails when the address of the server or of the sender cannot be read.
    pub fn start(db: Db, config: Config) -> Result<Courier, Problem> {
        let wrong = |what: &str, error: String| Problem::internal(format!("mail.{what} cannot be read: {error}"));
        let from: Mailbox = config.from.parse().map_err(|e| wrong("from", format!("{e}")))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.url)
            .map_err(|e| wrong("url", e.to_string()))?
            .timeout(Some(TIMEOUT))
            .build();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(run(Post { db, from, server, data: config.data }, config.poll, stopped));
        Ok(Courier { stop, running })
    }

    /// Stops it. A mail under way may come to its end for a moment; else it is sent again after the next start, under the
    /// same id.
    pub async fn stop(mut self) {
        // It has ended already when nobody listens.
        let _ = self.stop.send(());
        match tokio::time::timeout(LAST_MAIL, &mut self.running).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the mail courier ended badly"),
            Err(_) => self.running.abort(),
        }
    }
}

struct Post {
    db: Db,
    from: Mailbox,
    server: AsyncSmtpTransport<Tokio1Executor>,
    data: PathBuf,
}

async fn run(post: Post, poll: Duration, mut stopped: oneshot::Receiver<()>) {
    let mut events = post.db.watch_events();
    let mut poll = tokio::time::interval(poll);
    let mut away = false;
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            _ = poll.tick() => {}
            Ok(()) = events.changed() => {}
        }
        let done = post.send_due(&mut stopped).await;
        if let Err(problem) = &done
            && !away
        {
            tracing::warn!("mail waits for the database: {problem}");
        }
        if matches!(done, Ok(Next::Stop)) {
            return;
        }
        away = done.is_err();
    }
}

/// What comes after a look.
enum Next {
    Wait,
    Stop,
}

impl Post {
    async fn send_due(&self, stopped: &mut oneshot::Receiver<()>) -> Result<Next, Problem> {
        loop {
            if !matches!(stopped.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
                return Ok(Next::Stop);
            }
            let at = now().as_millis();
            let Some(due) = mail::take(&self.db, at, at + MINE_MS).await? else { return Ok(Next::Wait) };
            match self.send(&due).await {
                Ok(()) => {
                    metrics::counter!("alo_mails_total", "outcome" => "sent").increment(1);
                    mail::forget(&self.db, &due).await?;
                }
                Err(Failure { lasting, reason }) => self.failed(&due, lasting, &reason).await?,
            }
        }
    }

    async fn send(&self, due: &Due) -> Result<(), Failure> {
        let lasting = |reason: String| Failure { lasting: true, reason };
        let to: Address = due.mail.to.parse().map_err(|_| lasting("the address cannot be read".into()))?;
        let id = format!("<{}@{}>", due.id, self.from.email.domain());
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into());
        let attachment = match &due.mail.attachment {
            Some(file) => self.attachment(file).await,
            None => None,
        };
        let letter = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&due.mail.subject)
            // The same at each attempt, so that a doubled one can be known.
            .message_id(Some(id))
            .raw_header(automatic);
        let text = due.mail.text.clone();
        let message = match attachment {
            Some(file) => letter.multipart(MultiPart::mixed().singlepart(SinglePart::plain(text)).singlepart(file)),
            None => letter.header(ContentType::TEXT_PLAIN).body(text),
        };
        let message = message.map_err(|error| lasting(error.to_string()))?;
        match self.server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure { lasting: error.is_permanent(), reason: error.to_string() }),
        }
    }

    /// A file that is gone or too large goes with no mail; the text says enough.
    async fn attachment(&self, file: &str) -> Option<SinglePart> {
        let path = self.data.join(file);
        let size = tokio::fs::metadata(&path).await.ok()?.len();
        if size > LARGEST_ATTACHMENT {
            tracing::warn!(size, "a file is too large to go with a mail");
            return None;
        }
        let content = tokio::fs::read(&path).await.ok()?;
        let name = Path::new(file).file_name()?.to_string_lossy().into_owned();
        Some(Attachment::new(name).body(content, ContentType::parse("audio/wav").ok()?))
    }

    async fn failed(&self, due: &Due, lasting: bool, reason: &str) -> Result<(), Problem> {
        let at = now().as_millis();
        if lasting || at - due.created_at > GIVE_UP_MS {
            metrics::counter!("alo_mails_total", "outcome" => "given_up").increment(1);
            tracing::warn!(mail.id = %due.id, attempts = due.attempts, reason, "a mail was given up");
            return Ok(mail::forget(&self.db, due).await?);
        }
        metrics::counter!("alo_mails_total", "outcome" => "put_off").increment(1);
        tracing::warn!(mail.id = %due.id, attempts = due.attempts, reason, "a mail was not taken and is tried again");
        let place = usize::try_from(due.attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(AGAIN_S.len() - 1);
        Ok(mail::put_off(&self.db, due, at + AGAIN_S[place] * 1_000).await?)
    }
}

struct Failure {
    /// Whether trying again is of no use.
    lasting: bool,
    reason: String,
}

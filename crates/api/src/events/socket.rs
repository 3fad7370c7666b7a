//! One open live socket.

use super::sight::Sight;
use crate::State;
use crate::state::Patience;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use model::{Actor, Kind, Problem};
use serde_json::json;
use std::net::IpAddr;
use std::time::Duration;
use store::outbox::{self, Event};
use tokio::time::{Instant, interval, timeout};

/// The largest message a client may send; we have no use for any.
pub(super) const MESSAGE_LIMIT: usize = 4 * 1024;
/// How many events are read at a time.
const BATCH: u32 = 200;
/// How often to look for events that another process told.
const LOOK: Duration = Duration::from_secs(2);

const UNAUTHENTICATED: u16 = 4401;
const TOO_SLOW: u16 = 4408;
const OUR_FAULT: u16 = 1011;

/// What the socket sends, and to whom.
pub(super) struct Stream {
    pub(super) state: State,
    pub(super) actor: Actor,
    pub(super) sight: Sight,
    pub(super) token: String,
    pub(super) source: IpAddr,
    pub(super) seq: i64,
    pub(super) kind: Option<String>,
}

/// Why a socket is closed.
enum End {
    /// The client left.
    Left,
    /// We close it, with a code and a reason.
    Close(u16, &'static str),
}

impl Stream {
    /// Sends until one side has had enough.
    pub(super) async fn run(mut self, mut ws: WebSocket) {
        if let Err(End::Close(code, reason)) = self.talk(&mut ws).await {
            let frame = CloseFrame { code, reason: reason.into() };
            // A client that reads nothing will not read this either.
            let _ = timeout(Duration::from_secs(2), ws.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn talk(&mut self, ws: &mut WebSocket) -> Result<std::convert::Infallible, End> {
        let mut committed = self.state.db.watch_events();
        let (mut ping, mut look) = (interval(self.patience().ping), interval(LOOK));
        let mut heard = Instant::now();
        loop {
            // Marked as seen before reading, so that a commit in between wakes us again.
            committed.mark_unchanged();
            self.send_new(ws).await?;
            tokio::select! {
                changed = committed.changed() => changed.map_err(|_| End::Close(OUR_FAULT, "the server stops"))?,
                _ = look.tick() => {}
                _ = ping.tick() => self.check(ws, heard).await?,
                message = ws.recv() => {
                    listen(message)?;
                    heard = Instant::now();
                }
            }
        }
    }

    /// Sends everything after the cursor.
    async fn send_new(&mut self, ws: &mut WebSocket) -> Result<(), End> {
        loop {
            let read = outbox::read(&self.state.db, Some(self.actor.tenant), self.seq, BATCH).await;
            let events = match read.map_err(Problem::from) {
                Ok(events) => events,
                // The database is away: the events wait there, the client waits here.
                Err(problem) if problem.kind == Kind::Busy => return Ok(()),
                Err(problem) => return Err(fault(&problem)),
            };
            let more = events.len() == BATCH as usize;
            for event in events {
                self.seq = event.seq;
                if self.wants(&event.kind) && self.sight.covers(&event, &self.state) {
                    self.send(ws, Message::Text(text(&event, self.sight).into())).await?;
                }
            }
            if !more {
                return Ok(());
            }
        }
    }

    fn wants(&self, kind: &str) -> bool {
        self.kind.as_ref().is_none_or(|wanted| match wanted.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => kind == wanted,
        })
    }

    async fn check(&mut self, ws: &mut WebSocket, heard: Instant) -> Result<(), End> {
        if heard.elapsed() > self.patience().silence {
            return Err(End::Close(TOO_SLOW, "no answer to pings"));
        }
        match self.state.gate.still_admits(&self.token, self.source).await {
            Ok(actor) if actor == self.actor => {
                // An agent may have been given another extension.
                if let Ok(sight) = Sight::of(&self.actor, &self.state).await {
                    self.sight = sight;
                }
                self.send(ws, Message::Ping(Default::default())).await
            }
            Ok(_) => Err(End::Close(UNAUTHENTICATED, "the rights of the bearer changed")),
            Err(problem) if problem.kind == Kind::Unauthenticated => {
                Err(End::Close(UNAUTHENTICATED, "the bearer counts no more"))
            }
            Err(_) => Ok(()),
        }
    }

    async fn send(&self, ws: &mut WebSocket, message: Message) -> Result<(), End> {
        match timeout(self.patience().slow, ws.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Left),
            Err(_) => Err(End::Close(TOO_SLOW, "the client reads too slowly")),
        }
    }

    fn patience(&self) -> Patience {
        self.state.patience
    }
}

fn listen(message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
    match message {
        None | Some(Err(_) | Ok(Message::Close(_))) => Err(End::Left),
        // Pings are answered by the library; words of the client mean nothing here.
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Text(_) | Message::Binary(_))) => Ok(()),
    }
}

fn fault(problem: &Problem) -> End {
    tracing::error!("a live socket failed: {problem}");
    End::Close(OUR_FAULT, "something of ours failed")
}

fn text(event: &Event, sight: Sight) -> String {
    // The outbox holds JSON objects only; null is for a row that somebody else damaged.
    let data: serde_json::Value = serde_json::from_str(&event.data).unwrap_or_default();
    json!({
        "seq": event.seq,
        "id": event.id.to_string(),
        "type": event.kind,
        "at": event.created_at.as_millis(),
        "call_id": event.call.map(|id| id.to_string()),
        "data": sight.shown(data),
    })
    .to_string()
}

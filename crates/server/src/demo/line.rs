//! One UDP socket of the demo and the calls on it: what arrives is sorted by Call-ID, new INVITEs come out at the end.

use bytes::Bytes;
use sip::{Message, Method, ResponseBuilder};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Messages one call may have waiting.
const MAIL: usize = 32;
/// New calls that may wait for somebody to look.
const NEW: usize = 32;

type Desks = Arc<Mutex<HashMap<String, mpsc::Sender<Message>>>>;

/// A socket with calls on it.
pub(super) struct Line {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    server: SocketAddr,
    desks: Desks,
    stop: watch::Receiver<bool>,
    reader: JoinHandle<()>,
}

/// A call somebody places to us: its INVITE, and what follows on it.
pub(super) struct Ring {
    pub(super) invite: Message,
    pub(super) mail: mpsc::Receiver<Message>,
}

impl Line {
    /// Opens a line to the server.
    pub(super) async fn open(
        local: SocketAddr,
        server: SocketAddr,
        stop: watch::Receiver<bool>,
    ) -> std::io::Result<(Arc<Line>, mpsc::Receiver<Ring>)> {
        let socket = Arc::new(UdpSocket::bind(local).await?);
        let local = socket.local_addr()?;
        let desks = Desks::default();
        let (new, rings) = mpsc::channel(NEW);
        let reader = tokio::spawn(read(socket.clone(), desks.clone(), new));
        Ok((Arc::new(Line { socket, local, server, desks, stop, reader }), rings))
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(super) fn ip(&self) -> IpAddr {
        self.local.ip()
    }

    pub(super) fn server(&self) -> SocketAddr {
        self.server
    }

    /// Whether the demo is coming to its end.
    pub(super) fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits for the end of the demo.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // A closed channel means that nobody is left to say stop: the end as well.
        let _ = stop.wait_for(|s| *s).await;
    }

    /// A place for what arrives with this Call-ID.
    pub(super) fn desk(&self, call_id: &str) -> mpsc::Receiver<Message> {
        let (mail, inbox) = mpsc::channel(MAIL);
        lock(&self.desks).insert(call_id.to_owned(), mail);
        inbox
    }

    /// Forgets the Call-ID.
    pub(super) fn clear(&self, call_id: &str) {
        lock(&self.desks).remove(call_id);
    }

    pub(super) async fn send(&self, message: &Bytes) {
        if let Err(error) = self.socket.send_to(message, self.server).await {
            tracing::debug!(%error, "the demo could not send a message");
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn lock(desks: &Desks) -> MutexGuard<'_, HashMap<String, mpsc::Sender<Message>>> {
    // A panic elsewhere leaves the map whole: each use is one insert, look-up or removal.
    desks.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(socket: Arc<UdpSocket>, desks: Desks, new: mpsc::Sender<Ring>) {
    let mut buffer = vec![0u8; 65_536];
    loop {
        let (length, from) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            // An earlier packet met a closed port; the socket goes on.
            Err(error) => {
                tracing::trace!(%error, "nobody listens at the server's port");
                continue;
            }
        };
        let Ok(message) = Message::parse(Bytes::copy_from_slice(&buffer[..length])) else { continue };
        let known = lock(&desks).get(message.call_id()).cloned();
        if let Some(desk) = known {
            // A full desk loses a message as a network would; it is sent again.
            let _ = desk.try_send(message);
        } else if message.is_request() && message.to_tag().is_none() && message.method() == Method::Invite {
            let (desk, mail) = mpsc::channel(MAIL);
            lock(&desks).insert(message.call_id().to_owned(), desk);
            let call_id = message.call_id().to_owned();
            if new.try_send(Ring { invite: message, mail }).is_err() {
                lock(&desks).remove(&call_id);
            }
        } else if message.is_request() && message.method() != Method::Ack {
            let (code, reason) = if message.method() == Method::Options {
                (200, "OK")
            } else {
                (481, "Call/Transaction Does Not Exist")
            };
            let answer = ResponseBuilder::new(&message, code, reason, from, "demo").finish();
            if let Err(error) = socket.send_to(&answer, from).await {
                tracing::debug!(%error, "the demo could not send an answer");
            }
        }
    }
}

//! The web side's connections: plain and under TLS, each with limits on its time and its number, so that whoever sends a
//! request byte by byte takes nothing from others.
//!
//! - `crowd` counts connections, `sip` hands browsers' phones to SIP.

mod crowd;
pub(crate) mod sip;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use crowd::{Crowd, Guest};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower::ServiceExt;

/// How long the head of a request, and the next request of a connection, may take to come.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// How long a TLS handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How long what was sent may lie unread at the far side.
const UNREAD_TIME: Duration = Duration::from_secs(60);

/// Whether the request came over TLS; stands in each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secure(pub(crate) bool);

/// A listener, and how TLS is spoken there.
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<Arc<ServerConfig>>,
}

/// Serves until told to close, then until the last answer is given.
pub(crate) fn serve(doors: Vec<Door>, faces: Router, closing: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let crowd = Arc::new(Crowd::default());
        let doors = doors.into_iter().map(|door| stand_at(door, faces.clone(), crowd.clone(), closing.clone()));
        let mut doors: JoinSet<()> = doors.collect();
        while doors.join_next().await.is_some() {}
    })
}

async fn stand_at(door: Door, faces: Router, crowd: Arc<Crowd>, mut closing: watch::Receiver<bool>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = closed(&mut closing) => break,
            accepted = door.listener.accept() => match accepted {
                Ok((socket, remote)) => {
                    if let Some(guest) = crowd.enter(remote.ip()) {
                        let visit = Visit { remote, faces: faces.clone(), guest: Arc::new(guest) };
                        open.spawn(visit.receive(socket, door.tls.clone(), closing.clone()));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a web connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = open.join_next(), if !open.is_empty() => {}
        }
    }
    drop(door);
    while open.join_next().await.is_some() {}
}

/// Waits until the server closes.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // The sender is dropped at the end of the server only.
    let _ = closing.wait_for(|close| *close).await;
}

/// One connection.
struct Visit {
    remote: SocketAddr,
    faces: Router,
    guest: Arc<Guest>,
}

impl Visit {
    async fn receive(self, socket: TcpStream, tls: Option<Arc<ServerConfig>>, closing: watch::Receiver<bool>) {
        // Without them a lost connection is only noticed later.
        let _ = socket.set_nodelay(true);
        let _ = socket2::SockRef::from(&socket).set_tcp_user_timeout(Some(UNREAD_TIME));
        let Some(tls) = tls else { return self.serve(socket, false, closing).await };
        let guest = self.guest.clone();
        let handshake = tokio::select! {
            handshake = tokio::time::timeout(HANDSHAKE_TIME, TlsAcceptor::from(tls).accept(socket)) => handshake,
            () = guest.sent_away() => return,
        };
        match handshake {
            Ok(Ok(socket)) => self.serve(socket, true, closing).await,
            Ok(Err(error)) => tracing::debug!(%error, remote = %self.remote, "a TLS handshake failed"),
            Err(_) => tracing::debug!(remote = %self.remote, "a TLS handshake took too long"),
        }
    }

    async fn serve<S>(self, socket: S, secure: bool, mut closing: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Visit { remote, faces, guest } = self;
        let asking = guest.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            asking.has_asked();
            request.extensions_mut().insert(ConnectInfo(remote));
            request.extensions_mut().insert(Secure(secure));
            faces.clone().oneshot(request.map(Body::new))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = guest.sent_away() => return,
            () = closed(&mut closing) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::trace!(%error, %remote, "a web connection ended");
        }
    }
}

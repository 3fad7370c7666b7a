//! Serving a WebSocket (RFC 7118): one SIP message in each text or binary frame, and our own pings, because browsers send
//! none and middle boxes forget connections that are silent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message as Frame, Utf8Bytes};

use super::Hub;
use super::stream::last_words;
use super::streams::{PATIENCE, State};
use crate::keepalive::{KeepAlive, PONG};
use crate::message::{MAX_DATAGRAM, Message};
use crate::transport::Flow;

/// The subprotocol's name.
pub const SUBPROTOCOL: &str = "sip";
/// How often the far side is pinged, and how long it may be silent.
const PING: Duration = Duration::from_secs(25);
const SILENCE: Duration = Duration::from_secs(80);

/// The socket, which counts what it has read: a frame that never comes to its end shows in nothing else.
pub(super) struct Counted<S> {
    socket: S,
    bytes: u64,
}

/// A WebSocket that is open.
pub(super) type Socket<S> = WebSocketStream<Counted<S>>;

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(4096)
        .max_write_buffer_size(4 * MAX_DATAGRAM)
        .max_message_size(Some(MAX_DATAGRAM))
        .max_frame_size(Some(MAX_DATAGRAM))
}

/// Whether a client's request names our subprotocol.
pub fn asks_for_sip(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(SUBPROTOCOL))
}

/// Takes the client's opening handshake; any path will do. A client that does not speak SIP gets 400.
pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(socket: S) -> Result<Socket<S>, Error> {
    #[expect(clippy::result_large_err, reason = "the shape of the library's callback")]
    let answer = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        if !asks_for_sip(request.headers()) {
            let mut refusal = ErrorResponse::new(Some("the subprotocol here is sip".to_owned()));
            *refusal.status_mut() = StatusCode::BAD_REQUEST;
            return Err(refusal);
        }
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        Ok(response)
    };
    tokio_tungstenite::accept_hdr_async_with_config(Counted { socket, bytes: 0 }, answer, Some(config())).await
}

/// Goes on with a socket whose handshake another server has answered.
pub(super) async fn adopt<S: AsyncRead + AsyncWrite + Unpin>(socket: S) -> Socket<S> {
    WebSocketStream::from_raw_socket(Counted { socket, bytes: 0 }, Role::Server, Some(config())).await
}

/// Reads and writes until the connection ends or breaks a limit.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    hub: &Arc<Hub>,
    flow: Flow,
    mut socket: Socket<S>,
    outbox: &mut mpsc::Receiver<Bytes>,
    state: &State,
) {
    let limits = hub.shared.config.limits;
    let step = (limits.partial / 4).max(Duration::from_millis(1));
    let begin = Instant::now();
    let (mut spoke_at, mut alive_at, mut pinged_at) = (begin, begin, begin);
    let mut look_at = begin + step;
    // What was read when the last frame ended, and since when there is more.
    let mut framed = 0;
    let mut begun_at = None;
    loop {
        let frame = tokio::select! {
            bytes = outbox.recv() => {
                let Some(bytes) = bytes else { break };
                let length = bytes.len();
                if send(&mut socket, frame_of(bytes)).await.is_err() {
                    return;
                }
                state.written(length);
                continue;
            }
            frame = socket.next() => frame,
            () = sleep_until(look_at) => {
                let now = Instant::now();
                look_at = now + step;
                if socket.get_ref().bytes == framed {
                    begun_at = None;
                } else if *begun_at.get_or_insert(now) + limits.partial <= now + step {
                    return;
                }
                if spoke_at + state.idle(&limits) <= now || alive_at + SILENCE <= now {
                    break;
                }
                if pinged_at + PING <= now {
                    pinged_at = now;
                    if send(&mut socket, Frame::Ping(Bytes::new())).await.is_err() {
                        return;
                    }
                }
                continue;
            }
        };
        if !state.is_proven() && !hub.shared.admits(flow.remote.ip(), hub.now()) {
            return;
        }
        alive_at = Instant::now();
        (framed, begun_at) = (socket.get_ref().bytes, None);
        let bytes = match frame {
            Some(Ok(Frame::Text(text))) => Bytes::from(text),
            Some(Ok(Frame::Binary(bytes))) => bytes,
            // The library has queued the answer to a ping or a close.
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) | Frame::Frame(_))) => {
                if !matches!(timeout(PATIENCE, socket.flush()).await, Ok(Ok(()))) {
                    return;
                }
                continue;
            }
            Some(Err(error)) => {
                tracing::debug!(%error, remote = %flow.remote, "a WebSocket broke");
                return;
            }
            None => return,
        };
        spoke_at = alive_at;
        let answer = match KeepAlive::read(&bytes) {
            Some(KeepAlive::Ping) => Some(Bytes::from_static(PONG)),
            Some(KeepAlive::Blank) => None,
            Some(KeepAlive::Stun(_) | KeepAlive::OtherStun) => break,
            None => match Message::parse(bytes) {
                Ok(message) => {
                    if !hub.deliver(flow, message).await {
                        return;
                    }
                    None
                }
                Err(error) => last_words(flow, &error),
            },
        };
        if let Some(answer) = answer
            && send(&mut socket, frame_of(answer)).await.is_err()
        {
            return;
        }
    }
    // The far side may be told why nothing comes any more; it need not listen.
    let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
}

/// Text where it is text, as browsers like it.
fn frame_of(message: Bytes) -> Frame {
    match Utf8Bytes::try_from(message.clone()) {
        Ok(text) => Frame::Text(text),
        Err(_) => Frame::Binary(message),
    }
}

async fn send<S>(socket: &mut S, frame: Frame) -> Result<(), Error>
where
    S: Sink<Frame, Error = Error> + Unpin,
{
    timeout(PATIENCE, socket.send(frame)).await.map_err(|_| Error::Io(io::ErrorKind::TimedOut.into()))?
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buf))?;
        self.bytes += (buf.filled().len() - before) as u64;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

//! Serving a byte stream, plain or under TLS: cutting it into messages, and writing what the shards send.

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::Hub;
use super::streams::{PATIENCE, State};
use crate::build::ResponseBuilder;
use crate::message::{Message, ParseError, take_pings};
use crate::transport::Flow;

/// Reads and writes until the connection ends or breaks a limit.
pub(super) async fn serve<S>(
    hub: &Arc<Hub>,
    flow: Flow,
    mut stream: S,
    outbox: &mut mpsc::Receiver<Bytes>,
    state: &State,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let limits = hub.shared.config.limits;
    let mut input = BytesMut::with_capacity(4096);
    let mut heard_at = Instant::now();
    let mut begun_at = None;
    loop {
        let until = begun_at.map_or(heard_at + state.idle(&limits), |at| at + limits.partial);
        tokio::select! {
            bytes = outbox.recv() => {
                let Some(bytes) = bytes else { return };
                if write(&mut stream, bytes, outbox, state).await.is_err() {
                    return;
                }
            }
            read = stream.read_buf(&mut input) => {
                if !matches!(read, Ok(1..)) {
                    return;
                }
                if !state.is_proven() && !hub.shared.admits(flow.remote.ip(), hub.now()) {
                    return;
                }
                heard_at = Instant::now();
                match take_messages(hub, flow, &mut input).await {
                    Ok(taken) => {
                        if taken.messages > 0 {
                            begun_at = None;
                        }
                        let pongs = b"\r\n".repeat(taken.pings.min(8));
                        if taken.pings > 0 && send(&mut stream, &pongs).await.is_err() {
                            return;
                        }
                    }
                    Err(last_words) => {
                        if let Some(last_words) = last_words {
                            // The stream is closed either way.
                            let _ = send(&mut stream, &last_words).await;
                        }
                        return;
                    }
                }
                begun_at = if input.is_empty() { None } else { begun_at.or(Some(heard_at)) };
                if input.is_empty() && input.capacity() > 64 * 1024 {
                    input = BytesMut::with_capacity(4096);
                }
            }
            () = sleep_until(until) => return,
        }
    }
}

#[derive(Default)]
struct Taken {
    pings: usize,
    messages: usize,
}

/// Hands all whole messages to their shards; waits when one is full, so that the sender has to wait too. When the stream
/// cannot be read further: the answer to send before it is closed.
async fn take_messages(hub: &Hub, flow: Flow, input: &mut BytesMut) -> Result<Taken, Option<Bytes>> {
    let mut taken = Taken::default();
    loop {
        taken.pings += take_pings(input);
        match Message::parse_stream(input) {
            Ok(Some(message)) => {
                taken.messages += 1;
                if !hub.deliver(flow, message).await {
                    return Err(None);
                }
            }
            Ok(None) => return Ok(taken),
            Err(error) => {
                return Err(last_words(flow, &error.0));
            }
        }
    }
}

/// Counts what is no message: the answer to it, if it gets one.
pub(super) fn last_words(flow: Flow, error: &ParseError) -> Option<Bytes> {
    metrics::counter!("alo_sip_malformed_total").increment(1);
    let ((code, reason), message) = error.answer().zip(error.message.as_deref())?;
    Some(ResponseBuilder::new(message, code, reason, flow.remote, "framing").finish())
}

/// Writes a message and what else waits, in one go.
async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    first: Bytes,
    outbox: &mut mpsc::Receiver<Bytes>,
    state: &State,
) -> io::Result<()> {
    let mut bytes = first;
    if let Ok(second) = outbox.try_recv() {
        let mut joined = BytesMut::with_capacity(4096);
        joined.extend_from_slice(&bytes);
        joined.extend_from_slice(&second);
        while let Ok(more) = outbox.try_recv() {
            joined.extend_from_slice(&more);
        }
        bytes = joined.freeze();
    }
    send(stream, &bytes).await?;
    state.written(bytes.len());
    Ok(())
}

/// Writes all of it, or fails when the far side takes too long; a layer in between must not keep anything back.
async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    let sent = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    timeout(PATIENCE, sent).await.map_err(|_| io::ErrorKind::TimedOut)?
}

impl Hub {
    /// Hands a message to its shard, waiting for room; false when the shard is gone.
    pub(super) async fn deliver(&self, flow: Flow, message: Message) -> bool {
        tracing::trace!(remote = %flow.remote, ?message, "received");
        let shard = self.shared.shard_of_call(message.call_id());
        self.shards[shard].messages.send((flow, message)).await.is_ok()
    }
}

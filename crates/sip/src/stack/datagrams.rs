//! A UDP socket that wakes its task for reading only.
//!
//! tokio's own socket is also told when the kernel has sent a datagram and has room again. That is after each one, so every answer
//! would wake the task once more for nothing. Sending here asks the kernel, and a full socket is tried again later.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::task::{Context, Poll};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What is asked of the kernel for each socket's queues; it may give less.
const SOCKET_BUFFER: usize = 4 << 20;

/// See the module.
pub(super) struct Datagrams {
    socket: AsyncFd<UdpSocket>,
}

impl Datagrams {
    /// Must be called inside a tokio runtime.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Datagrams> {
        let socket = super::socket_for(address, socket2::Type::DGRAM)?;
        // Bursts wait in the kernel; when it gives less, fewer do.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
        socket.bind(&address.into())?;
        // SAFETY: a `UdpSocket` owns its descriptor and keeps the same one until it is dropped, which is after the registration.
        let socket = unsafe { AsyncFd::register_with_interest(UdpSocket::from(socket), Interest::READABLE) };
        Ok(Datagrams { socket: socket.map_err(|error| io::Error::other(error.to_string()))? })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get_ref().local_addr()
    }

    /// Whether there is something to read; else the task is woken when there is. One task at a time may ask.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        // An error means that the runtime ends: the task is dropped then.
        self.socket.poll_read_ready(context).map(|_| ())
    }

    /// Reads one datagram; `WouldBlock` when there is none.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.try_io(Interest::READABLE, |socket| socket.recv_from(buffer))
    }

    /// Sends one datagram; `WouldBlock` when the socket is full.
    pub(super) fn send(&self, bytes: &[u8], remote: SocketAddr) -> io::Result<()> {
        self.socket.get_ref().send_to(bytes, remote).map(|_| ())
    }
}

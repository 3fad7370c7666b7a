//! The system calls: UDP sockets that are read and written without allocating, and the room left on a disk. All unsafe
//! code of the crate is here.

use std::fs::File;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;

/// Binds a socket. It stays in blocking mode, since every read and write here says `MSG_DONTWAIT`: that saves two system
/// calls for each leg.
pub(crate) fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    UdpSocket::bind(address)
}

/// Asks a poll to name this token for as long as the socket holds packets. mio itself would name it once for what arrives, so that
/// each packet would cost a second read that finds nothing.
pub(crate) fn watch(poll: &mio::Poll, socket: &UdpSocket, token: mio::Token) -> io::Result<()> {
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token.0 as u64 };
    // SAFETY: both descriptors are open as long as their owners live, and the kernel copies `event`.
    let done = unsafe { libc::epoll_ctl(poll.as_raw_fd(), libc::EPOLL_CTL_ADD, socket.as_raw_fd(), &raw mut event) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Ends what [`watch`] began, for a socket that stays open.
pub(crate) fn forget(poll: &mio::Poll, socket: &UdpSocket) -> io::Result<()> {
    // SAFETY: both descriptors are open as long as their owners live, and the kernel reads no event here.
    let done =
        unsafe { libc::epoll_ctl(poll.as_raw_fd(), libc::EPOLL_CTL_DEL, socket.as_raw_fd(), std::ptr::null_mut()) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A far address in the form that the kernel takes.
#[derive(Debug, Clone)]
pub(crate) struct Target(socket2::SockAddr);

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Target {
        Target(address.into())
    }
}

impl Target {
    /// The address itself.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.0.as_socket()
    }
}

/// Sends one packet; false when the kernel did not take it.
pub(crate) fn send(socket: &UdpSocket, packet: &[u8], to: &Target) -> bool {
    // SAFETY: the pointers and lengths describe `packet` and `to`, which outlive the call.
    let sent = unsafe {
        libc::sendto(
            socket.as_raw_fd(),
            packet.as_ptr().cast(),
            packet.len(),
            libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
            to.0.as_ptr().cast(),
            to.0.len(),
        )
    };
    sent >= 0
}

/// The largest packet that is read; longer ones are cut, which no voice packet is.
pub(crate) const PACKET: usize = 2048;

/// Room for one packet and its source.
///
/// One `recvfrom` a packet: a voice socket rarely holds more than one, and `recvmmsg` costs more than two.
pub(crate) struct Buffer {
    packet: Box<[u8; PACKET]>,
    name: libc::sockaddr_storage,
}

impl Buffer {
    pub(crate) fn new() -> Buffer {
        // SAFETY: a plain C structure for which zeroes are valid.
        let name = unsafe { std::mem::zeroed() };
        Buffer { packet: Box::new([0; PACKET]), name }
    }

    /// Reads one packet and where it came from; none when nothing has arrived.
    pub(crate) fn read(&mut self, socket: &UdpSocket) -> Option<(&mut [u8], SocketAddr)> {
        let mut length = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        // SAFETY: the pointers and lengths describe `packet` and `name`, which outlive the call and are borrowed mutably.
        let read = unsafe {
            libc::recvfrom(
                socket.as_raw_fd(),
                self.packet.as_mut_ptr().cast(),
                PACKET,
                libc::MSG_DONTWAIT,
                (&raw mut self.name).cast(),
                &raw mut length,
            )
        };
        let read = usize::try_from(read).ok()?;
        Some((self.packet.get_mut(..read)?, address(&self.name)?))
    }
}

/// The bytes that may still be written to the file system of a file.
pub(crate) fn free_bytes(file: &File) -> io::Result<u64> {
    // SAFETY: a plain C structure for which zeroes are valid, and which the call only writes to.
    let (result, found) = unsafe {
        let mut found: libc::statvfs = std::mem::zeroed();
        (libc::fstatvfs(file.as_raw_fd(), &raw mut found), found)
    };
    if result == 0 { Ok(found.f_bavail.saturating_mul(found.f_frsize)) } else { Err(io::Error::last_os_error()) }
}

fn address(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match i32::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says that this is what the kernel wrote, and the storage is large and aligned enough.
            let name = unsafe { &*std::ptr::from_ref(name).cast::<libc::sockaddr_in>() };
            let ip = std::net::Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
            Some(SocketAddr::new(ip.into(), u16::from_be(name.sin_port)))
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let name = unsafe { &*std::ptr::from_ref(name).cast::<libc::sockaddr_in6>() };
            let ip = std::net::Ipv6Addr::from(name.sin6_addr.s6_addr);
            Some(SocketAddr::new(ip.to_canonical(), u16::from_be(name.sin6_port)))
        }
        _ => None,
    }
}

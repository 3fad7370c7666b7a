//! The system calls: UDP sockets that are read and written without allocating, and the room left on a disk. All unsafe
//! code of the crate is here.

use std::fs::File;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr;

/// Binds a non-blocking socket.
pub(crate) fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// A far address in the form that the kernel takes.
#[derive(Debug, Clone)]
pub(crate) struct Target(socket2::SockAddr);

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Target {
        Target(address.into())
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

/// How many packets one system call reads at most.
pub(crate) const BATCH: usize = 8;
/// The largest packet that is read; longer ones are cut, which no voice packet is.
pub(crate) const PACKET: usize = 1504;

/// Room for the packets of one read.
pub(crate) struct Batch {
    packets: Box<[[u8; PACKET]; BATCH]>,
    names: Box<[libc::sockaddr_storage; BATCH]>,
    vectors: Box<[libc::iovec; BATCH]>,
    headers: Box<[libc::mmsghdr; BATCH]>,
}

impl Batch {
    pub(crate) fn new() -> Batch {
        let mut packets = Box::new([[0; PACKET]; BATCH]);
        // SAFETY: all three are plain C structures for which zeroes are valid.
        let (mut names, mut vectors, mut headers): (
            Box<[libc::sockaddr_storage; BATCH]>,
            Box<[libc::iovec; BATCH]>,
            Box<[libc::mmsghdr; BATCH]>,
        ) = unsafe { (Box::new(std::mem::zeroed()), Box::new(std::mem::zeroed()), Box::new(std::mem::zeroed())) };
        for place in 0..BATCH {
            vectors[place] = libc::iovec { iov_base: packets[place].as_mut_ptr().cast(), iov_len: PACKET };
            headers[place].msg_hdr.msg_name = ptr::from_mut(&mut names[place]).cast();
            headers[place].msg_hdr.msg_iov = ptr::from_mut(&mut vectors[place]);
            headers[place].msg_hdr.msg_iovlen = 1;
        }
        Batch { packets, names, vectors, headers }
    }

    /// Reads what has arrived, up to [`BATCH`] packets; zero when nothing has. Fewer than [`BATCH`] means that the
    /// socket is empty.
    pub(crate) fn read(&mut self, socket: &UdpSocket) -> usize {
        for header in self.headers.iter_mut() {
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        }
        debug_assert!(self.vectors.iter().all(|v| v.iov_len == PACKET));
        // SAFETY: each header points to a name and a vector of this batch, which live on the heap and do not move;
        // `self` is borrowed mutably, so nobody else looks at them.
        let read = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                BATCH as libc::c_uint,
                libc::MSG_DONTWAIT,
                ptr::null_mut(),
            )
        };
        usize::try_from(read).unwrap_or(0)
    }

    /// One of the packets of the last read and where it came from.
    pub(crate) fn packet(&mut self, place: usize) -> Option<(&mut [u8], SocketAddr)> {
        let length = self.headers[place].msg_len as usize;
        let source = address(&self.names[place])?;
        Some((self.packets[place].get_mut(..length)?, source))
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
            let name = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in>() };
            let ip = std::net::Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
            Some(SocketAddr::new(ip.into(), u16::from_be(name.sin_port)))
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let name = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in6>() };
            let ip = std::net::Ipv6Addr::from(name.sin6_addr.s6_addr);
            Some(SocketAddr::new(ip.to_canonical(), u16::from_be(name.sin6_port)))
        }
        _ => None,
    }
}

//! Where a message came from and where one goes: the transport, the local socket and the far address.
//!
//! Nothing here opens a socket; the tokio side is under [`crate::stack`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The transports of SIP. TLS, WS and WSS are part of every border already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Transport {
    /// Datagrams.
    #[default]
    Udp,
    /// A stream.
    Tcp,
    /// A stream under TLS.
    Tls,
    /// WebSocket.
    Ws,
    /// WebSocket under TLS.
    Wss,
}

impl Transport {
    /// Whether the transport itself repeats what was lost, so that no request is sent twice.
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Transport::Udp)
    }

    /// The token in a Via header.
    pub const fn token(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// The word in a URI's `transport` parameter.
    pub const fn parameter(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Ws => "ws",
            Transport::Wss => "wss",
        }
    }

    /// Reads either spelling.
    pub fn parse(text: &str) -> Option<Transport> {
        [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss]
            .into_iter()
            .find(|t| t.token().eq_ignore_ascii_case(text))
    }

    /// Whether a connection to an address can be opened from our side. A browser cannot be called back.
    pub const fn can_be_opened(self) -> bool {
        !matches!(self, Transport::Ws | Transport::Wss)
    }

    /// The port where none is written.
    pub const fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.token())
    }
}

/// One way to the far side. For a stream it names the connection, and the address to reconnect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flow {
    /// How.
    pub transport: Transport,
    /// Which of our sockets: the index within the configured ones of that transport.
    pub local: u16,
    /// The far address, as seen by our socket.
    pub remote: SocketAddr,
    /// Which connection; 0 for datagrams, and for "any connection to this address, or a new one".
    pub connection: u64,
    /// Who has to be at the far end of a TLS connection that we open.
    pub peer: Peer,
}

/// The name that the certificate of a TLS server is to be for, kept by the stack; by default the address itself. A
/// connection is used for those alone who ask for the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Peer(pub(crate) u32);

impl Flow {
    /// The way to an address without a connection of its own yet.
    pub const fn to(transport: Transport, remote: SocketAddr) -> Flow {
        Flow { transport, local: 0, remote, connection: 0, peer: Peer(0) }
    }

    /// No way at all: what is sent there fails at once.
    pub const fn nowhere(transport: Transport) -> Flow {
        Flow::to(transport, SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0))
    }

    /// Whether nothing can be sent this way.
    pub const fn is_nowhere(&self) -> bool {
        self.remote.port() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_transport_are_read() {
        assert_eq!(Transport::parse("wss"), Some(Transport::Wss));
        assert_eq!(Transport::parse("TCP"), Some(Transport::Tcp));
        assert_eq!(Transport::parse("SCTP"), None);
    }
}

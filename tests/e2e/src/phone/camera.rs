//! The video of a call: what a phone with a camera says of it in its description, and packets that are whatever the test
//! wants, since nobody between two cameras understands them.

use crate::wait;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use tokio::net::UdpSocket;

/// H.264 by the number that it has here.
const PAYLOAD: u8 = 97;

/// One side's video.
#[derive(Debug)]
pub struct Camera {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    remote: Mutex<Option<SocketAddr>>,
}

impl Camera {
    pub(super) async fn open(ip: IpAddr) -> Camera {
        let bind = async || UdpSocket::bind((ip, 0)).await.expect("a port for video");
        Camera { rtp: bind().await, rtcp: bind().await, remote: Mutex::default() }
    }

    pub(super) fn describe(&self, direction: &str) -> String {
        let port = |socket: &UdpSocket| socket.local_addr().expect("a bound socket has an address").port();
        format!(
            "m=video {} RTP/AVP {PAYLOAD}\r\na=rtpmap:{PAYLOAD} H264/90000\r\n\
             a=fmtp:{PAYLOAD} profile-level-id=42e01f;packetization-mode=1\r\na=rtcp:{}\r\na={direction}\r\n",
            port(&self.rtp),
            port(&self.rtcp)
        )
    }

    pub(super) fn accept(&self, ip: Option<IpAddr>, sdp: &str) {
        let port = sdp.lines().find_map(|line| line.strip_prefix("m=video ")?.split(' ').next()?.parse::<u16>().ok());
        let remote = ip.zip(port.filter(|port| *port != 0)).map(SocketAddr::from);
        *self.remote.lock().unwrap_or_else(PoisonError::into_inner) = remote;
    }

    /// Whether the far side takes video.
    pub fn is_on(&self) -> bool {
        self.remote.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Sends a packet with this number and these bytes, which end a picture.
    ///
    /// # Panics
    /// When the far side takes no video.
    pub async fn shows(&self, sequence: u16, picture: &[u8]) {
        let remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner).expect("video is on");
        let mut packet = vec![0x80, 0x80 | PAYLOAD];
        packet.extend(sequence.to_be_bytes());
        packet.extend((u32::from(sequence) * 3_000).to_be_bytes());
        packet.extend(0x00C0_FFEE_u32.to_be_bytes());
        packet.extend(picture);
        self.rtp.send_to(&packet, remote).await.expect("a datagram on loopback leaves");
    }

    /// The number and the bytes of the next packet.
    ///
    /// # Panics
    /// When none comes in time, or one that ends no picture of our format.
    pub async fn sees(&self) -> (u16, Vec<u8>) {
        let mut buffer = [0; 2_048];
        let received = wait::within("a picture", self.rtp.recv_from(&mut buffer)).await;
        let (length, _) = received.expect("a socket that can be read");
        assert_eq!((buffer[0], buffer[1]), (0x80, 0x80 | PAYLOAD), "no end of a picture");
        (u16::from_be_bytes([buffer[2], buffer[3]]), buffer[12..length].to_vec())
    }
}

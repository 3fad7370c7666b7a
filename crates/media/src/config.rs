//! What the media threads need to know before they start.

use crate::{Codec, Codecs};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The configuration of [`crate::Media`].
#[derive(Debug, Clone)]
pub struct Config {
    /// The address that sockets are bound to. All of them means the advertised one when it is this host's.
    pub bind: IpAddr,
    /// The address that session descriptions show.
    pub advertise: IpAddr,
    /// The codecs that may be offered and answered, best first.
    pub codecs: Codecs,
    /// The UDP ports to use; each leg takes an even one for RTP and the next for RTCP.
    pub ports: RangeInclusive<u16>,
    /// How many threads carry packets. Legs that are bridged or recorded together must live on one thread: open the
    /// second with [`crate::Media::open_beside`].
    pub threads: usize,
    /// After how long without RTP and RTCP a leg counts as dead; none turns the watch off.
    pub silence: Option<Duration>,
    /// How long a freed port rests before it is used again.
    pub quarantine: Duration,
    /// The mean time between two RTCP reports of a leg.
    pub rtcp_interval: Duration,
    /// Recording stops while the disk has less than this many bytes left.
    pub disk_reserve: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            advertise: IpAddr::V4(Ipv4Addr::LOCALHOST),
            codecs: Codec::ALL.into_iter().collect(),
            ports: 20000..=29999,
            threads: 1,
            silence: Some(Duration::from_secs(60)),
            quarantine: Duration::from_secs(5),
            rtcp_interval: Duration::from_secs(5),
            disk_reserve: 64 << 20,
        }
    }
}

//! The form in which a capture lies on the disk: fields one after another, texts and lists with their length before
//! them. Whoever reads takes nothing on trust: a file may be cut off.

use std::net::{IpAddr, SocketAddr};

use bus::capture::{Capture, Leg, Message, Note, Quality, What};
use model::{Digit, LegId};

/// The form written now.
const VERSION: u8 = 1;
const TRANSPORTS: [&str; 5] = ["udp", "tcp", "tls", "ws", "wss"];

/// Writes all but whose call it is: that stands in the frame around it.
pub(super) fn write(capture: &Capture) -> Vec<u8> {
    let size: usize = capture.messages.iter().map(|m| m.bytes.len() + 64).sum();
    let mut out = Out(Vec::with_capacity(size + 64 * capture.legs.len() + 16 * capture.notes.len() + 16));
    out.u8(VERSION);
    out.list(&capture.legs, |out, leg| {
        out.u16(leg.leg.0);
        out.bytes(leg.party.as_bytes());
        out.u8(u8::from(leg.outgoing));
        out.u32(leg.left_out as u32);
        out.option(leg.quality.as_ref(), |out, quality| {
            out.bytes(quality.codec.as_deref().unwrap_or_default().as_bytes());
            [quality.rx_packets, quality.tx_packets, quality.lost].into_iter().for_each(|n| out.u64(n));
            out.u64(quality.jitter_ms.to_bits());
            out.option(quality.rtt_ms.as_ref(), |out, ms| out.u64(ms.to_bits()));
            out.option(quality.mos.as_ref(), |out, mos| out.u64(mos.to_bits()));
        });
    });
    out.list(&capture.messages, |out, message| {
        out.u64(message.at_us as u64);
        out.u16(message.leg.0);
        out.u8(u8::from(message.sent));
        out.address(message.local);
        out.address(message.remote);
        out.u8(TRANSPORTS.iter().position(|t| *t == message.transport).unwrap_or(0) as u8);
        out.bytes(&message.bytes);
    });
    out.list(&capture.notes, |out, note| {
        out.u64(note.at_us as u64);
        out.u16(note.leg.0);
        let (kind, digit) = match note.what {
            What::Digit(digit) => (0, digit.event()),
            What::InfoDigit(digit) => (1, digit.event()),
            What::Held => (2, 0),
            What::Resumed => (3, 0),
            What::Silent => (4, 0),
            What::Recorded => (5, 0),
        };
        out.u8(kind);
        out.u8(digit);
    });
    out.0
}

/// Reads it back into an ended call's capture; none when it is no whole one.
pub(super) fn read(tenant: model::TenantId, call: model::CallId, bytes: &[u8]) -> Option<Capture> {
    let mut from = In(bytes);
    if from.u8()? != VERSION {
        return None;
    }
    let legs = from.list(|from| {
        Some(Leg {
            leg: LegId(from.u16()?),
            party: from.text()?,
            outgoing: from.u8()? == 1,
            left_out: from.u32()? as usize,
            quality: from.option(|from| {
                Some(Quality {
                    codec: Some(from.text()?).filter(|codec| !codec.is_empty()),
                    rx_packets: from.u64()?,
                    tx_packets: from.u64()?,
                    lost: from.u64()?,
                    jitter_ms: f64::from_bits(from.u64()?),
                    rtt_ms: from.option(|from| from.u64().map(f64::from_bits))?,
                    mos: from.option(|from| from.u64().map(f64::from_bits))?,
                })
            })?,
        })
    })?;
    let messages = from.list(|from| {
        Some(Message {
            at_us: from.u64()? as i64,
            leg: LegId(from.u16()?),
            sent: from.u8()? == 1,
            local: from.address()?,
            remote: from.address()?,
            transport: TRANSPORTS.get(usize::from(from.u8()?))?,
            bytes: from.bytes()?.to_vec(),
        })
    })?;
    let notes = from.list(|from| {
        let (at_us, leg) = (from.u64()? as i64, LegId(from.u16()?));
        let what = match (from.u8()?, from.u8()?) {
            (0, digit) => What::Digit(Digit::from_event(digit)?),
            (1, digit) => What::InfoDigit(Digit::from_event(digit)?),
            (2, _) => What::Held,
            (3, _) => What::Resumed,
            (4, _) => What::Silent,
            (5, _) => What::Recorded,
            _ => return None,
        };
        Some(Note { at_us, leg, what })
    })?;
    Some(Capture { tenant, call, ended: true, legs, messages, notes })
}

struct Out(Vec<u8>);

impl Out {
    fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }

    fn address(&mut self, address: SocketAddr) {
        match address.ip() {
            IpAddr::V4(ip) => self.bytes(&ip.octets()),
            IpAddr::V6(ip) => self.bytes(&ip.octets()),
        }
        self.u16(address.port());
    }

    fn list<T>(&mut self, items: &[T], one: impl Fn(&mut Out, &T)) {
        self.u32(items.len() as u32);
        items.iter().for_each(|item| one(self, item));
    }

    fn option<T>(&mut self, value: Option<&T>, one: impl Fn(&mut Out, &T)) {
        self.u8(u8::from(value.is_some()));
        if let Some(value) = value {
            one(self, value);
        }
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.take(length as usize)
    }

    fn text(&mut self) -> Option<String> {
        self.bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    fn address(&mut self) -> Option<SocketAddr> {
        let ip = self.bytes()?;
        let ip = <[u8; 4]>::try_from(ip).map(IpAddr::from).or_else(|_| <[u8; 16]>::try_from(ip).map(IpAddr::from));
        Some(SocketAddr::new(ip.ok()?, self.u16()?))
    }

    fn list<T>(&mut self, one: impl Fn(&mut In<'a>) -> Option<T>) -> Option<Vec<T>> {
        let length = self.u32()?;
        // Grows with what is read, whatever the length says.
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(one(self)?);
        }
        Some(items)
    }

    fn option<T>(&mut self, one: impl Fn(&mut In<'a>) -> Option<T>) -> Option<Option<T>> {
        if self.u8()? == 1 { Some(Some(one(self)?)) } else { Some(None) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use model::{CallId, Id, TenantId};

    pub(crate) fn example(call: CallId) -> Capture {
        let quality = Quality { codec: Some("PCMA".into()), rx_packets: 5, mos: Some(4.4), ..Quality::default() };
        let leg = |number, outgoing, quality| Leg {
            leg: LegId(number),
            party: format!("extension 10{number}"),
            outgoing,
            left_out: 0,
            quality,
        };
        let message = |at_us, sent, bytes: &str| Message {
            at_us,
            leg: LegId(0),
            sent,
            local: "192.0.2.1:5060".parse().expect("an address"),
            remote: "[2001:db8::1]:5062".parse().expect("an address"),
            transport: "tls",
            bytes: bytes.into(),
        };
        Capture {
            tenant: TenantId::from_bits(3),
            call,
            ended: true,
            legs: vec![leg(0, false, Some(quality)), leg(1, true, None)],
            messages: vec![message(5, false, "INVITE sip:a@b SIP/2.0"), message(9, true, "SIP/2.0 200 OK")],
            notes: vec![
                Note { at_us: 7, leg: LegId(0), what: What::Digit(Digit::new('#').expect("a key")) },
                Note { at_us: 8, leg: LegId(1), what: What::Held },
            ],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let capture = example(CallId::from_bits(9));
        assert_eq!(read(capture.tenant, capture.call, &write(&capture)), Some(capture));
    }

    #[test]
    fn what_is_cut_off_or_changed_is_no_capture_and_no_panic() {
        let capture = example(CallId::from_bits(9));
        let bytes = write(&capture);
        for end in 0..bytes.len() {
            assert_eq!(read(capture.tenant, capture.call, &bytes[..end]), None, "{end}");
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0xff;
            // Any answer is fine, as long as there is one.
            let _ = read(capture.tenant, capture.call, &changed);
        }
    }
}

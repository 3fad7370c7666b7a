//! How the audio of our descriptions is written.

use super::Events;
use crate::sdp::{Attribute, Medium};
use crate::{Codec, Direction};

/// The lines of an audio medium of ours.
#[derive(Default)]
pub(super) struct Lines {
    formats: Vec<String>,
    attributes: Vec<Attribute>,
}

impl Lines {
    pub(super) fn codec(&mut self, payload_type: u8, codec: Codec) {
        self.map(payload_type, &codec.encoding());
        match codec {
            Codec::Opus => self.parameters(payload_type, "minptime=10;useinbandfec=1"),
            // Comfort noise of Annex B is refused, so that what is passed through suits either side.
            Codec::G729 => self.parameters(payload_type, "annexb=no"),
            Codec::Pcmu | Codec::Pcma | Codec::G722 => {}
        }
    }

    pub(super) fn events(&mut self, events: Events) {
        self.map(events.payload_type, &format!("telephone-event/{}", events.clock));
        self.parameters(events.payload_type, "0-16");
    }

    pub(super) fn noise(&mut self, payload_type: u8) {
        self.map(payload_type, "CN/8000");
    }

    fn map(&mut self, payload_type: u8, encoding: &str) {
        self.formats.push(payload_type.to_string());
        self.attributes.push(Attribute::new("rtpmap", format!("{payload_type} {encoding}")));
    }

    fn parameters(&mut self, payload_type: u8, parameters: &str) {
        self.attributes.push(Attribute::new("fmtp", format!("{payload_type} {parameters}")));
    }

    pub(super) fn medium(mut self, protocol: &str, port: u16, ptime_ms: u8, direction: Direction) -> Medium {
        self.attributes.push(Attribute::new("ptime", ptime_ms.to_string()));
        self.attributes.push(Attribute::flag(direction.as_str()));
        let (kind, protocol) = ("audio".to_owned(), protocol.to_owned());
        Medium { kind, port, protocol, formats: self.formats, connection: None, attributes: self.attributes }
    }
}

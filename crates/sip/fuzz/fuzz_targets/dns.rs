//! Bytes that come to where a name server was asked; and a server as operators write it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::locate::{Server, records_in};

/// A, CNAME, AAAA, SRV and NAPTR.
const KINDS: [u16; 5] = [1, 5, 28, 33, 35];

fuzz_target!(|message: &[u8]| {
    // The number of the question stands in front: nobody guesses one of 65,536 by mutation.
    let id = message.first_chunk().map_or(0, |id| u16::from_be_bytes(*id));
    for kind in KINDS {
        if let Some(records) = records_in(message, id, "carrier.test.", kind) {
            assert!(records <= message.len());
        }
    }
    let _ = Server::parse(&String::from_utf8_lossy(message), None);
});

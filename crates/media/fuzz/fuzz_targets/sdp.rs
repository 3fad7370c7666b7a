//! What can be read can be written, and reads back the same.
#![no_main]

use media::sdp::Session;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    if let Ok(session) = Session::parse(text) {
        for medium in &session.media {
            medium.rtp_formats().for_each(drop);
            session.direction(medium);
        }
        let written = session.to_string();
        assert!(Session::parse(written.as_bytes()).is_ok_and(|again| again.media.len() == session.media.len()));
    }
});

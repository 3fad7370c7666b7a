//! What a browser may send after its handshake: frames of any kind, and what is in them.
#![no_main]

use std::io::{Cursor, Read, Write};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip::Message;
use sip::keepalive::KeepAlive;
use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};

/// Reads the input and takes any answer.
struct Far(Cursor<Vec<u8>>);

impl Read for Far {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Far {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let config = WebSocketConfig::default().read_buffer_size(4096).max_message_size(Some(65_536));
    let far = Far(Cursor::new(bytes.to_vec()));
    let mut socket = WebSocket::from_raw_socket(far, Role::Server, Some(config.max_frame_size(Some(65_536))));
    while let Ok(frame) = socket.read() {
        let bytes: Bytes = frame.into_data();
        if KeepAlive::read(&bytes).is_none()
            && let Ok(message) = Message::parse(bytes)
        {
            // Whether it is sound is not the question here.
            let _ = message.validate();
        }
    }
});

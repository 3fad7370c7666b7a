//! A URI: what is read can be written, and is then the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::uri::Uri;

fuzz_target!(|text: &str| {
    if let Ok(uri) = Uri::parse(text) {
        assert!(uri.is_equivalent(&uri));
        let _ = (uri.user_text(), uri.ip(), uri.params.iter().count(), uri.to_string());
    }
});

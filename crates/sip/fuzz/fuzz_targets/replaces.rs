//! A Replaces value: read, and its parts found in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::header::Replaces;

fuzz_target!(|text: &str| {
    if let Ok(read) = Replaces::parse(text) {
        assert!(text.contains(read.call_id) && text.contains(read.to_tag) && text.contains(read.from_tag));
        assert!(!read.call_id.is_empty() && !read.to_tag.is_empty() && !read.from_tag.is_empty());
    }
});

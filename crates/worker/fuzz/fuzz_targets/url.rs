//! A webhook's URL: what is taken reads the same once more, and leads to nowhere inside.
#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use worker::webhook::{Guard, address};

fuzz_target!(|text: &str| {
    let Ok(url) = address::parse(text) else { return };
    assert!(matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none());
    if url.as_str().len() <= 2_000 {
        assert_eq!(address::parse(url.as_str()).as_ref(), Ok(&url));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if let Ok(address) = host.parse::<IpAddr>()
        && Guard::default().permits(address)
    {
        assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast(), "{text}");
        assert!(!matches!(address, IpAddr::V4(v4) if v4.is_private() || v4.is_link_local()), "{text}");
    }
});

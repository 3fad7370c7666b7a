//! Uploaded files of any form.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    let _ = media::sound::load(file.to_vec());
});

//! Files of any form are tables or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    if let Ok(table) = crm::sheet::read(file) {
        assert!(table.rows.iter().all(|row| row.cells.len() == table.head.len()));
    }
});

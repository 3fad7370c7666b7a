//! The parts of a workbook of any form, in a container that is whole: what no change of a packed file reaches.
#![no_main]

const NAMES: [&str; 5] = [
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
];

libfuzzer_sys::fuzz_target!(|parts: &[u8]| {
    let parts: Vec<&[u8]> = parts.split(|byte| *byte == 0).take(NAMES.len()).collect();
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in NAMES.iter().zip(&parts) {
        let size = (part.len() as u32).to_le_bytes();
        let mut record = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        record.extend(size);
        record.extend(size);
        record.extend((name.len() as u16).to_le_bytes());
        record.extend([0, 0]);
        let offset = (file.len() as u32).to_le_bytes();
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&record);
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(name.as_bytes());
        file.extend(b"PK\x03\x04");
        file.extend(&record);
        file.extend(name.as_bytes());
        file.extend_from_slice(part);
    }
    let (offset, length) = (file.len() as u32, directory.len() as u32);
    file.append(&mut directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend((parts.len() as u16).to_le_bytes());
    file.extend((parts.len() as u16).to_le_bytes());
    file.extend(length.to_le_bytes());
    file.extend(offset.to_le_bytes());
    file.extend([0, 0]);
    drop(crm::sheet::read(&file));
});

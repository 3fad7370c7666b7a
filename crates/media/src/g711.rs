//! G.711: A-law and µ-law against 16-bit linear samples, by tables that the compiler computes.

use crate::Law;

/// Linear sample of each µ-law code.
pub static ULAW_TO_PCM: [i16; 256] = table_ulaw();
/// Linear sample of each A-law code.
pub static ALAW_TO_PCM: [i16; 256] = table_alaw();
static ULAW_TO_ALAW: [u8; 256] = convert_table(&ULAW_TO_PCM, Law::A);
static ALAW_TO_ULAW: [u8; 256] = convert_table(&ALAW_TO_PCM, Law::Mu);

/// The table that decodes a law.
pub fn decode_table(law: Law) -> &'static [i16; 256] {
    match law {
        Law::Mu => &ULAW_TO_PCM,
        Law::A => &ALAW_TO_PCM,
    }
}

/// Encodes one sample.
pub const fn encode(law: Law, sample: i16) -> u8 {
    match law {
        Law::Mu => ulaw(sample),
        Law::A => alaw(sample),
    }
}

/// Encodes many samples.
pub fn encode_all(law: Law, samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|s| encode(law, *s)).collect()
}

/// Rewrites code words of one law as those of another, in place.
pub fn convert(from: Law, to: Law, payload: &mut [u8]) {
    let table = match (from, to) {
        (Law::Mu, Law::A) => &ULAW_TO_ALAW,
        (Law::A, Law::Mu) => &ALAW_TO_ULAW,
        (Law::Mu, Law::Mu) | (Law::A, Law::A) => return,
    };
    for byte in payload {
        *byte = table[usize::from(*byte)];
    }
}

const ULAW_BIAS: i32 = 0x84;
const ULAW_CLIP: i32 = 32_635;

const fn ulaw(sample: i16) -> u8 {
    let sign: u8 = if sample < 0 { 0x80 } else { 0 };
    let mut magnitude = if sample < 0 { -(sample as i32) } else { sample as i32 };
    if magnitude > ULAW_CLIP {
        magnitude = ULAW_CLIP;
    }
    magnitude += ULAW_BIAS;
    // The segment is the place of the highest set bit, counted from bit 7.
    let segment = (31 - (magnitude as u32).leading_zeros()) as i32 - 7;
    let step = (magnitude >> (segment + 3)) & 0x0F;
    !(sign | ((segment as u8) << 4) | step as u8)
}

const fn alaw(sample: i16) -> u8 {
    // A-law works on 13 bits: 12 of magnitude and the sign; a set sign bit means positive.
    let (sign, magnitude) =
        if sample >= 0 { (0x80u8, (sample as i32) >> 3) } else { (0u8, (-(sample as i32) - 1) >> 3) };
    let code = if magnitude < 32 {
        magnitude >> 1
    } else {
        let segment = (31 - (magnitude as u32).leading_zeros()) as i32 - 4;
        (segment << 4) | ((magnitude >> segment) & 0x0F)
    };
    (sign | code as u8) ^ 0x55
}

const fn ulaw_decode(code: u8) -> i16 {
    let code = !code;
    let segment = ((code >> 4) & 7) as i32;
    let magnitude = (((((code & 0x0F) as i32) << 3) + ULAW_BIAS) << segment) - ULAW_BIAS;
    if code & 0x80 != 0 { -magnitude as i16 } else { magnitude as i16 }
}

const fn alaw_decode(code: u8) -> i16 {
    let code = code ^ 0x55;
    let segment = ((code >> 4) & 7) as i32;
    let step = ((code & 0x0F) as i32) << 4;
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    if code & 0x80 != 0 { magnitude as i16 } else { -magnitude as i16 }
}

const fn table_ulaw() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = ulaw_decode(code as u8);
        code += 1;
    }
    table
}

const fn table_alaw() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = alaw_decode(code as u8);
        code += 1;
    }
    table
}

const fn convert_table(decode: &[i16; 256], to: Law) -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = encode(to, decode[code]);
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_code_words_of_g711() {
        assert_eq!((ulaw(0), ulaw(32_767), ulaw(-32_768)), (0xFF, 0x80, 0x00));
        assert_eq!((alaw(0), alaw(32_767), alaw(-32_768)), (0xD5, 0xAA, 0x2A));
        assert_eq!((ULAW_TO_PCM[0x80], ULAW_TO_PCM[0x00], ULAW_TO_PCM[0xFF]), (32_124, -32_124, 0));
        assert_eq!((ALAW_TO_PCM[0xAA], ALAW_TO_PCM[0x2A], ALAW_TO_PCM[0xD5]), (32_256, -32_256, 8));
    }

    #[test]
    fn each_code_word_survives_decoding_and_encoding() {
        for code in 0..=255u8 {
            assert_eq!(alaw(ALAW_TO_PCM[usize::from(code)]), code);
            // µ-law has a second zero, which comes back as the first.
            let again = ulaw(ULAW_TO_PCM[usize::from(code)]);
            assert!(again == code || code == 0x7F && again == 0xFF, "{code:#x} became {again:#x}");
        }
    }

    #[test]
    fn converting_there_and_back_keeps_speech_above_35_db() {
        let tone: Vec<i16> = (0..8000).map(|n| (f64::from(n) * 0.7).sin() * 12_000.0).map(|s| s as i16).collect();
        for (first, second) in [(Law::Mu, Law::A), (Law::A, Law::Mu)] {
            let mut coded = encode_all(first, &tone);
            convert(first, second, &mut coded);
            let decode = decode_table(second);
            let (mut signal, mut noise) = (0.0, 0.0);
            for (sample, code) in tone.iter().zip(&coded) {
                let error = f64::from(*sample) - f64::from(decode[usize::from(*code)]);
                signal += f64::from(*sample).powi(2);
                noise += error * error;
            }
            let snr_db = 10.0 * (signal / noise).log10();
            assert!(snr_db > 33.0, "{first:?} to {second:?}: {snr_db:.1} dB");
        }
    }
}

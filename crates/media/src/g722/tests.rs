use super::*;

/// The sound and the bytes whose results an independent implementation was asked for (spandsp 0.0.6).
struct Chance(u32);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }
}

fn fingerprint(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3))
}

#[test]
fn code_words_and_sound_are_those_of_another_implementation_bit_for_bit() {
    let mut chance = Chance(1);
    let pcm: Vec<i16> = (0..16_000).map(|n| (chance.next() >> 16) as i16 >> (2 + n / 1600)).collect();
    let mut coded = Vec::new();
    Encoder::new().encode(&pcm, &mut coded);
    assert_eq!(coded[..8], [155, 36, 132, 32, 132, 32, 143, 9]);
    assert_eq!(fingerprint(coded.iter().copied()), 0x46CD_5D48_5548_3BC8);
    let mut heard = Vec::new();
    Decoder::new().decode(&coded, &mut heard);
    assert_eq!(fingerprint(heard.iter().flat_map(|s| s.to_le_bytes())), 0xF6C3_4550_2357_A600);
}

use super::*;
use crate::dice::Dice;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn master(suite: Suite, text: &str) -> MasterKey {
    MasterKey::new(suite, &hex(text)).expect("a key")
}

/// Key and salt of RFC 3711 appendix B.3.
const COUNTER: &str = "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6";
const GALOIS: &str = "000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab";
const RTP: &str = "800f1234decafbadcafebabe abababababababababababababababab";
const RTCP: &str = "81c8000bcafebabe abababababababababababababababab";

/// The packets with which libsrtp checks itself.
#[test]
fn packets_are_sealed_as_others_seal_them() {
    let cases = [
        (
            master(Suite::AesCm80, COUNTER),
            "800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb",
            "81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798",
        ),
        (
            master(Suite::AesGcm128, GALOIS),
            "800f1234decafbadcafebabe c5002ede04cfdd2eb91159e0880aa06e d2976826f796b201df3131a127e8a392",
            "81c8000bcafebabe c98b8b5df0392a55852b6c21ac8e7025 c52c6fbea2b3b446ea31123ba88ce61e 80000001",
        ),
    ];
    for (key, rtp, rtcp) in cases {
        let (mut sealer, mut opener) = (Sealer::new(&key), Opener::new(&key, 0));
        let mut packet = hex(RTP);
        assert!(sealer.rtp(&mut packet));
        assert_eq!(packet, hex(rtp), "{:?}", key.suite());
        let length = opener.rtp(&mut packet).expect("opened");
        assert_eq!(packet[..length], hex(RTP));
        let mut packet = hex(RTCP);
        assert!(sealer.rtcp(&mut packet));
        assert_eq!(packet, hex(rtcp), "{:?}", key.suite());
        let length = opener.rtcp(&mut packet).expect("opened");
        assert_eq!(packet[..length], hex(RTCP));
    }
}

fn key(suite: Suite) -> MasterKey {
    let bytes: Vec<u8> = (1..=46).collect();
    MasterKey::new(suite, &bytes[..suite.key_len() + suite.salt_len()]).expect("a key")
}

fn packet(sequence: u16, text: u8) -> Vec<u8> {
    let mut packet = vec![0; 12];
    crate::rtp::write(packet.first_chunk_mut().expect("room"), 8, false, sequence, 160, 7);
    packet.extend([text; 160]);
    packet
}

#[test]
fn every_suite_opens_what_it_sealed_over_wraps_of_the_sequence() {
    for suite in Suite::ALL {
        let (mut sealer, mut opener) = (Sealer::new(&key(suite)), Opener::new(&key(suite), 0));
        let mut sequence = 65_000u16;
        for n in 0..3000u32 {
            let plain = packet(sequence, n as u8);
            let mut sealed = plain.clone();
            assert!(sealer.rtp(&mut sealed));
            assert_eq!(sealed.len(), plain.len() + suite.tag_len());
            assert_ne!(sealed[12..172], plain[12..172]);
            let length = opener.rtp(&mut sealed).expect("opened");
            assert_eq!(sealed[..length], plain, "{suite:?} {n}");
            sequence = sequence.wrapping_add(if n % 7 == 0 { 60 } else { 1 });
        }
    }
}

#[test]
fn a_packet_is_opened_once_and_not_when_one_bit_of_it_changed() {
    for suite in Suite::ALL {
        let (mut sealer, mut opener) = (Sealer::new(&key(suite)), Opener::new(&key(suite), 0));
        let mut sealed = packet(1, 1);
        assert!(sealer.rtp(&mut sealed));
        for bit in 0..sealed.len() * 8 {
            let mut forged = sealed.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(opener.rtp(&mut forged).is_err(), "{suite:?} {bit}");
        }
        let mut again = sealed.clone();
        assert!(opener.rtp(&mut sealed).is_ok());
        assert_eq!(opener.rtp(&mut again), Err(Refused::Replayed));
        let mut report = hex(RTCP);
        assert!(sealer.rtcp(&mut report));
        for bit in 0..report.len() * 8 {
            let mut forged = report.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(opener.rtcp(&mut forged).is_err(), "{suite:?} {bit}");
        }
        let mut again = report.clone();
        assert!(opener.rtcp(&mut report).is_ok());
        assert_eq!(opener.rtcp(&mut again), Err(Refused::Replayed));
    }
}

#[test]
fn no_sequence_number_is_sealed_twice() {
    let mut sealer = Sealer::new(&key(Suite::AesGcm128));
    assert!(sealer.rtp(&mut packet(10, 1)));
    assert!(sealer.rtp(&mut packet(12, 2)));
    assert!(sealer.rtp(&mut packet(11, 3)), "late ones pass");
    for sequence in [10, 11, 12] {
        assert!(!sealer.rtp(&mut packet(sequence, 9)));
    }
    assert!(sealer.rtp(&mut packet(400, 4)));
    assert!(!sealer.rtp(&mut packet(13, 4)), "too old to tell");
}

#[test]
fn the_identifier_of_a_key_is_passed_over() {
    for suite in Suite::ALL {
        let (mut sealer, mut opener) = (Sealer::new(&key(suite)), Opener::new(&key(suite), 4));
        let plain = packet(1, 1);
        let mut sealed = plain.clone();
        assert!(sealer.rtp(&mut sealed));
        // Counter mode has it in front of the tag, Galois mode behind.
        let at = if suite.tag_len() == 16 { sealed.len() } else { sealed.len() - suite.tag_len() };
        sealed.splice(at..at, [0, 0, 0, 1]);
        let length = opener.rtp(&mut sealed).expect("opened");
        assert_eq!(sealed[..length], plain);
    }
}

#[test]
fn packets_of_any_form_are_opened_or_refused() {
    let mut dice = Dice::new(11);
    for suite in Suite::ALL {
        let (mut sealer, mut opener) = (Sealer::new(&key(suite)), Opener::new(&key(suite), 0));
        let (mut sealed, mut report) = (packet(1, 1), hex(RTCP));
        assert!(sealer.rtp(&mut sealed) && sealer.rtcp(&mut report));
        for _ in 0..20_000 {
            let mut forged = dice.mutate(&sealed);
            let whole = forged == sealed;
            assert!(whole || opener.rtp(&mut forged).is_err());
            let mut forged = dice.mutate(&report);
            let whole = forged == report;
            assert!(whole || opener.rtcp(&mut forged).is_err());
            let mut any = dice.mutate(&packet(1, 1));
            sealer.rtp(&mut any);
        }
    }
}

#[test]
fn a_key_is_never_shown() {
    let shown = format!(
        "{:?} {:?} {:?}",
        key(Suite::AesCm80),
        Sealer::new(&key(Suite::AesCm80)),
        Opener::new(&key(Suite::AesCm32), 0)
    );
    assert_eq!(
        shown,
        "MasterKey(AES_CM_128_HMAC_SHA1_80) Sealer(AES_CM_128_HMAC_SHA1_80) Opener(AES_CM_128_HMAC_SHA1_32)"
    );
}

//! Packets of any form are refused by who has the key; what is sealed opens again.
#![no_main]

use media::srtp::{MasterKey, Opener, Sealer, Suite};

libfuzzer_sys::fuzz_target!(|packet: &[u8]| {
    for suite in Suite::ALL {
        let bytes = [7; 46];
        let Some(key) = MasterKey::new(suite, &bytes[..suite.key_len() + suite.salt_len()]) else { return };
        let (mut sealer, mut opener) = (Sealer::new(&key), Opener::new(&key, 0));
        assert!(opener.rtp(&mut packet.to_vec()).is_err());
        assert!(opener.rtcp(&mut packet.to_vec()).is_err());
        let mut sealed = packet.to_vec();
        if sealer.rtp(&mut sealed) {
            let length = opener.rtp(&mut sealed).expect("opened");
            assert_eq!(&sealed[..length], packet);
        }
        let mut sealed = packet.to_vec();
        if sealer.rtcp(&mut sealed) {
            let length = opener.rtcp(&mut sealed).expect("opened");
            assert_eq!(&sealed[..length], packet);
        }
    }
});

use super::*;

/// A stereo or mono WAV file of a tone at any rate, 16 bits.
fn wav_of(rate: u32, channels: u16, hz: f64) -> Vec<u8> {
    let frames = rate as usize;
    let mut file = wav::header(channels, RATE, (frames * usize::from(channels) * 2) as u32).to_vec();
    let block = u32::from(channels) * 2;
    file[24..28].copy_from_slice(&rate.to_le_bytes());
    file[28..32].copy_from_slice(&(rate * block).to_le_bytes());
    for n in 0..frames {
        let sample = ((std::f64::consts::TAU * hz * n as f64 / f64::from(rate)).sin() * 10_000.0) as i16;
        for _ in 0..channels {
            file.extend(sample.to_le_bytes());
        }
    }
    file
}

/// The share of the energy at a frequency.
fn share(pcm: &[i16], hz: f64) -> f64 {
    let (mut re, mut im, mut energy) = (0.0, 0.0, 1.0);
    for (n, sample) in pcm.iter().enumerate() {
        let (sin, cos) = (std::f64::consts::TAU * hz * n as f64 / 8000.0).sin_cos();
        re += f64::from(*sample) * cos;
        im += f64::from(*sample) * sin;
        energy += f64::from(*sample).powi(2);
    }
    2.0 * (re * re + im * im) / pcm.len() as f64 / energy
}

#[test]
fn any_rate_and_number_of_channels_becomes_8_khz_mono() {
    for (rate, channels) in [(8000, 1), (44_100, 2), (48_000, 1), (11_025, 2), (16_000, 1), (6_000, 1)] {
        let sound = load(wav_of(rate, channels, 1000.0)).expect("a sound");
        let millis = sound.duration().as_millis();
        assert!((990..=1010).contains(&millis), "{rate} Hz became {millis} ms");
        let pure = share(&sound.pcm()[400..7600], 1000.0);
        assert!(pure > 0.98, "{rate} Hz: {pure}");
        let peak = sound.pcm()[400..7600].iter().map(|s| s.unsigned_abs()).max();
        assert!(peak.is_some_and(|p| (9_500..10_500).contains(&p)), "{rate} Hz: {peak:?}");
    }
}

#[test]
fn what_8_khz_cannot_hold_is_filtered_out() {
    let sound = load(wav_of(48_000, 1, 7000.0)).expect("a sound");
    let loudest = sound.pcm()[400..7600].iter().map(|s| s.unsigned_abs()).max();
    assert!(loudest.is_some_and(|p| p < 150), "{loudest:?}");
}

#[test]
fn our_own_files_read_back() {
    let sound = tone(440.0, 500);
    assert_eq!(load(to_wav(&sound)), Ok(sound));
}

#[test]
fn what_is_no_sound_is_refused() {
    for file in [Vec::new(), b"hello".to_vec(), vec![0; 5000], wav::header(1, RATE, 0).to_vec()] {
        assert!(load(file).is_err());
    }
    let mut lies = wav_of(8000, 1, 440.0);
    lies[24..28].copy_from_slice(&1u32.to_le_bytes());
    assert!(load(lies).is_err());
    assert_eq!(load(wav_of(8000, 1, 440.0)[..1000].to_vec()).map(|s| s.pcm().len()), Ok(478));
}

#[test]
fn the_longest_sound_is_ten_minutes() {
    let minutes = |n: usize| to_wav(&Sound::from_pcm(vec![0; n * 60 * 8000]));
    assert!(load(minutes(10)).is_ok());
    assert_eq!(load(minutes(11)), Err(LoadError::TooLong));
}

#[test]
fn tones_keep_their_cadence() {
    let ringback = ringback();
    assert_eq!(ringback.duration(), Duration::from_secs(5));
    assert!(ringback.pcm()[8000..].iter().all(|s| *s == 0));
    assert!(share(&ringback.pcm()[..8000], 425.0) > 0.99);
    assert_eq!((busy().duration(), hold().duration()), (Duration::from_secs(1), Duration::from_secs(8)));
}

#[test]
fn a_file_of_someone_else_is_not_mended() {
    let path = std::env::temp_dir().join(format!("alo-alien-{}.wav", std::process::id()));
    for file in [b"RIFF".to_vec(), vec![7; 500], wav_of(44_100, 2, 440.0)] {
        std::fs::write(&path, &file).expect("a file");
        assert_eq!(recover(&path).map_err(|e| e.kind()), Err(std::io::ErrorKind::InvalidData));
        assert_eq!(std::fs::read(&path).expect("the file"), file);
    }
    std::fs::remove_file(path).expect("the file");
}

//! The greeting of a new company until it records its own: a short melody, so that nothing but code is in the
//! repository.

use media::Sound;
use media::sound::{RATE, to_wav};

/// Notes of the melody: pitch and length.
const MELODY: [(f64, f64); 6] =
    [(523.25, 0.28), (659.25, 0.28), (783.99, 0.28), (1046.5, 0.5), (783.99, 0.28), (1046.5, 0.9)];
/// A note fades to a third in this time.
const FADE_S: f64 = 0.25;
const LOUDNESS: f64 = 7_000.0;

/// The melody, 2.5 seconds of 8 kHz sound.
pub(crate) fn melody() -> Sound {
    let rate = f64::from(RATE);
    let mut pcm = Vec::new();
    for (pitch, length) in MELODY {
        let samples = (length * rate) as usize;
        pcm.extend((0..samples).map(|n| {
            let t = n as f64 / rate;
            // The first 5 ms rise, so that a note does not click.
            let envelope = (t / 0.005).min(1.0) * (-t / FADE_S).exp();
            let wave =
                (std::f64::consts::TAU * pitch * t).sin() + 0.3 * (std::f64::consts::TAU * 2.0 * pitch * t).sin();
            (LOUDNESS * envelope * wave) as i16
        }));
    }
    Sound::from_pcm(pcm)
}

/// The melody as a WAV file.
pub(crate) fn melody_wav() -> Vec<u8> {
    to_wav(&melody())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_melody_is_heard_and_does_not_clip() {
        let sound = melody();
        assert_eq!(sound.duration().as_millis() / 100, 25);
        let peak = sound.pcm().iter().map(|s| s.unsigned_abs()).max().expect("samples");
        assert!((4_000..16_000).contains(&peak), "{peak}");
        assert_eq!(&melody_wav()[..4], b"RIFF");
    }
}

//! Uploaded files (WAV, MP3) become sounds. The content decides what a file is, not its name; what is kept is bounded
//! by [`LONGEST`], whatever the file claims.

use super::{RATE, Sound};
use std::f64::consts::PI;
use std::io::Cursor;
use std::time::Duration;
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, TrackType, probe::Hint};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// The longest sound that is accepted.
pub const LONGEST: Duration = Duration::from_secs(600);

/// Why a file is no sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Neither WAV nor MP3, or damaged.
    #[error("the file is not a WAV or MP3 file that can be read: {0}")]
    Unreadable(String),
    /// There is no sound in it.
    #[error("the file holds no sound")]
    Empty,
    /// Longer than [`LONGEST`].
    #[error("the sound is longer than {} minutes", LONGEST.as_secs() / 60)]
    TooLong,
}

/// Reads a WAV or MP3 file: any rate, any number of channels.
pub fn load(file: Vec<u8>) -> Result<Sound, LoadError> {
    let unreadable = |error: Error| LoadError::Unreadable(error.to_string());
    let stream = MediaSourceStream::new(Box::new(Cursor::new(file)), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(unreadable)?;
    let track = format.default_track(TrackType::Audio).ok_or(LoadError::Empty)?;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or(LoadError::Empty)?;
    let track_id = track.id;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(unreadable)?;

    let mut scratch = Vec::new();
    let mut resampler: Option<Resampler> = None;
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) | Err(Error::ResetRequired) => break,
            // Many files lie about their length; what was read so far counts.
            Err(Error::IoError(_)) => break,
            Err(error) => return Err(unreadable(error)),
        };
        if packet.track_id != track_id {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(decoded) => {
                let rate = decoded.spec().rate();
                mono(&decoded, &mut scratch);
                let resampler = match &mut resampler {
                    Some(resampler) if resampler.rate == rate => resampler,
                    Some(_) => break,
                    none => none.insert(Resampler::new(rate)?),
                };
                resampler.push(&scratch);
                if resampler.out.len() as u64 > LONGEST.as_secs() * u64::from(RATE) {
                    return Err(LoadError::TooLong);
                }
            }
            // One damaged packet is a click, not a refusal.
            Err(Error::DecodeError(_)) => {}
            Err(Error::IoError(_)) => break,
            Err(error) => return Err(unreadable(error)),
        }
    }
    let pcm = resampler.map(Resampler::finish).unwrap_or_default();
    if pcm.is_empty() { Err(LoadError::Empty) } else { Ok(Sound::from_pcm(pcm)) }
}

/// Mixes all channels into one.
fn mono(decoded: &GenericAudioBufferRef<'_>, out: &mut Vec<f32>) {
    decoded.copy_to_vec_interleaved::<f32>(out);
    let channels = decoded.num_planes().max(1);
    let frames = out.len() / channels;
    for frame in 0..frames {
        let sum: f32 = out[frame * channels..(frame + 1) * channels].iter().sum();
        out[frame] = sum / channels as f32;
    }
    out.truncate(frames);
}

/// Brings any rate to 8 kHz with a windowed sinc filter whose coefficients are computed once for each phase.
struct Resampler {
    rate: u32,
    /// Source samples on each side of an output sample that matter.
    half: usize,
    /// Output samples after which source and output are in step again, and the source samples in that time.
    phases: u64,
    step: u64,
    filters: Vec<f32>,
    /// Source samples from `base` on; the stream begins with `half` zeroes.
    window: Vec<f32>,
    base: u64,
    out: Vec<i16>,
}

/// Lobes of the sinc on each side.
const LOBES: f64 = 12.0;

impl Resampler {
    fn new(rate: u32) -> Result<Resampler, LoadError> {
        if !(4_000..=384_000).contains(&rate) {
            return Err(LoadError::Unreadable(format!("the sample rate {rate} is not supported")));
        }
        let shared = gcd(rate, RATE);
        let (phases, step) = (u64::from(RATE / shared), u64::from(rate / shared));
        // Below half of the lower rate, with a little room for the slope.
        let cutoff = (f64::from(RATE) / f64::from(rate)).min(1.0) * 0.95;
        let half = (LOBES / cutoff).ceil() as usize;
        let mut filters = Vec::with_capacity(phases as usize * 2 * half);
        for phase in 0..phases {
            let fraction = (phase * step % phases) as f64 / phases as f64;
            let taps = (0..2 * half).map(|tap| {
                let distance = tap as f64 - (half as f64 - 1.0) - fraction;
                let window = 0.5 + 0.5 * (PI * distance / half as f64).clamp(-PI, PI).cos();
                sinc(distance * cutoff) * cutoff * window
            });
            let taps: Vec<f64> = taps.collect();
            let gain: f64 = taps.iter().sum();
            filters.extend(taps.iter().map(|t| (t / gain) as f32));
        }
        let window = vec![0.0; half - 1];
        Ok(Resampler { rate, half, phases, step, filters, window, base: 0, out: Vec::new() })
    }

    fn push(&mut self, samples: &[f32]) {
        if self.rate == RATE {
            self.out.extend(samples.iter().copied().map(sample));
            return;
        }
        self.window.extend_from_slice(samples);
        let width = 2 * self.half;
        loop {
            let next = self.out.len() as u64;
            let start = (next * self.step / self.phases - self.base) as usize;
            let Some(input) = self.window.get(start..start + width) else { break };
            let phase = (next % self.phases) as usize;
            let filter = &self.filters[phase * width..(phase + 1) * width];
            let sum: f32 = input.iter().zip(filter).map(|(a, b)| a * b).sum();
            self.out.push(sample(sum));
        }
        let used = (self.out.len() as u64 * self.step / self.phases - self.base) as usize;
        let used = used.min(self.window.len());
        self.window.drain(..used);
        self.base += used as u64;
    }

    fn finish(mut self) -> Vec<i16> {
        if self.rate != RATE {
            let tail = vec![0.0; self.half];
            self.push(&tail);
        }
        self.out
    }
}

/// The scale by which samples of 16 bits were brought to −1…1.
fn sample(value: f32) -> i16 {
    (value * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

//! The program espeak-ng: the text goes to its standard input, a WAV file comes from its standard output. The text is never
//! part of the command line.

use super::{MOST_BYTES, failed};
use model::Problem;
use pbx::greeting::{Speech, Voice};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// The usual pace, and what one step changes, in words a minute.
const PACE: i64 = 155;
const STEP: i64 = 20;

/// Where the program lies.
#[derive(Debug, Clone)]
pub struct Program {
    /// `espeak-ng`, looked for as a shell does, or a path.
    pub path: PathBuf,
}

impl Program {
    pub(super) async fn speak(&self, speech: &Speech) -> Result<Vec<u8>, Problem> {
        let pace = (PACE + speech.speed * STEP).to_string();
        let mut command = Command::new(&self.path);
        command.args(["-b", "1", "-v", voice(speech.voice), "-s", &pace, "--stdin", "--stdout"]);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let broken = |error: std::io::Error| failed(&format!("{}: {error}", self.path.display()));
        let mut child = command.spawn().map_err(broken)?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("the program has no pipes"));
        };
        let text = speech.text.clone();
        // Both at once: a program that writes before it has read all would wait for us as we for it.
        let write = async move {
            // A program that is gone says why by its status.
            let _ = input.write_all(text.as_bytes()).await;
        };
        let mut sound = Vec::new();
        let mut bounded = output.take(MOST_BYTES as u64 + 1);
        let (_, read) = tokio::join!(write, bounded.read_to_end(&mut sound));
        read.map_err(broken)?;
        if sound.len() > MOST_BYTES {
            return Err(failed("the sound is too large"));
        }
        let status = child.wait().await.map_err(broken)?;
        if !status.success() {
            return Err(failed(&format!("{} ended with {status}", self.path.display())));
        }
        Ok(whole(sound))
    }
}

/// Its voices: accent and timbre.
fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::NorthernWoman => "vi+f3",
        Voice::NorthernMan => "vi+m3",
        Voice::SouthernWoman => "vi-vn-x-south+f3",
        Voice::English => "en+f3",
    }
}

/// A program that writes to a pipe cannot go back to the header to say how much it wrote: it is said here.
fn whole(mut wav: Vec<u8>) -> Vec<u8> {
    const HEADER: usize = 44;
    if wav.len() > HEADER && wav.starts_with(b"RIFF") && &wav[36..40] == b"data" {
        let length = u32::try_from(wav.len()).unwrap_or(u32::MAX);
        wav[4..8].copy_from_slice(&(length - 8).to_le_bytes());
        wav[40..44].copy_from_slice(&(length - HEADER as u32).to_le_bytes());
    }
    wav
}

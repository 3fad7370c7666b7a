//! Text to speech, by whoever the configuration names: the program espeak-ng, a hosted voice over HTTP, or nobody. What
//! comes back is a sound file of any form that uploads may have.

mod hosted;
mod program;

pub use hosted::Hosted;
pub use program::Program;

use model::{Kind, Problem};
use pbx::greeting::Speech;
use std::time::Duration;

/// How long speaking may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest sound that is taken: three hundred characters need far less.
const MOST_BYTES: usize = 10 * 1000 * 1000;

/// Who speaks.
#[derive(Debug, Clone)]
pub enum Speaker {
    /// Nobody.
    Off,
    /// A program on this machine.
    Program(Program),
    /// A service.
    Hosted(Hosted),
}

impl Speaker {
    /// The sound of a text.
    pub async fn speak(&self, speech: &Speech) -> Result<Vec<u8>, Problem> {
        let spoken = async {
            match self {
                Speaker::Off => {
                    let message = "Nobody speaks here: upload a sound, or set speech.driver in the configuration.";
                    Err(Problem::new(Kind::Conflict, "speech_off", message))
                }
                Speaker::Program(program) => program.speak(speech).await,
                Speaker::Hosted(hosted) => hosted.speak(speech).await,
            }
        };
        match tokio::time::timeout(PATIENCE, spoken).await {
            Ok(Ok(sound)) if sound.is_empty() => Err(failed("it gave no sound")),
            Ok(spoken) => spoken,
            Err(_) => Err(failed("it took too long")),
        }
    }
}

/// The speaker failed: what is wrong with it is for the log, whoever asked can only try again.
fn failed(why: &str) -> Problem {
    tracing::error!("text to speech failed: {why}");
    Problem::busy("speech_failed", "The text could not be spoken now; try again, or upload a sound.")
}

#[cfg(test)]
mod tests;

//! What the house says: files that the server has spoken once, and the tones that stand for them where nobody speaks.

use std::path::{Path, PathBuf};

use model::leg::Prompt;
use pbx::snapshot::Tenant;

/// The language of a company's prompts.
pub(super) fn language(tenant: &Tenant) -> &'static str {
    if tenant.country == "84" { "vi" } else { "en" }
}

/// Where a prompt lies, from the data directory on.
pub(super) fn file(language: &str, prompt: Prompt) -> PathBuf {
    Path::new("prompts").join(language).join(format!("{}.wav", prompt.as_str()))
}

/// What is heard in place of a prompt: digits are counted in short tones, high tones invite, low ones refuse.
pub(super) fn tone(prompt: Prompt) -> media::Sound {
    let silence = || media::Sound::from_pcm(vec![0; 160]);
    match prompt {
        Prompt::LeaveMessage | Prompt::MessageKeys => silence(),
        Prompt::EnterPin => media::sound::tone(600.0, 400),
        Prompt::WrongPin => media::sound::tone(300.0, 600),
        Prompt::NewMessages => media::sound::cadence(900.0, 200, 200),
        Prompt::OldMessages => media::sound::cadence(500.0, 200, 200),
        Prompt::NoMessages | Prompt::NoMoreMessages => media::sound::tone(300.0, 300),
        Prompt::Deleted => media::sound::confirmed(),
        Prompt::Digit(0) => media::sound::cadence(300.0, 150, 150),
        Prompt::Digit(digit) => {
            let one = media::sound::cadence(700.0, 100, 150);
            media::Sound::from_pcm(one.pcm().repeat(usize::from(digit)))
        }
    }
}

//! What the house says: files that the server has spoken once, and the tones that stand for them where nobody speaks.

use std::path::{Path, PathBuf};

use model::leg::Prompt;
use model::say::{self, Language, Part};
use pbx::snapshot::Tenant;

/// The language of a company's prompts.
pub(crate) fn language(tenant: &Tenant) -> Language {
    if tenant.country == "84" { Language::Vi } else { Language::En }
}

/// Where a prompt lies, from the data directory on.
pub(super) fn file(language: Language, prompt: Prompt) -> PathBuf {
    Path::new("prompts").join(language.as_str()).join(format!("{}.wav", prompt.as_str()))
}

/// What a number is made of.
pub(super) fn parts(language: Language, number: u16) -> Vec<(Prompt, PathBuf)> {
    say::number(language, number).into_iter().map(|part| (part, file(language, part))).collect()
}

/// What is heard in place of a prompt: digits are counted in short tones, high tones invite, low ones refuse.
pub(super) fn tone(prompt: Prompt) -> media::Sound {
    let silence = || media::Sound::from_pcm(vec![0; 160]);
    match prompt {
        Prompt::LeaveMessage
        | Prompt::MessageKeys
        | Prompt::QueuePosition
        | Prompt::QueueWait
        | Prompt::Minutes
        | Prompt::CallbackOffer
        | Prompt::Part(Part::Hundred | Part::And)
        | Prompt::Number(_) => silence(),
        Prompt::CallbackKept => media::sound::confirmed(),
        Prompt::Part(Part::Teen(number)) => counted(number % 10),
        Prompt::Part(Part::Tens(tens)) => counted(tens),
        Prompt::Part(Part::OneAfterTens) => counted(1),
        Prompt::Part(Part::FiveAfterTens) => counted(5),
        Prompt::EnterPin => media::sound::tone(600.0, 400),
        Prompt::WrongPin => media::sound::tone(300.0, 600),
        Prompt::NewMessages => media::sound::cadence(900.0, 200, 200),
        Prompt::OldMessages => media::sound::cadence(500.0, 200, 200),
        Prompt::NoMessages | Prompt::NoMoreMessages => media::sound::tone(300.0, 300),
        Prompt::Deleted => media::sound::confirmed(),
        Prompt::Digit(0) => media::sound::cadence(300.0, 150, 150),
        Prompt::Digit(digit) => counted(digit),
    }
}

fn counted(digit: u8) -> media::Sound {
    let one = media::sound::cadence(700.0, 100, 150);
    media::Sound::from_pcm(one.pcm().repeat(usize::from(digit).max(1)))
}

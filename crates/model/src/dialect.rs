//! The tongues in which programs outside speak to us.

/// Whose API a key, a request or a webhook speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Dialect {
    /// Our own.
    #[default]
    Alo,
    /// OMICall's.
    Omicall,
    /// AntBuddy AntRing's.
    Antring,
    /// eTelecom's.
    Etelecom,
    /// VoiceCloud's.
    Voicecloud,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 5] =
        [Dialect::Alo, Dialect::Omicall, Dialect::Antring, Dialect::Etelecom, Dialect::Voicecloud];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dialect::Alo => "alo",
            Dialect::Omicall => "omicall",
            Dialect::Antring => "antring",
            Dialect::Etelecom => "etelecom",
            Dialect::Voicecloud => "voicecloud",
        }
    }

    /// The dialect with this word.
    pub fn parse(word: &str) -> Option<Dialect> {
        Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == word)
    }
}

//! How numbers are said: from a few parts, each of which is spoken once, in the order of the language.

use crate::leg::Prompt;

/// A language that the house speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::Vi, Language::En];

    /// The language's code (ISO 639-1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::Vi => "vi",
            Language::En => "en",
        }
    }

    /// The language with this code.
    pub fn parse(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.as_str() == code)
    }
}

/// A part of a number that is more than a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// 10–19.
    Teen(u8),
    /// 20, 30 … 90, by its first digit.
    Tens(u8),
    /// "Hundred", after its digit.
    Hundred,
    /// What stands between hundreds and a single digit: `linh`, `and`.
    And,
    /// One after tens, where the language says it otherwise: `mốt`.
    OneAfterTens,
    /// Five after tens, where the language says it otherwise: `lăm`.
    FiveAfterTens,
}

impl Part {
    /// All parts.
    pub fn all() -> impl Iterator<Item = Part> {
        let rest = [Part::Hundred, Part::And, Part::OneAfterTens, Part::FiveAfterTens];
        (10..20).map(Part::Teen).chain((2..10).map(Part::Tens)).chain(rest)
    }

    /// The stable word, fit for a file's name.
    pub const fn as_str(self) -> &'static str {
        const TEENS: [&str; 10] = [
            "number-10",
            "number-11",
            "number-12",
            "number-13",
            "number-14",
            "number-15",
            "number-16",
            "number-17",
            "number-18",
            "number-19",
        ];
        const TENS: [&str; 10] = [
            "number-0",
            "number-10",
            "number-20",
            "number-30",
            "number-40",
            "number-50",
            "number-60",
            "number-70",
            "number-80",
            "number-90",
        ];
        match self {
            Part::Teen(number) => TEENS[(number % 10) as usize],
            Part::Tens(tens) => TENS[(tens % 10) as usize],
            Part::Hundred => "hundred",
            Part::And => "hundred-and",
            Part::OneAfterTens => "one-after-tens",
            Part::FiveAfterTens => "five-after-tens",
        }
    }
}

/// The parts of a number from 0 to 999, in their order; a greater one is said digit by digit.
pub fn number(language: Language, number: u16) -> Vec<Prompt> {
    if number > 999 {
        return Prompt::digits(usize::from(number)).collect();
    }
    let digit = |value: u16| u8::try_from(value % 10).unwrap_or(0);
    let (hundreds, rest) = (number / 100, number % 100);
    let mut parts = Vec::new();
    if hundreds > 0 {
        parts.extend([Prompt::Digit(digit(hundreds)), Prompt::Part(Part::Hundred)]);
        if rest == 0 {
            return parts;
        }
        if rest < 10 || language == Language::En {
            parts.push(Prompt::Part(Part::And));
        }
    }
    match rest {
        0..=9 => parts.push(Prompt::Digit(digit(rest))),
        10..=19 => parts.push(Prompt::Part(Part::Teen(digit(rest) + 10))),
        _ => {
            parts.push(Prompt::Part(Part::Tens(digit(rest / 10))));
            match (language, digit(rest)) {
                (_, 0) => {}
                (Language::Vi, 1) => parts.push(Prompt::Part(Part::OneAfterTens)),
                (Language::Vi, 5) => parts.push(Prompt::Part(Part::FiveAfterTens)),
                (Language::Vi | Language::En, one) => parts.push(Prompt::Digit(one)),
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, value: u16) -> String {
        let words: Vec<&str> = number(language, value).into_iter().map(Prompt::as_str).collect();
        words.join(" ")
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!(said(Language::Vi, 0), "digit-0");
        assert_eq!(said(Language::Vi, 15), "number-15");
        assert_eq!(said(Language::Vi, 21), "number-20 one-after-tens");
        assert_eq!(said(Language::Vi, 35), "number-30 five-after-tens");
        assert_eq!(said(Language::Vi, 105), "digit-1 hundred hundred-and digit-5");
        assert_eq!(said(Language::Vi, 240), "digit-2 hundred number-40");
        assert_eq!(said(Language::En, 21), "number-20 digit-1");
        assert_eq!(said(Language::En, 212), "digit-2 hundred hundred-and number-12");
        assert_eq!(said(Language::En, 1_000), "digit-1 digit-0 digit-0 digit-0");
    }

    #[test]
    fn whatever_a_number_needs_is_spoken_once() {
        let spoken: Vec<Prompt> = Prompt::all().collect();
        for language in Language::ALL {
            for value in 0..=999 {
                assert!(number(language, value).iter().all(|part| spoken.contains(part)), "{value}");
            }
        }
        let mut names: Vec<&str> = spoken.iter().map(|prompt| prompt.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), spoken.len(), "each has a file of its own");
    }
}

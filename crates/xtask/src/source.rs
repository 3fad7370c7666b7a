//! Splits Rust text into what the rules look at: code without comments, strings and test modules, and the string
//! literals apart. It is a scanner, not a parser; it knows just enough of Rust's lexical rules for that.

/// A string literal outside test code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// The line it starts on, from 1.
    pub(crate) line: usize,
    /// What stands between the quotes, escapes untouched.
    pub(crate) text: String,
}

/// A file's text, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The code: comments and strings blanked, line breaks kept, test items blanked.
    pub(crate) code: String,
    /// The string literals outside tests.
    pub(crate) literals: Vec<Literal>,
}

impl Source {
    /// Takes `text` apart.
    pub(crate) fn parse(text: &str) -> Source {
        let mut scanner = Scanner { bytes: text.as_bytes(), at: 0, line: 1, code: Vec::new(), literals: Vec::new() };
        scanner.run();
        let mut code = scanner.code;
        let tests = test_ranges(&code);
        let first_line = |at: usize| 1 + code[..at].iter().filter(|b| **b == b'\n').count();
        let lines: Vec<(usize, usize)> = tests.iter().map(|(from, to)| (first_line(*from), first_line(*to))).collect();
        for (from, to) in tests {
            code[from..to].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
        }
        let outside = |literal: &Literal| !lines.iter().any(|(from, to)| (*from..=*to).contains(&literal.line));
        let literals = scanner.literals.into_iter().filter(outside).collect();
        Source { code: String::from_utf8_lossy(&code).into_owned(), literals }
    }

    /// The lines of code that hold `word` with no letter, digit or underscore beside it.
    pub(crate) fn lines_with(&self, word: &str) -> Vec<usize> {
        let holds = |line: &str| line.match_indices(word).any(|(at, _)| stands_alone(line, at, word.len()));
        self.code.lines().enumerate().filter(|(_, line)| holds(line)).map(|(number, _)| number + 1).collect()
    }
}

fn stands_alone(line: &str, at: usize, length: usize) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let word = &line[at..at + length];
    let before = line[..at].chars().next_back().is_some_and(part) && word.starts_with(part);
    let after = line[at + length..].chars().next().is_some_and(part) && word.ends_with(part);
    !before && !after
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    code: Vec<u8>,
    literals: Vec<Literal>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'/' if self.peek(1) == Some(b'/') => self.blank_while(|s| s.peek(0) != Some(b'\n')),
                b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
                b'"' => self.string(0),
                b'r' if !self.after_word() && self.raw_hashes().is_some() => {
                    let hashes = self.raw_hashes().unwrap_or(0);
                    (0..=hashes).for_each(|_| self.blank());
                    self.raw_string(hashes);
                }
                b'\'' => self.quote(),
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn keep(&mut self) {
        if let Some(byte) = self.peek(0) {
            self.line += usize::from(byte == b'\n');
            self.code.push(byte);
            self.at += 1;
        }
    }

    fn blank(&mut self) {
        if let Some(byte) = self.peek(0) {
            self.line += usize::from(byte == b'\n');
            self.code.push(if byte == b'\n' { b'\n' } else { b' ' });
            self.at += 1;
        }
    }

    fn blank_while(&mut self, go_on: impl Fn(&Self) -> bool) {
        while self.at < self.bytes.len() && go_on(self) {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => depth += 1,
                (Some(b'*'), Some(b'/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn after_word(&self) -> bool {
        self.at > 0 && (self.bytes[self.at - 1].is_ascii_alphanumeric() || self.bytes[self.at - 1] == b'_')
    }

    /// The number of `#` of a raw string that starts here, if one does.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.bytes[self.at + 1..].iter().take_while(|b| **b == b'#').count();
        (self.peek(1 + hashes) == Some(b'"')).then_some(hashes)
    }

    fn string(&mut self, _hashes: usize) {
        let (start, line) = (self.at + 1, self.line);
        self.blank();
        while let Some(byte) = self.peek(0) {
            if byte == b'"' {
                break;
            }
            if byte == b'\\' {
                self.blank();
            }
            self.blank();
        }
        self.take_literal(start, line);
        self.blank();
    }

    fn raw_string(&mut self, hashes: usize) {
        let (start, line) = (self.at + 1, self.line);
        self.blank();
        let closing: Vec<u8> = [b'"'].into_iter().chain(std::iter::repeat_n(b'#', hashes)).collect();
        self.blank_while(|s| !s.bytes[s.at..].starts_with(&closing));
        self.take_literal(start, line);
        closing.iter().for_each(|_| self.blank());
    }

    fn take_literal(&mut self, start: usize, line: usize) {
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        self.literals.push(Literal { line, text: String::from_utf8_lossy(text).into_owned() });
    }

    /// A character literal is blanked; a lifetime is code.
    fn quote(&mut self) {
        let escaped = self.peek(1) == Some(b'\\');
        let width = self.bytes[self.at + 1..].iter().take(5).position(|b| *b == b'\'');
        match width {
            Some(width) if escaped || (width > 0 && !self.peek(1).is_some_and(|b| b.is_ascii() && width > 1)) => {
                // `'\''` holds a quote itself: skip the escaped character before looking for the end.
                (0..if escaped { 3 } else { 1 }).for_each(|_| self.blank());
                self.blank_while(|s| s.peek(0) != Some(b'\''));
                self.blank();
            }
            _ => self.keep(),
        }
    }
}

/// The byte ranges of items marked `#[cfg(test)]` or `#[cfg(any(test, …))]`.
fn test_ranges(code: &[u8]) -> Vec<(usize, usize)> {
    let text = String::from_utf8_lossy(code);
    if text.len() != code.len() {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    for mark in ["#[cfg(test)]", "#[cfg(any(test", "#[test]", "#[tokio::test"] {
        for (at, _) in text.match_indices(mark) {
            ranges.push((at, item_end(code, at + mark.len())));
        }
    }
    ranges
}

/// The end of the item after an attribute: its closing brace, or its semicolon.
fn item_end(code: &[u8], from: usize) -> usize {
    let (mut depth, mut brackets) = (0usize, 0isize);
    for (at, byte) in code.iter().enumerate().skip(from) {
        match byte {
            b'[' | b'(' => brackets += 1,
            b']' | b')' => brackets -= 1,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 && brackets <= 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_tests_are_not_code() {
        let source = Source::parse(
            "// Instant::now\nlet a = \"Instant::now\"; /* Instant::now /* nested */ */\nlet b = r#\"say \"hi\"\"#;\nInstant::now();\n#[cfg(test)]\nmod tests { fn x() { Instant::now(); } }\nfn after() {}\n",
        );
        assert_eq!(source.lines_with("Instant::now"), [4]);
        assert_eq!(source.lines_with("after"), [7]);
        let texts: Vec<_> = source.literals.iter().map(|l| (l.line, l.text.as_str())).collect();
        assert_eq!(texts, [(2, "Instant::now"), (3, "say \"hi\"")]);
    }

    #[test]
    fn quotes_of_characters_and_lifetimes_do_not_open_strings() {
        let source = Source::parse("fn f<'a>(x: &'a str) { let q = '\"'; let s = '\\''; let b = b'\"'; g(q, s) }");
        assert!(source.literals.is_empty(), "{:?}", source.literals);
        assert_eq!(source.lines_with("g"), [1]);
    }

    #[test]
    fn a_word_stands_alone() {
        let source = Source::parse("let tenants = 1;\nlet tenant = 2;\n");
        assert_eq!(source.lines_with("tenant"), [2]);
    }

    #[test]
    fn literals_of_test_functions_are_left_out() {
        let source = Source::parse("const A: &str = \"kept\";\n#[test]\nfn t() {\n    let s = \"gone\";\n}\n");
        assert_eq!(source.literals.len(), 1);
    }
}

//! Key presses in the body of a SIP INFO. No standard: two forms are in use, and phones are loose about both.

use model::Digit;

/// The key in an INFO body of the type `application/dtmf-relay` (`Signal=5` and `Duration=160` lines) or
/// `application/dtmf` (the bare key).
pub fn parse_info_digit(content_type: &str, body: &[u8]) -> Option<Digit> {
    let kind = content_type.split(';').next()?.trim();
    let text = str::from_utf8(body.get(..body.len().min(256))?).ok()?;
    let word = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(['=', ':'])?;
            name.trim().eq_ignore_ascii_case("signal").then_some(value.trim())
        })?
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        text.trim()
    } else {
        return None;
    };
    key(word)
}

/// Some phones write the event code for `*` and `#`.
fn key(word: &str) -> Option<Digit> {
    match word {
        "10" => Digit::new('*'),
        "11" => Digit::new('#'),
        _ => {
            let mut letters = word.chars();
            let first = letters.next()?;
            if letters.next().is_some() { None } else { Digit::new(first) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let five = Digit::new('5');
        assert_eq!(parse_info_digit("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n"), five);
        assert_eq!(parse_info_digit("Application/DTMF-Relay; charset=utf-8", b"duration = 90\nsignal = 5\n"), five);
        assert_eq!(parse_info_digit("application/dtmf", b"5"), five);
        assert_eq!(parse_info_digit("application/dtmf", b" 11\r\n"), Digit::new('#'));
        assert_eq!(parse_info_digit("application/dtmf-relay", b"Signal=*"), Digit::new('*'));
    }

    #[test]
    fn anything_else_is_no_key() {
        for (kind, body) in [
            ("text/plain", &b"5"[..]),
            ("application/dtmf", b""),
            ("application/dtmf", b"55"),
            ("application/dtmf", b"x"),
            ("application/dtmf-relay", b"Signal="),
            ("application/dtmf-relay", b"Duration=5"),
            ("application/dtmf-relay", b"\xff\xfe"),
            ("", b""),
        ] {
            assert_eq!(parse_info_digit(kind, body), None, "{kind} {body:?}");
        }
    }
}

//! Finds what looks like a secret in a line: keys of ours, passwords in addresses, values of telling names.

use std::borrow::Cow;

const STARS: &str = "***";

/// Names whose value is a secret wherever they stand, followed by `=` or `:`.
const TELLING: [&str; 8] =
    ["password", "passwd", "secret", "secret_key", "token", "api_key", "authorization", "response"];

/// The line with its secrets as stars.
pub(super) fn mask(line: &str) -> Cow<'_, str> {
    let mut found = Vec::new();
    keys(line, &mut found);
    addresses(line, &mut found);
    values(line, &mut found);
    if found.is_empty() {
        return Cow::Borrowed(line);
    }
    found.sort_unstable();
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    for (start, end) in found {
        if start >= at {
            out.push_str(&line[at..start]);
            out.push_str(STARS);
        }
        at = at.max(end);
    }
    out.push_str(&line[at..]);
    Cow::Owned(out)
}

/// Bearer keys of ours: `alo_` and at least sixteen letters and digits.
fn keys(line: &str, found: &mut Vec<(usize, usize)>) {
    for (start, word) in line.match_indices("alo_") {
        let from = start + word.len();
        let end = from + line[from..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if end - from >= 16 {
            found.push((from, end));
        }
    }
}

/// `://user:password@`.
fn addresses(line: &str, found: &mut Vec<(usize, usize)>) {
    for (start, word) in line.match_indices("://") {
        let from = start + word.len();
        let authority = line[from..].split(['/', ' ', '"', '?']).next().unwrap_or_default();
        if let Some((user, _)) = authority.rsplit_once('@')
            && let Some((name, password)) = user.split_once(':')
        {
            let begin = from + name.len() + 1;
            found.push((begin, begin + password.len()));
        }
    }
}

/// `password=…`, `"password":"…"`, `Authorization: …`.
fn values(line: &str, found: &mut Vec<(usize, usize)>) {
    let lower = line.to_ascii_lowercase();
    for name in TELLING {
        for (start, _) in lower.match_indices(name) {
            let before = lower[..start].bytes().next_back();
            if before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
                continue;
            }
            let rest = &lower[start + name.len()..];
            let Some(sign) = rest.find(['=', ':']).filter(|at| rest[..*at].chars().all(|c| "\\\" ".contains(c))) else {
                continue;
            };
            let value = &rest[sign + 1..];
            let skipped = value.bytes().take_while(|b| matches!(b, b' ' | b'"' | b'\\')).count();
            // A scheme word (Digest, Bearer) is part of the secret: take all to the closing quote, else to a space.
            let quoted = value[..skipped].contains('"');
            let length =
                value[skipped..]
                    .find(|c: char| {
                        if quoted || name == "authorization" { c == '"' || c == '\n' } else { " ,;\"}\n".contains(c) }
                    })
                    .unwrap_or(value.len() - skipped);
            if length > 0 {
                let begin = start + name.len() + sign + 1 + skipped;
                found.push((begin, begin + length));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_become_stars_and_the_rest_stays() {
        for (line, expected) in [
            ("a key alo_0123456789abcdefXYZ here", "a key alo_*** here"),
            ("cannot open postgres://alo:hush:1@db/alo", "cannot open postgres://alo:***@db/alo"),
            ("password=hunter2 user=lan", "password=*** user=lan"),
            (r#"{"password":"hun ter2","call.id":"call_1"}"#, r#"{"password":"***","call.id":"call_1"}"#),
            ("Authorization: Digest username=\"101\"", "Authorization: ***\"101\""),
            ("response=\"0badc0de\" nc=1", "response=\"***\" nc=1"),
        ] {
            assert_eq!(mask(line), expected, "{line}");
        }
    }

    #[test]
    fn ordinary_lines_are_not_touched() {
        for line in
            ["listening on http://127.0.0.1:8080/docs", "alo_ is short", "the passwords were right", "no_response: 3"]
        {
            assert!(matches!(mask(line), Cow::Borrowed(_)), "{line}: {}", mask(line));
        }
    }
}

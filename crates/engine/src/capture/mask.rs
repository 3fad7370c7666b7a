//! What must never be shown: what a digest proves with, the keys of SRTP, the passwords of ICE. Each is overwritten by
//! as many `x`, so that lengths stay true.

/// Overwrites the secrets of a SIP message.
pub(super) fn mask(message: &mut [u8]) {
    let mut start = 0;
    while start < message.len() {
        let end = message[start..].iter().position(|b| *b == b'\n').map_or(message.len(), |at| start + at + 1);
        line(&mut message[start..end]);
        start = end;
    }
}

fn line(line: &mut [u8]) {
    if starts(line, b"authorization") || starts(line, b"proxy-authorization") {
        for parameter in [b"response".as_slice(), b"cnonce"] {
            parameter_value(line, parameter);
        }
    } else if starts(line, b" ") || starts(line, b"\t") {
        // A folded line may go on with a header's parameters.
        parameter_value(line, b"response");
    } else if starts(line, b"a=crypto") {
        after(line, b"inline:");
    } else if starts(line, b"a=ice-pwd") {
        after(line, b":");
    } else if starts(line, b"k=") {
        after(line, b"k=");
    }
}

fn starts(line: &[u8], word: &[u8]) -> bool {
    line.len() >= word.len() && line[..word.len()].eq_ignore_ascii_case(word)
}

/// Overwrites the quoted or plain value of `name=`.
fn parameter_value(line: &mut [u8], name: &[u8]) {
    let mut from = 0;
    while let Some(at) = find(&line[from..], name) {
        let begins = from + at;
        from = begins + name.len();
        let is_word = begins == 0 || !line[begins - 1].is_ascii_alphanumeric();
        let mut value = from;
        while line.get(value).is_some_and(|b| *b == b' ') {
            value += 1;
        }
        if !is_word || line.get(value) != Some(&b'=') {
            continue;
        }
        value += 1;
        while line.get(value).is_some_and(|b| matches!(b, b' ' | b'"')) {
            value += 1;
        }
        let length = line[value..].iter().take_while(|b| !matches!(b, b'"' | b',' | b'\r' | b'\n')).count();
        line[value..value + length].fill(b'x');
        from = value + length;
    }
}

/// Overwrites what follows a word, up to the end of the line or a `|`.
fn after(line: &mut [u8], word: &[u8]) {
    let Some(at) = find(line, word) else { return };
    let value = at + word.len();
    let length = line[value..].iter().take_while(|b| !matches!(b, b'|' | b'\r' | b'\n' | b' ')).count();
    line[value..value + length].fill(b'x');
}

fn find(line: &[u8], word: &[u8]) -> Option<usize> {
    line.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        mask(&mut bytes);
        assert_eq!(bytes.len(), text.len());
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn what_a_digest_proves_with_is_not_shown() {
        let text = "INVITE sip:a@b SIP/2.0\r\nAuthorization: Digest username=\"101\", realm=\"r\", nonce=\"n\", \
                    response=\"0123abcd\", cnonce=\"ff\", algorithm=MD5\r\nContent-Length: 0\r\n\r\n";
        let shown = masked(text);
        assert!(shown.contains("response=\"xxxxxxxx\", cnonce=\"xx\", algorithm=MD5"), "{shown}");
        assert!(shown.contains("username=\"101\"") && shown.contains("nonce=\"n\""), "{shown}");
        let plain = masked("proxy-authorization: digest Response = 00ff , qop=auth\r\n");
        assert!(!plain.contains("00ff") && plain.contains("qop=auth"), "{plain}");
        let folded = masked("Authorization: Digest username=\"1\",\r\n  response=\"00ff\"\r\n");
        assert!(!folded.contains("00ff"), "{folded}");
    }

    #[test]
    fn keys_of_the_sound_are_not_shown() {
        let shown = masked(
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4\r\na=ice-pwd:abcdef\r\na=ice-ufrag:u\r\n",
        );
        assert!(shown.contains("inline:xxxxxxxx|2^20|1:4") && shown.contains("a=ice-pwd:xxxxxx\r\n"), "{shown}");
        assert!(shown.contains("a=ice-ufrag:u"), "{shown}");
    }

    #[test]
    fn other_text_is_left_alone_and_nothing_breaks() {
        let text = "From: <sip:response=1@x>\r\nSubject: inline:abc response=\"1\"\r\n\r\nv=0\r\n";
        assert_eq!(masked(text), text);
        for broken in
            ["", "Authorization", "Authorization: response", "Authorization: response=", "a=crypto inline:", "\n\n"]
        {
            masked(broken);
        }
    }
}

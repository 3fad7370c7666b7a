//! Reads the torture messages under `tests/data`.

/// One message and what is expected of it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) reaction: Reaction,
    pub(crate) bytes: Vec<u8>,
}

/// What parsing and validation make of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reaction {
    Accepted,
    Dropped,
    Answered(u16),
}

/// The messages of RFC 4475.
pub(crate) fn rfc4475() -> Vec<Case> {
    read(include_str!("../data/rfc4475.txt"))
}

/// The messages of RFC 5118.
pub(crate) fn rfc5118() -> Vec<Case> {
    read(include_str!("../data/rfc5118.txt"))
}

fn read(text: &str) -> Vec<Case> {
    text.split("\n## ").skip(1).map(read_case).collect()
}

fn read_case(text: &str) -> Case {
    let (title, message) = text.split_once('\n').expect("a title line");
    let mut words = title.split(' ');
    let (Some(name), Some(_section), Some(reaction)) = (words.next(), words.next(), words.next()) else {
        panic!("{title}: name, section, reaction")
    };
    let reaction = match reaction {
        "ok" => Reaction::Accepted,
        "drop" => Reaction::Dropped,
        code => Reaction::Answered(code.parse().expect("a status")),
    };
    let mut message = message.to_owned();
    if !message.ends_with('\n') {
        message.push('\n');
    }
    let message = message.replace('\n', "\r\n");
    let message = expand(&message, "<repeat ", "</repeat>", |inner| {
        let (count, text) = inner.split_once('>').expect("a count");
        text.repeat(count.parse().expect("a count"))
    });
    let message = expand(&message, "<sdp ", ">\r\n", sdp);
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((&message, ""));
    let length = unhex(body).len().to_string();
    let bytes = [unhex(&head.replace("<length>", &length)), b"\r\n\r\n".to_vec(), unhex(body)].concat();
    Case { name: name.to_owned(), reaction, bytes }
}

/// The session description most messages share.
fn sdp(ip: &str) -> String {
    format!(
        "v=0\r\no=mhandley 29739 7272939 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
    )
}

fn expand(text: &str, open: &str, close: &str, with: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        let (inner, after) = after.split_once(close).expect("an end");
        out.push_str(before);
        out.push_str(&with(inner));
        rest = after;
    }
    out + rest
}

fn unhex(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<hex>") {
        let (inner, after) = after.split_once("</hex>").expect("an end");
        out.extend_from_slice(before.as_bytes());
        out.extend((0..inner.len()).step_by(2).map(|at| u8::from_str_radix(&inner[at..at + 2], 16).expect("hex")));
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

//! SIP messages, as far as a test's phone needs them.

/// A request or a response.
#[derive(Debug, Clone)]
pub struct Message {
    /// The first line.
    pub start: String,
    /// Name and value, in order.
    pub headers: Vec<(String, String)>,
    /// What follows the empty line.
    pub body: String,
}

impl Message {
    /// Reads a datagram; none when it is no SIP (a keep-alive, for one).
    pub fn parse(datagram: &[u8]) -> Option<Message> {
        let text = String::from_utf8_lossy(datagram);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let start = lines.next()?.to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
        Some(Message { start, headers, body: body.to_owned() })
    }

    /// Whether it is a request.
    pub fn is_request(&self) -> bool {
        !self.start.starts_with("SIP/2.0 ")
    }

    /// A response's status; 0 for a request.
    pub fn status(&self) -> u16 {
        self.start.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
    }

    /// The method, of a response that of its CSeq.
    pub fn method(&self) -> &str {
        let text = if self.is_request() { self.start.split(' ').next() } else { self.header("CSeq").split(' ').nth(1) };
        text.unwrap_or("")
    }

    /// The URI of a request.
    pub fn uri(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or("")
    }

    /// The number in CSeq.
    pub fn cseq(&self) -> u32 {
        self.header("CSeq").split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// The first header of this name, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// All headers of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The names of all headers, in order: what a stranger sees of an answer's shape.
    pub fn names(&self) -> Vec<String> {
        self.headers.iter().map(|(name, _)| name.to_lowercase()).collect()
    }

    /// The branch of the topmost Via.
    pub fn branch(&self) -> &str {
        parameter(self.header("Via"), "branch").unwrap_or("")
    }

    /// The tag in To.
    pub fn to_tag(&self) -> Option<&str> {
        parameter(self.header("To"), "tag")
    }

    /// The user part of the URI in this header.
    pub fn user_of(&self, header: &str) -> &str {
        let uri = address(self.header(header));
        uri.split_once(':').map_or(uri, |(_, rest)| rest).split(['@', ';', '>']).next().unwrap_or("")
    }
}

/// A parameter of a header value, after the address.
pub(super) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let after = value.rfind('>').map_or(value, |at| &value[at..]);
    after.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The URI between angle brackets, or the bare one.
pub(super) fn address(value: &str) -> &str {
    match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(""),
        None => value.split(';').next().unwrap_or(""),
    }
}

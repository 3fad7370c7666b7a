//! Request methods. A method is case-sensitive (RFC 3261 section 7.1); those we do not know are [`Method::Other`] and
//! keep their text in the message.

use std::fmt;

/// A request method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Begins or changes a session.
    Invite,
    /// Confirms a final answer to INVITE.
    Ack,
    /// Ends a session.
    Bye,
    /// Withdraws an INVITE.
    Cancel,
    /// Registers a contact.
    Register,
    /// Asks what the far side can do.
    Options,
    /// Carries something inside a dialog (RFC 6086).
    Info,
    /// Confirms a reliable provisional answer (RFC 3262).
    Prack,
    /// Changes a session before or after its answer (RFC 3311).
    Update,
    /// Asks the far side to call someone (RFC 3515).
    Refer,
    /// Tells a subscriber (RFC 6665).
    Notify,
    /// Subscribes to an event (RFC 6665).
    Subscribe,
    /// A text (RFC 3428).
    Message,
    /// Publishes an event state (RFC 3903).
    Publish,
    /// Any other; the text stays in the message.
    Other,
}

impl Method {
    /// All methods we know, as an `Allow` line lists them in full.
    pub const KNOWN: [Method; 14] = [
        Method::Invite,
        Method::Ack,
        Method::Bye,
        Method::Cancel,
        Method::Register,
        Method::Options,
        Method::Info,
        Method::Prack,
        Method::Update,
        Method::Refer,
        Method::Notify,
        Method::Subscribe,
        Method::Message,
        Method::Publish,
    ];

    /// The method of this text.
    pub fn parse(text: &[u8]) -> Method {
        match text {
            b"INVITE" => Method::Invite,
            b"ACK" => Method::Ack,
            b"BYE" => Method::Bye,
            b"CANCEL" => Method::Cancel,
            b"REGISTER" => Method::Register,
            b"OPTIONS" => Method::Options,
            b"INFO" => Method::Info,
            b"PRACK" => Method::Prack,
            b"UPDATE" => Method::Update,
            b"REFER" => Method::Refer,
            b"NOTIFY" => Method::Notify,
            b"SUBSCRIBE" => Method::Subscribe,
            b"MESSAGE" => Method::Message,
            b"PUBLISH" => Method::Publish,
            _ => Method::Other,
        }
    }

    /// The text of the method; `OTHER` for the unknown, which is never sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Invite => "INVITE",
            Method::Ack => "ACK",
            Method::Bye => "BYE",
            Method::Cancel => "CANCEL",
            Method::Register => "REGISTER",
            Method::Options => "OPTIONS",
            Method::Info => "INFO",
            Method::Prack => "PRACK",
            Method::Update => "UPDATE",
            Method::Refer => "REFER",
            Method::Notify => "NOTIFY",
            Method::Subscribe => "SUBSCRIBE",
            Method::Message => "MESSAGE",
            Method::Publish => "PUBLISH",
            Method::Other => "OTHER",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_case_sensitive_and_survive_the_round_trip() {
        for method in Method::KNOWN {
            assert_eq!(Method::parse(method.as_str().as_bytes()), method);
        }
        assert_eq!(Method::parse(b"invite"), Method::Other);
    }
}

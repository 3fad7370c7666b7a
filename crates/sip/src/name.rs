//! Header names: the long and the compact form of each are one [`Name`]; case does not count. The look-up is a
//! table made by the compiler, so that naming a header costs one hash and one comparison.

use std::fmt;

macro_rules! names {
    ($($variant:ident $text:literal $compact:literal,)*) => {
        /// A header we know by name; all others are [`Name::Other`] and are found by their text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// An extension header.
            Other,
        }

        const ALL: &[(Name, &str, &str)] = &[$((Name::$variant, $text, $compact),)*];
    };
}

names! {
    Accept "Accept" "",
    AcceptContact "Accept-Contact" "a",
    AcceptEncoding "Accept-Encoding" "",
    AcceptLanguage "Accept-Language" "",
    AlertInfo "Alert-Info" "",
    Allow "Allow" "",
    AllowEvents "Allow-Events" "u",
    AuthenticationInfo "Authentication-Info" "",
    Authorization "Authorization" "",
    CallId "Call-ID" "i",
    CallInfo "Call-Info" "",
    Contact "Contact" "m",
    ContentDisposition "Content-Disposition" "",
    ContentEncoding "Content-Encoding" "e",
    ContentLanguage "Content-Language" "",
    ContentLength "Content-Length" "l",
    ContentType "Content-Type" "c",
    CSeq "CSeq" "",
    Date "Date" "",
    Diversion "Diversion" "",
    Event "Event" "o",
    Expires "Expires" "",
    From "From" "f",
    HistoryInfo "History-Info" "",
    Identity "Identity" "y",
    InReplyTo "In-Reply-To" "",
    MaxForwards "Max-Forwards" "",
    MimeVersion "MIME-Version" "",
    MinExpires "Min-Expires" "",
    MinSe "Min-SE" "",
    Organization "Organization" "",
    PAssertedIdentity "P-Asserted-Identity" "",
    Path "Path" "",
    PPreferredIdentity "P-Preferred-Identity" "",
    Priority "Priority" "",
    Privacy "Privacy" "",
    ProxyAuthenticate "Proxy-Authenticate" "",
    ProxyAuthorization "Proxy-Authorization" "",
    ProxyRequire "Proxy-Require" "",
    RAck "RAck" "",
    Reason "Reason" "",
    RecordRoute "Record-Route" "",
    ReferredBy "Referred-By" "b",
    ReferTo "Refer-To" "r",
    RejectContact "Reject-Contact" "j",
    RemotePartyId "Remote-Party-ID" "",
    Replaces "Replaces" "",
    ReplyTo "Reply-To" "",
    RequestDisposition "Request-Disposition" "d",
    Require "Require" "",
    RetryAfter "Retry-After" "",
    Route "Route" "",
    RSeq "RSeq" "",
    Server "Server" "",
    ServiceRoute "Service-Route" "",
    SessionExpires "Session-Expires" "x",
    Subject "Subject" "s",
    SubscriptionState "Subscription-State" "",
    Supported "Supported" "k",
    Timestamp "Timestamp" "",
    To "To" "t",
    Unsupported "Unsupported" "",
    UserAgent "User-Agent" "",
    Via "Via" "v",
    Warning "Warning" "",
    WwwAuthenticate "WWW-Authenticate" "",
}

impl Name {
    /// How many names there are, with `Other`: as long as a table indexed by name must be.
    pub(crate) const COUNT: usize = ALL.len() + 1;

    /// The name of this text, long or compact, in any case.
    pub fn parse(text: &[u8]) -> Name {
        let Some(mut slot) = slot_of(text) else { return Name::Other };
        loop {
            let Some(&entry) = SLOTS.get(slot) else { return Name::Other };
            if entry == EMPTY {
                return Name::Other;
            }
            let (name, long, compact) = ALL[usize::from(entry)];
            if text.eq_ignore_ascii_case(if text.len() == 1 { compact.as_bytes() } else { long.as_bytes() }) {
                return name;
            }
            slot = (slot + 1) % SLOTS.len();
        }
    }

    /// The long form, as we write it; empty for `Other`.
    pub fn as_str(self) -> &'static str {
        ALL.get(self as usize).map_or("", |entry| entry.1)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const EMPTY: u8 = u8::MAX;

/// Open addressing over the long and compact forms, less than half full.
static SLOTS: [u8; 256] = slots();

const fn slot_of(text: &[u8]) -> Option<usize> {
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return None };
    let middle = text[text.len() / 2] | 0x20;
    let hash = (*first as usize | 0x20) * 7 + (*last as usize | 0x20) * 31 + middle as usize * 3 + text.len() * 13;
    Some(hash % 256)
}

const fn slots() -> [u8; 256] {
    let mut table = [EMPTY; 256];
    let mut index = 0;
    while index < ALL.len() {
        table = with_text(table, ALL[index].1.as_bytes(), index);
        table = with_text(table, ALL[index].2.as_bytes(), index);
        index += 1;
    }
    table
}

const fn with_text(mut table: [u8; 256], text: &[u8], index: usize) -> [u8; 256] {
    let Some(mut slot) = slot_of(text) else { return table };
    while table[slot] != EMPTY {
        slot = (slot + 1) % table.len();
    }
    table[slot] = index as u8;
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_in_any_case_and_in_its_compact_form() {
        for (name, long, compact) in ALL {
            assert_eq!(Name::parse(long.as_bytes()), *name);
            assert_eq!(Name::parse(long.to_uppercase().as_bytes()), *name);
            assert_eq!(name.as_str(), *long);
            if !compact.is_empty() {
                assert_eq!(Name::parse(compact.as_bytes()), *name);
                assert_eq!(Name::parse(compact.to_uppercase().as_bytes()), *name);
            }
        }
    }

    #[test]
    fn other_names_are_other() {
        for text in ["", "X-Foo", "z", "Vi", "Viaa", "\u{ff}"] {
            assert_eq!(Name::parse(text.as_bytes()), Name::Other, "{text}");
        }
    }
}

//! Prefixed, sortable ids: `call_01hv3k…`. In memory a `u128` (48 bits of milliseconds, 80 random bits),
//! in text the prefix, an underscore and 26 characters of Crockford base 32 in lower case.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What all ids can do; `store::mint` makes new ones.
pub trait Id: Copy + fmt::Display + FromStr<Err = BadId> {
    /// The word before the underscore.
    const PREFIX: &'static str;
    /// Wraps the 128 bits.
    fn from_bits(bits: u128) -> Self;
    /// The 128 bits.
    fn bits(self) -> u128;
    /// Joins milliseconds since 1970 with random bits, so that ids sort by their time of making.
    fn from_parts(unix_ms: u64, random: u128) -> Self {
        Self::from_bits(((unix_ms as u128) << 80) | (random & ((1 << 80) - 1)))
    }
    /// The last 60 bits, for vendors whose ids are whole numbers of 64 bits. All of them are random, so that two things
    /// of a company practically never share one.
    fn number(self) -> u64 {
        (self.bits() & NUMBER) as u64
    }
}

/// The bits of [`Id::number`]: twelve characters of the text.
const NUMBER: u128 = (1 << 60) - 1;

/// How the text of each id with this [`Id::number`] ends, to find it by; none when no id can have it.
pub fn id_ending(number: u64) -> Option<String> {
    if u128::from(number) > NUMBER {
        return None;
    }
    Some((0..12).rev().map(|place| char::from(ALPHABET[(number >> (5 * place) & 31) as usize])).collect())
}

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that starts with {expected}_")]
pub struct BadId {
    /// The prefix that was wanted.
    pub expected: &'static str,
}

fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, bits: u128) -> fmt::Result {
    let mut text = [0u8; 26];
    let mut rest = bits;
    for slot in text.iter_mut().rev() {
        *slot = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

fn read_id(text: &str, prefix: &'static str) -> Result<u128, BadId> {
    let bad = BadId { expected: prefix };
    let digits = text.strip_prefix(prefix).and_then(|t| t.strip_prefix('_')).ok_or(bad)?;
    if digits.len() != 26 {
        return Err(bad);
    }
    digits.bytes().enumerate().try_fold(0u128, |sum, (place, byte)| {
        let value = ALPHABET.iter().position(|c| *c == byte).ok_or(bad)?;
        // 26 characters hold 130 bits: the first one may only use three of its five.
        if place == 0 && value > 7 {
            return Err(bad);
        }
        Ok((sum << 5) | value as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_bits(bits: u128) -> Self { Self(bits) }
            fn bits(self) -> u128 { self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write_id(f, $prefix, self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write_id(f, $prefix, self.0) }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> { read_id(text, $prefix).map(Self) }
        }
    )*};
}

ids! {
    /// A company that uses Alo; everything else belongs to one.
    TenantId = "ten";
    /// A person who logs in.
    UserId = "usr";
    /// What a login began.
    SessionId = "ses";
    /// A mail that waits to be sent.
    MailId = "mail";
    /// A bearer key of the API.
    KeyId = "key";
    /// A number inside the company that a phone registers as.
    ExtensionId = "ext";
    /// A public number of the company.
    HotlineId = "hot";
    /// A way to a carrier.
    TrunkId = "trk";
    /// Extensions that ring together or one after another.
    GroupId = "grp";
    /// Callers who wait, and agents who are offered them.
    QueueId = "que";
    /// Why agents take a pause.
    PauseReasonId = "prs";
    /// What can come of a call.
    DispositionId = "dsp";
    /// An IVR graph.
    FlowId = "flw";
    /// When a company is open.
    ScheduleId = "sch";
    /// A rule about callers.
    CallerRuleId = "clr";
    /// A sound that callers hear.
    GreetingId = "grt";
    /// A message that a caller left.
    VoicemailId = "vml";
    /// One call, with all its legs.
    CallId = "call";
    /// What somebody said about a call.
    CommentId = "cmt";
    /// A list as somebody likes to see it.
    ViewId = "view";
    /// Questions by which calls are scored.
    ScorecardId = "scd";
    /// How good somebody says a call was.
    ScoreId = "scr";
    /// One webhook endpoint.
    EndpointId = "whk";
    /// One event told to the outside.
    EventId = "evt";
    /// One order to look at calls.
    CaptureId = "cap";
    /// A person or company that calls or is called.
    ContactId = "con";
    /// What somebody wrote about a contact.
    NoteId = "note";
    /// A file of contacts that is taken in.
    ImportId = "imp";
    /// One message to a customer's telephone.
    TextId = "txt";
    /// One message that people are called up to hear.
    BroadcastId = "bct";
    /// A group of people of the company.
    DepartmentId = "dep";
    /// What a company asks of who runs the installation.
    SupportRequestId = "sup";
    /// One message of such a request.
    SupportMessageId = "spm";
    /// Something a company has to do for somebody.
    TicketId = "tic";
    /// One line of a ticket's story: a note or a change.
    TicketEntryId = "tie";
}

/// One side of a call: a number inside the call, in order of appearance; the first is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub u16);

impl LegId {
    /// The leg that began the call.
    pub const FIRST: LegId = LegId(0);
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_wrote() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = CallId::from_bits(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn an_id_of_another_kind_or_length_is_refused() {
        let tenant = TenantId::from_bits(7).to_string();
        assert_eq!(tenant.parse::<CallId>(), Err(BadId { expected: "call" }));
        assert!("call_".parse::<CallId>().is_err());
        assert!("call_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<CallId>().is_err());
        assert!("call_0123456789abcdefghjkmnpqruu".parse::<CallId>().is_err());
    }

    #[test]
    fn an_ids_number_is_the_end_of_its_text() {
        for bits in [0, 31, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = CallId::from_bits(bits);
            assert!(id.to_string().ends_with(&id_ending(id.number()).expect("a number of an id")), "{id}");
        }
        assert_eq!(id_ending(1 << 60), None);
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = CallId::from_parts(1_000, u128::MAX);
        let late = CallId::from_parts(1_001, 0);
        assert!(early < late && early.to_string() < late.to_string());
    }
}

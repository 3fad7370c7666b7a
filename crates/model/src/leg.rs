//! The words of a leg. An edge (SIP today) tells the call what happened on a leg with [`LegEvent`]; the call asks
//! for something with [`LegCommand`]. Neither knows a transport: session descriptions, codecs and ports are
//! settled between the driver and the edges.

use crate::{CallId, Cause, ExtensionId, GreetingId, TrunkId, VoicemailId, say};
use std::fmt;

/// A key of the telephone: `0`–`9`, `*`, `#`, `A`–`D`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digit(u8);

impl Digit {
    /// The key with this character; lower case letters count as upper case.
    pub fn new(c: char) -> Option<Digit> {
        let c = c.to_ascii_uppercase();
        matches!(c, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Digit(c as u8))
    }

    /// The key with this RFC 4733 event code (0–15).
    pub fn from_event(code: u8) -> Option<Digit> {
        b"0123456789*#ABCD".get(usize::from(code)).map(|c| Digit(*c))
    }

    /// The RFC 4733 event code.
    pub fn event(self) -> u8 {
        match self.0 {
            c @ b'0'..=b'9' => c - b'0',
            b'*' => 10,
            b'#' => 11,
            c => 12 + (c - b'A'),
        }
    }

    /// The character on the key.
    pub const fn as_char(self) -> char {
        self.0 as char
    }
}

impl fmt::Debug for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_char())
    }
}

/// What happened on one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegEvent {
    /// The far side works on it (no ringing yet).
    Progress,
    /// The far side rings. `early_media`: it already sends sound of its own (a carrier's ring-back or announcement).
    Ringing {
        /// Whether sound arrives before the answer.
        early_media: bool,
    },
    /// The far side answered, sound can flow.
    Answered,
    /// An outgoing leg was refused or could not be placed.
    Rejected {
        /// Why.
        cause: Cause,
    },
    /// An answered leg, or an incoming leg before its answer (`Cancelled`), is over. Final: nothing follows.
    Ended {
        /// Why.
        cause: Cause,
    },
    /// The far side put us on hold.
    Held,
    /// The far side took us off hold.
    Resumed,
    /// A key was pressed.
    Digit(Digit),
    /// The sound of the last `Play` came to its end (not sent when it was stopped).
    PlayDone,
    /// No sound has arrived for the configured time.
    MediaLost,
    /// The far side asks that whom it talks with be handed over. Answered by `LegCommand::Transfer`.
    Transfer(TransferTo),
}

/// To whom a call is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// To a number (blind).
    Number(String),
    /// To whom the same person talks with in another call (attended): the edge's number of their leg there.
    Leg(u64),
}

/// What has become of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferNews {
    /// It cannot be. Final.
    Refused {
        /// Why.
        cause: Cause,
    },
    /// It is being done.
    Accepted,
    /// The third rings.
    Ringing,
    /// Done: the leg will be hung up. Final.
    Done,
    /// Nobody took the call; it goes on as before. Final.
    Failed {
        /// Why.
        cause: Cause,
    },
}

/// What the call asks of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegCommand {
    /// Place an outgoing leg. Answered by `Progress`/`Ringing`* then `Answered` or `Rejected`.
    Dial(Box<Dial>),
    /// Tell an incoming leg that it rings.
    Ring,
    /// Answer an incoming leg.
    Answer,
    /// Refuse an incoming leg. Final.
    Reject {
        /// Why.
        cause: Cause,
    },
    /// End the leg in whatever state it is: cancels a ringing outgoing leg, ends an answered one. Answered by one
    /// `Ended` or `Rejected`.
    Hangup {
        /// Why.
        cause: Cause,
    },
    /// Play a sound to the leg, in place of what it heard.
    Play(Play),
    /// Stop the sound.
    StopPlay,
    /// Tell the far side what has become of the transfer it asked for.
    Transfer(TransferNews),
}

/// A sound and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// Which sound.
    pub sound: Sound,
    /// Play again and again until stopped.
    pub repeat: bool,
}

/// A sound the driver can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sound {
    /// The ring-back tone of the tenant's country.
    Ringback,
    /// The busy tone.
    Busy,
    /// Music while on hold.
    Hold,
    /// Two short tones: what was asked for is done.
    Confirmed,
    /// One short tone: speak now.
    Beep,
    /// A greeting of the tenant.
    Greeting(GreetingId),
    /// A message that a caller left.
    Voicemail(VoicemailId),
    /// Something that the house says in the company's language.
    Prompt(Prompt),
    /// A text of the flow that steers the caller, by its number there.
    Spoken(u32),
}

/// What the house says. Where nobody speaks, a tone stands for it, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prompt {
    /// Nobody can take the call; leave a message after the tone.
    LeaveMessage,
    /// Enter the PIN and press the pound key.
    EnterPin,
    /// The PIN is wrong.
    WrongPin,
    /// The number of new messages follows.
    NewMessages,
    /// The number of messages that were heard before follows.
    OldMessages,
    /// There are no messages.
    NoMessages,
    /// Which key does what with a message.
    MessageKeys,
    /// The message is deleted.
    Deleted,
    /// There are no more messages.
    NoMoreMessages,
    /// The caller's place in the line follows.
    QueuePosition,
    /// How many minutes the caller is likely to wait follows.
    QueueWait,
    /// After that number: minutes.
    Minutes,
    /// To be called back without losing the place, press the key that follows.
    CallbackOffer,
    /// The place is kept, and the caller is called back.
    CallbackKept,
    /// The digit, 0–9.
    Digit(u8),
    /// A number from 0 to 999, said as people say it.
    Number(u16),
    /// A part of such a number.
    Part(say::Part),
}

impl Prompt {
    /// All but digits and numbers.
    pub const WORDS: [Prompt; 14] = [
        Prompt::LeaveMessage,
        Prompt::EnterPin,
        Prompt::WrongPin,
        Prompt::NewMessages,
        Prompt::OldMessages,
        Prompt::NoMessages,
        Prompt::MessageKeys,
        Prompt::Deleted,
        Prompt::NoMoreMessages,
        Prompt::QueuePosition,
        Prompt::QueueWait,
        Prompt::Minutes,
        Prompt::CallbackOffer,
        Prompt::CallbackKept,
    ];

    /// All that have a sound of their own.
    pub fn all() -> impl Iterator<Item = Prompt> {
        Prompt::WORDS.into_iter().chain((0..10).map(Prompt::Digit)).chain(say::Part::all().map(Prompt::Part))
    }

    /// The digits of a number, as they are said one by one.
    pub fn digits(number: usize) -> impl Iterator<Item = Prompt> {
        number.to_string().into_bytes().into_iter().map(|digit| Prompt::Digit(digit - b'0'))
    }

    /// The stable word, fit for a file's name.
    pub const fn as_str(self) -> &'static str {
        const DIGITS: [&str; 10] = [
            "digit-0", "digit-1", "digit-2", "digit-3", "digit-4", "digit-5", "digit-6", "digit-7", "digit-8",
            "digit-9",
        ];
        match self {
            Prompt::LeaveMessage => "leave-message",
            Prompt::EnterPin => "enter-pin",
            Prompt::WrongPin => "wrong-pin",
            Prompt::NewMessages => "new-messages",
            Prompt::OldMessages => "old-messages",
            Prompt::NoMessages => "no-messages",
            Prompt::MessageKeys => "message-keys",
            Prompt::Deleted => "deleted",
            Prompt::NoMoreMessages => "no-more-messages",
            Prompt::QueuePosition => "queue-position",
            Prompt::QueueWait => "queue-wait",
            Prompt::Minutes => "minutes",
            Prompt::CallbackOffer => "callback-offer",
            Prompt::CallbackKept => "callback-kept",
            Prompt::Digit(digit) => DIGITS[(digit % 10) as usize],
            Prompt::Number(_) => "number",
            Prompt::Part(part) => part.as_str(),
        }
    }
}

/// Where an outgoing leg goes and whom it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// The far side.
    pub to: Destination,
    /// The number shown to the far side.
    pub caller_number: String,
    /// The name shown to the far side; may be empty.
    pub caller_name: String,
    /// The call this leg belongs to.
    pub call: CallId,
}

/// The far side of an outgoing leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// One registered phone of an extension. `contact` is the registrar's key for the binding.
    Contact {
        /// Whose phone.
        extension: ExtensionId,
        /// Which of the phones.
        contact: u64,
    },
    /// A public number through a carrier.
    Trunk {
        /// The carrier.
        trunk: TrunkId,
        /// The number as the carrier wants it.
        number: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_keep_their_event_codes() {
        for code in 0..16 {
            assert_eq!(Digit::from_event(code).map(Digit::event), Some(code));
        }
        assert_eq!(Digit::from_event(16), None);
        assert_eq!(Digit::new('a'), Digit::new('A'));
        assert_eq!(Digit::new('x'), None);
    }
}

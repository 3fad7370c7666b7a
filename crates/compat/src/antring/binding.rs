//! What a socket wants to hear of: `call.CHANNEL_CREATE.*`, or of one call `call.CHANNEL_CREATE.call_01hv…`.

use model::CallId;

/// What can happen to a call, in the words of the vendor's switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// It began.
    Create,
    /// Somebody picked up.
    Answer,
    /// Two people hear each other.
    Bridge,
    /// One side put the other on hold.
    Hold,
    /// And took it off again.
    Unhold,
    /// It is over.
    Destroy,
}

impl Event {
    pub(super) const ALL: [Event; 6] =
        [Event::Create, Event::Answer, Event::Bridge, Event::Hold, Event::Unhold, Event::Destroy];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Event::Create => "CHANNEL_CREATE",
            Event::Answer => "CHANNEL_ANSWER",
            Event::Bridge => "CHANNEL_BRIDGE",
            Event::Hold => "CHANNEL_HOLD",
            Event::Unhold => "CHANNEL_UNHOLD",
            Event::Destroy => "CHANNEL_DESTROY",
        }
    }
}

/// A binding: which events, and of which call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding {
    /// All when none is named.
    event: Option<Event>,
    call: Option<CallId>,
}

impl Binding {
    /// Reads a binding; none when it is of things that are not told.
    pub(super) fn parse(text: &str) -> Option<Binding> {
        let mut parts = text.split('.');
        let (Some("call"), Some(event), call, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let event = match event {
            "*" | "#" => None,
            name => Some(Event::ALL.into_iter().find(|event| event.name() == name)?),
        };
        let call = match call {
            None | Some("*" | "#") => None,
            Some(id) => Some(id.parse().ok()?),
        };
        Some(Binding { event, call })
    }

    /// Whether the binding is of this event of this call.
    pub(super) fn fits(&self, event: Event, call: CallId) -> bool {
        self.event.is_none_or(|wanted| wanted == event) && self.call.is_none_or(|wanted| wanted == call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    #[test]
    fn a_binding_names_an_event_and_perhaps_a_call() {
        let (one, other) = (CallId::from_bits(1), CallId::from_bits(2));
        let all = Binding::parse("call.CHANNEL_ANSWER.*").expect("known");
        assert!(all.fits(Event::Answer, one) && all.fits(Event::Answer, other) && !all.fits(Event::Create, one));
        let of_one = Binding::parse(&format!("call.*.{one}")).expect("known");
        assert!(of_one.fits(Event::Destroy, one) && !of_one.fits(Event::Destroy, other));
    }

    proptest::proptest! {
        /// Whatever is cut, doubled or changed: no panic, and what is read fits its own event and call only.
        #[test]
        fn a_mutated_binding_is_read_or_refused(
            event in 0..Event::ALL.len(), bits in proptest::prelude::any::<u128>(), at in 0..60usize, sign in proptest::prelude::any::<char>(),
        ) {
            let (event, call) = (Event::ALL[event], CallId::from_bits(bits));
            let whole = format!("call.{}.{call}", event.name());
            let mut signs: Vec<char> = whole.chars().collect();
            let place = at % signs.len();
            signs[place] = sign;
            let other = CallId::from_bits(!bits);
            for text in [signs.iter().collect::<String>(), whole[..place].to_owned(), whole.repeat(2)] {
                if let Some(binding) = Binding::parse(&text) {
                    proptest::prop_assert!(!(binding.fits(Event::Create, call) && event != Event::Create) || binding.event.is_none());
                    proptest::prop_assert!(!binding.fits(event, other) || binding.call != Some(call));
                }
            }
            proptest::prop_assert!(Binding::parse(&whole).is_some_and(|binding| binding.fits(event, call)));
        }
    }

    #[test]
    fn what_is_not_told_cannot_be_bound() {
        for text in ["", "call", "call.CHANNEL_CREATE.*.*", "call.CHANNEL_MOVE.*", "conference.event.*", "call.*.x"] {
            assert_eq!(Binding::parse(text), None, "{text}");
        }
    }
}

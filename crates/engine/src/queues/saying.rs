//! What callers are told while they wait.

use std::time::Duration;

use model::Digit;
use model::leg::{Prompt, Sound};
use pbx::queue::Queue;

/// What a caller at this place is told: the company's own greetings, then what the house says as the queue wants it.
pub(super) fn to_caller(queue: &Queue, position: usize, wait: Option<Duration>, callback: Option<Digit>) -> Vec<Sound> {
    let (sounds, settings) = (&queue.sounds, &queue.settings);
    let place = sounds.positions.get(position.saturating_sub(1)).or(sounds.positions.last());
    let mut said: Vec<Sound> = sounds.announcement.into_iter().chain(place.copied()).map(Sound::Greeting).collect();
    let number = |number: u64| Prompt::Number(u16::try_from(number).unwrap_or(999).min(999));
    let mut house = Vec::new();
    if settings.say_position && place.is_none() {
        house.extend([Prompt::QueuePosition, number(position as u64)]);
    }
    if let Some(wait) = wait.filter(|_| settings.say_wait) {
        house.extend([Prompt::QueueWait, number(wait.as_secs().div_ceil(60).max(1)), Prompt::Minutes]);
    }
    if let Some(key) = callback.and_then(|key| key.as_char().to_digit(10)) {
        house.extend([Prompt::CallbackOffer, Prompt::Digit(u8::try_from(key).unwrap_or(0))]);
    }
    said.extend(house.into_iter().map(Sound::Prompt));
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use pbx::queue::{Settings, Sounds};
    use store::mint;

    fn queue(settings: Settings, sounds: Sounds) -> Queue {
        let (name, created_at, updated_at) = ("Sales".to_owned(), 0, 0);
        let (members, number, overflow) = (Vec::new(), None, None);
        Queue { id: mint(), name, number, members, settings, sounds, overflow, created_at, updated_at }
    }

    #[test]
    fn callers_hear_their_place_the_wait_and_how_to_be_called_back() {
        let wants = Settings { say_position: true, say_wait: true, ..Settings::default() };
        let sales = queue(wants, Sounds::default());
        let said = |position, wait, key| -> Vec<Prompt> {
            let prompt = |sound: Sound| if let Sound::Prompt(prompt) = sound { Some(prompt) } else { None };
            let key = Digit::new(key);
            to_caller(&sales, position, wait, key).into_iter().filter_map(prompt).collect()
        };
        let two = Some(Duration::from_secs(61));
        let wanted = [Prompt::QueuePosition, Prompt::Number(3), Prompt::QueueWait, Prompt::Number(2), Prompt::Minutes];
        assert_eq!(said(3, two, '-'), wanted);
        let offer = [Prompt::CallbackOffer, Prompt::Digit(1)];
        assert_eq!(said(3, two, '1'), [&wanted[..], &offer[..]].concat());
        assert_eq!(said(1, None, '-'), [Prompt::QueuePosition, Prompt::Number(1)], "nothing is known of the wait");
    }

    #[test]
    fn a_greeting_for_the_place_goes_before_the_house() {
        let first = mint();
        let sounds = Sounds { positions: vec![first], ..Sounds::default() };
        let sales = queue(Settings { say_position: true, ..Settings::default() }, sounds);
        assert_eq!(to_caller(&sales, 7, None, None), [Sound::Greeting(first)]);
    }
}

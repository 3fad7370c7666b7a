use super::*;
use model::Id;

fn message(number: u128, read: bool) -> Kept {
    Kept { id: VoicemailId::from_bits(number), read }
}

fn key(mailbox: &mut Mailbox, key: char) -> Vec<FlowStep> {
    mailbox.handle(Moment::from_millis(1), &FlowEvent::Digit(Digit::new(key).expect("a key")))
}

fn ends(mailbox: &mut Mailbox) -> Vec<FlowStep> {
    mailbox.handle(Moment::from_millis(1), &FlowEvent::PlayDone)
}

fn opened(pin: Option<&str>, messages: Vec<Kept>) -> (Mailbox, Vec<FlowStep>) {
    let mut mailbox = Mailbox::new(pin.map(str::to_owned), messages);
    let steps = mailbox.handle(Moment::START, &FlowEvent::Started);
    (mailbox, steps)
}

/// What begins to play.
fn plays(steps: &[FlowStep]) -> Option<Sound> {
    steps.iter().rev().find_map(|step| match step {
        FlowStep::Command(FlowCommand::Play(sound)) => Some(*sound),
        _ => None,
    })
}

fn ended(steps: &[FlowStep]) -> Option<Cause> {
    steps.iter().find_map(|step| match step {
        FlowStep::Command(FlowCommand::Hangup(cause)) => Some(*cause),
        _ => None,
    })
}

#[test]
fn new_messages_come_first_and_count_as_read_once_heard() {
    let (mut mailbox, steps) = opened(None, vec![message(1, true), message(3, false), message(2, false)]);
    assert_eq!(plays(&steps), Some(Sound::Prompt(Prompt::NewMessages)));
    assert_eq!(plays(&ends(&mut mailbox)), Some(Sound::Prompt(Prompt::Digit(2))));
    assert_eq!(plays(&ends(&mut mailbox)), Some(Sound::Prompt(Prompt::OldMessages)));
    assert_eq!(plays(&ends(&mut mailbox)), Some(Sound::Prompt(Prompt::Digit(1))));
    assert_eq!(plays(&ends(&mut mailbox)), Some(Sound::Voicemail(VoicemailId::from_bits(2))));
    let after = ends(&mut mailbox);
    assert!(after.contains(&FlowStep::Mail(VoicemailId::from_bits(2), Chore::Read)), "{after:?}");
    assert_eq!(plays(&after), Some(Sound::Prompt(Prompt::MessageKeys)));
    // Again, without being read a second time; then on to the next, and back.
    assert_eq!(key(&mut mailbox, '5').len(), 1);
    assert_eq!(plays(&key(&mut mailbox, '6')), Some(Sound::Voicemail(VoicemailId::from_bits(3))));
    assert_eq!(plays(&key(&mut mailbox, '4')), Some(Sound::Voicemail(VoicemailId::from_bits(2))));
    assert_eq!(ended(&key(&mut mailbox, '#')), Some(Cause::FlowEnded));
}

#[test]
fn a_deleted_message_is_gone_and_the_next_is_heard() {
    let (mut mailbox, _) = opened(None, vec![message(1, false), message(2, false)]);
    key(&mut mailbox, '1');
    let steps = key(&mut mailbox, '7');
    assert!(steps.contains(&FlowStep::Mail(VoicemailId::from_bits(1), Chore::Delete)));
    assert_eq!(plays(&steps), Some(Sound::Prompt(Prompt::Deleted)));
    assert_eq!(plays(&ends(&mut mailbox)), Some(Sound::Voicemail(VoicemailId::from_bits(2))));
    assert_eq!(plays(&key(&mut mailbox, '7')), Some(Sound::Prompt(Prompt::NoMoreMessages)));
    assert_eq!(ended(&ends(&mut mailbox)), Some(Cause::FlowEnded));
    assert!(key(&mut mailbox, '7').is_empty(), "nothing is left");
}

#[test]
fn who_presses_nothing_hears_all_and_the_end() {
    let (mut mailbox, _) = opened(None, vec![message(1, false)]);
    key(&mut mailbox, '1');
    ends(&mut mailbox);
    ends(&mut mailbox);
    let at = mailbox.deadline().expect("a key is awaited");
    assert_eq!(plays(&mailbox.timeout(at)), Some(Sound::Prompt(Prompt::NoMoreMessages)));
    assert_eq!(ended(&ends(&mut mailbox)), Some(Cause::FlowEnded));
    let (mut empty, steps) = opened(None, Vec::new());
    assert_eq!(plays(&steps), Some(Sound::Prompt(Prompt::NoMessages)));
    assert_eq!(ended(&ends(&mut empty)), Some(Cause::FlowEnded));
}

#[test]
fn the_pin_opens_and_three_wrong_ones_end_the_call() {
    let (mut mailbox, steps) = opened(Some("2468"), vec![message(1, false)]);
    assert_eq!(plays(&steps), Some(Sound::Prompt(Prompt::EnterPin)));
    "2468".chars().for_each(|digit| _ = key(&mut mailbox, digit));
    assert_eq!(plays(&key(&mut mailbox, '#')), Some(Sound::Prompt(Prompt::NewMessages)));

    let (mut mailbox, _) = opened(Some("2468"), vec![message(1, false)]);
    for _ in 0..2 {
        "1111111111111111".chars().for_each(|digit| _ = key(&mut mailbox, digit));
        assert_eq!(plays(&key(&mut mailbox, '#')), Some(Sound::Prompt(Prompt::WrongPin)));
    }
    ends(&mut mailbox);
    ends(&mut mailbox);
    let at = mailbox.deadline().expect("nobody waits for ever");
    assert_eq!(ended(&mailbox.timeout(at)), Some(Cause::Forbidden), "no PIN is a wrong one");
    assert!(key(&mut mailbox, '5').is_empty());
}

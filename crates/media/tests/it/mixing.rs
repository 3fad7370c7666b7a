//! Several legs who hear each other: who hears whom, in which codec, and what is recorded.

use crate::phone::{House, MOMENT, PATIENCE, Phone, decode, pace, share};
use media::{Codec, Config, Event, Hearing, Law, Leg, sound};
use model::Digit;
use std::time::{Duration, Instant};

const TONES: [f64; 3] = [440.0, 1000.0, 1700.0];

/// Each phone says its own tone for so many packets in real time; what each heard in the later half.
fn talk(phones: &mut [Phone], packets: u32) -> Vec<Vec<i16>> {
    let tones = TONES.map(|hz| sound::tone(hz, 1000));
    let mut heard = vec![Vec::new(); phones.len()];
    pace(packets, |tick| {
        let at = tick as usize % 50 * 160;
        for (place, phone) in phones.iter_mut().enumerate() {
            phone.say(8, &tones[place].coded(Law::A)[at..at + 160]);
            let came = std::iter::from_fn(|| phone.hear_within(Duration::from_micros(200)));
            let sound: Vec<u8> = came.filter(|(header, _)| header.payload_type == 8).flat_map(|(_, p)| p).collect();
            heard[place].extend(decode(Law::A, &sound));
        }
    });
    heard.into_iter().map(|pcm| pcm[pcm.len() / 2..].to_vec()).collect()
}

/// The share that a tone has in the second best tenth of a second: on a busy machine packets come late in others.
fn share_of(pcm: &[i16], hz: f64) -> f64 {
    let mut shares: Vec<f64> = pcm.chunks_exact(800).map(|part| share(part, hz)).collect();
    shares.sort_by(|one, other| other.total_cmp(one));
    shares.get(1).copied().unwrap_or(0.0)
}

/// Whose tones are in what a phone heard, by place.
fn hears(pcm: &[i16]) -> Vec<usize> {
    (0..TONES.len()).filter(|place| share_of(pcm, TONES[*place]) > 0.2).collect()
}

fn hearing<'a>(ear: &'a Leg, mouth: &'a Leg, percent: u16) -> Hearing<'a> {
    Hearing { ear, mouth, percent }
}

/// Three phones on three threads, brought together on that of the first.
fn three(house: &mut House) -> ([Leg; 3], [Phone; 3]) {
    let ((a, alice), (mut b, bob), (mut c, carol)) = (house.call("8 101"), house.call("8 101"), house.call("8 101"));
    b.move_beside(&a);
    c.move_beside(&a);
    ([a, b, c], [alice, bob, carol])
}

fn house() -> House {
    House::with(Config { threads: 3, ..Config::default() })
}

#[test]
fn in_a_conference_each_hears_the_two_others_and_not_itself() {
    let mut house = house();
    let ([a, b, c], mut phones) = three(&mut house);
    a.bridge(&b);
    let mix = house.media.mix(&a);
    let all = [(&a, &b), (&a, &c), (&b, &a), (&b, &c), (&c, &a), (&c, &b)];
    mix.set(&all.map(|(ear, mouth)| hearing(ear, mouth, 100)), &[&a, &b, &c]);
    let heard = talk(&mut phones, 60);
    assert_eq!(heard.iter().map(|pcm| hears(pcm)).collect::<Vec<_>>(), [vec![1, 2], vec![0, 2], vec![0, 1]]);
    // The third leaves, and the two go on.
    mix.set(&[hearing(&a, &b, 100), hearing(&b, &a, 100)], &[&a, &b]);
    house.settle(&c);
    let heard = talk(&mut phones[..2], 40);
    assert_eq!([hears(&heard[0]), hears(&heard[1])], [vec![1], vec![0]]);
    assert_eq!(house.media.counts().mixes, 1);
    a.bridge(&b);
    drop(mix);
    let heard = talk(&mut phones[..2], 40);
    assert_eq!(([hears(&heard[0]), hears(&heard[1])], house.media.counts().mixes), ([vec![1], vec![0]], 0));
}

#[test]
fn a_whisper_is_heard_by_one_and_what_is_quiet_is_quieter() {
    let mut house = house();
    let ([customer, agent, supervisor], mut phones) = three(&mut house);
    let mix = house.media.mix(&customer);
    let whisper = [
        hearing(&customer, &agent, 100),
        hearing(&agent, &customer, 100),
        hearing(&agent, &supervisor, 50),
        hearing(&supervisor, &customer, 100),
        hearing(&supervisor, &agent, 0),
    ];
    mix.set(&whisper, &[&customer, &agent]);
    let heard = talk(&mut phones, 60);
    assert_eq!([hears(&heard[0]), hears(&heard[2])], [vec![1], vec![0]]);
    let (loud, quiet) = (share_of(&heard[1], TONES[0]), share_of(&heard[1], TONES[2]));
    assert!(loud > 1.5 * quiet && quiet > 0.05, "a quarter of the energy: {loud} and {quiet}");
}

#[test]
fn other_codecs_meet_in_a_mix() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut house = House::new();
        let ([a, b, far], mut phones) = three(&mut house);
        // The third talks over a line in the codec.
        let (near, other) = house.line(codec);
        other.bridge(&far);
        let mix = house.media.mix(&a);
        let all = [(&a, &b), (&a, &near), (&b, &a), (&b, &near), (&near, &a), (&near, &b)];
        mix.set(&all.map(|(ear, mouth)| hearing(ear, mouth, 100)), &[]);
        let heard = talk(&mut phones, 80);
        let told: Vec<_> = heard.iter().map(|pcm| hears(pcm)).collect();
        assert_eq!(told, [vec![1, 2], vec![0, 2], vec![0, 1]], "{codec:?}");
    }
}

#[test]
fn keys_reach_who_hears_and_sounds_take_the_place_of_the_others() {
    let mut house = house();
    let ([a, b, c], mut phones) = three(&mut house);
    let mix = house.media.mix(&a);
    mix.set(&[hearing(&a, &b, 100), hearing(&b, &a, 100), hearing(&c, &a, 100)], &[]);
    b.play(std::sync::Arc::new(sound::tone(300.0, 5000)), true);
    let heard = talk(&mut phones, 50);
    assert!(share_of(&heard[1], 300.0) > 0.9 && hears(&heard[2]) == [0], "{}", share_of(&heard[1], 300.0));
    b.stop_play();
    assert_eq!(hears(&talk(&mut phones, 50)[1]), [0]);
    phones[1].send(101, &[5, 0x8A, 0, 160]);
    assert!(matches!(house.event(), Event::Digit { tag: 2, digit } if digit == Digit::new('5').expect("a key")));
    let until = Instant::now() + PATIENCE;
    while phones[0].hear().0.payload_type != 101 {
        assert!(Instant::now() < until, "the key is passed on");
    }
    assert!(phones[2].hear_within(MOMENT).is_none_or(|(header, _)| header.payload_type == 8), "c does not hear b");
}

#[test]
fn a_recording_goes_on_through_a_conference_whoever_leaves() {
    let mut house = house();
    let ([a, b, c], mut phones) = three(&mut house);
    let path = std::env::temp_dir().join(format!("alo-mixed-{}.wav", std::process::id()));
    a.bridge(&b);
    a.record(&b, path.clone());
    talk(&mut phones, 30);
    let mix = house.media.mix(&a);
    let all = [(&a, &b), (&a, &c), (&b, &a), (&b, &c), (&c, &a), (&c, &b)];
    mix.set(&all.map(|(ear, mouth)| hearing(ear, mouth, 100)), &[&a, &b, &c]);
    talk(&mut phones, 50);
    // The left side leaves: the third takes its channel.
    drop(a);
    c.bridge(&b);
    drop(mix);
    talk(&mut phones[1..], 30);
    b.stop_record();
    c.stop_record();
    let told = std::iter::from_fn(|| house.event_within(PATIENCE));
    let mut told = told.filter_map(|event| match event {
        Event::Recorded { complete, duration_ms, .. } => Some((complete, duration_ms)),
        _ => None,
    });
    let (complete, duration_ms) = told.next().expect("the recording ends");
    assert!(complete && (2000..3500).contains(&duration_ms), "{duration_ms}");
    let wav = std::fs::read(&path).expect("the file");
    std::fs::remove_file(&path).ok();
    let (left, right): (Vec<i16>, Vec<i16>) =
        wav[44..].chunks_exact(4).map(|b| (i16::from_le_bytes([b[0], b[1]]), i16::from_le_bytes([b[2], b[3]]))).unzip();
    // How many tenths of a second have these tones on the left and on the right: where they lie depends on the machine.
    let windows = |on_left: &[usize], on_right: &[usize]| {
        let has = |part: &[i16], places: &[usize]| places.iter().all(|place| share(part, TONES[*place]) > 0.2);
        let both = left.chunks_exact(800).zip(right.chunks_exact(800));
        both.filter(|(left, right)| has(left, on_left) && has(right, on_right)).count()
    };
    assert!(windows(&[0], &[1]) >= 4 && windows(&[0], &[1, 2]) >= 2, "the two, and then the third beside Bob");
    // Bob's phone says the first tone at last, and Carol's the second.
    assert!(windows(&[1], &[0]) >= 2 && windows(&[2], &[]) == 0, "Carol has the left channel at the end only");
}

#[test]
fn a_leg_that_closes_leaves_the_others_their_mix() {
    let mut house = house();
    let ([a, b, c], mut phones) = three(&mut house);
    let mix = house.media.mix(&a);
    let all = [(&a, &b), (&a, &c), (&b, &a), (&b, &c), (&c, &a), (&c, &b)];
    mix.set(&all.map(|(ear, mouth)| hearing(ear, mouth, 100)), &[]);
    talk(&mut phones, 20);
    drop(c);
    let heard = talk(&mut phones[..2], 40);
    assert_eq!([hears(&heard[0]), hears(&heard[1])], [vec![1], vec![0]]);
    drop((mix, a, b));
    let mut closed = 0;
    while closed < 3 {
        closed += u32::from(matches!(house.event(), Event::Closed { .. }));
    }
    assert_eq!(house.media.counts(), media::Counts::default());
}

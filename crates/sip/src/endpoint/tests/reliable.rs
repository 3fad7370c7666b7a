//! Provisional answers of ours that are to be confirmed (RFC 3262), and UPDATE before the answer (RFC 3311).

use model::Cause;

use super::*;

/// An INVITE of the carrier that takes (`Supported`) or demands (`Require`) reliable provisional answers.
fn invite_with(line: &str, offer: &str) -> String {
    invite("i1", offer).replace("\nContact", &format!("\n{line}\nContact"))
}

/// Such a call, with early media on its way: the leg and the 183.
fn early(world: &mut World) -> (Leg, Message) {
    world.hears(CARRIER, &invite_with("Supported: 100rel", OFFER));
    let leg = world.incoming().leg;
    world.said();
    world.orders(leg, Command::Provisional { code: 183, body: Some(body("v=0 early")) });
    (leg, world.one())
}

fn prack(branch: &str, seq: u32, progress: &Message, body: &str) -> String {
    let rseq = progress.header(Name::RSeq).expect("an RSeq");
    let tag = progress.to_tag().expect("a tag");
    request("PRACK", branch, seq, tag, body).replace("\nContact", &format!("\nRAck: {rseq} 1 INVITE\nContact"))
}

#[test]
fn a_description_is_sent_reliably_to_who_takes_that() {
    let mut world = World::new();
    let (leg, progress) = early(&mut world);
    assert_eq!((progress.status(), progress.header(Name::Require)), (Some(183), Some("100rel")));
    world.hears(CARRIER, &prack("p1", 2, &progress, ""));
    assert_eq!(world.said(), ["200 PRACK"]);
    // The session stands: the 200 says nothing more of it, and the ACK neither.
    world.orders(leg, Command::Answer { body: body("v=0 early") });
    let ok = world.one();
    assert_eq!((ok.status(), ok.body()), (Some(200), &b""[..]));
    world.hears(CARRIER, &request("ACK", "a1", 1, progress.to_tag().expect("a tag"), ""));
    assert_eq!(world.signals(), []);
    assert_eq!(world.endpoint.counts(), (1, 0));
}

#[test]
fn plain_ringing_is_reliable_only_when_demanded() {
    for (line, required) in [("Supported: 100rel", None), ("Require: 100rel", Some("100rel"))] {
        let mut world = World::new();
        world.hears(CARRIER, &invite_with(line, OFFER));
        let leg = world.incoming().leg;
        world.said();
        world.orders(leg, Command::Provisional { code: 180, body: None });
        assert_eq!(world.one().header(Name::Require), required, "{line}");
    }
}

#[test]
fn an_unconfirmed_provisional_answer_is_repeated_and_ends_the_call_after_64_t1() {
    let mut world = World::new();
    let (_, _) = early(&mut world);
    let from = world.now;
    world.passes_ms(32_000);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Unreachable }]);
    let sent = std::mem::take(&mut world.sent);
    let times: Vec<u128> =
        sent.iter().filter(|(_, _, m)| m.status() == Some(183)).map(|(at, _, _)| at.since(from).as_millis()).collect();
    assert_eq!(times, [500, 1500, 3500, 7500, 15_500, 31_500], "doubling without end");
    assert_eq!(sent.last().map(|(_, _, m)| word(m)).as_deref(), Some("504 INVITE"));
}

#[test]
fn the_next_provisional_answer_and_the_200_wait_for_the_prack() {
    let mut world = World::new();
    world.hears(CARRIER, &invite_with("Require: 100rel", OFFER));
    let leg = world.incoming().leg;
    world.said();
    world.orders(leg, Command::Provisional { code: 180, body: None });
    let ringing = world.one();
    world.orders(leg, Command::Provisional { code: 183, body: Some(body("v=0 early")) });
    assert_eq!(world.said(), [""; 0]);
    world.hears(CARRIER, &prack("p1", 2, &ringing, ""));
    let sent: Vec<Message> = std::mem::take(&mut world.sent).into_iter().map(|(_, _, m)| m).collect();
    assert_eq!(sent.iter().map(word).collect::<Vec<_>>(), ["200 PRACK", "183 INVITE"]);
    let number = |m: &Message| m.header(Name::RSeq).and_then(|n| n.parse::<u32>().ok()).expect("a number");
    assert_eq!(number(&sent[1]), number(&ringing) + 1);
    world.orders(leg, Command::Answer { body: body("v=0 early") });
    assert_eq!(world.said(), [""; 0]);
    world.hears(CARRIER, &prack("p2", 3, &sent[1], ""));
    assert_eq!(world.said(), ["200 PRACK", "200 INVITE"]);
}

#[test]
fn a_prack_of_something_else_is_481_and_one_that_comes_again_hears_the_same() {
    let mut world = World::new();
    let (_, progress) = early(&mut world);
    world.hears(CARRIER, &prack("p1", 2, &progress, "").replace(" 1 INVITE", " 9 INVITE"));
    assert_eq!(world.said(), ["481 PRACK"]);
    let right = prack("p2", 3, &progress, "");
    world.hears(CARRIER, &right);
    world.hears(CARRIER, &right);
    assert_eq!(world.said(), ["200 PRACK", "200 PRACK"]);
    world.hears(CARRIER, &prack("p3", 4, &progress, ""));
    assert_eq!(world.said(), ["481 PRACK"]);
}

#[test]
fn an_offer_in_a_prack_is_answered_in_its_200() {
    let mut world = World::new();
    let (leg, progress) = early(&mut world);
    world.hears(CARRIER, &prack("p1", 2, &progress, "v=0 again"));
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(world.signals(), [Signal::Reoffer { body: Some(body("v=0 again")) }]);
    // The 200 of the INVITE does not overtake it.
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 agreed") });
    let ok = world.one();
    assert_eq!((word(&ok), ok.body()), ("200 PRACK".to_owned(), &b"v=0 agreed"[..]));
}

#[test]
fn our_offer_in_a_provisional_answer_is_answered_in_the_prack() {
    let mut world = World::new();
    world.hears(CARRIER, &invite_with("Supported: 100rel", ""));
    let leg = world.incoming().leg;
    world.said();
    world.orders(leg, Command::Provisional { code: 183, body: Some(body("v=0 ours")) });
    let progress = world.one();
    world.hears(CARRIER, &prack("p1", 2, &progress, "v=0 theirs"));
    assert_eq!(world.said(), ["200 PRACK"]);
    assert_eq!(world.signals(), [Signal::ReofferAnswered { body: Some(body("v=0 theirs")) }]);
    world.orders(leg, Command::Answer { body: body("v=0 ours") });
    assert_eq!(world.one().body(), b"");
}

#[test]
fn a_call_cancelled_before_its_prack_is_over() {
    let mut world = World::new();
    let (leg, progress) = early(&mut world);
    world.orders(leg, Command::Answer { body: body("v=0 early") });
    world.hears(CARRIER, &request("CANCEL", "i1", 1, "", ""));
    assert_eq!(world.said(), ["200 CANCEL", "487 INVITE"]);
    assert_eq!(world.signals(), [Signal::Cancelled]);
    world.hears(CARRIER, &prack("p1", 2, &progress, ""));
    assert_eq!(world.said(), ["481 PRACK"]);
    world.hears(CARRIER, &request("ACK", "i1", 1, progress.to_tag().expect("a tag"), ""));
    world.is_empty();
}

#[test]
fn an_update_before_the_answer_changes_a_settled_session_and_no_other() {
    let mut world = World::new();
    let (leg, progress) = early(&mut world);
    let tag = progress.to_tag().expect("a tag");
    world.hears(CARRIER, &request("UPDATE", "u1", 2, tag, "v=0 hold"));
    let refused = world.one();
    assert_eq!(refused.status(), Some(500), "their first offer has no answer yet");
    assert!(refused.header(Name::RetryAfter).is_some());
    world.hears(CARRIER, &prack("p1", 3, &progress, ""));
    world.hears(CARRIER, &request("UPDATE", "u2", 4, tag, "v=0 hold"));
    assert_eq!(world.said(), ["200 PRACK"]);
    assert_eq!(world.signals(), [Signal::Reoffer { body: Some(body("v=0 hold")) }]);
    world.hears(CARRIER, &request("UPDATE", "u3", 5, tag, "v=0 more"));
    assert_eq!(world.said(), ["500 UPDATE"]);
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 held") });
    assert_eq!(world.one().body(), b"v=0 held");
    world.orders(leg, Command::Answer { body: body("v=0 early") });
    assert_eq!(world.said(), ["200 INVITE"]);
}

#[test]
fn we_update_a_settled_session_before_the_answer() {
    let mut world = World::new();
    world.hears(CARRIER, &invite_with("Supported: 100rel\nAllow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE", OFFER));
    let leg = world.incoming().leg;
    world.said();
    world.orders(leg, Command::Reoffer { body: body("v=0 more") });
    assert_eq!(world.signals(), [Signal::ReofferRejected { code: 491 }]);
    world.orders(leg, Command::Provisional { code: 183, body: Some(body("v=0 early")) });
    let progress = world.one();
    world.hears(CARRIER, &prack("p1", 2, &progress, ""));
    world.said();
    world.orders(leg, Command::Reoffer { body: body("v=0 more") });
    let update = world.one();
    assert_eq!((update.method(), update.body()), (Method::Update, &b"v=0 more"[..]));
    world.hears(CARRIER, &response(&update, "200 OK", "", "v=0 agreed"));
    assert_eq!(world.signals(), [Signal::ReofferAnswered { body: Some(body("v=0 agreed")) }]);
}

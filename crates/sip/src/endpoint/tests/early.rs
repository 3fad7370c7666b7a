//! Forks of our INVITE before they answer: PRACK, early media from one and then another, UPDATE, and offers that come
//! late.

use model::Cause;

use super::*;

fn dialled(world: &mut World) -> (Leg, Message) {
    let leg = world.shared.new_leg(0);
    world.orders(leg, dial());
    (leg, world.one())
}

/// A reliable provisional answer of a fork.
fn reliable(invite: &Message, tag: &str, number: u32, body: &str) -> String {
    response(invite, "183 Session Progress", tag, body)
        .replace("\nContact", &format!("\nRequire: 100rel\nRSeq: {number}\nContact"))
}

#[test]
fn a_reliable_provisional_answer_is_confirmed_once_and_in_order() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    assert!(invite.list(Name::Supported).any(|tag| tag == "100rel"));
    world.hears(CARRIER, &reliable(&invite, "one", 7, "v=0 early"));
    let prack = world.one();
    assert_eq!((prack.method(), prack.to_tag()), (Method::Prack, Some("one")));
    assert_eq!(prack.header(Name::RAck), Some("7 1 INVITE"));
    assert_eq!(prack.request_uri(), "sip:far@10.9.9.9:5060");
    world.hears(CARRIER, &response(&prack, "200 OK", "", ""));
    // Again, and out of order: neither is news, neither is confirmed.
    world.hears(CARRIER, &reliable(&invite, "one", 7, "v=0 early"));
    world.hears(CARRIER, &reliable(&invite, "one", 9, "v=0 later"));
    assert_eq!(world.said(), [""; 0]);
    world.hears(CARRIER, &reliable(&invite, "one", 8, "v=0 early"));
    let next = world.one();
    assert_eq!(next.header(Name::RAck), Some("8 1 INVITE"));
    assert!(next.cseq() > prack.cseq());
    let heard = Signal::Progress { body: Some(body("v=0 early")) };
    assert_eq!(world.signals(), [heard.clone(), heard]);
}

#[test]
fn a_lost_prack_is_repeated_by_its_transaction() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    world.hears(CARRIER, &reliable(&invite, "one", 7, ""));
    world.passes_ms(1500);
    assert_eq!(world.said(), ["PRACK"; 3]);
}

#[test]
fn a_challenge_to_a_prack_is_answered_once() {
    let mut world = World::new();
    let (_, invite) = dialled(&mut world);
    let challenge = |request: &Message, nonce: &str| {
        let line = format!("\nProxy-Authenticate: Digest realm=\"carrier\",nonce=\"{nonce}\",qop=\"auth\"\nContact");
        response(request, "407 Proxy Authentication Required", "", "").replace("\nContact", &line)
    };
    // Two forks, and the challenge is to the PRACK of the one that does not speak any more.
    world.hears(CARRIER, &reliable(&invite, "one", 7, "v=0 one"));
    let first = world.one();
    world.hears(CARRIER, &reliable(&invite, "two", 3, "v=0 two"));
    world.said();
    world.hears(CARRIER, &challenge(&first, "n1"));
    let again = world.one();
    assert_eq!((again.method(), again.to_tag()), (Method::Prack, Some("one")));
    assert_eq!(again.header(Name::RAck), Some("7 1 INVITE"));
    assert!(again.header(Name::ProxyAuthorization).is_some_and(|v| v.contains("uri=\"sip:far@10.9.9.9:5060\"")));
    assert!(again.cseq() > first.cseq());
    // A second challenge is a refusal.
    world.hears(CARRIER, &challenge(&again, "n2"));
    assert_eq!(world.said(), [""; 0]);
    // The call goes on, also when the fork has answered meanwhile.
    world.hears(CARRIER, &reliable(&invite, "one", 8, ""));
    let next = world.one();
    world.hears(CARRIER, &response(&invite, "200 OK", "one", ""));
    assert_eq!(world.said(), ["ACK"]);
    world.hears(CARRIER, &challenge(&next, "n3"));
    assert_eq!(world.one().header(Name::RAck), Some("8 1 INVITE"));
}

#[test]
fn each_fork_is_heard_in_turn_and_the_one_that_answers_counts() {
    let mut world = World::new();
    let (leg, invite) = dialled(&mut world);
    world.hears(CARRIER, &reliable(&invite, "one", 1, "v=0 one"));
    world.hears(CARRIER, &response(&invite, "183 Session Progress", "two", "v=0 two"));
    assert_eq!(world.said(), ["PRACK"]);
    // The first answers without saying again what it said.
    world.hears(CARRIER, &response(&invite, "200 OK", "one", ""));
    let ack = world.one();
    assert_eq!((ack.method(), ack.to_tag()), (Method::Ack, Some("one")));
    assert_eq!(
        world.signals(),
        [
            Signal::Progress { body: Some(body("v=0 one")) },
            Signal::Progress { body: Some(body("v=0 two")) },
            Signal::Answered { body: Some(body("v=0 one")) },
        ]
    );
    // The other answers too: nobody talks to it.
    world.hears(CARRIER, &response(&invite, "200 OK", "two", "v=0 two"));
    assert_eq!(world.said(), ["ACK", "BYE"]);
    // The numbers go on behind those of the PRACK.
    world.orders(leg, Command::Hangup { cause: Cause::Normal });
    assert_eq!(world.one().cseq(), Some((3, Method::Bye)));
}

#[test]
fn an_update_of_a_fork_before_its_answer() {
    let mut world = World::new();
    let (leg, invite) = dialled(&mut world);
    world.hears(CARRIER, &response(&invite, "180 Ringing", "far", ""));
    world.signals();
    let update = |branch: &str, seq: u32, body: &str| {
        let ours = invite.from_tag().expect("a tag");
        request("UPDATE", branch, seq, ours, body).replace("Call-ID: c1", &format!("Call-ID: {}", invite.call_id()))
    };
    // Our offer has no answer yet.
    world.hears(CARRIER, &update("u1", 1, "v=0 theirs"));
    assert_eq!(world.said(), ["491 UPDATE"]);
    world.hears(CARRIER, &reliable(&invite, "far", 4, "v=0 early"));
    world.said();
    world.hears(CARRIER, &update("u2", 2, ""));
    assert_eq!(world.said(), ["200 UPDATE"], "a new Contact alone");
    world.hears(CARRIER, &update("u3", 3, "v=0 theirs"));
    world.signals();
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 agreed") });
    assert_eq!(world.one().body(), b"v=0 agreed");
    // The 200 has nothing to add, whatever it repeats.
    world.hears(CARRIER, &response(&invite, "200 OK", "far", "v=0 early"));
    assert_eq!(world.signals(), [Signal::Answered { body: None }]);
}

#[test]
fn an_update_of_ours_goes_to_the_fork_that_is_heard() {
    let mut world = World::new();
    let (leg, invite) = dialled(&mut world);
    let allows = |text: String| text.replace("\nContact", "\nAllow: INVITE, UPDATE, PRACK\nContact");
    world.hears(CARRIER, &allows(reliable(&invite, "one", 1, "v=0 one")));
    let prack = world.one();
    world.hears(CARRIER, &response(&prack, "200 OK", "", ""));
    world.signals();
    world.orders(leg, Command::Reoffer { body: body("v=0 hold") });
    let update = world.one();
    assert_eq!((update.method(), update.to_tag()), (Method::Update, Some("one")));
    // Both at once: ours is tried again.
    world.hears(CARRIER, &response(&update, "491 Request Pending", "", ""));
    assert_eq!(world.signals(), []);
    world.passes_ms(4000);
    let again = world.sent.remove(0).2;
    world.hears(CARRIER, &response(&again, "200 OK", "", "v=0 held"));
    assert_eq!(world.signals(), [Signal::ReofferAnswered { body: Some(body("v=0 held")) }]);
}

#[test]
fn an_invite_without_an_offer_is_answered_in_the_ack() {
    let mut world = World::new();
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.body = Bytes::new();
    world.orders(leg, Command::Dial(dial));
    let invite = world.one();
    let ok = response(&invite, "200 OK", "far", "v=0 offer");
    world.hears(CARRIER, &ok);
    assert_eq!(world.signals(), [Signal::Answered { body: Some(body("v=0 offer")) }]);
    world.hears(CARRIER, &ok);
    assert_eq!(world.said(), [""; 0], "the ACK waits for our answer");
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 answer") });
    assert_eq!(world.one().body(), b"v=0 answer");
    world.hears(CARRIER, &ok);
    assert_eq!(world.one().body(), b"v=0 answer", "and is repeated whole");
}

#[test]
fn an_offer_nobody_answers_is_acknowledged_and_ended() {
    let mut world = World::new();
    let leg = world.shared.new_leg(0);
    let Command::Dial(mut dial) = dial() else { unreachable!() };
    dial.body = Bytes::new();
    world.orders(leg, Command::Dial(dial));
    let invite = world.one();
    world.hears(CARRIER, &response(&invite, "200 OK", "far", "v=0 offer"));
    world.signals();
    world.passes_ms(10_000);
    let sent = world.said();
    assert_eq!(&sent[..2], ["ACK", "BYE"]);
    assert_eq!(world.signals(), [Signal::Ended { cause: Cause::Incompatible }]);
}

#[test]
fn a_reoffer_without_a_description_asks_for_theirs() {
    let mut world = World::new();
    let (leg, _) = answered(&mut world);
    world.orders(leg, Command::Reoffer { body: Bytes::new() });
    let reinvite = world.one();
    assert_eq!(reinvite.body(), b"");
    world.hears(CARRIER, &response(&reinvite, "200 OK", "", "v=0 offer"));
    assert_eq!(world.signals(), [Signal::Reoffer { body: Some(body("v=0 offer")) }]);
    world.orders(leg, Command::AnswerReoffer { body: body("v=0 answer") });
    let ack = world.one();
    assert_eq!((ack.method(), ack.body()), (Method::Ack, &b"v=0 answer"[..]));
}

//! Route sets, targets and numbers.

use bytes::Bytes;

use super::*;

fn message(text: &str) -> Message {
    Message::parse(Bytes::from(text.replace('\n', "\r\n"))).expect("a message")
}

fn flow(remote: &str) -> Flow {
    Flow::to(Transport::Udp, remote.parse().expect("an address"))
}

const OK: &str = "SIP/2.0 200 OK
Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1
Record-Route: <sip:10.0.0.3;lr>, <sip:10.0.0.2:5070;lr>
From: <sip:a@alo.example>;tag=ours
To: <sip:b@far.example>;tag=theirs
Call-ID: c1
CSeq: 7 INVITE
Contact: \"B\" <sip:b@10.0.0.9:5080>;expires=3
Content-Length: 0

";

#[test]
fn routes_are_reversed_for_the_caller_and_the_nearest_is_asked_first() {
    let mut dialog = Dialog::answered(&message(OK), flow("10.0.0.2:5060"));
    let bye = message(
        &String::from_utf8_lossy(&dialog.request(Method::Bye, "SIP/2.0/UDP x;branch=y", None).finish())
            .replace("\r\n", "\n"),
    );
    assert_eq!(bye.request_uri(), "sip:b@10.0.0.9:5080");
    let routes: Vec<&str> = bye.headers(Name::Route).collect();
    assert_eq!(routes, ["<sip:10.0.0.2:5070;lr>", "<sip:10.0.0.3;lr>"]);
    assert_eq!(bye.cseq(), Some((8, Method::Bye)));
    assert_eq!((bye.from_tag(), bye.to_tag()), (Some("ours"), Some("theirs")));
    assert_eq!(dialog.next_hop(), flow("10.0.0.2:5070"));
}

#[test]
fn a_strict_router_gets_itself_as_request_uri_and_the_target_as_last_route() {
    let mut dialog = Dialog::answered(&message(&OK.replace(":5070;lr", ":5070")), flow("10.0.0.2:5060"));
    let bye = dialog.request(Method::Bye, "SIP/2.0/UDP x;branch=y", None).finish();
    let bye = Message::parse(bye).expect("a message");
    assert_eq!(bye.request_uri(), "sip:10.0.0.2:5070");
    let routes: Vec<&str> = bye.headers(Name::Route).collect();
    assert_eq!(routes, ["<sip:10.0.0.3;lr>", "<sip:b@10.0.0.9:5080>"]);
}

#[test]
fn without_routes_a_trusted_contact_is_followed_and_a_phone_is_not() {
    let text = OK.replace("Record-Route: <sip:10.0.0.3;lr>, <sip:10.0.0.2:5070;lr>\n", "");
    let mut dialog = Dialog::answered(&message(&text), flow("203.0.113.5:1024"));
    assert_eq!(dialog.next_hop(), flow("10.0.0.9:5080"));
    dialog.phone = Some(101);
    assert_eq!(dialog.next_hop(), flow("203.0.113.5:1024"));
}

#[test]
fn old_and_repeated_numbers_are_not_next() {
    let invite = |n: u32| {
        message(&format!(
            "INVITE sip:b@h SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@h>;tag=t\nTo: <sip:b@h>\nCall-ID: c\nCSeq: {n} INVITE\nContact: <sip:a@h>\nContent-Length: 0\n\n"
        ))
    };
    let mut dialog = Dialog::incoming(&invite(5), flow("10.0.0.9:5060"), "x".into(), None).expect("a contact");
    assert!(!dialog.is_next(&invite(5)));
    assert!(!dialog.is_next(&invite(4)));
    assert!(dialog.is_next(&invite(9)));
}

#[test]
fn names_are_not_addresses() {
    assert_eq!(address_of("sip:a@host.example"), None);
    assert_eq!(address_of("sip:a@0.0.0.0"), None);
    let tls = "10.0.0.1:5061".parse().expect("an address");
    assert_eq!(address_of("sips:a@10.0.0.1"), Some((Transport::Tls, tls)));
}

#[test]
fn a_contact_that_cannot_be_asked_begins_no_dialog() {
    let invite = |contact: &str| {
        message(&format!(
            "INVITE sip:b@h SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@h>;tag=t\nTo: <sip:b@h>\nCall-ID: c\nCSeq: 1 INVITE\nContact: {contact}\nContent-Length: 0\n\n"
        ))
    };
    let target = |contact: &str| {
        Dialog::incoming(&invite(contact), flow("10.0.0.9:5060"), "x".into(), None).map(|dialog| dialog.target)
    };
    assert_eq!(target("<sip:a@h?Subject=x>"), Ok("sip:a@h".to_owned()));
    for bad in ["*", "<mailto:a@h>", "<sip:>", "<sip:a@h"] {
        assert_eq!(target(bad), Err(NoContact), "{bad}");
    }
}

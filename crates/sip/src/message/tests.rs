//! What the parser accepts, mends and refuses.

use bytes::{Bytes, BytesMut};

use super::*;

fn wire(text: &str) -> Bytes {
    Bytes::from(text.replace('\n', "\r\n"))
}

fn parse(text: &str) -> Message {
    Message::parse(wire(text)).expect("a message")
}

const INVITE: &str = "INVITE sip:102@alo.example SIP/2.0
Via: SIP/2.0/UDP 10.0.0.9:5062;branch=z9hG4bK1;rport
Max-Forwards: 70
From: \"Lan\" <sip:101@alo.example>;tag=f1
To: <sip:102@alo.example>
Call-ID: c1@10.0.0.9
CSeq: 7 INVITE
Contact: <sip:101@10.0.0.9:5062>, <sip:101@10.0.0.9:5064>
X-Thing: a
Content-Type: application/sdp; charset=x
Content-Length: 4

v=0
";

#[test]
fn an_ordinary_request() {
    let m = parse(INVITE);
    assert!(m.is_request() && m.validate().is_ok());
    assert_eq!((m.method(), m.method_text(), m.request_uri()), (Method::Invite, "INVITE", "sip:102@alo.example"));
    assert_eq!((m.call_id(), m.cseq(), m.max_forwards()), ("c1@10.0.0.9", Some((7, Method::Invite)), Some(70)));
    assert_eq!((m.from_tag(), m.to_tag(), m.other("x-thing")), (Some("f1"), None, Some("a")));
    assert_eq!((m.content_type(), m.body()), (Some("application/sdp"), &b"v=0\r"[..]));
    assert_eq!(m.list(Name::Contact).count(), 2);
    assert_eq!(m.from().expect("From").display_text(), "Lan");
}

#[test]
fn an_ordinary_response() {
    let m = parse(
        "SIP/2.0 180 Ringing now\nv: SIP/2.0/UDP a;branch=x\nf: <sip:a@b>;tag=1\nt: sip:c@d;tag=2\ni: 1\nCSeq: 9 INVITE\n\n",
    );
    assert!(!m.is_request() && m.validate().is_ok());
    assert_eq!(
        (m.status(), m.reason(), m.method(), m.method_text()),
        (Some(180), "Ringing now", Method::Invite, "INVITE")
    );
    assert_eq!((m.to_tag(), m.request_uri()), (Some("2"), ""));
}

#[test]
fn folds_open_in_place_and_the_answer_keeps_them() {
    let m = parse(&INVITE.replace("Max-Forwards: 70", "Max-Forwards:\n   70\nSubject :  a\n\tb\n  c"));
    assert_eq!(m.max_forwards(), Some(70));
    assert_eq!(m.header(Name::Subject).map(|s| s.split_whitespace().collect::<Vec<_>>()), Some(vec!["a", "b", "c"]));
    assert_eq!(m.raw_values(Name::Subject).next(), Some(&b"a\r\n\tb\r\n  c"[..]));
    assert!(m.validate().is_ok());
}

#[test]
fn a_bad_byte_costs_nothing_but_itself() {
    let mut bytes = wire(INVITE).to_vec();
    let at = bytes.windows(3).position(|w| w == b"Lan").expect("the name");
    bytes[at + 1] = 0xe9;
    let m = Message::parse(bytes.into()).expect("a message");
    assert_eq!(m.from().expect("From").display_text(), "L?n");
    assert_eq!(m.raw_values(Name::From).next().map(|v| v[2]), Some(0xe9));
    assert_eq!(m.call_id(), "c1@10.0.0.9");
}

#[test]
fn control_characters_are_not_shown_but_kept() {
    let m = parse(&INVITE.replace("Lan", "a\\\u{0}b\u{7f}"));
    assert_eq!(m.from().expect("From").display_text(), "a?b?");
    assert_eq!(m.raw_values(Name::From).next().map(|v| &v[..6]), Some(&b"\"a\\\0b\x7f"[..]));
    assert!(m.validate().is_ok());
}

#[test]
fn utf8_stays() {
    let m = parse(&INVITE.replace("Lan", "Đặng Lan"));
    assert_eq!(m.from().expect("From").display_text(), "Đặng Lan");
}

#[test]
fn the_body_ends_where_content_length_says() {
    assert_eq!(parse(&INVITE.replace("Length: 4", "Length: 1")).body(), b"v");
    assert_eq!(parse(&INVITE.replace("Content-Length: 4", "X: y")).body(), b"v=0\r\n");
    let same = INVITE.replace("Content-Length: 4", "l: 4\nContent-Length: 04");
    assert_eq!(parse(&same).body(), b"v=0\r");
}

#[test]
fn wrong_lengths_are_answered_with_400() {
    for wrong in ["9999", "-1", "4 4", "", "99999999999999999999", "4\nl: 3", "4\nContent-Length: x"] {
        let text = INVITE.replace("Length: 4", &format!("Length: {wrong}"));
        let error = Message::parse(wire(&text)).expect_err(wrong);
        assert_eq!((error.kind, error.answer()), (ParseErrorKind::ContentLength, Some((400, "Bad Content-Length"))));
        assert_eq!(error.message.expect("what was read").call_id(), "c1@10.0.0.9");
    }
}

#[test]
fn nothing_is_answered_to_noise_responses_and_acks() {
    let kind = |text: &str| Message::parse(wire(text)).map(|_| ()).map_err(|e| (e.kind, e.answer()));
    assert_eq!(kind("\n\n"), Err((ParseErrorKind::Empty, None)));
    assert_eq!(kind("GET / HTTP/1.1\nHost: a\n\n"), Err((ParseErrorKind::NotSip, None)));
    assert_eq!(kind("\u{0}\u{1}\n\n"), Err((ParseErrorKind::NotSip, None)));
    assert_eq!(kind("no line end"), Err((ParseErrorKind::Incomplete, None)));
    assert_eq!(kind("SIP/2.0 4294967301 big\n\n"), Err((ParseErrorKind::NotSip, None)));
    let ack = INVITE.replace("INVITE", "ACK").replace("Length: 4", "Length: 99");
    assert_eq!(kind(&ack), Err((ParseErrorKind::ContentLength, None)));
    let response = "SIP/2.0 200 OK\nVia: SIP/2.0/UDP a\nContent-Length: 9\n\n";
    assert_eq!(kind(response), Err((ParseErrorKind::ContentLength, None)));
}

#[test]
fn readable_but_wrong_requests_have_their_code() {
    let code = |text: &str| parse(text).validate().map_err(|r| (r.code, r.reason));
    for (from, to, expected) in [
        ("CSeq: 7 INVITE\n", "", (400, "Missing CSeq")),
        ("CSeq: 7 INVITE", "CSeq: 7 BYE", (400, "CSeq Method Mismatch")),
        ("CSeq: 7 INVITE", "CSeq: 2147483648 INVITE", (400, "Bad CSeq")),
        ("Call-ID: c1@10.0.0.9\n", "", (400, "Missing Call-ID")),
        ("X-Thing: a", "i: other", (400, "Repeated Call-ID")),
        ("X-Thing: a", "no colon here", (400, "Bad Header Line")),
        ("X-Thing: a", "b@d: a", (400, "Bad Header Name")),
        ("X-Thing: a", "X: a\rb", (400, "Bad Byte In Headers")),
        ("alo.example SIP/2.0", "alo.example SIP/7.0", (505, "Version Not Supported")),
        ("alo.example SIP/2.0", "alo.example; lr SIP/2.0", (400, "Bad Request Line")),
        ("alo.example SIP/2.0", "alo.example SIP/2.0 ", (400, "Bad Request Line")),
        ("INVITE sip:102@alo.example SIP", "INVITE  sip:102@alo.example  SIP", (400, "Bad Request Line")),
        ("INVITE sip:102@alo.example SIP", "INVITE <sip:102@alo.example> SIP", (400, "Bad Request-URI")),
        ("INVITE sip:102@alo.example SIP", "INVITE SIP", (400, "Bad Request Line")),
        ("sip:102@alo.example SIP", "sip:102@alo.example?Route=a SIP", (400, "Bad Request-URI")),
        ("sip:102@alo.example SIP", "foo:102 SIP", (416, "Unsupported URI Scheme")),
        ("Max-Forwards: 70", "Max-Forwards: 0", (483, "Too Many Hops")),
        ("Max-Forwards: 70", "Max-Forwards: 256", (400, "Bad Max-Forwards")),
        ("X-Thing: a", "Require: timer, foo\nRequire: bar", (420, "Bad Extension")),
        ("X-Thing: a", "m: sip:a@b?Route=c", (400, "Bad Contact")),
        ("X-Thing: a", "Accept: text/plain, image/*", (406, "Not Acceptable")),
        ("application/sdp", "text/plain", (415, "Unsupported Media Type")),
        ("application/sdp", "multipart/mixed;boundary=x", (415, "Unsupported Media Type")),
        ("\"Lan\"", "\"Lan", (400, "Bad From")),
        ("SIP/2.0/UDP", "SIP/2.0 UDP", (400, "Bad Via")),
    ] {
        assert_eq!(code(&INVITE.replacen(from, to, 1)), Err(expected), "{to}");
    }
    for (tags, unsupported) in [
        ("path, foo\nRequire: bar", "foo, bar"),
        ("timer, gruu", "gruu"),
        ("100rel, Path, precondition", "precondition"),
    ] {
        let required = parse(&INVITE.replace("X-Thing: a", &format!("Require: {tags}")));
        assert_eq!(required.validate().expect_err("refused").unsupported, unsupported);
    }
    assert_eq!(code(&INVITE.replace("X-Thing: a", "Require: path, 100rel, timer, replaces, norefersub")), Ok(()));
    assert_eq!(code(&INVITE.replace("X-Thing: a", "Supported: timer, 100rel, replaces")), Ok(()));
}

#[test]
fn the_session_description_is_found_in_a_multipart_body() {
    let part = |kind: &str, text: &str| format!("--b1\nContent-Type: {kind}\n\n{text}\n");
    let body =
        format!("preamble\n{}{}--b1--\n", part("application/isup", "--b1x"), part("Application/SDP;x=y", "v=0\n"));
    let head = INVITE.split_once("Content-Type").expect("a head").0;
    let text = format!("{head}Content-Type: multipart/mixed; boundary=\"b1\"\n\n{body}");
    let m = parse(&text);
    assert_eq!(m.session_description().as_deref(), Some(&b"v=0\r\n"[..]));
    assert!(m.validate().is_ok());
    assert_eq!(parse(&text.replace("--b1--", "")).session_description(), None);
    assert_eq!(parse(INVITE).session_description().as_deref(), Some(&b"v=0\r"[..]));
}

#[test]
fn a_datagram_may_end_with_its_headers() {
    let head = INVITE.split_once("Content-Type").expect("a head").0;
    assert!(parse(head).validate().is_ok());
    let cut = Message::parse(wire(head.trim_end())).expect_err("half a line");
    assert_eq!(cut.answer(), Some((400, "Incomplete Headers")));
}

#[test]
fn limits_hold() {
    let vias = "Via: SIP/2.0/UDP a;branch=z9hG4bKx\n".repeat(60);
    assert!(parse(&INVITE.replace("X-Thing: a\n", &vias)).validate().is_ok());
    let code = |with: String| parse(&INVITE.replace("X-Thing: a\n", &with)).validate().map_err(|r| r.code);
    assert_eq!(code("Via: SIP/2.0/UDP a\n".repeat(64)), Err(400));
    assert_eq!(code("X: y\n".repeat(300)), Err(400));
    assert_eq!(code(format!("X: {}\n", "y".repeat(MAX_LINE))), Err(513));
    let long = INVITE.replace("sip:102@", &format!("sip:{}@", "1".repeat(MAX_URI)));
    assert_eq!(parse(&long).validate().map_err(|r| r.code), Err(414));
    let huge = Message::parse(Bytes::from(vec![b'a'; MAX_DATAGRAM + 1])).expect_err("too large");
    assert_eq!(huge.kind, ParseErrorKind::TooLarge);
}

#[test]
fn a_stream_is_cut_wherever_it_breaks() {
    let one = wire(INVITE.replace("Length: 4", "Length: 5").as_str());
    let stream = [b"\r\n\r\n", &one[..], b"\r\n", &one[..], &one[..]].concat();
    for cut in 0..stream.len() {
        let mut buf = BytesMut::new();
        let mut found = 0;
        for part in [&stream[..cut], &stream[cut..]] {
            buf.extend_from_slice(part);
            while let Some(message) = Message::parse_stream(&mut buf).expect("framed") {
                assert_eq!((message.raw(), message.body()), (&one[..], &b"v=0\r\n"[..]));
                found += 1;
            }
        }
        assert_eq!((found, buf.len()), (3, 0), "cut at {cut}");
    }
}

#[test]
fn a_stream_that_cannot_be_framed_is_given_up_with_an_answer() {
    let error = |text: &str| Message::parse_stream(&mut BytesMut::from(&wire(text)[..])).expect_err("an error").0;
    let missing = error(&INVITE.replace("Content-Length: 4", "X: y"));
    assert_eq!(
        (missing.kind, missing.answer()),
        (ParseErrorKind::NoContentLength, Some((400, "Missing Content-Length")))
    );
    let huge = error(&INVITE.replace("Length: 4", "Length: 131072"));
    assert_eq!((huge.kind, huge.answer()), (ParseErrorKind::TooLarge, Some((513, "Message Too Large"))));
    assert_eq!(error(&INVITE.replace("Length: 4", "Length: 4\nl: 5")).kind, ParseErrorKind::ContentLength);
    assert_eq!(error("GET / HTTP/1.1\n\n").kind, ParseErrorKind::NotSip);
    let endless = Message::parse_stream(&mut BytesMut::from(&vec![b'a'; MAX_HEAD][..])).expect_err("an error");
    assert_eq!(endless.0.kind, ParseErrorKind::TooLarge);
}

#[test]
fn pings_are_taken_from_the_front() {
    let mut buf = BytesMut::from(&b"\r\n\r\n\r\n\r\n\r\nX"[..]);
    assert_eq!((take_pings(&mut buf), &buf[..]), (2, &b"\r\nX"[..]));
}

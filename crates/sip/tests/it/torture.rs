//! The torture messages of RFC 4475 and RFC 5118: each has its expected reaction, as a datagram and on a stream.

use bytes::{Bytes, BytesMut};
use sip::{Message, Method, Name};

use crate::corpus::{self, Case, Reaction};

/// What a datagram's reader would do with it.
fn react(bytes: &[u8]) -> Reaction {
    match Message::parse(Bytes::copy_from_slice(bytes)) {
        Err(error) => error.answer().map_or(Reaction::Dropped, |(code, _)| Reaction::Answered(code)),
        Ok(message) => match message.validate() {
            Ok(()) => Reaction::Accepted,
            Err(rejection) if message.is_request() => Reaction::Answered(rejection.code),
            Err(_) => Reaction::Dropped,
        },
    }
}

fn case(name: &str) -> Case {
    corpus::rfc4475().into_iter().chain(corpus::rfc5118()).find(|c| c.name == name).expect(name)
}

fn message(name: &str) -> Message {
    Message::parse(case(name).bytes.into()).expect(name)
}

#[test]
fn all_messages_of_rfc_4475_meet_their_reaction() {
    let cases = corpus::rfc4475();
    assert_eq!(cases.len(), 49);
    for case in cases {
        assert_eq!(react(&case.bytes), case.reaction, "{}", case.name);
    }
}

#[test]
fn all_messages_of_rfc_5118_meet_their_reaction() {
    let cases = corpus::rfc5118();
    assert_eq!(cases.len(), 12);
    for case in cases {
        assert_eq!(react(&case.bytes), case.reaction, "{}", case.name);
    }
}

#[test]
fn on_a_stream_they_are_framed_or_the_stream_is_given_up() {
    for case in corpus::rfc4475().into_iter().chain(corpus::rfc5118()) {
        let mut buf = BytesMut::from(&case.bytes[..]);
        match Message::parse_stream(&mut buf) {
            Ok(Some(message)) => {
                let reaction = match message.validate() {
                    Ok(()) => Reaction::Accepted,
                    Err(rejection) if message.is_request() => Reaction::Answered(rejection.code),
                    Err(_) => Reaction::Dropped,
                };
                assert_eq!(reaction, case.reaction, "{}", case.name);
            }
            Ok(None) => assert_eq!(case.name, "clerr", "waits for 9999 bytes that never come"),
            Err(error) => {
                let lengths_matter = ["ncl", "mcl01", "inv2543", "bigcode"].contains(&case.name.as_str());
                assert!(lengths_matter, "{}: {error}", case.name);
            }
        }
    }
}

#[test]
fn a_second_message_in_a_datagram_is_ignored_and_on_a_stream_it_is_the_next() {
    let dblreq = case("dblreq").bytes;
    assert_eq!(Message::parse(dblreq.clone().into()).expect("one").method(), Method::Register);
    let mut buf = BytesMut::from(&dblreq[..]);
    let methods: Vec<Method> =
        std::iter::from_fn(|| Message::parse_stream(&mut buf).expect("framed")).map(|m| m.method()).collect();
    assert_eq!(methods, [Method::Register, Method::Invite]);
}

#[test]
fn wsinv_is_read_through_its_folds() {
    let m = message("wsinv");
    assert_eq!((m.cseq(), m.max_forwards()), (Some((9, Method::Invite)), Some(68)));
    assert_eq!((m.to_tag(), m.from_tag()), (Some("1918181833n"), Some("98asjd8")));
    assert_eq!(m.from().expect("From").display_text(), r#"J Rosenberg \""#);
    let vias: Vec<_> = m.list(Name::Via).map(|v| sip::header::Via::parse(v).expect("a Via")).collect();
    assert_eq!(vias.iter().map(|v| v.branch()).collect::<Vec<_>>(), ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]);
    let contact = m.contact().expect("a Contact");
    assert_eq!((contact.uri, contact.params.get("q")), ("sip:jdrosen@example.com", Some("0.33")));
    assert_eq!((contact.params.get("newparam"), contact.params.has("secondparam")), (Some("newvalue"), true));
    assert_eq!(m.other("newfangledheader").map(|v| v.split_whitespace().count()), Some(5));
    assert_eq!((m.header(Name::Subject), m.body().len()), (Some(""), 150));
}

#[test]
fn unusual_characters_are_kept() {
    let m = message("intmeth");
    assert_eq!((m.method(), m.method_text()), (Method::Other, "!interesting-Method0123456789_*+`.%indeed'~"));
    assert_eq!(m.call_id(), r#"intmeth.word%ZK-!.*_+'@word`~)(><:\/"][?}{"#);
    assert_eq!(m.from_tag(), Some("_token~1'+`*%!-."));
    assert_eq!(m.from().expect("From").params.get("fromParam''~+*_!.-%"), Some("работающий"));
    assert_eq!(m.other("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
    let uri = sip::uri::Uri::parse(m.request_uri()).expect("a URI");
    assert_eq!((uri.user, uri.host), ("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", "example.com"));
    assert_eq!(message("unreason").reason(), "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!((message("noreason").reason(), message("noreason").status()), ("", Some(100)));
}

#[test]
fn escapes_are_not_undone_where_they_are_no_escapes() {
    let m = message("esc02");
    assert_eq!((m.method_text(), m.list(Name::Contact).count()), ("RE%47IST%45R", 2));
    assert_eq!(m.from().expect("From").display_text(), "%Z%45");
    let m = message("esc01");
    assert_eq!(m.to().map(|to| to.uri().expect("a URI").user_text().into_owned()), Ok("user".to_owned()));
    assert_eq!(message("semiuri").request_uri(), "sip:user;par=u%40example.net@example.com");
}

#[test]
fn long_messages_lose_nothing() {
    let m = message("longreq");
    assert_eq!(m.list(Name::Via).count(), 34);
    assert_eq!(m.call_id().len(), "longreq.one".len() + 20 * 6 + "longcallid".len());
    assert_eq!(m.from_tag().map(str::len), Some(2 + 150 + 3));
}

#[test]
fn addresses_of_ipv6_are_read_as_they_are_meant() {
    let ip = |name: &str| sip::uri::Uri::parse(message(name).request_uri()).expect(name).ip().map(|ip| ip.to_string());
    assert_eq!(ip("port-ambiguous").as_deref(), Some("2001:db8::10:5070"));
    assert_eq!(ip("port-unambiguous").as_deref(), Some("2001:db8::10"));
    assert_eq!(ip("ipv6-bug-abnf-3-colons"), ip("ipv6-correct-abnf-2-colons"));
    for name in ["via-received-param-with-delim", "via-received-param-no-delim"] {
        assert_eq!(message(name).via().expect("a Via").received(), "2001:db8::9:255".parse().ok());
    }
    let mapped = message("ipv4-mapped-ipv6");
    assert_eq!((mapped.via().expect("a Via").port, mapped.body().len()), (Some(19823), 236));
    assert_eq!(mapped.contact().map(|c| c.display_text().into_owned()), Ok("T. desk phone".into()));
}

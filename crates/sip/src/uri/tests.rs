//! URIs, their odd but legal forms, and those that are refused.

use super::*;

fn uri(text: &str) -> Uri<'_> {
    Uri::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn a_uri_with_everything() {
    let u = uri("sips:lan:secret@Example.com:5081;transport=tls;lr?subject=a&priority=urgent");
    assert_eq!((u.scheme, u.user, u.password), (Scheme::Sips, "lan", Some("secret")));
    assert_eq!((u.host, u.port, u.headers), ("Example.com", Some(5081), "subject=a&priority=urgent"));
    assert_eq!((u.params.get("transport"), u.params.has("lr")), (Some("tls"), true));
}

#[test]
fn odd_but_legal() {
    assert_eq!(uri("sip:user;par=u%40example.net@example.com").user, "user;par=u%40example.net");
    assert_eq!(uri("sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com").host, "example.com");
    assert_eq!(uri("SIP:example.com").user, "");
    assert_eq!(uri("sip:[2001:db8::10]:5070").port, Some(5070));
    assert_eq!(uri("sip:[2001:db8::10:5070]").port, None);
    assert_eq!(uri("sip:a@[::1]").ip(), "::1".parse().ok());
    assert_eq!(uri("sip:a@[2001:db8:::192.0.2.1]").ip(), "2001:db8::192.0.2.1".parse().ok());
    assert_eq!(uri("sip:null-%00-null@example.com").user_text(), "null-\0-null");
    assert_eq!((uri("tel:+84-90;phone-context=a.b").user, uri("tel:+1").host), ("+84-90", ""));
    assert_eq!(uri("soap.beep://192.0.2.103:3002").scheme, Scheme::Other);
    assert_eq!(uri("nobodyKnowsThisScheme:totallyopaquecontent").host, "totallyopaquecontent");
}

#[test]
fn refused() {
    for text in [
        "",
        "sip",
        "sip:",
        "sip:@",
        "sip:a@",
        "sip:a@b@c",
        "sip:a b@c",
        "<sip:a@b>",
        "sip:a@b:99999",
        "sip:a@b:x",
        "sip:a@b:",
        "sip:a%4@b",
        "sip:a%zz@b",
        "sip:2001:db8::1",
        "sip:[::1",
        "sip:[::g]",
        "sip:[1:::2]",
        "sip:[1:::2:::1.2.3.4]",
        "sip::pw@b",
        "sip:a@b;lr\r\n",
        "1sip:a",
        "tel:",
        "sip:a@b\"",
        ":a@b",
    ] {
        assert_eq!(Uri::parse(text), Err(UriError::Malformed), "{text}");
    }
    assert!(Uri::parse(&format!("sip:a@b{}", ";p".repeat(32))).is_ok());
    assert!(Uri::parse(&format!("sip:a@b{}", ";p".repeat(33))).is_err());
    assert_eq!(Uri::parse(&format!("sip:{}@b", "a".repeat(MAX_URI))), Err(UriError::TooLong));
}

/// The examples of RFC 3261 section 19.1.4.
#[test]
fn equivalence() {
    for (a, b) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]"),
        ("sip:a@b;x=1;x=2", "sip:a@b;x=1;x=2"),
    ] {
        assert!(uri(a).is_equivalent(&uri(b)) && uri(b).is_equivalent(&uri(a)), "{a} {b}");
    }
    for (a, b) in [
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
    ] {
        assert!(!uri(a).is_equivalent(&uri(b)) && !uri(b).is_equivalent(&uri(a)), "{a} {b}");
    }
}

#[test]
fn what_we_make_can_be_read() {
    let made = UriBuf::sip("a b@c/đ", "[::1]", Some(5060)).param("transport", "tcp").param("lr", "");
    assert_eq!(made.as_str(), "sip:a%20b%40c/%C4%91@[::1]:5060;transport=tcp;lr");
    assert_eq!(uri(made.as_str()).user_text(), "a b@c/đ");
    assert_eq!(uri(made.as_str()).to_string(), made.as_str());
    assert_eq!(decode("%ff%41"), "?A");
}

use super::*;

const PHONE: &str = "v=0\r\no=alice 2890844526 2890844527 IN IP4 198.51.100.1\r\ns=call\r\nc=IN IP4 198.51.100.1\r\n\
    t=0 0\r\na=sendrecv\r\nm=audio 49170/1 RTP/AVP 9 0 8 101\r\nc=IN IP4 198.51.100.2/127\r\na=rtpmap:9 G722/8000\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=recvonly\r\nm=video 51372 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n";

#[test]
fn a_phones_description_is_read() {
    let session = Session::parse(PHONE.as_bytes()).expect("SDP");
    assert_eq!((session.origin.session, session.origin.version), (2_890_844_526, 2_890_844_527));
    let audio = &session.media[0];
    assert_eq!((audio.kind.as_str(), audio.port, audio.protocol.as_str()), ("audio", 49170, "RTP/AVP"));
    assert_eq!(session.host(audio), Some(&Host::Ip("198.51.100.2".parse().expect("an address"))));
    assert_eq!(session.host(&session.media[1]), session.connection.as_ref());
    assert_eq!(
        (session.direction(audio), session.direction(&session.media[1])),
        (Direction::RecvOnly, Direction::SendRecv)
    );
    let formats: Vec<_> = audio.rtp_formats().map(|f| (f.payload_type, f.name)).collect();
    assert_eq!(formats, [(9, "G722"), (0, "PCMU"), (8, "PCMA"), (101, "telephone-event")]);
}

#[test]
fn what_is_written_reads_back() {
    let session = Session::parse(PHONE.as_bytes()).expect("SDP");
    assert_eq!(Session::parse(session.to_string().as_bytes()), Ok(session));
}

#[test]
fn attributes_of_what_is_not_understood_are_kept() {
    let text = "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\na=ice-ufrag:8hhY\na=fingerprint:sha-256 AB:CD\na=rtcp-mux\na=crypto:1 X inline:y\n";
    let session = Session::parse(text.as_bytes()).expect("SDP");
    let medium = &session.media[0];
    let value = |name| medium.attribute(name).map(|a| a.value.as_deref());
    assert_eq!(value("ice-ufrag"), Some(Some("8hhY")));
    assert_eq!(value("fingerprint"), Some(Some("sha-256 AB:CD")));
    assert_eq!(value("rtcp-mux"), Some(None));
    assert_eq!(value("crypto"), Some(Some("1 X inline:y")));
}

#[test]
fn odd_texts_are_read_as_far_as_they_go() {
    for text in [
        "m=audio 4000 RTP/AVP 0",
        "\r\n\r\n  v=0\r\r\n???\nx\n=\nq=unknown\nm=audio 4000 RTP/AVP 0\n\n",
        "v=0\r\no=\r\nc=IN IP4\r\ns=\r\nm=audio 4000 RTP/AVP 0\r\na=\r\na=rtpmap\r\na=rtpmap:0\r\na=rtpmap:x y/z\r\n",
    ] {
        let session = Session::parse(text.as_bytes()).expect(text);
        assert_eq!(session.media[0].port, 4000, "{text}");
        assert_eq!(session.media[0].rtp_formats().count(), 1, "{text}");
    }
    let mut broken = b"v=0\r\ns=\xff\xfe\r\n".to_vec();
    broken.extend_from_slice(b"m=audio 4000 RTP/AVP 0\r\n");
    assert_eq!(Session::parse(&broken).map(|s| s.media.len()), Ok(1));
}

#[test]
fn what_is_no_description_is_refused() {
    for text in ["", "hello", "a=b", "{\"type\":\"offer\"}"] {
        assert_eq!(Session::parse(text.as_bytes()), Err(ParseError::NotSdp), "{text}");
    }
    for text in ["m=", "m=audio", "m=audio x RTP/AVP 0", "m=audio 70000 RTP/AVP 0", "m=audio 4000"] {
        assert_eq!(Session::parse(text.as_bytes()), Err(ParseError::Medium), "{text}");
    }
}

#[test]
fn the_limits_hold() {
    let media = |count| "v=0\n".to_owned() + &"m=audio 1 RTP/AVP 0\n".repeat(count);
    assert!(Session::parse(media(32).as_bytes()).is_ok());
    assert_eq!(Session::parse(media(33).as_bytes()), Err(ParseError::TooMany("media")));
    let formats = |count| "m=audio 1 RTP/AVP".to_owned() + &" 0".repeat(count);
    assert!(Session::parse(formats(64).as_bytes()).is_ok());
    assert_eq!(Session::parse(formats(65).as_bytes()), Err(ParseError::TooMany("formats")));
    let attributes = |count| "v=0\n".to_owned() + &"a=x\n".repeat(count);
    assert_eq!(Session::parse(attributes(257).as_bytes()), Err(ParseError::TooMany("attributes")));
    assert_eq!(Session::parse(&vec![b'x'; Limit::BYTES + 1]), Err(ParseError::TooMany("bytes")));
}

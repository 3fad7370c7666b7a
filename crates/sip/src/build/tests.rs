//! Messages we write are read back by our own parser.

use super::*;

fn request(text: &str) -> Message {
    Message::parse(Bytes::from(text.replace('\n', "\r\n"))).expect("a message")
}

const REGISTER: &str = "REGISTER sip:alo.example SIP/2.0
Via: SIP/2.0/UDP 10.0.0.9:5062;branch=z9hG4bK1;rport;received=9.9.9.9, SIP/2.0/TCP a.example;branch=z9hG4bK0
v: SIP/2.0/UDP b.example
From: \"Lan\" <sip:lan@alo.example>;tag=f1
To: <sip:lan@alo.example>
Call-ID: c1@10.0.0.9
CSeq: 7 REGISTER
Record-Route: <sip:p1;lr>, <sip:p2;lr>
Timestamp: 5.5
Content-Length: 0

";

#[test]
fn a_response_repeats_what_it_must() {
    let source: SocketAddr = "203.0.113.7:40000".parse().expect("an address");
    let bytes = ResponseBuilder::new(&request(REGISTER), 200, "OK", source, "t1")
        .header(Name::Expires, 60)
        .body("text/plain", b"hi");
    let expected = "SIP/2.0 200 OK
Via: SIP/2.0/UDP 10.0.0.9:5062;branch=z9hG4bK1;received=203.0.113.7;rport=40000, SIP/2.0/TCP a.example;branch=z9hG4bK0
Via: SIP/2.0/UDP b.example
From: \"Lan\" <sip:lan@alo.example>;tag=f1
To: <sip:lan@alo.example>;tag=t1
Call-ID: c1@10.0.0.9
CSeq: 7 REGISTER
Record-Route: <sip:p1;lr>, <sip:p2;lr>
Expires: 60
Content-Type: text/plain
Content-Length: 2

hi";
    assert_eq!(String::from_utf8_lossy(&bytes), expected.replace('\n', "\r\n"));
    let response = Message::parse(bytes).expect("a response");
    assert_eq!((response.status(), response.method(), response.to_tag()), (Some(200), Method::Register, Some("t1")));
    assert_eq!(response.via().expect("a Via").received(), Some(source.ip()));
}

#[test]
fn a_trying_has_no_tag_and_no_route_but_the_timestamp() {
    let source: SocketAddr = "10.0.0.9:5062".parse().expect("an address");
    let bytes = ResponseBuilder::new(&request(REGISTER), 100, "Trying", source, "t1").finish();
    let response = Message::parse(bytes).expect("a response");
    assert_eq!((response.to_tag(), response.header(Name::RecordRoute)), (None, None));
    assert_eq!(response.header(Name::Timestamp), Some("5.5"));
}

#[test]
fn no_value_can_end_its_line() {
    let bytes =
        RequestBuilder::new(Method::Options, "sip:a@b\r\nX: 1").header(Name::Subject, "a\r\nVia: evil\0").finish();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(text, "OPTIONS sip:a@b  X: 1 SIP/2.0\r\nSubject: a  Via: evil \r\nContent-Length: 0\r\n\r\n");
}

#[test]
fn received_is_written_only_when_it_tells_something() {
    let text = REGISTER.replace(";rport;received=9.9.9.9", "");
    let source: SocketAddr = "10.0.0.9:6000".parse().expect("an address");
    let bytes = ResponseBuilder::new(&request(&text), 200, "OK", source, "t").finish();
    let response = Message::parse(bytes).expect("a response");
    assert_eq!(response.via().expect("a Via").params.as_str(), ";branch=z9hG4bK1");
}

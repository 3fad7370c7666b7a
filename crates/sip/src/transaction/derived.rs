//! The two requests that are made of an INVITE: CANCEL, and the ACK of a refusal. Both must repeat its URI, Via, routes
//! and numbers exactly (RFC 3261 sections 9.1 and 17.1.1.3).

use bytes::Bytes;

use crate::build::RequestBuilder;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;

/// The ACK of a refusal of the INVITE.
pub(crate) fn ack(invite: &Message, refusal: &Message) -> Bytes {
    begin(invite, Method::Ack, refusal.header(Name::To)).finish()
}

/// The CANCEL of the INVITE.
pub(crate) fn cancel(invite: &Message, reason: &str) -> Bytes {
    let builder = begin(invite, Method::Cancel, invite.header(Name::To));
    if reason.is_empty() { builder.finish() } else { builder.header(Name::Reason, reason).finish() }
}

fn begin(invite: &Message, method: Method, to: Option<&str>) -> RequestBuilder {
    let mut builder = RequestBuilder::new(method, invite.request_uri())
        .header(Name::Via, invite.list(Name::Via).next().unwrap_or(""))
        .header(Name::MaxForwards, 70);
    for route in invite.headers(Name::Route) {
        builder = builder.header(Name::Route, route);
    }
    builder
        .header(Name::From, invite.header(Name::From).unwrap_or(""))
        .header(Name::To, to.unwrap_or(""))
        .header(Name::CallId, invite.call_id())
        .header(Name::CSeq, format_args!("{} {method}", invite.cseq().map_or(0, |(number, _)| number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = "INVITE sip:b@far SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK77\r\nRoute: <sip:p;lr>\r\nFrom: <sip:a@us>;tag=1\r\nTo: <sip:b@far>\r\nCall-ID: c\r\nCSeq: 4 INVITE\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn an_ack_repeats_the_invite_but_takes_to_from_the_refusal() {
        let invite = Message::parse(Bytes::from_static(INVITE.as_bytes())).expect("a message");
        let refusal = "SIP/2.0 486 Busy\r\nTo: <sip:b@far>;tag=9\r\nContent-Length: 0\r\n\r\n";
        let refusal = Message::parse(Bytes::from_static(refusal.as_bytes())).expect("a message");
        let ack = Message::parse(ack(&invite, &refusal)).expect("a message");
        assert_eq!((ack.request_uri(), ack.header(Name::Route)), ("sip:b@far", Some("<sip:p;lr>")));
        assert_eq!(ack.header(Name::Via), invite.header(Name::Via));
        assert_eq!((ack.cseq(), ack.to_tag()), (Some((4, Method::Ack)), Some("9")));
    }

    #[test]
    fn a_cancel_repeats_the_invite_and_tells_why() {
        let invite = Message::parse(Bytes::from_static(INVITE.as_bytes())).expect("a message");
        let cancel = Message::parse(cancel(&invite, "SIP;cause=200")).expect("a message");
        assert_eq!((cancel.cseq(), cancel.to_tag()), (Some((4, Method::Cancel)), None));
        assert_eq!(cancel.header(Name::Reason), Some("SIP;cause=200"));
    }
}

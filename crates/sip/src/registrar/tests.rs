//! The rules of RFC 3261 section 10.3, and that no order of requests breaks the table.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::transport::Transport;

const ALICE: u128 = 1;

fn flow(port: u16) -> Flow {
    Flow::to(Transport::Udp, ([10, 0, 0, 9], port).into())
}

fn at(s: u64) -> Moment {
    Moment::from_millis(s * 1000)
}

fn bindings() -> Bindings {
    Bindings::new(Limits { contacts_per_account: 3, contacts: 6, ..Limits::default() }, 1)
}

fn request(call_id: &str, cseq: u32, lines: &str) -> Message {
    let text = format!(
        "REGISTER sip:alo.example SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n\
         Call-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\nUser-Agent: Phone\r\n{lines}\r\n"
    );
    Message::parse(Bytes::from(text)).expect("a message")
}

fn send(b: &mut Bindings, s: u64, call_id: &str, cseq: u32, lines: &str) -> Result<Registered, Refusal> {
    b.register(ALICE, &request(call_id, cseq, lines), flow(5060), at(s), &|_| true)
}

fn uris(b: &Bindings, s: u64) -> Vec<String> {
    b.lookup(ALICE, at(s)).into_iter().map(|c| c.uri).collect()
}

#[test]
fn a_phone_registers_refreshes_and_leaves() {
    let mut b = bindings();
    let first = send(&mut b, 0, "c", 1, "Contact: <sip:a@10.0.0.9>\r\nExpires: 120\r\n").expect("taken");
    assert!(first.changed);
    assert_eq!(first.contacts[0].header_value(), "<sip:a@10.0.0.9>;expires=120");
    assert_eq!((first.contacts[0].user_agent.as_str(), first.contacts[0].flow), ("Phone", flow(5060)));
    let again = send(&mut b, 100, "c", 2, "Contact: <sip:a@10.0.0.9>;expires=90\r\nExpires: 120\r\n").expect("taken");
    assert_eq!((again.changed, again.contacts[0].expires_in.as_secs()), (false, 90));
    assert_eq!(again.contacts[0].key, first.contacts[0].key);
    let query = send(&mut b, 110, "c", 3, "").expect("taken");
    assert_eq!((query.changed, query.contacts.len()), (false, 1));
    let gone = send(&mut b, 120, "c", 4, "Contact: <sip:a@10.0.0.9>\r\nExpires: 0\r\n").expect("taken");
    assert_eq!((gone.changed, gone.contacts.len(), b.len(), b.deadline()), (true, 0, 0, None));
}

#[test]
fn several_contacts_are_ordered_by_preference_then_freshness() {
    let mut b = bindings();
    send(&mut b, 0, "c", 1, "Contact: <sip:a@h1>;q=0.5, <sip:a@h2>\r\nContact: <sip:a@h3>;q=0.5\r\n").expect("taken");
    send(&mut b, 1, "c", 2, "m: <sip:a@h3>;q=0.5\r\n").expect("taken");
    assert_eq!(uris(&b, 2), ["sip:a@h2", "sip:a@h3", "sip:a@h1"]);
    assert!(b.lookup(ALICE, at(2))[2].header_value().contains(";q=0.500;"));
}

#[test]
fn a_star_removes_all_and_only_with_expires_zero() {
    let mut b = bindings();
    send(&mut b, 0, "c", 1, "Contact: <sip:a@h1>, <sip:a@h2>\r\n").expect("taken");
    for lines in ["Contact: *\r\n", "Contact: *\r\nExpires: 60\r\n", "Contact: *, <sip:a@h>\r\nExpires: 0\r\n"] {
        assert_eq!(send(&mut b, 1, "c", 2, lines).map_err(|r| r.code), Err(400));
    }
    let late = send(&mut b, 1, "c", 1, "Contact: *\r\nExpires: 0\r\n");
    assert_eq!((late.map_err(|r| r.code), b.len()), (Err(500), 2));
    assert!(send(&mut b, 1, "other", 1, "Contact: *\r\nExpires: 0\r\n").expect("taken").changed);
    assert_eq!((b.len(), b.deadline()), (0, None));
}

#[test]
fn a_late_request_changes_nothing_at_all() {
    let mut b = bindings();
    send(&mut b, 0, "c", 5, "Contact: <sip:a@h1>\r\n").expect("taken");
    for cseq in [4, 5] {
        let late = send(&mut b, 1, "c", cseq, "Contact: <sip:a@h2>, <sip:A@h1>;x, <sip:a@H1;y=1>\r\n");
        assert_eq!((late.map_err(|r| r.code), uris(&b, 1)), (Err(500), vec!["sip:a@h1".to_owned()]));
    }
    assert!(send(&mut b, 1, "rebooted", 1, "Contact: <sip:a@h1>\r\n").is_ok());
}

#[test]
fn times_are_granted_within_the_limits() {
    let mut b = bindings();
    let granted = |b: &mut Bindings, n, lines: &str| {
        send(b, 0, "c", n, lines).map(|r| r.contacts[0].expires_in.as_secs()).map_err(|r| (r.code, r.min_expires))
    };
    assert_eq!(granted(&mut b, 1, "Contact: <sip:a@h>\r\n"), Ok(300));
    assert_eq!(granted(&mut b, 2, "Contact: <sip:a@h>;expires=99999999999\r\n"), Ok(3600));
    assert_eq!(granted(&mut b, 3, "Contact: <sip:a@h>\r\nExpires: 59\r\n"), Err((423, Some(60))));
    assert_eq!(granted(&mut b, 4, "Contact: <sip:a@h>;expires=\"soon\"\r\n"), Ok(300));
}

#[test]
fn contacts_end_by_themselves() {
    let mut b = bindings();
    send(&mut b, 0, "c", 1, "Contact: <sip:a@h1>;expires=60, <sip:a@h2>;expires=90\r\n").expect("taken");
    assert_eq!((b.deadline(), b.expire(at(59))), (Some(at(60)), vec![]));
    assert_eq!((b.expire(at(60)), uris(&b, 60)), (vec![ALICE], vec!["sip:a@h2".to_owned()]));
    assert_eq!(uris(&b, 90), Vec::<String>::new());
    assert_eq!((b.expire(at(1000)), b.is_empty()), (vec![ALICE], true));
}

#[test]
fn a_further_phone_takes_the_place_of_the_stalest() {
    let mut b = bindings();
    for n in 0..5 {
        send(&mut b, n, "c", n as u32 + 1, &format!("Contact: <sip:a@h{n}>\r\n")).expect("taken");
    }
    assert_eq!(uris(&b, 5), ["sip:a@h4", "sip:a@h3", "sip:a@h2"]);
    let many = "Contact: <sip:a@h1>, <sip:a@h2>, <sip:a@h3>, <sip:a@h4>\r\n";
    assert_eq!(send(&mut b, 6, "c", 9, many).map_err(|r| r.code), Err(403));
}

#[test]
fn the_table_is_bounded() {
    let mut b = bindings();
    let one = |n: u128| request("c", 1, &format!("Contact: <sip:a@h{n}>\r\n"));
    for account in 0..6 {
        b.register(account, &one(account), flow(1), at(0), &|_| true).expect("taken");
    }
    assert_eq!(b.register(9, &one(9), flow(1), at(0), &|_| true).map_err(|r| r.code), Err(503));
    assert!(b.register(3, &request("c", 2, "Contact: <sip:a@h3>;expires=0\r\n"), flow(1), at(0), &|_| true).is_ok());
    assert!(b.register(9, &one(9), flow(1), at(0), &|_| true).is_ok());
}

#[test]
fn a_device_that_comes_back_under_another_uri_is_the_same_device() {
    let mut b = bindings();
    let line = |uri: &str| format!("Contact: <{uri}>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n");
    let first = send(&mut b, 0, "c", 1, &line("sip:x1@a.invalid;transport=ws")).expect("taken");
    let second = send(&mut b, 1, "d", 1, &line("sip:x2@b.invalid;transport=ws")).expect("taken");
    assert_eq!((second.contacts.len(), second.changed), (1, true));
    assert_eq!(second.contacts[0].key, first.contacts[0].key);
}

#[test]
fn path_and_moves_are_kept() {
    let mut b = bindings();
    let lines = "Contact: <sip:a@h>\r\nPath: <sip:p1;lr>, <sip:p2;lr>\r\n";
    let taken = send(&mut b, 0, "c", 1, lines).expect("taken");
    assert_eq!(taken.contacts[0].path, ["<sip:p1;lr>", "<sip:p2;lr>"]);
    let moved =
        b.register(ALICE, &request("c", 2, "Contact: <sip:a@h>\r\n"), flow(5070), at(1), &|_| true).expect("taken");
    assert_eq!((moved.changed, moved.contacts[0].flow), (true, flow(5070)));
    assert!(b.remove(ALICE, moved.contacts[0].key) && !b.remove(ALICE, moved.contacts[0].key) && b.is_empty());
}

#[test]
fn contacts_that_cannot_be_called_are_refused() {
    for contact in ["sip:a@h?Route=%3Csip:x%3E", "<mailto:a@h>", "<sip:>", "\"open <sip:a@h>", "tel:1"] {
        let refused = send(&mut bindings(), 0, "c", 1, &format!("Contact: {contact}\r\n"));
        assert_eq!(refused.map_err(|r| r.code), Err(400), "{contact}");
    }
}

#[derive(Debug, Clone)]
struct Step {
    account: u128,
    call: u8,
    cseq: u32,
    contacts: Vec<(u8, u32)>,
    star: bool,
    wait_s: u64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let contact = (0u8..6, prop_oneof![Just(0u32), 60u32..200]);
    let step =
        (0u128..3, 0u8..2, 0u32..12, proptest::collection::vec(contact, 0..4), prop::bool::weighted(0.1), 0u64..40);
    let step = step.prop_map(|(account, call, cseq, contacts, star, wait_s)| Step {
        account,
        call,
        cseq,
        contacts,
        star,
        wait_s,
    });
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn any_order_of_requests_keeps_the_table_whole(steps in steps()) {
        let mut b = bindings();
        let mut now = 0;
        // The last CSeq taken of each call for each contact, as an outside observer sees it.
        let mut last: HashMap<(u128, String), (u8, u32)> = HashMap::new();
        for step in steps {
            now += step.wait_s;
            let lines = if step.star {
                "Contact: *\r\nExpires: 0\r\n".to_owned()
            } else {
                step.contacts.iter().map(|(n, s)| format!("Contact: <sip:a@h{n}>;expires={s}\r\n")).collect()
            };
            let message = request(&step.call.to_string(), step.cseq, &lines);
            let before = b.lookup(step.account, at(now));
            let late = before.iter().any(|c| {
                let touched = step.star || step.contacts.iter().any(|(n, _)| c.uri == format!("sip:a@h{n}"));
                touched && last.get(&(step.account, c.uri.clone())).is_some_and(|l| l.0 == step.call && l.1 >= step.cseq)
            });
            match b.register(step.account, &message, flow(1), at(now), &|_| true) {
                Ok(taken) => {
                    prop_assert!(!late);
                    prop_assert_eq!(&taken.contacts, &b.lookup(step.account, at(now)));
                    for (n, _) in &step.contacts {
                        last.insert((step.account, format!("sip:a@h{n}")), (step.call, step.cseq));
                    }
                }
                Err(refusal) => {
                    prop_assert!(late == (refusal.code == 500) && matches!(refusal.code, 500 | 503 | 403));
                    prop_assert_eq!(before, b.lookup(step.account, at(now)));
                }
            }
            b.expire(at(now));
            let all: Vec<Contact> = (0..3).flat_map(|account| b.lookup(account, at(now))).collect();
            prop_assert_eq!(all.len(), b.len());
            prop_assert!(b.len() <= 6 && b.deadline().is_none_or(|d| d > at(now)));
            prop_assert!((0..3).all(|account| b.lookup(account, at(now)).len() <= 3));
            let keys: std::collections::HashSet<u64> = all.iter().map(|c| c.key).collect();
            prop_assert_eq!(keys.len(), all.len());
        }
    }
}

#[test]
fn who_shares_a_bound_is_asked_for_room_only_when_a_contact_is_new() {
    let mut b = bindings();
    let asked = std::cell::RefCell::new(Vec::new());
    let mut send = |cseq, lines: &str, room: bool| {
        let ask = |more| {
            asked.borrow_mut().push(more);
            room
        };
        b.register(ALICE, &request("c", cseq, lines), flow(5060), at(1), &ask).map(|r| r.contacts.len())
    };
    let two = "Contact: <sip:a@h1>, <sip:a@h2>\r\n";
    assert_eq!(send(1, two, true), Ok(2));
    assert_eq!(send(2, two, false), Ok(2), "a refresh needs no room");
    assert_eq!(send(3, "Contact: <sip:a@h3>\r\n", false), Err(Refusal::NO_ROOM));
    assert_eq!(send(4, "Contact: <sip:a@h1>;expires=0, <sip:a@h2>\r\n", false), Ok(1), "nor does one that goes");
    assert_eq!(*asked.borrow(), [2, 1]);
}

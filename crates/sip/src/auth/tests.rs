//! The RFCs' examples, and what a phone, a stranger and a thief can do.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use model::{Moment, Timestamp};

use super::*;
use crate::directory::Account;
use crate::message::Message;

const PHONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9));
const NOW: Moment = Moment::from_millis(1_000_000);
const REALM: &str = "alo.example";
const URI: &str = "sip:alo.example";

/// RFC 2617 section 3.5.
#[test]
fn the_example_of_rfc_2617() {
    let ha1 = Algorithm::Md5.hash(&["Mufasa", "testrealm@host.com", "Circle Of Life"]);
    assert_eq!(ha1, "939e7578ed9e3c518a452acee763bce9");
    let qop = Some(("00000001", "0a4f113b", "auth"));
    let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    let proof = response(Algorithm::Md5, &ha1, nonce, qop, "GET", "/dir/index.html");
    assert_eq!(proof, "6629fae49393a05397450978507c4ef1");
}

/// RFC 7616 section 3.9.1.
#[test]
fn the_examples_of_rfc_7616() {
    for (algorithm, expected) in [
        (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let challenge = format!(
            r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#,
            algorithm.as_str()
        );
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let answer = answer_challenge(&challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life", cnonce, 1);
        let answer = answer.expect("an answer");
        let params = DigestParams::parse(&answer).expect("parameters");
        assert_eq!(params.response.as_deref(), Some(expected));
        assert_eq!(params.opaque.as_deref(), Some("FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"));
        assert_eq!((params.nc.as_deref(), params.qop.as_deref()), (Some("00000001"), Some("auth")));
    }
}

fn server() -> Authenticator {
    Authenticator::new(&[7; 32], Timestamp(1))
}

fn account() -> Account {
    let (ha1_md5, ha1_sha256) = ha1("101", REALM, "pw101");
    Account { key: 1, realm: REALM.to_owned(), ha1_md5, ha1_sha256 }
}

fn request(authorization: &str) -> Message {
    let text = format!(
        "REGISTER {URI} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\r\nFrom: <sip:101@alo.example>;tag=1\r\n\
         To: <sip:101@alo.example>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{authorization}\r\n"
    );
    Message::parse(Bytes::from(text)).expect("a message")
}

/// A phone that answers with this password, count and URI.
fn answer(challenge: &str, password: &str, count: u32, uri: &str) -> Message {
    let value = answer_challenge(challenge, "REGISTER", uri, "101", password, "c", count).expect("an answer");
    request(&format!("Authorization: {value}\r\n"))
}

fn verify(server: &Authenticator, message: &Message) -> Result<(), AuthFailure> {
    server.verify(message, "101", Some(&account()), REALM, PHONE, NOW)
}

#[test]
fn a_phone_proves_itself_with_either_hash_many_times_and_in_hexadecimal() {
    let server = server();
    for hash in 0..2 {
        let challenge = &server.challenge(REALM, PHONE, NOW, false)[hash];
        for count in 1..=40 {
            assert_eq!(verify(&server, &answer(challenge, "pw101", count, URI)), Ok(()), "{count}");
        }
    }
}

#[test]
fn both_challenges_share_one_nonce_and_come_md5_first() {
    let [md5, sha] = server().challenge(REALM, PHONE, NOW, true);
    let (md5, sha) = (DigestParams::parse(&md5).expect("one"), DigestParams::parse(&sha).expect("two"));
    assert_eq!((sha.algorithm(), md5.algorithm()), (Some(Algorithm::Sha256), Some(Algorithm::Md5)));
    assert_eq!(sha.nonce, md5.nonce);
}

#[test]
fn a_proof_is_good_once() {
    let server = server();
    let [_, sha] = server.challenge(REALM, PHONE, NOW, false);
    let message = answer(&sha, "pw101", 1, URI);
    assert_eq!((verify(&server, &message), verify(&server, &message)), (Ok(()), Err(AuthFailure::Stale)));
}

#[test]
fn an_old_phone_without_qop_is_let_in_once_a_nonce() {
    let server = server();
    let challenge = server.challenge(REALM, PHONE, NOW, false)[0].replace(r#",qop="auth""#, "");
    let message = answer(&challenge, "pw101", 1, URI);
    assert_eq!((verify(&server, &message), verify(&server, &message)), (Ok(()), Err(AuthFailure::Stale)));
}

#[test]
fn only_the_nonce_being_old_is_stale() {
    let server = server();
    let [_, sha] = server.challenge(REALM, PHONE, NOW, false);
    let late = NOW + Duration::from_secs(61);
    let check = |m: &Message, source| server.verify(m, "101", Some(&account()), REALM, source, late);
    assert_eq!(check(&answer(&sha, "pw101", 1, URI), PHONE), Err(AuthFailure::Stale));
    assert_eq!(check(&answer(&sha, "wrong", 1, URI), PHONE), Err(AuthFailure::Wrong));
    let elsewhere = "10.0.0.8".parse().expect("an address");
    let now = server.verify(&answer(&sha, "pw101", 2, URI), "101", Some(&account()), REALM, elsewhere, NOW);
    assert_eq!(now, Err(AuthFailure::Stale));
}

#[test]
fn unknown_user_and_wrong_password_are_one_answer() {
    let server = server();
    let [_, sha] = server.challenge(REALM, PHONE, NOW, false);
    let message = answer(&sha, "wrong", 1, URI);
    assert_eq!(verify(&server, &message), Err(AuthFailure::Wrong));
    assert_eq!(server.verify(&message, "101", None, REALM, PHONE, NOW), Err(AuthFailure::Wrong));
}

#[test]
fn nobody_has_no_password() {
    let server = server();
    let [md5, _] = server.challenge(REALM, PHONE, NOW, false);
    let params = DigestParams::parse(&md5).expect("parameters");
    let nonce = params.nonce.as_deref().expect("a nonce");
    let proof = response(Algorithm::Md5, &hex(&[0x5a; 16]), nonce, None, "REGISTER", URI);
    let line = format!(
        "Authorization: Digest username=\"101\",realm=\"{REALM}\",nonce=\"{nonce}\",uri=\"{URI}\",response=\"{proof}\"\r\n"
    );
    assert_eq!(server.verify(&request(&line), "101", None, REALM, PHONE, NOW), Err(AuthFailure::Wrong));
}

#[test]
fn a_proof_of_one_is_none_of_another() {
    let server = server();
    let [_, sha] = server.challenge(REALM, PHONE, NOW, false);
    let message = answer(&sha, "pw101", 1, URI);
    let as_other = server.verify(&message, "102", Some(&account()), REALM, PHONE, NOW);
    assert_eq!(as_other, Err(AuthFailure::Wrong));
    assert_eq!(verify(&server, &answer(&sha, "pw101", 1, "sip:evil@alo.example")), Err(AuthFailure::Wrong));
    assert_eq!(verify(&server, &answer(&sha, "pw101", 1, "sip:ALO.example:5060;transport=udp")), Ok(()));
}

#[test]
fn other_schemes_realms_and_hashes_are_no_credentials() {
    let server = server();
    for line in [
        "",
        "Authorization: NoOneKnowsThisScheme opaque-data=here\r\n",
        "Authorization: Digest username=\"101\",realm=\"other\",nonce=\"n\",uri=\"u\",response=\"r\"\r\n",
        "Authorization: Digest username=\"101\",realm=\"alo.example\",algorithm=MD5-sess,response=\"r\"\r\n",
        "Authorization: Digest username=\"101\",realm=\"alo.example\"\r\n",
        "Authorization: Digest username=\"101\",realm=\"alo.example\",nonce=\"n\",uri=\"u\",response=\"r\",qop=auth,nc=+1,cnonce=\"\"\r\n",
        "Authorization: Digest username=\"101\",realm=\"alo.example\",nonce=\"n\",uri=\"u\",response=\"r\",qop=auth-int\r\n",
    ] {
        assert_eq!(verify(&server, &request(line)), Err(AuthFailure::Missing), "{line}");
    }
}

#[test]
fn a_forged_source_cannot_make_a_failure_and_a_made_up_nonce_tells_nothing() {
    let server = server();
    let theirs = Authenticator::new(&[8; 32], Timestamp(1)).challenge(REALM, PHONE, NOW, false);
    for password in ["pw101", "wrong"] {
        assert_eq!(verify(&server, &answer(&theirs[0], password, 1, URI)), Err(AuthFailure::Stale));
    }
}

#[test]
fn the_servers_bare_address_may_be_hashed_but_no_other_name() {
    for (uri, expected) in [
        ("sip:192.0.2.7:5060", Ok(())),
        ("sip:[2001:db8::7]", Ok(())),
        ("sip:102@192.0.2.7", Err(AuthFailure::Wrong)),
        ("sip:elsewhere.example", Err(AuthFailure::Wrong)),
    ] {
        let server = server();
        let [md5, _] = server.challenge(REALM, PHONE, NOW, false);
        assert_eq!(verify(&server, &answer(&md5, "pw101", 1, uri)), expected, "{uri}");
    }
}

#[test]
fn the_right_line_is_found_among_several() {
    let server = server();
    let [_, sha] = server.challenge(REALM, PHONE, NOW, false);
    let ours = answer_challenge(&sha, "REGISTER", URI, "101", "pw101", "c", 1).expect("an answer");
    let lines = format!("Authorization: Digest realm=\"other\",username=\"x\"\r\nAuthorization: {ours}\r\n");
    let message = request(&lines);
    assert_eq!((presented_user(&message, REALM).as_deref(), verify(&server, &message)), (Some("101"), Ok(())));
}

#[test]
fn the_first_challenge_we_speak_is_answered() {
    let text = "SIP/2.0 407 Proxy Authentication Required\r\nCSeq: 1 INVITE\r\n\
        Proxy-Authenticate: Digest realm=\"a\",nonce=\"1\",algorithm=SHA-512-256,qop=\"auth\"\r\n\
        Proxy-Authenticate: Digest realm=\"a\",nonce=\"1\",algorithm=SHA-256,qop=\"auth-int\"\r\n\
        Proxy-Authenticate: Digest realm=\"a\",nonce=\"1\",qop=\"auth-int,auth\"\r\n\r\n";
    let message = Message::parse(Bytes::from(text)).expect("a message");
    let (name, value) = best_challenge(&message).expect("a challenge");
    assert_eq!(name, crate::name::Name::ProxyAuthorization);
    assert!(value.contains("auth-int,auth"));
    assert!(
        answer_challenge(value, "INVITE", "sip:1@a", "u\"x", "p", "c", 1).expect("one").contains(r#"username="u\"x""#)
    );
}

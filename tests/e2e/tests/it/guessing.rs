//! Guessing passwords, and using what was overheard (R9, R11).

use crate::stranger::{Stranger, USUAL, answer_to, fresh_ip};
use crate::talk;
use e2e::webhook::Receiver;
use e2e::{Phone, Server};

/// Guesses until the server says nothing more; how often it answered.
async fn guesses(stranger: &Stranger, user: &str) -> usize {
    for tried in 0..30 {
        match stranger.tries(user, &format!("guess{tried}")).await {
            Some(answer) => assert_eq!(answer.status(), 401, "a guess was right?"),
            None => return tried,
        }
    }
    30
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_shut_out_the_owner_elsewhere_is_not_and_the_company_is_told() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "security.*").await;
    let thief = Stranger::new(&server).await;
    let answered = guesses(&thief, "101").await;
    assert!(answered <= 10, "{answered} guesses were answered");
    assert_eq!(thief.hears_all().await.len(), 0, "nothing more from there is read");
    let told = hooks.gets("security.blocked", |d| d.body["type"] == "security.blocked").await;
    let data = &told.body["data"];
    assert_eq!(data["source"], thief.address().ip().to_string(), "{}", told.text);
    assert_eq!((&data["user"], data["blocked_s"].as_i64() >= Some(600)), (&"101".into(), true), "{}", told.text);
    assert_eq!(server.metric("alo_sip_bans_total").await, Some(1.0));
    assert!(server.metric("alo_sip_refused_total").await >= Some(10.0), "each refusal is counted");

    // With the right password, too.
    let same_place = Stranger::at(&server, thief.address().ip()).await;
    assert!(same_place.tries("101", "pw101").await.is_none(), "shut out");
    let owner = server.phone("101").await;
    assert_eq!(owner.register().await, 200, "who is elsewhere is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_guesser_in_an_office_does_not_silence_its_phones() {
    let server = Server::start().await;
    let office = fresh_ip();
    let colleague = Phone::at((office, 0).into(), server.sip(), server.domain(), "102", "pw102").await;
    assert_eq!(colleague.register().await, 200);
    let answered = guesses(&Stranger::at(&server, office).await, "101").await;
    assert!(answered <= 10, "{answered} guesses were answered");
    assert_eq!(colleague.register().await, 200, "a phone that is known goes on");
    let called = server.phone("103").await;
    let mut caller = colleague.dial("103").await;
    let mut callee = called.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_counts_once_for_its_sender_and_its_message_with_either_hash() {
    let server = Server::start().await;
    let uri = format!("sip:{}", server.domain());
    for which in [0, 1] {
        let phone = Stranger::new(&server).await;
        let challenge = phone.ask(&phone.register("101", USUAL)).await;
        let proof = answer_to(&challenge, which, "REGISTER", &uri, "101", "pw101");
        assert!(proof.contains(["algorithm=MD5", "algorithm=SHA-256"][which]), "{proof}");

        let thief = Stranger::new(&server).await;
        assert_eq!(thief.ask(&thief.register("101", &proof)).await.status(), 401, "not from elsewhere");
        assert_eq!(phone.ask(&phone.register("101", &proof)).await.status(), 200);
        let again = phone.ask(&phone.register("101", &proof)).await;
        assert_eq!(again.status(), 401, "not twice");
        assert!(again.header("WWW-Authenticate").contains("stale=true"), "{}", again.header("WWW-Authenticate"));
        let call = phone.ask(&phone.request("INVITE", &uri, "101", &proof)).await;
        assert_eq!(call.status(), 401, "not for another method");
        let forged = proof.replace("nonce=\"", "nonce=\"AAAA");
        assert_eq!(phone.ask(&phone.register("101", &forged)).await.status(), 401, "not with a nonce of one's own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_a_phone_is_never_answered() {
    let server = Server::start().await;
    let (caller, phone) = (server.phone("101").await, server.phone("102").await);
    for (status, header) in
        [("401 Unauthorized", "WWW-Authenticate"), ("407 Proxy Authentication Required", "Proxy-Authenticate")]
    {
        let mut call = caller.dial("102").await;
        let mut trap = phone.offered().await;
        let realm = server.domain();
        trap.refuse(&format!(
            "{status}\r\n{header}: Digest realm=\"{realm}\", nonce=\"x\", algorithm=MD5, qop=\"auth\""
        ))
        .await;
        assert!(call.refused().await.status() >= 400);
        server.settles().await;
        assert!(!phone.is_ringing().await, "no second INVITE");
        assert!(trap.invite.header("Authorization").is_empty() && trap.invite.header("Proxy-Authorization").is_empty());
    }
}

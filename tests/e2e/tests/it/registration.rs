//! Registering, and what a stranger learns from it.

use e2e::{Phone, Server, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_registers_refreshes_and_leaves() {
    let server = Server::start().await;
    let phone = server.phone("101").await;
    let again = phone.register_for(120).await;
    assert_eq!(again.status(), 200);
    assert!(again.header("Contact").contains("expires="), "{}", again.header("Contact"));
    assert_eq!(server.metric("alo_sip_bindings").await, Some(1.0));
    assert_eq!(phone.register_for(0).await.status(), 200);
    assert_eq!(server.metric("alo_sip_bindings").await, Some(0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let server = Server::start().await;
    let wrong = Phone::new(server.sip(), server.domain(), "101", "wrong").await;
    let unknown = Phone::new(server.sip(), server.domain(), "999", "wrong").await;
    let (first_wrong, second_wrong) = wrong.register_steps().await;
    let (first_unknown, second_unknown) = unknown.register_steps().await;
    for (a, b) in [(first_wrong, first_unknown), (second_wrong, second_unknown)] {
        assert_eq!((a.start.as_str(), a.names()), (b.start.as_str(), b.names()));
        assert_ne!(a.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_is_answered() {
    let server = Server::start().await;
    assert_eq!(server.unregistered("101").await.ping().await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_over_udp_can_be_called_at_once_after_a_crash() {
    let mut server = Server::start().await;
    let (lan, mai) = (server.phone("101").await, server.phone("102").await);
    let kept = server.data().join("phones.jsonl");
    until("both phones are kept", async || {
        let text = std::fs::read_to_string(&kept).unwrap_or_default();
        (text.contains("sip:101@") && text.contains("sip:102@")).then_some(())
    })
    .await;
    server.kill().await;
    server.serve().await;
    assert_eq!(server.metric("alo_sip_bindings").await, Some(2.0));
    let mut call = lan.dial("102").await;
    let mut desk = mai.rings().await;
    desk.answer().await;
    call.answered().await;
    crate::talk(&call, &desk).await;
    assert_eq!(call.hang_up().await, 200);
    desk.hung_up().await;
    server.record("the call after the crash", |call| call["cause"] == "normal").await;
    server.settles().await;
}

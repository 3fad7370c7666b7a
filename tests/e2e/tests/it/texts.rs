//! Texts between phones (MESSAGE, RFC 3428).

use e2e::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_text_reaches_the_other_phone_with_its_senders_number() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    assert_eq!(lan.text("102", "Chào Minh, họp lúc 3 giờ").await, 200);
    let read = minh.reads().await;
    assert_eq!((read.body.as_str(), read.user_of("From")), ("Chào Minh, họp lúc 3 giờ", "101"));
    assert_eq!(read.header("Content-Type"), "text/plain");
    assert_eq!(minh.text("101", "Ok").await, 200);
    assert_eq!(lan.reads().await.body, "Ok");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_reaches_nobody_is_refused_with_a_reason() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    assert_eq!(lan.text("103", "Anybody there?").await, 480, "no phone is registered");
    assert_eq!(lan.text("999", "Anybody there?").await, 404);
    assert_eq!(lan.text("103", &"x".repeat(1_400)).await, 413);
    server.settles().await;
}

//! What a phone's lamps are told of colleagues (RFC 4235).

use crate::talk;
use e2e::{Phone, Server, until};

/// Waits until a NOTIFY says this, and gives its version.
async fn lamp(phone: &Phone, what: &str) -> u32 {
    let told = until(&format!("the lamp says {what}"), async || {
        phone.next_notice().filter(|notice| {
            assert_eq!(notice.header("Event"), "dialog");
            notice.body.contains(what)
        })
    })
    .await;
    assert_eq!(told.header("Content-Type"), "application/dialog-info+xml");
    assert!(told.body.contains("entity=\"sip:102@") && told.body.contains("state=\"full\""), "{}", told.body);
    let version = told.body.split("version=\"").nth(2).and_then(|rest| rest.split('"').next());
    version.and_then(|number| number.parse().ok()).expect("a version")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lamp_follows_a_colleague_from_ringing_to_the_end() {
    let server = Server::start().await;
    let (boss, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    assert_eq!(boss.subscribe("dialog", "102", 600).await.status(), 200);
    assert_eq!(lamp(&boss, "<state>terminated</state>").await, 0);

    let mut caller = hoa.dial("102").await;
    let mut desk = minh.rings().await;
    lamp(&boss, "direction=\"recipient\"><state>early</state>").await;
    desk.answer().await;
    caller.answered().await;
    lamp(&boss, "direction=\"recipient\"><state>confirmed</state>").await;
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    let over = lamp(&boss, "<state>terminated</state>").await;

    let mut calling = minh.dial("103").await;
    let mut other = hoa.rings().await;
    lamp(&boss, "direction=\"initiator\"><state>early</state>").await;
    other.answer().await;
    calling.answered().await;
    let later = lamp(&boss, "direction=\"initiator\"><state>confirmed</state>").await;
    assert!(later > over, "versions rise");
    talk(&calling, &other).await;
    assert_eq!(calling.hang_up().await, 200);
    other.hung_up().await;
    lamp(&boss, "<state>terminated</state>").await;

    assert_eq!(boss.subscribe("dialog", "999", 600).await.status(), 200);
    let nobody = until("the refusal", async || boss.next_notice()).await;
    assert_eq!(nobody.header("Subscription-State"), "terminated;reason=noresource");
    server.settles().await;
}

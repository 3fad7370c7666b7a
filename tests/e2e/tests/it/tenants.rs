//! Two companies in one server.

use crate::talk;
use e2e::{Phone, Server};

#[tokio::test(flavor = "multi_thread")]
async fn two_companies_may_have_the_same_extension_and_never_meet() {
    let server = Server::start().await;
    let other = server.bootstrap("Other Company", &["--extensions", "101-102"]);
    let other_domain = other["sip"]["domain"].as_str().expect("a domain");
    assert_ne!(other_domain, server.domain());
    let theirs = |user: &'static str| {
        Phone::new(server.sip(), other_domain, user, if user == "101" { "pw101" } else { "pw102" })
    };

    let (our_101, our_102) = (server.phone("101").await, server.phone("102").await);
    let (their_101, their_102) = (theirs("101").await, theirs("102").await);
    e2e::wait::until_seldom("the running server knows the new company", async || {
        (their_101.register().await == 200).then_some(())
    })
    .await;
    assert_eq!(their_102.register().await, 200);

    let mut caller = their_101.dial("102").await;
    let mut callee = their_102.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert!(!our_102.is_ringing().await, "the other company's call does not ring here");
    caller.hang_up().await;
    callee.hung_up().await;

    let mut stray = their_101.dial("103").await;
    assert_eq!(stray.refused().await.status(), 404, "103 is ours, not theirs");
    drop(our_101);
    server.settles().await;
    let list = server.get("/calls").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "we do not see their calls: {list}");
}

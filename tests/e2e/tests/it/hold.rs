//! Hold and resume.

use crate::{CALLEE, CALLER, talk};
use e2e::Server;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_held_hears_music_and_then_the_person_again() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;

    let answer = callee.reoffer("sendonly").await;
    assert!(answer.contains("a=recvonly"), "{answer}");
    callee.voice.say(None);
    callee.voice.hears_nothing().await;
    caller.voice.forget();
    caller.voice.hears_something().await;

    let answer = callee.reoffer("sendrecv").await;
    assert!(answer.contains("a=sendrecv"), "{answer}");
    caller.voice.forget();
    callee.voice.forget();
    callee.voice.say(Some(CALLEE));
    tokio::join!(caller.voice.hears(CALLEE), callee.voice.hears(CALLER));
    // The caller went on talking: nobody was to hear it, so it is no loss.
    assert_eq!(callee.voice.heard().lost, 0, "a hole in the sequence");
    caller.hang_up().await;
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_may_hold_as_well_also_in_the_old_way_and_hang_up_from_there() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;

    let answer = caller.reoffer("inactive").await;
    assert!(answer.contains("a=inactive"), "{answer}");
    caller.voice.hears_nothing().await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

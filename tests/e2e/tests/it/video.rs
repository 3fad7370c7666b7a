//! Video of two phones: it goes from one to the other as it is.

use crate::talk;
use e2e::phone::Camera;
use e2e::{Call, Server};

/// Ten pictures go over, each as it was sent.
async fn shows(from: &Camera, to: &Camera, first: u16) {
    for number in 0..10 {
        let picture = [[0x65, number].repeat(300), vec![7]].concat();
        let sequence = first.wrapping_add(u16::from(number));
        from.shows(sequence, &picture).await;
        assert_eq!(to.sees().await, (sequence, picture));
    }
}

fn camera(call: &Call) -> &Camera {
    call.camera.as_ref().expect("a phone with a camera")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_see_each_other_and_still_do_after_a_hold() {
    let server = Server::start().await;
    let lan = server.phone("101").await.with_camera();
    let minh = server.phone("102").await.with_camera();
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    assert!(callee.invite.body.contains("H264/90000"), "{}", callee.invite.body);
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    shows(camera(&caller), camera(&callee), 65_530).await;
    shows(camera(&callee), camera(&caller), 100).await;

    callee.hold().await;
    callee.resume().await;
    talk(&caller, &callee).await;
    shows(camera(&caller), camera(&callee), 20).await;
    shows(camera(&callee), camera(&caller), 200).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_camera_talks_with_one_that_has_one() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await.with_camera(), server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert!(!camera(&caller).is_on(), "nobody is there to see it");
    assert_eq!(callee.hang_up().await, 200);
    caller.hung_up().await;
    server.settles().await;
}

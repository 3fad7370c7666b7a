//! A wall clock that jumps (R23), as one does that was wrong and is put right.

use crate::talk;
use e2e::{Plan, Wall, until};
use std::time::Instant;

const HOUR_S: i64 = 3_600;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_ends_no_call_and_bends_no_record() {
    let wall = Wall::new();
    let server = wall.rules(Plan::default()).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    // An hour ahead, an hour behind, and back.
    for (round, shift) in [HOUR_S, -HOUR_S, 0].into_iter().enumerate() {
        let mut caller = lan.dial("102").await;
        let mut callee = minh.rings().await;
        callee.answer().await;
        caller.answered().await;
        let answered = Instant::now();
        talk(&caller, &callee).await;
        wall.jump(shift);
        caller.voice.forget();
        callee.voice.forget();
        talk(&caller, &callee).await;
        assert_eq!((caller.voice.heard().lost, callee.voice.heard().lost), (0, 0), "after a jump to {shift} s");
        assert_eq!(caller.hang_up().await, 200);
        let talked = i64::try_from(answered.elapsed().as_millis()).expect("a short time");
        callee.hung_up().await;
        server.settles().await;
        let list = until("the call is on record", async || {
            let list = server.get("/calls").await;
            (list["items"].as_array().map(Vec::len) == Some(round + 1)).then_some(list)
        })
        .await;
        let calls = list["items"].as_array().expect("a list");
        let talks: Vec<i64> = calls.iter().filter_map(|call| call["talk_ms"].as_i64()).collect();
        let all = |one: &dyn Fn(i64) -> bool| talks.len() == calls.len() && talks.iter().all(|talk| one(*talk));
        assert!(all(&|talk| (0..30_000).contains(&talk)), "{list}");
        let near = |talk: &&i64| (**talk - talked).abs() < 500;
        assert!(talks.iter().any(|talk| near(&talk)), "one of {talked} ms: {list}");
        assert!(calls.iter().all(|call| call["cause"] == "normal"), "{list}");
        // A proof that was asked for by the clock of before is asked for again, and no phone is locked out.
        assert_eq!((lan.register().await, minh.register().await), (200, 200), "at {shift} s");
    }
}

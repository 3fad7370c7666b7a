use super::{Change, change, restart, sign};
use crate::figures::{AgentWanted, DAY_MS, Period, Step, agents};
use crate::fixture::company;
use model::{Actor, ExtensionId, Id, Role};
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sqlx::Row;
use store::Db;
use store::testing::{TestDb, on_both};

/// The midnight before Monday, 2026-11-23 in Ho Chi Minh City.
const MIDNIGHT: i64 = 1_795_366_800_000;
const STATES: [Option<&str>; 6] =
    [None, Some("available"), Some("paused"), Some("offered"), Some("on_call"), Some("wrap_up")];

fn a_change(actor: &Actor, agent: u128, state: Option<&'static str>, at: i64) -> Change {
    let agent = ExtensionId::from_bits(agent);
    let reason = if state == Some("paused") { "Lunch".to_owned() } else { String::new() };
    Change { tenant: actor.tenant, agent, state, reason, queue: None, call: None, missed: false, at }
}

/// The figures that were counted, and the same from the spells themselves, clipped to each span.
async fn counted_and_recounted(db: &Db) -> (Vec<String>, Vec<String>) {
    let counted =
        "select tenant_id, span_ms, began_at, extension_id, state, reason, spells, time_ms from agent_figures";
    let recounted = "with recursive
           spans (span_ms) as (select 900000 union all select 86400000),
           pieces (tenant_id, span_ms, began_at, extension_id, state, reason, first, ended_at) as (
             select a.tenant_id, s.span_ms, (a.began_at / s.span_ms) * s.span_ms, a.extension_id, a.state, a.reason,
                    a.began_at, a.ended_at
             from agent_spells a cross join spans s
             where a.ended_at is not null
             union all
             select tenant_id, span_ms, began_at + span_ms, extension_id, state, reason, first, ended_at
             from pieces
             where began_at + span_ms < ended_at
           )
         select tenant_id, cast(span_ms as bigint), cast(began_at as bigint), extension_id, state, reason,
                cast(sum(case when first >= began_at then 1 else 0 end) as bigint),
                cast(sum((case when ended_at < began_at + span_ms then ended_at else began_at + span_ms end)
                    - (case when first > began_at then first else began_at end)) as bigint)
         from pieces
         group by 1, 2, 3, 4, 5, 6";
    let mut tx = db.system().await.expect("a transaction");
    let mut read = [Vec::new(), Vec::new()];
    for (rows, text) in read.iter_mut().zip([counted, recounted]) {
        for row in sqlx::query(text).fetch_all(tx.conn()).await.expect("rows") {
            let word = |at: usize| row.try_get::<String, _>(at).expect("a text");
            let number = |at: usize| row.try_get::<i64, _>(at).expect("a number").to_string();
            rows.push([word(0), number(1), number(2), word(3), word(4), word(5), number(6), number(7)].join("|"));
        }
        rows.sort();
    }
    let [counted, recounted] = read;
    (counted, recounted)
}

#[tokio::test]
async fn figures_equal_a_recount_of_the_spells_in_any_world_and_over_restarts() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let one = (0u128..4, 0usize..6, 0i64..5 * 3_600_000, any::<bool>(), 0u8..12);
        let world = proptest::collection::vec(proptest::collection::vec(one, 1..12), 14);
        let mut runner = TestRunner::deterministic();
        let mut now = MIDNIGHT;
        for group in world.new_tree(&mut runner).expect("a world").current() {
            let mut changes = Vec::new();
            for (agent, state, after, missed, dice) in group {
                // Often at the same moment, sometimes days later.
                now += if dice < 4 { 0 } else { after };
                changes.push(Change { missed, ..a_change(&acme, agent, STATES[state], now) });
                if dice == 11 {
                    change(db, &std::mem::take(&mut changes)).await.expect("written");
                    sign(db, now + 1_000).await.expect("signed");
                    now += 600_000;
                    restart(db, now).await.expect("restarted");
                }
            }
            change(db, &changes).await.expect("written");
            let (counted, recounted) = counted_and_recounted(db).await;
            assert_eq!(counted, recounted);
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_process_left_open_ended_at_its_last_sign() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let minute = 60_000;
        let at = |minutes: i64| MIDNIGHT + minutes * minute;
        change(db, &[a_change(&acme, 1, Some("available"), at(0))]).await.expect("written");
        sign(db, at(10)).await.expect("signed");
        restart(db, at(60)).await.expect("restarted");
        change(db, &[a_change(&acme, 1, Some("available"), at(61))]).await.expect("written");
        change(db, &[a_change(&acme, 1, None, at(71))]).await.expect("written");
        let period = Period { from: "2026-11-23".into(), to: "2026-11-23".into(), step: Step::Day };
        let wanted = AgentWanted { period, extension: None };
        let told = agents(&acme, db, wanted.clone(), at(2_000)).await.expect("figures");
        assert_eq!((told.agents.len(), told.agents[0].logged_in_ms), (1, 20 * minute));
        let other = company(db, "other.test").await;
        assert!(agents(&other, db, wanted.clone(), at(2_000)).await.expect("figures").agents.is_empty());
        let agent = Actor { role: Role::Agent, ..acme };
        assert_eq!(agents(&agent, db, wanted, at(0)).await.expect_err("no right").code, "permission_missing");
    })
    .await;
}

#[tokio::test]
async fn offers_pauses_and_what_lasts_still_are_told_by_the_day() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let at = |minutes: i64| MIDNIGHT + DAY_MS + minutes * 60_000;
        let mut changes = Vec::new();
        for (minutes, state, missed) in [
            (-30, Some("available"), false),
            (10, Some("offered"), false),
            (11, Some("on_call"), false),
            (20, Some("wrap_up"), false),
            (22, Some("available"), false),
            (30, Some("offered"), false),
            (31, Some("available"), true),
            (40, Some("offered"), false),
            (41, Some("available"), false),
            (50, Some("paused"), false),
        ] {
            changes.push(Change { missed, ..a_change(&acme, 1, state, at(minutes)) });
        }
        change(db, &changes).await.expect("written");
        let day = |day: &str| {
            let period = Period { from: day.into(), to: day.into(), step: Step::Day };
            AgentWanted { period, extension: Some(ExtensionId::from_bits(1)) }
        };
        let minutes = |ms: i64| ms / 60_000;
        let before = agents(&acme, db, day("2026-11-23"), at(80)).await.expect("figures");
        assert_eq!(minutes(before.agents[0].available_ms), 30, "the part before midnight");
        let told = agents(&acme, db, day("2026-11-24"), at(80)).await.expect("figures").agents.remove(0);
        assert_eq!((told.offers, told.taken, told.missed), (3, 1, 1));
        assert_eq!((minutes(told.on_call_ms), minutes(told.wrap_up_ms)), (9, 2));
        assert_eq!(minutes(told.available_ms), 10 + 8 + 9 + 9);
        assert_eq!((minutes(told.paused_ms), told.pauses[0].reason.as_str(), told.pauses[0].times), (30, "Lunch", 1));
        assert_eq!(minutes(told.logged_in_ms), 80);
    })
    .await;
}

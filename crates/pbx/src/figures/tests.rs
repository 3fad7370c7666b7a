use super::*;
use crate::calls::record_many;
use crate::fixture::company;
use model::{Actor, CallId, EndedBy, Id, Permission, Role, TenantId};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::Row;
use store::Db;
use store::testing::on_both;

/// 2026-11-22 17:00 UTC: midnight of the 23rd in Việt Nam.
const MIDNIGHT: i64 = 1_795_366_800_000;

fn record(tenant: TenantId, id: u128, started_at: i64, pick: (u8, u8, u8, u8)) -> CallRecord {
    let (direction, cause, hotline, extension) = pick;
    let answered_at = (cause % 2 == 0).then_some(started_at + 5_000 + i64::from(cause));
    CallRecord {
        id: CallId::from_bits(id),
        tenant,
        direction: Direction::ALL[usize::from(direction) % 3],
        hotline: (hotline % 3 > 0).then(|| HotlineId::from_bits(u128::from(hotline % 3))),
        trunk: None,
        extension: (extension % 4 > 0).then(|| ExtensionId::from_bits(u128::from(extension % 4))),
        caller_number: "+84901234567".into(),
        caller_name: String::new(),
        callee_number: "101".into(),
        started_at,
        ringing_at: None,
        answered_at,
        ended_at: started_at + 65_000 + i64::from(extension),
        cause: [Cause::Normal, Cause::NoAnswer, Cause::Transferred, Cause::Busy][usize::from(cause) % 4],
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: Vec::new(),
        trail: Vec::new(),
    }
}

async fn write(db: &Db, records: &[CallRecord]) {
    let mut tx = db.system_write().await.expect("a transaction");
    record_many(&mut tx, records).await.expect("written");
    tx.commit().await.expect("committed");
}

/// What is counted, and the same from the records themselves, both as one text.
async fn counted_and_recounted(db: &Db) -> (Vec<String>, Vec<String>) {
    let counted = "select tenant_id, span_ms, began_at, direction, cause, answered, hotline_id, extension_id, calls,
                     talk_ms, wait_ms, duration_ms from call_figures";
    let recounted = "select c.tenant_id, s.span_ms, (c.started_at / s.span_ms) * s.span_ms, c.direction, c.cause,
                       cast(case when c.answered_at is null then 0 else 1 end as bigint), coalesce(c.hotline_id, ''),
                       coalesce(c.extension_id, ''), count(*), cast(sum(c.talk_ms) as bigint),
                       cast(sum(coalesce(c.answered_at, c.ended_at) - c.started_at) as bigint),
                       cast(sum(c.duration_ms) as bigint)
                     from calls c cross join (select cast(900000 as bigint) as span_ms union all
                                              select cast(86400000 as bigint)) s
                     group by 1, 2, 3, 4, 5, 6, 7, 8";
    let mut tx = db.system().await.expect("a transaction");
    let mut read = [Vec::new(), Vec::new()];
    for (rows, text) in read.iter_mut().zip([counted, recounted]) {
        for row in sqlx::query(text).fetch_all(tx.conn()).await.expect("rows") {
            let word = |at: usize| row.try_get::<String, _>(at).expect("a text");
            let number = |at: usize| row.try_get::<i64, _>(at).expect("a number").to_string();
            let cells = [
                word(0),
                number(1),
                number(2),
                word(3),
                word(4),
                number(5),
                word(6),
                word(7),
                number(8),
                number(9),
                number(10),
                number(11),
            ];
            rows.push(cells.join("|"));
        }
        rows.sort();
    }
    let [counted, recounted] = read;
    (counted, recounted)
}

#[tokio::test]
async fn figures_equal_a_recount_after_any_order_of_records() {
    on_both(async |db| {
        let tenants = [company(db, "a.test").await.tenant, company(db, "b.test").await.tenant];
        let one = (0u8..2, 0u128..60, 0i64..5 * DAY_MS, any::<(u8, u8, u8, u8)>());
        let groups = proptest::collection::vec(proptest::collection::vec(one, 1..40), 12);
        let mut runner = TestRunner::deterministic();
        // Ids come again, within a group and later: the record that was first stays, and counts once.
        for group in groups.new_tree(&mut runner).expect("groups").current() {
            let make = |(tenant, id, after, pick): (u8, u128, i64, _)| {
                record(tenants[usize::from(tenant)], id, MIDNIGHT + after, pick)
            };
            write(db, &group.into_iter().map(make).collect::<Vec<_>>()).await;
            let (counted, recounted) = counted_and_recounted(db).await;
            assert_eq!(counted, recounted);
        }
    })
    .await;
}

fn wanted(from: &str, to: &str, step: Step) -> Wanted {
    let period = Period { from: from.into(), to: to.into(), step };
    Wanted { period, direction: None, hotline: None, extension: None }
}

async fn told(actor: &Actor, db: &Db, wanted: Wanted) -> Statistics {
    statistics(actor, db, wanted).await.expect("figures")
}

#[tokio::test]
async fn a_period_begins_and_ends_at_midnight_of_the_company_and_adds_up() {
    on_both(async |db| {
        let actor = company(db, "a.test").await;
        let mut records = Vec::new();
        for number in 0..400u32 {
            let pick = (number as u8, (number / 3) as u8, (number / 5) as u8, (number / 7) as u8);
            records.push(record(actor.tenant, u128::from(number), MIDNIGHT + i64::from(number) * 3 * 3_600_000, pick));
        }
        records.push(record(actor.tenant, 900, MIDNIGHT - 1, (0, 0, 1, 1)));
        write(db, &records).await;
        for (from, to, step) in [
            ("2026-11-23", "2026-11-23", Step::Hour),
            ("2026-11-23", "2026-12-22", Step::Day),
            ("2026-11-23", "2027-01-11", Step::Week),
            ("2026-11-25", "2027-01-11", Step::Month),
        ] {
            let told = told(&actor, db, wanted(from, to, step)).await;
            let inside = |record: &&CallRecord| (told.from..told.to).contains(&record.started_at);
            let calls = records.iter().filter(inside).count() as i64;
            let answered = records.iter().filter(inside).filter(|one| one.answered_at.is_some()).count() as i64;
            assert_eq!((told.total.calls, told.total.answered), (calls, answered), "{from} {to}");
            assert_eq!(told.total.missed, calls - answered);
            let steps = told.steps.iter().flat_map(|step| [step.inbound, step.outbound, step.internal]);
            let sum = |figures: &mut dyn Iterator<Item = Figures>| {
                figures.fold((0, 0, 0, 0), |(calls, answered, talk, wait), one| {
                    (calls + one.calls, answered + one.answered, talk + one.talk_ms, wait + one.wait_ms)
                })
            };
            let whole = (told.total.calls, told.total.answered, told.total.talk_ms, told.total.wait_ms);
            assert_eq!(sum(&mut steps.into_iter()), whole, "{from} {to} {step:?}");
            assert_eq!(sum(&mut told.extensions.iter().map(|one| one.figures)), whole);
            assert_eq!(sum(&mut told.hotlines.iter().map(|one| one.figures)), whole);
            assert_eq!(told.causes.iter().map(|one| one.calls).sum::<i64>(), calls);
            for step in &told.steps {
                let within = |one: &&CallRecord| (step.from..step.to).contains(&one.started_at);
                let count = records.iter().filter(within).count() as i64;
                assert_eq!(step.inbound.calls + step.outbound.calls + step.internal.calls, count);
            }
        }
        let day = told(&actor, db, wanted("2026-11-23", "2026-11-23", Step::Day)).await;
        assert_eq!((day.total.calls, day.before.calls), (8, 1));
    })
    .await;
}

#[tokio::test]
async fn figures_are_filtered_and_belong_to_the_company_and_to_those_who_see_calls() {
    on_both(async |db| {
        let (actor, other) = (company(db, "a.test").await, company(db, "b.test").await);
        let records: Vec<CallRecord> =
            (0..60u8).map(|n| record(actor.tenant, n.into(), MIDNIGHT + i64::from(n) * 60_000, (n, n, n, n))).collect();
        write(db, &records).await;
        let only = Wanted {
            direction: Some(Direction::Outbound),
            hotline: Some(HotlineId::from_bits(1)),
            extension: Some(ExtensionId::from_bits(1)),
            ..wanted("2026-11-23", "2026-11-23", Step::Hour)
        };
        let fits = |one: &&CallRecord| {
            one.direction == Direction::Outbound && one.hotline == only.hotline && one.extension == only.extension
        };
        let count = records.iter().filter(fits).count() as i64;
        assert!(count > 0);
        assert_eq!(told(&actor, db, only).await.total.calls, count);
        let all = wanted("2026-11-23", "2026-11-23", Step::Day);
        let foreign = told(&other, db, all.clone()).await;
        assert_eq!((foreign.total, foreign.extensions.len()), (Figures::default(), 0));
        let agent = Actor { role: Role::Agent, ..actor };
        assert!(!agent.role.may(Permission::ViewCalls));
        assert_eq!(statistics(&agent, db, all).await.expect_err("refused").code, "permission_missing");
    })
    .await;
}

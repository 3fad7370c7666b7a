use super::*;
use crate::fixture::company;
use crate::queue::visit::repo::insert;
use model::{CallId, Id, Role, TenantId};
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sqlx::Row;
use store::testing::on_both;

/// The midnight before Monday, 2026-11-23 in Ho Chi Minh City.
const MIDNIGHT: i64 = 1_795_366_800_000;

fn visit(tenant: TenantId, call: u128, joined_at: i64, pick: (u8, u8, u16)) -> Visit {
    let outcome = QueueOutcome::ALL[usize::from(pick.0) % 4];
    Visit {
        tenant,
        call: CallId::from_bits(call),
        place: i64::from(pick.1 % 2),
        queue: QueueId::from_bits(u128::from(pick.1 % 3)),
        caller_number: "+84901234567".into(),
        joined_at,
        left_at: joined_at + i64::from(pick.2),
        outcome,
        agent: None,
        promised_ms: if pick.0.is_multiple_of(2) { 20_000 } else { 40_000 },
    }
}

async fn write(db: &Db, visits: &[Visit]) {
    let mut tx = db.system_write().await.expect("a transaction");
    insert(&mut tx, visits).await.expect("written");
    tx.commit().await.expect("committed");
}

async fn counted_and_recounted(db: &Db) -> (Vec<String>, Vec<String>) {
    let counted = "select tenant_id, span_ms, began_at, queue_id, outcome, in_time, callers, waited_ms, longest_ms
                   from queue_figures";
    let recounted =
        "select v.tenant_id, cast(s.span_ms as bigint), cast((v.joined_at / s.span_ms) * s.span_ms as bigint),
                            v.queue_id, v.outcome,
                            cast(case when v.waited_ms <= v.promised_ms then 1 else 0 end as bigint), count(*),
                            cast(sum(v.waited_ms) as bigint), max(v.waited_ms)
                     from queue_visits v
                     cross join (select 900000 as span_ms union all select 86400000 as span_ms) s
                     group by 1, 2, 3, 4, 5, 6";
    let mut tx = db.system().await.expect("a transaction");
    let mut read = [Vec::new(), Vec::new()];
    for (rows, text) in read.iter_mut().zip([counted, recounted]) {
        for row in sqlx::query(text).fetch_all(tx.conn()).await.expect("rows") {
            let word = |at: usize| row.try_get::<String, _>(at).expect("a text");
            let number = |at: usize| row.try_get::<i64, _>(at).expect("a number").to_string();
            let cells = [word(0), number(1), number(2), word(3), word(4), number(5), number(6), number(7), number(8)];
            rows.push(cells.join("|"));
        }
        rows.sort();
    }
    let [counted, recounted] = read;
    (counted, recounted)
}

#[tokio::test]
async fn figures_equal_a_recount_after_any_order_repetition_and_delay_of_visits() {
    on_both(async |db| {
        let tenants = [company(db, "a.test").await.tenant, company(db, "b.test").await.tenant];
        let one = (0u8..2, 0u128..40, 0i64..5 * DAY_MS, any::<(u8, u8, u16)>());
        let groups = proptest::collection::vec(proptest::collection::vec(one, 1..40), 12);
        let mut runner = TestRunner::deterministic();
        for group in groups.new_tree(&mut runner).expect("groups").current() {
            let make = |(tenant, call, after, pick): (u8, u128, i64, _)| {
                visit(tenants[usize::from(tenant)], call, MIDNIGHT + after, pick)
            };
            write(db, &group.into_iter().map(make).collect::<Vec<_>>()).await;
            let (counted, recounted) = counted_and_recounted(db).await;
            assert_eq!(counted, recounted);
        }
    })
    .await;
}

#[tokio::test]
async fn a_month_adds_up_over_steps_and_queues_and_belongs_to_its_company() {
    on_both(async |db| {
        let acme = company(db, "a.test").await;
        let mut visits = Vec::new();
        for number in 0..300u32 {
            let pick = (number as u8, (number / 3) as u8, (number * 97 % 60_000) as u16);
            visits.push(visit(acme.tenant, number.into(), MIDNIGHT + i64::from(number) * 5 * 3_600_000, pick));
        }
        visits.push(visit(acme.tenant, 900, MIDNIGHT - 1, (0, 0, 1)));
        write(db, &visits).await;
        for (from, to, step) in [
            ("2026-11-23", "2026-11-23", Step::Hour),
            ("2026-11-23", "2026-12-22", Step::Day),
            ("2026-11-25", "2027-01-11", Step::Week),
            ("2026-11-23", "2027-01-31", Step::Month),
        ] {
            let period = Period { from: from.into(), to: to.into(), step };
            let wanted = QueueWanted { period, queue: None };
            let told = queues(&acme, db, wanted.clone()).await.expect("figures");
            let inside: Vec<&Visit> =
                visits.iter().filter(|visit| (told.from..told.to).contains(&visit.joined_at)).collect();
            let of = |outcome| inside.iter().filter(|visit| visit.outcome == outcome).count() as i64;
            assert_eq!((told.total.offered, told.total.answered), (inside.len() as i64, of(QueueOutcome::Answered)));
            assert_eq!(told.total.abandoned, of(QueueOutcome::Abandoned));
            let in_time = |visit: &&&Visit| {
                visit.outcome == QueueOutcome::Answered && visit.left_at - visit.joined_at <= visit.promised_ms
            };
            assert_eq!(told.total.in_time, inside.iter().filter(in_time).count() as i64);
            let longest = inside.iter().map(|visit| visit.left_at - visit.joined_at).max();
            assert_eq!(told.total.longest_wait_ms, longest.unwrap_or(0));
            let sums = |figures: &mut dyn Iterator<Item = QueueFigures>| {
                figures.fold((0, 0, 0), |sum, one| (sum.0 + one.offered, sum.1 + one.in_time, sum.2 + one.waited_ms))
            };
            let whole = (told.total.offered, told.total.in_time, told.total.waited_ms);
            assert_eq!(sums(&mut told.steps.iter().map(|step| step.figures)), whole, "{from} {to} {step:?}");
            assert_eq!(sums(&mut told.queues.iter().map(|one| one.figures)), whole);
            let other = company(db, &format!("{from}{to}.test")).await;
            assert_eq!(queues(&other, db, wanted).await.expect("figures").total, QueueFigures::default());
        }
        let agent = Actor { role: Role::Agent, ..acme };
        let period = Period { from: "2026-11-23".into(), to: "2026-11-23".into(), step: Step::Day };
        let refused = queues(&agent, db, QueueWanted { period, queue: None }).await.expect_err("no right");
        assert_eq!(refused.code, "permission_missing");
    })
    .await;
}

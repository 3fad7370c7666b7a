use super::*;
use super::{Filter, record, record_many, record_recording};
use crate::fixture::{an_extension, company, told};
use model::{Actor, Id, Kind, LegId, Moment, Page, PageRequest, Problem, Role, Timestamp, TrailEntry};
use store::testing::{TestDb, on_both};
use store::{Db, mint, outbox};

pub(super) fn a_record(tenant: TenantId, started_at: i64) -> CallRecord {
    let extension: ExtensionId = Id::from_bits(101);
    CallRecord {
        id: mint(),
        tenant,
        direction: Direction::Inbound,
        hotline: Some(Id::from_bits(11)),
        trunk: Some(Id::from_bits(1)),
        extension: Some(extension),
        caller_number: "+84901234567".into(),
        caller_name: "Khách \"hàng\"".into(),
        callee_number: "+842873000001".into(),
        started_at,
        ringing_at: Some(started_at + 1_000),
        answered_at: Some(started_at + 3_000),
        ended_at: started_at + 63_000,
        cause: Cause::Normal,
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: vec![Leg {
            leg: 1,
            kind: "out".into(),
            extension: Some(extension),
            trunk: None,
            number: "101".into(),
            started_at,
            ringing_at: None,
            answered_at: Some(started_at + 3_000),
            ended_at: started_at + 63_000,
            cause: Cause::Normal,
            quality: Some(Quality { codec: Some("PCMA".into()), mos: Some(4.4), ..Quality::default() }),
        }],
        trail: vec![Decision {
            at: started_at,
            step: "route".into(),
            reason: "It is the hotline.".into(),
            facts: vec![Fact { name: "dialled".into(), value: "02873000001".into() }],
        }],
    }
}

async fn keep(db: &Db, records: &[CallRecord]) -> usize {
    let mut tx = db.system_write().await.expect("a transaction");
    let new = record_many(&mut tx, records).await.expect("recorded");
    tx.commit().await.expect("committed");
    new
}

async fn found(actor: &Actor, db: &Db, filter: Filter) -> Vec<i64> {
    let page = list(actor, db, filter, PageRequest::first()).await.expect("a page");
    page.items.into_iter().map(|call| call.started_at).collect()
}

#[tokio::test]
async fn a_call_is_recorded_and_told_exactly_once() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let call = a_record(acme.tenant, 1_000);
        let other = a_record(acme.tenant, 2_000);
        assert_eq!(keep(db, &[call.clone(), call.clone(), other.clone()]).await, 2);
        assert_eq!(keep(db, &[other.clone(), call.clone()]).await, 0);
        let mut tx = db.write(acme.tenant).await.expect("a transaction");
        assert_eq!(record(&mut tx, &call).await, Ok(false));
        tx.commit().await.expect("committed");
        assert_eq!(told(db).await, ["call.ended", "call.ended"]);
        let events = outbox::read(db, Some(acme.tenant), 0, 1).await.expect("events");
        assert_eq!(events[0].call, Some(call.id));
        let detail: CallDetail = serde_json::from_str(&events[0].data).expect("the call as the API shows it");
        assert_eq!(detail, CallDetail { call: call.view(), legs: call.legs.clone() });
        assert_eq!(get(&acme, db, call.id).await, Ok(detail));
        assert_eq!(trail(&acme, db, call.id).await, Ok(call.trail));
    })
    .await;
}

#[tokio::test]
async fn what_is_rolled_back_was_never_recorded() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let call = a_record(acme.tenant, 1_000);
        let mut tx = db.system_write().await.expect("a transaction");
        assert_eq!(record(&mut tx, &call).await, Ok(true));
        drop(tx);
        assert_eq!(get(&acme, db, call.id).await, Err(Problem::not_found("call")));
        assert_eq!(told(db).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn lists_are_newest_first_and_paged_by_key() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        // Three begin in the same millisecond: the key must not lose one.
        let records: Vec<_> = [1, 2, 2, 2, 3].into_iter().map(|at| a_record(acme.tenant, at)).collect();
        keep(db, &records).await;
        for filter in [Filter::default(), Filter { number: Some("0901234567".into()), ..Filter::default() }] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let request = PageRequest { limit: 2, after };
                let page: Page<Call> = list(&acme, db, filter.clone(), request).await.expect("a page");
                seen.extend(page.items.iter().map(|call| (call.started_at, call.id)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut wanted: Vec<_> = records.iter().map(|record| (record.started_at, record.id)).collect();
            wanted.sort_by(|a, b| b.cmp(a));
            assert_eq!(seen, wanted);
        }
        let bad = PageRequest { limit: 2, after: Some("x".into()) };
        assert_eq!(list(&acme, db, Filter::default(), bad).await.expect_err("no key").fields[0].name, "after");
    })
    .await;
}

#[tokio::test]
async fn filters_hold_together() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let answered = a_record(acme.tenant, 1_000);
        let missed = CallRecord {
            extension: None,
            answered_at: None,
            cause: Cause::NoAnswer,
            caller_number: "+84907777777".into(),
            ..a_record(acme.tenant, 2_000)
        };
        let outbound = CallRecord {
            direction: Direction::Outbound,
            extension: Some(Id::from_bits(102)),
            hotline: None,
            caller_number: "102".into(),
            callee_number: "+84907777777".into(),
            legs: vec![],
            ..a_record(acme.tenant, 3_000)
        };
        keep(db, &[answered, missed, outbound]).await;
        let all = Filter::default;
        let rang = Some(Id::from_bits(101));
        for (filter, wanted) in [
            (all(), vec![3_000, 2_000, 1_000]),
            (Filter { direction: Some(Direction::Inbound), ..all() }, vec![2_000, 1_000]),
            (Filter { status: Some(Status::NoAnswer), ..all() }, vec![2_000]),
            (Filter { extension: rang, ..all() }, vec![2_000, 1_000]),
            (Filter { extension: rang, status: Some(Status::Answered), ..all() }, vec![1_000]),
            (Filter { number: Some("090 777 7777".into()), ..all() }, vec![3_000, 2_000]),
            (Filter { number: Some("0907777777".into()), extension: rang, ..all() }, vec![2_000]),
            (Filter { number: Some("102".into()), ..all() }, vec![3_000]),
            (Filter { hotline: Some(Id::from_bits(11)), ..all() }, vec![2_000, 1_000]),
            (
                Filter {
                    hotline: Some(Id::from_bits(11)),
                    extension: rang,
                    number: Some("+84901234567".into()),
                    ..all()
                },
                vec![1_000],
            ),
            (Filter { from: Some(2_000), ..all() }, vec![3_000, 2_000]),
            (Filter { from: Some(1_000), to: Some(3_000), extension: rang, ..all() }, vec![2_000, 1_000]),
            (Filter { number: Some("x' or 1=1 --".into()), ..all() }, vec![]),
        ] {
            assert_eq!(found(&acme, db, filter.clone()).await, wanted, "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (acme, best) = (company(db, "acme.test").await, company(db, "best.test").await);
        let call = a_record(acme.tenant, 1_000);
        keep(db, std::slice::from_ref(&call)).await;
        let kept = a_recording(&call);
        let mut tx = db.system_write().await.expect("a transaction");
        record_recording(&mut tx, &kept).await.expect("recorded");
        tx.commit().await.expect("committed");
        for filter in [
            Filter::default(),
            Filter { extension: call.extension, ..Filter::default() },
            Filter { number: Some(call.caller_number.clone()), ..Filter::default() },
        ] {
            assert_eq!(found(&best, db, filter.clone()).await, Vec::<i64>::new());
            assert_eq!(found(&acme, db, filter).await, [1_000]);
        }
        assert_eq!(get(&best, db, call.id).await, Err(Problem::not_found("call")));
        assert_eq!(trail(&best, db, call.id).await, Err(Problem::not_found("call")));
        assert_eq!(recording(&best, db, call.id).await, Err(Problem::not_found("recording")));
        let agent = Actor { role: Role::Agent, ..acme };
        let refused = list(&agent, db, Filter::default(), PageRequest::first()).await.expect_err("no right");
        assert_eq!(refused.kind, Kind::Forbidden);
    })
    .await;
}

fn a_recording(call: &CallRecord) -> Recording {
    Recording {
        call: call.id,
        tenant: call.tenant,
        file: format!("recordings/{}/{}.wav", call.tenant, call.id),
        size_bytes: 960_044,
        duration_ms: 60_000,
        complete: true,
        created_at: call.ended_at,
        sha256: Some("ab".repeat(32)),
    }
}

#[tokio::test]
async fn a_recording_is_told_once_and_shown_with_its_call() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let call = a_record(acme.tenant, 1_000);
        let kept = a_recording(&call);
        // The recording may be finished before the record is written.
        for new in [true, false] {
            let mut tx = db.system_write().await.expect("a transaction");
            assert_eq!(record_recording(&mut tx, &kept).await.expect("recorded"), new);
            tx.commit().await.expect("committed");
        }
        keep(db, std::slice::from_ref(&call)).await;
        assert_eq!(told(db).await, ["recording.ready", "call.ended"]);
        let page = list(&acme, db, Filter::default(), PageRequest::first()).await.expect("a page");
        let shown = page.items[0].recording.clone().expect("a recording");
        assert_eq!((shown.duration_ms, shown.size_bytes, shown.complete), (60_000, 960_044, true));
        assert_eq!(recording(&acme, db, call.id).await, Ok(kept));
    })
    .await;
}

#[tokio::test]
async fn calls_are_walked_from_a_key_in_either_direction_with_their_legs() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let records: Vec<CallRecord> = [1_000, 2_000, 2_000, 3_000, 4_000].map(|at| a_record(acme.tenant, at)).into();
        keep(db, &records).await;
        keep(db, &[a_record(company(db, "other.test").await.tenant, 2_500)]).await;
        let mut expected: Vec<(i64, CallId)> = records.iter().map(|record| (record.started_at, record.id)).collect();
        expected.sort_unstable();
        let extension: ExtensionId = Id::from_bits(101);
        let hotlines: Vec<HotlineId> = vec![Id::from_bits(11), Id::from_bits(12)];
        for filter in [
            Filter::default(),
            Filter { extension: Some(extension), ..Filter::default() },
            Filter { extensions: vec![extension, Id::from_bits(102)], hotlines, ..Filter::default() },
        ] {
            for upward in [false, true] {
                let (mut seen, mut from) = (Vec::new(), None);
                loop {
                    let step = Walk { from, upward, limit: 2 };
                    let (found, more) = walk(&acme, db, filter.clone(), step).await.expect("a piece");
                    assert!(found.iter().all(|detail| detail.legs.len() == 1));
                    seen.extend(found.iter().map(|detail| (detail.call.started_at, detail.call.id)));
                    from = seen.last().copied();
                    if !more {
                        break;
                    }
                }
                if !upward {
                    seen.reverse();
                }
                assert_eq!(seen, expected, "{filter:?}");
            }
        }
        let none = Filter { extensions: vec![Id::from_bits(7)], ..Filter::default() };
        assert_eq!(found(&acme, db, none).await, [0_i64; 0]);
        let talked = |from, to| Filter { talk_from_ms: from, talk_to_ms: to, ..Filter::default() };
        assert_eq!(found(&acme, db, talked(Some(60_000), Some(60_001))).await.len(), 5);
        assert_eq!(found(&acme, db, talked(Some(60_001), None)).await.len(), 0);
        assert_eq!(found(&acme, db, talked(None, Some(60_000))).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn calls_of_another_exchange_are_taken_over_once_and_told_to_nobody() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours.test").await, company(db, "theirs.test").await);
        let call = |key: &str, answered_at| Foreign {
            key: key.to_owned(),
            direction: Direction::Outbound,
            caller: "101".into(),
            callee: "0901 234 567".into(),
            extension: None,
            hotline: None,
            started_at: 5_000,
            answered_at,
            ended_at: 9_000,
        };
        let calls = [call("1", Some(6_000)), call("2", None)];
        assert_eq!(take_over(&ours, db, "etelecom", &calls[..1]).await, Ok(1));
        assert_eq!(take_over(&ours, db, "etelecom", &calls).await, Ok(1));
        assert_eq!(take_over(&ours, db, "omicall", &calls[..1]).await, Ok(1), "another exchange, another call");
        assert_eq!(take_over(&theirs, db, "etelecom", &calls).await, Ok(2));
        let filter = Filter { number: Some("+84901234567".into()), ..Filter::default() };
        let page = list(&ours, db, filter, PageRequest::first()).await.expect("a page");
        let mut statuses: Vec<Status> = page.items.iter().map(|call| call.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [Status::Answered, Status::Answered, Status::NoAnswer]);
        assert!(!told(db).await.contains(&"call.ended".to_owned()));
        let agent = Actor { role: Role::Agent, ..ours };
        assert_eq!(take_over(&agent, db, "etelecom", &calls).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn a_summary_becomes_a_record_with_times_that_never_run_backwards() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let lan = an_extension(&acme, db, "101").await;
        let snapshot = crate::Snapshot::load(db).await.expect("a snapshot");
        let tenant = snapshot.tenant(&acme.tenant).expect("the company");
        let at = Moment::from_millis;
        let leg = |leg: u16, kind, party, answered| call::LegSummary {
            leg: LegId(leg),
            kind,
            party,
            started: at(10_000),
            ringing: None,
            answered,
            ended: at(20_000),
            cause: Cause::Normal,
        };
        let trunk: TrunkId = mint();
        let from = call::Party::Trunk { trunk, number: "0901234567".into() };
        let to = call::Party::Extension { extension: lan, contact: Some(1) };
        let summary = call::Summary {
            id: mint(),
            direction: Direction::Inbound,
            origin: call::Origin::Trunk(trunk),
            hotline: None,
            caller_number: "0901234567".into(),
            shown_number: String::new(),
            callee_number: "02873000001".into(),
            started: at(10_000),
            ringing: Some(at(12_000)),
            answered: Some(at(15_000)),
            ended: at(20_000),
            cause: Cause::Normal,
            ended_by: EndedBy::Callee,
            caller_leg: Some(LegId(0)),
            callee_leg: Some(LegId(1)),
            recorded: true,
            visits: Vec::new(),
            legs: vec![
                leg(0, call::LegKind::In, from, Some(at(11_000))),
                leg(1, call::LegKind::Out, to, Some(at(15_000))),
            ],
            trail: vec![TrailEntry::new(at(10_500), "route", "because").fact("dialled", "02873000001")],
        };
        let heard = [(LegId(1), Quality { rx_packets: 7, ..Quality::default() })];
        let record = CallRecord::from_summary(tenant, &summary, "Khách", Timestamp(1_000_000), &heard);
        assert_eq!((record.started_at, record.ringing_at), (1_000_000, Some(1_002_000)));
        assert_eq!((record.answered_at, record.ended_at), (Some(1_005_000), 1_010_000));
        assert_eq!((record.trunk, record.extension), (Some(trunk), Some(lan)));
        assert_eq!((record.caller_number.as_str(), record.callee_number.as_str()), ("+84901234567", "+842873000001"));
        assert_eq!((record.legs[0].number.as_str(), record.legs[1].number.as_str()), ("+84901234567", "101"));
        assert_eq!(record.legs[1].quality.as_ref().map(|quality| quality.rx_packets), Some(7));
        assert_eq!((record.trail[0].at, record.trail[0].facts[0].value.as_str()), (1_000_500, "02873000001"));
        let view = record.view();
        assert_eq!((view.status, view.duration_ms, view.talk_ms), (Status::Answered, 10_000, 5_000));
    })
    .await;
}

#[test]
fn each_cause_has_a_status_and_each_status_its_word() {
    for cause in Cause::ALL {
        assert_eq!(Status::of(true, cause), Status::Answered);
        assert_ne!(Status::of(false, cause), Status::Answered);
    }
    for (status, word) in Status::ALL {
        assert_eq!((Status::parse(word), status.as_str()), (Some(status), word));
    }
}

#[tokio::test]
async fn what_was_talked_to_the_outside_lately_is_summed_by_hour_for_the_own_company() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let hour = 3_600_000;
        let now = 1_000 * hour + 1;
        let call = |tenant, ended_at: i64, direction| {
            let begun = a_record(tenant, ended_at - 63_000);
            CallRecord { direction, ..begun }
        };
        let lately = now - 3 * hour;
        keep(
            db,
            &[
                call(ours.tenant, lately, Direction::Outbound),
                call(ours.tenant, lately + 1, Direction::Outbound),
                call(ours.tenant, lately, Direction::Inbound),
                call(ours.tenant, now - 25 * hour, Direction::Outbound),
                call(theirs.tenant, lately, Direction::Outbound),
            ],
        )
        .await;
        let talked = talked_outside(db, ours.tenant, now).await.expect("talked");
        let expected = Talked { extension: Some(Id::from_bits(101)), hours_ago: 3, talk_ms: 120_000 };
        assert_eq!(talked, [expected]);
    })
    .await;
}

#[tokio::test]
async fn lists_of_directions_calls_and_parties_narrow_together_and_are_counted() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let lan: ExtensionId = Id::from_bits(101);
        let inbound = a_record(ours.tenant, 3_000);
        let mut outbound = a_record(ours.tenant, 2_000);
        (outbound.direction, outbound.answered_at, outbound.cause) = (Direction::Outbound, None, Cause::Busy);
        (outbound.extension, outbound.legs) = (None, Vec::new());
        outbound.callee_number = "+84912345678".into();
        let mut internal = a_record(ours.tenant, 1_000);
        internal.direction = Direction::Internal;
        let of_them = a_record(theirs.tenant, 2_500);
        assert_eq!(keep(db, &[inbound.clone(), outbound.clone(), internal, of_them.clone()]).await, 4);
        let at = async |filter: Filter| {
            let slice = slice(&ours, db, filter, 0, 50).await.expect("a slice");
            let found: Vec<i64> = slice.items.into_iter().map(|call| call.started_at).collect();
            assert_eq!(found.len() as u64, slice.total);
            found
        };
        let any = Filter::default;
        assert_eq!(
            at(Filter { directions: vec![Direction::Inbound, Direction::Internal], ..any() }).await,
            [3_000, 1_000]
        );
        assert_eq!(at(Filter { ids: vec![outbound.id, of_them.id], ..any() }).await, [2_000]);
        assert_eq!(at(Filter { oldest_first: true, ..any() }).await, [1_000, 2_000, 3_000]);
        let numbers = vec![Party::Number("0912345678".into()), Party::Number("nobody".into())];
        assert_eq!(at(Filter { parties: vec![numbers.clone()], ..any() }).await, [2_000]);
        assert_eq!(at(Filter { parties: vec![vec![Party::Extension(lan)]], ..any() }).await, [3_000, 1_000]);
        assert_eq!(
            at(Filter { parties: vec![vec![Party::Extension(lan)], numbers], ..any() }).await,
            Vec::<i64>::new()
        );
        let tallies = tally(&ours, db, any()).await.expect("tallies");
        let told: Vec<(&str, &str, u64, i64)> =
            tallies.iter().map(|t| (t.direction.as_str(), t.status.as_str(), t.calls, t.talk_ms)).collect();
        let expected =
            [("inbound", "answered", 1, 60_000), ("internal", "answered", 1, 60_000), ("outbound", "busy", 1, 0)];
        assert_eq!(told, expected);
        assert_eq!(tally(&theirs, db, any()).await.expect("tallies").len(), 1, "another tenant counts its own");
    })
    .await;
}

#[test]
fn a_filter_that_contradicts_itself_is_known() {
    let filter = |status, answered, talk_from_ms| Filter { status, answered, talk_from_ms, ..Filter::default() };
    for (one, contradicts) in [
        (filter(None, None, None), false),
        (filter(Some(Status::Answered), Some(true), Some(5)), false),
        (filter(Some(Status::Busy), Some(false), Some(0)), false),
        (filter(Some(Status::Busy), Some(true), None), true),
        (filter(Some(Status::Answered), Some(false), None), true),
        (filter(None, Some(false), Some(5)), true),
        (filter(Some(Status::Failed), None, Some(5)), true),
    ] {
        assert_eq!(one.contradicts_itself(), contradicts, "{one:?}");
    }
}

#[tokio::test]
async fn calls_are_found_by_queue_and_by_hotline_with_outcome_or_direction() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let queue: QueueId = Id::from_bits(5);
        let (busy, missed) = (Cause::Busy, Direction::Internal);
        let records = [
            CallRecord { queue: Some(queue), ..a_record(acme.tenant, 1) },
            CallRecord { answered_at: None, cause: busy, ..a_record(acme.tenant, 2) },
            CallRecord { direction: missed, ..a_record(acme.tenant, 3) },
            CallRecord { hotline: Some(Id::from_bits(12)), direction: missed, ..a_record(acme.tenant, 4) },
            a_record(acme.tenant, 5),
        ];
        keep(db, &records).await;
        let hotline = Some(Id::from_bits(11));
        let by_queue = Filter { queue: Some(queue), ..Filter::default() };
        assert_eq!(found(&acme, db, by_queue).await, [1]);
        let by_status = Filter { hotline, status: Some(Status::Busy), ..Filter::default() };
        assert_eq!(found(&acme, db, by_status).await, [2]);
        let by_direction = Filter { hotline, direction: Some(missed), ..Filter::default() };
        assert_eq!(found(&acme, db, by_direction).await, [3]);
        let alone = Filter { hotline, oldest_first: true, ..Filter::default() };
        assert_eq!(found(&acme, db, alone).await, [5, 3, 2, 1]);
        let with_party = Filter { extension: Some(Id::from_bits(101)), hotline, ..Filter::default() };
        assert_eq!(found(&acme, db, with_party).await, [5, 3, 2, 1]);
        let never = Filter { answered: Some(true), status: Some(Status::Busy), ..Filter::default() };
        assert!(found(&acme, db, never).await.is_empty());
    })
    .await;
}

use super::*;
use model::Id;

const COMPANY: u128 = 1;
const LAN: u128 = 101;

fn limits(calls: i64, minutes: i64, rate: i64) -> Limits {
    Limits {
        outbound_calls: calls,
        outbound_minutes_per_day: minutes,
        outbound_calls_per_minute: rate,
        dial_countries: None,
    }
}

fn call(number: u128) -> CallId {
    CallId::from_bits(number)
}

/// Begins a call of an extension; the company has bounds of its own.
fn begins(
    spending: &Spending,
    at_s: u64,
    number: u128,
    extension: u128,
    own: &Limits,
    company: &Limits,
) -> Result<Vec<Owner>, Exceeded> {
    let who = Spender {
        company: TenantId::from_bits(COMPANY),
        company_limits: company,
        extension: Some((ExtensionId::from_bits(extension), own)),
    };
    spending.enter(at(at_s), call(number), who)
}

fn at(seconds: u64) -> Moment {
    Moment::from_millis(seconds * 1_000)
}

const NONE: (i64, i64, i64) = (0, 0, 0);

fn unbounded() -> Limits {
    limits(NONE.0, NONE.1, NONE.2)
}

#[test]
fn so_many_calls_at_once_and_the_next_when_one_ends() {
    let (spending, own) = (Spending::default(), limits(2, 0, 0));
    let first = begins(&spending, 1, 1, LAN, &own, &unbounded()).expect("a place");
    begins(&spending, 1, 2, LAN, &own, &unbounded()).expect("a place");
    let refused = begins(&spending, 1, 3, LAN, &own, &unbounded()).expect_err("full");
    assert_eq!(refused, Exceeded { bound: Bound::Calls, own: true, most: 2 });
    begins(&spending, 1, 4, LAN + 1, &own, &unbounded()).expect("another extension has its own places");
    spending.leave(at(2), &first, call(1));
    begins(&spending, 2, 5, LAN, &own, &unbounded()).expect("a place again");
}

#[test]
fn the_company_counts_its_extensions_together_and_is_not_kept_waiting() {
    let (spending, company) = (Spending::default(), limits(0, 0, 3));
    for number in 0..3 {
        begins(&spending, 1, number, LAN + number, &unbounded(), &company).expect("a place");
    }
    let refused = begins(&spending, 2, 9, LAN, &unbounded(), &company).expect_err("too many in a minute");
    assert_eq!(refused, Exceeded { bound: Bound::Rate, own: false, most: 3 });
    begins(&spending, 121, 10, LAN, &unbounded(), &company).expect("two minutes later");
}

#[test]
fn a_burst_is_stopped_and_the_extension_waits_ten_minutes_unless_it_is_forgiven() {
    let (spending, own) = (Spending::default(), limits(0, 0, 5));
    for number in 0..5 {
        begins(&spending, 60 + number as u64, number, LAN, &own, &unbounded()).expect("a place");
    }
    let refused = begins(&spending, 66, 6, LAN, &own, &unbounded()).expect_err("a burst");
    assert_eq!((refused.bound, refused.own), (Bound::Rate, true));
    assert!(begins(&spending, 66 + 599, 7, LAN, &own, &unbounded()).is_err(), "not for ten minutes");
    begins(&spending, 66 + 600, 8, LAN, &own, &unbounded()).expect("then again");

    for number in 10..20 {
        let _ = begins(&spending, 1_000, number, LAN, &own, &unbounded());
    }
    assert!(begins(&spending, 1_001, 30, LAN, &own, &unbounded()).is_err());
    spending.follow(&Snapshot::default());
    begins(&spending, 1_001, 31, LAN, &own, &unbounded()).expect("forgiven");
}

#[test]
fn the_window_slides_so_that_two_minutes_hold_no_double_burst() {
    let (spending, own) = (Spending::default(), limits(0, 0, 10));
    let company = unbounded();
    let begun = (0..20).filter(|n| begins(&spending, 55 + n, u128::from(*n), LAN, &own, &company).is_ok()).count();
    assert_eq!(begun, 10, "across the turn of a minute");
}

#[test]
fn minutes_count_from_the_answer_for_a_day_and_include_what_is_up() {
    let (spending, own) = (Spending::default(), limits(0, 10, 0));
    let first = begins(&spending, 0, 1, LAN, &own, &unbounded()).expect("a place");
    // It rang for an hour: that costs nothing.
    spending.answered(at(3_600), &first, call(1));
    begins(&spending, 3_600 + 599, 2, LAN, &own, &unbounded()).expect("not yet");
    assert!(begins(&spending, 3_600 + 600, 3, LAN, &own, &unbounded()).is_err(), "the call that is up counts");
    spending.leave(at(3_600 + 600), &first, call(1));
    let refused = begins(&spending, 12 * 3_600, 4, LAN, &own, &unbounded()).expect_err("used up");
    assert_eq!(refused, Exceeded { bound: Bound::Minutes, own: true, most: 10 });
    begins(&spending, 26 * 3_600, 5, LAN, &own, &unbounded()).expect("the next day");
}

#[test]
fn who_used_nothing_lately_is_forgotten() {
    let spending = Spending::default();
    let owners = begins(&spending, 1, 1, LAN, &unbounded(), &unbounded()).expect("a place");
    spending.leave(at(2), &owners, call(1));
    assert!(spending.overdue(at(2), &Snapshot::default()).is_empty());
    assert_eq!(spending.usage().len(), 2, "its minute is remembered");
    spending.overdue(at(300), &Snapshot::default());
    assert!(spending.usage().is_empty());
}

#[test]
fn what_was_talked_before_a_restart_counts_until_it_is_a_day_old() {
    let (spending, own) = (Spending::default(), limits(0, 60, 0));
    let (company, extension) = (TenantId::from_bits(COMPANY), Some(ExtensionId::from_bits(LAN)));
    let talked = |hours_ago, minutes: u64| Talked { extension, hours_ago, talk_ms: minutes * 60_000 };
    spending.recall(at(0), company, &talked(2, 40));
    spending.recall(at(0), company, &talked(23, 20));
    let refused = begins(&spending, 0, 1, LAN, &own, &unbounded()).expect_err("an hour was talked");
    assert_eq!((refused.bound, refused.own), (Bound::Minutes, true));
    let refused = begins(&spending, 0, 1, LAN + 1, &unbounded(), &own).expect_err("the company's hour");
    assert_eq!((refused.bound, refused.own), (Bound::Minutes, false));
    assert!(begins(&spending, 3_600, 1, LAN, &own, &unbounded()).is_ok(), "the older part is a day old");
    let long = limits(0, 40, 0);
    assert!(begins(&spending, 21 * 3_600, 2, LAN, &long, &unbounded()).is_err());
    assert!(begins(&spending, 22 * 3_600, 3, LAN, &long, &unbounded()).is_ok());
}

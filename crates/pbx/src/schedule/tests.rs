use super::{Holiday, Hours, NewSchedule, Schedule, SchedulePatch, State, Weekday, WeeklyHours};
use super::{create, delete, get, list, update};
use crate::fixture::{company, fields};
use model::{PageRequest, Problem, Timestamp};
use store::mint;
use store::testing::{TestDb, on_both};

fn hours(from: &str, to: &str) -> Hours {
    Hours { from: from.into(), to: to.into() }
}

fn weekly(days: &[Weekday], from: &str, to: &str) -> WeeklyHours {
    WeeklyHours { days: days.to_vec(), from: from.into(), to: to.into() }
}

fn holiday(name: &str, from: &str, to: Option<&str>, yearly: bool) -> Holiday {
    Holiday { name: name.into(), from: from.into(), to: to.map(str::to_owned), yearly, hours: Vec::new() }
}

const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

/// Mornings and afternoons of workdays, a night shift from Friday to Saturday, and two kinds of holidays.
fn office(zone: Option<&str>) -> Schedule {
    Schedule {
        id: mint(),
        name: "Office".into(),
        time_zone: zone.map(str::to_owned),
        weekly: vec![
            weekly(&WORKDAYS, "08:00", "12:00"),
            weekly(&WORKDAYS, "13:30", "17:30"),
            weekly(&[Weekday::Fri], "22:00", "02:00"),
            weekly(&[Weekday::Sun], "00:00", "24:00"),
        ],
        holidays: vec![
            holiday("Tet", "2027-02-05", Some("2027-02-11"), false),
            Holiday { hours: vec![hours("09:00", "10:00")], ..holiday("National Day", "2025-09-02", None, true) },
        ],
        created_at: 0,
        updated_at: 0,
    }
}

/// What the schedule says at this wall-clock time of the zone.
fn at<'a>(schedule: &'a Schedule, zone: &str, time: &str) -> State<'a> {
    let zone = jiff::tz::TimeZone::get(zone).expect("a zone");
    let time: jiff::civil::DateTime = time.parse().expect("a time");
    let instant = zone.to_timestamp(time).expect("a moment");
    schedule.at(Timestamp(instant.as_millisecond()), &schedule.zone("Asia/Ho_Chi_Minh"))
}

#[test]
fn hours_begin_with_their_first_minute_and_end_before_their_last() {
    let office = office(None);
    let say = |time: &str| at(&office, "Asia/Ho_Chi_Minh", time);
    // 2026-11-23 is a Monday.
    for open in ["2026-11-23T08:00", "2026-11-23T11:59:59.999", "2026-11-23T13:30", "2026-11-27T17:29"] {
        assert_eq!(say(open), State::Open, "{open}");
    }
    for closed in
        ["2026-11-23T07:59:59.999", "2026-11-23T12:00", "2026-11-23T13:29", "2026-11-23T17:30", "2026-11-28T09:00"]
    {
        assert_eq!(say(closed), State::Closed, "{closed}");
    }
    for open in ["2026-11-29T00:00", "2026-11-29T23:59"] {
        assert_eq!(say(open), State::Open, "all of Sunday: {open}");
    }
}

#[test]
fn a_night_shift_belongs_to_the_day_it_begins_on() {
    let mut office = office(None);
    let say = |office: &Schedule, time: &str| at(office, "Asia/Ho_Chi_Minh", time).as_str();
    assert_eq!(say(&office, "2026-11-27T22:00"), "open", "Friday night");
    assert_eq!(say(&office, "2026-11-28T01:59"), "open", "into Saturday");
    assert_eq!(say(&office, "2026-11-28T02:00"), "closed");
    assert_eq!(say(&office, "2026-11-28T22:30"), "closed", "Saturday night is no shift");
    office.holidays.push(holiday("Saturday off", "2026-11-28", None, false));
    assert_eq!(say(&office, "2026-11-28T01:00"), "open", "Friday's shift goes on into the holiday");
    assert_eq!(say(&office, "2026-11-28T03:00"), "holiday");
    office.holidays.push(holiday("Friday off", "2026-12-04", None, false));
    assert_eq!(say(&office, "2026-12-05T01:00"), "closed", "no shift began on the holiday");
}

#[test]
fn holidays_are_days_ranges_yearly_and_may_have_hours() {
    let mut office = office(None);
    office.holidays.push(Holiday { yearly: true, ..holiday("Stock-taking", "2020-06-30", Some("2020-07-01"), false) });
    let say = |time: &str| at(&office, "Asia/Ho_Chi_Minh", time);
    assert_eq!(say("2027-02-05T00:00"), State::Holiday("Tet"));
    assert_eq!(say("2027-02-11T10:00"), State::Holiday("Tet"), "the last day counts");
    assert_eq!(say("2027-02-12T10:00"), State::Open);
    assert_eq!(say("2028-02-07T10:00"), State::Open, "not yearly");
    assert_eq!(say("2026-09-02T09:30"), State::Open, "the holiday has an hour of its own");
    assert_eq!(say("2026-09-02T10:00"), State::Holiday("National Day"), "yearly, and not as on other Wednesdays");
    assert_eq!(say("2030-07-01T10:00"), State::Holiday("Stock-taking"));
}

#[test]
fn a_yearly_holiday_may_lie_over_the_turn_of_the_year() {
    let mut office = office(None);
    office.holidays = vec![holiday("Winter", "2024-12-28", Some("2025-01-02"), true)];
    let say = |time: &str| at(&office, "Asia/Ho_Chi_Minh", time).as_str();
    assert_eq!((say("2030-12-28T10:00"), say("2031-01-02T10:00")), ("holiday", "holiday"));
    assert_eq!((say("2030-12-27T10:00"), say("2031-01-03T10:00")), ("open", "open"));
}

#[test]
fn the_zone_decides_and_summer_time_moves_no_hours() {
    let berlin = office(Some("Europe/Berlin"));
    let say = |time: &str| at(&berlin, "UTC", time).as_str();
    // 08:00 in Berlin is 07:00 UTC in winter and 06:00 UTC in summer.
    assert_eq!((say("2026-11-23T06:59"), say("2026-11-23T07:00")), ("closed", "open"));
    assert_eq!((say("2026-07-20T05:59"), say("2026-07-20T06:00")), ("closed", "open"));
    // The clocks of Sunday 2026-03-29 jump from 02:00 to 03:00, those of 2026-10-25 from 03:00 back to 02:00.
    let mut nights = berlin.clone();
    nights.weekly = vec![weekly(&[Weekday::Sun], "02:30", "03:30")];
    let say = |time: &str| at(&nights, "UTC", time).as_str();
    assert_eq!(
        (say("2026-03-29T00:59"), say("2026-03-29T01:00"), say("2026-03-29T01:30")),
        ("closed", "open", "closed")
    );
    assert_eq!(
        (say("2026-10-25T00:29"), say("2026-10-25T00:30"), say("2026-10-25T01:00")),
        ("closed", "open", "closed")
    );
    assert_eq!((say("2026-10-25T01:30"), say("2026-10-25T02:29"), say("2026-10-25T02:30")), ("open", "open", "closed"));
    let other = office(None);
    assert_eq!(at(&other, "UTC", "2026-11-23T01:00"), State::Open, "the company's zone where there is no own");
}

#[test]
fn an_empty_week_is_never_open() {
    let mut none = office(None);
    none.weekly.clear();
    none.holidays.clear();
    for hour in 0..24 {
        assert_eq!(at(&none, "UTC", &format!("2026-11-23T{hour:02}:00")), State::Closed);
    }
}

fn new() -> NewSchedule {
    let Schedule { name, time_zone, weekly, holidays, .. } = office(None);
    NewSchedule { name, time_zone, weekly, holidays }
}

#[tokio::test]
async fn a_schedule_is_kept_changed_and_deleted() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let made = create(&ours, db, new()).await.expect("a schedule");
        assert_eq!(get(&ours, db, made.id).await, Ok(made.clone()));
        assert_eq!((&made.weekly, &made.holidays), (&new().weekly, &new().holidays));
        let zone = Some(Some("Europe/Berlin".to_owned()));
        let patch = SchedulePatch { time_zone: zone.clone(), ..SchedulePatch::default() };
        let changed = update(&ours, db, made.id, patch).await.expect("changed");
        assert_eq!((changed.time_zone, changed.weekly), (zone.flatten(), made.weekly));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items.len(), 1);
        delete(&ours, db, made.id).await.expect("deleted");
        assert_eq!(get(&ours, db, made.id).await, Err(Problem::not_found("schedule")));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let wrong = NewSchedule {
            name: " ".into(),
            time_zone: Some("Hanoi".into()),
            weekly: vec![
                weekly(&[], "8:00", "25:00"),
                weekly(&[Weekday::Mon], "24:00", "08:00"),
                weekly(&WORKDAYS, "09:00", "09:00"),
            ],
            holidays: vec![
                holiday("", "2026-02-30", None, false),
                holiday("x", "2026-02-05", Some("2026-02-04"), false),
                Holiday { hours: vec![hours("1", "24:01")], ..holiday("y", "20260204", Some("x"), true) },
            ],
        };
        let problem = create(&ours, db, wrong).await.expect_err("wrong");
        let all = [
            "name",
            "time_zone",
            "weekly[0].days",
            "weekly[0].from",
            "weekly[0].to",
            "weekly[1].from",
            "weekly[2].to",
            "holidays[0].name",
            "holidays[0].from",
            "holidays[1].to",
            "holidays[2].from",
            "holidays[2].to",
            "holidays[2].hours[0].from",
            "holidays[2].hours[0].to",
        ];
        assert_eq!(fields(&problem), all);
        let many = NewSchedule { weekly: vec![weekly(&WORKDAYS, "08:00", "09:00"); 401], ..new() };
        assert_eq!(fields(&create(&ours, db, many).await.expect_err("too many")), ["weekly"]);
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = create(&ours, db, new()).await.expect("a schedule");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("schedule");
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, made.id, SchedulePatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, made.id).await, Err(hidden));
    })
    .await;
}

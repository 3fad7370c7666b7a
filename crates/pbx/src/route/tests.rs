use super::{Caller, route};
use crate::callers::{Callers, List};
use crate::extension::CallFrom;
use crate::fixture::graph;
use crate::hotline::{Hotline, Target};
use crate::limits::Limits;
use crate::schedule::{Holiday, Schedule, Weekday, WeeklyHours};
use crate::snapshot::{Extension, Group, Tenant, Trunk};
use crate::srtp::Srtp;
use crate::trunk::{Kind, NumberFormat, Transport, parse_address};
use call::{Direction, Origin, RouteTarget, TrunkStep};
use model::{Cause, ExtensionId, FlowId, GreetingId, GroupId, HotlineId, Id, ScheduleId, TenantId, Timestamp, TrunkId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Monday 2026-11-23, 10:00 in Hanoi.
const NOW: Timestamp = Timestamp(1_795_402_800_000);

fn id(bits: u128) -> ExtensionId {
    ExtensionId::from_bits(bits)
}

fn lan() -> ExtensionId {
    id(101)
}

fn minh() -> ExtensionId {
    id(102)
}

/// Her extension is disabled.
fn gone() -> ExtensionId {
    id(103)
}

fn extension(id: ExtensionId, number: &str, enabled: bool) -> Extension {
    let (ha1_md5, ha1_sha256) = ([0; 16], [0; 32]);
    Extension {
        id,
        number: number.into(),
        name: format!("Name {number}"),
        hotline: None,
        enabled,
        networks: Vec::new(),
        call_from: CallFrom::Registered,
        srtp: Srtp::default(),
        limits: Limits::of_extension(),
        handling: Default::default(),
        mailbox: Default::default(),
        ha1_md5,
        ha1_sha256,
    }
}

fn trunk(bits: u128, address: &str, number_format: NumberFormat) -> Trunk {
    Trunk {
        id: TrunkId::from_bits(bits),
        name: format!("Carrier {bits}"),
        kind: Kind::Address,
        networks: parse_address(address).into_iter().collect(),
        server: address.into(),
        transport: Transport::Udp,
        login: String::new(),
        password: None,
        number_format,
        max_calls: 0,
        probe: true,
        srtp: Srtp::default(),
        enabled: true,
    }
}

fn hotline(bits: u128, number: &str, trunk: u128, target: Target) -> Hotline {
    Hotline {
        id: HotlineId::from_bits(bits),
        number: number.into(),
        name: format!("Line {bits}"),
        trunk: TrunkId::from_bits(trunk),
        target,
        schedule: None,
        closed_target: None,
        holiday_target: None,
        created_at: 0,
        updated_at: 0,
    }
}

fn acme() -> Tenant {
    let extensions = [extension(lan(), "101", true), extension(minh(), "102", true), extension(gone(), "103", false)];
    let group = GroupId::from_bits(7);
    let flow = FlowId::from_bits(5);
    let trunks = [trunk(1, "127.0.0.30", NumberFormat::National), trunk(2, "127.0.0.31", NumberFormat::E164)];
    let hotlines = [
        hotline(11, "+842873000001", 1, Target::Flow(flow)),
        hotline(12, "+842873000002", 2, Target::Extension(lan())),
    ];
    let ringing = Group {
        name: "Sales".into(),
        strategy: call::Strategy::Simultaneous,
        members: [gone(), minh(), lan()].map(call::RingMember::plain).to_vec(),
        ring_for: Duration::from_secs(20),
        otherwise: None,
    };
    Tenant {
        id: TenantId::from_bits(1),
        name: "Acme".into(),
        domain: "acme.test".into(),
        country: "84".into(),
        time_zone: "Asia/Ho_Chi_Minh".into(),
        record: true,
        recording: crate::recording::Policy::new(call::Recording::Always),
        dial_countries: vec!["84".into(), "65".into()],
        blocked_prefixes: vec!["1900".into(), "+8491".into()],
        limits: Limits::of_company(),
        quota: crate::quota::Quota::default(),
        version: 1,
        numbers: extensions.iter().map(|one| (one.number.clone(), one.id)).collect(),
        extensions: extensions.into_iter().map(|one| (one.id, one)).collect(),
        hotlines: hotlines.into_iter().map(|one| (one.id, one)).collect(),
        trunks: trunks.into_iter().map(|one| (one.id, one)).collect::<BTreeMap<_, _>>(),
        groups: HashMap::from([(group, ringing)]),
        queues: BTreeMap::new(),
        flows: HashMap::from([(flow, published(graph(Id::from_bits(3), group)))]),
        schedules: HashMap::new(),
        callers: Default::default(),
        greetings: HashMap::new(),
    }
}

fn lan_dials(tenant: &Tenant, dialled: &str) -> call::Route {
    route(tenant, Origin::Extension(lan()), Caller::default(), dialled, NOW)
}

#[test]
fn an_extension_of_the_company_is_rung_with_the_callers_number_and_name() {
    let route = lan_dials(&acme(), "102");
    assert_eq!((route.direction, route.to), (Direction::Internal, RouteTarget::Extension(minh())));
    assert_eq!((route.caller_number.as_str(), route.caller_name.as_str()), ("101", "Name 101"));
    assert!(route.record && route.hotline.is_none());
    assert!(route.facts.contains(&("from", "101".into())) && !route.reason.is_empty());
}

#[test]
fn a_carrier_reaches_the_hotline_of_its_own_trunk_only() {
    let tenant = acme();
    let caller = Caller { number: "0901234567", name: "Khách" };
    let from =
        |trunk: u128, dialled: &str| route(&tenant, Origin::Trunk(TrunkId::from_bits(trunk)), caller, dialled, NOW);
    for dialled in ["02873000001", "+842873000001", "842873000001"] {
        let route = from(1, dialled);
        assert_eq!((route.direction, &route.to), (Direction::Inbound, &RouteTarget::Flow(FlowId::from_bits(5))));
        assert_eq!(route.hotline, Some(HotlineId::from_bits(11)));
        assert_eq!((route.caller_number.as_str(), route.caller_name.as_str()), ("+84901234567", "Khách"));
    }
    for (trunk, dialled) in [(2, "02873000001"), (1, "101"), (1, "0901111111"), (1, ""), (1, "sip:x")] {
        let route = from(trunk, dialled);
        assert_eq!(
            (route.direction, route.to),
            (Direction::Inbound, RouteTarget::Reject(Cause::NotFound)),
            "{dialled}"
        );
    }
    let hidden = route(
        &tenant,
        Origin::Trunk(TrunkId::from_bits(1)),
        Caller { number: "anonymous", name: "" },
        "02873000001",
        NOW,
    );
    assert_eq!(hidden.caller_number, "anonymous");
}

#[test]
fn ones_own_hotline_stays_inside() {
    let route = lan_dials(&acme(), "02873000001");
    assert_eq!((route.direction, route.to), (Direction::Internal, RouteTarget::Flow(FlowId::from_bits(5))));
    assert_eq!((route.hotline, route.caller_number.as_str()), (Some(HotlineId::from_bits(11)), "101"));
}

#[test]
fn the_outside_is_reached_by_the_trunk_of_the_number_shown_then_by_others() {
    let mut tenant = acme();
    let steps = |first: (u128, &str), second: (u128, &str)| {
        let step =
            |(trunk, number): (u128, &str)| TrunkStep { trunk: TrunkId::from_bits(trunk), number: number.into() };
        RouteTarget::Trunk(vec![step(first), step(second)])
    };
    let out = lan_dials(&tenant, "0901 234 567");
    assert_eq!((out.direction, out.hotline), (Direction::Outbound, Some(HotlineId::from_bits(11))));
    assert_eq!((out.caller_number.as_str(), out.caller_name.as_str()), ("+842873000001", ""));
    assert_eq!(out.to, steps((1, "0901234567"), (2, "+84901234567")));
    assert_eq!(tenant.as_written(TrunkId::from_bits(1), &out.caller_number), "02873000001");
    tenant.extensions.get_mut(&lan()).expect("Lan").hotline = Some(HotlineId::from_bits(12));
    let own = lan_dials(&tenant, "0901234567");
    assert_eq!((own.caller_number.as_str(), own.to), ("+842873000002", steps((2, "+84901234567"), (1, "0901234567"))));
    tenant.trunks.get_mut(&TrunkId::from_bits(2)).expect("a trunk").enabled = false;
    let alone = lan_dials(&tenant, "0901234567");
    assert_eq!(alone.caller_number, "+842873000001", "a number on a disabled trunk is not shown");
    assert!(matches!(alone.to, RouteTarget::Trunk(steps) if steps.len() == 1));
}

#[test]
fn what_is_not_allowed_is_refused_with_its_reason() {
    let tenant = acme();
    for (dialled, cause, direction) in [
        ("0014155550100", Cause::Forbidden, Direction::Outbound),
        ("+14155550100", Cause::Forbidden, Direction::Outbound),
        ("0912345678", Cause::Forbidden, Direction::Outbound),
        ("19001234", Cause::Forbidden, Direction::Internal),
        ("103", Cause::NotFound, Direction::Internal),
        ("99", Cause::NotFound, Direction::Internal),
        ("lan", Cause::InvalidNumber, Direction::Internal),
        ("", Cause::InvalidNumber, Direction::Internal),
        ("101;drop", Cause::InvalidNumber, Direction::Internal),
    ] {
        let route = lan_dials(&tenant, dialled);
        assert_eq!((&route.to, route.direction), (&RouteTarget::Reject(cause), direction), "{dialled}");
        assert!(!route.reason.is_empty(), "{dialled}");
    }
    let abroad = lan_dials(&tenant, "+6561234567");
    assert_eq!(abroad.direction, Direction::Outbound);
    assert!(matches!(abroad.to, RouteTarget::Trunk(_)), "an allowed country");
}

#[test]
fn who_is_disabled_or_unknown_calls_nobody() {
    let tenant = acme();
    for caller in [gone(), id(999)] {
        let route = route(&tenant, Origin::Extension(caller), Caller::default(), "101", NOW);
        assert_eq!(route.to, RouteTarget::Reject(Cause::Forbidden));
    }
}

#[test]
fn without_a_usable_hotline_there_is_no_way_out() {
    let mut tenant = acme();
    tenant.hotlines.clear();
    assert_eq!(lan_dials(&tenant, "0901234567").to, RouteTarget::Reject(Cause::NoRoute));
}

#[test]
fn a_group_rings_its_enabled_members_in_order() {
    let tenant = acme();
    let plan = tenant.ring_plan(GroupId::from_bits(7), 1).expect("a plan");
    assert_eq!(plan.members, [minh(), lan()].map(call::RingMember::plain));
    assert_eq!(tenant.ring_plan(GroupId::from_bits(8), 1), None);
}

/// The first hotline is open on Monday mornings, plays a greeting else, and has one day off.
fn with_hours() -> Tenant {
    let mut tenant = acme();
    let schedule = Schedule {
        id: ScheduleId::from_bits(1),
        name: "Office".into(),
        time_zone: None,
        weekly: vec![WeeklyHours { days: vec![Weekday::Mon], from: "08:00".into(), to: "12:00".into() }],
        holidays: vec![Holiday {
            name: "Founding day".into(),
            from: "2026-11-30".into(),
            to: None,
            yearly: false,
            hours: Vec::new(),
        }],
        created_at: 0,
        updated_at: 0,
    };
    let zone = schedule.zone(&tenant.time_zone);
    tenant.schedules.insert(schedule.id, (schedule, zone));
    let hotline = tenant.hotlines.get_mut(&HotlineId::from_bits(11)).expect("the first hotline");
    hotline.schedule = Some(ScheduleId::from_bits(1));
    hotline.closed_target = Some(Target::Greeting(GreetingId::from_bits(3)));
    tenant
}

const HOUR: i64 = 3_600_000;

#[test]
fn a_hotline_leads_elsewhere_while_its_schedule_is_closed() {
    let mut tenant = with_hours();
    let carrier = Origin::Trunk(TrunkId::from_bits(1));
    let caller = Caller { number: "0901234567", name: "" };
    let at =
        |tenant: &Tenant, hours: i64| route(tenant, carrier, caller, "02873000001", Timestamp(NOW.0 + hours * HOUR));
    let flow = RouteTarget::Flow(FlowId::from_bits(5));
    let closed = RouteTarget::Announcement(model::leg::Sound::Greeting(GreetingId::from_bits(3)));
    let open = at(&tenant, 0);
    assert_eq!(open.to, flow);
    assert!(open.facts.contains(&("opening", "open".into())));
    let shut = at(&tenant, 2);
    assert_eq!(shut.to, closed, "at noon");
    assert!(
        shut.reason.contains("closed now") && shut.facts.contains(&("opening", "closed".into())),
        "{}",
        shut.reason
    );
    let day_off = at(&tenant, 7 * 24);
    assert_eq!(day_off.to, closed, "a holiday without a target of its own");
    assert!(day_off.reason.contains("Founding day"), "{}", day_off.reason);
    let first = HotlineId::from_bits(11);
    tenant.hotlines.get_mut(&first).expect("it").holiday_target = Some(Target::Extension(minh()));
    assert_eq!(at(&tenant, 7 * 24).to, RouteTarget::Extension(minh()));
    assert_eq!(at(&tenant, 2).to, closed);
    let inside =
        route(&tenant, Origin::Extension(lan()), Caller::default(), "02873000001", Timestamp(NOW.0 + 2 * HOUR));
    assert_eq!(inside.to, closed, "colleagues find it closed too");
    tenant.schedules.clear();
    assert_eq!(at(&tenant, 2).to, flow, "a schedule that is gone closes nothing");
}

#[test]
fn blocked_callers_reach_nothing_and_others_everything() {
    let mut tenant = acme();
    tenant.callers =
        Callers::of([("+8490*", List::Blocked), ("+84901234567", List::Vip), ("anonymous", List::Blocked)]);
    let carrier = Origin::Trunk(TrunkId::from_bits(1));
    let to = |number: &str| route(&tenant, carrier, Caller { number, name: "" }, "02873000001", NOW);
    let flow = RouteTarget::Flow(FlowId::from_bits(5));
    for blocked in ["0909999999", "84909999999", "anonymous", ""] {
        let refused = to(blocked);
        assert_eq!(refused.to, RouteTarget::Reject(Cause::Forbidden), "{blocked:?}");
        assert!(refused.hotline.is_some() && refused.facts.iter().any(|(name, _)| *name == "pattern"));
    }
    for welcome in ["0901234567", "0911111111", "+6561234567"] {
        assert_eq!(to(welcome).to, flow, "{welcome}");
    }
    assert_eq!(lan_dials(&tenant, "02873000001").to, flow, "colleagues are never blocked");
}

fn published(graph: ::flow::Graph) -> crate::snapshot::Published {
    crate::snapshot::Published { name: "Main".into(), version: 1, author: String::new(), graph: Arc::new(graph) }
}

//! What a call costs in memory. It is a test of its own because it counts every allocation of the process.

use call::{Call, Direction, Input, Origin, Reply, RingMember, RingPlan, Route, RouteTarget, Strategy, Ticket};
use model::flow::{FlowCommand, FlowTarget};
use model::id::Id;
use model::{CallId, Cause, ExtensionId, FlowId, GroupId, HotlineId, LegEvent, LegId, Moment, TrailEntry, TrunkId};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed to the system's allocator unchanged; only figures are kept beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the pointer came from `alloc` above with the same layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn route(to: RouteTarget) -> Reply {
    Reply::Route(Box::new(Route {
        direction: Direction::Inbound,
        hotline: Some(HotlineId::from_bits(1)),
        caller_number: "+84901234567".into(),
        caller_name: String::new(),
        to,
        record: true,
        reason: "The hotline leads to its flow.".into(),
        facts: vec![("hotline", "+842873000001".into())],
    }))
}

/// The inputs of a usual call: hotline, flow, key, group, answer, and ten minutes of talk.
fn usual_call() -> Vec<Input> {
    let origin = Origin::Trunk(TrunkId::from_bits(1));
    let (dialled, caller_number) = ("02873000001".to_owned(), "0901234567".to_owned());
    let members = vec![RingMember::plain(ExtensionId::from_bits(1))];
    let ring_for = std::time::Duration::from_secs(20);
    let plan = RingPlan { strategy: Strategy::Simultaneous, members, ring_for, otherwise: None };
    let note = |text: &str| Input::Trail(TrailEntry::new(Moment::START, "flow_node", text).fact("node", "welcome"));
    let transfer = FlowCommand::Transfer(FlowTarget::Group(GroupId::from_bits(1)));
    vec![
        Input::Offered { origin, dialled, caller_number, caller_name: String::new() },
        Input::Reply(Ticket(1), route(RouteTarget::Flow(FlowId::from_bits(1)))),
        note("The flow comes to the menu `welcome`."),
        note("The caller pressed 1, which leads to `sales`."),
        Input::Flow(transfer),
        Input::Reply(Ticket(2), Reply::Group(Some(plan))),
        Input::Reply(Ticket(3), Reply::Contacts(vec![7])),
        Input::Leg(LegId(1), LegEvent::Progress),
        Input::Leg(LegId(1), LegEvent::Ringing { early_media: false }),
        Input::Leg(LegId(1), LegEvent::Answered),
    ]
}

#[test]
fn a_usual_call_in_mid_talk_is_small_and_cheap() {
    let inputs = usual_call();
    let count = COUNT.load(Ordering::Relaxed);
    let mut call = Call::new(CallId::from_bits(1), Moment::START);
    for input in inputs {
        call.handle(Moment::START, input);
    }
    let count = COUNT.load(Ordering::Relaxed) - count;
    let before = HELD.load(Ordering::Relaxed);
    drop(call);
    let heap = before - HELD.load(Ordering::Relaxed);
    let body = size_of::<Call>();
    println!("body {body}, heap {heap}, allocations {count}");
    assert!(body <= 1024, "the body of a call takes {body} bytes");
    assert!(body + heap <= 3072, "a call in mid-talk takes {} bytes", body + heap);
    assert!(count <= 80, "a call made {count} allocations until the talk began");

    let mut call = Call::new(CallId::from_bits(3), Moment::START);
    for input in usual_call() {
        call.handle(Moment::START, input);
    }
    let end = call.handle(Moment::START, Input::Leg(LegId(0), LegEvent::Ended { cause: Cause::Normal }));
    assert!(matches!(end.last(), Some(call::Action::Finish(_))));
}

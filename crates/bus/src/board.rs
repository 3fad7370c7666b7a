//! The live list: the fold of what was published.

use std::collections::{BTreeMap, HashMap};

use call::{Direction, Event, Role, Side};
use model::{CallId, ExtensionId, HotlineId, LegId, QueueId, TenantId, Timestamp};

use crate::Occurrence;

/// A call that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveCall {
    /// Which call.
    pub id: CallId,
    /// Which way it goes.
    pub direction: Direction,
    /// The hotline it concerns.
    pub hotline: Option<HotlineId>,
    /// The caller's number.
    pub from: String,
    /// The number dialled.
    pub to: String,
    /// The extensions that ring, or the one that talks.
    pub extensions: Vec<ExtensionId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When a person answered.
    pub answered_at: Option<Timestamp>,
    /// Whether one side holds the other.
    pub held: bool,
    /// The queue that it waits in.
    pub queue: Option<QueueId>,
    /// Who takes part beside the two who talk.
    pub others: Vec<Other>,
}

/// Somebody who takes part beside the two who talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Their leg.
    pub leg: LegId,
    /// Whose phone, when it is one of ours.
    pub extension: Option<ExtensionId>,
    /// As what.
    pub role: Role,
}

#[derive(Default)]
pub(crate) struct Board {
    tenants: HashMap<TenantId, BTreeMap<CallId, LiveCall>>,
    calls: usize,
}

impl Board {
    pub(crate) fn of(&self, tenant: TenantId) -> Vec<LiveCall> {
        self.tenants.get(&tenant).map(|calls| calls.values().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn find(&self, tenant: TenantId, call: CallId) -> Option<LiveCall> {
        self.tenants.get(&tenant)?.get(&call).cloned()
    }

    pub(crate) fn len(&self) -> usize {
        self.calls
    }

    pub(crate) fn fold(&mut self, what: &Occurrence) {
        match &what.event {
            Event::Started { direction, hotline, from, to, extension } => {
                let live = LiveCall {
                    id: what.call,
                    direction: *direction,
                    hotline: *hotline,
                    from: from.clone(),
                    to: to.clone(),
                    extensions: extension.iter().copied().collect(),
                    started_at: what.at,
                    answered_at: None,
                    held: false,
                    queue: None,
                    others: Vec::new(),
                };
                if self.tenants.entry(what.tenant).or_default().insert(what.call, live).is_none() {
                    self.calls += 1;
                }
            }
            Event::Ringing { extension, .. } => self.change(what, |call| {
                let new = extension.filter(|e| !call.extensions.contains(e));
                call.extensions.extend(new);
            }),
            Event::Answered { extension, side: Side::Callee, .. } => self.change(what, |call| {
                // A transfer changes who talks, not since when.
                call.answered_at.get_or_insert(what.at);
                // The caller's own extension stays; of those that rang only the one that answered does.
                if let Some(answered) = extension {
                    let caller = call.extensions.first().copied().filter(|_| call.direction != Direction::Inbound);
                    call.extensions = caller.into_iter().filter(|c| c != answered).chain([*answered]).collect();
                }
            }),
            // Who takes over is no longer beside them.
            Event::Transferred { leg, .. } | Event::Left { leg, .. } => {
                self.change(what, |call| call.others.retain(|other| other.leg != *leg));
            }
            Event::Joined { leg, extension, role } => self.change(what, |call| {
                call.others.push(Other { leg: *leg, extension: *extension, role: *role });
            }),
            Event::Supervised { leg, mode, .. } => self.change(what, |call| {
                if let Some(other) = call.others.iter_mut().find(|other| other.leg == *leg) {
                    other.role = Role::Supervisor(*mode);
                }
            }),
            Event::Answered { side: Side::Caller, .. } | Event::Digit { .. } | Event::NotJoined { .. } => {}
            Event::Held { .. } => self.change(what, |call| call.held = true),
            Event::Resumed { .. } => self.change(what, |call| call.held = false),
            Event::QueueJoined { queue } => self.change(what, |call| call.queue = Some(*queue)),
            Event::QueueLeft { .. } => self.change(what, |call| call.queue = None),
            Event::Ended { .. } => self.remove(what),
        }
    }

    fn change(&mut self, what: &Occurrence, change: impl FnOnce(&mut LiveCall)) {
        if let Some(call) = self.tenants.get_mut(&what.tenant).and_then(|calls| calls.get_mut(&what.call)) {
            change(call);
        }
    }

    fn remove(&mut self, what: &Occurrence) {
        let Some(calls) = self.tenants.get_mut(&what.tenant) else { return };
        if calls.remove(&what.call).is_some() {
            self.calls -= 1;
        }
        if calls.is_empty() {
            self.tenants.remove(&what.tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call::Supervision;
    use model::{Cause, EndedBy, Id};

    fn tell(board: &mut Board, at: i64, event: Event) {
        board.fold(&Occurrence {
            tenant: TenantId::from_bits(1),
            call: CallId::from_bits(2),
            at: Timestamp(at),
            event,
        });
    }

    fn started() -> Event {
        Event::Started {
            direction: Direction::Inbound,
            hotline: None,
            from: "+84901234567".into(),
            to: "+842873000001".into(),
            extension: None,
        }
    }

    #[test]
    fn a_call_is_listed_from_its_start_to_its_end() {
        let mut board = Board::default();
        let lan = ExtensionId::from_bits(101);
        let minh = ExtensionId::from_bits(102);
        tell(&mut board, 1, started());
        tell(&mut board, 2, Event::Ringing { leg: LegId(1), extension: Some(lan), side: Side::Callee });
        tell(&mut board, 2, Event::Ringing { leg: LegId(2), extension: Some(minh), side: Side::Callee });
        assert_eq!(board.of(TenantId::from_bits(1))[0].extensions, [lan, minh]);

        tell(&mut board, 3, Event::Answered { leg: LegId(2), extension: Some(minh), side: Side::Callee });
        tell(&mut board, 4, Event::Held { leg: LegId(2) });
        let live = &board.of(TenantId::from_bits(1))[0];
        assert_eq!(
            (live.extensions.as_slice(), live.answered_at, live.held),
            ([minh].as_slice(), Some(Timestamp(3)), true)
        );
        assert!(board.of(TenantId::from_bits(9)).is_empty(), "another tenant sees nothing");

        tell(&mut board, 5, Event::Ended { cause: Cause::Normal, ended_by: EndedBy::Caller });
        assert_eq!((board.len(), board.tenants.len()), (0, 0));
    }

    #[test]
    fn who_joins_is_shown_until_they_leave_or_take_over() {
        let mut board = Board::default();
        let (lan, minh) = (ExtensionId::from_bits(101), ExtensionId::from_bits(102));
        let joined = |leg, extension| Event::Joined { leg: LegId(leg), extension: Some(extension), role: Role::Party };
        tell(&mut board, 1, started());
        tell(&mut board, 2, joined(2, lan));
        tell(&mut board, 2, joined(3, minh));
        tell(&mut board, 3, Event::Supervised { leg: LegId(2), extension: lan, mode: Supervision::Barge });
        let roles = |board: &Board| -> Vec<Role> {
            board.of(TenantId::from_bits(1))[0].others.iter().map(|other| other.role).collect()
        };
        assert_eq!(roles(&board), [Role::Supervisor(Supervision::Barge), Role::Party]);
        tell(&mut board, 4, Event::Transferred { by: LegId(1), leg: LegId(2) });
        tell(&mut board, 5, Event::Left { leg: LegId(3), extension: Some(minh), role: Role::Party });
        assert_eq!(roles(&board), []);
    }

    #[test]
    fn a_late_word_about_an_ended_call_brings_nothing_back() {
        let mut board = Board::default();
        tell(&mut board, 1, Event::Held { leg: LegId(1) });
        tell(&mut board, 2, Event::Ended { cause: Cause::Normal, ended_by: EndedBy::System });
        assert_eq!(board.len(), 0);
    }
}

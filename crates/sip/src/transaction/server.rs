//! The side that received a request.

use std::time::Duration;

use bytes::Bytes;
use model::Moment;

use super::{Kind, Timer};
use crate::timer::Timing;

/// A request being answered.
#[derive(Debug)]
pub(crate) struct Server {
    kind: Kind,
    reliable: bool,
    state: State,
    /// The last answer, to be repeated.
    last: Bytes,
    interval: Duration,
    repeat_at: Option<Moment>,
    end_at: Option<Moment>,
}

/// RFC 3261 figures 7 and 8; `Accepted` is RFC 6026.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Trying, or Proceeding.
    Proceeding,
    Completed,
    Confirmed,
    Accepted,
    Terminated,
}

/// What a timer brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Not yet.
    Nothing,
    /// Send the answer again.
    Send(Bytes),
    /// The transaction is over; for a refused INVITE without ACK too, since nobody waits for it.
    Over,
}

impl Server {
    /// A request that was seen for the first time.
    pub(crate) fn new(kind: Kind, reliable: bool) -> Server {
        Server {
            kind,
            reliable,
            state: State::Proceeding,
            last: Bytes::new(),
            interval: Duration::ZERO,
            repeat_at: None,
            end_at: None,
        }
    }

    /// The request came again: what to send, if anything.
    pub(crate) fn on_repeated(&self) -> Option<Bytes> {
        match self.state {
            State::Proceeding | State::Completed => (!self.last.is_empty()).then(|| self.last.clone()),
            // The 2xx is repeated by the dialog until its ACK (RFC 6026 section 7.1).
            State::Confirmed | State::Accepted | State::Terminated => None,
        }
    }

    /// An answer was just sent.
    pub(crate) fn on_answer(&mut self, now: Moment, timing: &Timing, status: u16, answer: Bytes) {
        if self.state != State::Proceeding {
            return;
        }
        match (self.kind, status) {
            (_, ..200) => self.last = answer,
            (Kind::Invite, 200..=299) => {
                self.last = Bytes::new();
                self.enter(now, timing, State::Accepted, Timer::L);
            }
            (Kind::Invite, _) => {
                self.last = answer;
                self.interval = timing.t1;
                self.repeat_at = Timer::G.length(timing, self.reliable).map(|d| now + d);
                self.enter(now, timing, State::Completed, Timer::H);
            }
            (Kind::Other, _) => {
                self.last = answer;
                self.enter(now, timing, State::Completed, Timer::J);
            }
        }
    }

    /// The ACK of a refusal arrived.
    pub(crate) fn on_ack(&mut self, now: Moment, timing: &Timing) {
        if self.state == State::Completed && self.kind == Kind::Invite {
            self.repeat_at = None;
            self.last = Bytes::new();
            self.enter(now, timing, State::Confirmed, Timer::I);
        }
    }

    fn enter(&mut self, now: Moment, timing: &Timing, state: State, timer: Timer) {
        match timer.length(timing, self.reliable) {
            Some(length) => {
                self.state = state;
                self.end_at = Some(now + length);
            }
            None => {
                self.state = State::Terminated;
                self.end_at = None;
            }
        }
    }

    pub(crate) fn timeout(&mut self, now: Moment, timing: &Timing) -> Step {
        if self.end_at.is_some_and(|at| at <= now) {
            self.state = State::Terminated;
            self.end_at = None;
            self.repeat_at = None;
            return Step::Over;
        }
        if self.repeat_at.is_none_or(|at| at > now) {
            return Step::Nothing;
        }
        self.interval = Timer::G.next(timing, self.interval);
        self.repeat_at = Some(now + self.interval);
        Step::Send(self.last.clone())
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        match (self.repeat_at, self.end_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether the request still waits for its final answer.
    pub(crate) fn is_waiting(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Whether it waits for an answer or for an ACK: not kept for repetitions alone.
    pub(crate) fn is_active(&self) -> bool {
        self.state == State::Proceeding || self.state == State::Completed && self.kind == Kind::Invite
    }

    pub(crate) fn is_invite(&self) -> bool {
        self.kind == Kind::Invite
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Terminated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    fn answered(kind: Kind, reliable: bool, status: u16) -> (Server, Timing) {
        let timing = Timing::default();
        let mut server = Server::new(kind, reliable);
        server.on_answer(at(0), &timing, status, Bytes::from_static(b"answer"));
        (server, timing)
    }

    fn run(server: &mut Server, timing: &Timing) -> (Vec<u64>, u64) {
        let mut sent = Vec::new();
        loop {
            let deadline = server.deadline().expect("runs until it is over");
            match server.timeout(deadline, timing) {
                Step::Nothing => {}
                Step::Send(_) => sent.push(deadline.as_nanos() / 1_000_000),
                Step::Over => return (sent, deadline.as_nanos() / 1_000_000),
            }
        }
    }

    #[test]
    fn timer_g_repeats_a_refusal_until_timer_h_gives_up() {
        let (mut server, timing) = answered(Kind::Invite, false, 486);
        let (sent, end) = run(&mut server, &timing);
        assert_eq!(sent, [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
        assert_eq!(end, 32_000);
    }

    #[test]
    fn an_ack_ends_the_repetition_and_timer_i_absorbs_more_acks() {
        let (mut server, timing) = answered(Kind::Invite, false, 486);
        server.on_ack(at(100), &timing);
        assert_eq!(server.on_repeated(), None);
        server.on_ack(at(200), &timing);
        assert_eq!(run(&mut server, &timing), (vec![], 5_100));
    }

    #[test]
    fn timer_l_absorbs_repeated_invites_after_an_answer() {
        let (mut server, timing) = answered(Kind::Invite, false, 200);
        assert_eq!(server.on_repeated(), None);
        assert_eq!(run(&mut server, &timing), (vec![], 32_000));
    }

    #[test]
    fn timer_j_answers_repeated_requests() {
        let (mut server, timing) = answered(Kind::Other, false, 200);
        assert_eq!(server.on_repeated(), Some(Bytes::from_static(b"answer")));
        assert_eq!(run(&mut server, &timing), (vec![], 32_000));
    }

    #[test]
    fn on_a_stream_a_refused_invite_only_waits_for_its_ack() {
        let (mut server, timing) = answered(Kind::Invite, true, 486);
        assert!(server.is_active());
        server.on_ack(at(100), &timing);
        assert!(server.is_over());
    }

    #[test]
    fn a_repeated_invite_hears_the_last_provisional_answer() {
        let timing = Timing::default();
        let mut server = Server::new(Kind::Invite, false);
        assert_eq!(server.on_repeated(), None);
        server.on_answer(at(0), &timing, 100, Bytes::from_static(b"100"));
        server.on_answer(at(0), &timing, 180, Bytes::from_static(b"180"));
        assert_eq!(server.on_repeated(), Some(Bytes::from_static(b"180")));
        assert_eq!(server.deadline(), None);
    }

    #[test]
    fn a_second_final_answer_changes_nothing() {
        let (mut server, timing) = answered(Kind::Other, false, 200);
        server.on_answer(at(10), &timing, 500, Bytes::from_static(b"other"));
        assert_eq!(server.on_repeated(), Some(Bytes::from_static(b"answer")));
    }
}

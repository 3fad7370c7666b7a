//! The side that sent a request.

use std::time::Duration;

use bytes::Bytes;
use model::Moment;

use super::{Kind, Timer};
use crate::timer::Timing;

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Client {
    kind: Kind,
    reliable: bool,
    state: State,
    /// Kept as long as it may have to be repeated.
    request: Bytes,
    interval: Duration,
    repeat_at: Option<Moment>,
    end_at: Option<Moment>,
    /// Its end is near and is not put off by further provisional answers.
    giving_up: bool,
}

/// RFC 3261 figures 5 and 6; `Accepted` is RFC 6026.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calling, or Trying: nothing heard yet.
    Calling,
    Proceeding,
    Completed,
    Accepted,
    Terminated,
}

/// What to make of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A repetition: nothing to do.
    Nothing,
    /// Tell the owner.
    Tell,
    /// A refusal of an INVITE: acknowledge it and tell the owner.
    TellAndAck,
    /// A repeated refusal: acknowledge it again.
    AckAgain,
}

/// What a timer brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Not yet.
    Nothing,
    /// Send the request again.
    Send(Bytes),
    /// Timer B or F: nobody answered. The transaction is over.
    TimedOut,
    /// The transaction is over.
    Over,
}

impl Client {
    /// The request was just sent.
    pub(crate) fn start(now: Moment, timing: &Timing, kind: Kind, reliable: bool, request: Bytes) -> Client {
        let (repeat, end) = match kind {
            Kind::Invite => (Timer::A, Timer::B),
            Kind::Other => (Timer::E, Timer::F),
        };
        Client {
            kind,
            reliable,
            state: State::Calling,
            request,
            interval: timing.t1,
            repeat_at: repeat.length(timing, reliable).map(|d| now + d),
            end_at: end.length(timing, reliable).map(|d| now + d),
            giving_up: false,
        }
    }

    pub(crate) fn on_response(&mut self, now: Moment, timing: &Timing, status: u16) -> Heard {
        match (self.state, status) {
            (State::Calling | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                if self.kind == Kind::Invite {
                    self.repeat_at = None;
                    if !self.giving_up {
                        // How long it may ring is the dialog's to say (Timer C); this is for dialogs that are gone.
                        self.end_at = Some(now + timing.ringing + timing.t1 * 64);
                    }
                }
                Heard::Tell
            }
            (State::Calling | State::Proceeding, 200..=299) if self.kind == Kind::Invite => {
                self.finish(now, timing, State::Accepted, Timer::M);
                Heard::Tell
            }
            (State::Calling | State::Proceeding, _) => match self.kind {
                Kind::Invite => {
                    self.finish(now, timing, State::Completed, Timer::D);
                    Heard::TellAndAck
                }
                Kind::Other => {
                    self.finish(now, timing, State::Completed, Timer::K);
                    Heard::Tell
                }
            },
            (State::Accepted, 200..=299) => Heard::Tell,
            (State::Completed, 300..) if self.kind == Kind::Invite => Heard::AckAgain,
            (State::Completed | State::Accepted | State::Terminated, _) => Heard::Nothing,
        }
    }

    fn finish(&mut self, now: Moment, timing: &Timing, state: State, timer: Timer) {
        self.request = Bytes::new();
        self.repeat_at = None;
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
            let waiting = self.is_waiting();
            self.state = State::Terminated;
            self.end_at = None;
            self.repeat_at = None;
            return if waiting { Step::TimedOut } else { Step::Over };
        }
        if self.repeat_at.is_none_or(|at| at > now) {
            return Step::Nothing;
        }
        self.interval = match (self.kind, self.state) {
            (Kind::Invite, _) => Timer::A.next(timing, self.interval),
            // Once something was heard, Timer E runs at T2 (section 17.1.2.2).
            (Kind::Other, State::Proceeding) => timing.t2,
            (Kind::Other, _) => Timer::E.next(timing, self.interval),
        };
        self.repeat_at = Some(now + self.interval);
        Step::Send(self.request.clone())
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        match (self.repeat_at, self.end_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether a final answer is still to come.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Calling | State::Proceeding)
    }

    /// Whether its wait was cut short: an INVITE that was cancelled.
    pub(crate) fn is_giving_up(&self) -> bool {
        self.giving_up
    }

    /// Whether nothing was heard yet: an INVITE may not be cancelled before.
    pub(crate) fn is_calling(&self) -> bool {
        self.state == State::Calling
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Terminated
    }

    /// The request, as long as it waits for its final answer; empty after.
    pub(crate) fn request(&self) -> Bytes {
        self.request.clone()
    }

    /// Gives up waiting after `patience`: for an INVITE whose CANCEL may be ignored (section 9.1), and for what is of no
    /// use later.
    pub(crate) fn give_up_after(&mut self, now: Moment, patience: Duration) {
        if self.is_waiting() {
            self.giving_up = true;
            self.end_at = Some(now + patience);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    fn client(kind: Kind, reliable: bool) -> (Client, Timing) {
        let timing = Timing::default();
        (Client::start(at(0), &timing, kind, reliable, Bytes::from_static(b"request")), timing)
    }

    /// Steps through all deadlines; the times at which the request was repeated, and the end.
    fn run(client: &mut Client, timing: &Timing) -> (Vec<u64>, u64, Step) {
        let mut sent = Vec::new();
        loop {
            let deadline = client.deadline().expect("runs until it is over");
            match client.timeout(deadline, timing) {
                Step::Nothing => {}
                Step::Send(_) => sent.push(deadline.as_nanos() / 1_000_000),
                end => return (sent, deadline.as_nanos() / 1_000_000, end),
            }
        }
    }

    #[test]
    fn timer_a_doubles_until_timer_b_gives_up() {
        let (mut client, timing) = client(Kind::Invite, false);
        let (sent, end, step) = run(&mut client, &timing);
        assert_eq!(sent, [500, 1500, 3500, 7500, 15_500, 31_500]);
        assert_eq!((end, step), (32_000, Step::TimedOut));
    }

    #[test]
    fn timer_e_doubles_up_to_t2_until_timer_f_gives_up() {
        let (mut client, timing) = client(Kind::Other, false);
        let (sent, end, step) = run(&mut client, &timing);
        assert_eq!(sent, [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
        assert_eq!((end, step), (32_000, Step::TimedOut));
    }

    #[test]
    fn a_stream_repeats_nothing_but_still_gives_up() {
        for kind in [Kind::Invite, Kind::Other] {
            let (mut client, timing) = client(kind, true);
            assert_eq!(run(&mut client, &timing), (vec![], 32_000, Step::TimedOut));
        }
    }

    #[test]
    fn a_provisional_answer_ends_the_repetition_of_an_invite() {
        let (mut client, timing) = client(Kind::Invite, false);
        assert_eq!(client.on_response(at(10), &timing, 180), Heard::Tell);
        assert_eq!(run(&mut client, &timing), (vec![], 212_010, Step::TimedOut));
    }

    #[test]
    fn a_provisional_answer_slows_other_requests_to_t2() {
        let (mut client, timing) = client(Kind::Other, false);
        client.on_response(at(10), &timing, 100);
        let (sent, end, _) = run(&mut client, &timing);
        assert_eq!(sent, [500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500]);
        assert_eq!(end, 32_000);
    }

    #[test]
    fn timer_d_acknowledges_repeated_refusals() {
        let (mut client, timing) = client(Kind::Invite, false);
        assert_eq!(client.on_response(at(100), &timing, 486), Heard::TellAndAck);
        assert_eq!(client.on_response(at(600), &timing, 486), Heard::AckAgain);
        assert_eq!(client.on_response(at(700), &timing, 200), Heard::Nothing);
        assert_eq!(run(&mut client, &timing), (vec![], 32_100, Step::Over));
    }

    #[test]
    fn timer_m_passes_on_every_2xx() {
        let (mut client, timing) = client(Kind::Invite, false);
        assert_eq!(client.on_response(at(100), &timing, 200), Heard::Tell);
        assert_eq!(client.on_response(at(200), &timing, 200), Heard::Tell);
        assert_eq!(client.on_response(at(300), &timing, 486), Heard::Nothing);
        assert_eq!(run(&mut client, &timing), (vec![], 32_100, Step::Over));
    }

    #[test]
    fn timer_k_absorbs_repeated_answers() {
        let (mut client, timing) = client(Kind::Other, false);
        assert_eq!(client.on_response(at(100), &timing, 200), Heard::Tell);
        assert_eq!(client.on_response(at(200), &timing, 200), Heard::Nothing);
        assert_eq!(run(&mut client, &timing), (vec![], 5_100, Step::Over));
    }

    #[test]
    fn a_finished_request_on_a_stream_is_over_at_once() {
        let (mut client, timing) = client(Kind::Other, true);
        client.on_response(at(100), &timing, 200);
        assert!(client.is_over());
        assert_eq!(client.deadline(), None);
    }

    #[test]
    fn a_cancelled_invite_gives_up_when_the_cancel_is_ignored() {
        let (mut client, timing) = client(Kind::Invite, false);
        client.on_response(at(100), &timing, 180);
        client.give_up_after(at(1000), timing.t1 * 64);
        client.on_response(at(2000), &timing, 180);
        assert_eq!(run(&mut client, &timing), (vec![], 33_000, Step::TimedOut));
    }
}

//! The queues under any order of events.

mod random;

//! End-to-end tests against the real `alo` binary.

//! Telephone events (RFC 4733): reading those of the far side, and making our own.

use model::Digit;

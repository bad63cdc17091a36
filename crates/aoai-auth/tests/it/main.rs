//! What aoai-auth promises, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    reason = "helpers of tests: a panic is their way to fail, and a script is a list of results"
)]

mod cached;
mod chain;
mod clock;
mod keys;
mod support;

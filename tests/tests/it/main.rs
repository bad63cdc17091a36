//! End-to-end tests that need several crates at once.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

mod live;
mod own_ca;
mod rotation;
mod samples;
mod streams;

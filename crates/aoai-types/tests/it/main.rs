//! The wire types, tested from outside.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests fail by panicking, as tests do"
)]

mod operation;
mod same;
mod samples;

//! The wire types, tested from outside.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests fail by panicking, as tests do"
)]

mod batch;
mod chat;
mod completions;
mod errors;
mod faults;
mod filter;
mod fixtures;
mod lacks;
mod made;
mod media;
mod operation;
mod places;
mod progress;
mod properties;
mod reading;
mod realtime;
mod responses;
mod same;
mod samples;
mod structured;
mod vectors;

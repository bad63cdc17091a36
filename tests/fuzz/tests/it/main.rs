//! Runs every fuzz target over its seeds, and over mutations of these.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

mod corpus;
mod mutation;

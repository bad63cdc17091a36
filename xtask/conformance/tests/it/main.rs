//! The conformance check, from outside: documents in, findings and exit status out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

mod dialects;
mod generator;
mod own;
mod planted;
mod program;

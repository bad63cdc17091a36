//! What the crate does, seen from outside.

#![expect(clippy::unwrap_used, reason = "in helpers of tests")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod calls;
mod endpoints;
mod faults;
mod routes;
mod server;
mod service;
mod sse;
mod streams;
mod uploads;

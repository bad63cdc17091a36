//! What the crate does, seen from outside.

#![expect(clippy::unwrap_used, reason = "in helpers of tests")]

mod calls;
mod credentials;
mod endpoints;
mod errors;
mod faults;
mod leaks;
#[cfg(feature = "opentelemetry")]
mod metrics;
mod packed;
mod routes;
mod server;
mod service;
mod soak;
mod sse;
mod streams;
mod telemetry;
mod uploads;
mod waits;

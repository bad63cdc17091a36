//! The emulator from outside: bytes in over a socket, bytes out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod answers;
mod arguments;
mod audio;
mod azure_python;
mod batches;
mod containers;
mod conversations;
mod evals;
mod faults;
mod files;
mod fine_tuning;
mod graders;
mod http;
mod identity;
mod images;
mod lifecycle;
mod limits;
mod openai_python;
mod program;
mod realtime;
mod refusals;
mod responses;
mod streams;
mod support;
mod uploads;
mod vault;
mod vector_stores;

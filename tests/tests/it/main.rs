//! End-to-end tests that need several crates at once.

mod live;
mod openai_python;
mod own_ca;
mod rotation;
mod samples;

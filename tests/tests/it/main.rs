//! End-to-end tests that need several crates at once.

mod openai_python;

//! End-to-end tests that need several crates at once; they stand in `tests/it`.

/// The programs in README.md compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

//! tests/src

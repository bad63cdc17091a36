//! crates/aoai-spec/src

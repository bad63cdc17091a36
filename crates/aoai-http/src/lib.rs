//! crates/aoai-http/src

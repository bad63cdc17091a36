//! crates/aoai-emulator/src

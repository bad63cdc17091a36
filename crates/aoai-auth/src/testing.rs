//! What tests of credentials, and of everything above them, need.

mod clock;

pub use self::clock::ManualClock;

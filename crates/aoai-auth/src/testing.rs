//! What tests of credentials, and of everything above them, need.

mod capture;
mod clock;
mod conformance;

pub use self::capture::Capture;
pub use self::clock::ManualClock;
pub use self::conformance::Conformance;

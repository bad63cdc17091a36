//! What tests of credentials, and of everything above them, need.

mod capture;
mod clock;
mod conformance;
#[cfg(all(feature = "entra", any(feature = "rustls", feature = "native-tls")))]
mod stand_in;

pub use self::capture::Capture;
pub use self::clock::ManualClock;
pub use self::conformance::Conformance;
#[cfg(all(feature = "entra", any(feature = "rustls", feature = "native-tls")))]
pub use self::stand_in::stand_in;

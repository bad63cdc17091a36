//! What aoai-auth promises, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    reason = "helpers of tests: a panic is their way to fail, and a script is a list of results"
)]

mod cached;
#[cfg(feature = "client-certificate")]
mod certificate;
mod chain;
mod clock;
#[cfg(all(feature = "entra", unix))]
mod default_chain;
#[cfg(all(feature = "entra", unix))]
mod entra;
#[cfg(feature = "key-vault")]
mod key_vault;
mod keys;
mod leaks;
#[cfg(feature = "key-vault")]
mod leaks_of_azure;
#[cfg(feature = "entra")]
mod loopback;
#[cfg(all(feature = "entra", unix))]
#[cfg(unix)]
mod processes;
#[cfg(feature = "key-vault")]
mod rotation;
mod support;
mod two_keys;

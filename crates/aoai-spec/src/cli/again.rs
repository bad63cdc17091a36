//! The options that make another run be as this one was.

use std::fmt::Write as _;

use super::World;
use super::options::Options;
use super::run::profile;
use crate::profile::Profile;
use crate::report::human::shell;

/// The program with what it runs against, and the values that it was given.
///
/// Secrets are left out: they are where they were.
pub(super) fn program(options: &Options, world: &World) -> String {
    let mut told = world.program.clone();
    let profile = options.live.as_deref().map(|name| profile(name, world));
    if let Some(name) = &options.live {
        let _ = write!(told, " --live={}", shell(name));
    }
    match &options.replay {
        Some(directory) if directory.as_os_str().is_empty() => told.push_str(" --replay"),
        Some(directory) => {
            let _ = write!(told, " --replay={}", shell(&directory.to_string_lossy()));
        }
        None => {}
    }
    for (name, value) in &options.set {
        let _ = write!(told, " --set {}", shell(&format!("{name}={value}")));
    }
    let secrets: Vec<_> = profile
        .iter()
        .flatten()
        .flat_map(Profile::secrets)
        .collect();
    for (name, value) in &options.vars {
        let is_secret = |(of, secret): &(&str, &str)| of == name || value.contains(secret);
        if !secrets.iter().any(is_secret) {
            let _ = write!(told, " --var {}", shell(&format!("{name}={value}")));
        }
    }
    told
}

//! What was measured on what.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Versions of the contestants and of what they stand on, of the compiler and of the machine.
pub fn versions() -> BTreeMap<String, String> {
    let mut versions: BTreeMap<String, String> = locked()
        .filter(|(name, _)| SHOWN.contains(name))
        .map(|(name, version)| (name.into(), version.into()))
        .collect();
    for (name, program, args) in [
        ("rustc", "rustc", &["--version"][..]),
        ("valgrind", "valgrind", &["--version"]),
        ("commit", "git", &["rev-parse", "--short", "HEAD"]),
    ] {
        versions.insert(name.into(), answer(program, args));
    }
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |line| line.trim_start_matches([' ', '\t', ':']));
    versions.insert("processor".into(), model.into());
    versions
}

/// Name and version of each package in the lock file.
fn locked() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../Cargo.lock")
        .split("[[package]]")
        .filter_map(|package| {
            let of = |key| {
                let line = package.lines().find_map(|line| line.strip_prefix(key))?;
                Some(line.trim_matches([' ', '=', '"']))
            };
            Some((of("name")?, of("version")?))
        })
}

fn answer(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or_else(
        |_| "not there".into(),
        |output| String::from_utf8_lossy(&output.stdout).trim().into(),
    )
}

const SHOWN: [&str; 8] = [
    "aoai-http",
    "aoai-types",
    "async-openai",
    "eventsource-stream",
    "hyper",
    "reqwest",
    "serde_json",
    "tokio",
];

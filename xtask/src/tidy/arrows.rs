//! Which crate may know which.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Finding;

/// Crates and what of ours each may depend on; dev-dependencies stand apart.
const ARROWS: &[(&str, &[&str], &[&str])] = &[
    ("aoai-types", &[], &[]),
    ("aoai-auth", &[], &["aoai-auth", "aoai-emulator"]),
    ("aoai-emulator", &["aoai-types"], &[]),
    (
        "aoai-http",
        &["aoai-types", "aoai-auth"],
        &["aoai-auth", "aoai-emulator"],
    ),
    (
        "aoai-spec",
        &["aoai-http", "aoai-auth", "aoai-types", "aoai-emulator"],
        &["aoai-auth", "aoai-emulator", "aoai-spec"],
    ),
];

/// Crates that may depend on every other of ours.
const TOP: &[&str] = &[
    "aoai-cli",
    "aoai-conformance",
    "aoai-fuzz-targets",
    "aoai-tests",
    "xtask",
];

/// What must not stand anywhere below a crate's default build.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "aoai-types",
        &["tokio", "async-std", "smol", "reqwest", "hyper", "ureq"],
    ),
    (
        "aoai-auth",
        &["azure_core", "azure_identity", "reqwest", "hyper", "ureq"],
    ),
    (
        "aoai-http",
        &["azure_core", "azure_identity", "flate2", "openssl"],
    ),
];

pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) {
    check_between(root, findings);
    for (package, forbidden) in FORBIDDEN {
        check_below(root, package, forbidden, findings);
    }
}

fn check_between(root: &Path, findings: &mut Vec<Finding>) {
    let metadata = cargo(root, &["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = match metadata.and_then(|out| Ok(serde_json::from_str(&out)?)) {
        Ok(metadata) => metadata,
        Err(error) => return findings.push(Finding::new("cargo metadata", error.to_string())),
    };
    let packages = metadata["packages"].as_array().into_iter().flatten();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if TOP.contains(&name) {
            continue;
        }
        let Some((_, normal, dev)) = ARROWS.iter().find(|(known, ..)| *known == name) else {
            findings.push(Finding::new(
                name,
                "this crate has no place in the list of arrows",
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            let ours = on.starts_with("aoai-") || on == "xtask";
            let allowed = match dependency["kind"].as_str() {
                Some("dev") => dev,
                _ => normal,
            };
            // A crate may ask itself for more features in its tests.
            if ours && on != name && !allowed.contains(&on) {
                findings.push(Finding::new(name, format!("must not depend on {on}")));
            }
        }
    }
}

fn check_below(root: &Path, package: &str, forbidden: &[&str], findings: &mut Vec<Finding>) {
    let args = [
        "tree", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}",
    ];
    let tree = match cargo(root, &args) {
        Ok(tree) => tree,
        Err(error) => return findings.push(Finding::new("cargo tree", error.to_string())),
    };
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    found.sort_unstable();
    found.dedup();
    for name in found.into_iter().filter(|name| forbidden.contains(name)) {
        let message = format!(
            "{name} stands below its default build; `cargo tree -p {package} -i {name}` says how it got there"
        );
        findings.push(Finding::new(package, message));
    }
}

fn cargo(root: &Path, args: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    let out = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(root)
        .output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into());
    }
    Ok(String::from_utf8(out.stdout)?)
}

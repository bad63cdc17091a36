//! What taking us costs before the first call: crates, build time, size of the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::report::Table;

/// How many crates each of ours brings, itself included, beside reqwest with the same features.
pub fn crates() -> Result<Table> {
    let mut table = Table::new(CRATES, "crates, itself included");
    let ours = manifest_of("../Cargo.toml");
    for package in [
        "aoai-types",
        "aoai-auth",
        "aoai-http",
        "aoai-spec",
        "aoai-emulator",
    ] {
        table.put(package, COUNT, count(&ours, package)?);
    }
    table.put("reqwest", COUNT, count(&ours, "reqwest")?);
    table.put(
        "async-openai",
        COUNT,
        count(&manifest_of("Cargo.toml"), "async-openai")?,
    );
    Ok(table)
}

/// Builds a program that asks one question, from nothing, once per client; and our types alone.
pub fn builds() -> Result<Table> {
    let mut table = Table::new(BUILDS, "release");
    for package in [
        "hello-reqwest",
        "hello-aoai",
        "hello-async-openai",
        "aoai-types",
    ] {
        let target =
            std::env::temp_dir().join(format!("aoai-bench-{package}-{}", std::process::id()));
        let before = children_seconds()?;
        let status = Command::new("cargo")
            .args([
                "build",
                "--quiet",
                "--release",
                "--package",
                package,
                "--manifest-path",
            ])
            .arg(manifest_of("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .env("CARGO_PROFILE_RELEASE_STRIP", "true")
            .status()?;
        ensure!(status.success(), "{package} does not build");
        table.put(package, SECONDS, children_seconds()? - before);
        // A library has no program.
        if let Ok(program) = fs::metadata(target.join("release").join(package)) {
            table.put(package, MEGABYTES, program.len() as f64 / 1e6);
        }
        fs::remove_dir_all(&target)?;
    }
    Ok(table)
}

/// Table: crates.
pub const CRATES: &str = "Footprint: crates";
/// Column: how many.
pub const COUNT: &str = "crates";
/// Table: builds.
pub const BUILDS: &str = "Footprint: a program that asks one question";
/// Column: CPU time of a clean build.
pub const SECONDS: &str = "clean build, CPU s";
/// Column: size of the program.
pub const MEGABYTES: &str = "stripped, MB";

fn count(manifest: &Path, package: &str) -> Result<f64> {
    let tree = Command::new("cargo")
        .args([
            "tree",
            "--quiet",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .arg("--manifest-path")
        .arg(manifest)
        .output()?;
    let told = String::from_utf8_lossy(&tree.stderr);
    ensure!(
        tree.status.success(),
        "cargo tree failed for {package}: {told}"
    );
    let text = String::from_utf8(tree.stdout)?;
    let mut packages: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    packages.sort_unstable();
    packages.dedup();
    Ok(packages.len() as f64)
}

fn manifest_of(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// CPU time of all children that have ended, as the kernel tells it in hundredths of a second.
fn children_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(')').context("a process has a name")?;
    let fields = after_name.split_whitespace().skip(13).take(2);
    let ticks: Vec<f64> = fields.map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

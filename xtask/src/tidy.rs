//! `cargo xtask tidy`: the rules of ARCHITECTURE.md that a program can check.
//!
//! * crates depend on each other only as drawn, and on nothing heavy below the transport;
//! * no file grows past its budget;
//! * every operation has fixtures, specs, and a link to Microsoft's reference;
//! * every public item of the wire types has an example or a link;
//! * the specs' JSON Schema is that of the parser.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod arrows;
mod budget;
mod examples;
mod operations;
mod schema;

pub(crate) fn main() -> ExitCode {
    let root = root();
    let mut findings = Vec::new();
    let checks: [(&str, Check); 5] = [
        ("arrows between crates", arrows::check),
        ("file budget", budget::check),
        ("fixtures, specs and links of operations", operations::check),
        ("examples and links of the wire types", examples::check),
        ("the specs' JSON Schema", schema::check),
    ];
    for (what, check) in checks {
        let before = findings.len();
        check(&root, &mut findings);
        let state = if findings.len() == before {
            "ok"
        } else {
            "FAIL"
        };
        println!("{state:>4}  {what}");
    }
    for finding in &findings {
        println!("\n{finding}");
    }
    if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Looks at the workspace below a folder and adds what it finds.
type Check = fn(&Path, &mut Vec<Finding>);

/// A rule that is broken somewhere.
struct Finding {
    place: String,
    message: String,
}

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// Every file below `dir` whose name ends in `.extension`, in a stable order.
pub(crate) fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

/// `path` as it is written from the workspace's root.
fn relative<'a>(root: &Path, path: &'a Path) -> std::path::Display<'a> {
    path.strip_prefix(root).unwrap_or(path).display()
}

//! The JSON Schema beside the specs, which editors read.

use std::path::Path;

use super::Finding;

const PLACE: &str = "specs/spec.schema.json";

pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) {
    let written = std::fs::read_to_string(root.join(PLACE)).unwrap_or_default();
    if written != format!("{:#}\n", aoai_spec::schema()) {
        let message = format!("not what the parser knows; `cargo xtask specs schema > {PLACE}`");
        findings.push(Finding::new(PLACE, message));
    }
}

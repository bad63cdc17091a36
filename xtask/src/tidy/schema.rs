//! The JSON Schemas beside the specs, which editors read.

use std::path::Path;

use super::Finding;

pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) {
    for (command, schema, place) in [
        ("schema", aoai_spec::schema(), "specs/spec.schema.json"),
        (
            "schema run",
            aoai_spec::fragment_schema(),
            "specs/fragment.schema.json",
        ),
    ] {
        let written = std::fs::read_to_string(root.join(place)).unwrap_or_default();
        if written != format!("{schema:#}\n") {
            let message =
                format!("not what the parser knows; `cargo xtask specs {command} > {place}`");
            findings.push(Finding::new(place, message));
        }
    }
}

//! What every operation must bring along.

use std::collections::BTreeSet;
use std::path::Path;

use aoai_types::{ENDPOINTS, Endpoint};

use super::{Finding, files, relative};

const REFERENCE: &str = "[Reference](https://learn.microsoft.com/";

pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) {
    let called = called_in_specs(&root.join("specs"));
    let modules: Vec<(String, String)> = files(&root.join("crates/aoai-types/src"), "rs")
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some((relative(root, &path).to_string(), module_doc(&text)))
        })
        .collect();
    for endpoint in ENDPOINTS {
        check_fixtures(root, endpoint, findings);
        check_module(endpoint, &modules, findings);
        check_specs(endpoint.id, &called, findings);
    }
}

fn check_specs(id: &str, called: &BTreeSet<String>, findings: &mut Vec<Finding>) {
    if !called.contains(id) {
        let message = format!("no spec has a step `call: {id}`");
        findings.push(Finding::new("specs", message));
    }
}

fn check_fixtures(root: &Path, endpoint: &Endpoint, findings: &mut Vec<Finding>) {
    let dir = root
        .join("crates/aoai-types/tests/fixtures")
        .join(endpoint.id);
    let names: Vec<String> = std::fs::read_dir(&dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    for half in ["request", "response"] {
        if !names.iter().any(|name| name.starts_with(half)) {
            let message = format!("`{}` has no fixture {half}*.json", endpoint.id);
            findings.push(Finding::new(relative(root, &dir).to_string(), message));
        }
    }
}

/// The operation's module says method and path in its first line, and links the reference.
fn check_module(endpoint: &Endpoint, modules: &[(String, String)], findings: &mut Vec<Finding>) {
    let title = format!("`{} {}`", endpoint.method, endpoint.path);
    let Some((path, doc)) = modules
        .iter()
        .find(|(_, doc)| doc.lines().any(|line| line == title))
    else {
        let message = format!("no module of `{}` begins with `//! {title}`", endpoint.id);
        findings.push(Finding::new("crates/aoai-types/src", message));
        return;
    };
    if !doc.contains(REFERENCE) {
        let message = format!("the doc of `{}` does not say `{REFERENCE}…)`", endpoint.id);
        findings.push(Finding::new(path.clone(), message));
    }
}

fn module_doc(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.trim().to_owned() + "\n").collect()
}

fn called_in_specs(dir: &Path) -> BTreeSet<String> {
    let texts = files(dir, "yaml")
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    texts
        .flat_map(|text| text.lines().filter_map(called).collect::<Vec<_>>())
        .collect()
}

/// The operation of a line like `  - call: chat  # why`.
fn called(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches("- ");
    let operation = line.strip_prefix("call:")?.split('#').next()?.trim();
    Some(operation.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{called, module_doc};

    #[test]
    fn a_step_names_its_operation() {
        assert_eq!(called("  - call: chat   # why").as_deref(), Some("chat"));
        assert_eq!(
            called("    call: models.get").as_deref(),
            Some("models.get")
        );
        assert_eq!(called("# call: chat"), None);
    }

    #[test]
    fn a_module_doc_ends_where_code_begins() {
        assert_eq!(
            module_doc("//! `GET /a`\n//!\n//! B.\nuse c;\n//! D.\n"),
            "`GET /a`\n\nB.\n"
        );
    }
}

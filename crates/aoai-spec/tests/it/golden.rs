//! Malformed specs and the exact text that tells what is wrong.
//!
//! Each `golden/NAME.yaml` has its diagnostics in `golden/NAME.txt`. With `UPDATE_GOLDEN=1` in the
//! environment the texts are written anew, for their author to look at.

use std::fs;
use std::path::Path;

use aoai_spec::Suite;

#[test]
fn every_malformed_spec_is_told_as_written_down() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        cases += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        let told = told(name, &fs::read_to_string(&path).unwrap());
        let expected = path.with_extension("txt");
        if update() {
            fs::write(&expected, &told).unwrap();
        }
        match fs::read_to_string(&expected) {
            Ok(expected) if expected == told => {}
            Ok(expected) => wrong.push(format!("{name}: expected\n{expected}\ntold\n{told}")),
            Err(_) => wrong.push(format!(
                "{name}: there is no text; UPDATE_GOLDEN=1 writes it"
            )),
        }
    }
    assert!(cases >= 40, "only {cases} cases were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge where the environment is read"
)]
fn update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| !value.is_empty())
}

fn told(name: &str, text: &str) -> String {
    let suite = Suite::from_text(name, text);
    let told: Vec<_> = suite
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(!told.is_empty(), "{name}: nothing was told");
    told.join("\n\n") + "\n"
}

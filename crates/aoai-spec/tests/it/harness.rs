//! Specs as tests of their own.

use std::fs;

use aoai_spec::{Profile, harness};
use libtest_mimic::{Arguments, Conclusion};
use tempfile::TempDir;

/// Runs the specs of a text as tests, with these arguments.
fn run(text: &str, arguments: &[&str]) -> Conclusion {
    let root = directory(text);
    harness(root.path())
        .run(&quietly(&root, arguments))
        .unwrap()
}

fn directory(text: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.yaml"), text).unwrap();
    root
}

/// These arguments, and one that keeps what the tests say out of what ours say.
fn quietly(root: &TempDir, arguments: &[&str]) -> Arguments {
    let log = root.path().join("log").display().to_string();
    let own = ["specs", "--logfile", &log];
    Arguments::from_iter(own.iter().chain(arguments))
}

fn counts(conclusion: &Conclusion) -> [u64; 4] {
    [
        conclusion.num_passed,
        conclusion.num_failed,
        conclusion.num_ignored,
        conclusion.num_filtered_out,
    ]
}

#[test]
fn every_cell_is_a_test() {
    let passed_failed_ignored_left = counts(&run(SPECS, &[]));
    assert_eq!(passed_failed_ignored_left, [2, 1, 1, 0]);
}

#[test]
fn a_test_is_run_by_its_name() {
    let only = ["--exact", "a::two surfaces [api=v1]"];
    assert_eq!(counts(&run(SPECS, &only)), [1, 0, 0, 3]);
    let all_of_a_spec = ["two surfaces"];
    assert_eq!(counts(&run(SPECS, &all_of_a_spec)), [2, 0, 0, 2]);
}

#[test]
fn a_filter_of_the_runner_leaves_no_test_behind() {
    let root = directory(SPECS);
    let some = harness(root.path()).configure(|runner| runner.filter("wrong"));
    let conclusion = some.run(&quietly(&root, &[])).unwrap();
    assert_eq!(counts(&conclusion), [0, 1, 0, 0]);
    let told = fs::read_to_string(root.path().join("log")).unwrap();
    for part in [
        "test a::wrong ... FAILED",
        "a.yaml:11:22",
        "expected  201",
        "actual    200",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn without_specs_or_a_target_there_are_no_tests() {
    let root = directory("nam: a");
    let arguments = quietly(&root, &[]);
    let error = harness(root.path()).run(&arguments).unwrap_err();
    assert_eq!(error.exit_code(), 2);

    fs::write(root.path().join("a.yaml"), SPECS).unwrap();
    let nowhere = harness(root.path()).configure(|runner| runner.profile(Profile::new("empty")));
    let conclusion = nowhere.run(&arguments).unwrap();
    assert!(conclusion.has_failed(), "{conclusion:?}");
}

const SPECS: &str = "
name: two surfaces
matrix: {api: [2024-10-21, v1]}
steps:
  - call: models.list
    expect: {status: 200}
---
name: wrong
steps:
  - call: models.list
    expect: {status: 201}
---
name: skipped
vars: {needed: ~}
steps:
  - call: models.list
    expect: {body: {object: \"${needed}\"}}
";

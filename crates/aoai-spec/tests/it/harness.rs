//! Specs as tests of their own.

use std::fs;
use std::path::Path;

use aoai_spec::{Profile, harness};
use libtest_mimic::{Arguments, Conclusion};

/// Runs the specs of a text as tests, with these arguments.
fn run(text: &str, arguments: &[&str]) -> Conclusion {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.yaml"), text).unwrap();
    run_at(root.path(), arguments)
}

fn run_at(root: &Path, arguments: &[&str]) -> Conclusion {
    let arguments = Arguments::from_iter(["specs", "--quiet"].iter().chain(arguments));
    harness(root).run(&arguments).unwrap()
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
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.yaml"), SPECS).unwrap();
    let arguments = Arguments::from_iter(["specs", "--quiet"]);
    let some = harness(root.path()).configure(|runner| runner.filter("wrong"));
    assert_eq!(counts(&some.run(&arguments).unwrap()), [0, 1, 0, 0]);
}

#[test]
fn without_specs_or_a_target_there_are_no_tests() {
    let arguments = Arguments::from_iter(["specs", "--quiet"]);
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.yaml"), "nam: a").unwrap();
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

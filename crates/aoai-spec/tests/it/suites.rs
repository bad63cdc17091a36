//! Which files are read, what they are known by, and which names in them nobody has.

use std::fs;
use std::path::{Path, PathBuf};
use std::slice;

use aoai_spec::Suite;
use tempfile::TempDir;

const GOOD: &str = "name: good\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";

/// A directory with `specs/` and these files in it.
fn place(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (name, text) in files {
        let path = directory.path().join("specs").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn files(root: &Path, only: &[PathBuf]) -> Vec<String> {
    let suite = Suite::load(root, only).unwrap();
    assert!(!suite.has_errors(), "{only:?}: {}", suite.diagnostics()[0]);
    suite.specs().map(|spec| spec.file().to_owned()).collect()
}

/// What is said of each place, without the help.
fn told(root: &Path, only: &[PathBuf]) -> Vec<String> {
    let suite = Suite::load(root, only).unwrap();
    let found = suite.diagnostics().iter();
    found
        .map(|found| {
            let help = found.help.as_deref().unwrap_or_default();
            format!("{}; {help}", found.message)
        })
        .collect()
}

#[test]
fn a_file_is_known_by_its_place_however_its_path_is_written() {
    let place = place(&[
        ("a.yaml", GOOD),
        ("sub/b.yaml", GOOD),
        ("snapshots/a/good.step-1.yaml", "status: 200\n"),
        ("profiles.yaml", "{}\n"),
    ]);
    let root = place.path().join("specs");
    let roundabout = root.join("sub/../../specs");
    for all in [root.clone(), root.join("."), roundabout.clone()] {
        assert_eq!(
            files(&root, slice::from_ref(&all)),
            ["a", "sub/b"],
            "{}",
            all.display()
        );
        assert_eq!(files(&roundabout, &[all]), ["a", "sub/b"]);
    }
    let several = ["a.yaml", "./a.yaml", "a"].map(PathBuf::from);
    let several = several.into_iter().chain([
        root.join("a.yaml"),
        root.join("./sub/../a"),
        roundabout.join("a.yaml"),
    ]);
    assert_eq!(files(&root, &several.collect::<Vec<_>>()), ["a"]);
    // From the directory that the tests are run in.
    for path in [
        "../../specs/completions/stream.yaml",
        "./../../specs/./completions/stream",
        "completions/stream",
    ] {
        let only = [PathBuf::from(path)];
        for root in ["../../specs", "./../../specs", "../../specs/."] {
            assert_eq!(
                files(Path::new(root), &only),
                ["completions/stream"],
                "{path}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_the_specs_is_the_specs() {
    let place = place(&[
        ("a.yaml", GOOD),
        ("snapshots/a/good.step-1.yaml", "status: 200\n"),
    ]);
    let root = place.path().join("specs");
    let link = place.path().join("link");
    std::os::unix::fs::symlink(&root, &link).unwrap();
    assert_eq!(files(&root, slice::from_ref(&link)), ["a"]);
    assert_eq!(files(&root, &[link.join("a.yaml")]), ["a"]);
    assert_eq!(
        files(&link, &[root.join("a.yaml"), link.join("a.yaml")]),
        ["a"]
    );
    std::os::unix::fs::symlink(root.join("a.yaml"), root.join("other.yaml")).unwrap();
    assert_eq!(files(&root, &[]), ["a", "other"]);
    assert_eq!(files(&root, &[root.join("other.yaml")]), ["other"]);
}

#[test]
fn a_file_that_only_looks_like_a_spec_is_told_of() {
    let place = place(&[
        ("a.yaml", GOOD),
        ("b.yml", "{"),
        ("sub/c.yml", GOOD),
        ("_d.yml", "steps: []\n"),
        (".e.yml", "{"),
    ]);
    let root = place.path().join("specs");
    let of_b = "`b.yml` is not read; specs end with .yaml: call it b.yaml";
    let of_c = "`c.yml` is not read; specs end with .yaml: call it c.yaml";
    assert_eq!(told(&root, &[]), [of_b, of_c]);
    assert_eq!(told(&root, &["sub".into()]), [of_c]);
    assert_eq!(told(&root, &["a".into()]), [""; 0]);
    // Who names it means it.
    assert_eq!(files(&root, &["sub/c.yml".into()]), ["sub/c"]);
}

const ASKS: &str = "body: {messages: [{role: user, content: ping}]}, expect: {status: 200}";

#[cfg(unix)]
#[test]
fn nor_is_one_to_what_the_path_of_the_specs_does_not_name() {
    use std::os::unix::fs::symlink;

    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = directory.path().join("specs");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.yaml"), GOOD).unwrap();
    // Tests run in the directory of their crate.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let common = here.ancestors().find(|above| root.starts_with(above));
    let common = common.unwrap();
    symlink(common, root.join("above")).unwrap();
    let up = here.strip_prefix(common).unwrap().components();
    let up: PathBuf = up.map(|_| "..").collect();
    let relative = up.join(root.strip_prefix(common).unwrap());
    assert_eq!(files(&relative, &[]), ["a"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_where_it_lies_is_not_followed() {
    use std::os::unix::fs::symlink;

    let directory = place(&[("a/x.yaml", GOOD), ("b/x.yaml", GOOD)]);
    let root = directory.path().join("specs");
    for (to, link) in [
        ("..", "a/root"),
        ("../..", "a/above"),
        ("../b", "a/other"),
        ("../a", "b/other"),
    ] {
        symlink(to, root.join(link)).unwrap();
    }
    assert_eq!(files(&root, &[]), ["a/other/x", "a/x", "b/other/x", "b/x"]);
}

#[test]
fn a_name_that_no_profile_has_is_told_of() {
    let spec = format!(
        "name: a\nuse: {{credential: wrongkey}}\nsteps:\n  - {{call: chat, deployment: caht, {ASKS}}}\n  \
         - {{call: chat, deployment: fancy, use: {{endpoint: mian}}, {ASKS}}}\n  - {{http: \
         \"GET /openai/${{deployment.caht}}\", expect: {{status: 404}}}}\n---\nname: b\nmatrix: \
         {{credential: [key, none, secnd-key]}}\nsteps:\n  - {{call: chat, deployment: missing, \
         {ASKS}}}\n  - {{run: _part.yaml}}\n"
    );
    let part = format!("steps:\n  - {{call: chat, deployment: smal, {ASKS}}}\n");
    let mine = "mine: {deployments: {fancy: x}, credentials: {own: {api_key: \"${env.K}\"}}}\n";
    let known = |what: &str, name: &str, near: &str| {
        format!(
            "no {what} `{name}` is known, so that the test is always skipped; did you mean `{near}`?"
        )
    };
    let misspelt = [
        known("deployment", "smal", "small"),
        known("credential", "wrongkey", "wrong-key"),
        known("deployment", "caht", "chat"),
        known("endpoint", "mian", "main"),
        known("deployment", "caht", "chat"),
        known("credential", "secnd-key", "second-key"),
    ];
    for profiles in [None, Some(mine)] {
        let mut all = vec![("a.yaml", &*spec), ("_part.yaml", &*part)];
        all.extend(profiles.map(|text| ("profiles.yaml", text)));
        let place = place(&all);
        assert_eq!(
            told(&place.path().join("specs"), &[]),
            misspelt,
            "{profiles:?}"
        );
    }
    // Without profiles that can be looked at it may be that of a program.
    let far = format!(
        "name: a\nuse: {{credential: elsewhere}}\nsteps:\n  - {{call: chat, deployment: fancy, {ASKS}}}\n"
    );
    let alone = place(&[("a.yaml", &far)]);
    assert_eq!(told(&alone.path().join("specs"), &[]), [""; 0]);
    let beside = place(&[("a.yaml", &far), ("profiles.yaml", mine)]);
    assert_eq!(
        told(&beside.path().join("specs"), &[]),
        [
            "no credential `elsewhere` is known, so that the test is always skipped; name one that \
             is there, or add it to the `credentials` of a profile"
        ]
    );
    // The emulator that the specs ask for is the one that is looked at.
    let own = place(&[
        (
            "a.yaml",
            &far.replace("elsewhere", "key").replace("fancy", "caht"),
        ),
        (
            "emulator.yaml",
            "deployments: {caht: {model: gpt-4o-mini}}\n",
        ),
    ]);
    assert_eq!(told(&own.path().join("specs"), &[]), [""; 0]);
}

#[test]
fn what_a_snapshot_or_a_saved_value_looks_at_is_looked_at() {
    let ask = "call: chat\n    deployment: chat\n    body: {messages: [{role: user, content: hi}], stream: \
               true}\n";
    for (steps, warnings) in [
        (format!("  - {ask}    snapshot: exact\n"), 0),
        (format!("  - {ask}    expect: {{finish: stop}}\n"), 1),
        (
            "  - {call: models.list, save: {first: body.data.0.id}}\n".to_owned(),
            0,
        ),
        ("  - {call: models.list}\n".to_owned(), 1),
    ] {
        let suite = Suite::from_text("a.yaml", &format!("name: a\nsteps:\n{steps}"));
        assert!(!suite.has_errors(), "{steps}");
        assert_eq!(suite.diagnostics().len(), warnings, "{steps}");
    }
}

#[test]
fn a_matrix_may_have_ten_thousand_cells_and_none_more() {
    let values = |count: usize| {
        (0..count)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (a, b, is_wrong) in [(100, 100, false), (73, 137, true)] {
        let text = format!(
            "name: a\nmatrix: {{a: [{}], b: [{}]}}\nsteps:\n  - {{call: models.get, params: {{model: \
             \"${{a}}-${{b}}\"}}, expect: {{status: 404}}}}\n",
            values(a),
            values(b)
        );
        let suite = Suite::from_text("a.yaml", &text);
        assert_eq!(suite.has_errors(), is_wrong, "{a} times {b}");
    }
}

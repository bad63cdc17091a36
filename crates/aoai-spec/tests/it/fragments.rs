//! `run`: the steps of another file.

use std::path::Path;
use std::sync::Arc;

use aoai_emulator::{Config, Emulator};
use aoai_spec::{Runner, State, Suite};
use tempfile::TempDir;

/// A directory with these files.
fn files(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

const ASK: &str = "about: asks and keeps the answer\nvars: {question: ~, limit: 20}\nsteps:\n  - name: \
                   ask\n    call: chat\n    deployment: chat\n    body: {messages: [{role: user, \
                   content: \"${question}\"}], max_tokens: \"${limit}\"}\n    expect: {sent: {body: \
                   {max_tokens: \"${limit}\"}}}\n    save: {answer: text, whole: body}\n";

/// What is wrong with the files of a directory.
fn diagnostics(directory: &Path) -> Vec<String> {
    let suite = Suite::load(directory, &[]).unwrap();
    let found = suite.diagnostics().iter();
    found.map(ToString::to_string).collect()
}

async fn run(directory: &Path) -> aoai_spec::Report {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let runner = Runner::new(directory).emulator(Arc::new(emulator));
    runner.run().await.into_result().unwrap()
}

#[tokio::test]
async fn a_file_is_run_with_values_of_its_own_and_gives_back_what_is_asked_for() {
    let directory = files(&[
        ("_ask.yaml", ASK),
        (
            "spec.yaml",
            "name: a\nvars: {word: Say, limit: 7}\nmatrix: {via: [typed, raw]}\nsteps:\n  - run: \
             _ask.yaml\n    vars: {question: \"${word} hello.\"}\n    save: {first: answer}\n  - name: \
             again\n    run: _ask.yaml\n    vars: {question: \"${first}\", limit: \"${limit}\"}\n    \
             use: {retries: 0}\n    save: {id: whole.id}\n  - call: chat\n    deployment: chat\n    \
             body: {messages: [{role: user, content: \"${id}\"}]}\n    expect: {sent: {body: \
             {messages: [{content: {$starts: chatcmpl-}}]}}}\n",
        ),
    ]);
    let report = run(directory.path()).await;
    assert_eq!(report.exit_code(), 0);
    assert_eq!(report.specs.len(), 1, "a fragment is no spec");
    let cell = &report.specs[0].cells[0];
    let steps = cell.steps.iter().map(|step| (&*step.name, step.number));
    let steps: Vec<_> = steps.collect();
    assert_eq!(
        steps,
        [
            ("_ask.yaml / ask", (1, 3)),
            ("again / ask", (2, 3)),
            ("chat", (3, 3))
        ]
    );
    let names: Vec<_> = cell.variables.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["word", "limit", "first", "id"]);
}

#[tokio::test]
async fn what_fails_in_a_file_is_told_there_and_what_it_made_is_still_removed() {
    let failing = format!(
        "{ASK}  - name: then\n    call: chat\n    deployment: chat\n    body: {{messages: [{{role: \
         user, content: ping}}]}}\n    expect: {{text: never}}\n"
    );
    let directory = files(&[
        ("_ask.yaml", &failing),
        (
            "spec.yaml",
            "name: a\nsteps:\n  - {run: _ask.yaml, vars: {question: ping}, save: {kept: \
             answer}}\n  - {name: not reached, call: models.list}\nfinally:\n  - {name: clean, call: \
             chat, deployment: chat, body: {messages: [{role: user, content: \"${kept}\"}]}}\n",
        ),
    ]);
    let report = run(directory.path()).await;
    let cell = &report.specs[0].cells[0];
    assert_eq!(cell.state, State::Failed);
    let names: Vec<_> = cell.steps.iter().map(|step| &*step.name).collect();
    assert_eq!(names, ["_ask.yaml / ask", "_ask.yaml / then", "clean"]);
    let json = report.json();
    let place = &json["specs"][0]["cells"][0]["steps"][1]["mismatches"][0];
    assert!(place["file"].as_str().unwrap().ends_with("_ask.yaml"));
    assert_eq!(place["line"], 14);
}

#[test]
fn what_is_wrong_with_a_file_or_its_use_is_told() {
    for (ask, step, told) in [
        ("", "{run: _none.yaml}", "`_none.yaml` cannot be read"),
        ("", "{run: spec.yaml}", "`spec.yaml` is no file for `run`"),
        ("", "{run: 5}", "`run` is a file, not the number 5"),
        (
            ASK,
            "{run: _ask.yaml}",
            "`_ask.yaml` needs the variable `question`",
        ),
        (
            ASK,
            "{run: _ask.yaml, vars: {question: a, limti: 5}}",
            "did you mean `limit`?",
        ),
        (
            ASK,
            "{run: _ask.yaml, vars: {question: \"${who}\"}}",
            "no variable `who` at this point",
        ),
        (
            ASK,
            "{run: _ask.yaml, vars: {question: a}, save: {x: anwser}}",
            "did you mean `answer`?",
        ),
        (
            ASK,
            "{run: _ask.yaml, vars: {question: a}, expect: {status: 200}}",
            "a step that runs a file has no `expect`",
        ),
        (
            ASK,
            "{run: _ask.yaml, vars: {question: a, limit: many}}",
            "`chat` does not take this",
        ),
        (
            "steps:\n  - {run: _ask.yaml}\n",
            "{run: _ask.yaml}",
            "`_ask.yaml` runs itself",
        ),
        (
            "name: a\nsteps: []\n",
            "{run: _ask.yaml}",
            "a file for `run` has no key `name`",
        ),
        (
            "steps: []\n",
            "{run: _ask.yaml}",
            "a file for `run` needs `steps`",
        ),
        (
            "steps: []\n---\nsteps: []\n",
            "{run: _ask.yaml}",
            "is one document",
        ),
        (
            "vars: {x: \"${env.HOME}\"}\nsteps:\n  - {call: models.list}\n",
            "{run: _ask.yaml}",
            "`${env.…}` stands in `vars` and in profiles only",
        ),
        (
            ASK,
            "{call: models.list, vars: {a: 1}}",
            "only a step that runs a file has `vars`",
        ),
    ] {
        let spec = format!("name: a\nsteps:\n  - {step}\n");
        let directory = files(&[("_ask.yaml", ask), ("spec.yaml", &spec)]);
        let found = diagnostics(directory.path()).join("\n");
        assert!(found.contains(told), "{step}: {told} is not in\n{found}");
    }
}

#[tokio::test]
async fn a_file_cleans_up_whatever_happened_and_only_what_was_made() {
    let clean = "vars: {what: ~}\nsteps:\n  - name: look\n    call: chat\n    \
                 deployment: chat\n    body: {messages: [{role: user, content: \"${what}\"}]}\n    \
                 expect: {sent: {body: {messages: [{content: \"${what}\"}]}}}\n    save: {said: \
                 text}\n  - name: gone\n    http: GET /openai/v1/models/none\n    expect: {status: \
                 204}\n  - name: still\n    call: models.list\n    expect: {status: 200}\n";
    let spec = |steps: &str| {
        format!(
            "name: a\nsteps:\n{steps}finally:\n  - {{name: one, run: _clean.yaml, vars: {{what: \
             \"${{made}}\"}}, save: {{told: said}}}}\n  - {{name: two, run: _outer.yaml, vars: \
             {{it: \"${{never}}\"}}}}\n  - {{name: last, call: models.list, expect: {{status: \
             200}}}}\n"
        )
    };
    let outer = "vars: {it: ~}\nsteps:\n  - {run: _clean.yaml, vars: {what: \"${it}\"}}\n";
    let make = "  - name: make\n    call: chat\n    deployment: chat\n    body: {messages: [{role: \
                user, content: ping}]}\n    save: {made: text}\n";
    let never = "  - name: never\n    call: chat\n    deployment: chat\n    body: {messages: [{role: \
                 user, content: ping}]}\n    save: {never: text}\n";
    let failing = "  - {name: fails, call: models.list, expect: {status: 201}}\n";
    let text = spec(&format!("{make}{failing}{never}"));
    let directory = files(&[
        ("_clean.yaml", clean),
        ("_outer.yaml", outer),
        ("spec.yaml", &text),
    ]);
    let report = run(directory.path()).await;
    let cell = &report.specs[0].cells[0];
    assert_eq!(cell.state, State::Failed);
    let steps: Vec<_> = cell
        .steps
        .iter()
        .map(|step| (&*step.name, step.is_finally, step.number, step.passed()))
        .collect();
    assert_eq!(
        steps,
        [
            ("make", false, (1, 3), true),
            ("fails", false, (2, 3), false),
            ("one / look", true, (1, 7), true),
            ("one / gone", true, (2, 7), false),
            ("one / still", true, (3, 7), true),
            ("last", true, (7, 7), true),
        ]
    );
    let names: Vec<_> = cell.variables.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["made", "told"]);
}

#[test]
fn what_a_file_says_without_effect_is_told() {
    let directory = files(&[
        (
            "_ask.yaml",
            "vars: {used: gpt, idle: 2}\nsteps:\n  - {call: models.get, params: {model: \"${used}\"}, \
             expect: {status: 404}, save: {kept: error}}\n  - {call: models.list}\n",
        ),
        ("spec.yaml", "name: a\nsteps:\n  - {run: _ask.yaml}\n"),
    ]);
    let told = diagnostics(directory.path());
    let [idle, unchecked] = &*told else {
        panic!("{told:?}");
    };
    assert!(idle.starts_with("warning: `idle` is never used"), "{idle}");
    assert!(idle.contains("_ask.yaml:1:19"), "{idle}");
    let only = "warning: a step that only expects success";
    assert!(unchecked.starts_with(only), "{unchecked}");
    assert!(unchecked.contains("_ask.yaml:4:6"), "{unchecked}");
}

#[tokio::test]
async fn a_broken_file_is_told_of_once() {
    let spec = "name: a\nsteps:\n  - {run: _ask.yaml}\n";
    let directory = files(&[
        ("_ask.yaml", "steps:\n  - {call: modls.list}\n"),
        ("a.yaml", spec),
        ("b.yaml", spec),
    ]);
    let suite = Suite::load(directory.path(), &[]).unwrap();
    assert_eq!(suite.diagnostics().len(), 1);
}

#[test]
fn a_file_that_no_spec_runs_is_told_of_and_checked() {
    let list = "steps:\n  - {call: models.list, expect: {status: 200}}\n";
    let key = "0123456789abcdef".repeat(2);
    let secret = format!("about: {key}\n{list}");
    let spec = "name: a\nsteps:\n  - {run: ../_used.yaml}\nfinally:\n  - {run: _last.yaml}\n";
    let directory = files(&[
        ("_used.yaml", "steps:\n  - {run: deep/_inner.yaml}\n"),
        ("deep/_inner.yaml", list),
        ("deep/_last.yaml", list),
        ("deep/spec.yaml", spec),
        ("deep/_idle.yaml", "steps:\n  - {run: _inner.yaml}\n"),
        ("_kept/_secret.yaml", &secret),
        ("_kept/notes.yaml", "neither spec nor for run"),
        (".git/_hidden.yaml", "not looked at"),
        ("snapshots/_other.yaml", "not looked at"),
    ]);

    let told = diagnostics(directory.path());
    let [secret_idle, secret_found, idle] = &*told else {
        panic!("{told:#?}");
    };
    for (told, place) in [
        (secret_idle, "_kept/_secret.yaml:1:1"),
        (idle, "deep/_idle.yaml:1:1"),
    ] {
        assert!(
            told.starts_with("warning: no spec runs this file"),
            "{told}"
        );
        assert!(told.contains(place), "{told}");
        assert!(
            told.contains("run it with `run` in a spec, or remove it"),
            "{told}"
        );
    }
    assert!(
        secret_found.starts_with("error: this looks like a key"),
        "{secret_found}"
    );

    let some = Suite::load(directory.path(), &["deep".into()]).unwrap();
    assert!(some.diagnostics().is_empty(), "{:?}", some.diagnostics());
    // What a broken spec runs is not known.
    std::fs::write(directory.path().join("broken.yaml"), "name: b\nsteps: []\n").unwrap();
    let told = diagnostics(directory.path());
    assert_eq!(told.len(), 1, "{told:#?}");
}

#[test]
fn a_file_that_runs_itself_by_a_way_around_is_told_so() {
    let directory = files(&[
        ("frag/_a.yaml", "steps:\n  - {run: ../frag/_b.yaml}\n"),
        ("frag/_b.yaml", "steps:\n  - {run: ./../frag/_a.yaml}\n"),
        (
            "sub/spec.yaml",
            "name: a\nsteps:\n  - {run: ../frag/_a.yaml}\n",
        ),
    ]);
    let found = diagnostics(directory.path());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("`./../frag/_a.yaml` runs itself"),
        "{}",
        found[0]
    );
    let place = format!("{}:2:", directory.path().join("frag/_b.yaml").display());
    assert!(found[0].contains(&place), "{}", found[0]);
}

#[tokio::test]
async fn a_file_that_is_left_out_of_finally_is_left_out_with_those_it_runs() {
    let steps = |report: &aoai_spec::Report| -> Vec<(String, Option<String>)> {
        let steps = report.specs[0].cells[0].steps.iter();
        let steps = steps.filter(|step| step.is_finally);
        steps
            .map(|step| (step.name.clone(), step.error.clone()))
            .collect()
    };
    let inner = "vars: {x: ~}\nsteps:\n  - {name: inner, call: models.get, params: {model: \"${x}\"}, \
                 expect: {status: 200}}\n";
    let outer = "vars: {id: ~}\nsteps:\n  - {run: _inner.yaml, vars: {x: \"${id}\"}}\n  - {name: blind, \
                 call: models.list, expect: {status: 200}}\n";
    let listed = |more: &str| format!("  - {{name: list, call: models.list, {more}}}\n");
    let end = "  - {name: last, call: models.list, expect: {status: 200}}\n";
    // Never saved: there is nothing to clean up.
    let never = format!(
        "name: a\nsteps:\n{}  - {{name: never, call: models.list, save: {{id: body.data.0.id}}}}\nfinally:\n  \
         - {{run: _outer.yaml, vars: {{id: \"${{id}}\"}}}}\n{end}",
        listed("expect: {status: 500}")
    );
    let directory = files(&[
        ("_inner.yaml", inner),
        ("_outer.yaml", outer),
        ("a.yaml", &never),
    ]);
    let report = run(directory.path()).await;
    assert_eq!(steps(&report), [("last".to_owned(), None)]);
    // Saved, and without the part that is asked for: that is told, and the others go on.
    let partly = format!(
        "name: a\nsteps:\n{}finally:\n  - {{name: clean, run: _outer.yaml, vars: {{id: \
         \"${{whole.nothing}}\"}}}}\n{end}",
        listed("save: {whole: body}")
    );
    let directory = files(&[
        ("_inner.yaml", inner),
        ("_outer.yaml", outer),
        ("a.yaml", &partly),
    ]);
    let report = run(directory.path()).await;
    let told = "`whole.nothing` has no value".to_owned();
    let found = steps(&report);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].1, Some(told.clone()));
    assert_eq!(found[1], ("last".to_owned(), None));
    assert_eq!(report.specs[0].cells[0].state, State::Error(told));
}

//! Which tests are asked for, and what becomes of a request that none can fulfil.

use std::fs;

use aoai_spec::{Profile, Runner};

const TEXT: &str = "name: a\ntags: [smoke]\nmatrix: {api: [2024-10-21, v1], lang: [de, en]}\nsteps:\n  \
                    - {call: models.list, headers: {x-lang: \"${lang}\"}, expect: {status: \
                    200}}\n---\nname: b\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";

fn runner(text: &str) -> Runner {
    let profile = Profile::new("mock").endpoint("main", "http://127.0.0.1:9");
    Runner::from_text(text).profile(profile.api_key("key", "not-a-real-key"))
}

/// The mistake that is told.
async fn told(runner: Runner) -> String {
    let listed = runner.list().await.unwrap_err();
    let error = runner.run().await.into_result().unwrap_err();
    assert_eq!((listed.exit_code(), error.exit_code()), (1, 1));
    assert_eq!(listed.to_string(), error.to_string());
    error.to_string()
}

#[tokio::test]
async fn a_filter_that_no_test_can_fit_is_a_mistake() {
    for (filter, expected) in [
        (
            "tga:smoke",
            "no filter begins with `tga:`, and these specs have no such axis; did you mean `tag`?",
        ),
        (
            "not tga:slow",
            "no filter begins with `tga:`, and these specs have no such axis; did you mean `tag`?",
        ),
        (
            "colour:red",
            "no filter begins with `colour:`, and these specs have no such axis; known are: api, \
             credential, endpoint, lang, op, tag, via",
        ),
        ("op:chatt", "no operation `chatt`; did you mean `chat`?"),
        (
            "not op:nothing.of_the_kind",
            "no operation `nothing.of_the_kind`; `--coverage` lists them all",
        ),
        (
            "via:rwa",
            "`via:rwa` fits no test, as `via` cannot be `rwa`: `typed` or `raw`",
        ),
        (
            "tag:smok",
            "no test is left of 2 specs: there is none that fits `tag:smok`; `list` tells what there is",
        ),
        (
            "lang:fr",
            "no test is left of 2 specs: there is none that fits `lang:fr`; `list` tells what there is",
        ),
    ] {
        assert_eq!(
            told(runner(TEXT).filter(filter)).await,
            expected,
            "{filter}"
        );
    }
    let api = told(runner(TEXT).filter("not api:v9")).await;
    assert!(
        api.starts_with("`not api:v9` fits no test, as `api` cannot be `v9`: "),
        "{api}"
    );
    let both = told(runner(TEXT).filter("tag:smoke").filter("not a")).await;
    assert!(both.contains("fits `tag:smoke` and `not a`; "), "{both}");
}

#[tokio::test]
async fn a_filter_that_leaves_nothing_out_is_a_mistake() {
    for (filter, way) in [
        ("not tag:smoek", "did you mean `smoke`?"),
        ("not tag:slow", "`list` tells what there is"),
        ("not spec::c", "`list` tells what there is"),
        ("not lang:fr", "`list` tells what there is"),
        ("not credential:kye", "`list` tells what there is"),
        ("not endpoint:mian", "`list` tells what there is"),
    ] {
        let expected =
            format!("`{filter}` leaves nothing out: no spec is or has what it names; {way}");
        assert_eq!(told(runner(TEXT).filter(filter)).await, expected);
    }
    for (filter, left) in [
        ("not tag:smoke", 1),
        ("not spec::b", 4),
        ("not lang:de", 3),
        ("not via:raw", 5),
        ("not op:embeddings", 5),
        ("not credential:wrong-key", 5),
        ("not endpoint:main", 0),
    ] {
        let runner = runner(TEXT).filter(filter);
        let listed = runner.list().await;
        assert_eq!(listed.map_or(0, |tests| tests.len()), left, "{filter}");
    }
}

#[tokio::test]
async fn what_is_left_out_may_be_in_specs_that_are_not_named() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
    write("a.yaml", TEXT);
    let slow = "name: c\ntags: [slow]\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    write("c.yaml", slow);
    let runner = |filter: &str| {
        let profile = Profile::new("mock").endpoint("main", "http://127.0.0.1:9");
        let runner = Runner::new(directory.path()).only(["a"]);
        runner
            .profile(profile.api_key("key", "not-a-real-key"))
            .filter(filter)
    };
    assert_eq!(runner("not tag:slow").list().await.unwrap().len(), 5);
    assert_eq!(
        told(runner("not tag:slwo")).await,
        "`not tag:slwo` leaves nothing out: no spec is or has what it names; did you mean `slow`?"
    );
    // What is in a file with an error, nobody knows.
    write("c.yaml", &slow.replace("models.list", "models.lst"));
    assert_eq!(runner("not tag:slwo").list().await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_setting_that_leaves_nothing_is_a_mistake() {
    let api = told(runner(TEXT).set("api", "v9")).await;
    assert!(api.starts_with("`api` cannot be `v9`: "), "{api}");
    let only = TEXT.split("---").next().unwrap();
    assert_eq!(
        told(runner(only).set("lang", "fr")).await,
        "no test is left of 1 spec: there is none that fits `lang=fr`; `list` tells what there is"
    );
    // Where other specs have no such axis, these are left.
    assert_eq!(
        runner(TEXT).set("lang", "fr").list().await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn an_endpoint_or_a_credential_that_is_set_and_that_nobody_has_is_a_mistake() {
    for (name, value, expected) in [
        (
            "endpoint",
            "mian",
            "profile mock has no endpoint `mian`; did you mean `main`?",
        ),
        (
            "endpoint",
            "west",
            "profile mock has no endpoint `west`; it has: main",
        ),
        (
            "credential",
            "token",
            "profile mock has no credential `token`; it has: key, wrong-key, none",
        ),
    ] {
        assert_eq!(told(runner(TEXT).set(name, value)).await, expected);
    }
    for (name, value) in [
        ("endpoint", "main"),
        ("credential", "key"),
        ("credential", "wrong-key"),
        ("credential", "none"),
    ] {
        let listed = runner(TEXT).set(name, value).list().await.unwrap();
        assert!(listed.iter().all(|(_, _, skipped)| skipped.is_none()));
    }
    // What a spec names is no slip of the fingers, but skipped where it is not there.
    let named = format!(
        "{TEXT}---\nname: c\nmatrix: {{credential: [key, token]}}\nuse: {{endpoint: west}}\nsteps:\n  - {{call: models.list, expect: {{status: 200}}}}\n"
    );
    for (name, value) in [("endpoint", "west"), ("credential", "token")] {
        let listed = runner(&named).set(name, value).list().await.unwrap();
        let (spec, _, skipped) = listed.last().unwrap();
        assert!(spec.ends_with('c'), "{spec}");
        assert_eq!(
            skipped.as_deref(),
            Some("profile mock has no endpoint `west`; it has: main")
        );
    }
}

#[tokio::test]
async fn a_filter_looks_at_every_step_and_at_settings_without_an_axis() {
    let text = format!(
        "{TEXT}---\nname: c\nuse: {{api: 2024-10-21}}\nsteps:\n  - {{call: models.list, expect: \
         {{status: 200}}}}\n  - {{call: files.list, expect: {{status: 200}}}}\n"
    );
    for (filter, tests) in [
        (
            "api:v1",
            &["a api=v1 lang=de", "a api=v1 lang=en", "b "][..],
        ),
        ("op:files.list", &["c "]),
        ("credential:key", &["a api=2024-10-21 lang=de"]),
        ("not op:models.list", &[]),
    ] {
        let listed = runner(&text).filter(filter).list().await;
        let listed = listed.unwrap_or_default().into_iter();
        let listed: Vec<_> = listed
            .map(|(spec, cell, _)| format!("{} {cell}", spec.trim_start_matches("spec::")))
            .collect();
        let found: Vec<_> = listed.iter().map(String::as_str).collect();
        if filter == "credential:key" {
            assert_eq!((found.len(), found[0]), (6, tests[0]), "{filter}");
        } else {
            assert_eq!(found, tests, "{filter}");
        }
    }
}

#[tokio::test]
async fn a_part_may_be_empty() {
    let part = |filter: &str, shard: &str| {
        let runner = runner(TEXT).filter(filter);
        runner.shard(shard.parse().unwrap())
    };
    let mut sizes = Vec::new();
    for shard in ["1/2", "2/2"] {
        sizes.push(part("spec::b", shard).list().await.unwrap().len());
        // All parts together are not.
        assert_eq!(
            told(part("tag:smok", shard)).await,
            "no test is left of 2 specs: there is none that fits `tag:smok`; `list` tells what there is"
        );
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [0, 1]);
    let gone = runner(TEXT).filter("tag:smoke").tests(["spec::gone"]);
    assert_eq!(gone.list().await.unwrap(), []);
    assert_eq!(runner("").filter("tag:smoke").list().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_said_last_counts() {
    let text = "name: a\nvars: {word: none}\nmatrix: {api: [2024-10-21, v1], lang: [de, en]}\nsteps:\n  \
                - {call: models.get, params: {model: \"${word}-${lang}\"}, expect: {status: \
                404}}\n---\nname: b\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let twice = runner(text)
        .set("api", "2024-10-21")
        .set("api", "v1")
        .set("lang", "en")
        .set("lang", "de")
        .var("word", "first")
        .var("word", "second")
        .var("lang", "fr")
        .var("lang", "nl");
    let told = twice.explain().await.unwrap();
    assert!(told.contains("/openai/v1/models/second-nl"), "{told}");
    assert!(told.contains("GET /openai/v1/models\n"), "{told}");
    let cells = twice.list().await.unwrap().into_iter();
    let cells: Vec<_> = cells.map(|(_, cell, _)| cell).collect();
    assert_eq!(cells, ["api=v1 lang=nl", ""]);
}

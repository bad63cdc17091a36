//! The command line as a shell sees it: what it prints, what it writes, how it ends.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use aoai_auth::{Clock, SystemClock};
use aoai_emulator::{Config, Emulator};
use aoai_spec::cli::{World, execute};
use aoai_spec::{Interrupt, Suite};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shared::Shared;

const GOOD: &str = "name: good\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";

const BAD: &str = "name: bad\nmatrix: {api: [2024-10-21, v1]}\nsteps:\n  - call: chat\n    deployment: \
                   chat\n    body: {messages: [{content: it's ping, role: user}]}\n    expect: {text: \
                   never}\n";

/// A directory of specs and what stands for the environment.
struct Place {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

struct Told {
    code: u8,
    out: String,
    err: String,
}

impl Place {
    fn new(specs: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("specs")).unwrap();
        let place = Self {
            directory,
            environment: Vec::new(),
        };
        for (name, text) in specs {
            place.write(name, text);
        }
        place
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path("specs").join(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.push((name.to_owned(), value.into()));
    }

    fn world(&self, out: &Shared, err: &Shared) -> World {
        let mut world = World::new("specs", out.clone(), err.clone());
        world.root = self.path("specs");
        world.state = self.path("state");
        let environment = self.environment.clone();
        world.lookup = Arc::new(move |name| {
            let found = environment.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        });
        world
    }

    async fn run(&self, args: &[&str]) -> Told {
        self.run_answering("", args).await
    }

    /// Runs for somebody who answers so.
    async fn run_answering(&self, answers: &'static str, args: &[&str]) -> Told {
        let (out, err) = (Shared::default(), Shared::default());
        let mut world = self.world(&out, &err);
        world.input = Box::new(answers.as_bytes());
        let code = execute(args.iter().map(Into::into), world).await;
        Told {
            code,
            out: out.text(),
            err: err.text(),
        }
    }
}

#[tokio::test]
async fn the_exit_code_tells_how_it_ended() {
    let cannot = "name: cannot\nsteps:\n  - {call: models.list, headers: {x-own: \"a\\nb\"}, expect: \
                  {status: 200}}\n";
    let place = Place::new(&[
        ("good.yaml", GOOD),
        ("bad.yaml", BAD),
        ("cannot.yaml", cannot),
    ]);
    let wrong = Place::new(&[("wrong.yaml", "name: wrong\nsteps:\n  - {cal: chat}\n")]);
    for (place, args, code) in [
        (&place, &["good"][..], 0),
        (&place, &["--no-such-option"], 1),
        (&place, &["--repeat", "0"], 1),
        (&place, &["--jobs", "0"], 1),
        (&place, &["check", "--watch"], 1),
        (&place, &["list", "--failed"], 1),
        (&place, &["check", "--report", "junit=never.xml"], 1),
        (&place, &["diff", "emulator", "live", "--coverage"], 1),
        (&place, &["explain", "chat", "--curl"], 1),
        (&place, &["--shard", "3/2"], 1),
        (&place, &["--report", "html"], 1),
        (&place, &["--report", "pdf=x"], 1),
        (&place, &["--report", "md="], 1),
        (&place, &["--report", "json=-"], 1),
        (&place, &["--report", "json=/dev/null/a,tap=/dev/null/a"], 1),
        (&place, &["--report", "json=never,tap=./never"], 1),
        (
            &place,
            &["good", "--report", "json=/dev/null,tap=/dev/null"],
            0,
        ),
        (&place, &["--fail-under", "80"], 1),
        (&place, &["--fail-under", "101", "--coverage"], 1),
        (&place, &["--json"], 1),
        (&place, &["--record"], 1),
        (&place, &["--live", "--replay"], 1),
        (&place, &["--filter", ""], 1),
        (&place, &["--filter", "tag:smok"], 1),
        (&place, &["--filter", "not tga:slow"], 1),
        (&place, &["--filter", "op:chatt"], 1),
        (&place, &["--set", "api=v9"], 1),
        (&place, &["list", "--set", "api=v9"], 1),
        (
            &place,
            &["good", "--filter", "tag:smok", "--shard", "1/2"],
            1,
        ),
        (&place, &["good", "--filter", "good", "--shard", "1/2"], 0),
        (&place, &["good", "--filter", "good", "--shard", "2/2"], 0),
        (&place, &["diff", "emulator"], 1),
        (&place, &["diff", "emulator", "live", "--live"], 1),
        (&place, &["explain"], 1),
        (&place, &["explain", "nonsense"], 1),
        (&place, &["new", "nonsense"], 1),
        (&place, &["new", "--from-curl", "/no/such/file"], 1),
        (&place, &["--from-curl", "-"], 1),
        (&place, &["--live"], 2),
        (&wrong, &[], 2),
        (&wrong, &["check"], 2),
        (&place, &["nowhere"], 2),
        (&place, &["cannot"], 3),
        (&place, &["good", "--report", "json=/dev/null/x"], 3),
        (&place, &["bad"], 4),
        (&place, &["cannot", "bad"], 4),
        (&place, &["good", "--coverage", "--fail-under", "100"], 4),
        (&place, &["good", "--coverage", "--fail-under", "0"], 0),
        (&place, &["bad", "--max-requests", "1"], 5),
        (&place, &["good", "--max-requests", "1"], 0),
        (&place, &["good", "--max-usd", "much"], 1),
        (&place, &["good", "--max-usd", "$0.50"], 0),
        (&place, &["good", "--max-usd", "0"], 0),
        // What cannot be reached is no ceiling.
        (&place, &["good", "--max-usd", "inf"], 1),
        (&place, &["good", "--max-usd", "1e999"], 1),
        (&place, &["good", "--max-usd", "nan"], 1),
        (&place, &["good", "--max-usd", "-0.5"], 1),
        (&place, &["good", "--max-usd=$-inf"], 1),
        (&place, &["good", "--coverage", "--fail-under", "nan"], 1),
        (&place, &["good", "--coverage", "--fail-under", "-1"], 1),
        (&place, &["check"], 0),
        (&place, &["list"], 0),
    ] {
        let told = place.run(args).await;
        assert_eq!(told.code, code, "{args:?}\n{}\n{}", told.out, told.err);
    }
}

#[tokio::test]
async fn a_word_that_is_no_command_is_told_what_it_may_mean() {
    let place = Place::new(&[("good.yaml", GOOD)]);
    for (args, help) in [
        (&["chek"][..], Some("did you mean `check`?")),
        (
            &["run", "good"],
            Some("specs run without a command: specs [PATH…]"),
        ),
        (&["nowhere"], None),
        (&["good", "chek"], None),
    ] {
        let told = place.run(args).await;
        assert_eq!(told.code, 2, "{args:?}");
        let helps: Vec<_> = told.err.split("  = help: ").skip(1).collect();
        let wanted: Vec<_> = help.map(|help| format!("{help}\n")).into_iter().collect();
        assert_eq!(helps, wanted, "{args:?}: {}", told.err);
    }
    // A spec may have such a name.
    place.write("chek.yaml", GOOD);
    let told = place.run(&["chek"]).await;
    assert_eq!((told.code, told.err.as_str()), (0, ""));
}

#[tokio::test]
async fn help_names_every_option() {
    let place = Place::new(&[("good.yaml", GOOD)]);
    let told = place.run(&["--help"]).await;
    assert_eq!(told.code, 0);
    assert_eq!(place.run(&["help"]).await.out, told.out);
    let source = include_str!("../../src/cli/options.rs");
    let options = source
        .split("Long(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let mut count = 0;
    for option in options {
        count += 1;
        assert!(told.out.contains(&format!("--{option}")), "{option}");
    }
    assert!(count > 15, "{count}");
    for command in ["check", "list", "explain", "new", "schema"] {
        assert!(told.out.contains(&format!("\n  {command} ")), "{command}");
    }
    let wrong = place.run(&["--hlep"]).await;
    assert!(
        wrong.err.contains("`specs --help` tells them all"),
        "{}",
        wrong.err
    );
}

#[tokio::test]
async fn a_spec_is_explained_by_what_it_would_send() {
    let talk = "name: talk\nvars: {who: Ada, mood: kind, key: ~, day: \"${env.DAY:-Monday}\"}\nmatrix: \
                {via: [typed, raw], n: [1, 2]}\nsteps:\n  - call: files.upload\n    use: {api: \
                2024-10-21, retries: 2}\n    form: {file: {name: a.txt, text: \"${who} is \
                ${mood}\"}, purpose: batch}\n    save: {file: body.id}\n  - emulator: {advance: 1h}\n  - \
                name: ask\n    run: _ask.yaml\n    vars: {question: \"${file} on ${day}?\"}\n    save: \
                {answer: text}\nfinally:\n  - call: files.get\n    params: {file_id: \
                \"${file}\"}\n    headers: {x-note: \"${answer} ${key} ${n}\"}\n    poll: {until: \
                {body: {status: processed}}, every: 2s, within: 2m}\n";
    let ask = "vars: {question: ~}\nsteps:\n  - call: chat\n    deployment: chat\n    body: {messages: \
               [{content: \"${question}\", role: user}]}\n    expect: {text: $nonempty}\n    save: \
               {text: text}\n";
    let mut place = Place::new(&[("talk.yaml", talk), ("_ask.yaml", ask), ("bad.yaml", BAD)]);
    place.set("AOAI_SPEC_MOOD", "cross");
    place.set("KEY", "not-a-real-secret");
    place.write(
        "profiles.yaml",
        "mine:\n  endpoints: {main: \"http://127.0.0.1:1\"}\n  credentials: {key: {api_key: \
         not-a-real-key}}\n  deployments: {chat: my-gpt}\n  secrets: {key: \"${env.KEY}\"}\n",
    );
    let explain = [
        "explain",
        "talk::talk [via=raw n=2]",
        "--live=mine",
        "--var",
        "who=Bob",
    ];
    let explained = place.run(&explain).await;
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert_eq!(
        explained.out,
        "talk::talk [via=raw n=2]\n  skipped: moving the clock needs the emulator\n"
    );
    place.write(
        "talk.yaml",
        &talk.replace("  - emulator: {advance: 1h}\n", ""),
    );
    let explained = place.run(&explain).await;
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert_eq!(
        explained.out,
        "\
talk::talk [via=raw n=2]
  who = \"Bob\"  (--var)
  mood = \"cross\"  (environment)
  key = \"<key>\"  (profile mine)
  day = \"Monday\"  (the spec)
  n = 2  (matrix)
  step files.upload  credential key, 2 retries
    POST /openai/files?api-version=2024-10-21
    {\"file\":{\"content_type\":\"application/octet-stream\",\"name\":\"a.txt\",\"text\":\"Bob is cross\"},\"purpose\":\"batch\"}
  step ask / chat  credential key
    POST /openai/v1/chat/completions
    {\"messages\":[{\"content\":\"${file} on Monday?\",\"role\":\"user\"}],\"model\":\"my-gpt\"}
  finally files.get  credential key, again every 2.0s for 2m00s at most
    GET /openai/v1/files/${file}
    x-note: ${answer} <key> 2
"
    );
    let whole = place.run(&["explain", "bad", "--set", "api=v1"]).await;
    assert_eq!(
        (whole.code, whole.out.as_str()),
        (
            0,
            "bad::bad [api=v1]\n  step chat  credential key\n    POST \
             /openai/v1/chat/completions\n    {\"messages\":[{\"content\":\"it's \
             ping\",\"role\":\"user\"}],\"model\":\"chat\"}\n"
        )
    );
    let none = place.run(&["explain", "bad::good"]).await;
    assert_eq!(
        (none.code, none.err.as_str()),
        (1, "error: `bad` has no test `bad::good`\n")
    );
}

/// A server that answers every `GET` with this, and a file of profiles in which it is `live`.
async fn always(body: &Value) -> (MockServer, String) {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    let uri = server.uri();
    let profiles = format!(
        "live:\n  endpoints: {{main: \"{uri}\"}}\n  credentials: {{key: {{api_key: not-a-real-key}}}}\n"
    );
    (server, profiles)
}

#[tokio::test]
async fn what_failed_for_its_drift_is_run_again() {
    let body = json!({"object": "list", "data": [], "hue": 1});
    let (_server, profile) = always(&body).await;
    let place = Place::new(&[("good.yaml", GOOD), ("profiles.yaml", &profile)]);
    assert_eq!(place.run(&["--live"]).await.code, 0);
    assert_eq!(place.run(&["--live", "--deny", "drift"]).await.code, 4);
    let again = place.run(&["--live", "--failed"]).await;
    assert!(again.out.contains("  1 passed in "), "{}", again.out);
    assert_eq!(
        place.run(&["--live", "--failed"]).await.out,
        "nothing failed last time against live\n"
    );
}

#[tokio::test]
async fn what_failed_is_run_again_until_it_passes() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    let told = place.run(&["--failed"]).await;
    assert_eq!(
        (told.code, told.out.as_str()),
        (0, "nothing failed last time against emulator\n")
    );

    assert_eq!(place.run(&[]).await.code, 4);
    let told = place.run(&["--failed"]).await;
    assert_eq!(told.code, 4);
    assert!(
        told.out.contains("  0 passed, 2 failed in "),
        "{}",
        told.out
    );

    // What a run leaves out keeps its state.
    assert_eq!(place.run(&["good"]).await.code, 0);
    place.write("bad.yaml", &BAD.replace("never", "$nonempty"));
    assert_eq!(place.run(&["bad", "--set", "api=v1"]).await.code, 0);
    let told = place.run(&["--failed"]).await;
    assert!(told.out.contains("  1 passed in "), "{}", told.out);
    assert_eq!(
        place.run(&["--failed"]).await.out,
        "nothing failed last time against emulator\n"
    );
}

#[tokio::test]
async fn a_shard_forgets_nothing_of_the_others() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    assert_eq!(place.run(&[]).await.code, 4);
    place.write("bad.yaml", &BAD.replace("never", "$nonempty"));
    // One that has one of the two that failed.
    let mut shards = (2..20).flat_map(|of| (1..=of).map(move |nth| format!("{nth}/{of}")));
    let shard = loop {
        let shard = shards.next().unwrap();
        let told = place.run(&["list", "--shard", &shard]).await.out;
        if told.matches("bad::bad").count() == 1 {
            break shard;
        }
    };
    assert_eq!(place.run(&["--shard", &shard]).await.code, 0);
    let told = place.run(&["--failed"]).await.out;
    assert!(told.contains("  1 passed in "), "{shard}: {told}");
    assert_eq!(
        place.run(&["--failed"]).await.out,
        "nothing failed last time against emulator\n"
    );
}

#[tokio::test]
async fn a_test_that_is_no_more_is_forgotten() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    assert_eq!(place.run(&[]).await.code, 4);
    place.write("bad.yaml", &BAD.replace("name: bad", "name: better"));
    // A run of a part knows nothing of the rest.
    assert_eq!(place.run(&["good"]).await.code, 0);
    assert_eq!(place.run(&["--filter", "good"]).await.code, 0);
    let told = place.run(&["--failed"]).await;
    assert_eq!(told.code, 0, "{}", told.err);
    let line = "nothing is left of what failed last time against emulator\n";
    assert!(told.out.contains(line), "{}", told.out);
    let told = place.run(&["--failed"]).await.out;
    assert_eq!(told, "nothing failed last time against emulator\n");

    assert_eq!(place.run(&[]).await.code, 4);
    place.write("bad.yaml", GOOD);
    assert_eq!(place.run(&[]).await.code, 0);
    let told = place.run(&["--failed"]).await.out;
    assert_eq!(told, "nothing failed last time against emulator\n");
}

#[tokio::test]
async fn a_command_that_sends_a_failure_again_shows_no_secret_however_it_is_quoted() {
    let text = "name: bad\nvars: {pw: ~}\nsteps:\n  - call: chat\n    deployment: chat\n    body: {user: \
                \"${pw}\", messages: [{role: user, content: \"it's ${pw}\"}]}\n    expect: {text: \
                never}\n";
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let mut place = local(&emulator, text);
    let profiles = fs::read_to_string(place.path("specs/profiles.yaml")).unwrap();
    let profiles =
        format!("{profiles}  secrets: {{pw: \"${{env.PW}}\"}}\n  vars: {{pw: \"${{env.PW}}\"}}\n");
    place.write("profiles.yaml", &profiles);
    for secret in ["not'a-real-password", "not'a-\"real\"\\password"] {
        place.set("PW", secret);
        let told = place.run(&["--live=local", "--curl"]).await;
        assert_eq!(told.code, 4, "{}", told.err);
        let mut lines = told.out.lines();
        let body = lines.find_map(|line| line.strip_prefix("  --data-raw '")?.strip_suffix('\''));
        let body = body.unwrap().replace("'\\''", "'");
        assert_eq!(
            serde_json::from_str::<Value>(&body).unwrap(),
            json!({
                "messages": [{"content": "it's <pw>", "role": "user"}],
                "model": "chat",
                "user": "<pw>",
            })
        );
        assert!(!told.out.contains("-real"), "{}", told.out);
        place.environment.pop();
    }
}

/// What follows `again` in a report, without the name of the program.
fn again(told: &str) -> Vec<&str> {
    let lines = told.lines();
    lines
        .filter_map(|line| line.strip_prefix("  again   specs "))
        .collect()
}

#[tokio::test]
async fn what_runs_a_failure_again_says_where_and_with_what() {
    let text = "name: bad\nvars: {word: a, pw: ~}\nmatrix: {prompt: [hello world, \"it's\"]}\nsteps:\n  - \
                call: chat\n    deployment: chat\n    body: {user: \"${word}${pw}\", messages: [{role: \
                user, content: \"${prompt}\"}]}\n    expect: {text: never}\n";
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let mut place = local(&emulator, text);
    let profiles = fs::read_to_string(place.path("specs/profiles.yaml")).unwrap();
    let profiles = format!("{profiles}  secrets: {{pw: \"${{env.PW}}\"}}\n");
    place.write("profiles.yaml", &profiles);
    place.set("PW", "not-a-real-password");
    let args = [
        "--live=local",
        "--var",
        "word=two words",
        "--var",
        "pw=not-a-real-password",
        "--set",
        "api=2024-10-21",
    ];
    let told = place.run(&args).await;
    assert_eq!(told.code, 4, "{}", told.err);
    let common = "--live=local --set api=2024-10-21 --var 'word=two words' spec --set";
    assert_eq!(
        again(&told.out),
        [
            format!("{common} 'prompt=hello world' -vv"),
            format!("{common} 'prompt=it'\\''s' -vv"),
        ]
    );
    // It does what it says.
    let words = ["--set", "prompt=hello world", "-vv"];
    let told = place.run(&[&args[..], &["spec"], &words].concat()).await;
    assert!(
        told.out.contains("  0 passed, 1 failed in "),
        "{}",
        told.out
    );

    // Nor is a secret told that stands inside of another value.
    let inside = args.map(|arg| arg.replace("two words", "<not-a-real-password>"));
    let inside: Vec<_> = inside.iter().map(String::as_str).collect();
    let told = place.run(&inside).await;
    let common = "--live=local --set api=2024-10-21 spec --set";
    assert_eq!(
        again(&told.out)[0],
        format!("{common} 'prompt=hello world' -vv")
    );

    let report = place.path("report.xml");
    let option = format!("junit={}", report.display());
    place.run(&["--live=local", "--report", &option]).await;
    let report = fs::read_to_string(report).unwrap();
    assert!(
        report.contains("cargo xtask specs --live=local spec "),
        "{report}"
    );
}

#[tokio::test]
async fn repetitions_have_a_rate() {
    let streamed = "name: streamed\nsteps:\n  - call: chat\n    deployment: chat\n    body: {messages: \
                    [{role: user, content: ping}], stream: true}\n    expect: {text: $nonempty}\n";
    let place = Place::new(&[("good.yaml", GOOD), ("streamed.yaml", streamed)]);
    let told = place.run(&["--repeat", "3"]).await;
    assert_eq!(told.code, 0);
    assert!(told.out.contains("2 specs, 6 tests"), "{}", told.out);
    assert!(
        told.out.contains("\n      3/3  100%  good::good\n"),
        "{}",
        told.out
    );
    let line = told
        .out
        .lines()
        .find(|line| line.contains("streamed::streamed"));
    assert!(line.is_some_and(|line| line.contains("  first p50 ") && line.contains(" p95 ")));
}

#[tokio::test]
async fn shards_together_run_everything_once() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    let ids = |text: &str| -> Vec<String> {
        let read: Value = serde_json::from_str(text).unwrap();
        let tests = read["tests"].as_array().unwrap().iter();
        tests
            .map(|test| test["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = ids(&place.run(&["list", "--json"]).await.out);
    assert_eq!(
        all,
        [
            "bad::bad [api=2024-10-21]",
            "bad::bad [api=v1]",
            "good::good"
        ]
    );
    let mut sharded = Vec::new();
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        sharded.extend(ids(&place
            .run(&["list", "--json", "--shard", shard])
            .await
            .out));
    }
    sharded.sort();
    assert_eq!(sharded, all);
}

#[tokio::test]
async fn across_widens_what_says_nothing_itself() {
    let own =
        "name: own\nuse: {via: raw}\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD), ("own.yaml", own)]);
    let told = place.run(&["list", "--across", "api,via"]).await;
    assert_eq!(
        told.out.lines().collect::<Vec<_>>(),
        [
            "bad::bad  api=2024-10-21 via=typed",
            "bad::bad  api=2024-10-21 via=raw",
            "bad::bad  api=v1 via=typed",
            "bad::bad  api=v1 via=raw",
            "good::good  api=2024-10-21 via=typed",
            "good::good  api=2024-10-21 via=raw",
            "good::good  api=v1 via=typed",
            "good::good  api=v1 via=raw",
            "own::own  api=2024-10-21",
            "own::own  api=v1",
        ]
    );
    let pinned = place
        .run(&["good", "--across", "api,via", "--set", "api=v1"])
        .await;
    assert_eq!(pinned.code, 0);
    assert!(pinned.out.contains("1 spec, 2 tests"), "{}", pinned.out);
    let wrong = place.run(&["--across", "prompt"]).await;
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.err.contains("across api, credential, endpoint, via"),
        "{}",
        wrong.err
    );
}

#[tokio::test]
async fn every_report_is_written_and_github_is_told() {
    let mut place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    let summary = place.path("summary.md");
    fs::write(&summary, "before\n").unwrap();
    place.set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    place.set("GITHUB_ACTIONS", "true");
    let file = |name: &str| place.path(name).to_str().unwrap().to_owned();
    let list = ["junit", "json", "html", "tap", "github"];
    let list: Vec<_> = list.map(|name| format!("{name}={}", file(name))).to_vec();
    let told = place
        .run(&["--report", &list.join(","), "--report", "md"])
        .await;
    assert_eq!(told.code, 4, "{}", told.err);
    for (name, begins) in [
        ("junit", "<?xml version"),
        ("json", "{\n"),
        ("html", "<!doctype html>\n"),
        ("tap", "TAP version 14\n1..3\n"),
        ("github", "::error file="),
        ("summary.md", "before\n## ❌ Specs against emulator\n"),
    ] {
        let text = fs::read_to_string(place.path(name)).unwrap();
        assert!(text.starts_with(begins), "{name}: {text}");
        assert!(text.contains("bad"), "{name}");
    }
    assert_eq!(
        told.out.matches("\n::error file=").count(),
        2,
        "{}",
        told.out
    );

    // Asked for by name, too, they are still told once.
    let again = place.run(&["--report", "github,md"]).await;
    assert_eq!(again.out.matches("\n::error file=").count(), 2);
}

#[tokio::test]
async fn coverage_is_measured_by_documents_too() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    let document = place.path("document.yaml");
    let text = "openapi: 3.0.0\ninfo: {title: Own, version: v1}\nservers: [{url: \
                https://X/openai/v1}]\npaths:\n  /chat/completions: {post: {}}\n  /files: {get: {}, post: \
                {}}\n  /models: {get: {}}\n";
    fs::write(&document, text).unwrap();
    let coverage = format!("--coverage={}", document.display());
    let told = place.run(&[&coverage, "--fail-under", "20"]).await;
    assert_eq!(told.code, 4);
    let table = "Own v1                    v1\n";
    let at = told
        .out
        .find(table)
        .unwrap_or_else(|| panic!("{}", told.out));
    let lines: Vec<_> = told.out[at..]
        .lines()
        .take(6)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "Own v1 v1",
            "POST /chat/completions called",
            "GET /files ·",
            "POST /files ·",
            "GET /models ok",
            "1 of 4 operations asserted, 1 called without an expectation",
        ]
    );
    assert!(
        told.err.contains("--fail-under asks for 20 %"),
        "{}",
        told.err
    );
    assert!(
        !told.err.contains("Own v1"),
        "25 % are enough: {}",
        told.err
    );
    // As much as is asked for is enough.
    let exactly = place.run(&[&coverage, "--fail-under", "25"]).await;
    assert!(!exactly.err.contains("Own v1"), "{}", exactly.err);
    let unread = place.run(&["--coverage=/no/such/file"]).await;
    assert_eq!(unread.code, 2);
}

/// A place with a spec and a profile `local`, which is an emulator that knows nothing of it.
fn local(emulator: &Emulator, spec: &str) -> Place {
    let mut place = Place::new(&[("spec.yaml", spec)]);
    place.write(
        "profiles.yaml",
        "local:\n  endpoints: {main: \"${env.ENDPOINT}\"}\n  deployments: {chat: chat}\n  \
         credentials: {key: {api_key: \"${env.KEY}\"}}\n",
    );
    place.set("ENDPOINT", emulator.endpoint());
    place.set("KEY", emulator.keys()[0].as_str());
    place
}

/// What a command of curl prints; nothing where there is no curl.
async fn in_a_shell(command: &str, endpoint: String, key: String) -> Option<Value> {
    let command = command.to_owned();
    let shell = tokio::task::spawn_blocking(move || {
        let shell = Command::new("sh")
            .args(["-c", &command])
            .env("AZURE_OPENAI_ENDPOINT", endpoint)
            .env("AZURE_OPENAI_API_KEY", key)
            .output();
        shell.unwrap()
    });
    let shell = shell.await.unwrap();
    if shell.status.code() == Some(127) {
        let message = b"skipped: there is no curl to try the command with\n";
        std::io::stderr().write_all(message).unwrap();
        return None;
    }
    Some(serde_json::from_slice(&shell.stdout).unwrap())
}

#[tokio::test]
async fn curl_sends_the_failed_form_again() {
    let text = "name: bad\nsteps:\n  - call: files.upload\n    form:\n      purpose: batch\n      file: \
                {name: 'it''s; a.jsonl', content_type: application/jsonl, text: 'it''s; \"@\"\\,<'}\n    \
                expect: {body: {bytes: 0}, sent: {headers: {content-type: multipart/form-data}}}\n";
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let endpoint = emulator.endpoint().to_owned();
    let key = emulator.keys()[0].clone();
    let place = local(&emulator, text);
    let told = place.run(&["--live=local", "--curl"]).await;
    assert_eq!(told.code, 4, "{}", told.err);
    let command = &told.out[told.out.find("# needs ").unwrap()..];
    let command = command.split("\n\n").next().unwrap();
    assert!(!command.contains("content-type"), "{command}");
    assert!(!told.out.contains("sent.headers"), "{}", told.out);
    let Some(answer) = in_a_shell(command, endpoint, key).await else {
        return;
    };
    assert_eq!(answer["bytes"], "it's; \"@\"\\,<".len(), "{command}");
    assert_eq!(answer["filename"], "it's; a.jsonl");
    assert_eq!(answer["purpose"], "batch");
}

#[tokio::test]
async fn curl_sends_the_failed_request_again() {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let endpoint = emulator.endpoint().to_owned();
    let key = emulator.keys()[0].clone();
    let place = local(&emulator, BAD);
    let told = place
        .run(&["--live=local", "--set", "api=v1", "--curl"])
        .await;
    assert_eq!(told.code, 4, "{}", told.err);
    let at = told
        .out
        .find("# needs AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY\n");
    let command = &told.out[at.unwrap_or_else(|| panic!("{}", told.out))..];
    let command = command.split("\n\n").next().unwrap();
    assert!(
        command.contains("-H \"api-key: $AZURE_OPENAI_API_KEY\""),
        "{command}"
    );
    assert!(
        command.contains("-H 'content-type: application/json'"),
        "curl calls what it sends a form, unless it is told: {command}"
    );
    assert!(!told.out.contains(&key));

    let Some(answer) = in_a_shell(command, endpoint, key).await else {
        return;
    };
    assert_eq!(answer["object"], "chat.completion");
}

#[tokio::test]
async fn what_is_recorded_is_played_without_the_service() {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let place = local(
        &emulator,
        "name: talk\nsteps:\n  - call: chat\n    deployment: chat\n    body: \
                                  {messages: [{role: user, content: ping}]}\n    expect: {text: \
                                  $nonempty}\n",
    );
    let told = place.run(&["--live=local", "--record"]).await;
    assert_eq!(told.code, 0, "{}", told.err);
    drop(emulator);
    assert_ne!(place.run(&["--live=local"]).await.code, 0);
    let told = place.run(&["--replay"]).await;
    assert_eq!(told.code, 0, "{}\n{}", told.out, told.err);
    assert!(told.out.contains("  1 passed in "), "{}", told.out);
    let elsewhere = format!("--replay={}", place.path("nowhere").display());
    assert!(!place.run(&[&elsewhere]).await.out.contains(" 1 passed"));
}

#[tokio::test]
async fn a_secret_in_what_was_written_ends_the_run_with_6() {
    let twice = "fake%257Ekey.one%252Bwith%252Fodd%2522marks";
    let leaky = format!(
        "name: leaky\nsteps:\n  - call: chat\n    deployment: chat\n    emulator: {{reply: {twice:?}}}\n    \
         body: {{messages: [{{role: user, content: ping}}]}}\n    expect: {{text: other}}\n"
    );
    let mut place = Place::new(&[("leaky.yaml", &leaky), ("good.yaml", GOOD)]);
    place.write(
        "emulator.yaml",
        "keys: [\"fake~key.one+with/odd\\\"marks\", fake-key-number-two]\ndeployments: {chat: {model: \
         gpt-4o-mini}}\n",
    );
    let report = place.path("report.json");
    let list = format!("json={}", report.display());
    let told = place.run(&["leaky", "--report", &list]).await;
    assert_eq!(told.code, 6, "{}\n{}", told.out, told.err);
    for artefact in ["terminal:", &format!("{}:", report.display())] {
        assert!(
            told.err.contains(&format!("LEAK  {artefact}")),
            "{artefact} {}",
            told.err
        );
    }
    let told = place.run(&["good", "--report", &list]).await;
    assert_eq!(told.code, 0);
    assert!(
        told.out.ends_with("  no secrets in 3 artefacts\n"),
        "{}",
        told.out
    );
    // Without secrets there is nothing to say, and quiet says nothing.
    place.set("NO_COLOR", "1");
    assert!(!place.run(&["good", "-q"]).await.out.contains("artefacts"));
}

#[tokio::test]
async fn the_schema_is_printed() {
    let told = Place::new(&[]).run(&["schema"]).await;
    let schema: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(schema, aoai_spec::schema());
    let told = Place::new(&[]).run(&["schema", "run"]).await;
    let schema: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(schema, aoai_spec::fragment_schema());
}

#[tokio::test]
async fn a_new_spec_is_one_that_check_takes_and_none_is_overwritten() {
    let place = Place::new(&[]);
    let told = place.run(&["new", "files.get"]).await;
    let path = place.path("specs/files/get.yaml");
    assert_eq!(told.out, format!("wrote {}\n", path.display()));
    assert_eq!(place.run(&["check"]).await.out, "1 spec, nothing wrong\n");
    let again = place.run(&["new", "files.get"]).await;
    assert_eq!(again.code, 1);
    assert!(again.err.contains("exists"), "{}", again.err);
    let printed = place.run(&["new", "chat", "-"]).await;
    assert_eq!(Suite::from_text("x.yaml", &printed.out).specs().count(), 1);
    let named = place.path("mine");
    place.run(&["new", "chat", named.to_str().unwrap()]).await;
    assert_eq!(
        fs::read_to_string(place.path("mine.yaml")).unwrap(),
        printed.out
    );
}

#[tokio::test]
async fn a_report_makes_the_directories_that_it_is_in() {
    let place = Place::new(&[("good.yaml", GOOD)]);
    let path = place.path("target/reports/specs.xml");
    let report = format!("junit={}", path.display());
    let told = place.run(&["--report", &report]).await;
    assert_eq!((told.code, &*told.err), (0, ""));
    assert!(fs::read_to_string(path).unwrap().contains("good"));
    let nowhere = place.run(&["--report", "json=/dev/null/x"]).await;
    assert!(
        nowhere.err.starts_with("error: /dev/null/x: "),
        "{}",
        nowhere.err
    );
}

#[tokio::test]
async fn a_report_without_a_file_is_told_of_before_anything_runs() {
    let unset = Place::new(&[("good.yaml", GOOD)]);
    let mut empty = Place::new(&[("good.yaml", GOOD)]);
    empty.set("GITHUB_STEP_SUMMARY", "");
    for place in [unset, empty] {
        let told = place.run(&["--report", "md"]).await;
        assert_eq!((told.code, &*told.out), (1, ""));
        assert_eq!(
            told.err,
            "error: --report md needs a file, md=FILE: GITHUB_STEP_SUMMARY is not set\n"
        );
    }
}

#[tokio::test]
async fn a_file_without_a_spec_does_not_pass() {
    let step = "steps:\n  - {call: models.list, expect: {status: 200}}\n";
    let place = Place::new(&[
        ("good.yaml", GOOD),
        ("later.yaml", "# name: later\n"),
        ("_step.yaml", step),
        ("_wrong.yaml", "steps:\n  - {cal: models.list}\n"),
    ]);
    let told = place.run(&["later"]).await;
    assert_eq!((told.code, &*told.out), (1, ""));
    assert!(
        told.err.ends_with("\nerror: no spec is in later\n"),
        "{}",
        told.err
    );
    let told = place.run(&["_step"]).await;
    let hint = "error: no spec is in _step; a file whose name begins with `_` has steps that specs take \
                with `run`\n";
    assert_eq!((told.code, &*told.err), (1, hint));

    // To be checked they need not be specs.
    let told = place.run(&["check", "later"]).await;
    assert_eq!((told.code, &*told.out), (0, "0 specs, 1 warning\n"));
    let told = place.run(&["check", "_step"]).await;
    assert_eq!((told.code, &*told.out), (0, "0 specs, nothing wrong\n"));
    let told = place.run(&["check", "_wrong"]).await;
    assert_eq!(told.code, 2);
    assert!(
        told.err.starts_with("error: a step has no key `cal`\n"),
        "{}",
        told.err
    );
}

#[tokio::test]
async fn check_counts_what_it_warns_of() {
    let place = Place::new(&[("good.yaml", GOOD)]);
    for (idle, counted) in [
        (None, "nothing wrong"),
        (Some("_one.yaml"), "1 warning"),
        (Some("_two.yaml"), "2 warnings"),
    ] {
        match idle {
            None => {
                let denied = place.run(&["check", "--deny", "warnings"]).await;
                assert_eq!((denied.code, &*denied.err), (0, ""));
            }
            Some(idle) => place.write(
                idle,
                "steps:\n  - {call: models.list, expect: {status: 200}}\n",
            ),
        }
        let told = place.run(&["check"]).await;
        assert_eq!(told.out, format!("1 spec, {counted}\n"));
        assert_eq!(told.code, 0);
    }
    for command in [
        &["check"][..],
        &["list"],
        &[],
        &["diff", "emulator", "emulator"],
    ] {
        let denied = place
            .run(&[command, &["--deny", "warnings"]].concat())
            .await;
        assert_eq!((denied.code, &*denied.out), (2, ""), "{command:?}");
        assert_eq!(denied.err.matches("warning: ").count(), 2, "{}", denied.err);
    }
}

#[tokio::test]
async fn a_new_spec_tells_editors_of_the_schema_where_there_is_one() {
    let place = Place::new(&[]);
    place.write("spec.schema.json", "{}");
    for (operation, header) in [
        (
            "files.get",
            "# yaml-language-server: $schema=../spec.schema.json\n",
        ),
        (
            "vector_stores.files.get",
            "# yaml-language-server: $schema=../../spec.schema.json\n",
        ),
    ] {
        let told = place.run(&["new", operation]).await;
        let path = told.out.trim().strip_prefix("wrote ").unwrap().to_owned();
        let skeleton = aoai_spec::skeleton(operation).unwrap();
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            format!("{header}{skeleton}")
        );
    }
    assert_eq!(place.run(&["check"]).await.out, "2 specs, nothing wrong\n");
}

#[tokio::test]
async fn a_profile_that_is_named_is_checked_with_the_specs() {
    let place = Place::new(&[("good.yaml", GOOD)]);
    place.write(
        "profiles.yaml",
        "mine: {endpoints: {main: \"${env.UNSET}\"}}\n",
    );
    let told = place.run(&["check", "--live=mine"]).await;
    assert_eq!(
        (told.code, told.out.as_str()),
        (0, "1 spec, nothing wrong\n")
    );
    let told = place.run(&["check", "--live=mien"]).await;
    assert_eq!(told.code, 1);
    assert!(
        told.err
            .contains("has no profile `mien`; did you mean `mine`?"),
        "{}",
        told.err
    );
    place.write("profiles.yaml", "mine: {endpoint: x}\n");
    let told = place.run(&["check", "--live=mine"]).await;
    assert_eq!(told.code, 2);
    assert!(told.err.contains("profiles.yaml:1:8"), "{}", told.err);
}

#[tokio::test]
async fn a_new_spec_may_come_from_a_command() {
    let command = "curl https://x.example/openai/v1/models -H 'api-key: fake'\n";
    let spec = "name: models list answers\nuse: {api: v1}\nsteps:\n  - call: models.list\n    expect:\n      \
                status: 2xx\n";
    let place = Place::new(&[]);
    let typed = place
        .run_answering(command, &["new", "--from-curl", "-"])
        .await;
    assert_eq!((typed.code, typed.out.as_str()), (0, spec));
    let file = place.path("command.sh");
    fs::write(&file, command).unwrap();
    let path = place.path("specs").join("mine");
    let args = [
        "new",
        "--from-curl",
        file.to_str().unwrap(),
        path.to_str().unwrap(),
    ];
    assert_eq!(place.run(&args).await.code, 0);
    assert_eq!(
        fs::read_to_string(path.with_extension("yaml")).unwrap(),
        spec
    );
    assert_eq!(place.run(&["mine"]).await.code, 0);
    assert_eq!(place.run(&args).await.code, 1, "nothing is overwritten");
}

#[tokio::test]
async fn colours_are_for_terminals_that_want_them() {
    let mut place = Place::new(&[("good.yaml", GOOD)]);
    let coloured = |text: &str| text.contains('\u{1b}');
    assert!(!coloured(&place.run(&[]).await.out));
    assert!(coloured(&place.run(&["--color", "always"]).await.out));
    let on_a_terminal = |place: &Place| {
        let out = Shared::default();
        let mut world = place.world(&out, &Shared::default());
        world.out_is_terminal = true;
        async move {
            execute([], world).await;
            out.text()
        }
    };
    assert!(coloured(&on_a_terminal(&place).await));
    place.set("NO_COLOR", "1");
    assert!(!coloured(&on_a_terminal(&place).await));
}

/// Changes a file at the first wait, and tells when the second one begins.
#[derive(Debug)]
struct Editor {
    inner: SystemClock,
    file: PathBuf,
    waits: AtomicUsize,
    done: Arc<Notify>,
}

#[async_trait::async_trait]
impl Clock for Editor {
    fn now(&self) -> SystemTime {
        self.inner.now()
    }

    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }

    async fn sleep(&self, _: Duration) {
        if self.waits.fetch_add(1, Ordering::Relaxed) == 0 {
            fs::write(&self.file, BAD.replace("never", "$nonempty")).unwrap();
            return;
        }
        self.done.notify_one();
        std::future::pending::<()>().await;
    }

    fn expire(self: Arc<Self>, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Arc::new(self.inner).expire(limit)
    }
}

#[tokio::test]
async fn a_run_that_is_interrupted_reports_what_it_did_and_forgets_nothing() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    assert_eq!(place.run(&[]).await.code, 4);
    let (out, json) = (Shared::default(), place.path("report.json"));
    let mut world = place.world(&out, &Shared::default());
    world.interrupt = Interrupt::when(async {});
    let report = format!("json={}", json.display());
    let args = ["--report", &report, "--review"].map(Into::into);
    assert_eq!(execute(args, world).await, 130);
    let told = out.text();
    let expected = "  interrupted: no more tests are begun, those under way clean up\n";
    assert!(told.contains(expected), "{told}");
    assert!(told.contains("  0 passed, 3 not run in "), "{told}");
    let json: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    assert_eq!(json["interrupted"], true);
    assert_eq!(json["counts"]["not_run"], 3);
    let told = place.run(&["--failed"]).await;
    assert!(
        told.out.contains("  0 passed, 2 failed in "),
        "{}",
        told.out
    );
}

/// What is told while somebody mends `bad.yaml`, and then ends the run.
async fn watched(place: &Place, args: &[&str]) -> String {
    let out = Shared::default();
    let mut world = place.world(&out, &Shared::default());
    let done = Arc::new(Notify::new());
    world.clock = Arc::new(Editor {
        inner: SystemClock::new(),
        file: place.path("specs/bad.yaml"),
        waits: AtomicUsize::new(0),
        done: Arc::clone(&done),
    });
    world.interrupt = Interrupt::when(async move { done.notified().await });
    assert_eq!(execute(args.iter().map(Into::into), world).await, 130);
    out.text()
}

#[tokio::test]
async fn watching_runs_again_what_changes() {
    let place = Place::new(&[("good.yaml", GOOD), ("bad.yaml", BAD)]);
    let told = watched(&place, &["--watch"]).await;
    let summaries: Vec<_> = told
        .lines()
        .filter(|line| line.contains(" passed"))
        .map(|line| line.split(" in ").next().unwrap())
        .collect();
    assert_eq!(summaries, ["  1 passed, 2 failed", "  2 passed"], "{told}");
    assert_eq!(told.matches("  watching ").count(), 2);
}

#[tokio::test]
async fn what_a_watched_run_writes_itself_is_no_change() {
    let kept = GOOD.replace("}}", "}, snapshot: shape}");
    let place = Place::new(&[("good.yaml", &kept), ("bad.yaml", BAD)]);
    let report = format!("html={}", place.path("specs/new/report.html").display());
    let told = watched(&place, &["--watch", "--update", "--report", &report]).await;
    assert!(place.path("specs/new/report.html").exists(), "{told}");
    assert!(told.contains("  1 snapshot taken, "), "{told}");
    // The one change is that of the editor, to the other file.
    assert_eq!(told.matches("  watching ").count(), 2, "{told}");
    assert!(told.contains("  2 passed in "), "{told}");
}

#[test]
fn every_file_of_the_repository_that_names_options_names_real_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let source = include_str!("../../src/cli/options.rs");
    for (file, least) in [
        ("README.md", 1),
        ("docs/reports.md", 6),
        ("specs/README.md", 18),
    ] {
        let Ok(text) = fs::read_to_string(root.join(file)) else {
            return;
        };
        let alone = text.split("`--").skip(1);
        let commands = text
            .lines()
            .filter_map(|line| line.split_once("xtask specs"));
        let in_commands = commands.flat_map(|(_, rest)| rest.split(" --").skip(1));
        let options: Vec<_> = alone.chain(in_commands).collect();
        assert!(options.len() >= least, "{file}: {}", options.len());
        for option in options {
            let end = option.find(|c: char| !c.is_ascii_lowercase() && c != '-');
            let option = &option[..end.unwrap_or(option.len())];
            let known = source.contains(&format!("Long(\"{option}\")"));
            assert!(known, "{file}: --{option}");
        }
    }
}

#[tokio::test]
async fn the_readme_tells_a_profile_that_works_and_the_codes_of_the_help() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/README.md");
    let Ok(readme) = fs::read_to_string(readme) else {
        return;
    };
    let mut place = Place::new(&[("good.yaml", GOOD)]);
    let at = readme.find("```yaml\nmine:\n").unwrap() + "```yaml\n".len();
    let profile = readme[at..].split("```").next().unwrap();
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let profile = profile.replace(
        "https://YOUR-RESOURCE.openai.azure.com",
        emulator.endpoint(),
    );
    place.write("profiles.yaml", &profile);
    place.set("AZURE_OPENAI_API_KEY", emulator.keys()[0].clone());
    let told = place.run(&["--live=mine"]).await;
    assert_eq!(told.code, 0, "{}", told.err);

    let codes = readme.split("## Exit codes\n").nth(1).unwrap();
    let codes: Vec<_> = codes.split(['·', '.']).map(str::trim).collect();
    let help = place.run(&["--help"]).await.out;
    let help = help.split("Exit codes").nth(1).unwrap();
    for (code, told) in (0..=6).chain([130]).zip(codes) {
        let (number, means) = told.split_once(' ').unwrap();
        assert_eq!(number, format!("{code}"));
        assert!(
            help.contains(&format!("  {number} {means}")),
            "{number} {means}"
        );
    }
}

/// An emulator started apart, as the profile `live` of a place.
async fn live(place: &mut Place, config: &str) -> Emulator {
    let emulator = Emulator::start(Config::from_yaml(config).unwrap());
    let emulator = emulator.await.unwrap();
    let profile = "live:\n  endpoints: {main: \"${env.ENDPOINT}\"}\n  credentials: {key: {api_key: \
                   \"${env.KEY}\"}}\n  deployments: {chat: chat}\n";
    place.write("profiles.yaml", profile);
    place.set("ENDPOINT", emulator.endpoint());
    place.set("KEY", emulator.keys()[0].clone());
    emulator
}

const CHAT: &str = "name: chat\nsteps:\n  - call: chat\n    deployment: chat\n    body: {messages: \
                    [{role: user, content: ping}]}\n    expect: {text: $nonempty}\n";

#[tokio::test]
async fn two_targets_are_compared_by_the_parts_of_their_answers() {
    let mut place = Place::new(&[("chat.yaml", CHAT), ("good.yaml", GOOD)]);
    let same = live(&mut place, "deployments: {chat: {model: gpt-4o-mini}}").await;
    let alike = place.run(&["diff", "emulator", "live"]).await;
    assert_eq!(alike.code, 0, "{}{}", alike.out, alike.err);
    let told = "2 steps compared, 0 differ between emulator and live\n";
    assert!(alike.out.starts_with(told), "{}", alike.out);
    drop(same);

    let mut place = Place::new(&[("chat.yaml", CHAT), ("good.yaml", GOOD)]);
    let _other = live(&mut place, "deployments: {other: {model: gpt-4o-mini}}").await;
    let differ = place.run(&["diff", "emulator", "live", "chat"]).await;
    assert_eq!(differ.code, 4, "{}{}", differ.out, differ.err);
    for line in [
        "chat::chat › chat\n",
        "  body.choices: list in emulator, absent in live\n",
        "  body.error: absent in emulator, map in live\n",
        "  status: 200 in emulator, 404 in live\n",
        "1 step compared, 1 differ between emulator and live\n",
    ] {
        assert!(differ.out.contains(line), "{line}\n{}", differ.out);
    }
}

#[tokio::test]
async fn two_targets_of_which_nothing_is_compared_are_not_alike() {
    let elsewhere = format!(
        "{CHAT}---\n{}",
        CHAT.replace("name: chat", "only: live\nname: b")
    );
    let elsewhere = elsewhere.replace("deployment: chat", "deployment: none");
    let mut place = Place::new(&[("chat.yaml", &elsewhere), ("good.yaml", GOOD)]);
    let _target = live(&mut place, "deployments: {chat: {model: gpt-4o-mini}}").await;
    let told = place.run(&["diff", "emulator", "live", "chat"]).await;
    assert_eq!(told.code, 4, "{}{}", told.out, told.err);
    let expected = "chat::chat\n  not run: emulator: profile emulator has no deployment `none`; live: \
                    profile live has no deployment `none`\nchat::b\n  not run: emulator: it is for a \
                    live resource only; live: profile live has no deployment `none`\nnothing could be \
                    compared between emulator and live\n";
    assert!(told.out.starts_with(expected), "{}", told.out);
    // What is compared says it all.
    let told = place.run(&["diff", "emulator", "live"]).await;
    let expected = "1 step compared, 0 differ between emulator and live\n";
    assert!(told.out.starts_with(expected), "{}", told.out);
    assert_eq!(told.code, 0);
}

#[tokio::test]
async fn a_comparison_that_a_budget_ends_is_not_taken_for_one_of_everything() {
    let mut place = Place::new(&[("chat.yaml", CHAT), ("good.yaml", GOOD)]);
    let _target = live(&mut place, "deployments: {chat: {model: gpt-4o-mini}}").await;
    let diff = ["diff", "emulator", "live"];
    let whole = place
        .run(&[&diff[..], &["--max-requests", "2"]].concat())
        .await;
    assert_eq!(whole.code, 0, "{}{}", whole.out, whole.err);
    let part = place
        .run(&[&diff[..], &["-j", "1", "--max-requests", "1"]].concat())
        .await;
    assert_eq!(part.code, 5, "{}{}", part.out, part.err);
    let reason = "the budget of the run is 1 request, and all are spent";
    let told = ["emulator", "live"].map(|side| format!("error: {side}: {reason}\n"));
    assert_eq!(part.err, told.concat());
}

#[tokio::test]
async fn a_comparison_without_its_profiles_or_its_specs_is_none() {
    let mut place = Place::new(&[("chat.yaml", CHAT), ("good.yaml", GOOD)]);
    let _target = live(&mut place, "deployments: {chat: {model: gpt-4o-mini}}").await;
    for (rest, code, told) in [
        (
            &["emulator", "lvie"][..],
            1,
            "has no profile `lvie`; did you mean `live`?",
        ),
        (&["emulator", "live", "nowhere"], 2, "nowhere"),
        (
            &["emulator", "live", "--filter", "tag:smok"],
            1,
            "none that fits `tag:smok`",
        ),
    ] {
        let compared = place.run(&[&["diff"][..], rest].concat()).await;
        assert_eq!((compared.code, &*compared.out), (code, ""), "{rest:?}");
        assert!(compared.err.contains(told), "{rest:?}: {}", compared.err);
    }
    // Of what is there it takes what is asked for.
    let one = place
        .run(&["diff", "live", "emulator", "--filter", "op:chat"])
        .await;
    let told = "1 step compared, 0 differ between live and emulator\n";
    assert!(one.out.starts_with(told), "{}", one.out);
}

#[tokio::test]
async fn a_comparison_that_is_interrupted_tells_nothing() {
    let mut place = Place::new(&[("chat.yaml", CHAT)]);
    let _target = live(&mut place, "deployments: {chat: {model: gpt-4o-mini}}").await;
    let out = Shared::default();
    let mut world = place.world(&out, &Shared::default());
    world.interrupt = Interrupt::when(async {});
    let args = ["diff", "emulator", "live"].map(Into::into);
    assert_eq!(execute(args, world).await, 130);
    assert_eq!(out.text(), "");
}

#[tokio::test]
async fn a_secret_of_either_side_in_a_comparison_ends_it_with_6() {
    // A key that is encoded twice is one that no mask knows.
    let twice = |side: &str| format!("{side}%257Ekey.one%252Bwith%252Fodd%2522marks");
    let key = |side: &str| {
        format!("keys: [\"{side}~key.one+with/odd\\\"marks\", {side}-key-number-two]\n")
    };
    let deployments = "deployments: {chat: {model: gpt-4o-mini}}\n";
    for (side, differs) in [
        ("here", false),
        ("there", false),
        ("here", true),
        ("there", true),
    ] {
        let named = CHAT.replace("- call", &format!("- name: {}\n    call", twice(side)));
        let mut place = Place::new(&[("chat.yaml", &named)]);
        place.write("emulator.yaml", &format!("{}{deployments}", key("here")));
        let other = if differs {
            "deployments: {none: {model: gpt-4o-mini}}\n"
        } else {
            deployments
        };
        let _target = live(&mut place, &format!("{}{other}", key("there"))).await;
        let told = place.run(&["diff", "emulator", "live"]).await;
        // Only what differs is told by its name.
        assert_eq!(
            told.code,
            if differs { 6 } else { 0 },
            "{side}: {}{}",
            told.out,
            told.err
        );
        assert_eq!(
            told.err
                .starts_with("LEAK  terminal:1: <key> stands there, "),
            differs,
            "{}",
            told.err
        );
    }
}

#[tokio::test]
async fn what_a_snapshot_shows_of_an_answer_makes_no_lines() {
    let body = json!({"object": "list", "data": [], "own\u{9b}2J\n::error::x": "\u{9b}2J"});
    let (_server, profile) = always(&body).await;
    let text = "name: a\nsteps:\n  - {call: models.list, snapshot: exact}\n";
    let place = Place::new(&[("a.yaml", text), ("profiles.yaml", &profile)]);
    let directory = place.path("specs/snapshots/a");
    fs::create_dir_all(&directory).unwrap();
    fs::write(
        directory.join("a.step-1.yaml"),
        "body: {data: [], object: list}\n",
    )
    .unwrap();
    for args in [&["--live"][..], &["--live", "--review"]] {
        let told = place.run(args).await;
        assert!(told.out.contains("::error::x"), "{}", told.out);
        let orders = |c: char| c.is_control() && c != '\n';
        assert!(!told.out.contains(orders), "{:?}", told.out);
        let mut lines = told.out.lines();
        let forged = lines.find(|line| line.trim_start().starts_with("::error"));
        assert_eq!(forged, None, "{}", told.out);
    }
}

#[tokio::test]
async fn a_snapshot_holds_until_somebody_takes_another() {
    let spec = |reply: &str| {
        format!(
            "name: asked\nsteps:\n  - call: chat\n    deployment: gpt-4o-mini\n    emulator: {{reply: \
             {reply}}}\n    body: {{messages: [{{role: user, content: ping}}]}}\n    snapshot: \
             exact\n  - {{call: models.list, snapshot: shape}}\n"
        )
    };
    let place = Place::new(&[("a.yaml", &spec("Paris"))]);
    let files = ["a/asked.step-1.yaml", "a/asked.step-2.yaml"];
    let files = files.map(|name| place.path("specs/snapshots").join(name));

    let none = place.run(&[]).await;
    assert_eq!(none.code, 4, "{}{}", none.out, none.err);
    assert!(
        none.out.contains("there is no such snapshot yet"),
        "{}",
        none.out
    );
    assert!(!files[0].exists());

    // Their directory is a link to nowhere.
    std::os::unix::fs::symlink("gone", place.path("specs/snapshots")).unwrap();
    let nowhere = place.run(&["--update"]).await;
    assert_eq!(nowhere.code, 4, "{}{}", nowhere.out, nowhere.err);
    let told = format!("error: {}: ", files[1].display());
    assert!(nowhere.err.contains(&told), "{}", nowhere.err);
    let end = "  0 snapshots taken, 2 left as they were\n  no secrets in ";
    assert!(nowhere.out.contains(end), "{}", nowhere.out);
    fs::remove_file(place.path("specs/snapshots")).unwrap();

    let one = place.run_answering("y\nn\n", &["--review"]).await;
    assert_eq!(one.code, 4, "{}{}", one.out, one.err);
    assert!(
        one.out.contains("1 snapshot taken, 1 left as they were"),
        "{}",
        one.out
    );
    assert!(files[0].exists() && !files[1].exists());
    let both = place.run_answering("yes\n", &["--review"]).await;
    assert_eq!(both.code, 0, "{}{}", both.out, both.err);
    let kept = fs::read_to_string(&files[0]).unwrap();
    assert!(kept.contains("Paris") && kept.contains("<id>"), "{kept}");
    assert_eq!(place.run(&[]).await.code, 0);

    place.write("a.yaml", &spec("London"));
    let changed = place.run(&[]).await;
    assert_eq!(changed.code, 4, "{}{}", changed.out, changed.err);
    for line in ["@@ body.choices.0.message.content @@", "Paris", "London"] {
        assert!(changed.out.contains(line), "{line}\n{}", changed.out);
    }
    assert_eq!(place.run(&["--update"]).await.code, 0);
    assert_eq!(place.run(&[]).await.code, 0);
    assert!(fs::read_to_string(&files[0]).unwrap().contains("London"));
}

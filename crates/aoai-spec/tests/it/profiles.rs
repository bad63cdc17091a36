//! What stands in a file of profiles, and what is told of mistakes in it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aoai_emulator::{Config, Emulator};
use aoai_http::{Result, Transport, WireRequest, WireResponse};
use aoai_spec::{Event, Profile, Runner, State};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// The diagnostics of a file.
fn told(text: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let loaded = Profile::load(file.path(), "p", |name| {
        (name == "SET").then(|| "value".to_owned())
    });
    let error = loaded.expect_err(text);
    assert_eq!(error.exit_code(), 2, "{text}");
    error.to_string()
}

#[test]
fn a_reference_that_never_has_a_value_is_a_mistake() {
    for (line, place, complaints) in [
        (
            "deployments: {chat: \"${CHAT}\"}",
            ":2:23",
            ["no value `CHAT` in a profile", "`${env.CHAT}`"],
        ),
        (
            "credentials: {key: {api_key: \"${env.K\"}}",
            ":2:32",
            ["a `${` without a name and `}`", "`$${` is a literal `${`"],
        ),
        (
            "endpoints: {main: \"https://${run.id}.invalid\"}",
            ":2:21",
            ["no value `run.id` in a profile", "`${env.run.id}`"],
        ),
        (
            "secrets: {pw: \"${pw:-none}\"}",
            ":2:17",
            ["no value `pw` in a profile", "`${env.pw}`"],
        ),
        (
            "vars: {list: [one, \"${ENV}\"]}",
            ":2:22",
            ["no value `ENV` in a profile", "`${env.ENV}`"],
        ),
        (
            "credentials: {key: {key_vault: {url: \"${URL}\", secret: s}}}",
            ":2:40",
            ["no value `URL` in a profile", "`${env.URL}`"],
        ),
    ] {
        let told = told(&format!("p:\n  {line}\n"));
        assert_eq!(told.matches("error: ").count(), 1, "{told}");
        assert!(told.contains(place), "{line}: {told}");
        for complaint in complaints {
            assert!(told.contains(complaint), "{line}: {told}");
        }
    }
}

#[test]
fn what_the_environment_may_have_and_what_is_literal_is_taken() {
    let text = "p:\n  endpoints: {main: \"${env.UNSET}\", other: \"${env.SET}\"}\n  deployments: \
                {chat: \"${env.UNSET:-}\", small: \"$${x}\"}\n  prices: {chat: {prompt: 1}}\n  \
                retries: 0\n  jobs: 1\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let lookup = |name: &str| (name == "SET").then(|| "https://x.invalid".to_owned());
    Profile::load(file.path(), "p", lookup).unwrap();
}

#[test]
fn numbers_out_of_range_are_told_at_their_place() {
    for (line, place, complaint) in [
        (
            "retries: 99999999999",
            ":2:12",
            "`retries` is a number from 0 to 4294967295, not the number 99999999999",
        ),
        (
            "jobs: 0",
            ":2:9",
            "`jobs` is a number from 1 to 4294967295, not the number 0",
        ),
        ("jobs: many", ":2:9", "`jobs` is a whole number, not `many`"),
    ] {
        let told = told(&format!("p:\n  {line}\n"));
        assert!(
            told.contains(place) && told.contains(complaint),
            "{line}: {told}"
        );
    }
}

#[test]
fn a_price_needs_its_deployment_and_a_file_is_one_document() {
    let price = told("p:\n  deployments: {chat: gpt}\n  prices: {caht: {prompt: 1}}\n");
    for part in [
        ":3:12",
        "there is no deployment `caht` to have a price",
        "did you mean `chat`?",
    ] {
        assert!(price.contains(part), "{part}: {price}");
    }
    let second = told("p:\n  jobs: 1\n---\nq:\n  jobs: 1\n");
    for part in [":4:1", "a file of profiles is one document"] {
        assert!(second.contains(part), "{part}: {second}");
    }
}

#[test]
fn names_that_mean_the_same_everywhere_are_refused() {
    for (line, place, message) in [
        (
            "deployments: {missing: gpt}",
            ":2:17",
            "`missing` is a name of the language's own",
        ),
        (
            "credentials: {none: {api_key: not-a-real-key}}",
            ":2:17",
            "`none` is a name of the language's own",
        ),
        (
            "credentials: {wrong-key: {api_key: \"\"}}",
            ":2:17",
            "`wrong-key` is a name of the language's own",
        ),
    ] {
        let told = told(&format!("p:\n  {line}\n"));
        assert!(told.starts_with(&format!("error: {message}\n")), "{told}");
        assert!(told.contains(&format!("{place}\n")), "{told}");
    }
}

#[test]
fn a_file_without_profiles_says_so() {
    let told = told("- p\n");
    let message = "error: a file of profiles is a mapping, not a list\n";
    assert!(told.starts_with(message), "{told}");
    let file = tempfile::NamedTempFile::new().unwrap();
    for empty in ["", "{}\n", "# nothing yet\n"] {
        fs::write(file.path(), empty).unwrap();
        let error = Profile::load(file.path(), "p", |_| None).unwrap_err();
        let expected = format!("{} has no profile `p`; it is empty", file.path().display());
        assert_eq!((error.exit_code(), error.to_string()), (1, expected));
    }
}

#[tokio::test]
async fn what_is_skipped_names_the_variables_that_would_bring_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let profile = "p:\n  endpoints: {main: \"http://127.0.0.1:1\"}\n  credentials:\n    key: {api_key: \
                   \"${env.KEY}\"}\n    two: {two_keys: {primary: {api_key: \"${env.KEY}\"}, secondary: \
                   {api_key: \"${env.KEY_2:-}\"}}}\n    vault: {key_vault: {url: \"${env.URL:-}\", \
                   secret: \"${env.SECRET:-aoai-key}\"}}\n    set: {api_key: \"${env.SET}\"}\n  \
                   deployments: {chat: \"${env.CHAT:-}\", small: \"\"}\n  vars: {prompt: \
                   \"${env.PROMPT:-}\"}\n  secrets: {pw: \"${env.PW:-}\"}\n";
    fs::write(file.path(), profile).unwrap();
    let lookup = |name: &str| (name == "SET").then(|| "not-a-real-key".to_owned());
    let profile = Profile::load(file.path(), "p", lookup).unwrap();
    let ask = |name: &str, more: &str, deployment: &str| {
        format!(
            "name: {name}\n{more}\nsteps:\n  - call: chat\n    deployment: {deployment}\n    body: \
             {{messages: [{{role: user, content: hi}}]}}\n    expect: {{status: 200}}\n"
        )
    };
    let specs = [
        ask("key", "", "chat"),
        ask("two", "use: {credential: two}", "chat"),
        ask("vault", "use: {credential: vault}", "chat"),
        ask("chat", "use: {credential: set}", "chat"),
        ask("small", "use: {credential: set}", "small"),
        ask("none", "use: {credential: set}", "none"),
        ask(
            "var",
            "use: {credential: set}\nvars: {prompt: ~}",
            "missing",
        ),
        ask("secret", "use: {credential: set}\nvars: {pw: ~}", "missing"),
    ];
    let runner = Runner::from_text(specs.join("---\n")).profile(profile);
    let report = runner.run().await.into_result().unwrap();
    let reasons = report.cells().map(|cell| match &cell.state {
        State::Skipped(reason) => reason.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            "profile p has no credential `key`: KEY is not set",
            "profile p has no credential `two`: KEY, KEY_2 are not set",
            "profile p has no credential `vault`: URL is not set",
            "profile p has no deployment `chat`: CHAT is not set",
            "profile p has no deployment `small`",
            "profile p has no deployment `none`",
            "profile p has no `prompt`: PROMPT is not set",
            "profile p has no `pw`: PW is not set",
        ]
    );
}

#[tokio::test]
async fn whoever_names_none_means_the_only_endpoint_and_credential() {
    let emulator = Emulator::start(Config::default()).await.unwrap();
    let (url, [key, _]) = (emulator.endpoint(), emulator.keys());
    let text = "name: a\nsteps:\n  - {call: models.list, expect: {status: 200}}\n";
    let west = format!("west: {url}");
    let west_or_east = format!("west: {url}, east: {url}");
    let usual_and_east = format!("main: {url}, east: {url}");
    let one = format!("token: {{api_key: {key}}}");
    let two = format!("token: {{api_key: {key}}}, other: {{api_key: {key}}}");
    let has = "it has: east, west";
    for (endpoints, credentials, skipped) in [
        (&*west, &*one, None),
        (&*usual_and_east, &*one, None),
        (
            &*west_or_east,
            &*one,
            Some(format!("profile p has no endpoint `main`; {has}")),
        ),
        (
            &*west,
            &*two,
            Some("profile p has no credential `key`".to_owned()),
        ),
        // One that only lacks its variable may be the one that is meant.
        (
            &*format!("{west}, main: \"${{env.URL}}\""),
            &*one,
            Some("profile p has no endpoint `main`: URL is not set".to_owned()),
        ),
    ] {
        let yaml = format!("p:\n  endpoints: {{{endpoints}}}\n  credentials: {{{credentials}}}\n");
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &yaml).unwrap();
        let profile = Profile::load(file.path(), "p", |_| None).unwrap();
        let runner = Runner::from_text(text).profile(profile);
        let report = runner.run().await.into_result().unwrap();
        let state = skipped.map_or(State::Passed, State::Skipped);
        assert_eq!(report.specs[0].cells[0].state, state, "{yaml}");
    }
}

/// Counts how many requests are under way at once, at most.
#[derive(Clone, Debug, Default)]
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl Transport for Crowd {
    async fn exchange(&self, _: WireRequest) -> Result<WireResponse> {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        // Long enough for all that may be there to come.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        self.now.fetch_sub(1, Ordering::Relaxed);
        let body = Bytes::from_static(br#"{"object": "list", "data": []}"#);
        Ok(WireResponse::new(StatusCode::OK, HeaderMap::new(), body))
    }
}

#[tokio::test]
async fn so_many_files_run_at_once_as_the_profile_says_unless_the_run_says_otherwise() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..10 {
        let spec = format!(
            "name: spec {number}\nsteps:\n  - {{call: models.list, expect: {{status: 200}}}}\n"
        );
        fs::write(directory.path().join(format!("{number}.yaml")), spec).unwrap();
    }
    for (of_profile, of_run, jobs) in [
        ("jobs: 1", None, 1),
        ("jobs: 3", None, 3),
        ("jobs: 3", Some(2), 2),
        ("jobs: 3", Some(5), 5),
        ("retries: 0", None, 8),
    ] {
        let profiles = tempfile::NamedTempFile::new().unwrap();
        let profile = "p:\n  endpoints: {main: \"http://127.0.0.1:1\"}\n  credentials: {key: {api_key: \
                       not-a-real-key}}\n";
        fs::write(profiles.path(), format!("{profile}  {of_profile}\n")).unwrap();
        let crowd = Crowd::default();
        let runner = Runner::new(directory.path())
            .profile(Profile::load(profiles.path(), "p", |_| None).unwrap())
            .transport(crowd.clone());
        let runner = match of_run {
            Some(jobs) => runner.jobs(jobs),
            None => runner,
        };
        let told = AtomicUsize::new(0);
        let sink = |event: &Event<'_>| {
            if let Event::Started { jobs, .. } = event {
                told.store(*jobs, Ordering::Relaxed);
            }
        };
        let report = runner.run_with(&sink).await.unwrap();
        assert_eq!(report.exit_code(), 0);
        assert_eq!(told.into_inner(), jobs, "{of_profile} {of_run:?}");
        assert_eq!(
            crowd.most.load(Ordering::Relaxed),
            jobs,
            "{of_profile} {of_run:?}"
        );
    }
}

//! What stands in a file of profiles, and what is told of mistakes in it.

use std::fs;

use aoai_spec::Profile;

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

use std::fs;

use aoai_auth::{
    AccessToken, ApiKey, Audience, Cached, Credential, CredentialProvider, Dotenv, ErrorKind,
    Source, from_lookup,
};
use tempfile::TempDir;

use crate::support::{api_key, text};

const NAME: &str = "API_KEY";

#[tokio::test]
async fn a_given_key_is_there_without_asking_anyone() {
    let issued = ApiKey::new(" fake-key\n").credential(&Audience::AI).await;
    assert_eq!(text(&issued), "fake-key");
    assert_eq!(issued.unwrap().source, Source::Local);
}

#[tokio::test]
async fn a_given_key_that_cannot_be_sent_is_reported_when_it_is_asked_for() {
    for (key, kind, told) in [
        ("", ErrorKind::NotConfigured, "the api key is empty"),
        (
            "fake\nkey",
            ErrorKind::Misconfigured,
            "the api key cannot be sent in a header: its character 5 is a line break; copy it again",
        ),
    ] {
        let provider = ApiKey::new(key);
        let error = provider.credential(&Audience::AI).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, told));
    }
}

#[tokio::test]
async fn a_given_token_yields_itself() {
    let given = AccessToken::new(" fake-token ");
    let issued = given.credential(&Audience::AI).await.unwrap();
    assert_eq!(
        issued.credential,
        Credential::Bearer(AccessToken::new("fake-token"))
    );
    let error = AccessToken::new("fake token")
        .credential(&Audience::AI)
        .await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Misconfigured);
}

#[test]
fn a_variable_that_gives_no_key_is_named() {
    for (value, kind, told) in [
        (None, ErrorKind::NotConfigured, "API_KEY is not set"),
        (
            Some(""),
            ErrorKind::NotConfigured,
            "API_KEY is set but empty",
        ),
        (
            Some(" \n"),
            ErrorKind::NotConfigured,
            "API_KEY is set but empty",
        ),
        (
            Some("fake key"),
            ErrorKind::Misconfigured,
            "API_KEY cannot be sent in a header: its character 5 is a space; copy it again",
        ),
    ] {
        let error = ApiKey::from_lookup(NAME, |_| value.map(str::to_owned)).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, told));
    }
}

#[test]
fn the_process_environment_is_where_from_env_looks() {
    // Cargo sets this one for every test it runs.
    assert!(ApiKey::from_env("CARGO_MANIFEST_DIR").is_ok());
    let error = ApiKey::from_env("AOAI_AUTH_TEST_UNSET").unwrap_err();
    assert_eq!(error.to_string(), "AOAI_AUTH_TEST_UNSET is not set");
}

#[tokio::test]
async fn the_environment_is_read_by_the_precedence_of_microsofts_clients() {
    const TOKEN: &str = "AZURE_OPENAI_AD_TOKEN";
    const KEY: &str = "AZURE_OPENAI_API_KEY";
    for (token, key, variable) in [
        (Some("fake-token"), Some("fake-key"), TOKEN),
        (Some("fake-token"), None, TOKEN),
        (Some(""), Some("fake-key"), KEY),
        (None, Some("fake-key"), KEY),
    ] {
        let environment = |name: &str| match name {
            TOKEN => token.map(str::to_owned),
            KEY => key.map(str::to_owned),
            other => panic!("nobody should read {other}"),
        };
        let found = from_lookup(environment).unwrap();
        assert_eq!(found.variable(), variable);
        let issued = found.credential(&Audience::AI).await.unwrap();
        let expected = match variable {
            TOKEN => Credential::Bearer(AccessToken::new("fake-token")),
            _ => api_key("fake-key"),
        };
        assert_eq!(issued.credential, expected);
    }
}

#[test]
fn an_environment_without_credentials_is_described() {
    let error = from_lookup(|name| (name == "AZURE_OPENAI_API_KEY").then(String::new)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured);
    assert_eq!(
        error.to_string(),
        "AZURE_OPENAI_AD_TOKEN is not set, AZURE_OPENAI_API_KEY is set but empty; set one of them"
    );
}

#[test]
fn a_token_that_cannot_be_sent_does_not_fall_back_to_the_key() {
    let error = from_lookup(|_| Some("fake token".to_owned())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().starts_with("AZURE_OPENAI_AD_TOKEN "));
}

/// A directory with a `.env` file in it.
fn dotenv(content: &str) -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env");
    fs::write(&path, content).unwrap();
    (directory, path)
}

#[tokio::test]
async fn a_key_is_read_from_every_form_of_a_dotenv_file() {
    for content in [
        "API_KEY=fake-key",
        "\u{feff}API_KEY=fake-key\r\n",
        "# a comment\nOTHER=x\n\nexport API_KEY='fake-key' # the key\n",
        "API_KEY=\"fake-key\"\nAPI_KEY=fake-other\n",
    ] {
        let (_directory, path) = dotenv(content);
        let provider = ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap();
        let issued = provider.credential(&Audience::AI).await;
        assert_eq!(text(&issued), "fake-key", "{content:?}");
    }
}

#[tokio::test]
async fn the_environment_wins_over_the_file_unless_it_is_empty() {
    let (_directory, path) = dotenv("API_KEY=fake-from-file\n");
    for (value, expected) in [
        ("fake-from-environment", "fake-from-environment"),
        ("", "fake-from-file"),
    ] {
        let environment = |name: &str| (name == NAME).then(|| value.to_owned());
        let provider = ApiKey::from_dotenv_or(&path, NAME, environment).unwrap();
        assert_eq!(text(&provider.credential(&Audience::AI).await), expected);
    }
    let provider = ApiKey::from_dotenv("no such file", "CARGO_MANIFEST_DIR").unwrap();
    assert!(provider.credential(&Audience::AI).await.is_ok());
}

#[tokio::test]
async fn a_key_replaced_in_the_file_is_taken_up_after_a_refusal() {
    let (_directory, path) = dotenv("API_KEY=fake-old\n");
    let provider = Cached::new(ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap());
    assert_eq!(text(&provider.credential(&Audience::AI).await), "fake-old");
    fs::write(&path, "API_KEY=fake-new\n").unwrap();
    assert_eq!(text(&provider.credential(&Audience::AI).await), "fake-old");
    provider.invalidate(&api_key("fake-old"));
    assert_eq!(text(&provider.credential(&Audience::AI).await), "fake-new");
}

#[test]
fn a_file_that_gives_no_key_is_described_without_showing_it() {
    use ErrorKind::{Misconfigured, NotConfigured};
    for (content, kind, told) in [
        (
            "OTHER=x\n",
            NotConfigured,
            "API_KEY is neither in the environment nor in {}",
        ),
        ("API_KEY=\n", NotConfigured, "API_KEY in {} is empty"),
        (
            "OTHER=x\n\nAPI_KEY=fake canary\n",
            Misconfigured,
            "{} line 3 is not of the form NAME=value; quote a value that holds a space or a `#`",
        ),
        (
            "# canary b\nOTHER='1\n2'\nAPI_KEY=canary b\n",
            Misconfigured,
            "{} line 4 is not of the form NAME=value; quote a value that holds a space or a `#`",
        ),
        (
            "# a comment\nAPI_KEY='canary\n",
            Misconfigured,
            "{} line 2 is not of the form NAME=value; quote a value that holds a space or a `#`",
        ),
        (
            "API_KEY='fake canary'\n",
            Misconfigured,
            "API_KEY in {} cannot be sent in a header: its character 5 is a space; copy it again",
        ),
    ] {
        let (_directory, path) = dotenv(content);
        let error = ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(
            error.to_string(),
            told.replace("{}", path.to_str().unwrap())
        );
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[test]
fn a_key_is_not_put_together_from_variables() {
    for (content, line) in [
        ("API_KEY=canary$HOME.123", 1),
        ("API_KEY=canary$", 1),
        ("API_KEY=canary${HOME}", 1),
        ("API_KEY=\"canary$HOME\"\n", 1),
        ("API_KEY=\"canary$HOME.123\"\n", 1),
        ("API_KEY='canary'$HOME\n", 1),
        ("API_KEY=\"it's canary$HOME\"\n", 1),
        ("API_KEY=canary\\\\$HOME\n", 1),
        ("API_KEY=canary#$HOME\n", 1),
        (
            "\u{feff}# a comment\r\n\r\nexport API_KEY = canary$HOME # why\r\n",
            3,
        ),
        ("OTHER='two\nlines'\nAPI_KEY=\"canary\n$HOME\"\n", 3),
        ("OTHER='x'\nOTHER=\"$HOME\"\nAPI_KEY=canary\n", 2),
        ("OTHER=$HOME\nAPI_KEY=$OTHER\nAPI_KEY=canary\n", 2),
    ] {
        let (_directory, path) = dotenv(content);
        let error = ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{content:?}");
        assert_eq!(
            error.to_string(),
            format!(
                "{} line {line} holds a `$`, which stands for another variable there; put the value \
                 in single quotes",
                path.display()
            ),
            "{content:?}"
        );
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_dollar_that_stands_for_itself_is_a_part_of_the_key() {
    let long = format!("# {}\nAPI_KEY='fake$HOME'\n", "x".repeat(20_000));
    for (content, key) in [
        ("API_KEY='fake$HOME.123'\n", "fake$HOME.123"),
        ("API_KEY = fake'$HOME'.123 # why\n", "fake$HOME.123"),
        ("API_KEY=fake\\$HOME.123\n", "fake$HOME.123"),
        ("API_KEY=\"fake\\$HOME.123\"\n", "fake$HOME.123"),
        ("API_KEY=fake-key # $HOME\n", "fake-key"),
        ("API_KEY=\"fake-key\"\t# it's $5\n", "fake-key"),
        ("OTHER=$HOME\nAPI_KEY=fake-key\n", "fake-key"),
        ("OTHER='\nAPI_KEY=$HOME'\nAPI_KEY=fake-key\n", "fake-key"),
        (
            "API_KEY=fake-key\nAPI_KEY=$HOME\nOTHER=not this\n",
            "fake-key",
        ),
        (long.as_str(), "fake$HOME"),
    ] {
        let (_directory, path) = dotenv(content);
        let provider = ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap();
        let issued = provider.credential(&Audience::AI).await;
        assert_eq!(text(&issued), key, "{content:?}");
    }
}

#[tokio::test]
async fn lines_are_counted_and_values_read_however_long_they_are() {
    // Around the sizes in which readers take a file.
    for length in [1, 8_000, 8_191, 8_192, 8_193, 16_384, 100_000] {
        let filler = "x".repeat(length);
        let before = format!("# {filler}\nOTHER='{filler}\n{filler}'\n\n");
        let (_directory, path) = dotenv(&format!("{before}API_KEY='fake{filler}'\n"));
        let provider = ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap();
        let issued = provider.credential(&Audience::AI).await;
        assert_eq!(text(&issued), format!("fake{filler}"));
        let (_directory, path) = dotenv(&format!("{before}API_KEY=canary${filler}"));
        let error = ApiKey::from_dotenv_or(&path, NAME, |_| None).unwrap_err();
        assert!(error.to_string().contains(" line 5 holds a `$`"), "{error}");
    }
}

#[test]
fn a_missing_file_is_not_configured_and_an_unreadable_one_is_misconfigured() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("nowhere");
    let error = ApiKey::from_dotenv_or(&missing, NAME, |_| None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured);
    assert_eq!(
        error.to_string(),
        format!(
            "API_KEY is not in the environment, and there is no file {}",
            missing.display()
        )
    );
    let error = ApiKey::from_dotenv_or(directory.path(), NAME, |_| None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_dotenv_file_that_was_read_yields_what_it_held_by_name() {
    let (directory, path) = dotenv("A=one\nB='two $words'\nC=canary$D\nD=\nE=canary f\n");
    let file = Dotenv::read(&path).unwrap();
    fs::write(&path, "A=changed\n").unwrap();
    let value = |name| file.value(name).unwrap().unwrap().expose().to_owned();
    assert_eq!(
        ["A", "B", "D"].map(value),
        ["one", "two $words", ""].map(str::to_owned)
    );
    for (name, place) in [
        ("C", "line 3 holds a `$`"),
        ("E", "line 5 is not of the form"),
    ] {
        let error = file.value(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains(place), "{error}");
    }
    assert!(!format!("{file:?}").contains("canary"));
    assert_eq!(Dotenv::read(&path).unwrap().value("B").unwrap(), None);

    let missing = directory.path().join("nowhere");
    let error = Dotenv::read(&missing).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConfigured);
    assert_eq!(
        error.to_string(),
        format!("there is no file {}", missing.display())
    );
}

//! Every provider, through success and failure, with secrets that must not show.

use std::fs;
use std::sync::Arc;

use aoai_auth::testing::{Capture, Conformance};
use aoai_auth::{
    AccessToken, ApiKey, Audience, Cached, Chain, Credential, CredentialProvider, ErrorKind,
    Issued, Result, TwoKeys, from_lookup,
};
use async_trait::async_trait;

use crate::support::{Scripted, failure, key};

/// A secret with letters that every encoding spells in its own way.
const CANARY: &str = "canary~K1+/=%&\"'<>\\{}";

fn checks() -> Conformance {
    Conformance::new([CANARY])
}

#[tokio::test]
async fn providers_of_what_is_at_hand_show_nothing() {
    let issued = checks().yields(ApiKey::new(CANARY)).await;
    assert_eq!(issued.credential, Credential::ApiKey(CANARY.into()));
    assert_eq!(format!("{:?}", issued.credential), "ApiKey([redacted])");
    checks().yields(AccessToken::new(CANARY)).await;
    for variable in ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"] {
        let lookup = |name: &str| (name == variable).then(|| CANARY.to_owned());
        checks().yields(from_lookup(lookup).unwrap()).await;
    }
    let spoilt = format!("{CANARY} {CANARY}");
    checks().fails(ApiKey::new(spoilt.as_str())).await;
    checks().fails(AccessToken::new(spoilt.as_str())).await;
    let error = from_lookup(|_| Some(spoilt.clone())).unwrap_err();
    checks().inspect("an error", &format!("{error} {error:?}"));
}

#[tokio::test]
async fn a_dotenv_file_shows_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env");
    let canary = "canary-of-a-file";
    let checks = Conformance::new([canary]);
    fs::write(&path, format!("API_KEY={canary}\n")).unwrap();
    let provider = ApiKey::from_dotenv_or(&path, "API_KEY", |_| None).unwrap();
    checks.yields(provider.clone()).await;
    for content in [
        format!("API_KEY={canary} {canary}\n"),
        format!("API_KEY='{canary} {canary}'\n"),
        format!("API_KEY='{canary}\n"),
        format!("API_KEY {canary}\n"),
        format!("OTHER={canary}\n"),
    ] {
        fs::write(&path, content).unwrap();
        checks.fails(provider.clone()).await;
    }
}

#[tokio::test]
async fn wrappers_show_nothing() {
    checks().yields(Cached::new(ApiKey::new(CANARY))).await;
    checks().yields(Chain::new().or(ApiKey::new(CANARY))).await;
    checks()
        .yields(Arc::new(TwoKeys::new(
            ApiKey::new(CANARY),
            ApiKey::new("fake"),
        )))
        .await;
    let spoilt = || ApiKey::new(format!("{CANARY} {CANARY}"));
    checks().fails(Cached::new(spoilt())).await;
    checks().fails(Chain::new().or(spoilt())).await;
    checks().fails(TwoKeys::new(spoilt(), spoilt())).await;
}

/// What the checks panic with.
async fn complaint(provider: impl CredentialProvider) -> String {
    let local = tokio::task::LocalSet::new();
    let checked = local.run_until(async {
        let check = async move { checks().yields(provider).await };
        tokio::task::spawn_local(check).await
    });
    let payload = checked.await.unwrap_err().into_panic();
    match payload.downcast_ref::<String>() {
        Some(text) => text.clone(),
        None => (*payload.downcast_ref::<&str>().unwrap()).to_owned(),
    }
}

#[tokio::test]
async fn conformance_finds_what_is_wrong() {
    /// Shows its key, and panics with it or logs it if told to.
    #[derive(Debug)]
    struct Leaky {
        #[expect(dead_code, reason = "shown by Debug")]
        shown: &'static str,
        panics: bool,
        logs: bool,
    }

    #[async_trait]
    impl CredentialProvider for Leaky {
        async fn credential(&self, _audience: &Audience) -> Result<Issued> {
            assert!(!self.panics, "no use for {CANARY}");
            if self.logs {
                tracing::trace!(key = CANARY);
            }
            Ok(Issued::local(Credential::ApiKey(CANARY.into())))
        }
    }

    for (shown, panics, logs, expected) in [
        (CANARY, false, false, "Debug of the provider shows secret 1"),
        ("", true, false, "the panic of the provider shows secret 1"),
        ("", false, true, "the log shows secret 1"),
    ] {
        let leaky = Leaky {
            shown,
            panics,
            logs,
        };
        let message = complaint(leaky).await;
        assert!(message.starts_with(expected), "{message}");
        assert!(!message.contains("canary"), "{message}");
    }
    for (provider, expected) in [
        (
            Scripted::new([failure(ErrorKind::Unavailable)]),
            "after a call was given up, the provider fails: the script says so",
        ),
        (
            Scripted::new([key("fake key")]),
            "the credential cannot be sent in a header",
        ),
        (
            Scripted::new([crate::support::token(
                "fake",
                std::time::SystemTime::UNIX_EPOCH,
            )]),
            "the credential has expired",
        ),
    ] {
        let message = complaint(provider).await;
        assert!(message.starts_with(expected), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn a_dotenv_file_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("settings").join(".env");
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, "API_KEY=fake-canary\n").unwrap();
    let warnings = |mode: u32| {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let capture = Capture::start();
        ApiKey::from_dotenv_or(&path, "API_KEY", |_| None).unwrap();
        let text = capture.text();
        assert!(!text.contains("canary"), "{text}");
        ["readable by everyone", "tracked by git"].map(|part| text.contains(part))
    };
    assert_eq!(warnings(0o600), [false, false]);
    assert_eq!(warnings(0o640), [false, false]);
    assert_eq!(warnings(0o644), [true, false]);

    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(directory.path())
            .args(arguments)
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    assert_eq!(warnings(0o600), [false, false]);
    // A name that ends in the file's, and one that is as long.
    fs::create_dir(directory.path().join("xsettings")).unwrap();
    for other in ["xsettings/.env", "settings/.emv"] {
        fs::write(directory.path().join(other), "").unwrap();
        git(&["add", other]);
    }
    assert_eq!(warnings(0o600), [false, false]);
    git(&["add", "settings/.env"]);
    assert_eq!(warnings(0o600), [false, true]);
    git(&["rm", "--cached", "--quiet", "settings/.env"]);
    assert_eq!(warnings(0o600), [false, false]);
}

#[test]
fn what_is_logged_is_kept_though_another_thread_came_by_first() {
    fn tell() {
        tracing::info!("a word");
    }
    let capture = Capture::start();
    std::thread::spawn(tell).join().unwrap();
    assert_eq!(capture.text(), "");
    tell();
    assert!(capture.text().contains("a word"), "{}", capture.text());
}

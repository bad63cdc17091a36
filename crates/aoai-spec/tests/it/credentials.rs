//! The credentials of specs: of the emulator, and as profiles describe them.

use std::sync::Arc;

use aoai_emulator::{Config, Emulator, Identity, Service};
use aoai_spec::{Profile, Runner, State};

const PING: &str = "call: chat, deployment: chat, body: {messages: [{role: user, content: ping}]}";

async fn with_identity() -> Arc<Emulator> {
    let mut config = Config::default();
    config.identity = Some(Identity::default());
    Arc::new(Emulator::start(config).await.unwrap())
}

#[tokio::test]
async fn each_cell_fetches_its_own_token_and_none_of_them_is_reported() {
    let emulator = with_identity().await;
    let text = format!(
        "name: a\nmatrix: {{via: [typed, raw]}}\nuse: {{credential: entra}}\nsteps:\n  - {{name: one, \
         {PING}, expect: {{auth: {{source: network}}}}}}\n  - {{name: two, {PING}, expect: {{auth: \
         {{source: cache}}}}}}\n"
    );
    let runner = Runner::from_text(text).emulator(Arc::clone(&emulator));
    let report = runner.run().await.into_result().unwrap();
    let states: Vec<_> = report.cells().map(|cell| &cell.state).collect();
    assert_eq!(states, [&State::Passed, &State::Passed]);
    assert_eq!(emulator.statuses(Service::Token), [200, 200]);
    let told = report.json().to_string();
    assert!(told.contains("Bearer <entra>"), "{told}");
    assert!(!told.contains("eyJ"), "{told}");
}

#[tokio::test]
async fn a_spec_that_changes_its_emulator_has_one_for_itself() {
    let emulator = with_identity().await;
    let [key, _] = emulator.keys();
    let text = format!(
        "name: changes\nuse: {{credential: vault}}\nsteps:\n  - {{{PING}, expect: {{auth: {{source: \
         network}}}}}}\n  - {{emulator: {{rotate_key: vault}}}}\n  - {{{PING}, expect: {{attempts: \
         [{{status: 401}}, {{status: 200}}]}}}}\n---\nname: goes on\nsteps:\n  - {{{PING}, expect: \
         {{attempts: [{{status: 200}}]}}}}\n"
    );
    let runner = Runner::from_text(text).emulator(Arc::clone(&emulator));
    let report = runner.run().await.into_result().unwrap();
    assert_eq!(report.exit_code(), 0, "{:#}", report.json());
    assert_eq!(emulator.keys()[0], key);
    assert_eq!(emulator.statuses(Service::OpenAi), [200]);
    assert_eq!(emulator.statuses(Service::Vault), [0_u16; 0]);
}

#[tokio::test]
async fn an_emulator_without_a_vault_has_no_key_in_it() {
    let emulator = Arc::new(Emulator::start(Config::default()).await.unwrap());
    let profile = format!("{:?}", Profile::of_emulator(&emulator));
    assert!(
        !profile.contains("vault") && !profile.contains("entra"),
        "{profile}"
    );
}

/// What a profile with this credential is told, or whether it has the credential.
fn profile(name: &str, credential: &str) -> Result<bool, String> {
    let path = format!("{}/{name}.yaml", env!("CARGO_TARGET_TMPDIR"));
    let text = format!(
        "p:\n  endpoints: {{main: \"https://a.example\"}}\n  credentials: {{fake: {credential}}}\n"
    );
    std::fs::write(&path, text).unwrap();
    let set = |name: &str| (name == "SET").then(|| "default".to_owned());
    match Profile::load(&path, "p", set) {
        Ok(profile) => Ok(format!("{profile:?}").contains("\"fake\": ")),
        Err(error) => Err(error.diagnostics()[0].to_string()),
    }
}

#[test]
fn identities_and_vaults_stand_in_profiles() {
    let secret = "{client_secret: {tenant: t, client: c, secret: fake-secret}}";
    for (credential, is_there) in [
        ("{entra: default}", true),
        ("{entra: \"${env.SET}\"}", true),
        ("{entra: \"${env.UNSET:-}\"}", false),
        ("{entra: workload_identity}", true),
        ("{entra: managed_identity}", true),
        ("{entra: {managed_identity: {client_id: c}}}", true),
        (
            "{entra: {managed_identity: {client_id: \"${env.UNSET:-}\"}}}",
            false,
        ),
        ("{entra: developer_tools}", true),
        ("{entra: azure_cli}", true),
        ("{entra: azure_developer_cli}", true),
        (&format!("{{entra: {secret}}}"), true),
        (
            "{entra: {client_secret: {tenant: t, client: c, secret: \"${env.UNSET:-}\"}}}",
            false,
        ),
        (
            "{key_vault: {url: \"https://v.vault.azure.net\", secret: s}}",
            true,
        ),
        (
            "{key_vault: {url: \"https://v.vault.azure.net\", secret: s, version: v, entra: azure_cli}}",
            true,
        ),
        (
            &format!(
                "{{key_vault: {{url: \"https://v.vault.azure.net\", secret: s, entra: {secret}}}}}"
            ),
            true,
        ),
        ("{key_vault: {url: \"${env.UNSET:-}\", secret: s}}", false),
        (
            "{key_vault: {url: \"https://v.vault.azure.net\", secret: s, entra: \"\"}}",
            false,
        ),
    ] {
        assert_eq!(
            profile("identities", credential),
            Ok(is_there),
            "{credential}"
        );
    }
}

#[test]
fn what_is_wrong_with_an_identity_or_a_vault_is_told() {
    for (credential, complaint) in [
        (
            "{entra: defualt}",
            "`entra` is one of default, workload_identity,",
        ),
        ("{entra: [default]}", "`entra` is a mapping, not a list"),
        (
            "{entra: {}}",
            "`entra` is one of default, workload_identity,",
        ),
        (
            "{entra: {client_secert: {}}}",
            "did you mean `client_secret`?",
        ),
        (
            "{entra: {client_secret: {tenant: t, client: c}}}",
            "`secret` is missing",
        ),
        ("{entra: {managed_identity: {}}}", "`client_id` is missing"),
        ("{key_vault: {secret: s}}", "`url` is missing"),
        (
            "{key_vault: {url: \"https://v.vault.azure.net\"}}",
            "`secret` is missing",
        ),
        (
            "{key_vault: {url: u, secret: s, entra: az}}",
            "`entra` is one of default,",
        ),
        (
            "{key_vault: {url: u, secret: s, versoin: v}}",
            "did you mean `version`?",
        ),
    ] {
        let told = profile("wrong-identities", credential).unwrap_err();
        assert!(told.contains(complaint), "{credential}: {told}");
    }
}

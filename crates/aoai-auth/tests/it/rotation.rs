use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::rotation::{
    AzureAccount, KeyAccount, KeyName, KeyStore, KeyVaultStore, Keys, Readers, Rotation, Stored,
};
use aoai_auth::testing::ManualClock;
use aoai_auth::{Error, ErrorKind, Result, Secret};
use async_trait::async_trait;
use serde_json::json;
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::loopback::options;
use crate::support::{Scripted, token};

/// An account, a store, and readers that take the store's key during each wait.
#[derive(Clone, Debug)]
struct World(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    keys: Keys,
    stored: Option<Stored>,
    /// What readers hold.
    held: Secret,
    /// How often a key was regenerated.
    regenerated: usize,
    /// At which operation, counted down, to fail, and whether it takes effect before that.
    failure: Option<(usize, bool)>,
}

impl World {
    fn new(stored: Option<&str>) -> Self {
        Self(Arc::new(Mutex::new(State {
            keys: Keys {
                key1: "fake-1-0".into(),
                key2: "fake-2-0".into(),
            },
            stored: stored.map(|key| Stored::new(key, None)),
            held: stored.unwrap_or("nothing").into(),
            regenerated: 0,
            failure: None,
        })))
    }

    fn operate<T>(&self, operation: impl FnOnce(&mut State) -> T) -> Result<T> {
        let mut state = self.0.lock().unwrap();
        let failure = match &mut state.failure {
            Some((0, takes_effect)) => Some(*takes_effect),
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        };
        if failure == Some(false) {
            return Err(Error::new(ErrorKind::Unavailable, "the network is gone"));
        }
        let outcome = operation(&mut state);
        if failure == Some(true) {
            return Err(Error::new(ErrorKind::Unavailable, "the answer is lost"));
        }
        Ok(outcome)
    }

    fn readers(&self) -> Readers {
        let world = self.clone();
        Readers::taken(Duration::from_secs(10), move || {
            let world = world.clone();
            async move {
                world.operate(|state| {
                    let stored = state.stored.as_ref().unwrap().value.clone();
                    // Found out at the second look.
                    std::mem::replace(&mut state.held, stored.clone()) == stored
                })
            }
        })
    }

    fn rotation(&self) -> Rotation<Self, Self> {
        Rotation::new(self.clone(), self.clone(), self.readers())
            .with_clock(Arc::new(ManualClock::automatic()))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl KeyAccount for World {
    fn name(&self) -> String {
        "account fake".to_owned()
    }

    async fn keys(&self) -> Result<Keys> {
        self.operate(|state| state.keys.clone())
    }

    async fn regenerate(&self, key: KeyName) -> Result<()> {
        self.operate(|state| {
            assert_ne!(state.keys.get(key), &state.held, "readers still hold {key}");
            state.regenerated += 1;
            match key {
                KeyName::Key1 => {
                    state.keys.key1 = format!("fake-1-{}", state.regenerated).into();
                }
                KeyName::Key2 => {
                    state.keys.key2 = format!("fake-2-{}", state.regenerated).into();
                }
            }
        })
    }
}

#[async_trait]
impl KeyStore for World {
    fn name(&self) -> String {
        "the store".to_owned()
    }

    async fn read(&self) -> Result<Option<Stored>> {
        self.operate(|state| state.stored.clone())
    }

    async fn write(&self, key: &Secret, note: Option<&str>) -> Result<()> {
        self.operate(|state| {
            assert!(
                [&state.keys.key1, &state.keys.key2].contains(&key),
                "a key that the account refuses"
            );
            state.stored = Some(Stored::new(key.clone(), note.map(str::to_owned)));
        })
    }

    async fn note(&self, note: Option<&str>) -> Result<()> {
        self.operate(|state| {
            state.stored.as_mut().unwrap().note = note.map(str::to_owned);
        })
    }
}

#[tokio::test]
async fn a_plan_tells_each_step_and_changes_nothing() {
    let readers = Readers::within(Duration::from_secs(1200));
    for (stored, checks, back, expected) in [
        (
            Some("fake-1-0"),
            false,
            false,
            "the store holds key1 of account fake\n\
             1. write key2 to the store\n\
             2. wait 1200s, in which all readers ask the store\n\
             3. regenerate key1\n\
             4. verify that key1 changed and key2 did not\n\
             5. note in the store that the rotation is done\n",
        ),
        (
            Some("fake-1-0"),
            true,
            false,
            "the store holds key1 of account fake\n\
             1. try key2\n\
             2. write key2 to the store\n\
             3. wait 1200s, in which all readers ask the store\n\
             4. regenerate key1\n\
             5. verify that key1 changed and key2 did not\n\
             6. note in the store that the rotation is done\n",
        ),
        (
            Some("fake-1-0"),
            false,
            true,
            "the store holds key1 of account fake\n\
             1. write key2 to the store\n\
             2. wait 1200s, in which all readers ask the store\n\
             3. regenerate key1\n\
             4. verify that key1 changed and key2 did not\n\
             5. write key1 to the store\n",
        ),
        (
            Some("fake-2-0"),
            true,
            true,
            "the store holds key2 of account fake\n\
             1. try key1\n\
             2. write key1 to the store\n\
             3. wait 1200s, in which all readers ask the store\n\
             4. regenerate key2\n\
             5. verify that key2 changed and key1 did not\n\
             6. try key2\n\
             7. write key2 to the store\n",
        ),
        (
            None,
            false,
            false,
            "the store holds neither key of account fake\n\
             1. write key2 to the store\n\
             2. wait 1200s, in which all readers ask the store\n\
             3. regenerate key1\n\
             4. verify that key1 changed and key2 did not\n\
             5. note in the store that the rotation is done\n",
        ),
    ] {
        let world = World::new(stored);
        let before = format!("{:?}", world.state());
        let mut rotation = Rotation::new(world.clone(), world.clone(), readers.clone());
        if checks {
            rotation = rotation.checking(|_| async { Ok(()) });
        }
        if back {
            rotation = rotation.and_back();
        }
        assert_eq!(rotation.plan().await.unwrap().to_string(), expected);
        assert_eq!(format!("{:?}", world.state()), before);
    }
}

#[tokio::test]
async fn a_rotation_replaces_the_key_in_use_while_the_other_serves() {
    for (stored, back, keys, ends_with) in [
        (
            Some("fake-1-0"),
            false,
            ("fake-1-1", "fake-2-0"),
            "fake-2-0",
        ),
        (Some("fake-1-0"), true, ("fake-1-1", "fake-2-0"), "fake-1-1"),
        (
            Some("fake-2-0"),
            false,
            ("fake-1-0", "fake-2-1"),
            "fake-1-0",
        ),
        (Some("fake-2-0"), true, ("fake-1-0", "fake-2-1"), "fake-2-1"),
        (None, false, ("fake-1-1", "fake-2-0"), "fake-2-0"),
    ] {
        let world = World::new(stored);
        let mut rotation = world.rotation();
        if back {
            rotation = rotation.and_back();
        }
        let plan = rotation.plan().await.unwrap();
        let mut taken = Vec::new();
        rotation.run(|step| taken.push(step.clone())).await.unwrap();
        assert_eq!(taken, plan.steps);
        let state = world.state();
        let found = (state.keys.key1.expose(), state.keys.key2.expose());
        assert_eq!(found, keys);
        let stored = state.stored.as_ref().unwrap();
        assert_eq!(stored.value.expose(), ends_with);
        assert_eq!(stored.note, None);
    }
}

#[tokio::test]
async fn a_rotation_interrupted_anywhere_goes_on_when_it_is_run_again() {
    for back in [false, true] {
        for takes_effect in [false, true] {
            let mut interrupted = 0;
            for at in 0.. {
                let world = World::new(Some("fake-1-0"));
                world.state().failure = Some((at, takes_effect));
                let rotation = || {
                    let rotation = world.rotation();
                    if back { rotation.and_back() } else { rotation }
                };
                if rotation().run(|_| ()).await.is_ok() {
                    break;
                }
                interrupted += 1;
                world.state().failure = None;
                let was_done = {
                    let state = world.state();
                    let is_new = state.keys.key1.expose() != "fake-1-0";
                    is_new && state.stored.as_ref().unwrap().note.is_none()
                };
                if !was_done {
                    rotation().run(|_| ()).await.unwrap();
                }
                let state = world.state();
                assert_ne!(state.keys.key1.expose(), "fake-1-0", "at {at}");
                assert_eq!(state.keys.key2.expose(), "fake-2-0", "at {at}");
                let stored = state.stored.as_ref().unwrap();
                let expected = if back {
                    &state.keys.key1
                } else {
                    &state.keys.key2
                };
                assert_eq!(&stored.value, expected, "at {at}");
                assert_eq!(stored.note, None, "at {at}");
            }
            // Two reads, a write, two looks at the readers, a regeneration, a read, a last write.
            assert_eq!(interrupted, 8);
        }
    }
}

#[tokio::test]
async fn a_failed_step_is_named() {
    let world = World::new(Some("fake-1-0"));
    world.state().failure = Some((5, false));
    let error = world.rotation().run(|_| ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.to_string(),
        "cannot regenerate key1; run the rotation again to go on"
    );
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the network is gone");
}

/// An account that regenerates in a way of its own.
#[derive(Debug)]
struct Odd(World, fn(&mut Keys));

#[async_trait]
impl KeyAccount for Odd {
    fn name(&self) -> String {
        KeyAccount::name(&self.0)
    }

    async fn keys(&self) -> Result<Keys> {
        self.0.keys().await
    }

    async fn regenerate(&self, _: KeyName) -> Result<()> {
        self.0.operate(|state| self.1(&mut state.keys))
    }
}

#[tokio::test]
async fn a_rotation_does_not_end_before_the_key_is_another_and_the_one_in_use_the_same() {
    let none: fn(&mut Keys) = |_| ();
    let both: fn(&mut Keys) = |keys| {
        keys.key1 = "fake-1-1".into();
        keys.key2 = "fake-2-1".into();
    };
    for (regenerate, told) in [
        (none, "key1 is still what it was"),
        (
            both,
            "key2 changed, too, while its readers use it: somebody else rotates keys",
        ),
    ] {
        let world = World::new(Some("fake-1-0"));
        let account = Odd(world.clone(), regenerate);
        let rotation = Rotation::new(account, world.clone(), world.readers())
            .with_clock(Arc::new(ManualClock::automatic()));
        let error = rotation.run(|_| ()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(
            error.to_string(),
            "cannot verify that key1 changed and key2 did not; run the rotation again to go on"
        );
        let cause = std::error::Error::source(&error).unwrap();
        assert_eq!(cause.to_string(), told);
        let stored = world.state().stored.clone().unwrap();
        assert_eq!(stored.value.expose(), "fake-2-0");
        assert_eq!(stored.note.as_deref(), Some("replacing key1"));
    }
}

#[tokio::test]
async fn a_key_that_does_not_work_is_not_written() {
    let world = World::new(Some("fake-1-0"));
    let tried = Arc::new(Mutex::new(VecDeque::new()));
    let seen = Arc::clone(&tried);
    let check = move |key: Secret| {
        seen.lock().unwrap().push_back(key.expose().to_owned());
        async { Err(Error::new(ErrorKind::Refused, "401")) }
    };
    let error = world.rotation().checking(check).run(|_| ()).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot try key2; run the rotation again to go on"
    );
    assert_eq!(*tried.lock().unwrap(), ["fake-2-0"]);
    assert_eq!(
        world.state().stored.as_ref().unwrap().value.expose(),
        "fake-1-0"
    );
}

const ACCOUNT: &str = "/subscriptions/fake-sub/resourceGroups/fake-group/providers/\
                       Microsoft.CognitiveServices/accounts/fake-account";

fn me() -> Scripted {
    let end = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
    Scripted::new([token("fake-token", end)])
}

#[tokio::test]
async fn an_azure_account_lists_and_regenerates_its_keys() {
    let server = MockServer::start().await;
    let keys = json!({"key1": "fake-1", "key2": "fake-2"});
    let asked = |action: &str| {
        Mock::given(method("POST"))
            .and(path(format!("{ACCOUNT}/{action}")))
            .and(query_param("api-version", "2024-10-01"))
            .and(header("x-meant-for", "https://management.azure.com"))
            .and(header("authorization", "Bearer fake-token"))
    };
    asked("listKeys")
        .respond_with(ResponseTemplate::new(200).set_body_json(&keys))
        .expect(1)
        .mount(&server)
        .await;
    asked("regenerateKey")
        .and(body_json(json!({"keyName": "Key2"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(&keys))
        .expect(1)
        .mount(&server)
        .await;
    let account = AzureAccount::new(ACCOUNT, me(), &options(&server)).unwrap();
    let keys = account.keys().await.unwrap();
    assert_eq!(
        (keys.key1.expose(), keys.key2.expose()),
        ("fake-1", "fake-2")
    );
    account.regenerate(KeyName::Key2).await.unwrap();
    assert_eq!(account.name(), "account fake-account");
    assert!(!format!("{account:?} {keys:?}").contains("fake-1"));
}

#[tokio::test]
async fn each_refusal_of_the_resource_manager_has_its_own_way_out() {
    for (status, code, kind, told) in [
        (
            403,
            "AuthorizationFailed",
            ErrorKind::Refused,
            "listKeys is forbidden (AuthorizationFailed); in the Azure portal, give the identity \
             the role Cognitive Services Contributor (25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68) under \
             Access control (IAM) of the resource",
        ),
        (
            404,
            "ResourceNotFound",
            ErrorKind::Refused,
            "there is no such resource (ResourceNotFound); compare its id",
        ),
        (
            401,
            "InvalidAuthenticationToken",
            ErrorKind::Refused,
            "the token is refused; it must be of the tenant of the subscription",
        ),
        (
            409,
            "Conflict",
            ErrorKind::Unavailable,
            "Azure Resource Manager answered 409 (Conflict) to listKeys",
        ),
    ] {
        let server = MockServer::start().await;
        let body = json!({"error": {"code": code, "message": "fake-canary"}});
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        let account = AzureAccount::new(ACCOUNT, me(), &options(&server)).unwrap();
        let error = account.keys().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.to_string(), format!("account fake-account: {told}"));
    }
}

#[tokio::test]
async fn what_is_no_resource_id_is_refused() {
    let server = MockServer::start().await;
    for id in [
        "fake-account",
        "/subscriptions/a/resourceGroups/b/providers/c/d/e",
    ] {
        let error = AzureAccount::new(id, me(), &options(&server)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(
            error
                .to_string()
                .starts_with(&format!("{id} is not the id of"))
        );
    }
}

#[tokio::test]
async fn a_key_vault_store_keeps_others_tags_and_the_note_beside_the_key() {
    let server = MockServer::start().await;
    let challenge = r#"Bearer authorization="https://l/t", resource="https://vault.azure.net""#;
    Mock::given(path("/secrets/fake-name/"))
        .respond_with(ResponseTemplate::new(401).insert_header("www-authenticate", challenge))
        .with_priority(9)
        .mount(&server)
        .await;
    let with_token =
        |verb: &str| Mock::given(method(verb)).and(header("authorization", "Bearer fake-token"));
    let tags = json!({"team": "chat", "aoai-rotation": "replacing key1"});
    with_token("GET")
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "value": "fake-key", "tags": tags
        })))
        .mount(&server)
        .await;
    with_token("PUT")
        .and(path("/secrets/fake-name"))
        .and(body_json(json!({
            "value": "fake-other", "tags": {"team": "chat", "aoai-rotation": "replacing key2"}
        })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .expect(1)
        .mount(&server)
        .await;
    with_token("PATCH")
        .and(body_json(json!({"tags": {"team": "chat"}})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .expect(1)
        .mount(&server)
        .await;
    let vault = "https://fake-vault.vault.azure.net";
    let store = KeyVaultStore::new(vault, "fake-name", me(), &options(&server)).unwrap();
    let stored = store.read().await.unwrap().unwrap();
    assert_eq!(stored.value.expose(), "fake-key");
    assert_eq!(stored.note.as_deref(), Some("replacing key1"));
    let other = Secret::from("fake-other");
    store.write(&other, Some("replacing key2")).await.unwrap();
    store.note(None).await.unwrap();
    assert_eq!(
        store.name(),
        "secret fake-name of vault fake-vault.vault.azure.net"
    );
}

#[tokio::test]
async fn a_store_without_the_secret_is_empty() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(404).set_body_json(json!({
            "error": {"code": "SecretNotFound", "message": "not found"}
        })))
        .mount(&server)
        .await;
    let vault = "https://fake-vault.vault.azure.net";
    let store = KeyVaultStore::new(vault, "fake-name", me(), &options(&server)).unwrap();
    assert!(store.read().await.unwrap().is_none());
}

#[tokio::test]
async fn a_store_that_may_not_be_read_is_not_taken_for_an_empty_one() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(ResponseTemplate::new(403).set_body_json(json!({
            "error": {"code": "Forbidden", "message": "no"}
        })))
        .mount(&server)
        .await;
    let vault = "https://fake-vault.vault.azure.net";
    let store = KeyVaultStore::new(vault, "fake-name", me(), &options(&server)).unwrap();
    let key = Secret::from("fake-key");
    for outcome in [
        store.read().await.map(drop),
        store.write(&key, None).await,
        store.note(None).await,
    ] {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Refused);
    }
    // What others noted beside the key would be lost with it.
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.method == "GET"));
}

//! A key that is replaced while it is in use.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_auth::rotation::{AzureAccount, KeyVaultStore, Readers, Rotation};
use aoai_auth::testing::{ManualClock, stand_in};
use aoai_auth::{
    Audience, Cached, Credential, CredentialProvider, Entra, EntraOptions, Issued, KeyVaultSecret,
};
use aoai_emulator::{Config, Emulator, Identity, KeySlot, Service, Services};
use aoai_http::{Client, ErrorKind, Next, Policy, WireRequest, WireResponse};
use aoai_types::models::ListModels;
use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

/// How many calls are under way at any time.
const CALLS: usize = 1000;
/// How many programs, each with a provider of its own, make them.
const READERS: usize = 2;
const REFRESH: Duration = Duration::from_secs(15 * 60);

/// An emulator, and what it takes to log in there.
struct World {
    emulator: Emulator,
    services: Services,
    options: EntraOptions,
}

impl World {
    async fn start() -> Self {
        let mut config = Config::default();
        config.identity = Some(Identity::default());
        let emulator = Emulator::start(config).await.unwrap();
        let services = emulator.services().unwrap();
        let vault = services.vault_host();
        let options = stand_in(services.authority(), services.certificate(), [vault]).unwrap();
        Self {
            emulator,
            services,
            options,
        }
    }

    fn me(&self) -> Entra {
        let app = self.services.app("app").unwrap();
        let secret = app.client_secret.as_deref().unwrap();
        let tenant = self.services.tenant();
        Entra::client_secret(tenant, app.client_id.as_str(), secret, &self.options)
    }

    /// Programs that take the key from the vault, each with its share of connections.
    fn readers(&self, clock: &ManualClock) -> [Reader; READERS] {
        [(); READERS].map(|()| {
            let vault = self.services.vault();
            let key = KeyVaultSecret::new(&vault, Identity::KEY_SECRET, self.me(), &self.options);
            let key = Arc::new(Counted {
                provider: key.unwrap().refresh_after(REFRESH),
                asked: AtomicUsize::new(0),
                told: AtomicUsize::new(0),
            });
            let cached = Cached::new(Arc::clone(&key)).with_clock(Arc::new(clock.clone()));
            let client = Client::builder(self.emulator.endpoint())
                .credential(cached)
                .per_attempt_policy(Gate(Arc::new(Semaphore::new(SOCKETS / READERS))));
            Reader {
                client: client.build().unwrap(),
                key,
            }
        })
    }
}

/// A program that calls.
#[derive(Clone)]
struct Reader {
    client: Client,
    key: Arc<Counted<KeyVaultSecret>>,
}

impl Reader {
    /// How often the vault was asked for the key.
    fn asked(&self) -> usize {
        self.key.asked.load(Ordering::SeqCst)
    }

    /// How often it has told the key.
    fn told(&self) -> usize {
        self.key.told.load(Ordering::SeqCst)
    }
}

/// Counts how often a provider is asked, and how often it has told what it was asked for.
#[derive(Debug)]
struct Counted<P> {
    provider: P,
    asked: AtomicUsize,
    told: AtomicUsize,
}

#[async_trait]
impl<P: CredentialProvider> CredentialProvider for Counted<P> {
    async fn credential(&self, audience: &Audience) -> aoai_auth::Result<Issued> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let issued = self.provider.credential(audience).await;
        self.told.fetch_add(1, Ordering::SeqCst);
        issued
    }

    fn invalidate(&self, refused: &Credential) {
        self.provider.invalidate(refused);
    }
}

/// Lets only so many attempts hold a socket. The others wait with the key that they have taken.
#[derive(Debug)]
struct Gate(Arc<Semaphore>);

/// Fewer than a process may have open, at both ends.
const SOCKETS: usize = 100;

#[async_trait]
impl Policy for Gate {
    async fn handle(
        &self,
        request: WireRequest,
        next: Next<'_>,
    ) -> aoai_http::Result<WireResponse> {
        let _permit = self.0.acquire().await.expect("nobody closes it");
        next.run(request).await
    }
}

/// Callers that call again and again.
struct Load {
    done: Arc<Vec<AtomicUsize>>,
    failures: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
    callers: JoinSet<()>,
}

impl Load {
    fn start(readers: &[Reader]) -> Self {
        let mut load = Self {
            done: Arc::new((0..CALLS).map(|_| AtomicUsize::new(0)).collect()),
            failures: Arc::default(),
            stopped: Arc::default(),
            callers: JoinSet::new(),
        };
        for (caller, reader) in (0..CALLS).zip(readers.iter().cycle().cloned()) {
            let (done, failures) = (Arc::clone(&load.done), Arc::clone(&load.failures));
            let stopped = Arc::clone(&load.stopped);
            load.callers.spawn(async move {
                while !stopped.load(Ordering::SeqCst) {
                    if let Err(error) = reader.client.send(&ListModels::new()).await {
                        failures.lock().unwrap().push(error.to_string());
                    }
                    done[caller].fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        load
    }

    /// Waits until every caller has begun and ended a call from now on.
    async fn round(&self) {
        let seen = |done: &AtomicUsize| done.load(Ordering::SeqCst);
        // The call that is under way now began earlier.
        let wanted: Vec<usize> = self.done.iter().map(|done| seen(done) + 2).collect();
        for (done, wanted) in self.done.iter().zip(wanted) {
            while seen(done) < wanted {
                yield_now().await;
            }
        }
    }

    async fn stop(self) -> Vec<String> {
        self.stopped.store(true, Ordering::SeqCst);
        self.callers.join_all().await;
        std::mem::take(&mut *self.failures.lock().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_at_a_time_notice_nothing_of_a_rotation() {
    let world = World::start().await;
    let clock = ManualClock::new();
    let readers = world.readers(&clock);
    let old = world.emulator.keys();
    let load = Load::start(&readers);
    load.round().await;

    let vault = world.services.vault();
    let (account, options) = (world.services.account(), &world.options);
    let rotation = Rotation::new(
        AzureAccount::new(account, world.me(), options).unwrap(),
        KeyVaultStore::new(&vault, Identity::KEY_SECRET, world.me(), options).unwrap(),
        Readers::within(REFRESH + Duration::from_secs(300)),
    )
    .with_clock(Arc::new(clock.clone()));
    let mut procedure = tokio::spawn(async move { rotation.run(|_| {}).await });
    tokio::select! {
        () = clock.sleeping(1) => {}
        ended = &mut procedure => panic!("it does not wait for its readers: {ended:?}"),
    }
    assert_eq!(
        world.services.secret(Identity::KEY_SECRET),
        Some(old[1].clone())
    );
    clock.advance(REFRESH);
    // What is still being asked for when the time moves on has taken all that time.
    while readers.iter().any(|reader| reader.told() < 2) {
        yield_now().await;
    }
    clock.advance(Duration::from_secs(300));
    procedure.await.unwrap().unwrap();
    load.round().await;

    assert_eq!(load.stop().await, [""; 0]);
    let new = world.emulator.keys();
    assert_ne!(new[0], old[0]);
    assert_eq!(new[1], old[1]);
    for reader in &readers {
        assert_eq!(reader.asked(), 2, "once at first, once for the rotation");
    }
}

/// One call from each of the callers, all at the same time: how many attempts each needed.
async fn wave(readers: &[Reader]) -> Vec<Result<usize, String>> {
    let mut calls = JoinSet::new();
    for (_, reader) in (0..CALLS).zip(readers.iter().cycle().cloned()) {
        calls.spawn(async move {
            let answer = reader.client.send(&ListModels::new()).await;
            answer
                .map(|answer| answer.attempts().len())
                .map_err(|error| error.to_string())
        });
    }
    calls.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_that_meet_a_rotation_cause_one_look_into_the_vault() {
    let world = World::start().await;
    let readers = world.readers(&ManualClock::new());
    assert_eq!(wave(&readers).await, vec![Ok(1); CALLS]);

    world.services.rotate_vault_key().unwrap();
    let answered = wave(&readers).await;

    assert!(
        answered.iter().all(|call| matches!(call, Ok(1 | 2))),
        "{answered:?}"
    );
    assert!(answered.contains(&Ok(2)));
    for reader in &readers {
        assert_eq!(reader.asked(), 2, "once at first, once for the rotation");
    }
    assert_eq!(wave(&readers).await, vec![Ok(1); CALLS]);
}

#[tokio::test]
async fn without_the_procedure_calls_fail_until_the_vault_has_the_new_key() {
    let world = World::start().await;
    let [reader, _] = world.readers(&ManualClock::new());
    let list = ListModels::new();
    let call = || reader.client.send(&list);
    call().await.unwrap();

    let key = world.emulator.rotate_key(KeySlot::Key1);
    for _ in 0..2 {
        let error = call().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!(error.attempts().len(), 1);
        assert_eq!(
            error.to_string(),
            "models.list: the service answered 401 (authentication): Access denied due to invalid \
             subscription key or wrong API endpoint. Make sure to provide a valid key for an active \
             subscription and use a correct regional API endpoint for your resource; its source was \
             asked again and still has the one that was refused: if it was replaced, write the new \
             one there"
        );
    }
    world.services.set_secret(Identity::KEY_SECRET, &key);
    let answer = call().await.unwrap();
    let statuses: Vec<_> = answer.attempts().iter().map(|it| it.status).collect();
    assert_eq!(statuses.len(), 2);
    assert_eq!(
        world.emulator.statuses(Service::OpenAi),
        [200, 401, 401, 401, 200]
    );

    world.services.remove_secret(Identity::KEY_SECRET);
    world.emulator.rotate_key(KeySlot::Key1);
    let error = call().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    let told = error.to_string();
    assert!(
        told.ends_with(
            "its source was asked for another: secret aoai-key of vault emulator.vault.azure.net \
             does not exist; compare the name with Secrets in the Azure portal"
        ),
        "{told}"
    );
}

//! The shipped specs against a resource that only its endpoint and key are known of.

use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aoai_auth::{Clock, SystemClock};
use aoai_emulator::{Config, Emulator};
use aoai_spec::{Profile, Runner};
use async_trait::async_trait;

/// A clock whose sleeps take no time here or at the resource.
#[derive(Debug)]
struct Hurried {
    real: SystemClock,
    resource: Arc<Emulator>,
    ahead: Mutex<Duration>,
}

impl Hurried {
    fn ahead(&self) -> Duration {
        *self.ahead.lock().unwrap()
    }
}

#[async_trait]
impl Clock for Hurried {
    fn now(&self) -> SystemTime {
        self.real.now() + self.ahead()
    }

    fn elapsed(&self) -> Duration {
        self.real.elapsed() + self.ahead()
    }

    async fn sleep(&self, wait: Duration) {
        *self.ahead.lock().unwrap() += wait;
        self.resource.advance(wait);
        tokio::task::yield_now().await;
    }

    fn expire(self: Arc<Self>, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Arc::new(self.real).expire(limit)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_live_profile_passes_against_an_emulator_started_apart() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let config = std::fs::read_to_string(specs.join("emulator.yaml")).unwrap();
    let config = Config::from_yaml(&config).unwrap();
    let resource = Arc::new(Emulator::start(config).await.unwrap());
    let environment = |name: &str| match name {
        "AZURE_OPENAI_ENDPOINT" => Some(resource.endpoint().to_owned()),
        "AZURE_OPENAI_API_KEY" => Some(resource.keys()[0].clone()),
        _ => None,
    };
    let profile = Profile::load(specs.join("profiles.yaml"), "live", environment).unwrap();
    let profile = profile.deployment("batch", "batch");
    let clock = Hurried {
        real: SystemClock::new(),
        resource: Arc::clone(&resource),
        ahead: Mutex::default(),
    };

    // One at a time, as they all move the same clock.
    let runner = Runner::new(specs).profile(profile.clone()).jobs(1);
    let run = runner.clock(Arc::new(clock)).run().await;
    run.assert_ok();

    let left = Runner::from_text(NOTHING_IS_LEFT).profile(profile);
    left.run().await.assert_ok();
}

/// Of what the specs make, all goes that can be removed. The service itself keeps jobs and batches.
const NOTHING_IS_LEFT: &str = "
name: nothing is left of a run
steps:
  - {call: files.list, expect: {body: {data: []}}}
  - {call: vector_stores.list, expect: {body: {data: []}}}
  - {call: evals.list, expect: {body: {data: []}}}
  - {call: containers.list, expect: {body: {data: []}}}
";

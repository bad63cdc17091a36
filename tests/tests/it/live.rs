//! The shipped specs against a resource that only its endpoint and key are known of.

use std::path::Path;

use aoai_emulator::{Config, Emulator};
use aoai_spec::{Profile, Runner};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_live_profile_passes_against_an_emulator_started_apart() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let config = std::fs::read_to_string(specs.join("emulator.yaml")).unwrap();
    let resource = Emulator::start(Config::from_yaml(&config).unwrap())
        .await
        .unwrap();
    let environment = |name: &str| match name {
        "AZURE_OPENAI_ENDPOINT" => Some(resource.endpoint().to_owned()),
        "AZURE_OPENAI_API_KEY" => Some(resource.keys()[0].clone()),
        _ => None,
    };
    let profile = Profile::load(specs.join("profiles.yaml"), "live", environment).unwrap();

    // What is slow waits for minutes where time cannot be moved.
    let runner = Runner::new(specs).profile(profile).filter("not tag:slow");
    let run = runner.run().await;

    run.assert_ok();
}

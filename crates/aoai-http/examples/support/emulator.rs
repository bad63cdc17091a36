//! The emulator that stands in for a resource.

use std::error::Error;

use aoai_emulator::{Config, Emulator, Reply};

/// An emulator on this machine, unless the environment names a resource.
#[expect(
    clippy::disallowed_methods,
    reason = "an example reads its environment itself"
)]
pub(crate) async fn unless_configured() -> Result<Option<Emulator>, Box<dyn Error>> {
    if std::env::var_os("AZURE_OPENAI_ENDPOINT").is_some() {
        return Ok(None);
    }
    let mut config = Config::default();
    config.replies = REPLIES
        .map(|(prompt, reply)| Reply::new(prompt, reply))
        .to_vec();
    let emulator = Emulator::start(config).await?;
    println!(
        "AZURE_OPENAI_ENDPOINT is not set: calling an emulator at {}",
        emulator.endpoint()
    );
    Ok(Some(emulator))
}

/// What a model might say to the prompts of the examples.
const REPLIES: [(&str, &str); 3] = [
    ("Say hello.", "Hello!"),
    ("Count to five.", "1, 2, 3, 4, 5"),
    (
        "Once upon a time",
        ", there was an emulator that told stories.",
    ),
];

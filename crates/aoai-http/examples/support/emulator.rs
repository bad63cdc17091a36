//! The emulator that stands in for a resource.

use std::error::Error;

use aoai_emulator::{Config, Emulator, Reply, ToolCall};
use serde_json::Map;

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
    let mut weather = Reply::new("Weather in Paris?", "It is sunny in Paris.");
    weather.tools = vec![ToolCall::new(
        "get_weather",
        Map::from_iter([("city".to_owned(), "Paris".into())]),
    )];
    config.replies.push(weather);
    let emulator = Emulator::start(config).await?;
    println!(
        "AZURE_OPENAI_ENDPOINT is not set: calling an emulator at {}",
        emulator.endpoint()
    );
    Ok(Some(emulator))
}

/// What a model might say to the prompts of the examples.
const REPLIES: [(&str, &str); 6] = [
    ("Say hello.", "Hello!"),
    ("Count to five.", "1, 2, 3, 4, 5"),
    ("My name is Ada. Reply OK.", "OK"),
    ("What is my name?", "Your name is Ada."),
    ("hello.wav", "Hello. How are you?"),
    (
        "Once upon a time",
        ", there was an emulator that told stories.",
    ),
];

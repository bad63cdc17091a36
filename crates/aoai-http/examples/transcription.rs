//! Has a text read aloud, and has the recording written down.
//!
//! Needs deployments named `speech`, of a model like tts, and `whisper`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_types::audio::{AudioFormat, CreateSpeech, CreateTranscription};
use aoai_types::operation::FilePart;

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let mut speech = CreateSpeech::new("speech", "Hello. How are you?", "alloy");
    speech.response_format = Some("wav".to_owned());
    let speech = azure.client.fetch(&speech).await?;
    println!("a recording of {} bytes", speech.len());

    // The file's extension tells the service its format.
    let recording = FilePart::new("hello.wav", speech.into_value());
    let mut request = CreateTranscription::new("whisper", recording);
    request.response_format = Some(AudioFormat::Vtt);
    let answer = azure.client.send(&request).await?;
    println!("{}", answer.text());
    Ok(())
}

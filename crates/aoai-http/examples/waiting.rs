//! Uploads a file and waits until it is processed, as it must be before a batch can be made of it.

#![expect(clippy::print_stdout, reason = "it shows what it waits for")]

use std::error::Error;
use std::time::Duration;

use aoai_auth::ApiKey;
use aoai_http::Client;
use aoai_types::files::{DeleteFile, FilePurpose, GetFile, UploadFile};
use aoai_types::operation::{FilePart, LongRunning, Progress};

#[path = "support/emulator.rs"]
mod emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = emulator::unless_configured().await?;
    let client = match &emulator {
        Some(emulator) => {
            let [key, _] = emulator.keys();
            let builder = Client::builder(emulator.endpoint());
            builder.credential(ApiKey::new(key)).build()?
        }
        None => Client::from_env()?,
    };

    let line = r#"{"custom_id":"1","method":"POST","url":"/v1/responses","body":{"model":"batch","input":"Say hello."}}"#;
    let file = FilePart::new("requests.jsonl", line);
    let upload = UploadFile::new(file, FilePurpose::Batch);
    let id = client.send(&upload).await?.id.clone();

    // Dropping this future, here by a timeout or elsewhere by a select, ends the waiting.
    let file = client
        .wait(GetFile::new(&id))
        .at_most(Duration::from_secs(60))
        .on_progress(|file| {
            println!("{id}: {:?}", file.status);
            // A resource takes its time; an emulator's can be made to pass.
            if let Some(emulator) = &emulator {
                emulator.advance(Duration::from_secs(5));
            }
        })
        .await?;
    if file.progress() != Progress::Succeeded {
        return Err("the service could not read the file".into());
    }
    println!("{id} can be made a batch of");
    client.send(&DeleteFile::new(&id)).await?;
    Ok(())
}

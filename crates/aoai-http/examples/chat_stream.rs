//! Prints a chat answer while it is being written.
//!
//! Needs a deployment named `chat`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;
use std::io::Write as _;

use aoai_types::chat::{CreateChatCompletion, Message};

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let request = CreateChatCompletion::new("chat", [Message::user("Count to five.")]);
    let mut events = azure.client.stream(&request).await?;

    // A stream that breaks off ends with an error: what was printed is the whole answer only where
    // none came.
    while let Some(event) = events.next().await {
        print!("{}", event?.text().unwrap_or_default());
        std::io::stdout().flush()?;
    }
    println!();
    Ok(())
}

//! Asks a chat model one question.
//!
//! Needs a deployment named `chat`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_types::chat::{CreateChatCompletion, Message};

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    let answer = azure.client.send(&request).await?;

    println!("{}", answer.text().unwrap_or_default());
    Ok(())
}

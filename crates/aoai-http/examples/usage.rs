//! What a call cost, and what the deployment has left.
//!
//! Needs a deployment named `chat`.

#![expect(clippy::print_stdout, reason = "it shows what its call cost")]

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

    let usage = answer.usage.clone().unwrap_or_default();
    println!("tokens: {}", told(usage.total_tokens));
    let left = answer.rate_limits();
    println!("calls left: {}", told(left.remaining_requests));
    println!("tokens left: {}", told(left.remaining_tokens));
    Ok(())
}

/// A number that the service may leave out.
fn told(number: Option<i64>) -> String {
    number.map_or_else(|| "not told".to_owned(), |number| number.to_string())
}

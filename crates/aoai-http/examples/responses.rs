//! Holds a conversation that the service keeps: one answer whole, the next while it is being made.
//!
//! Needs a deployment named `chat`.

#![expect(clippy::print_stdout, reason = "it shows its answers")]

use std::error::Error;
use std::io::Write as _;

use aoai_types::responses::event::ResponseEvent;
use aoai_types::responses::{CreateResponse, DeleteResponse};

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let first = CreateResponse::new("chat", "My name is Ada. Reply OK.");
    let first = azure.client.send(&first).await?;
    println!("{}", first.text());

    let mut second = CreateResponse::new("chat", "What is my name?");
    second.previous_response_id.clone_from(&first.id);
    let mut events = azure.client.stream(&second).await?;
    let mut kept = None;
    while let Some(event) = events.next().await {
        match event? {
            ResponseEvent::Created(event) => kept = event.response.id,
            ResponseEvent::OutputTextDelta(event) => {
                print!("{}", event.delta.as_str());
                std::io::stdout().flush()?;
            }
            _ => {}
        }
    }
    println!();

    // The service keeps answers for 30 days, unless it is told to forget them.
    for id in [first.id.clone(), kept].into_iter().flatten() {
        azure.client.send(&DeleteResponse::new(id)).await?;
    }
    Ok(())
}

//! Calls that fail, and what a program does about each kind of failure.
//!
//! Needs a deployment named `chat`.

#![expect(clippy::print_stdout, reason = "it shows what it was told")]

use aoai_http::{Error, ErrorKind};
use aoai_types::chat::{CreateChatCompletion, Message};

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let azure = Resource::connect().await?;

    let mut too_long = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    too_long.max_completion_tokens = Some(10_000_000);
    for request in [
        CreateChatCompletion::new("no-such-deployment", [Message::user("Say hello.")]),
        too_long,
        CreateChatCompletion::new("chat", [Message::user(aoai_emulator::FILTERED_PROMPT)]),
    ] {
        match azure.client.send(&request).await {
            Ok(answer) => println!("{}\n", answer.text().unwrap_or_default()),
            Err(error) => println!("{error}\n=> {}\n", remedy(&error)),
        }
    }
    Ok(())
}

/// What to do about a failed call. The client has tried again already where that was safe.
fn remedy(error: &Error) -> String {
    match error.kind() {
        ErrorKind::ContentFilter => {
            let outcome = error.content_filter().unwrap_or_default();
            let acted = outcome.prompt.into_iter().filter(|found| found.filtered);
            let categories: Vec<_> = acted.map(|found| found.category).collect();
            format!("rephrase the prompt: {}", categories.join(", "))
        }
        ErrorKind::DeploymentNotFound => "take the name of a deployment".to_owned(),
        ErrorKind::InvalidRequest => "correct what the message names".to_owned(),
        ErrorKind::RateLimit => format!("wait for {:?}", error.retry_after().unwrap_or_default()),
        _ if error.is_transient() => "call again later".to_owned(),
        kind => {
            let id = error.apim_request_id().unwrap_or("none");
            format!("look into it ({kind}); Azure's support asks for the id {id}")
        }
    }
}

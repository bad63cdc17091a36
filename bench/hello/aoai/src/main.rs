//! Asks one question with aoai-http.

use aoai_http::Client;
use aoai_types::chat::{CreateChatCompletion, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = CreateChatCompletion::new("gpt-4o-mini", [Message::user("Say hello.")]);
    let answer = Client::from_env()?.send(&request).await?;
    println!("{}", answer.text().unwrap_or_default());
    Ok(())
}

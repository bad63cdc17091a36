//! Continues a text.
//!
//! Needs a deployment named `instruct`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_types::completions::CreateCompletion;

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let mut request = CreateCompletion::new("instruct", "Once upon a time");
    request.max_tokens = Some(40);
    let answer = azure.client.send(&request).await?;

    println!("Once upon a time{}", answer.text().unwrap_or_default());
    Ok(())
}

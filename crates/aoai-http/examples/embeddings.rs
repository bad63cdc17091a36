//! Compares texts by their meaning.
//!
//! Needs a deployment named `embeddings`.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_types::embeddings::CreateEmbedding;

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let texts = ["a cat sleeps", "a kitten naps", "the stock market fell"];
    let answer = azure
        .client
        .send(&CreateEmbedding::new("embeddings", texts))
        .await?;

    let first = answer.data[0].as_f32();
    for (text, entry) in texts.iter().zip(&answer.data) {
        println!("{:6.3}  {text}", cosine(&first, &entry.as_f32()));
    }
    Ok(())
}

/// 1 for the same direction, 0 for nothing in common.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

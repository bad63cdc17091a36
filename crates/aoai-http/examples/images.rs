//! Has a picture drawn, and has it changed.
//!
//! Needs a deployment named `image`, of a model like gpt-image-1.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_types::images::{EditImage, GenerateImage};
use aoai_types::operation::FilePart;

use self::resource::Resource;

#[path = "support/resource.rs"]
mod resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let azure = Resource::connect().await?;

    let mut request = GenerateImage::new("image", "A lighthouse in the fog.");
    request.quality = Some("low".to_owned());
    let answer = azure.client.send(&request).await?;
    let image = answer.data.first().ok_or("the answer has no image")?;
    let lighthouse = image.bytes()?.ok_or("the answer has an address only")?;
    println!("a picture of {} bytes", lighthouse.len());

    let mut lighthouse = FilePart::new("lighthouse.png", lighthouse);
    lighthouse.content_type = Some("image/png".to_owned());
    let request = EditImage::new("image", [lighthouse], "Let the fog lift.");
    let answer = azure.client.send(&request).await?;
    println!("{} picture changed", answer.data.len());
    Ok(())
}

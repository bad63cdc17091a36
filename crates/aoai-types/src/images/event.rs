//! The events of a stream of images.

use std::mem;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Image, ImageUsage, Images};
use crate::base64::{InvalidBase64, decode};
use crate::error::ApiError;
use crate::event::events;
use crate::operation::{Accumulator, DecodeError, StreamEnd, StreamEvent};
use crate::timestamp::Timestamp;

events! {
    /// One event of a stream of images.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
    pub enum ImageEvent named ImageEventKind {
        /// A stage of an image.
        Partial(PartialImage) =
            "image_generation.partial_image" as GenerationPartial
            | "image_edit.partial_image" as EditPartial,
        /// An image that is whole.
        Completed(CompletedImage) =
            "image_generation.completed" as GenerationCompleted
            | "image_edit.completed" as EditCompleted,
    }
}

impl StreamEvent for ImageEvent {
    #[inline]
    fn decode(data: &str) -> Result<Self, DecodeError> {
        Self::read(data)
    }

    fn is_output(&self) -> bool {
        !matches!(self, Self::Error(_))
    }

    fn end(&self) -> Option<StreamEnd> {
        match self {
            Self::Completed(_) => Some(StreamEnd::Complete),
            Self::Error(_) => Some(StreamEnd::Failed),
            _ => None,
        }
    }

    fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Error(event) => Some(&event.error),
            _ => None,
        }
    }
}

/// A stage of an image.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartialImage {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ImageEventKind,
    /// The image, in base64.
    pub b64_json: String,
    /// The stage.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub partial_image_index: Option<i64>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Its background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Its format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// Its quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
}

impl PartialImage {
    /// The image.
    ///
    /// # Errors
    ///
    /// What the event has is not base64.
    pub fn bytes(&self) -> Result<Bytes, InvalidBase64> {
        decode(&self.b64_json)
    }
}

/// An image that is whole.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletedImage {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: ImageEventKind,
    /// The image, in base64.
    pub b64_json: String,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Its background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Its format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// Its quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// The tokens it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ImageUsage>,
}

impl CompletedImage {
    /// The image.
    ///
    /// # Errors
    ///
    /// What the event has is not base64.
    pub fn bytes(&self) -> Result<Bytes, InvalidBase64> {
        decode(&self.b64_json)
    }
}

/// Rebuilds the answer from the events of its stream: the last stage of the image, if no more came.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/reference)
#[derive(Clone, Debug, Default)]
pub struct ImagesAccumulator(Images);

impl Accumulator for ImagesAccumulator {
    type Event = ImageEvent;
    type Output = Images;

    #[inline]
    fn push(&mut self, event: ImageEvent) {
        match event {
            ImageEvent::Partial(event) => {
                self.0 = Images {
                    created: event.created_at,
                    data: vec![image(event.b64_json)],
                    background: event.background,
                    output_format: event.output_format,
                    quality: event.quality,
                    size: event.size,
                    ..mem::take(&mut self.0)
                };
            }
            ImageEvent::Completed(event) => {
                self.0 = Images {
                    created: event.created_at,
                    data: vec![image(event.b64_json)],
                    background: event.background,
                    output_format: event.output_format,
                    quality: event.quality,
                    size: event.size,
                    usage: event.usage,
                    ..mem::take(&mut self.0)
                };
            }
            ImageEvent::Error(event) => self.0.error = Some(event.error),
            ImageEvent::Unknown(_) => {}
        }
    }

    #[inline]
    fn finish(self) -> Images {
        self.0
    }
}

fn image(b64_json: String) -> Image {
    Image {
        b64_json: Some(b64_json),
        ..Image::default()
    }
}

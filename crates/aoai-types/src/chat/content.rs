//! What a message says: text, or parts of several kinds.

use serde::{Deserialize, Serialize};

use crate::open::{string_enum, string_or, tagged_union};

string_or! {
    /// What a message says.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum Content: "a string or a list of content parts" {
        /// Text.
        Text(String),
        /// Parts of several kinds.
        Parts(Vec<ContentPart>),
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl<const N: usize> From<[ContentPart; N]> for Content {
    fn from(parts: [ContentPart; N]) -> Self {
        Self::Parts(parts.into())
    }
}

tagged_union! {
    /// One piece of a message.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ContentPart by "type" {
        /// Text.
        Text(TextPart) = "text",
        /// A picture.
        Image(ImagePart) = "image_url",
        /// Sound.
        Audio(InputAudioPart) = "input_audio",
        /// A document.
        File(FilePart) = "file",
        /// What the model said when it declined to answer.
        Refusal(RefusalPart) = "refusal",
    }
}

impl ContentPart {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart { text: text.into() })
    }

    /// A picture at a web address, or in a `data:` URL.
    pub fn image(url: impl Into<String>) -> Self {
        ImageUrl::new(url).into()
    }

    /// Sound, in base64.
    pub fn audio(data: impl Into<String>, format: AudioFormat) -> Self {
        Self::Audio(InputAudioPart {
            input_audio: InputAudio {
                data: data.into(),
                format,
            },
        })
    }

    /// A document that was uploaded before.
    pub fn file(file_id: impl Into<String>) -> Self {
        Self::from(FileData {
            file_id: Some(file_id.into()),
            ..FileData::default()
        })
    }

    /// A document in the request itself, as a `data:` URL.
    pub fn inline_file(filename: impl Into<String>, file_data: impl Into<String>) -> Self {
        Self::from(FileData {
            filename: Some(filename.into()),
            file_data: Some(file_data.into()),
            file_id: None,
        })
    }
}

impl From<ImageUrl> for ContentPart {
    fn from(image_url: ImageUrl) -> Self {
        Self::Image(ImagePart { image_url })
    }
}

impl From<FileData> for ContentPart {
    fn from(file: FileData) -> Self {
        Self::File(FilePart { file })
    }
}

impl From<&str> for ContentPart {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// Text.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextPart {
    /// The text.
    pub text: String,
}

/// A picture.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImagePart {
    /// Where it is.
    pub image_url: ImageUrl,
}

/// Where a picture is.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageUrl {
    /// A web address or a `data:` URL.
    pub url: String,
    /// How closely to look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<ImageDetail>,
}

impl ImageUrl {
    /// The picture at this web address, or in this `data:` URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            detail: None,
        }
    }
}

/// Sound.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputAudioPart {
    /// The sound.
    pub input_audio: InputAudio,
}

/// Sound to listen to.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputAudio {
    /// The sound, in base64.
    pub data: String,
    /// Its coding.
    pub format: AudioFormat,
}

/// A document.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilePart {
    /// The document.
    pub file: FileData,
}

/// A document, by the id of its upload or in the request itself.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileData {
    /// The id it was given when it was uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Its content, as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_data: Option<String>,
}

/// What the model said when it declined to answer.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RefusalPart {
    /// The text.
    pub refusal: String,
}

string_enum! {
    /// How closely to look at a picture.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum ImageDetail {
        /// As the model thinks fit.
        Auto = "auto",
        /// At a glance.
        Low = "low",
        /// Closely.
        High = "high",
    }
}

string_enum! {
    /// A coding of sound.
    ///
    /// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-chat-completion)
    pub enum AudioFormat {
        /// WAV.
        Wav = "wav",
        /// MP3.
        Mp3 = "mp3",
        /// AAC.
        Aac = "aac",
        /// FLAC.
        Flac = "flac",
        /// Opus.
        Opus = "opus",
        /// Samples of 16 bits, without a header.
        Pcm16 = "pcm16",
    }
}

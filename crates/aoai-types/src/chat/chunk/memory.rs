//! What chunks remember of those before.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Visitor};

use super::ChatCompletionChunk;
use super::template::Templates;
use crate::operation::DecodeError;
use crate::reader;

/// What chunks remember of those before.
#[derive(Debug, Default)]
pub(super) struct ChunkMemory {
    pub(super) shared: Shared,
    templates: Templates,
}

impl ChunkMemory {
    #[inline]
    pub(super) fn read(&mut self, data: &str) -> Result<ChatCompletionChunk, DecodeError> {
        if let Some(chunk) = self.templates.read(data) {
            return Ok(chunk);
        }
        let read: Option<super::Read<'_>> =
            reader::read(data).or_else(|| serde_json::from_str(data).ok());
        let Some(read) = read else {
            return DecodeError::read(data);
        };
        let mut chunk = read.share(&mut self.shared);
        self.templates.learn(data, &chunk);
        chunk.find_error(data);
        Ok(chunk)
    }
}

/// Texts that stand in every chunk of a stream: made once, and shared by the chunks.
#[derive(Debug, Default)]
pub(super) struct Shared([Option<Arc<str>>; 4]);

/// Which text.
#[derive(Clone, Copy)]
pub(super) enum Repeated {
    Id,
    Object,
    Model,
    Fingerprint,
}

impl Shared {
    /// The text as a shared one: the one remembered, where it is the same.
    pub(super) fn share(&mut self, which: Repeated, text: Option<Text<'_>>) -> Option<Arc<str>> {
        let text = text?.0;
        // Chunks of the content filter have empty texts, between chunks that have others.
        if text.is_empty() {
            return Some(Arc::default());
        }
        let held = &mut self.0[which as usize];
        match held {
            Some(held) if **held == *text => {}
            _ => *held = Some(Arc::from(text)),
        }
        held.clone()
    }
}

/// A text that is copied only where it has to be.
pub(super) struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

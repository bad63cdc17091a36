//! Our own client.

use anyhow::Result;
use aoai_auth::ApiKey;
use aoai_http::EventStream;
use aoai_types::chat::{ChatCompletionChunk, CreateChatCompletion, Message};
use aoai_types::embeddings::{CreateEmbedding, EncodingFormat};

use super::{Client, Events, Form, say};

pub struct Aoai(aoai_http::Client);

impl Client for Aoai {
    type Events = EventStream<ChatCompletionChunk>;

    fn new(base: &str) -> Result<Self> {
        let client = aoai_http::Client::builder(base)
            .credential(ApiKey::new(say::KEY))
            .build()?;
        Ok(Self(client))
    }

    async fn chat(&self) -> Result<usize> {
        let answer = self.0.send(&question()).await?;
        Ok(answer.text().map_or(0, str::len))
    }

    async fn stream(&self) -> Result<Self::Events> {
        Ok(self.0.stream(&question()).await?)
    }

    async fn embed(&self, form: Form) -> Result<usize> {
        let mut request = CreateEmbedding::new(say::DEPLOYMENT, say::inputs());
        match form {
            Form::Default => {}
            Form::Numbers => request.encoding_format = Some(EncodingFormat::Float),
            Form::Base64 => request.encoding_format = Some(EncodingFormat::Base64),
        }
        let answer = self.0.send(&request).await?;
        Ok(answer.data.iter().map(|vector| vector.as_f32().len()).sum())
    }
}

impl Events for EventStream<ChatCompletionChunk> {
    async fn next(&mut self) -> Result<Option<usize>> {
        let Some(chunk) = EventStream::next(self).await else {
            return Ok(None);
        };
        Ok(Some(chunk?.text().map_or(0, str::len)))
    }
}

/// The question in its own types.
pub(crate) fn question() -> CreateChatCompletion {
    CreateChatCompletion::new(
        say::DEPLOYMENT,
        [Message::system(say::SYSTEM), Message::user(say::USER)],
    )
}

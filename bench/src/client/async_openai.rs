//! async-openai with its Azure configuration.

use anyhow::Result;
use async_openai::config::AzureConfig;
use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestUserMessage, ChatCompletionResponseStream, CreateChatCompletionRequest,
};
use async_openai::types::embeddings::{CreateEmbeddingRequest, EmbeddingInput, EncodingFormat};
use futures_util::StreamExt;

use super::{Client, Events, Form, say};

pub struct AsyncOpenai(async_openai::Client<AzureConfig>);

impl Client for AsyncOpenai {
    type Events = ChatCompletionResponseStream;

    fn new(base: &str) -> Result<Self> {
        let config = AzureConfig::new()
            .with_api_base(base)
            .with_api_version(say::API_VERSION)
            .with_deployment_id(say::DEPLOYMENT)
            .with_api_key(say::KEY);
        let http = reqwest::Client::new();
        Ok(Self(
            async_openai::Client::with_config(config).with_http_client(http),
        ))
    }

    async fn chat(&self) -> Result<usize> {
        let answer = self.0.chat().create(question()).await?;
        let texts = answer
            .choices
            .iter()
            .filter_map(|choice| choice.message.content.as_deref());
        Ok(texts.map(str::len).sum())
    }

    async fn stream(&self) -> Result<ChatCompletionResponseStream> {
        Ok(self.0.chat().create_stream(question()).await?)
    }

    async fn embed(&self, form: Form) -> Result<usize> {
        let request = CreateEmbeddingRequest {
            model: say::DEPLOYMENT.into(),
            input: EmbeddingInput::StringArray(say::inputs()),
            encoding_format: match form {
                Form::Default => None,
                Form::Numbers => Some(EncodingFormat::Float),
                Form::Base64 => Some(EncodingFormat::Base64),
            },
            user: None,
            dimensions: None,
        };
        if form == Form::Base64 {
            let answer = self.0.embeddings().create_base64(request).await?;
            let vectors = answer
                .data
                .into_iter()
                .map(|data| Vec::<f32>::from(data.embedding));
            Ok(vectors.map(|vector| vector.len()).sum())
        } else {
            let answer = self.0.embeddings().create(request).await?;
            Ok(answer.data.iter().map(|data| data.embedding.len()).sum())
        }
    }
}

impl Events for ChatCompletionResponseStream {
    async fn next(&mut self) -> Result<Option<usize>> {
        let Some(chunk) = StreamExt::next(self).await else {
            return Ok(None);
        };
        let chunk = chunk?;
        let texts = chunk
            .choices
            .iter()
            .filter_map(|choice| choice.delta.content.as_deref());
        Ok(Some(texts.map(str::len).sum()))
    }
}

/// The question in its own types.
pub(crate) fn question() -> CreateChatCompletionRequest {
    CreateChatCompletionRequest {
        model: say::DEPLOYMENT.into(),
        messages: vec![
            ChatCompletionRequestMessage::System(ChatCompletionRequestSystemMessage::from(
                say::SYSTEM,
            )),
            ChatCompletionRequestMessage::User(ChatCompletionRequestUserMessage::from(say::USER)),
        ],
        ..CreateChatCompletionRequest::default()
    }
}

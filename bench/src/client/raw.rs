//! reqwest as anyone would call it, and the bytes thrown away.

use std::pin::Pin;

use anyhow::Result;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use reqwest::Response;
use serde_json::json;

use super::{Client, Events, Form, say};

pub struct Raw {
    http: reqwest::Client,
    base: String,
    chat: Bytes,
    stream: Bytes,
    numbers: Bytes,
    base64: Bytes,
}

impl Client for Raw {
    type Events = Chunks;

    fn new(base: &str) -> Result<Self> {
        let messages = json!([
            {"role": "system", "content": say::SYSTEM},
            {"role": "user", "content": say::USER},
        ]);
        let model = say::DEPLOYMENT;
        let body = |body: serde_json::Value| Bytes::from(body.to_string());
        let embed = |form: &str| {
            body(json!({"model": model, "input": say::inputs(), "encoding_format": form}))
        };
        Ok(Self {
            http: reqwest::Client::new(),
            base: format!("{base}/openai/v1"),
            chat: body(json!({"model": model, "messages": messages})),
            stream: body(json!({"model": model, "messages": messages, "stream": true})),
            numbers: embed("float"),
            base64: embed("base64"),
        })
    }

    async fn chat(&self) -> Result<usize> {
        let response = self.send("chat/completions", &self.chat).await?;
        Ok(response.bytes().await?.len())
    }

    async fn stream(&self) -> Result<Chunks> {
        let response = self.send("chat/completions", &self.stream).await?;
        Ok(Chunks(Box::pin(response.bytes_stream())))
    }

    async fn embed(&self, form: Form) -> Result<usize> {
        let body = match form {
            Form::Default | Form::Numbers => &self.numbers,
            Form::Base64 => &self.base64,
        };
        Ok(self.send("embeddings", body).await?.bytes().await?.len())
    }
}

impl Raw {
    async fn send(&self, operation: &str, body: &Bytes) -> Result<Response> {
        let response = self
            .http
            .post(format!("{}/{operation}", self.base))
            .header("api-key", say::KEY)
            .header("content-type", "application/json")
            .body(body.clone())
            .send()
            .await?;
        Ok(response.error_for_status()?)
    }
}

/// The chunks of a body. The head is let go, since it would pin the buffer that it was read into.
pub struct Chunks(Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>>>>);

impl Events for Chunks {
    async fn next(&mut self) -> Result<Option<usize>> {
        Ok(self.0.try_next().await?.map(|chunk| chunk.len()))
    }
}

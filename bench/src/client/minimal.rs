//! reqwest, eventsource-stream, and structs with nothing but the text: what a program without a
//! client library would write.

use std::pin::Pin;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventsource_stream::{Event, EventStreamError, Eventsource as _};
use futures_util::{Stream, StreamExt as _};
use reqwest::Response;
use serde::{Deserialize, Serialize};

use super::{Client, Events, Form, say};

pub struct Minimal {
    http: reqwest::Client,
    base: String,
}

impl Client for Minimal {
    type Events = Texts;

    fn new(base: &str) -> Result<Self> {
        Ok(Self {
            http: reqwest::Client::new(),
            base: format!("{base}/openai/v1"),
        })
    }

    async fn chat(&self) -> Result<usize> {
        let answer: Answer = self.ask(false).await?.json().await?;
        Ok(answer
            .choices
            .iter()
            .map(|choice| choice.message.content.len())
            .sum())
    }

    async fn stream(&self) -> Result<Texts> {
        let events = self.ask(true).await?.bytes_stream().eventsource();
        Ok(Texts(Box::pin(events)))
    }

    async fn embed(&self, form: Form) -> Result<usize> {
        let base64 = form == Form::Base64;
        let request = Inputs {
            model: say::DEPLOYMENT,
            input: say::inputs(),
            encoding_format: if base64 { "base64" } else { "float" },
        };
        let response = self.post("embeddings", &request).await?;
        if base64 {
            let answer: Vectors<String> = response.json().await?;
            let mut numbers = 0;
            for vector in &answer.data {
                let bytes = STANDARD.decode(&vector.embedding)?;
                let (quads, _) = bytes.as_chunks::<4>();
                let vector: Vec<f32> = quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect();
                numbers += vector.len();
            }
            Ok(numbers)
        } else {
            let answer: Vectors<Vec<f32>> = response.json().await?;
            Ok(answer
                .data
                .iter()
                .map(|vector| vector.embedding.len())
                .sum())
        }
    }
}

impl Minimal {
    async fn ask(&self, stream: bool) -> Result<Response> {
        let request = Question {
            model: say::DEPLOYMENT,
            messages: [
                Said {
                    role: "system",
                    content: say::SYSTEM,
                },
                Said {
                    role: "user",
                    content: say::USER,
                },
            ],
            stream,
        };
        self.post("chat/completions", &request).await
    }

    async fn post(&self, operation: &str, request: &impl Serialize) -> Result<Response> {
        let response = self
            .http
            .post(format!("{}/{operation}", self.base))
            .header("api-key", say::KEY)
            .json(request)
            .send()
            .await?;
        Ok(response.error_for_status()?)
    }
}

/// The texts of a stream.
pub struct Texts(Pin<Box<dyn Stream<Item = EventResult>>>);

type EventResult = Result<Event, EventStreamError<reqwest::Error>>;

impl Events for Texts {
    async fn next(&mut self) -> Result<Option<usize>> {
        let Some(event) = self.0.next().await else {
            return Ok(None);
        };
        let event = event?;
        if event.data == "[DONE]" {
            return Ok(Some(0));
        }
        let chunk: Chunk = serde_json::from_str(&event.data)?;
        let texts = chunk
            .choices
            .iter()
            .filter_map(|choice| choice.delta.content.as_deref());
        Ok(Some(texts.map(str::len).sum()))
    }
}

#[derive(Serialize)]
struct Question {
    model: &'static str,
    messages: [Said; 2],
    stream: bool,
}

#[derive(Serialize)]
struct Said {
    role: &'static str,
    content: &'static str,
}

#[derive(Serialize)]
struct Inputs {
    model: &'static str,
    input: Vec<String>,
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

/// An event, as far as its text goes.
#[derive(Deserialize)]
pub struct Chunk {
    choices: Vec<ChunkChoice>,
}

#[derive(Deserialize)]
struct ChunkChoice {
    delta: Delta,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Vectors<T> {
    data: Vec<Vector<T>>,
}

#[derive(Deserialize)]
struct Vector<T> {
    embedding: T,
}

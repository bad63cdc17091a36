//! hyper alone: a connection kept by hand, a request made once, and the bytes thrown away.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;

use super::{Client, Events, Form, say};

pub struct Floor {
    authority: String,
    chat: Call,
    stream: Call,
    numbers: Call,
    base64: Call,
    idle: Idle,
}

struct Call {
    uri: Uri,
    body: Bytes,
}

type Idle = Rc<RefCell<Vec<SendRequest<Full<Bytes>>>>>;

impl Client for Floor {
    type Events = Frames;

    fn new(base: &str) -> Result<Self> {
        let base: Uri = base.parse()?;
        let messages = json!([
            {"role": "system", "content": say::SYSTEM},
            {"role": "user", "content": say::USER},
        ]);
        let call = |operation: &str, body: serde_json::Value| {
            let path = base.path().trim_end_matches('/');
            let uri = format!("{path}/openai/v1/{operation}").parse();
            Ok::<_, anyhow::Error>(Call {
                uri: uri?,
                body: body.to_string().into(),
            })
        };
        let (model, chat) = (say::DEPLOYMENT, "chat/completions");
        let embed =
            |form: &str| json!({"model": model, "input": say::inputs(), "encoding_format": form});
        Ok(Self {
            authority: base
                .authority()
                .context("a base names its host")?
                .to_string(),
            chat: call(chat, json!({"model": model, "messages": messages}))?,
            stream: call(
                chat,
                json!({"model": model, "messages": messages, "stream": true}),
            )?,
            numbers: call("embeddings", embed("float"))?,
            base64: call("embeddings", embed("base64"))?,
            idle: Idle::default(),
        })
    }

    async fn chat(&self) -> Result<usize> {
        self.send(&self.chat).await?.drain().await
    }

    async fn stream(&self) -> Result<Frames> {
        self.send(&self.stream).await
    }

    async fn embed(&self, form: Form) -> Result<usize> {
        let call = match form {
            Form::Default | Form::Numbers => &self.numbers,
            Form::Base64 => &self.base64,
        };
        self.send(call).await?.drain().await
    }
}

impl Floor {
    async fn send(&self, call: &Call) -> Result<Frames> {
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        connection.ready().await?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(call.uri.clone())
            .header("host", &self.authority)
            .header("api-key", say::KEY)
            .header("content-type", "application/json")
            .body(Full::new(call.body.clone()))?;
        let response: Response<Incoming> = connection.send_request(request).await?;
        anyhow::ensure!(response.status().is_success(), "the server refused");
        Ok(Frames {
            body: response.into_body(),
            connection: Some(connection),
            idle: Rc::clone(&self.idle),
        })
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// The frames of a body; its connection goes back once the last one was read.
pub struct Frames {
    body: Incoming,
    connection: Option<SendRequest<Full<Bytes>>>,
    idle: Idle,
}

impl Frames {
    async fn drain(mut self) -> Result<usize> {
        let mut bytes = 0;
        while let Some(frame) = self.next().await? {
            bytes += frame;
        }
        Ok(bytes)
    }
}

impl Events for Frames {
    async fn next(&mut self) -> Result<Option<usize>> {
        while let Some(frame) = self.body.frame().await {
            if let Some(data) = frame?.data_ref() {
                return Ok(Some(data.len()));
            }
        }
        self.idle.borrow_mut().extend(self.connection.take());
        Ok(None)
    }
}

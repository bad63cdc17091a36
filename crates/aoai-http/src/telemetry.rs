//! What is told of a call to whoever watches: a span, and measurements where they are asked for.
//! Names, numbers and ids, never content.
//!
//! Names are those of OpenTelemetry's semantic conventions for generative AI.

use std::borrow::Cow;
use std::fmt;

use aoai_types::outcome::TokenUsage;
use aoai_types::{Operation, StreamEvent};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use tracing::field::{Empty, display};
use tracing::{Span, info_span};

use crate::attempt::Attempt;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::response::Response;

#[cfg(feature = "opentelemetry")]
pub(crate) use self::metrics::Instruments;

#[cfg(feature = "opentelemetry")]
mod metrics;

/// A call that is being watched, until it is over.
pub(crate) struct Observation {
    span: Span,
    usage: Option<TokenUsage>,
    over: bool,
    #[cfg(feature = "opentelemetry")]
    measured: Option<Box<metrics::Measured>>,
}

impl Observation {
    /// Begins to watch a call of `client`.
    pub(crate) fn begin<O: Operation>(client: &Client, model: Option<&str>) -> Self {
        let operation = O::ENDPOINT.gen_ai;
        let span = info_span!(
            "gen_ai",
            otel.name = %SpanName { operation, model },
            otel.kind = "client",
            otel.status_code = Empty,
            gen_ai.provider.name = PROVIDER,
            gen_ai.operation.name = operation,
            gen_ai.request.model = model,
            gen_ai.response.model = Empty,
            gen_ai.response.id = Empty,
            gen_ai.response.finish_reasons = Empty,
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            server.address = Empty,
            server.port = Empty,
            http.response.status_code = Empty,
            azure.apim_request_id = Empty,
            error.r#type = Empty,
            attempts = Empty,
        );
        let mut seen = Self {
            span,
            usage: None,
            over: false,
            #[cfg(feature = "opentelemetry")]
            measured: client.instruments().map(|instruments| {
                let clock = client.clock();
                Box::new(metrics::Measured::new(instruments, clock, operation, model))
            }),
        };
        seen.at(client);
        seen
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Whether anybody is watching.
    pub(crate) fn is_on(&self) -> bool {
        #[cfg(feature = "opentelemetry")]
        if self.measured.is_some() {
            return true;
        }
        !self.span.is_disabled()
    }

    /// The call goes to this client's endpoint.
    pub(crate) fn at(&mut self, client: &Client) {
        if !self.is_on() {
            return;
        }
        let (host, port) = client.host_and_port();
        self.span.record("server.address", host);
        self.span.record("server.port", port);
        #[cfg(feature = "opentelemetry")]
        if let Some(measured) = &mut self.measured {
            measured.at(host, port);
        }
    }

    /// The call is over, and this is what came of it.
    pub(crate) fn answered<O: Operation>(mut self, answered: &Result<Response<O::Response>>) {
        if self.is_on()
            && let Ok(answer) = answered
        {
            self.used(O::usage(answer));
            self.named(answer.body());
            if let Some(finish) = O::outcome(answer).finish {
                let reasons = format!("[{finish:?}]");
                self.span.record("gen_ai.response.finish_reasons", reasons);
            }
        }
        self.ended(answered);
    }

    /// The same, of an answer that nobody has looked into.
    pub(crate) fn ended<T>(mut self, answered: &Result<Response<T>>) {
        if !self.is_on() {
            return;
        }
        match answered {
            Ok(answer) => {
                let status = answer.status().as_u16();
                self.span.record("http.response.status_code", status);
                self.span
                    .record("azure.apim_request_id", answer.apim_request_id());
                self.over(answer.attempts(), None);
            }
            Err(error) => self.failed(error),
        }
    }

    /// The call is over: its stream has come to its end, or to an error that was told already.
    pub(crate) fn streamed(&mut self, status: StatusCode, id: Option<&str>, attempts: &[Attempt]) {
        if !self.over {
            self.span
                .record("http.response.status_code", status.as_u16());
            self.span.record("azure.apim_request_id", id);
            self.over(attempts, None);
        }
    }

    /// The call is over, and failed.
    pub(crate) fn failed(&mut self, error: &Error) {
        if !self.is_on() {
            return;
        }
        let status = error.status().map(|status| status.as_u16());
        self.span.record("http.response.status_code", status);
        self.span
            .record("azure.apim_request_id", error.apim_request_id());
        self.over(error.attempts(), Some(error.kind().as_str()));
    }

    /// The answer has begun, with these events.
    pub(crate) fn began<'a, T: StreamEvent + 'a>(
        &mut self,
        mut events: impl Iterator<Item = (&'a Bytes, &'a T)>,
    ) {
        let begun = events.any(|(data, event)| {
            self.named(data);
            event.is_output()
        });
        #[cfg(feature = "opentelemetry")]
        if let (true, Some(measured)) = (begun, &mut self.measured) {
            measured.first_chunk();
        }
        #[cfg(not(feature = "opentelemetry"))]
        let _ = begun;
    }

    /// What the call has cost so far.
    pub(crate) fn used(&mut self, usage: Option<TokenUsage>) {
        self.usage = usage.or(self.usage);
    }

    /// The call is over: each attempt but the last was one in vain.
    pub(crate) fn over(&mut self, attempts: &[Attempt], error: Option<&'static str>) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        self.span.record("attempts", attempts.len());
        self.span.record("error.type", error);
        self.span.record("otel.status_code", error.map(|_| "ERROR"));
        if let Some(usage) = self.usage {
            self.span.record("gen_ai.usage.input_tokens", usage.prompt);
            self.span
                .record("gen_ai.usage.output_tokens", usage.completion);
        }
        #[cfg(feature = "opentelemetry")]
        if let Some(measured) = &self.measured {
            measured.over(attempts, error, self.usage);
        }
    }

    /// Notes the model and the id that the service gave, from an answer's or event's JSON.
    fn named(&mut self, json: &[u8]) {
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow, default)]
            id: Option<Cow<'a, str>>,
            #[serde(borrow, default)]
            model: Option<Cow<'a, str>>,
            #[serde(borrow, default)]
            response: Option<Box<Named<'a>>>,
        }

        let Ok(named) = serde_json::from_slice::<Named<'_>>(json) else {
            return;
        };
        let named = named
            .response
            .map_or((named.id, named.model), |inner| (inner.id, inner.model));
        if let Some(id) = named.0.filter(|id| !id.is_empty()) {
            self.span.record("gen_ai.response.id", display(id));
        }
        if let Some(model) = named.1.filter(|model| !model.is_empty()) {
            self.span.record("gen_ai.response.model", display(&model));
            #[cfg(feature = "opentelemetry")]
            if let Some(measured) = &mut self.measured {
                measured.answered_by(&model);
            }
        }
    }
}

impl Drop for Observation {
    /// A call that was given up is over, too.
    fn drop(&mut self) {
        if !self.over && self.is_on() {
            self.over(&[], Some("cancelled"));
        }
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation").finish_non_exhaustive()
    }
}

/// `chat gpt-4o`.
struct SpanName<'a> {
    operation: &'static str,
    model: Option<&'a str>,
}

impl fmt::Display for SpanName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        match self.model {
            Some(model) => write!(f, " {model}"),
            None => Ok(()),
        }
    }
}

const PROVIDER: &str = "azure.ai.openai";

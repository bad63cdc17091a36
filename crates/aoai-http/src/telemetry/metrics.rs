//! Measurements of calls, for OpenTelemetry.

use std::sync::Arc;
use std::time::Duration;

use aoai_auth::Clock;
use aoai_types::outcome::TokenUsage;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

use super::PROVIDER;
use crate::attempt::Attempt;

/// What is measured.
#[derive(Debug)]
pub(crate) struct Instruments {
    duration: Histogram<f64>,
    tokens: Histogram<u64>,
    first_chunk: Histogram<f64>,
    retries: Counter<u64>,
}

impl Instruments {
    pub(crate) fn new(meter: &Meter) -> Self {
        Self {
            duration: meter
                .f64_histogram("gen_ai.client.operation.duration")
                .with_unit("s")
                .with_description("How long a call took, with all waits and retries.")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            tokens: meter
                .u64_histogram("gen_ai.client.token.usage")
                .with_unit("{token}")
                .with_description("Tokens of input and output that a call used.")
                .with_boundaries(TOKENS.to_vec())
                .build(),
            first_chunk: meter
                .f64_histogram("gen_ai.client.operation.time_to_first_chunk")
                .with_unit("s")
                .with_description("How long it took until a streamed answer began.")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            retries: meter
                .u64_counter("aoai.client.operation.retries")
                .with_unit("{retry}")
                .with_description("Attempts that had to be made again, by what they failed of.")
                .build(),
        }
    }
}

/// One call's measurements.
#[derive(Debug)]
pub(super) struct Measured {
    instruments: Arc<Instruments>,
    clock: Arc<dyn Clock>,
    began: Duration,
    attributes: Vec<KeyValue>,
    server: [Option<KeyValue>; 2],
    model: Option<KeyValue>,
}

impl Measured {
    pub(super) fn new(
        instruments: &Arc<Instruments>,
        clock: &Arc<dyn Clock>,
        operation: &'static str,
        model: Option<&str>,
    ) -> Self {
        let mut attributes = vec![
            KeyValue::new("gen_ai.operation.name", operation),
            KeyValue::new("gen_ai.provider.name", PROVIDER),
        ];
        if let Some(model) = model {
            attributes.push(KeyValue::new("gen_ai.request.model", model.to_owned()));
        }
        Self {
            instruments: Arc::clone(instruments),
            began: clock.elapsed(),
            clock: Arc::clone(clock),
            attributes,
            server: [None, None],
            model: None,
        }
    }

    pub(super) fn at(&mut self, host: &str, port: u16) {
        self.server = [
            Some(KeyValue::new("server.address", host.to_owned())),
            Some(KeyValue::new("server.port", i64::from(port))),
        ];
    }

    pub(super) fn answered_by(&mut self, model: &str) {
        self.model
            .get_or_insert_with(|| KeyValue::new("gen_ai.response.model", model.to_owned()));
    }

    pub(super) fn first_chunk(&self) {
        let attributes = self.attributes();
        let taken = self.elapsed();
        self.instruments.first_chunk.record(taken, &attributes);
    }

    pub(super) fn over(
        &self,
        attempts: &[Attempt],
        error: Option<&'static str>,
        usage: Option<TokenUsage>,
    ) {
        let attributes = self.attributes();
        let with = |name: &'static str, value: &'static str| {
            let mut attributes = attributes.clone();
            attributes.push(KeyValue::new(name, value));
            attributes
        };
        let taken = self.elapsed();
        match error {
            Some(error) => {
                let attributes = with("error.type", error);
                self.instruments.duration.record(taken, &attributes);
            }
            None => self.instruments.duration.record(taken, &attributes),
        }
        if let Some(usage) = usage {
            for (kind, tokens) in [("input", usage.prompt), ("output", usage.completion)] {
                let attributes = with("gen_ai.token.type", kind);
                self.instruments.tokens.record(tokens, &attributes);
            }
        }
        let again = attempts.len().saturating_sub(1);
        for attempt in &attempts[..again] {
            let kind = attempt.error.map_or("none", |kind| kind.as_str());
            self.instruments.retries.add(1, &with("error.type", kind));
        }
    }

    fn elapsed(&self) -> f64 {
        let elapsed = self.clock.elapsed().saturating_sub(self.began);
        elapsed.as_secs_f64()
    }

    fn attributes(&self) -> Vec<KeyValue> {
        let more = self.server.iter().chain([&self.model]).flatten();
        self.attributes.iter().chain(more).cloned().collect()
    }
}

// The boundaries that the conventions ask for.
const SECONDS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const TOKENS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

//! The events of a stream and their times.

use std::time::Duration;

use aoai_auth::Clock;
use aoai_http::sse::Frame;
use serde_json::Value;

use super::raw::delta_text;
use super::record::decode;
use crate::duration::ms;
use crate::result::{StepResult, Stream};

/// Watches a stream go by.
pub(super) struct Watch<'a> {
    clock: &'a dyn Clock,
    began: Duration,
    last: Option<Duration>,
    first: Option<Duration>,
    gap: Duration,
    stream: Stream,
}

impl<'a> Watch<'a> {
    pub(super) fn new(clock: &'a dyn Clock) -> Self {
        Self {
            clock,
            began: clock.elapsed(),
            last: None,
            first: None,
            gap: Duration::ZERO,
            stream: Stream::default(),
        }
    }

    /// Notes an event and its time.
    pub(super) fn saw(&mut self, frame: &Frame) {
        let now = self.clock.elapsed();
        if let Some(last) = self.last {
            self.gap = self.gap.max(now.saturating_sub(last));
        }
        self.last = Some(now);
        self.stream.times.push(ms(now.saturating_sub(self.began)));
        let event = decode(frame.data().as_bytes());
        if self.first.is_none() && delta_text(&event).is_some_and(|text| !text.is_empty()) {
            self.first = Some(now.saturating_sub(self.began));
        }
        self.stream.types.extend(name(frame, &event));
        self.stream.events.push(event);
    }

    pub(super) fn events(&self) -> &[Value] {
        &self.stream.events
    }

    /// Notes all of it; `done` where it came to its proper end.
    pub(super) fn finish(mut self, result: &mut StepResult, done: bool) {
        self.stream.count = self.stream.events.len();
        self.stream.done = done;
        result.time.first = self.first.map(ms);
        result.time.gap = (self.stream.count > 1).then(|| ms(self.gap));
        result.stream = Some(self.stream);
    }
}

/// The event's name: its own field, or the `type` in its data.
fn name(frame: &Frame, event: &Value) -> Option<String> {
    match &*frame.event() {
        "" | "message" => event["type"].as_str().map(str::to_owned),
        name => Some(name.to_owned()),
    }
}

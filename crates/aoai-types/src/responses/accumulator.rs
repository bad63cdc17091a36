//! Rebuilds an answer from its events.

use std::collections::BTreeMap;

use self::item::ItemState;
use super::event::{Delta, DeltaText, ResponseEvent};
use super::{Response, ResponseStatus};
use crate::error::ApiError;
use crate::operation::Accumulator;

mod item;

/// Rebuilds an answer from the events of its stream.
///
/// The last event has the whole answer. Where the stream is cut before it, the answer is put
/// together from the items and pieces that came.
///
/// ```
/// use aoai_types::responses::ResponseAccumulator;
/// use aoai_types::responses::event::ResponseEvent;
/// use aoai_types::{Accumulator, StreamEvent};
///
/// let mut answer = ResponseAccumulator::default();
/// for data in [
///     r#"{"type": "response.output_item.added", "output_index": 0,
///         "item": {"type": "message", "role": "assistant", "content": []}}"#,
///     r#"{"type": "response.content_part.added", "output_index": 0, "content_index": 0,
///         "part": {"type": "output_text", "text": ""}}"#,
///     r#"{"type": "response.output_text.delta", "output_index": 0, "content_index": 0,
///         "delta": "Hel"}"#,
/// ] {
///     answer.push(<ResponseEvent as StreamEvent>::decode(data)?);
/// }
/// assert_eq!(answer.finish().text(), "Hel");
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ResponseAccumulator {
    /// The answer as the last event that had one told it.
    response: Response,
    /// The items as they stand, by their place.
    items: BTreeMap<i64, ItemState>,
    error: Option<ApiError>,
    ended: bool,
}

impl Accumulator for ResponseAccumulator {
    type Event = ResponseEvent;
    type Output = Response;

    #[inline]
    fn push(&mut self, event: ResponseEvent) {
        match event {
            ResponseEvent::Created(event)
            | ResponseEvent::Queued(event)
            | ResponseEvent::InProgress(event) => self.response = *event.response,
            ResponseEvent::Completed(event)
            | ResponseEvent::Incomplete(event)
            | ResponseEvent::Failed(event) => {
                self.ended = true;
                self.response = *event.response;
            }
            ResponseEvent::Error(event) => self.error = Some(event.error),
            ResponseEvent::OutputItemAdded(event) | ResponseEvent::OutputItemDone(event) => {
                let place = event.output_index.unwrap_or_default();
                self.items.insert(place, event.item.into());
            }
            event => self.push_piece(event),
        }
    }

    #[inline]
    fn finish(self) -> Response {
        let mut response = self.response;
        if response.output.is_empty() {
            response.output = self.items.into_values().map(ItemState::finish).collect();
        }
        if let Some(error) = self.error {
            if !self.ended {
                response.status = Some(ResponseStatus::Failed);
            }
            response.error.get_or_insert(error);
        }
        response
    }
}

impl ResponseAccumulator {
    #[inline]
    fn push_piece(&mut self, event: ResponseEvent) {
        match event {
            ResponseEvent::ContentPartAdded(event) | ResponseEvent::ContentPartDone(event) => {
                if let Some(item) = self.item(event.output_index) {
                    let place = event.content_index.unwrap_or_default();
                    item.parts.insert(place, event.part);
                }
            }
            ResponseEvent::ReasoningSummaryPartAdded(event)
            | ResponseEvent::ReasoningSummaryPartDone(event) => {
                if let Some(item) = self.item(event.output_index) {
                    let place = event.summary_index.unwrap_or_default();
                    item.summary.insert(place, event.part);
                }
            }
            ResponseEvent::AnnotationAdded(event) => {
                if let Some(item) = self.item(event.output_index) {
                    let part = event.content_index.unwrap_or_default();
                    item.annotate(part, event.annotation_index, event.annotation);
                }
            }
            ResponseEvent::OutputTextDelta(delta) => {
                if let Some(item) = self.item(delta.output_index) {
                    item.push_text(delta);
                }
            }
            ResponseEvent::RefusalDelta(delta) => {
                self.append(&delta, delta.content_index, ItemState::refusal);
            }
            ResponseEvent::ReasoningTextDelta(delta) => {
                self.append(&delta, delta.content_index, ItemState::thoughts);
            }
            ResponseEvent::ReasoningSummaryTextDelta(delta) => {
                self.append(&delta, delta.summary_index, ItemState::summary);
            }
            ResponseEvent::FunctionCallArgumentsDelta(delta)
            | ResponseEvent::CustomToolCallInputDelta(delta)
            | ResponseEvent::McpCallArgumentsDelta(delta)
            | ResponseEvent::CodeInterpreterCodeDelta(delta) => {
                self.append(&delta, None, ItemState::given);
            }
            event => self.push_whole(event),
        }
    }

    #[inline]
    fn push_whole(&mut self, event: ResponseEvent) {
        match event {
            ResponseEvent::OutputTextDone(done) => {
                self.replace(
                    done.output_index,
                    done.content_index,
                    ItemState::words,
                    done.text,
                );
            }
            ResponseEvent::RefusalDone(done) => {
                let place = done.content_index;
                self.replace(done.output_index, place, ItemState::refusal, done.refusal);
            }
            ResponseEvent::ReasoningTextDone(done) => {
                let place = done.content_index;
                self.replace(done.output_index, place, ItemState::thoughts, done.text);
            }
            ResponseEvent::ReasoningSummaryTextDone(done) => {
                let place = done.summary_index;
                self.replace(done.output_index, place, ItemState::summary, done.text);
            }
            ResponseEvent::FunctionCallArgumentsDone(done)
            | ResponseEvent::McpCallArgumentsDone(done) => {
                if let DeltaText::Text(arguments) = done.arguments {
                    self.replace(done.output_index, None, ItemState::given, arguments);
                }
            }
            ResponseEvent::CustomToolCallInputDone(done) => {
                self.replace(done.output_index, None, ItemState::given, done.input);
            }
            ResponseEvent::CodeInterpreterCodeDone(done) => {
                self.replace(done.output_index, None, ItemState::given, done.code);
            }
            _ => {}
        }
    }

    #[inline]
    fn append(&mut self, delta: &Delta, place: Option<i64>, find: Find) {
        if let Some(held) = self.find(delta.output_index, place, find) {
            held.push_str(delta.delta.as_str());
        }
    }

    /// Puts what is whole in the place of its pieces, some of which may not have come.
    fn replace(
        &mut self,
        output_index: Option<i64>,
        place: Option<i64>,
        find: Find,
        whole: String,
    ) {
        if let Some(held) = self.find(output_index, place, find) {
            *held = whole;
        }
    }

    fn find(
        &mut self,
        output_index: Option<i64>,
        place: Option<i64>,
        find: Find,
    ) -> Option<&mut String> {
        find(self.item(output_index)?, place.unwrap_or_default())
    }

    fn item(&mut self, output_index: Option<i64>) -> Option<&mut ItemState> {
        self.items.get_mut(&output_index.unwrap_or_default())
    }
}

/// Finds a text of an item, which may stand in a part at this place.
type Find = fn(&mut ItemState, i64) -> Option<&mut String>;

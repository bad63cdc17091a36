//! Rebuilds an answer from its events.

use std::collections::BTreeMap;

use super::event::{Delta, ResponseEvent};
use super::item::{
    ContentPart, Item, MessageContent, OutputText, Refusal, SummaryPart, SummaryText,
};
use super::{Response, ResponseStatus};
use crate::error::ApiError;
use crate::operation::Accumulator;

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
    items: BTreeMap<i64, Item>,
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
                self.items
                    .insert(event.output_index.unwrap_or_default(), event.item);
            }
            ResponseEvent::ContentPartAdded(event) | ResponseEvent::ContentPartDone(event) => {
                if let Some(parts) = self.parts(event.output_index) {
                    put(parts, event.content_index, event.part);
                }
            }
            ResponseEvent::OutputTextDelta(delta) => self.append(&delta, |part| match part {
                ContentPart::OutputText(OutputText { text, .. }) => Some(text),
                _ => None,
            }),
            ResponseEvent::RefusalDelta(delta) => self.append(&delta, |part| match part {
                ContentPart::Refusal(Refusal { refusal }) => Some(refusal),
                _ => None,
            }),
            ResponseEvent::AnnotationAdded(event) => {
                let parts = self.parts(event.output_index);
                if let Some(ContentPart::OutputText(text)) =
                    parts.and_then(|parts| parts.get_mut(index(event.content_index)))
                {
                    put(
                        text.annotations.get_or_insert_default(),
                        event.annotation_index,
                        event.annotation,
                    );
                }
            }
            ResponseEvent::FunctionCallArgumentsDelta(delta) => {
                if let Some(Item::FunctionCall(call)) = self.item(delta.output_index) {
                    call.arguments.push_str(delta.delta.as_str());
                }
            }
            ResponseEvent::CustomToolCallInputDelta(delta) => {
                if let Some(Item::CustomToolCall(call)) = self.item(delta.output_index) {
                    call.input.push_str(delta.delta.as_str());
                }
            }
            ResponseEvent::McpCallArgumentsDelta(delta) => {
                if let Some(Item::McpCall(call)) = self.item(delta.output_index) {
                    call.arguments.push_str(delta.delta.as_str());
                }
            }
            ResponseEvent::ReasoningSummaryPartAdded(event)
            | ResponseEvent::ReasoningSummaryPartDone(event) => {
                if let Some(Item::Reasoning(item)) = self.item(event.output_index) {
                    put(&mut item.summary, event.summary_index, event.part);
                }
            }
            ResponseEvent::ReasoningSummaryTextDelta(delta) => {
                if let Some(Item::Reasoning(item)) = self.item(delta.output_index)
                    && let Some(SummaryPart::Text(SummaryText { text })) =
                        item.summary.get_mut(index(delta.summary_index))
                {
                    text.push_str(delta.delta.as_str());
                }
            }
            _ => {}
        }
    }

    #[inline]
    fn finish(self) -> Response {
        let mut response = self.response;
        if response.output.is_empty() {
            response.output = self.items.into_values().collect();
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
    fn item(&mut self, output_index: Option<i64>) -> Option<&mut Item> {
        self.items.get_mut(&output_index.unwrap_or_default())
    }

    fn parts(&mut self, output_index: Option<i64>) -> Option<&mut Vec<ContentPart>> {
        match self.item(output_index)? {
            Item::Message(message) => match &mut message.content {
                Some(MessageContent::Parts(parts)) => Some(parts),
                content => {
                    *content = Some(MessageContent::Parts(Vec::new()));
                    match content {
                        Some(MessageContent::Parts(parts)) => Some(parts),
                        _ => None,
                    }
                }
            },
            Item::Reasoning(item) => Some(item.content.get_or_insert_default()),
            _ => None,
        }
    }

    fn append(&mut self, delta: &Delta, text: impl Fn(&mut ContentPart) -> Option<&mut String>) {
        let parts = self.parts(delta.output_index);
        let part = parts.and_then(|parts| parts.get_mut(index(delta.content_index)));
        if let Some(text) = part.and_then(text) {
            text.push_str(delta.delta.as_str());
        }
    }
}

/// Puts an entry in its place; one beyond the end goes to the end.
fn put<T>(list: &mut Vec<T>, place: Option<i64>, entry: T) {
    match list.get_mut(index(place)) {
        Some(old) => *old = entry,
        None => list.push(entry),
    }
}

fn index(place: Option<i64>) -> usize {
    place
        .and_then(|place| usize::try_from(place).ok())
        .unwrap_or_default()
}

//! An item of an answer, as far as it has come.

use std::collections::BTreeMap;
use std::mem;

use crate::responses::event::Delta;
use crate::responses::item::{
    Annotation, ContentPart, Item, MessageContent, OutputText, ReasoningText, Refusal, SummaryPart,
    SummaryText,
};

/// An item as far as it has come, its parts by their places: some may never come.
#[derive(Clone, Debug)]
pub(super) struct ItemState {
    item: Item,
    /// The parts of a message, or of thoughts.
    pub(super) parts: BTreeMap<i64, ContentPart>,
    /// The parts of a summary of thoughts.
    pub(super) summary: BTreeMap<i64, SummaryPart>,
}

impl From<Item> for ItemState {
    fn from(mut item: Item) -> Self {
        let mut parts = Vec::new();
        let mut summary = Vec::new();
        match &mut item {
            Item::Message(message) => {
                if let Some(MessageContent::Parts(held)) = &mut message.content {
                    parts = mem::take(held);
                }
            }
            Item::Reasoning(thoughts) => {
                parts = thoughts.content.as_mut().map(mem::take).unwrap_or_default();
                summary = mem::take(&mut thoughts.summary);
            }
            _ => {}
        }
        Self {
            item,
            parts: (0..).zip(parts).collect(),
            summary: (0..).zip(summary).collect(),
        }
    }
}

impl ItemState {
    /// Adds to a text, and to how likely its tokens were.
    pub(super) fn push_text(&mut self, delta: Delta) {
        let Some(text) = self.text(delta.content_index.unwrap_or_default()) else {
            return;
        };
        text.text.push_str(delta.delta.as_str());
        if let Some(logprobs) = delta.logprobs {
            text.logprobs.get_or_insert_default().extend(logprobs);
        }
    }

    /// Puts an annotation in its place in a text; one beyond the end goes to the end.
    pub(super) fn annotate(&mut self, part: i64, place: Option<i64>, annotation: Annotation) {
        let Some(text) = self.text(part) else { return };
        let held = text.annotations.get_or_insert_default();
        let place = usize::try_from(place.unwrap_or_default()).unwrap_or_default();
        match held.get_mut(place) {
            Some(old) => *old = annotation,
            None => held.push(annotation),
        }
    }

    /// The text at a place, which is made if nobody announced it.
    fn text(&mut self, place: i64) -> Option<&mut OutputText> {
        let make = || OutputText::new("").into();
        match self.parts.entry(place).or_insert_with(make) {
            ContentPart::OutputText(text) => Some(text),
            _ => None,
        }
    }

    /// The words of the text at a place.
    pub(super) fn words(&mut self, place: i64) -> Option<&mut String> {
        self.text(place).map(|text| &mut text.text)
    }

    /// The words at a place in which the model declines.
    pub(super) fn refusal(&mut self, place: i64) -> Option<&mut String> {
        let make = || Refusal::new("").into();
        match self.parts.entry(place).or_insert_with(make) {
            ContentPart::Refusal(refusal) => Some(&mut refusal.refusal),
            _ => None,
        }
    }

    /// The thoughts at a place.
    pub(super) fn thoughts(&mut self, place: i64) -> Option<&mut String> {
        let make = || ReasoningText::new("").into();
        match self.parts.entry(place).or_insert_with(make) {
            ContentPart::ReasoningText(thoughts) => Some(&mut thoughts.text),
            _ => None,
        }
    }

    /// The summary of thoughts at a place.
    pub(super) fn summary(&mut self, place: i64) -> Option<&mut String> {
        let make = || SummaryText::new("").into();
        match self.summary.entry(place).or_insert_with(make) {
            SummaryPart::Text(summary) => Some(&mut summary.text),
            SummaryPart::Unknown(_) => None,
        }
    }

    /// What a tool is given: arguments, text or code.
    pub(super) fn given(&mut self, _: i64) -> Option<&mut String> {
        match &mut self.item {
            Item::FunctionCall(call) => Some(&mut call.arguments),
            Item::CustomToolCall(call) => Some(&mut call.input),
            Item::McpCall(call) => Some(&mut call.arguments),
            Item::CodeInterpreterCall(call) => Some(call.code.get_or_insert_default()),
            _ => None,
        }
    }

    pub(super) fn finish(mut self) -> Item {
        let parts: Vec<_> = self.parts.into_values().collect();
        match &mut self.item {
            Item::Message(message) if !parts.is_empty() => {
                message.content = Some(MessageContent::Parts(parts));
            }
            Item::Reasoning(thoughts) => {
                thoughts.summary = self.summary.into_values().collect();
                if !parts.is_empty() {
                    thoughts.content = Some(parts);
                }
            }
            _ => {}
        }
        self.item
    }
}

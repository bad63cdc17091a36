//! Rebuilds the continuation of a text from its pieces.

use std::collections::BTreeMap;

use super::{Completion, CompletionChoice};
use crate::chat::FinishReason;
use crate::content_filter::ContentFilterResults;
use crate::operation::Accumulator;
use crate::timestamp::Timestamp;

/// Rebuilds the continuation of a text from its pieces.
///
/// ```
/// use aoai_types::completions::{Completion, CompletionAccumulator};
/// use aoai_types::{Accumulator, StreamEvent};
///
/// let mut answer = CompletionAccumulator::default();
/// for data in [
///     r#"{"choices": [{"index": 0, "text": "Once "}]}"#,
///     r#"{"choices": [{"index": 0, "text": "upon", "finish_reason": "length"}]}"#,
/// ] {
///     answer.push(<Completion as StreamEvent>::decode(data)?);
/// }
/// assert_eq!(answer.finish().text(), Some("Once upon"));
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CompletionAccumulator {
    answer: Completion,
    choices: BTreeMap<i64, CompletionChoice>,
}

impl Accumulator for CompletionAccumulator {
    type Event = Completion;
    type Output = Completion;

    #[inline]
    fn push(&mut self, event: Completion) {
        let answer = &mut self.answer;
        keep_first(&mut answer.id, event.id);
        keep_first(&mut answer.object, event.object);
        keep_first(&mut answer.model, event.model);
        keep_first(&mut answer.system_fingerprint, event.system_fingerprint);
        if matches!(answer.created, None | Some(Timestamp::Seconds(0))) {
            answer.created = event.created.or(answer.created.take());
        }
        answer.usage = event.usage.or(answer.usage.take());
        let prompts = [
            (
                &mut answer.prompt_filter_results,
                event.prompt_filter_results,
            ),
            (&mut answer.prompt_annotations, event.prompt_annotations),
        ];
        for (held, new) in prompts {
            if let Some(mut new) = new {
                held.get_or_insert_default().append(&mut new);
            }
        }
        for choice in event.choices {
            let index = choice.index.unwrap_or_default();
            push(self.choices.entry(index).or_default(), choice);
        }
    }

    #[inline]
    fn finish(mut self) -> Completion {
        let choices = self.choices.into_iter();
        self.answer.choices = choices
            .map(|(index, choice)| CompletionChoice {
                index: Some(index),
                ..choice
            })
            .collect();
        self.answer
    }
}

#[inline]
fn push(held: &mut CompletionChoice, new: CompletionChoice) {
    match new.finish_reason {
        Some(reason)
            if !reason.as_str().is_empty()
                && held.finish_reason != Some(FinishReason::ContentFilter) =>
        {
            held.finish_reason = Some(reason);
        }
        _ => {}
    }
    match (&mut held.text, new.text) {
        (_, None) => {}
        (Some(held), Some(new)) => held.push_str(&new),
        (held @ None, new) => *held = new,
    }
    match (&mut held.logprobs, new.logprobs) {
        (_, None) => {}
        (Some(held), Some(new)) => held.append(*new),
        (held @ None, new) => *held = new,
    }
    merge(&mut held.content_filter_results, new.content_filter_results);
    merge(&mut held.content_filter_result, new.content_filter_result);
    held.content_filter_offsets = new.content_filter_offsets.or(held.content_filter_offsets);
    held.content_filter_raw = new.content_filter_raw.or(held.content_filter_raw.take());
}

fn keep_first(held: &mut Option<String>, new: Option<String>) {
    if held.as_deref().is_none_or(str::is_empty) && new.is_some() {
        *held = new;
    }
}

fn merge(held: &mut Option<ContentFilterResults>, new: Option<ContentFilterResults>) {
    match (held, new) {
        (_, None) => {}
        (Some(held), Some(new)) => held.merge(new),
        (held @ None, new) => *held = new,
    }
}

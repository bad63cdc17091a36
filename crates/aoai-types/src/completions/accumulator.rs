//! Rebuilds the continuation of a text from its pieces.

use std::collections::BTreeMap;

use super::{Completion, CompletionChoice};
use crate::operation::Accumulator;
use crate::pieces;

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
        pieces::begin(&mut answer.created, event.created);
        pieces::replace(&mut answer.usage, event.usage);
        pieces::extend(
            &mut answer.prompt_filter_results,
            event.prompt_filter_results,
        );
        pieces::extend(&mut answer.prompt_annotations, event.prompt_annotations);
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
    pieces::end(&mut held.finish_reason, new.finish_reason);
    pieces::append(&mut held.text, new.text);
    match (&mut held.logprobs, new.logprobs) {
        (_, None) => {}
        (Some(held), Some(new)) => held.append(*new),
        (held @ None, new) => *held = new,
    }
    pieces::merge(&mut held.content_filter_results, new.content_filter_results);
    pieces::merge(&mut held.content_filter_result, new.content_filter_result);
    pieces::replace(&mut held.content_filter_offsets, new.content_filter_offsets);
    pieces::replace(&mut held.content_filter_raw, new.content_filter_raw);
}

fn keep_first(held: &mut Option<String>, new: Option<String>) {
    if held.as_deref().is_none_or(str::is_empty) {
        pieces::replace(held, new);
    }
}

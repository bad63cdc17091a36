//! How the pieces of an answer are put together, whatever they are pieces of.

use crate::chat::FinishReason;
use crate::content_filter::ContentFilterResults;
use crate::timestamp::Timestamp;

/// Adds to a text.
pub(crate) fn append(held: &mut Option<String>, piece: Option<String>) {
    match (held, piece) {
        (_, None) => {}
        (Some(held), Some(piece)) => held.push_str(&piece),
        (held @ None, piece) => *held = piece,
    }
}

/// Adds to a list.
pub(crate) fn extend<T>(held: &mut Option<Vec<T>>, later: Option<Vec<T>>) {
    match (held, later) {
        (_, None) => {}
        (Some(held), Some(mut later)) => held.append(&mut later),
        (held @ None, later) => *held = later,
    }
}

/// Takes later findings about the same text in.
pub(crate) fn merge(held: &mut Option<ContentFilterResults>, later: Option<ContentFilterResults>) {
    match (held, later) {
        (_, None) => {}
        (Some(held), Some(later)) => held.merge(later),
        (held @ None, later) => *held = later,
    }
}

/// What comes later counts.
pub(crate) fn replace<T>(held: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *held = later;
    }
}

/// A later reason to end counts; the content filter's is the last.
#[inline]
pub(crate) fn end(held: &mut Option<FinishReason>, later: Option<FinishReason>) {
    if let Some(reason) = later
        && !reason.as_str().is_empty()
        && *held != Some(FinishReason::ContentFilter)
    {
        *held = Some(reason);
    }
}

/// The first time counts that is one: pieces of the content filter say 0.
#[inline]
pub(crate) fn begin(held: &mut Option<Timestamp>, new: Option<Timestamp>) {
    if matches!(held, None | Some(Timestamp::Seconds(0))) {
        replace(held, new);
    }
}

//! What chat and completions have in common: how a text ends, in which pieces it is streamed, what
//! the filter says of it.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::filter;
use crate::instructions::Filter;
use crate::route::Call;
use crate::stream;
use crate::text;

/// The end that a model gives to a text, and its `finish_reason`.
pub(super) fn finish(text: &str, stops: &[&str], limit: u64) -> (String, &'static str) {
    let stop = stops.iter().filter_map(|stop| text.find(stop)).min();
    let stopped = &text[..stop.unwrap_or(text.len())];
    let kept = text::truncate(stopped, limit);
    let reason = if kept.len() < stopped.len() {
        "length"
    } else {
        "stop"
    };
    (kept.to_owned(), reason)
}

/// What is left of a text that the filter cuts off: its first half.
pub(super) fn cut_off(text: &str) -> &str {
    text::truncate(text, text::count(text) / 2)
}

/// The pieces in which a stream carries a text: one a token, or `chunks` of about the same size.
pub(super) fn pieces(text: &str, chunks: Option<usize>) -> Vec<String> {
    let tokens = text::tokens(text);
    let wanted = chunks.unwrap_or(tokens.len()).clamp(1, tokens.len().max(1));
    let piece = |index: usize| {
        let from = index * tokens.len() / wanted;
        let to = (index + 1) * tokens.len() / wanted;
        tokens[from..to].concat()
    };
    (0..wanted)
        .map(piece)
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Each token of a text with its log probability and the `most` likeliest in its place.
pub(super) fn logprobs(text: &str, most: usize) -> Vec<Value> {
    let likely = |token: &str, logprob: f64| json!({"bytes": token.as_bytes(), "logprob": logprob, "token": token});
    let token = |token: &&str| {
        let mut entry = likely(token, text::LOGPROB);
        let ranked = text::likely(token, most);
        entry["top_logprobs"] = ranked
            .iter()
            .map(|(token, logprob)| likely(token, *logprob))
            .collect();
        entry
    };
    text::tokens(text).iter().map(token).collect()
}

/// Padding beside a piece of a text, whose length hides that of the piece.
pub(super) fn obfuscation(id: &str, number: usize) -> Value {
    let seed = text::hash(id.as_bytes()).wrapping_add(number as u64);
    json!(text::letters(seed, 4 + number % 12))
}

/// Whether pieces are padded: unless the request says otherwise.
pub(super) fn obfuscates(call: &Call<'_>) -> bool {
    let options = call.body.get("stream_options");
    options.is_none_or(|options| options["include_obfuscation"] != false)
}

/// Adds what the filter says of a choice, or of a piece of one.
pub(super) fn judge(choice: &mut Value, filter: Option<Filter>) {
    choice["content_filter_results"] = match filter {
        Some(Filter::Down) => {
            choice["content_filter_result"] = filter::out_of_order();
            json!({})
        }
        Some(Filter::Off) => json!({}),
        _ if choice["finish_reason"] == "content_filter" => filter::answer_cut(),
        _ => filter::answer_passes(),
    };
}

/// The filter's judgement of the prompts under its name, where the filter ran and this api-version
/// tells of it.
pub(super) fn prompt_filter_results(
    call: &Call<'_>,
    filter: Option<Filter>,
    prompts: usize,
) -> Option<(&'static str, Value)> {
    let ran = !matches!(filter, Some(Filter::Down | Filter::Off));
    let name = call.prompt_filter_name().filter(|_| ran)?;
    Some((name, filter::prompt_filter_results(prompts)))
}

/// The first event of a stream, which has nothing but the filter's judgement of the prompt.
pub(super) fn prompt_filter_event(results: Option<(&str, Value)>) -> Option<Bytes> {
    let (name, results) = results?;
    let event = json!({
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        name: results,
    });
    Some(stream::event(&event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_the_first_stop_or_at_the_limit() {
        assert_eq!(finish("one, two", &[], 9), ("one, two".to_owned(), "stop"));
        assert_eq!(
            finish("one, two", &["two", ","], 9),
            ("one".to_owned(), "stop")
        );
        assert_eq!(finish("one, two", &[], 1), ("one,".to_owned(), "length"));
        assert_eq!(
            finish("one, two", &["two"], 1),
            ("one,".to_owned(), "length")
        );
    }

    #[test]
    fn pieces_are_as_many_as_asked_for_and_lose_nothing() {
        assert_eq!(pieces("", None), Vec::<String>::new());
        assert_eq!(pieces("abcdefghij", None), ["abcd", "efgh", "ij"]);
        assert_eq!(pieces("abcdefghij", Some(2)), ["abcd", "efghij"]);
        assert_eq!(pieces("abcdefghij", Some(9)), ["abcd", "efgh", "ij"]);
        assert_eq!(pieces("abcdefghij", Some(0)), ["abcdefghij"]);
    }
}

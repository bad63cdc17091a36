//! The content filter: the marks that set it off, and what it says.

use serde_json::{Value, json};

use crate::instructions::Filter;

/// A prompt that contains this is refused: 400 `content_filter`.
///
/// It is no word of any language, so that no prompt sets the filter off by accident, and harmless,
/// so that it can stand in a repository.
pub const FILTERED_PROMPT: &str = "emulator-filters-this-prompt-9f41c27be05d4a83b6e2";

/// To a prompt that contains this, the answer is cut off: `finish_reason: content_filter`.
pub const FILTERED_ANSWER: &str = "emulator-filters-the-answer-3d8a60f5c91b47e2a704";

/// To a prompt that contains this, a streamed answer is taken back after it has gone out.
pub const FILTERED_LATE: &str = "emulator-filters-too-late-b52e7d90146fc83ea9d1";

/// To a prompt that contains this, the answer is unfiltered because the filter is out of order.
pub const FILTER_DOWN: &str = "emulator-filter-is-down-60c3b8f7e2594d1aa5ef";

/// What the filter does to a call: as instructed, otherwise as a mark in the prompt says.
pub(crate) fn of(instructed: Option<Filter>, prompt: &str) -> Option<Filter> {
    const MARKS: [(&str, Filter); 4] = [
        (FILTERED_PROMPT, Filter::Prompt),
        (FILTERED_ANSWER, Filter::Answer),
        (FILTERED_LATE, Filter::Late),
        (FILTER_DOWN, Filter::Down),
    ];
    instructed.or_else(|| {
        let marked = MARKS.iter().find(|(mark, _)| prompt.contains(mark));
        marked.map(|(_, filter)| *filter)
    })
}

/// The judgement of a prompt that passes.
pub(crate) fn prompt_passes() -> Value {
    json!({
        "hate": safe(),
        "jailbreak": {"detected": false, "filtered": false},
        "self_harm": safe(),
        "sexual": safe(),
        "violence": safe(),
    })
}

/// The judgement of a prompt that is refused.
pub(crate) fn prompt_refused() -> Value {
    let mut results = prompt_passes();
    results["violence"] = json!({"filtered": true, "severity": "medium"});
    results
}

/// The judgement of an answer that passes.
pub(crate) fn answer_passes() -> Value {
    json!({
        "hate": safe(),
        "protected_material_code": {"detected": false, "filtered": false},
        "protected_material_text": {"detected": false, "filtered": false},
        "self_harm": safe(),
        "sexual": safe(),
        "violence": safe(),
    })
}

/// The judgement of an answer that is cut off.
pub(crate) fn answer_cut() -> Value {
    let mut results = answer_passes();
    results["violence"] = json!({"filtered": true, "severity": "high"});
    results
}

/// The judgement of an image that passes.
pub(crate) fn image_passes() -> Value {
    json!({"hate": safe(), "self_harm": safe(), "sexual": safe(), "violence": safe()})
}

/// The judgement of the words for an image that pass.
pub(crate) fn image_prompt_passes() -> Value {
    let mut results = prompt_passes();
    results["profanity"] = json!({"detected": false, "filtered": false});
    results
}

/// The part of a judgement that comes late, of an answer that is taken back.
pub(crate) fn taken_back() -> Value {
    json!({"protected_material_text": {"detected": true, "filtered": true}})
}

/// What stands beside an answer that nobody filtered.
pub(crate) fn out_of_order() -> Value {
    json!({
        "error": {
            "code": "content_filter_error",
            "message": "The contents are not filtered",
        },
    })
}

/// `prompt_filter_results` for so many prompts.
pub(crate) fn prompt_filter_results(prompts: usize) -> Value {
    let result = |index| json!({"content_filter_results": prompt_passes(), "prompt_index": index});
    (0..prompts).map(result).collect()
}

/// A severity that passes.
fn safe() -> Value {
    json!({"filtered": false, "severity": "safe"})
}

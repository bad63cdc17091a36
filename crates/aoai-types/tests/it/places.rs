//! Each place where the service reports about the content filter, seen the same way.

use aoai_types::chat::{ChatAccumulator, ChatCompletion, ChatCompletionChunk, FinishReason};
use aoai_types::completions::Completion;
use aoai_types::content_filter::{ContentFilterOutcome, Finding};
use aoai_types::error::ErrorBody;
use aoai_types::images::Images;
use aoai_types::responses::Response;
use aoai_types::responses::event::ResponseEvent;
use aoai_types::{Accumulator, StreamEvent};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn show(findings: &[Finding]) -> Vec<String> {
    let show = |finding: &Finding| {
        let acted = if finding.filtered {
            "filtered"
        } else {
            "found"
        };
        let severity = finding.severity.as_deref().unwrap_or("-");
        format!("{} {acted} {severity}", finding.category)
    };
    findings.iter().map(show).collect()
}

/// Whether it ran, whether it acted, whether it stopped something, and how far it has checked.
fn state(outcome: &ContentFilterOutcome) -> (bool, bool, bool, Option<i64>) {
    let ContentFilterOutcome {
        checked,
        stopped,
        checked_to,
        ..
    } = outcome;
    (*checked, outcome.is_filtered(), *stopped, *checked_to)
}

fn safe_and_low() -> Value {
    json!({"hate": {"filtered": false, "severity": "safe"},
           "violence": {"filtered": false, "severity": "low"}})
}

#[test]
fn in_the_prompt() {
    let prompts = json!([{"prompt_index": 0, "content_filter_results": safe_and_low()}]);
    let bodies = ["prompt_filter_results", "prompt_annotations"]
        .map(|name| json!({name: prompts, "choices": []}));
    for body in &bodies {
        for outcome in [
            read::<ChatCompletion>(body).content_filter(),
            read::<ChatCompletionChunk>(body).content_filter(),
            read::<Completion>(body).content_filter(),
        ] {
            assert_eq!(state(&outcome), (true, false, false, None), "{body}");
            assert_eq!(
                show(&outcome.prompt),
                ["hate found safe", "violence found low"]
            );
            assert!(outcome.answer.is_empty());
        }
    }
}

#[test]
fn in_a_choice() {
    let lists = json!({"custom_blocklists": {"filtered": true, "details": [
        {"id": "rivals", "filtered": true}, {"id": "words", "filtered": false}]}});
    let body = json!({"choices": [{"index": 0, "finish_reason": "stop",
                                   "content_filter_results": lists}]});
    for outcome in [
        read::<ChatCompletion>(&body).content_filter(),
        read::<Completion>(&body).content_filter(),
    ] {
        assert_eq!(state(&outcome), (true, true, false, None));
        assert_eq!(show(&outcome.answer), ["custom_blocklists filtered -"]);
        let lists: Vec<_> = outcome.answer[0]
            .items
            .iter()
            .map(|item| item.id.as_deref())
            .collect();
        assert_eq!(lists, [Some("rivals"), Some("words")]);
    }
}

#[test]
fn in_a_choice_that_was_checked_without_a_finding() {
    let offsets = json!({"check_offset": 44, "start_offset": 44, "end_offset": 65});
    let body = json!({"choices": [{"index": 0, "content_filter_offsets": offsets}]});
    for outcome in [
        read::<ChatCompletion>(&body).content_filter(),
        read::<ChatCompletionChunk>(&body).content_filter(),
        read::<Completion>(&body).content_filter(),
    ] {
        assert_eq!(state(&outcome), (false, false, false, Some(44)));
    }
}

#[test]
fn in_a_choice_that_ends_without_a_finding() {
    let body = json!({"choices": [{"index": 0, "finish_reason": "content_filter"}]});
    let outcome = read::<ChatCompletion>(&body).content_filter();
    assert_eq!(state(&outcome), (false, true, true, None));
    assert_eq!(outcome, read::<Completion>(&body).content_filter());
}

#[test]
fn in_a_chunk_of_a_stream() {
    let chunk: ChatCompletionChunk = read(&json!({"choices": [{
        "index": 0, "delta": {}, "finish_reason": "content_filter", "content_filter_results": {
            "protected_material_code": {"filtered": false, "detected": false},
            "protected_material_text": {"filtered": true, "detected": true}}}]}));
    let outcome = chunk.content_filter();
    assert_eq!(state(&outcome), (true, true, true, None));
    assert_eq!(
        show(&outcome.answer),
        [
            "protected_material_code found -",
            "protected_material_text filtered -"
        ]
    );
    assert_eq!(outcome.answer[1].detected, Some(true));
}

#[test]
fn in_an_error_in_place_of_a_chunk() {
    let event = json!({"error": {"code": "content_filter", "message": "no"}});
    let outcome = read::<ChatCompletionChunk>(&event).content_filter();
    assert_eq!(state(&outcome), (false, true, true, None));
    assert_eq!(outcome, read::<Completion>(&event).content_filter());
}

#[test]
fn in_the_late_verdict_of_the_asynchronous_filter() {
    let offsets = |check, start, end| json!({"check_offset": check, "start_offset": start, "end_offset": end});
    let mut accumulator = ChatAccumulator::default();
    for event in [
        json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Once upon"}}]}),
        json!({"id": "", "choices": [{"index": 0, "finish_reason": null,
               "content_filter_results": safe_and_low(),
               "content_filter_offsets": offsets(44, 44, 65)}]}),
        json!({"choices": [{"index": 0, "delta": {"content": " a time"}}]}),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        // After the end, and without a delta.
        json!({"id": "", "choices": [{"index": 0, "finish_reason": "content_filter",
               "content_filter_results": {"protected_material_text": {"detected": true, "filtered": true}},
               "content_filter_offsets": offsets(65, 65, 1056)}]}),
    ] {
        accumulator.push(read::<ChatCompletionChunk>(&event));
    }
    let answer = accumulator.finish();
    assert_eq!(answer.text(), Some("Once upon a time"));
    assert_eq!(answer.finish_reason(), Some(&FinishReason::ContentFilter));
    let outcome = answer.content_filter();
    assert_eq!(state(&outcome), (true, true, true, Some(65)));
    assert_eq!(
        show(&outcome.answer),
        [
            "hate found safe",
            "violence found low",
            "protected_material_text filtered -"
        ]
    );
    let place = outcome.answer[2].offsets.unwrap();
    assert_eq!(
        (place.start_offset, place.end_offset),
        (Some(65), Some(1056))
    );
}

#[test]
fn in_an_error() {
    let found = json!({"hate": {"filtered": true, "severity": "high"},
                       "jailbreak": {"filtered": false, "detected": false}});
    let rows = [
        // Chat says it in one word and the singular, images in two and the plural.
        (
            json!({"code": "content_filter", "innererror": {
            "code": "ResponsibleAIPolicyViolation", "content_filter_result": found}}),
            2,
            true,
        ),
        (
            json!({"code": "content_policy_violation", "inner_error": {
            "code": "ResponsibleAIPolicyViolation", "content_filter_results": found}}),
            2,
            true,
        ),
        (json!({"code": "contentFilter"}), 0, true),
        (
            json!({"code": "content_filter", "innererror": null}),
            0,
            true,
        ),
        (json!({"code": "429"}), 0, false),
        (json!({"code": 400}), 0, false),
    ];
    for (error, findings, is_filter) in rows {
        let body = ErrorBody::read(json!({"error": error}).to_string().into());
        let outcome = body.api().unwrap().content_filter_outcome();
        assert_eq!(outcome.prompt.len(), findings, "{error}");
        assert_eq!(
            state(&outcome),
            (findings > 0, is_filter, is_filter, None),
            "{error}"
        );
        if findings > 0 {
            assert_eq!(
                show(&outcome.prompt),
                ["hate filtered high", "jailbreak found -"]
            );
        }
    }
}

#[test]
fn in_an_error_of_images_whose_findings_are_all_clear() {
    let found = json!({"jailbreak": {"detected": false, "filtered": false}});
    let body = json!({"error": {"code": "content_policy_violation",
        "type": "invalid_request_error", "message": "Your request was rejected.",
        "inner_error": {"code": "ResponsibleAIPolicyViolation", "content_filter_results": found}}});
    let body = ErrorBody::read(body.to_string().into());
    let outcome = body.api().unwrap().content_filter_outcome();
    // The code says that it was stopped, whatever the findings say.
    assert_eq!(state(&outcome), (true, true, true, None));
    assert_eq!(show(&outcome.prompt), ["jailbreak found -"]);
}

#[test]
fn a_blocked_resource_is_no_finding() {
    let body = json!({"error": {"code": "Forbidden", "message": "Your resource has been \
        temporarily blocked because we detected behavior that may violate our content policy."}});
    let body = ErrorBody::read(body.to_string().into());
    let outcome = body.api().unwrap().content_filter_outcome();
    assert_eq!(state(&outcome), (false, false, false, None));
}

#[test]
fn in_the_items_of_images() {
    let images: Images = read(&json!({"created": 1, "data": [
        {"url": "u", "content_filter_results": safe_and_low(),
         "prompt_filter_results": {"profanity": {"filtered": false, "detected": true}}}]}));
    let outcome = images.content_filter();
    assert_eq!(state(&outcome), (true, false, false, None));
    assert_eq!(show(&outcome.prompt), ["profanity found -"]);
    assert_eq!(
        show(&outcome.answer),
        ["hate found safe", "violence found low"]
    );
}

#[test]
fn in_the_error_of_images() {
    let images: Images = read(&json!({"created": 1, "error": {"code": "contentFilter",
        "message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"sexual": {"filtered": true, "severity": "medium"}}}}}));
    let outcome = images.content_filter();
    assert_eq!(state(&outcome), (true, true, true, None));
    assert_eq!(show(&outcome.prompt), ["sexual filtered medium"]);
}

#[test]
fn in_a_response() {
    let body = json!({"status": "completed", "content_filters": [
        {"blocked": false, "source_type": "prompt", "content_filter_results": safe_and_low(),
         "content_filter_offsets": {"start_offset": 0, "end_offset": 61, "check_offset": 0}},
        {"blocked": false, "source_type": "completion", "content_filter_raw": [],
         "content_filter_results": {"self_harm": {"filtered": false, "severity": "safe"}},
         "content_filter_offsets": {"start_offset": 0, "end_offset": 20, "check_offset": 20}}]});
    let outcome = read::<Response>(&body).content_filter();
    assert_eq!(state(&outcome), (true, false, false, Some(20)));
    assert_eq!(
        show(&outcome.prompt),
        ["hate found safe", "violence found low"]
    );
    assert_eq!(show(&outcome.answer), ["self_harm found safe"]);
    assert_eq!(outcome.prompt[0].offsets.unwrap().end_offset, Some(61));
}

#[test]
fn in_a_response_that_was_stopped() {
    for body in [
        json!({"content_filters": [{"blocked": true, "source_type": "completion"}]}),
        json!({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}),
        json!({"status": "failed", "error": {"code": "content_policy_violation"}}),
    ] {
        let outcome = read::<Response>(&body).content_filter();
        assert_eq!(state(&outcome), (false, true, true, None), "{body}");
    }
    let cut =
        json!({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}});
    assert!(!read::<Response>(&cut).content_filter().is_filtered());
}

#[test]
fn in_the_error_event_of_a_response() {
    let event = r#"{"type": "error", "sequence_number": 2, "error": {"type": "invalid_request_error",
        "code": "content_policy_violation", "message": "no", "param": null}}"#;
    let event = <ResponseEvent as StreamEvent>::decode(event).unwrap();
    let outcome = event.error().unwrap().content_filter_outcome();
    assert_eq!(state(&outcome), (false, true, true, None));
}

#[test]
fn in_the_error_of_a_filter_that_could_not_run() {
    let error = json!({"code": "content_filter_error", "message": "The filter did not answer."});
    let body = json!({"choices": [{"content_filter_results": {},
                                   "content_filter_result": {"error": error}}]});
    let outcome = read::<ChatCompletion>(&body).content_filter();
    assert_eq!(state(&outcome), (false, false, false, None));
    assert!(outcome.is_unchecked());
    assert_eq!(
        outcome.error.unwrap().code.unwrap().as_str(),
        Some("content_filter_error")
    );
}

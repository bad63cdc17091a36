//! What the content filter says, gathered from wherever it says it.

use aoai_types::chat::{
    ChatAccumulator, ChatCompletion, ChatCompletionChunk, CreateChatCompletion,
};
use aoai_types::completions::{Completion, CreateCompletion};
use aoai_types::content_filter::{
    Category, ContentFilterError, ContentFilterResult, ContentFilterResults, Finding, Severity,
};
use aoai_types::{Accumulator, Operation};
use serde_json::{Value, json};

fn chat(value: Value) -> ChatCompletion {
    serde_json::from_value(value).unwrap()
}

fn results(value: Value) -> ContentFilterResults {
    serde_json::from_value(value).unwrap()
}

#[test]
fn findings_of_prompt_and_answer_are_gathered() {
    let answer = chat(json!({
        "prompt_filter_results": [
            {"prompt_index": 0, "content_filter_results": {
                "hate": {"filtered": false, "severity": "safe"},
                "jailbreak": {"filtered": false, "detected": false}}},
            {"prompt_index": 1, "content_filter_results": {
                "jailbreak": {"filtered": true, "detected": true}}}],
        "choices": [
            {"index": 0, "content_filter_results": {
                "violence": {"filtered": false, "severity": "low"}}},
            {"index": 1, "content_filter_results": {
                "violence": {"filtered": true, "severity": "high"},
                "custom_blocklists": {"filtered": true, "details": [{"id": "a", "filtered": true}]}}},
            {"index": 2, "content_filter_results": {
                "violence": {"filtered": false, "severity": "medium"}}}],
    }));
    let outcome = answer.content_filter();
    assert!(outcome.checked && outcome.is_filtered() && !outcome.is_unchecked());
    let show = |findings: &[Finding]| -> Vec<String> {
        let show = |f: &Finding| {
            let severity = f.severity.as_deref().unwrap_or("-");
            format!("{} {} {severity} {:?}", f.category, f.filtered, f.detected)
        };
        findings.iter().map(show).collect()
    };
    assert_eq!(
        show(&outcome.prompt),
        ["hate false safe None", "jailbreak true - Some(true)"]
    );
    assert_eq!(
        show(&outcome.answer),
        ["violence true high None", "custom_blocklists true - None"]
    );
    assert_eq!(CreateChatCompletion::outcome(&answer).filter, outcome);
}

#[test]
fn what_several_choices_have_is_listed_at_its_gravest() {
    let graded = |severity: &str| json!({"violence": {"filtered": false, "severity": severity}});
    let gathered = |first: &Value, second: &Value| {
        let choices = json!([{"index": 0, "content_filter_results": first},
                             {"index": 1, "content_filter_results": second}]);
        let outcome = chat(json!({"choices": choices})).content_filter();
        assert_eq!(outcome.answer.len(), 1, "{choices}");
        outcome.answer[0].clone()
    };
    for (lesser, graver) in [
        ("safe", "low"),
        ("low", "medium"),
        ("medium", "high"),
        ("high", "beyond"),
    ] {
        for (first, second) in [(lesser, graver), (graver, lesser)] {
            let found = gathered(&graded(first), &graded(second));
            assert_eq!(found.severity.as_deref(), Some(graver), "{first}, {second}");
        }
    }
    let listed =
        |id: &str| json!({"custom_blocklists": {"filtered": true, "details": [{"id": id}]}});
    let found = gathered(&listed("a"), &listed("b"));
    assert_eq!(
        found.items[0].id.as_deref(),
        Some("a"),
        "the first of equals"
    );
}

#[test]
fn whether_the_filter_ran_is_told_apart() {
    let error = json!({"code": "content_filter_error", "message": "down"});
    let safe = json!({"hate": {"filtered": false, "severity": "safe"}});
    let rows = [
        // What the choice says, whether the filter ran, whether it said that it did not.
        (json!({}), false, false),
        (json!({"content_filter_results": {}}), false, false),
        (json!({"content_filter_results": safe}), true, false),
        (
            json!({"content_filter_results": {}, "content_filter_result": {"error": error}}),
            false,
            true,
        ),
        (
            json!({"content_filter_results": {"error": error}}),
            false,
            true,
        ),
        (
            json!({"content_filter_results": safe, "content_filter_result": {"error": error}}),
            true,
            false,
        ),
    ];
    for (choice, checked, unchecked) in rows {
        let chat = chat(json!({"choices": [choice]}));
        let outcome = chat.content_filter();
        assert_eq!(
            (outcome.checked, outcome.is_unchecked()),
            (checked, unchecked),
            "{choice}"
        );
        let says = choice.to_string().contains("down");
        assert_eq!(outcome.error.is_some(), says, "{choice}");
        let completion: Completion = serde_json::from_value(json!({"choices": [choice]})).unwrap();
        assert_eq!(
            CreateCompletion::outcome(&completion).filter,
            outcome,
            "{choice}"
        );
    }
}

#[test]
fn a_filter_that_blocks_without_a_finding_is_not_down() {
    for (code, blocks) in [
        ("content_filter", true),
        ("ResponsibleAIPolicyViolation", true),
        ("content_filter_error", false),
    ] {
        let error = json!({"error": {"code": code, "message": "why"}});
        for choice in [
            json!({"content_filter_results": {}, "content_filter_result": error}),
            json!({"content_filter_results": error, "finish_reason": "stop"}),
            json!({"content_filter_result": error, "delta": {}, "finish_reason": null}),
        ] {
            let body = json!({"choices": [choice]});
            let chunk: ChatCompletionChunk = serde_json::from_value(body.clone()).unwrap();
            let completion: Completion = serde_json::from_value(body.clone()).unwrap();
            for outcome in [
                chat(body).content_filter(),
                chunk.content_filter(),
                CreateCompletion::outcome(&completion).filter,
            ] {
                assert_eq!(
                    (outcome.is_filtered(), outcome.is_unchecked()),
                    (blocks, !blocks),
                    "{choice}"
                );
                assert_eq!(outcome.error.unwrap().message.as_deref(), Some("why"));
            }
        }
    }
}

#[test]
fn legacy_annotations_of_prompts_count() {
    let annotations = json!([{"prompt_index": 0, "content_filter_results": {
        "sexual": {"filtered": false, "severity": "safe"}}}]);
    let outcome = chat(json!({"prompt_annotations": annotations, "choices": []})).content_filter();
    assert!(outcome.checked);
    assert_eq!(outcome.prompt[0].category, "sexual");
}

#[test]
fn older_blocklists_are_a_bare_list() {
    let old = json!({"custom_blocklists": [{"filtered": false, "id": "a"}, {"filtered": true, "id": "b"}]});
    let results = results(old.clone());
    let list = results.get(&Category::CustomBlocklists).unwrap();
    assert!(list.is_filtered() && list.filtered.is_none());
    let items = list
        .detail
        .as_ref()
        .unwrap()
        .details
        .as_ref()
        .unwrap()
        .items();
    assert_eq!(items[1].id.as_deref(), Some("b"));
    let passed = json!({"custom_blocklists": [{"filtered": false, "id": "a"}, {"id": "b"}]});
    assert!(!self::results(passed).is_filtered());
    assert_eq!(serde_json::to_value(&results).unwrap(), old);
}

#[test]
fn a_category_that_makes_no_sense_loses_no_answer() {
    for odd in [
        json!(null),
        json!(true),
        json!(1),
        json!(-1),
        json!(0.5),
        json!("x"),
        json!([[], 1, "x"]),
    ] {
        let results = results(json!({"hate": odd, "sexual": {"filtered": true}}));
        assert!(results.is_filtered(), "{odd}");
        assert!(results.get(&Category::Sexual).unwrap().is_filtered());
    }
    let odd = json!({"filtered": null, "severity": null, "detected": null, "citation": 7,
                     "details": {"a": 1}, "redacted_text": ["x"], "sub_categories": {"b": 2}});
    let read = results(json!({"purview": odd}));
    let detail = read
        .get(&Category::Purview)
        .unwrap()
        .detail
        .as_ref()
        .unwrap();
    assert_eq!(detail.other.len(), 3, "{detail:?}");
    assert!(detail.details.as_ref().unwrap().items().is_empty());
}

#[test]
fn results_are_a_map() {
    let mut results = ContentFilterResults::new();
    assert!(results.is_empty() && !results.is_filtered() && results.error().is_none());
    results.insert(
        Category::Hate,
        ContentFilterResult::graded(Severity::Safe, false),
    );
    results.insert(
        Category::Hate,
        ContentFilterResult::graded(Severity::High, true),
    );
    results.insert("weather".into(), ContentFilterResult::detected(true, false));
    let mut error = ContentFilterError::default();
    error.code = Some(500.into());
    results.set_error(error);
    assert_eq!(results.len(), 2);
    let written = json!({
        "hate": {"filtered": true, "severity": "high"},
        "weather": {"filtered": false, "detected": true},
        "error": {"code": 500},
    });
    assert_eq!(serde_json::to_value(&results).unwrap(), written);
    assert_eq!(
        serde_json::from_value::<ContentFilterResults>(written).unwrap(),
        results
    );
    let again: ContentFilterResults = results
        .iter()
        .map(|(c, r)| (c.clone(), r.clone()))
        .collect();
    assert_eq!(again.get(&"weather".into()).unwrap().detected, Some(true));
    assert_eq!(
        format!("{:?}", again.get(&Category::Hate).unwrap().severity),
        "Some(High)"
    );
}

#[test]
fn what_was_found_stays_found() {
    let merge = |pieces: &[Value]| -> Value {
        let mut accumulator = ChatAccumulator::default();
        for piece in pieces {
            let chunk = json!({"choices": [{"index": 0, "content_filter_results": piece}]});
            accumulator.push(serde_json::from_value::<ChatCompletionChunk>(chunk).unwrap());
        }
        let answer = serde_json::to_value(accumulator.finish()).unwrap();
        answer["choices"][0]["content_filter_results"].clone()
    };
    let graded = |filtered, severity| json!({"hate": {"filtered": filtered, "severity": severity}});
    assert_eq!(
        merge(&[graded(false, "safe"), graded(false, "low")]),
        graded(false, "low")
    );
    assert_eq!(
        merge(&[graded(true, "high"), graded(false, "safe")]),
        graded(true, "high")
    );
    assert_eq!(
        merge(&[graded(false, "low"), json!({}), graded(false, "safe")]),
        graded(false, "low")
    );
    assert_eq!(
        merge(&[graded(false, "high"), graded(false, "odd")]),
        graded(false, "odd")
    );
    assert_eq!(
        merge(&[
            json!({"jailbreak": {"filtered": false, "detected": true}}),
            json!({"jailbreak": {"filtered": false, "detected": false}})
        ]),
        json!({"jailbreak": {"filtered": false, "detected": true}}),
    );
    let plain = json!({"hate": {"filtered": false}});
    for pieces in [
        [plain.clone(), graded(true, "low")],
        [graded(true, "low"), plain],
    ] {
        assert_eq!(merge(&pieces), graded(true, "low"));
    }
    let detected = |detected| json!({"jailbreak": {"filtered": false, "detected": detected}});
    assert_eq!(merge(&[detected(false), detected(true)]), detected(true));
    let error = |code: i64| json!({"error": {"code": code}});
    assert_eq!(merge(&[error(1), error(2)]), error(2));
    assert_eq!(merge(&[json!({}), error(1), json!({})]), error(1));
    let code = |more: Value| {
        let mut result = json!({"filtered": false, "detected": true});
        result
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"protected_material_code": result})
    };
    assert_eq!(
        merge(&[
            code(json!({})),
            code(json!({"citation": {"license": "MIT"}})),
            code(json!({}))
        ]),
        code(json!({"citation": {"license": "MIT"}})),
    );
    for (early, late) in [
        (
            json!({"citation": {"license": "MIT"}}),
            json!({"citation": {"license": "GPL"}}),
        ),
        (
            json!({"redacted_text": "a *"}),
            json!({"redacted_text": "a * b *"}),
        ),
        (
            json!({"sub_categories": []}),
            json!({"sub_categories": [{"sub_category": "Email"}]}),
        ),
    ] {
        let (early, late) = (code(early), code(late));
        assert_eq!(merge(&[early.clone(), late.clone()]), late);
        assert_eq!(
            merge(&[code(json!({"new": 1})), early.clone(), code(json!({}))]),
            {
                let mut both = early;
                both["protected_material_code"]["new"] = json!(1);
                both
            }
        );
    }
    let place =
        |start: u64| json!({"completion_start_offset": start, "completion_end_offset": start + 1});
    assert_eq!(
        merge(&[
            code(json!({"details": [place(1)]})),
            code(json!({"details": [place(1), place(5)], "new": 1}))
        ]),
        code(json!({"details": [place(1), place(5)], "new": 1})),
    );
}

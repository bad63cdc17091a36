//! Bodies of answers that are no success.

use aoai_types::content_filter::{Category, Finding};
use aoai_types::error::{ApiError, ErrorBody, ErrorCode};
use bytes::Bytes;
use serde_json::{Value, json};

fn read(body: &Value) -> ApiError {
    let body = ErrorBody::read(Bytes::from(body.to_string()));
    body.api().unwrap_or_else(|| panic!("{body:?}")).clone()
}

#[test]
fn every_family_is_read() {
    let text = |text: &str| Some(ErrorCode::Text(text.to_owned()));
    let rows = [
        // The service's own.
        (
            json!({"error": {"code": "429", "message": "slow down"}}),
            ("slow down", text("429"), None),
        ),
        (
            json!({"error": {"message": "no such argument", "type": "invalid_request_error",
                             "param": null, "code": ""}}),
            ("no such argument", text(""), None),
        ),
        (
            json!({"error": {"message": "busy", "type": "server_error", "param": null,
                             "code": null}}),
            ("busy", None, None),
        ),
        (
            json!({"error": {"message": "no", "code": "content_filter", "status": 400}}),
            ("no", text("content_filter"), Some(400)),
        ),
        // A gateway's.
        (
            json!({"statusCode": 401, "message": "no token"}),
            ("no token", None, Some(401)),
        ),
        // Whole numbers, however they are written.
        (
            json!({"statusCode": 429.0, "message": "no"}),
            ("no", None, Some(429)),
        ),
        (
            json!({"error": {"message": "no", "code": "x", "status": 400.0}}),
            ("no", text("x"), Some(400)),
        ),
        // Those of data sources, with and without the wrapper.
        (
            json!({"error": {"requestid": "r-1", "code": 400, "message": "not permitted"}}),
            ("not permitted", Some(ErrorCode::Number(400)), None),
        ),
        (
            json!({"requestid": "r-1", "code": 400, "message": "not permitted"}),
            ("not permitted", Some(ErrorCode::Number(400)), None),
        ),
        // Those of images beside a time, and of servers that are terse.
        (
            json!({"created": 1_712_345_678, "error": {"code": "contentFilter", "message": "no"}}),
            ("no", text("contentFilter"), None),
        ),
        (
            json!({"error": "out of memory"}),
            ("out of memory", None, None),
        ),
        (json!({"error": {}}), ("", None, None)),
    ];
    for (body, (message, code, status)) in rows {
        let error = read(&body);
        assert_eq!(
            (error.message.as_str(), error.code, error.status),
            (message, code, status),
            "{body}"
        );
    }
}

#[test]
fn what_is_no_error_is_kept() {
    for text in [
        "[]",
        "null",
        "\"no\"",
        "{}",
        r#"{"detail":"no"}"#,
        r#"{"error":null}"#,
        r#"{"error":7,"message":["x"]}"#,
    ] {
        let expected = serde_json::from_str(text).unwrap();
        assert_eq!(ErrorBody::read(text.into()), ErrorBody::Json(expected));
    }
    for text in ["", "<html>502 Bad Gateway</html>", "{\"error\": {", "\u{0}"] {
        assert_eq!(ErrorBody::read(text.into()), ErrorBody::Bytes(text.into()));
        assert_eq!(ErrorBody::read(text.into()).api(), None);
    }
    let deep = "[".repeat(100_000);
    let body = Bytes::from(deep);
    assert_eq!(ErrorBody::read(body.clone()), ErrorBody::Bytes(body));
}

#[test]
fn a_byte_order_mark_does_not_hide_an_error() {
    let body = ErrorBody::read("\u{feff}{\"error\": {\"message\": \"no\"}}".into());
    assert_eq!(body.api().unwrap().message, "no");
}

#[test]
fn the_filters_findings_are_found_under_both_keys() {
    let findings = json!({
        "hate": {"filtered": false, "severity": "safe"},
        "jailbreak": {"filtered": true, "detected": true},
    });
    let chat = json!({"error": {"message": "filtered", "type": null, "param": "prompt",
        "code": "content_filter", "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": findings}}});
    let image = json!({"error": {"message": "filtered", "code": "content_policy_violation",
        "inner_error": {"code": "ResponsibleAIPolicyViolation",
                        "content_filter_results": findings, "revised_prompt": "a dog"}}});
    for body in [chat, image] {
        let error = read(&body);
        assert_eq!(
            error.inner().unwrap().code.as_deref(),
            Some("ResponsibleAIPolicyViolation")
        );
        let results = error.content_filter().unwrap();
        assert!(results.get(&Category::Jailbreak).unwrap().is_filtered());
        assert!(!results.get(&Category::Hate).unwrap().is_filtered());
        assert!(results.get(&Category::Violence).is_none());
        let outcome = error.content_filter_outcome();
        assert!(outcome.checked && outcome.is_filtered() && outcome.answer.is_empty());
        let filtered: Vec<_> = outcome.filtered().map(|f| f.category.as_str()).collect();
        assert_eq!(filtered, ["jailbreak"]);
        assert_eq!(
            serde_json::to_value(&error).unwrap()["innererror"],
            body["error"]["innererror"]
        );
        assert_eq!(
            serde_json::to_value(&error).unwrap()["inner_error"],
            body["error"]["inner_error"]
        );
    }
}

#[test]
fn responses_tell_the_findings_beside_the_words() {
    let filters = json!([
        {"blocked": true, "source_type": "prompt", "content_filter_raw": [],
         "content_filter_results": {"violence": {"filtered": true, "severity": "high"}},
         "content_filter_offsets": {"start_offset": 0, "end_offset": 9, "check_offset": 0}},
        {"blocked": false, "source_type": "completion",
         "content_filter_results": {"hate": {"filtered": false, "severity": "safe"}}},
    ]);
    let error = read(
        &json!({"error": {"message": "filtered", "type": "invalid_request_error",
        "param": "prompt", "code": "content_filter", "content_filters": filters}}),
    );
    let outcome = error.content_filter_outcome();
    let categories = |found: &[Finding]| {
        let told = found.iter().map(|it| (it.category.clone(), it.filtered));
        told.collect::<Vec<_>>()
    };
    assert_eq!(categories(&outcome.prompt), [("violence".to_owned(), true)]);
    assert_eq!(categories(&outcome.answer), [("hate".to_owned(), false)]);
    let written = serde_json::to_value(&error).unwrap();
    assert_eq!(written["content_filters"], filters);
    let odd = read(&json!({"error": {"message": "no", "content_filters": "none"}}));
    assert_eq!(odd.other["content_filters"], "none");
}

#[test]
fn details_may_be_missing_or_anything() {
    for inner in [
        json!(null),
        json!({}),
        json!("because"),
        json!([1]),
        json!(7),
    ] {
        let error = read(&json!({"error": {"message": "no", "innererror": inner}}));
        assert_eq!(error.message, "no");
        assert!(error.content_filter().is_none());
        let written = serde_json::to_value(&error).unwrap();
        assert_eq!(written["innererror"], inner);
    }
}

#[test]
fn members_that_do_not_fit_are_kept() {
    let odd = json!({"message": ["a", "list"], "code": {"deep": 1}, "type": 5, "param": {},
                     "status": "400", "headers": {"x-ms-fe-error": "true"}, "target": "x"});
    let error: ApiError = serde_json::from_value(odd.clone()).unwrap();
    assert_eq!((error.message.as_str(), &error.code), ("", &None));
    for (name, value) in odd.as_object().unwrap() {
        assert_eq!(&error.other[name], value);
    }
    assert_eq!(serde_json::to_value(&error).unwrap(), odd);
}

#[test]
fn an_error_is_written_as_it_came() {
    for written in [
        json!({"message": "no", "code": "x", "type": "t", "param": "p", "status": 400,
               "innererror": {"code": "a"}, "inner_error": {"code": "b"}, "content_filters": [],
               "requestid": "r-1", "new": 1}),
        json!({"message": "", "code": 400}),
        json!({"code": "x"}),
        json!({"statusCode": 429, "message": "no"}),
        json!({"statusCode": 429, "status": 400, "message": "no"}),
        json!({"statusCode": 429.0, "message": "no"}),
        json!({"statusCode": 429.5, "message": "no"}),
    ] {
        let error: ApiError = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&error).unwrap(), written);
    }
}

#[test]
fn an_error_tells_code_and_message() {
    let shown = |body: Value| {
        serde_json::from_value::<ApiError>(body)
            .unwrap()
            .to_string()
    };
    assert_eq!(shown(json!({"code": "404", "message": "no"})), "404: no");
    assert_eq!(shown(json!({"code": 400, "message": "no"})), "400: no");
    assert_eq!(shown(json!({"code": "", "message": "no"})), "no");
    assert_eq!(shown(json!({"code": "Forbidden"})), "Forbidden");
    assert_eq!(shown(json!({})), "no reason given");
}

#[test]
fn a_code_is_a_word_or_a_number() {
    let code = |json: &str| serde_json::from_str::<ErrorCode>(json).unwrap();
    assert_eq!(code("\"429\"").as_number(), Some(429));
    assert_eq!(code("429").as_number(), Some(429));
    assert_eq!(code("429").as_str(), None);
    assert_eq!(code("\"RateLimitReached\"").as_number(), None);
    assert_eq!(code("\"RateLimitReached\""), "RateLimitReached");
    assert_ne!(code("\"RateLimitReached\""), "RateLimit");
    assert_ne!(code("429"), "429");
    for json in ["\"\"", "\"429\"", "-1", "400"] {
        assert_eq!(serde_json::to_string(&code(json)).unwrap(), json);
    }
}

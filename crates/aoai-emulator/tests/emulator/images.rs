//! Images: made, changed, streamed, refused.

use aoai_emulator::{Emulator, FILTERED_ANSWER, FILTERED_PROMPT};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const V1: &str = "POST /openai/v1/images/generations";
const DALLE: &str = "POST /openai/deployments/dalle/images/generations?api-version=2024-10-21";
const EDIT: &str = "POST /openai/v1/images/edits";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn generate(emulator: &Emulator, mut body: Value) -> Answer {
    body["model"] = json!("image");
    request(emulator, V1).json(&body).send()
}

#[track_caller]
fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.complete);
    answer.json()
}

#[track_caller]
fn assert_refused(answer: &Answer, code: &str, param: Option<&str>) {
    let error = &answer.json()["error"];
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(
        (&error["code"], &error["param"]),
        (&json!(code), &json!(param)),
        "{error}"
    );
}

fn bytes(image: &Value) -> Vec<u8> {
    STANDARD
        .decode(image["b64_json"].as_str().unwrap())
        .unwrap()
}

#[tokio::test]
async fn images_come_in_base64_with_what_they_cost() {
    let emulator = start().await;
    let body = json!({"prompt": "A lighthouse.", "n": 2, "size": "1024x1536", "quality": "low"});
    let answer = ok(&generate(&emulator, body.clone()));
    assert_eq!(
        answer["usage"],
        json!({
            "input_tokens": 4,
            "input_tokens_details": {"image_tokens": 0, "text_tokens": 4},
            "output_tokens": 816,
            "total_tokens": 820,
        })
    );
    for (name, value) in [
        ("background", "opaque"),
        ("output_format", "png"),
        ("quality", "low"),
        ("size", "1024x1536"),
    ] {
        assert_eq!(answer[name], value);
    }
    let images: Vec<Vec<u8>> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(bytes)
        .collect();
    assert_eq!(images.len(), 2);
    for image in &images {
        assert!(image.starts_with(PNG));
        // Its header says how wide and how high it is.
        assert_eq!(image[16..24], [0, 0, 4, 0, 0, 0, 6, 0]);
    }
    assert_ne!(images[0], images[1]);
    assert_eq!(ok(&generate(&emulator, body))["data"], answer["data"]);
    let jpeg = ok(&generate(
        &emulator,
        json!({"prompt": "a", "output_format": "jpeg"}),
    ));
    assert!(bytes(&jpeg["data"][0]).starts_with(&[0xff, 0xd8, 0xff]));
}

#[tokio::test]
async fn the_first_generation_tells_what_the_filter_found() {
    let emulator = start().await;
    let body = json!({"prompt": "A lighthouse."});
    let answer = ok(&request(&emulator, DALLE).json(&body).send());
    let image = &answer["data"][0];
    assert!(
        image["url"]
            .as_str()
            .unwrap()
            .starts_with("https://images.emulator.invalid/")
    );
    assert_eq!(image["revised_prompt"], "A lighthouse.");
    let safe = json!({"filtered": false, "severity": "safe"});
    let not_detected = json!({"detected": false, "filtered": false});
    assert_eq!(
        image["content_filter_results"],
        json!({"hate": safe, "self_harm": safe, "sexual": safe, "violence": safe})
    );
    assert_eq!(image["prompt_filter_results"]["profanity"], not_detected);
    assert_eq!(image["prompt_filter_results"]["jailbreak"], not_detected);
    let body =
        json!({"prompt": "A lighthouse.", "response_format": "b64_json", "size": "1792x1024"});
    let answer = ok(&request(&emulator, DALLE).json(&body).send());
    assert!(bytes(&answer["data"][0]).starts_with(PNG));
}

#[tokio::test]
async fn an_image_streams_in_stages() {
    let emulator = start().await;
    let answer = generate(
        &emulator,
        json!({"prompt": "A", "stream": true, "partial_images": 2}),
    );
    let events = answer.named_events();
    let told: Vec<(&Value, &Value)> = events
        .iter()
        .map(|it| (&it["type"], &it["partial_image_index"]))
        .collect();
    let partial = json!("image_generation.partial_image");
    assert_eq!(
        told,
        [
            (&partial, &json!(0)),
            (&partial, &json!(1)),
            (&json!("image_generation.completed"), &Value::Null)
        ]
    );
    assert_eq!(events[2]["usage"]["total_tokens"], 4161);
    assert_ne!(events[0]["b64_json"], events[2]["b64_json"]);
    assert!(
        answer
            .body
            .starts_with("event: image_generation.partial_image\ndata: {\"type\":")
    );
}

#[tokio::test]
async fn images_are_changed() {
    let emulator = start().await;
    let form: &[(&str, &[u8])] = &[
        ("\"model\"", b"image"),
        ("\"prompt\"", b"Make it blue."),
        ("\"image[]\"; filename=\"a.png\"", PNG),
        ("\"image[]\"; filename=\"b.png\"", PNG),
        ("\"mask\"; filename=\"m.png\"", PNG),
        ("\"quality\"", b"medium"),
    ];
    let answer = ok(&request(&emulator, EDIT).form(form).send());
    assert_eq!(
        answer["usage"]["input_tokens_details"],
        json!({"image_tokens": 969, "text_tokens": 4})
    );
    assert_eq!(answer["usage"]["output_tokens"], 1056);
    assert!(bytes(&answer["data"][0]).starts_with(PNG));

    let streamed: Vec<(&str, &[u8])> = form
        .iter()
        .copied()
        .chain([
            ("\"stream\"", b"true".as_slice()),
            ("\"partial_images\"", b"1"),
        ])
        .collect();
    let events = request(&emulator, EDIT)
        .form(&streamed)
        .send()
        .named_events();
    let kinds: Vec<&Value> = events.iter().map(|it| &it["type"]).collect();
    assert_eq!(kinds, ["image_edit.partial_image", "image_edit.completed"]);

    let text: &[(&str, &[u8])] = &[
        ("\"model\"", b"image"),
        ("\"prompt\"", b"a"),
        ("\"image\"; filename=\"a.txt\"", b"words"),
    ];
    assert_refused(
        &request(&emulator, EDIT).form(text).send(),
        "unsupported_file_mimetype",
        Some("image"),
    );
    let none: &[(&str, &[u8])] = &[("\"model\"", b"image"), ("\"prompt\"", b"a")];
    assert_refused(
        &request(&emulator, EDIT).form(none).send(),
        "missing_required_parameter",
        Some("image"),
    );
    let dalle: &[(&str, &[u8])] = &[
        ("\"model\"", b"dalle"),
        ("\"prompt\"", b"a"),
        ("\"image\"; filename=\"a.png\"", PNG),
    ];
    let answer = request(&emulator, EDIT).form(dalle).send();
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (400, &json!("OperationNotSupported"))
    );
}

#[tokio::test]
async fn each_model_has_its_own_arguments() {
    let emulator = start().await;
    for (body, code, param) in [
        (json!({}), "missing_required_parameter", "prompt"),
        (
            json!({"prompt": "a", "colour": "red"}),
            "unknown_parameter",
            "colour",
        ),
        (
            json!({"prompt": "a", "response_format": "url"}),
            "unknown_parameter",
            "response_format",
        ),
        (
            json!({"prompt": "a", "n": 11}),
            "integer_above_max_value",
            "n",
        ),
        (
            json!({"prompt": "a", "size": "1x1"}),
            "invalid_value",
            "size",
        ),
        (
            json!({"prompt": "a", "n": 2, "stream": true}),
            "invalid_value",
            "n",
        ),
        (
            json!({"prompt": "a", "background": "transparent", "output_format": "jpeg"}),
            "invalid_value",
            "background",
        ),
    ] {
        assert_refused(&generate(&emulator, body), code, Some(param));
    }
    for (body, code, param) in [
        (
            json!({"prompt": "a", "n": 2}),
            "integer_above_max_value",
            "n",
        ),
        (
            json!({"prompt": "a", "partial_images": 1}),
            "unknown_parameter",
            "partial_images",
        ),
        (
            json!({"prompt": "a".repeat(4001)}),
            "string_above_max_length",
            "prompt",
        ),
    ] {
        assert_refused(
            &request(&emulator, DALLE).json(&body).send(),
            code,
            Some(param),
        );
    }
    let body = json!({"model": "chat", "prompt": "a"});
    let answer = request(&emulator, V1).json(&body).send();
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (400, &json!("OperationNotSupported"))
    );
    let early = DALLE.replace("2024-10-21", "2023-05-15");
    assert_eq!(
        request(&emulator, &early)
            .json(&json!({"prompt": "a"}))
            .send()
            .status,
        404
    );
}

#[tokio::test]
async fn the_filter_refuses_words_and_holds_images_back() {
    let emulator = start().await;
    let answer = generate(&emulator, json!({ "prompt": FILTERED_PROMPT }));
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (400, "model_error")
    );
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "content_policy_violation");
    // Under the keys that chat does not use.
    let found = &error["inner_error"]["content_filter_results"];
    assert_eq!(
        found["violence"],
        json!({"filtered": true, "severity": "medium"})
    );
    let answer = ok(&generate(&emulator, json!({ "prompt": FILTERED_ANSWER })));
    assert_eq!(answer["error"]["code"], "contentFilter");
    assert_eq!(answer["data"], Value::Null);
}

#[tokio::test]
async fn an_image_costs_what_its_quality_and_its_size_do() {
    let emulator = start().await;
    for (quality, size, cost) in [
        ("low", "1024x1024", 272),
        ("low", "1024x1536", 408),
        ("low", "1536x1024", 400),
        ("medium", "1024x1024", 1056),
        ("medium", "1024x1536", 1584),
        ("medium", "1536x1024", 1568),
        ("high", "1024x1024", 4160),
        ("high", "1024x1536", 6240),
        ("high", "1536x1024", 6208),
        ("auto", "auto", 4160),
    ] {
        let body = json!({"prompt": "Moon", "quality": quality, "size": size});
        let usage = &ok(&generate(&emulator, body))["usage"];
        assert_eq!(
            (&usage["output_tokens"], &usage["total_tokens"]),
            (&json!(cost), &json!(cost + 1)),
            "{quality} {size}"
        );
    }
}

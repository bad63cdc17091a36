//! Forms, and answers that are no JSON.

use std::fs;
use std::sync::Arc;

use aoai_emulator::{Config, Emulator};
use aoai_spec::{Profile, Report, Runner, State};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn run(text: &str) -> Report {
    let emulator = Arc::new(Emulator::start(Config::default()).await.unwrap());
    let runner = Runner::from_text(text).emulator(emulator);
    runner.run().await.into_result().unwrap()
}

#[tokio::test]
async fn both_ways_send_the_same_form() {
    let report = run(
        "name: a\nmatrix: {api: [2024-10-21, v1], via: [typed, raw]}\nvars: {task: t-1}\nsteps:\n  - \
         call: files.upload\n    form:\n      purpose: batch\n      file:\n        name: \
         input.jsonl\n        jsonl:\n          - {custom_id: \"${task}\", url: /chat/completions, \
         body: {z: 1, a: \"é\"}}\n          - {custom_id: b}\n    save: {file: body.id}\n  - call: \
         files.content\n    params: {file_id: \"${file}\"}\n    expect:\n      body:\n        - \
         {custom_id: t-1, body: {a: é}}\n        - {custom_id: b}\n",
    )
    .await;
    assert_eq!(report.exit_code(), 0, "{:?}", report.specs);
    for cell in &report.specs[0].cells {
        let sent = &cell.step("files.upload").unwrap().to_json()["sent"]["body"];
        let expected = json!({
            "purpose": "batch",
            "file": {
                "name": "input.jsonl",
                "content_type": "application/octet-stream",
                "text": "{\"custom_id\":\"t-1\",\"url\":\"/chat/completions\",\
                         \"body\":{\"z\":1,\"a\":\"é\"}}\n{\"custom_id\":\"b\"}\n",
            },
        });
        assert_eq!(*sent, expected);
    }
}

#[tokio::test]
async fn members_of_objects_and_lists_are_parts_of_their_own() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [], "id": "f"})))
        .mount(&server)
        .await;
    let profile = Profile::new("mock")
        .endpoint("main", server.uri())
        .deployment("images", "my-images")
        .api_key("key", "not-a-real-key");
    let runner = Runner::from_text(
        "name: a\nmatrix: {via: [typed, raw]}\nuse: {api: v1}\nsteps:\n  - name: file\n    call: \
         files.upload\n    form:\n      file: {name: a.bin, content_type: image/png, base64: \
         /w==}\n      purpose: evals\n      expires_after: {anchor: created_at, seconds: \
         1209600}\n    expect: {status: 200}\n  - name: images\n    call: images.edit\n    \
         deployment: images\n    form: {image: [{name: a.png, text: A}, {name: b.png, text: B}], \
         prompt: p, n: 2}\n    expect: {status: 200}\n",
    );
    let report = runner.profile(profile).run().await.into_result().unwrap();
    assert_eq!(report.exit_code(), 0, "{:?}", report.specs);
    for cell in &report.specs[0].cells {
        let sent = |step: &str| cell.step(step).unwrap().to_json()["sent"]["body"].clone();
        let file = json!({
            "expires_after.anchor": "created_at",
            "expires_after.seconds": "1209600",
            "file": {"base64": "/w==", "content_type": "image/png", "name": "a.bin"},
            "purpose": "evals",
        });
        assert_eq!(sent("file"), file);
        let image = |name: &str, text: &str| json!({"content_type": "application/octet-stream", "name": name, "text": text});
        let images = json!({
            "image[]": [image("a.png", "A"), image("b.png", "B")],
            "model": "my-images",
            "n": "2",
            "prompt": "p",
        });
        assert_eq!(sent("images"), images);
    }
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 4);
    for request in &requests {
        let kind = request.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    }
}

#[tokio::test]
async fn a_file_lies_beside_the_spec() {
    let directory = tempfile();
    fs::write(directory.join("data.bin"), [0xff, 0xfe]).unwrap();
    fs::write(
        directory.join("a.yaml"),
        "name: a\nmatrix: {via: [typed, raw], part: [data]}\nuse: {api: v1}\nsteps:\n  - call: \
         files.upload\n    form: {purpose: evals, file: {path: \"${part}.bin\"}}\n    expect: \
         {body: {filename: data.bin, bytes: 2}}\n    save: {file: body.id}\n  - call: \
         files.content\n    params: {file_id: \"${file}\"}\n    expect: {body: {base64: //4=, \
         length: 2}}\n---\nname: b\nuse: {api: v1}\nvars: {part: nothing}\nsteps:\n  - call: \
         files.upload\n    form: {purpose: evals, file: {path: \"${part}.bin\"}}\n    expect: \
         {status: 200}\n",
    )
    .unwrap();
    let emulator = Arc::new(Emulator::start(Config::default()).await.unwrap());
    let runner = Runner::new(&directory).emulator(emulator);
    let report = runner.run().await.into_result().unwrap();
    fs::remove_dir_all(&directory).unwrap();
    let states: Vec<_> = report.cells().map(|cell| &cell.state).collect();
    assert_eq!(states[..2], [&State::Passed, &State::Passed]);
    let error = report.specs[1].cells[0].steps[0].error.as_deref().unwrap();
    assert!(
        error.starts_with("cannot read ") && error.contains("nothing.bin"),
        "{error}"
    );
}

/// A directory of this test's own.
fn tempfile() -> std::path::PathBuf {
    let name = format!("aoai-spec-forms-{}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(&directory).unwrap();
    directory
}

#[tokio::test]
async fn an_answer_is_json_or_lines_or_text_or_bytes() {
    for (kind, body, expected) in [
        (
            Some("application/json"),
            b"{\"a\":1}".as_slice(),
            json!({"a": 1}),
        ),
        (None, b"{\"a\":1}", json!({"a": 1})),
        (
            Some("application/octet-stream"),
            b"{\"a\":1}\n",
            json!([{"a": 1}]),
        ),
        (
            Some("application/octet-stream"),
            b"{\"a\":1}\n\n{\"b\":2}",
            json!([{"a": 1}, {"b": 2}]),
        ),
        (
            Some("application/json; charset=utf-8"),
            b"{\"a\":1}\n{\"b\":2}\n",
            json!([{"a": 1}, {"b": 2}]),
        ),
        (
            Some("application/octet-stream"),
            b"{\n  \"a\": 1\n}",
            json!({"a": 1}),
        ),
        (
            Some("text/plain"),
            b"1\n00:00:00,000",
            json!("1\n00:00:00,000"),
        ),
        (
            Some("audio/mpeg"),
            b"\xff\xfb",
            json!({"base64": "//s=", "length": 2}),
        ),
        (Some("application/octet-stream"), b"", Value::Null),
    ] {
        let server = MockServer::start().await;
        let mut answer = ResponseTemplate::new(200).set_body_bytes(body);
        if let Some(kind) = kind {
            answer = answer.insert_header("content-type", kind);
        }
        Mock::given(path("/openai/v1/files/f/content"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let profile = Profile::new("mock")
            .endpoint("main", server.uri())
            .api_key("key", "not-a-real-key");
        let runner = Runner::from_text(
            "name: a\nmatrix: {via: [typed, raw]}\nuse: {api: v1}\nsteps:\n  - call: \
             files.content\n    params: {file_id: f}\n    expect: {status: 200}\n",
        );
        let report = runner.profile(profile).run().await.into_result().unwrap();
        for cell in &report.specs[0].cells {
            let result = cell.step("files.content").unwrap().to_json();
            assert_eq!(result["body"], expected, "{kind:?} {body:?}");
        }
    }
}

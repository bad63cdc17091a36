//! Batches in the course of time: what they read, what they leave behind, how they end.

use std::time::Duration;

use aoai_emulator::{Config, Emulator};
use serde_json::{Value, json};

use crate::files::upload;
use crate::support::{Answer, request, start};

fn line(custom_id: &str, model: &str, prompt: &str) -> Value {
    json!({
        "custom_id": custom_id,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": model, "messages": [{"role": "user", "content": prompt}]},
    })
}

fn lines(lines: &[Value]) -> String {
    let lines = lines.iter().map(Value::to_string);
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Uploads lines and lets them be looked at; the file's id.
fn input(emulator: &Emulator, content: &str) -> String {
    let file = upload(emulator, "batch", content.as_bytes());
    emulator.advance(Duration::from_secs(10));
    file["id"].as_str().unwrap().to_owned()
}

fn create(emulator: &Emulator, line: &str, file: &str, endpoint: &str) -> Answer {
    let body = json!({"input_file_id": file, "endpoint": endpoint, "completion_window": "24h"});
    request(emulator, line).json(&body).send()
}

const V1: &str = "POST /openai/v1/batches";

fn begin(emulator: &Emulator, content: &str) -> String {
    let file = input(emulator, content);
    let answer = create(emulator, V1, &file, "/v1/chat/completions");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn get(emulator: &Emulator, id: &str) -> Value {
    let answer = request(emulator, &format!("GET /openai/v1/batches/{id}")).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn content(emulator: &Emulator, file: &Value) -> Vec<Value> {
    let file = file.as_str().unwrap();
    let answer = request(emulator, &format!("GET /openai/v1/files/{file}/content")).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    let lines = answer.body.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn after(seconds: u64, emulator: &Emulator, id: &str) -> Value {
    emulator.advance(Duration::from_secs(seconds));
    get(emulator, id)
}

#[tokio::test]
async fn a_batch_answers_its_lines() {
    let emulator = start().await;
    let id = begin(
        &emulator,
        &lines(&[
            line("a", "batch", "ping"),
            json!({
                "custom_id": "b", "method": "POST", "url": "/chat/completions",
                "body": {"model": "batch", "messages": [{"role": "user", "content": "x"}], "top_q": 1},
            }),
            line("c", "batch", "ping"),
        ]),
    );
    assert_eq!((id.len(), &id[..6]), (42, "batch_"));
    let begun = get(&emulator, &id);
    let at = begun["created_at"].as_u64().unwrap();
    let mut expected = json!({
        "cancelled_at": null,
        "cancelling_at": null,
        "completed_at": null,
        "completion_window": "24h",
        "created_at": at,
        "endpoint": "/v1/chat/completions",
        "error_file_id": null,
        "errors": null,
        "expired_at": null,
        "expires_at": at + 86_400,
        "failed_at": null,
        "finalizing_at": null,
        "id": id,
        "in_progress_at": null,
        "input_file_id": begun["input_file_id"],
        "metadata": null,
        "object": "batch",
        "output_file_id": null,
        "request_counts": {"completed": null, "failed": null, "total": null},
        "status": "validating",
    });
    assert_eq!(begun, expected);

    expected["status"] = json!("in_progress");
    expected["in_progress_at"] = json!(at + 10);
    expected["request_counts"] = json!({"completed": 0, "failed": 0, "total": 3});
    assert_eq!(after(10, &emulator, &id), expected);
    let halfway = after(14, &emulator, &id);
    assert_eq!(
        halfway["request_counts"],
        json!({"completed": 1, "failed": 1, "total": 3})
    );

    expected["status"] = json!("finalizing");
    expected["finalizing_at"] = json!(at + 30);
    expected["request_counts"] = json!({"completed": 2, "failed": 1, "total": 3});
    assert_eq!(after(6, &emulator, &id), expected);

    let done = after(10, &emulator, &id);
    expected["status"] = json!("completed");
    expected["completed_at"] = json!(at + 40);
    expected["output_file_id"] = done["output_file_id"].clone();
    expected["error_file_id"] = done["error_file_id"].clone();
    assert_eq!(done, expected);

    let output = content(&emulator, &done["output_file_id"]);
    let ids: Vec<&Value> = output.iter().map(|line| &line["custom_id"]).collect();
    assert_eq!(ids, ["c", "a"], "not in the order of the requests");
    assert_eq!(output[0]["error"], Value::Null);
    let response = &output[0]["response"];
    assert_eq!(response["status_code"], 200);
    assert_eq!(response["request_id"].as_str().unwrap().len(), 36);
    assert_eq!(response["body"]["object"], "chat.completion");
    let errors = content(&emulator, &done["error_file_id"]);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["custom_id"], "b");
    assert_eq!(errors[0]["response"]["status_code"], 400);
    assert_eq!(
        errors[0]["response"]["body"]["error"]["message"],
        "Unrecognized request argument supplied: top_q"
    );

    let files = request(&emulator, "GET /openai/v1/files?purpose=batch_output").send();
    assert_eq!(files.json()["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_lines_of_a_batch_share_its_time_to_the_second() {
    let emulator = start().await;
    // Twenty seconds however many they are, or what the deployment takes for each; a second that has
    // begun counts.
    let paced = "deployments: {batch: {model: gpt-4o-mini, sku: GlobalBatch, pace: 1.1s}}";
    let paced = Emulator::start(Config::from_yaml(paced).unwrap())
        .await
        .unwrap();
    for (emulator, count, seconds) in [
        (&emulator, 147, 20),
        (&emulator, 281, 20),
        (&paced, 50, 55),
        (&emulator, 1, 20),
        (&paced, 1, 2),
        (&paced, 2, 3),
        (&paced, 10, 11),
        (&paced, 100, 110),
    ] {
        let all = (0..count).map(|number| line(&format!("{number}"), "batch", "ping"));
        let id = begin(emulator, &lines(&all.collect::<Vec<_>>()));
        let at = get(emulator, &id)["created_at"].as_u64().unwrap();
        let done = after(10 + seconds + 10, emulator, &id);
        assert_eq!(done["finalizing_at"], at + 10 + seconds, "{count}: {done}");
        assert_eq!(
            done["completed_at"],
            at + 10 + seconds + 10,
            "{count}: {done}"
        );
        assert_eq!(done["request_counts"]["completed"], count, "{done}");
    }
}

#[tokio::test]
async fn a_line_that_asks_for_a_stream_fails_and_the_others_do_not() {
    let emulator = start().await;
    let asks = |id: &str, stream: bool| {
        let mut line = line(id, "batch", "ping");
        line["body"]["stream"] = json!(stream);
        line
    };
    let id = begin(
        &emulator,
        &lines(&[
            asks("a", true),
            asks("b", false),
            line("c", "batch", "ping"),
        ]),
    );
    let done = after(60, &emulator, &id);
    assert_eq!(done["status"], "completed");
    assert_eq!(
        done["request_counts"],
        json!({"completed": 2, "failed": 1, "total": 3})
    );
    let errors = content(&emulator, &done["error_file_id"]);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["custom_id"], "a");
    assert_eq!(errors[0]["response"]["status_code"], 400);
    assert_eq!(
        errors[0]["response"]["body"],
        json!({"error": {
            "code": null, "message": "Streaming is not supported here.", "param": "stream",
            "type": "invalid_request_error",
        }})
    );
    assert_eq!(content(&emulator, &done["output_file_id"]).len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_the_input_fails_the_batch() {
    let emulator = start().await;
    let other = |member: &str, value: &str| {
        let mut line = line("x", "batch", "ping");
        line[member] = json!(value);
        line
    };
    for (content, errors) in [
        ("\n".to_owned(), json!([["empty_file", null]])),
        ("no json\n".to_owned(), json!([["invalid_json_line", 1]])),
        (
            lines(&[other("method", "GET")]),
            json!([["invalid_json_line", 1]]),
        ),
        (
            lines(&[other("url", "/v1/embeddings")]),
            json!([["url_mismatch", 1]]),
        ),
        (
            lines(&[line("a", "batch", "x"), line("a", "batch", "y")]),
            json!([["duplicate_custom_id", 2]]),
        ),
        (
            lines(&[line("a", "nothing", "x")]),
            json!([["model_not_found", 1]]),
        ),
        (
            lines(&[line("a", "chat", "x")]),
            json!([["model_not_found", 1]]),
        ),
        (
            lines(&[line("a", "batch", "x"), line("b", "slow-batch", "x")]),
            json!([["model_mismatch", 2]]),
        ),
    ] {
        let config = "deployments: {batch: {model: gpt-4o-mini, sku: GlobalBatch}, slow-batch: \
                      {model: gpt-4o-mini, sku: DataZoneBatch}, chat: {model: gpt-4o-mini}}";
        let emulator = Emulator::start(Config::from_yaml(config).unwrap())
            .await
            .unwrap();
        let id = begin(&emulator, &content);
        assert_eq!(get(&emulator, &id)["status"], "validating");
        let failed = after(10, &emulator, &id);
        assert_eq!(failed["status"], "failed", "{content}");
        assert_eq!(
            failed["failed_at"].as_u64(),
            failed["created_at"].as_u64().map(|at| at + 10)
        );
        assert_eq!(failed["in_progress_at"], Value::Null);
        assert_eq!(failed["output_file_id"], Value::Null);
        let told = failed["errors"]["data"].as_array().unwrap();
        let told: Vec<Value> = told
            .iter()
            .map(|it| json!([it["code"], it["line"]]))
            .collect();
        assert_eq!(json!(told), errors, "{content}");
    }
    drop(emulator);
}

#[tokio::test]
async fn what_cannot_begin_is_refused() {
    let emulator = start().await;
    let pending = upload(&emulator, "batch", b"{}\n")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = upload(&emulator, "evals", b"{}\n")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let endpoint = "/chat/completions";
    let refusals = [
        (
            create(&emulator, V1, &pending, endpoint),
            400,
            "invalidPayload",
            "Only files with status 'Processed' are accepted. Please wait until the file has been \
             processed."
                .to_owned(),
        ),
        (
            create(&emulator, V1, &other, endpoint),
            400,
            "invalidPayload",
            format!("The file '{other}' has the purpose 'evals'."),
        ),
        (
            create(&emulator, V1, "file-none", endpoint),
            404,
            "notFound",
            "The specified file 'file-none' was not found.".to_owned(),
        ),
        (
            request(&emulator, V1)
                .json(&json!({"endpoint": endpoint, "completion_window": "24h"}))
                .send(),
            400,
            "invalidPayload",
            "Either input_file_id or input_blob is required.".to_owned(),
        ),
        (
            request(
                &emulator,
                "GET /openai/batches/batch_1?api-version=2024-10-21",
            )
            .send(),
            404,
            "notFound",
            "The specified batch 'batch_1' was not found.".to_owned(),
        ),
    ];
    for (answer, status, code, message) in refusals {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(
            answer.json(),
            json!({"error": {"code": code, "message": message}})
        );
    }
    let wrong = create(&emulator, V1, &pending, "/v1/audio/speech");
    assert_eq!(wrong.json()["error"]["param"], "endpoint");
    let unknown = json!({"endpoint": endpoint, "completion_window": "24h", "window": 1});
    let unknown = request(&emulator, V1).json(&unknown).send();
    assert_eq!(
        unknown.json()["error"]["message"],
        "Unrecognized request argument supplied: window"
    );
    let early = create(
        &emulator,
        "POST /openai/batches?api-version=2024-06-01",
        &pending,
        endpoint,
    );
    assert_eq!(
        (early.status, early.json()["error"]["code"].clone()),
        (404, json!("404"))
    );
}

#[tokio::test]
async fn only_so_many_tokens_are_enqueued() {
    let config = "deployments: {batch: {model: gpt-4o-mini, sku: GlobalBatch, capacity: 1}}";
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let content = lines(&[line("a", "batch", &"word ".repeat(600))]);
    let first = begin(&emulator, &content);
    let file = get(&emulator, &first)["input_file_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = create(&emulator, V1, &file, "/v1/chat/completions");
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.json(),
        json!({"error": {
            "code": "token_limit_exceeded",
            "message": "The number of enqueued tokens has surpassed the configured limit of 1K",
        }})
    );
    // What is done no longer counts.
    assert_eq!(after(40, &emulator, &first)["status"], "completed");
    let again = create(&emulator, V1, &file, "/v1/chat/completions");
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn a_batch_that_is_called_off_leaves_what_is_done() {
    let emulator = start().await;
    let id = begin(
        &emulator,
        &lines(&[line("a", "batch", "x"), line("b", "batch", "y")]),
    );
    assert_eq!(after(20, &emulator, &id)["request_counts"]["completed"], 1);
    let path = format!("POST /openai/v1/batches/{id}/cancel");
    let cancelled = request(&emulator, &path).send();
    let at = cancelled.json()["cancelling_at"].as_u64().unwrap();
    assert_eq!(
        (cancelled.status, cancelled.json()["status"].clone()),
        (200, json!("cancelling"))
    );
    let again = request(&emulator, &path).send();
    assert_eq!(again.status, 409);
    assert_eq!(
        again.json(),
        json!({"error": {
            "code": "conflict",
            "message": "Cannot cancel a batch with status 'cancelling'.",
        }})
    );
    let done = after(10, &emulator, &id);
    assert_eq!(
        (&done["status"], &done["cancelled_at"]),
        (&json!("cancelled"), &json!(at + 10))
    );
    assert_eq!(
        done["request_counts"],
        json!({"completed": 1, "failed": 0, "total": 2})
    );
    assert_eq!(done["finalizing_at"], Value::Null);
    assert_eq!(
        content(&emulator, &done["output_file_id"])[0]["custom_id"],
        "a"
    );
    let undone = content(&emulator, &done["error_file_id"]);
    assert_eq!(
        undone,
        [json!({
            "custom_id": "b",
            "error": {
                "code": "batch_cancelled",
                "message": "This request was not executed because the batch was cancelled.",
            },
            "response": null,
        })]
    );
    let files = request(&emulator, "GET /openai/v1/files?purpose=batch_output").send();
    assert_eq!(files.json()["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_batch_that_takes_too_long_expires() {
    let config = "deployments: {batch: {model: gpt-4o-mini, sku: GlobalBatch, pace: 13h}}";
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let id = begin(
        &emulator,
        &lines(&[line("a", "batch", "x"), line("b", "batch", "y")]),
    );
    let hour = 60 * 60;
    assert_eq!(after(23 * hour, &emulator, &id)["status"], "in_progress");
    let expired = after(hour, &emulator, &id);
    assert_eq!(expired["status"], "expired");
    assert_eq!(expired["expired_at"], expired["expires_at"]);
    assert_eq!(
        expired["request_counts"],
        json!({"completed": 1, "failed": 0, "total": 2})
    );
    assert_eq!(
        content(&emulator, &expired["output_file_id"])[0]["custom_id"],
        "a"
    );
    let undone = content(&emulator, &expired["error_file_id"]);
    assert_eq!(undone[0]["error"]["code"], "batch_expired");
}

#[tokio::test]
async fn batches_are_listed_and_filtered() {
    let emulator = start().await;
    let content = lines(&[line("a", "batch", "x")]);
    let first = begin(&emulator, &content);
    emulator.advance(Duration::from_secs(60));
    let second = begin(&emulator, &content);
    let made = get(&emulator, &second)["created_at"].as_u64().unwrap();
    let list = |query: &str| {
        let answer = request(&emulator, &format!("GET /openai/v1/batches{query}")).send();
        let list = answer.json();
        let data = list["data"]
            .as_array()
            .unwrap_or_else(|| panic!("{list}"))
            .clone();
        let ids = data
            .iter()
            .map(|batch| batch["id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), list["has_more"].as_bool().unwrap())
    };
    let (one, two) = (first.clone(), second.clone());
    assert_eq!(list(""), (vec![two.clone(), one.clone()], false));
    assert_eq!(list("?limit=1"), (vec![two.clone()], true));
    assert_eq!(list(&format!("?after={two}")), (vec![one.clone()], false));
    let ascending = "?$orderby=created_at%20asc";
    assert_eq!(list(ascending), (vec![one.clone(), two.clone()], false));
    let completed = "?$filter=status%20eq%20%27Completed%27";
    assert_eq!(list(completed), (vec![one.clone()], false));
    let recent = format!("?$filter=created_at%20ge%20{made}%20and%20status%20ne%20%27failed%27");
    assert_eq!(list(&recent), (vec![two], false));
    let wrong = request(&emulator, "GET /openai/v1/batches?$filter=size%20eq%201").send();
    assert_eq!(
        wrong.json()["error"]["message"],
        "Invalid filter: 'size eq 1'."
    );
}

#[tokio::test]
async fn the_first_api_version_writes_times_and_words_its_own_way() {
    let emulator = start().await;
    let file = input(&emulator, &lines(&[line("a", "batch", "x")]));
    let line = "POST /openai/batches?api-version=2024-07-01-preview";
    let batch = create(&emulator, line, &file, "/chat/completions").json();
    assert_eq!(batch["status"], "Validating");
    assert_eq!(batch["endpoint"], Value::Null);
    let created = batch["created_at"].as_str().unwrap();
    assert_eq!(created.len(), "2024-07-19T17:13:57.2491382+00:00".len());
    assert!(created.ends_with(".0000000+00:00"), "{created}");
}

#[tokio::test]
async fn a_blob_is_named_and_not_read() {
    let emulator = start().await;
    let body = json!({
        "input_blob": "https://store.invalid/in/lines.jsonl",
        "output_folder": {"url": "https://store.invalid/out/"},
        "endpoint": "/chat/completions",
        "completion_window": "24h",
    });
    let batch = request(&emulator, V1).json(&body).send().json();
    let id = batch["id"].as_str().unwrap();
    let done = after(20, &emulator, id);
    assert_eq!(done["status"], "completed");
    for (member, expected) in [
        ("input_file_id", Value::Null),
        ("output_file_id", Value::Null),
        ("input_blob", json!("https://store.invalid/in/lines.jsonl")),
        (
            "output_blob",
            json!(format!("https://store.invalid/out/{id}/results.jsonl")),
        ),
        (
            "error_blob",
            json!(format!("https://store.invalid/out/{id}/errors.jsonl")),
        ),
        (
            "request_counts",
            json!({"completed": 0, "failed": 0, "total": 0}),
        ),
    ] {
        assert_eq!(done[member], expected, "{member}");
    }
    let mut with_metadata = body.clone();
    with_metadata["metadata"] = json!({"a": "b"});
    let refused = request(&emulator, V1).json(&with_metadata).send();
    assert_eq!(
        refused.json()["error"]["message"],
        "Metadata is not supported with input_blob."
    );
    let mut nowhere = body;
    nowhere.as_object_mut().unwrap().remove("output_folder");
    let refused = request(&emulator, V1).json(&nowhere).send();
    assert_eq!(
        refused.json()["error"]["message"],
        "output_folder is required with input_blob."
    );
}

#[tokio::test]
async fn a_filter_compares_times_and_states() {
    let emulator = start().await;
    let content = lines(&[line("a", "batch", "x")]);
    let ids: Vec<String> = (0..3)
        .map(|_| {
            emulator.advance(Duration::from_secs(1000));
            begin(&emulator, &content)
        })
        .collect();
    let at = get(&emulator, &ids[1])["created_at"].as_u64().unwrap();
    for (condition, expected) in [
        (format!("created_at lt {at}"), vec![0]),
        (format!("created_at le {at}"), vec![1, 0]),
        (format!("created_at eq {at}"), vec![1]),
        (format!("created_at ge {at}"), vec![2, 1]),
        (format!("created_at gt {at}"), vec![2]),
        (format!("created_at ne {at}"), vec![2, 0]),
        (
            format!("created_at gt {at} and status eq 'Completed'"),
            vec![],
        ),
        ("status ne 'completed'".to_owned(), vec![2]),
        ("status eq 'VALIDATING'".to_owned(), vec![2]),
    ] {
        let query = condition.replace(' ', "%20").replace('\'', "%27");
        let line = format!("GET /openai/v1/batches?$filter={query}");
        let list = request(&emulator, &line).send().json();
        let found: Vec<usize> = list["data"]
            .as_array()
            .unwrap_or_else(|| panic!("{list}"))
            .iter()
            .map(|batch| ids.iter().position(|id| batch["id"] == **id).unwrap())
            .collect();
        assert_eq!(found, expected, "{condition}");
    }
    for condition in [
        "created_at",
        "created_at gt",
        "created_at gt soon",
        "created_at near 5",
        "created_at gt 5 or",
        "status eq completed",
    ] {
        let query = condition.replace(' ', "%20");
        let line = format!("GET /openai/v1/batches?$filter={query}");
        let refused = request(&emulator, &line).send();
        let message = format!("Invalid filter: '{condition}'.");
        assert_eq!(
            (refused.status, &refused.json()["error"]["message"]),
            (400, &json!(message))
        );
    }
}

#[tokio::test]
async fn what_is_planned_does_not_come_from_a_batch_that_is_called_off() {
    let emulator = start().await;
    let id = begin(&emulator, &lines(&[line("a", "batch", "x")]));
    let path = format!("POST /openai/v1/batches/{id}/cancel");
    assert_eq!(request(&emulator, &path).send().status, 200);
    let again = request(&emulator, &path).send();
    assert_eq!(
        (again.status, again.json()),
        (
            409,
            json!({"error": {
                "code": "conflict",
                "message": "Cannot cancel a batch with status 'cancelling'.",
            }})
        )
    );
    emulator.advance(Duration::from_secs(100_000));
    let cancelled = get(&emulator, &id);
    assert_eq!(
        (
            &cancelled["status"],
            &cancelled["request_counts"]["completed"]
        ),
        (&json!("cancelled"), &json!(0))
    );
    let line = "GET /openai/v1/files?purpose=batch_output";
    let files = request(&emulator, line).send().json();
    let mut left: Vec<&Value> = files["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["id"])
        .collect();
    let mut named: Vec<&Value> = [&cancelled["output_file_id"], &cancelled["error_file_id"]]
        .into_iter()
        .filter(|id| !id.is_null())
        .collect();
    left.sort_by_key(ToString::to_string);
    named.sort_by_key(ToString::to_string);
    assert_eq!(left, named);
    let missing = "POST /openai/v1/batches/batch_0/cancel";
    assert_eq!(request(&emulator, missing).send().status, 404);
}

#[tokio::test]
async fn what_is_wrong_with_a_line_is_told_in_words() {
    let emulator = start().await;
    let mut other = line("b", "batch", "x");
    other["url"] = json!("/v1/embeddings");
    let content = lines(&[
        line("a", "batch", "x"),
        line("a", "batch", "y"),
        other,
        line("c", "nothing", "x"),
    ]) + "no json\n";
    let id = begin(&emulator, &content);
    let failed = after(10, &emulator, &id);
    let error = |code: &str, line: u64, message: &str| json!({"code": code, "line": line, "message": message, "param": null});
    assert_eq!(
        failed["errors"],
        json!({
            "object": "list",
            "data": [
                error("invalid_json_line", 5, "This line is not a valid request in JSON."),
                error("duplicate_custom_id", 2, "The custom_id 'a' is used twice."),
                error(
                    "url_mismatch",
                    3,
                    "The URL '/v1/embeddings' does not match the batch's endpoint \
                     '/v1/chat/completions'.",
                ),
                error("model_not_found", 4, "There is no batch deployment 'nothing'."),
            ],
        })
    );
    // A batch that failed leaves nothing behind.
    let line = "GET /openai/v1/files?purpose=batch_output";
    assert_eq!(request(&emulator, line).send().json()["data"], json!([]));
}

#[tokio::test]
async fn a_batch_keeps_what_it_was_given_and_its_files_expire() {
    let emulator = start().await;
    let file = input(&emulator, &lines(&[line("a", "batch", "x")]));
    let body = json!({
        "input_file_id": file,
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"a": "b"},
        "output_expires_after": {"anchor": "created_at", "seconds": 1_209_600},
    });
    let batch = request(&emulator, V1).json(&body).send().json();
    assert_eq!(batch["metadata"], json!({"a": "b"}));
    let done = after(60, &emulator, batch["id"].as_str().unwrap());
    for (member, name) in [("output_file_id", "output"), ("error_file_id", "error")] {
        let id = done[member].as_str().unwrap();
        assert!(id.starts_with("file-") && id.len() == 41, "{id}");
        let file = request(&emulator, &format!("GET /openai/v1/files/{id}")).send();
        let file = file.json();
        let made = file["created_at"].as_u64().unwrap();
        let named = format!("{}_{name}.jsonl", batch["id"].as_str().unwrap());
        assert_eq!(
            (&file["filename"], &file["expires_at"]),
            (&json!(named), &json!(made + 1_209_600)),
            "{file}"
        );
    }
}

//! Every argument of a body: whether it may be missing or null, and of which type it is.

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

/// The arguments of an operation.
struct Table {
    path: &'static str,
    /// A body that the tables let pass.
    least: Value,
    required: &'static [&'static str],
    numbers: &'static [&'static str],
    words: &'static [&'static str],
    /// What is neither.
    others: &'static [&'static str],
    /// Those that may be missing but not null.
    not_null: &'static [&'static str],
}

impl Table {
    fn send(&self, emulator: &Emulator, body: &Value) -> Answer {
        let line = format!("POST /openai/v1/{}", self.path);
        request(emulator, &line).json(body).send()
    }

    fn with(&self, emulator: &Emulator, name: &str, value: Value) -> Answer {
        let mut body = self.least.clone();
        body[name] = value;
        self.send(emulator, &body)
    }

    fn names(&self) -> impl Iterator<Item = &&'static str> {
        self.numbers.iter().chain(self.words).chain(self.others)
    }
}

fn texts() -> Vec<Table> {
    vec![
        Table {
            path: "chat/completions",
            least: json!({"model": "chat", "messages": [{"role": "user", "content": "a"}]}),
            required: &["messages"],
            numbers: &[
                "frequency_penalty",
                "max_completion_tokens",
                "max_tokens",
                "n",
                "presence_penalty",
                "seed",
                "temperature",
                "top_logprobs",
                "top_p",
            ],
            words: &["reasoning_effort", "service_tier"],
            others: &[
                "audio",
                "data_sources",
                "function_call",
                "functions",
                "logit_bias",
                "logprobs",
                "messages",
                "metadata",
                "modalities",
                "parallel_tool_calls",
                "prediction",
                "prompt_cache_key",
                "response_format",
                "stop",
                "store",
                "stream",
                "stream_options",
                "tool_choice",
                "tools",
                "user",
                "user_security_context",
            ],
            not_null: &[],
        },
        Table {
            path: "completions",
            least: json!({"model": "instruct", "prompt": "a"}),
            required: &[],
            numbers: &[
                "best_of",
                "frequency_penalty",
                "logprobs",
                "max_tokens",
                "n",
                "presence_penalty",
                "seed",
                "temperature",
                "top_p",
            ],
            words: &[],
            others: &[
                "echo",
                "logit_bias",
                "prompt",
                "stop",
                "stream",
                "stream_options",
                "suffix",
                "user",
            ],
            not_null: &[],
        },
    ]
}

fn models() -> Vec<Table> {
    vec![
        Table {
            path: "embeddings",
            least: json!({"model": "embeddings", "input": "a"}),
            required: &["input"],
            numbers: &["dimensions"],
            words: &["encoding_format"],
            others: &["input", "input_type", "user"],
            not_null: &[],
        },
        Table {
            path: "audio/speech",
            least: json!({"model": "speech", "input": "a", "voice": "alloy"}),
            required: &["input", "voice"],
            numbers: &["speed"],
            words: &["response_format", "stream_format", "voice"],
            others: &["input", "instructions"],
            not_null: &[],
        },
        Table {
            path: "images/generations",
            least: json!({"model": "image", "prompt": "a"}),
            required: &["prompt"],
            numbers: &["n", "output_compression", "partial_images"],
            words: &[
                "background",
                "moderation",
                "output_format",
                "quality",
                "size",
            ],
            others: &["prompt", "stream", "user"],
            not_null: &[],
        },
        Table {
            path: "responses",
            least: json!({"model": "chat", "input": "a"}),
            required: &[],
            numbers: &[
                "max_output_tokens",
                "max_tool_calls",
                "temperature",
                "top_logprobs",
                "top_p",
            ],
            words: &["prompt_cache_retention", "service_tier", "truncation"],
            others: &[
                "background",
                "conversation",
                "include",
                "input",
                "instructions",
                "metadata",
                "parallel_tool_calls",
                "previous_response_id",
                "prompt",
                "prompt_cache_key",
                "reasoning",
                "safety_identifier",
                "store",
                "stream",
                "stream_options",
                "text",
                "tool_choice",
                "tools",
                "user",
            ],
            not_null: &[],
        },
    ]
}

fn resources() -> Vec<Table> {
    vec![
        Table {
            path: "batches",
            least: json!({
                "input_file_id": "file-0",
                "endpoint": "/v1/chat/completions",
                "completion_window": "24h",
            }),
            required: &["completion_window", "endpoint"],
            numbers: &[],
            words: &["completion_window", "endpoint"],
            others: &[
                "input_blob",
                "input_file_id",
                "metadata",
                "output_expires_after",
                "output_folder",
            ],
            not_null: &[],
        },
        Table {
            path: "containers",
            least: json!({"name": "a"}),
            required: &["name"],
            numbers: &[],
            words: &["memory_limit"],
            others: &["expires_after", "file_ids", "name"],
            not_null: &["file_ids", "memory_limit"],
        },
        Table {
            path: "conversations",
            least: json!({}),
            required: &[],
            numbers: &[],
            words: &[],
            others: &["items", "metadata"],
            not_null: &[],
        },
        Table {
            path: "evals",
            least: json!({"data_source_config": {"type": "logs"}, "testing_criteria": []}),
            required: &["data_source_config", "testing_criteria"],
            numbers: &[],
            words: &[],
            others: &["data_source_config", "metadata", "name", "testing_criteria"],
            not_null: &[],
        },
        Table {
            path: "fine_tuning/jobs",
            least: json!({"model": "gpt-4o", "training_file": "file-0"}),
            required: &["model", "training_file"],
            numbers: &["seed"],
            words: &[],
            others: &[
                "hyperparameters",
                "integrations",
                "metadata",
                "method",
                "model",
                "suffix",
                "training_file",
                "validation_file",
            ],
            not_null: &[],
        },
        Table {
            path: "uploads",
            least: json!({
                "bytes": 1, "filename": "a", "mime_type": "text/plain", "purpose": "batch",
            }),
            required: &["bytes", "filename", "mime_type", "purpose"],
            numbers: &["bytes"],
            words: &[],
            others: &["expires_after", "filename", "mime_type", "purpose"],
            not_null: &["expires_after"],
        },
        Table {
            path: "vector_stores",
            least: json!({}),
            required: &[],
            numbers: &[],
            words: &[],
            others: &[
                "chunking_strategy",
                "description",
                "expires_after",
                "file_ids",
                "metadata",
                "name",
            ],
            not_null: &["chunking_strategy"],
        },
    ]
}

fn tables() -> impl Iterator<Item = Table> {
    texts().into_iter().chain(models()).chain(resources())
}

#[track_caller]
fn assert_refused(answer: &Answer, path: &str, name: &str, code: &str) {
    let error = &answer.json()["error"];
    assert_eq!(answer.status, 400, "{path} {name}: {answer:?}");
    assert_eq!(
        (&error["param"], &error["code"]),
        (&json!(name), &json!(code)),
        "{path} {name}: {answer:?}"
    );
}

#[tokio::test]
async fn what_is_required_is_missed() {
    let emulator = start().await;
    for table in tables() {
        for name in table.required {
            let mut body = table.least.clone();
            body.as_object_mut().unwrap().remove(*name);
            let answer = table.send(&emulator, &body);
            assert_refused(&answer, table.path, name, "missing_required_parameter");
        }
    }
}

#[tokio::test]
async fn every_argument_has_its_type() {
    let emulator = start().await;
    for table in tables() {
        for name in table.numbers {
            let answer = table.with(&emulator, name, json!("x"));
            assert_refused(&answer, table.path, name, "invalid_type");
        }
        for name in table.words.iter().chain(table.others) {
            let answer = table.with(&emulator, name, json!(5));
            assert_refused(&answer, table.path, name, "invalid_type");
        }
        for name in table.words {
            let answer = table.with(&emulator, name, json!("x"));
            assert_refused(&answer, table.path, name, "invalid_value");
        }
    }
}

#[tokio::test]
async fn only_what_may_be_missing_may_be_null_and_not_all_of_that() {
    let emulator = start().await;
    for table in tables() {
        for name in table.required.iter().chain(table.not_null) {
            let answer = table.with(&emulator, name, Value::Null);
            assert_refused(&answer, table.path, name, "invalid_type");
        }
        let mut body = table.least.clone();
        for name in table.names() {
            if body[*name].is_null() && !table.not_null.contains(name) {
                body[*name] = Value::Null;
            }
        }
        let line = format!("POST /openai/v1/{}", table.path);
        let bytes = request(&emulator, &line).json(&body).raw();
        // Speech is no text; of batches and jobs, their file is looked for and not found.
        let expected = match table.path {
            "batches" | "fine_tuning/jobs" => "HTTP/1.1 404 ",
            _ => "HTTP/1.1 200 ",
        };
        let head = String::from_utf8_lossy(&bytes);
        assert!(head.starts_with(expected), "{}: {head}", table.path);
    }
}

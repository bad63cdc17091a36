//! Evals, their runs, and what comes of each item.

use std::time::Duration;

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const EVALS: &str = "/openai/v1/evals";

fn post(emulator: &Emulator, path: &str, body: &Value) -> Answer {
    request(emulator, &format!("POST {EVALS}{path}"))
        .json(body)
        .send()
}

fn get(emulator: &Emulator, path: &str) -> Value {
    let answer = request(emulator, &format!("GET {EVALS}{path}")).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[track_caller]
fn assert_missing(answer: &Answer, message: &str) {
    assert_eq!(answer.status, 404, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({"error": {
            "message": message, "type": "invalid_request_error", "param": null, "code": null,
        }})
    );
}

fn eval() -> Value {
    json!({
        "name": "skies",
        "data_source_config": {"type": "custom", "item_schema": {"type": "object"}},
        "testing_criteria": [{
            "type": "string_check",
            "name": "same",
            "input": "{{sample.output_text}}",
            "reference": "{{item.sky}}",
            "operation": "eq",
        }],
        "metadata": {"a": "b"},
    })
}

fn create(emulator: &Emulator) -> Value {
    let answer = post(emulator, "", &eval());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[tokio::test]
async fn an_eval_is_described_changed_and_deleted() {
    let emulator = start().await;
    let made = create(&emulator);
    let mut criterion = eval()["testing_criteria"][0].clone();
    criterion["id"] = made["testing_criteria"][0]["id"].clone();
    let mut expected = json!({
        "created_at": made["created_at"],
        "data_source_config": {
            "schema": {
                "properties": {"item": {"type": "object"}},
                "required": ["item"],
                "type": "object",
            },
            "type": "custom",
        },
        "id": made["id"],
        "metadata": {"a": "b"},
        "name": "skies",
        "object": "eval",
        "testing_criteria": [criterion],
    });
    assert_eq!(made, expected);
    let path = format!("/{}", id(&made));
    expected["name"] = json!("clouds");
    expected["metadata"] = json!({});
    let changed = post(&emulator, &path, &json!({"name": "clouds", "metadata": {}}));
    assert_eq!(changed.json(), expected);
    assert_eq!(get(&emulator, &path), expected);
    emulator.advance(Duration::from_secs(1));
    let second = create(&emulator);
    let list = get(&emulator, "?limit=1");
    assert_eq!(
        (&list["data"][0]["id"], &list["has_more"]),
        (&made["id"], &json!(true))
    );
    let newest = get(&emulator, "?order=desc");
    assert_eq!(newest["data"][0]["id"], second["id"]);

    let line = format!("DELETE {EVALS}{path}");
    assert_eq!(
        request(&emulator, &line).send().json(),
        json!({"deleted": true, "eval_id": made["id"], "object": "eval.deleted"})
    );
    let message = format!("Eval with id '{}' not found.", id(&made));
    assert_missing(&request(&emulator, &line).send(), &message);

    let logs = json!({"data_source_config": {"type": "logs"}, "testing_criteria": []});
    let logs = post(&emulator, "", &logs).json();
    assert_eq!(logs["name"], logs["id"]);
    assert_eq!(
        logs["data_source_config"]["schema"]["required"],
        json!(["item", "sample"])
    );
    for (body, message) in [
        (
            json!({"testing_criteria": []}),
            "Missing required parameter: 'data_source_config'.",
        ),
        (
            json!({
                "data_source_config": {"type": "logs"},
                "testing_criteria": [{"type": "guess", "name": "g"}],
            }),
            "Invalid value: 'guess'. Supported values are: 'string_check', 'text_similarity', \
             'score_model', 'label_model', 'python', and 'multi'.",
        ),
    ] {
        let refused = post(&emulator, "", &body);
        assert_eq!(
            (refused.status, &refused.json()["error"]["message"]),
            (400, &json!(message))
        );
    }
}

#[tokio::test]
async fn a_run_judges_what_it_is_given() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    let item =
        |sky: &str, said: &str| json!({"item": {"sky": sky}, "sample": {"output_text": said}});
    let content = json!([item("grey", "grey"), item("blue", "grey")]);
    let source = json!({"type": "jsonl", "source": {"type": "file_content", "content": content}});
    let created = post(
        &emulator,
        &runs,
        &json!({"name": "monday", "data_source": source}),
    );
    assert_eq!(created.status, 201);
    let run = created.json();
    let mut expected = json!({
        "created_at": run["created_at"],
        "data_source": source,
        "error": null,
        "eval_id": made["id"],
        "id": run["id"],
        "metadata": null,
        "model": null,
        "name": "monday",
        "object": "eval.run",
        "per_model_usage": [],
        "per_testing_criteria_results": [],
        "report_url": format!("https://ai.azure.com/resource/evals/{}", id(&run)),
        "result_counts": {"errored": 0, "failed": 0, "passed": 0, "total": 0},
        "status": "queued",
    });
    assert_eq!(run, expected);
    let path = format!("{runs}/{}", id(&run));
    let items = format!("{path}/output_items");
    emulator.advance(Duration::from_secs(5));
    assert_eq!(get(&emulator, &path)["status"], "in_progress");
    assert_eq!(get(&emulator, &items)["data"], json!([]));
    emulator.advance(Duration::from_secs(15));
    expected["status"] = json!("completed");
    expected["result_counts"] = json!({"errored": 0, "failed": 1, "passed": 1, "total": 2});
    let criterion = &made["testing_criteria"][0]["id"];
    expected["per_testing_criteria_results"] =
        json!([{"failed": 1, "passed": 1, "testing_criteria": criterion}]);
    assert_eq!(get(&emulator, &path), expected);

    let failed = get(&emulator, &format!("{items}?status=fail"));
    let item = &failed["data"][0];
    assert_eq!(failed["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        item["results"],
        json!([{"criterion": criterion, "name": "same", "passed": false, "score": 0.0}])
    );
    assert_eq!(item["datasource_item"], json!({"sky": "blue"}));
    assert_eq!(
        (&item["datasource_item_id"], &item["status"]),
        (&json!(1), &json!("fail"))
    );
    assert_eq!(get(&emulator, &format!("{items}/{}", id(item))), *item);
    let missing = request(&emulator, &format!("GET {EVALS}{items}/outputitem_0")).send();
    let message = format!(
        "Output item with id 'outputitem_0' not found in run '{}'.",
        id(&run)
    );
    assert_missing(&missing, &message);

    let cancel = post(&emulator, &path, &json!({}));
    assert_eq!(
        (cancel.status, cancel.json()["error"]["message"].clone()),
        (400, json!("Cannot cancel a run with status 'completed'."))
    );
    let line = format!("DELETE {EVALS}{path}");
    assert_eq!(
        request(&emulator, &line).send().json(),
        json!({"deleted": true, "eval_run_id": run["id"], "object": "eval_run.deleted"})
    );
    let message = format!(
        "Run with id '{}' not found in eval '{}'.",
        id(&run),
        id(&made)
    );
    assert_missing(&request(&emulator, &line).send(), &message);
}

#[tokio::test]
async fn a_run_asks_a_model() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    let text = "This is the emulator's answer to: What is the sky's colour?";
    let file = format!(
        "{}\n{}\n",
        json!({"item": {"sky": text}}),
        json!({"item": {"sky": "blue"}})
    );
    let file = crate::files::upload(&emulator, "evals", file.as_bytes());
    let source = |model: &str| {
        json!({
            "type": "completions",
            "model": model,
            "input_messages": {
                "type": "template",
                "template": [{"role": "user", "content": "What is the sky's colour?"}],
            },
            "sampling_params": {"temperature": 0, "max_completions_tokens": 100},
            "source": {"type": "file_id", "id": file["id"]},
        })
    };
    let begin = |source: &Value| post(&emulator, &runs, &json!({"data_source": source})).json();
    let run = begin(&source("chat"));
    let failing = begin(&source("missing"));
    emulator.advance(Duration::from_secs(20));
    let done = get(&emulator, &format!("{runs}/{}", id(&run)));
    assert_eq!(done["model"], "chat");
    assert_eq!(
        done["result_counts"],
        json!({"errored": 0, "failed": 1, "passed": 1, "total": 2})
    );
    let usage = &done["per_model_usage"][0];
    assert_eq!(
        (&usage["model_name"], &usage["invocation_count"]),
        (&json!("chat"), &json!(2))
    );
    let items = get(&emulator, &format!("{runs}/{}/output_items", id(&run)));
    let sample = &items["data"][0]["sample"];
    assert_eq!(
        sample["input"],
        json!([{"role": "user", "content": "What is the sky's colour?"}])
    );
    assert_eq!(
        sample["output"],
        json!([{"content": text, "role": "assistant"}])
    );
    assert_eq!(
        (&sample["finish_reason"], &sample["error"]),
        (&json!("stop"), &Value::Null)
    );
    let params = [
        &sample["temperature"],
        &sample["max_completion_tokens"],
        &sample["seed"],
    ];
    assert_eq!(params, [&json!(0), &json!(100), &json!(42)]);

    let failed = get(&emulator, &format!("{runs}/{}", id(&failing)));
    assert_eq!(
        failed["result_counts"],
        json!({"errored": 2, "failed": 0, "passed": 0, "total": 2})
    );
    let listed = get(&emulator, &format!("{runs}?status=completed"));
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);

    let mut nothing = source("chat");
    nothing.as_object_mut().unwrap().remove("model");
    let refused = post(&emulator, &runs, &json!({"data_source": nothing}));
    assert_eq!(refused.json()["error"]["param"], "data_source.model");
}

#[tokio::test]
async fn a_run_is_called_off() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    let content = json!([{"item": {"sky": "grey"}}]);
    let source = json!({"type": "jsonl", "source": {"type": "file_content", "content": content}});
    let run = post(&emulator, &runs, &json!({"data_source": source})).json();
    let path = format!("{runs}/{}", id(&run));
    let cancelled = request(&emulator, &format!("POST {EVALS}{path}")).send();
    assert_eq!(
        (cancelled.status, cancelled.json()["status"].clone()),
        (200, json!("canceled"))
    );
    emulator.advance(Duration::from_secs(100));
    assert_eq!(get(&emulator, &path)["status"], "canceled");
}

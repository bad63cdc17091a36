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

#[tokio::test]
async fn a_schema_tells_what_graders_may_look_at() {
    let emulator = start().await;
    let item = json!({"type": "object"});
    let sample = json!({
        "properties": {"output_text": {"type": "string"}},
        "required": ["output_text"],
        "type": "object",
    });
    let schema = json!({
        "properties": {"item": item, "sample": sample},
        "required": ["item", "sample"],
        "type": "object",
    });
    let mut asked = eval();
    asked["data_source_config"]["include_sample_schema"] = json!(true);
    let made = post(&emulator, "", &asked).json();
    assert_eq!(
        made["data_source_config"],
        json!({"schema": schema, "type": "custom"})
    );
    let mut logs = eval();
    logs["data_source_config"] = json!({"type": "logs", "metadata": {"a": "b"}});
    logs["metadata"] = Value::Null;
    let made = post(&emulator, "", &logs).json();
    let told = &made["data_source_config"];
    assert_eq!(
        (&told["metadata"], &told["type"], &made["metadata"]),
        (&json!({"a": "b"}), &json!("logs"), &json!({}))
    );
    assert_eq!(told["schema"]["properties"]["sample"], sample);
}

#[tokio::test]
async fn evals_come_by_their_last_change_where_it_is_asked_for() {
    let emulator = start().await;
    let first = create(&emulator);
    emulator.advance(Duration::from_secs(10));
    let second = create(&emulator);
    emulator.advance(Duration::from_secs(10));
    post(
        &emulator,
        &format!("/{}", id(&first)),
        &json!({"name": "a"}),
    );
    for (query, expected) in [
        ("", [&first, &second]),
        ("?order_by=created_at", [&first, &second]),
        ("?order_by=updated_at", [&second, &first]),
        ("?order_by=updated_at&order=desc", [&first, &second]),
    ] {
        let list = get(&emulator, query);
        let ids = [&list["data"][0]["id"], &list["data"][1]["id"]];
        assert_eq!(ids, expected.map(|eval| &eval["id"]), "{query}");
    }
}

#[tokio::test]
async fn a_grader_passes_from_its_threshold_on() {
    let emulator = start().await;
    let similar = |threshold: Value| {
        let mut grader = json!({
            "type": "text_similarity",
            "name": "alike",
            "input": "{{sample.output_text}}",
            "reference": "a b",
            "evaluation_metric": "bleu",
        });
        if !threshold.is_null() {
            grader["pass_threshold"] = threshold;
        }
        grader
    };
    let scored = |text: &str, more: &Value| {
        let mut grader = json!({
            "type": "score_model",
            "name": "score",
            "model": "chat",
            "input": [{"role": "user", "content": text}],
        });
        grader
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        grader
    };
    let multi = |formula: &str| {
        let graders = json!({"a": similar(Value::Null)});
        json!({"type": "multi", "name": "m", "graders": graders, "calculate_output": formula})
    };
    // The sample shares one word of two with the reference: 0.5.
    let criteria = [
        (similar(Value::Null), true),
        (similar(json!(0.5)), true),
        (similar(json!(0.51)), false),
        (scored("Rate 0.5 please", &json!({})), true),
        (scored("Rate 0.4 please", &json!({})), false),
        (scored("Rate 4 please", &json!({"range": [0, 8]})), true),
        (scored("Rate 3 please", &json!({"range": [0, 8]})), false),
        (
            scored("Rate 0.4 please", &json!({"pass_threshold": 0.4})),
            true,
        ),
        (multi("a"), true),
        (multi("a - 0.1"), false),
    ];
    let mut body = eval();
    body["testing_criteria"] = criteria.iter().map(|(grader, _)| grader.clone()).collect();
    let made = post(&emulator, "", &body);
    assert_eq!(made.status, 200, "{made:?}");
    let made = made.json();
    let runs = format!("/{}/runs", id(&made));
    let content = json!([{"item": {}, "sample": {"output_text": "a c"}}]);
    let source = json!({"type": "jsonl", "source": {"type": "file_content", "content": content}});
    let run = post(&emulator, &runs, &json!({"data_source": source})).json();
    emulator.advance(Duration::from_secs(20));
    let items = get(&emulator, &format!("{runs}/{}/output_items", id(&run)));
    let results = items["data"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), criteria.len());
    for (result, (grader, passes)) in results.iter().zip(&criteria) {
        assert_eq!(result["passed"], *passes, "{grader} {result}");
    }
    let done = get(&emulator, &format!("{runs}/{}", id(&run)));
    let by_criterion: Vec<(bool, &Value)> = done["per_testing_criteria_results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| (result["passed"] == 1, &result["failed"]))
        .collect();
    let expected: Vec<(bool, Value)> = criteria
        .iter()
        .map(|(_, passes)| (*passes, json!(i32::from(!passes))))
        .collect();
    let expected: Vec<(bool, &Value)> = expected.iter().map(|(a, b)| (*a, b)).collect();
    assert_eq!(by_criterion, expected);
    // Five of the graders asked a model.
    let usage = &done["per_model_usage"][0];
    assert_eq!(
        (&usage["model_name"], &usage["invocation_count"]),
        (&json!("chat"), &json!(5))
    );
    assert!(usage["prompt_tokens"].as_u64() > Some(0), "{usage}");
}

#[tokio::test]
async fn a_run_asks_a_model_for_a_response() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    let content = json!([{"item": {"sky": "This is the emulator's answer to: Which colour?"}}]);
    let source = json!({
        "type": "responses",
        "model": "chat",
        "input_messages": {
            "type": "template", "template": [{"role": "user", "content": "Which colour?"}],
        },
        "sampling_params": {"max_completions_tokens": 100, "seed": 1, "temperature": 0},
        "source": {"type": "file_content", "content": content},
    });
    let run = post(&emulator, &runs, &json!({"data_source": source}));
    assert_eq!(run.status, 201, "{run:?}");
    let run = run.json();
    emulator.advance(Duration::from_secs(20));
    let done = get(&emulator, &format!("{runs}/{}", id(&run)));
    let items = get(&emulator, &format!("{runs}/{}/output_items", id(&run)));
    assert_eq!(
        done["result_counts"],
        json!({"errored": 0, "failed": 0, "passed": 1, "total": 1}),
        "{items}"
    );
    let sample = &items["data"][0]["sample"];
    assert_eq!(
        (&sample["max_completion_tokens"], &sample["seed"]),
        (&json!(100), &json!(1))
    );
    let told = |usage: &Value| {
        let number = |name: &str| usage[name].as_u64().unwrap();
        (number("prompt_tokens"), number("completion_tokens"))
    };
    let (prompt, completion) = told(&done["per_model_usage"][0]);
    assert!(prompt > 0 && completion > 0, "{done}");
    assert_eq!(told(&sample["usage"]), (prompt, completion));
}

#[tokio::test]
async fn runs_are_listed_by_their_status_and_files_are_jsonl() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    let begin = |source: Value| {
        let source = json!({"type": "jsonl", "source": source});
        post(&emulator, &runs, &json!({"data_source": source}))
    };
    let content = json!({"type": "file_content", "content": [{"item": {}}]});
    let done = begin(content.clone()).json();
    emulator.advance(Duration::from_secs(30));
    let queued = begin(content).json();
    for (status, expected) in [
        ("completed", vec![&done["id"]]),
        ("queued", vec![&queued["id"]]),
        ("canceled", vec![]),
    ] {
        let list = get(&emulator, &format!("{runs}?status={status}"));
        let ids: Vec<&Value> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| &run["id"])
            .collect();
        assert_eq!(ids, expected, "{status}");
    }
    let broken = crate::files::upload(&emulator, "evals", b"{\"item\": {}}\n{\n");
    let refused = begin(json!({"type": "file_id", "id": broken["id"]}));
    assert_eq!(
        (refused.status, refused.json()),
        (
            400,
            json!({"error": {
                "message": format!("The file '{}' is no valid JSONL.", id(&broken)),
                "type": "invalid_request_error",
                "param": "data_source",
                "code": "invalid_value",
            }})
        )
    );
}

#[tokio::test]
async fn an_output_item_tells_the_whole_of_it() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    let source = json!({
        "type": "completions",
        "model": "chat",
        "input_messages": {"type": "item_reference", "item_reference": "item.asked"},
        "source": {
            "type": "file_content",
            "content": [{"item": {
                "asked": [{"role": "user", "content": "Sky?"}],
                "sky": "This is the emulator's answer to: Sky?",
            }}],
        },
    });
    let body = json!({"data_source": source, "metadata": {"a": "b"}});
    let run = post(&emulator, &runs, &body).json();
    assert_eq!(run["metadata"], json!({"a": "b"}));
    emulator.advance(Duration::from_secs(20));
    let items = get(&emulator, &format!("{runs}/{}/output_items", id(&run)));
    let item = &items["data"][0];
    let usage = &item["sample"]["usage"];
    let number = |name: &str| usage[name].as_u64().unwrap();
    let (prompt, completion) = (number("prompt_tokens"), number("completion_tokens"));
    assert!(prompt > 0 && completion > 0, "{usage}");
    let usage = |more: Value| {
        let mut usage = json!({
            "cached_tokens": 0,
            "completion_tokens": completion,
            "prompt_tokens": prompt,
            "total_tokens": prompt + completion,
        });
        usage
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        usage
    };
    let asked = &source["source"]["content"][0]["item"];
    assert!(id(item).starts_with("outputitem_"), "{item}");
    assert_eq!(
        *item,
        json!({
            "created_at": run["created_at"].as_u64().unwrap() + 5,
            "datasource_item": asked,
            "datasource_item_id": 0,
            "eval_id": made["id"],
            "id": item["id"],
            "object": "eval.run.output_item",
            "results": [{
                "criterion": made["testing_criteria"][0]["id"],
                "name": "same",
                "passed": true,
                "score": 1.0,
            }],
            "run_id": run["id"],
            "sample": {
                "error": null,
                "finish_reason": "stop",
                "input": asked["asked"],
                "max_completion_tokens": 2048,
                "model": "chat",
                "output": [{"content": asked["sky"], "role": "assistant"}],
                "seed": 42,
                "temperature": 1.0,
                "top_p": 1.0,
                "usage": usage(json!({})),
            },
            "status": "pass",
        })
    );
    let done = get(&emulator, &format!("{runs}/{}", id(&run)));
    assert_eq!(
        done["per_model_usage"],
        json!([usage(json!({"invocation_count": 1, "model_name": "chat"}))])
    );
}

#[tokio::test]
async fn a_run_may_say_how_hard_a_model_thinks() {
    let emulator = start().await;
    let made = create(&emulator);
    let runs = format!("/{}/runs", id(&made));
    for kind in ["responses", "completions"] {
        let source = json!({
            "type": kind,
            "model": "reasoning",
            "input_messages": {
                "type": "template", "template": [{"role": "user", "content": "Why?"}],
            },
            "sampling_params": {"reasoning_effort": "low"},
            "source": {"type": "file_content", "content": [{"item": {"sky": "grey"}}]},
        });
        let run = post(&emulator, &runs, &json!({"data_source": source})).json();
        emulator.advance(Duration::from_secs(20));
        let done = get(&emulator, &format!("{runs}/{}", id(&run)));
        assert_eq!(done["result_counts"]["errored"], 0, "{kind}: {done}");
    }
}

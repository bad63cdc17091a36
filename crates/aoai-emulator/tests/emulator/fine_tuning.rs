//! Fine-tuning jobs in the course of time, their checkpoints, and graders.

use std::time::Duration;

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::files::upload;
use crate::support::{Answer, request, start};

const JOBS: &str = "/openai/v1/fine_tuning/jobs";
const DATED: &str = "?api-version=2024-10-21";

/// A file of so many examples that has been looked at.
fn examples(emulator: &Emulator, count: usize) -> String {
    let file = upload(
        emulator,
        "fine-tune",
        "{\"messages\":[]}\n".repeat(count).as_bytes(),
    );
    emulator.advance(Duration::from_secs(10));
    file["id"].as_str().unwrap().to_owned()
}

fn post(emulator: &Emulator, path: &str, body: &Value) -> Answer {
    request(emulator, &format!("POST {path}")).json(body).send()
}

fn get(emulator: &Emulator, path: &str) -> Value {
    let answer = request(emulator, &format!("GET {path}")).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn begin(emulator: &Emulator) -> Value {
    let file = examples(emulator, 10);
    let body = json!({"model": "gpt-4o-mini", "training_file": file, "suffix": "sky", "seed": 7});
    let answer = post(emulator, JOBS, &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn id(job: &Value) -> &str {
    job["id"].as_str().unwrap()
}

fn after(seconds: u64, emulator: &Emulator, job: &Value) -> Value {
    emulator.advance(Duration::from_secs(seconds));
    get(emulator, &format!("{JOBS}/{}", id(job)))
}

#[track_caller]
fn assert_kept_error(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({"error": {"code": code, "message": message}})
    );
}

#[tokio::test]
async fn a_job_runs_and_succeeds() {
    let emulator = start().await;
    let job = begin(&emulator);
    let at = job["created_at"].as_u64().unwrap();
    let mut expected = json!({
        "created_at": at,
        "error": null,
        "estimated_finish": null,
        "fine_tuned_model": null,
        "finished_at": null,
        "hyperparameters": {
            "batch_size": "auto", "learning_rate_multiplier": "auto", "n_epochs": "auto",
        },
        "id": job["id"],
        "integrations": null,
        "metadata": null,
        "method": {"type": "supervised"},
        "model": "gpt-4o-mini-2024-07-18",
        "object": "fine_tuning.job",
        "organization_id": "",
        "result_files": [],
        "seed": 7,
        "status": "queued",
        "trained_tokens": null,
        "training_file": job["training_file"],
        "user_provided_suffix": "sky",
        "validation_file": null,
    });
    assert_eq!(job, expected);
    expected["status"] = json!("running");
    expected["estimated_finish"] = json!(at + 70);
    assert_eq!(after(10, &emulator, &job), expected);

    let path = format!("{JOBS}/{}", id(&job));
    assert_eq!(
        get(&emulator, &format!("{path}/checkpoints"))["data"],
        json!([])
    );
    let done = after(60, &emulator, &job);
    expected["status"] = json!("succeeded");
    expected["estimated_finish"] = Value::Null;
    expected["finished_at"] = json!(at + 70);
    expected["fine_tuned_model"] = done["fine_tuned_model"].clone();
    expected["result_files"] = done["result_files"].clone();
    expected["trained_tokens"] = json!(120);
    assert_eq!(done, expected);
    let model = done["fine_tuned_model"].as_str().unwrap();
    assert!(
        model.starts_with("gpt-4o-mini-2024-07-18.ft-") && model.ends_with("-sky"),
        "{model}"
    );
    let results = done["result_files"][0].as_str().unwrap();
    let results = request(
        &emulator,
        &format!("GET /openai/v1/files/{results}/content"),
    )
    .send();
    assert_eq!(
        results.body,
        "step,train_loss,train_mean_token_accuracy\n100,1,0.75\n200,0.6666666666666666,\
         0.8333333333333334\n300,0.5,0.875\n"
    );
}

#[tokio::test]
async fn a_job_has_checkpoints_and_events() {
    let emulator = start().await;
    let job = begin(&emulator);
    let at = job["created_at"].as_u64().unwrap();
    let done = after(70, &emulator, &job);
    let model = done["fine_tuned_model"].as_str().unwrap();
    let path = format!("{JOBS}/{}", id(&job));
    let checkpoints = get(&emulator, &format!("{path}/checkpoints"));
    let data = checkpoints["data"].as_array().unwrap();
    assert_eq!(
        data.iter().map(|it| &it["step_number"]).collect::<Vec<_>>(),
        [&json!(300), &json!(200), &json!(100)]
    );
    assert_eq!(
        data[2],
        json!({
            "created_at": at + 30,
            "fine_tuned_model_checkpoint": format!("{model}:ckpt-step-100"),
            "fine_tuning_job_id": job["id"],
            "id": data[2]["id"],
            "metrics": {
                "full_valid_loss": 1.125,
                "full_valid_mean_token_accuracy": 0.625,
                "step": 100,
                "train_loss": 1.0,
                "train_mean_token_accuracy": 0.75,
            },
            "object": "fine_tuning.job.checkpoint",
            "step_number": 100,
        })
    );
    let page = get(&emulator, &format!("{path}/checkpoints?limit=1"));
    assert_eq!(
        (&page["has_more"], page["data"].as_array().unwrap().len()),
        (&json!(true), 1)
    );

    let events = get(&emulator, &format!("{path}/events"));
    let events = events["data"].as_array().unwrap();
    let told: Vec<&str> = events
        .iter()
        .map(|it| it["message"].as_str().unwrap())
        .collect();
    let results = format!(
        "Completed results file: {}",
        done["result_files"][0].as_str().unwrap()
    );
    assert_eq!(
        told,
        [
            "Checkpoint created at step 300.",
            "Step 300: training loss=0.50",
            "Job succeeded.",
            &results,
            "Checkpoint created at step 200.",
            "Step 200: training loss=0.67",
            "Checkpoint created at step 100.",
            "Step 100: training loss=1.00",
            "Job started.",
            "Job enqueued. Waiting for jobs ahead to complete.",
        ]
    );
    assert_eq!(events[1]["type"], "metrics");
    assert_eq!(events[1]["data"]["step"], 300);
    assert_eq!(events[8]["object"], "fine_tuning.job.event");
}

#[tokio::test]
async fn a_job_is_paused_and_goes_on_where_it_was() {
    let emulator = start().await;
    let job = begin(&emulator);
    let path = format!("{JOBS}/{}", id(&job));
    let act = |what: &str| request(&emulator, &format!("POST {path}/{what}")).send();
    let refused = |answer: &Answer, what: &str, status: &str| {
        let message = format!(
            "The fine-tuning job '{}' cannot be {what}: its status is '{status}'.",
            id(&job)
        );
        assert_kept_error(answer, 409, "unexpectedEntityState", &message);
    };
    refused(&act("pause"), "paused", "queued");
    assert_eq!(after(40, &emulator, &job)["status"], "running");
    refused(&act("resume"), "resumed", "running");
    assert_eq!(act("pause").json()["status"], "pausing");
    assert_eq!(after(5, &emulator, &job)["status"], "paused");
    assert_eq!(after(1000, &emulator, &job)["status"], "paused");
    assert_eq!(act("resume").json()["status"], "resuming");
    let running = after(5, &emulator, &job);
    let at = job["created_at"].as_u64().unwrap();
    assert_eq!(running["status"], "running");
    // The machine's own clock goes on between the calls, too.
    let finish = running["estimated_finish"].as_u64().unwrap();
    assert!((1080..1090).contains(&(finish - at)), "{running}");
    assert_eq!(after(15, &emulator, &job)["status"], "running");
    let done = after(15, &emulator, &job);
    assert_eq!(
        (&done["status"], &done["finished_at"]),
        (&json!("succeeded"), &json!(finish))
    );
    let results = done["result_files"][0].as_str().unwrap();
    let results = get(&emulator, &format!("/openai/v1/files/{results}"));
    assert_eq!(results["created_at"], finish);
    refused(&act("cancel"), "cancelled", "succeeded");
}

#[tokio::test]
async fn a_job_is_called_off() {
    let emulator = start().await;
    let job = begin(&emulator);
    after(35, &emulator, &job);
    let path = format!("{JOBS}/{}", id(&job));
    let cancelled = request(&emulator, &format!("POST {path}/cancel"))
        .send()
        .json();
    assert_eq!(cancelled["status"], "cancelled");
    emulator.advance(Duration::from_secs(1000));
    let checkpoints = get(&emulator, &format!("{path}/checkpoints"));
    assert_eq!(checkpoints["data"].as_array().unwrap().len(), 1);
    let events = get(&emulator, &format!("{path}/events?limit=1"));
    assert_eq!(events["data"][0]["message"], "Job cancelled.");
    let files = get(&emulator, "/openai/v1/files?purpose=fine-tune-results");
    assert_eq!(files["data"], json!([]));
}

#[tokio::test]
async fn too_few_examples_fail_the_job() {
    let emulator = start().await;
    let file = examples(&emulator, 9);
    let body = json!({"model": "gpt-4o-mini", "training_file": file});
    let job = post(&emulator, JOBS, &body).json();
    assert_eq!(job["status"], "queued");
    let failed = after(10, &emulator, &job);
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["error"],
        json!({
            "code": "invalid_n_examples",
            "message": "Training file has 9 example(s), but must have at least 10 examples",
            "param": "training_file",
        })
    );
}

#[tokio::test]
async fn what_cannot_be_trained_is_refused() {
    let emulator = start().await;
    let batch = upload(&emulator, "batch", b"{}\n");
    let pending = upload(&emulator, "fine-tune", b"{}\n");
    let train = |model: &str, file: &Value| {
        post(
            &emulator,
            JOBS,
            &json!({"model": model, "training_file": file}),
        )
    };
    let model = "The specified base model does not support fine-tuning.";
    assert_kept_error(
        &train("curie", &pending["id"]),
        400,
        "invalidPayload",
        model,
    );
    assert_kept_error(
        &train("gpt-4o", &pending["id"]),
        400,
        "invalidPayload",
        "Only files with status 'Processed' are accepted. Please wait until the file has been \
         processed.",
    );
    let message = format!("The file '{}' has the purpose 'batch'.", id(&batch));
    assert_kept_error(
        &train("gpt-4o", &batch["id"]),
        400,
        "invalidPayload",
        &message,
    );
    let message = "The specified file 'file-0' was not found.";
    assert_kept_error(&train("gpt-4o", &json!("file-0")), 404, "notFound", message);
    let job = request(&emulator, &format!("GET {JOBS}/ftjob-0")).send();
    let message = "The specified fine-tuning job 'ftjob-0' was not found.";
    assert_kept_error(&job, 404, "notFound", message);
    for (body, message) in [
        (
            json!({"model": "gpt-4o"}),
            "Missing required parameter: 'training_file'.",
        ),
        (
            json!({"model": "gpt-4o", "training_file": "f", "epochs": 3}),
            "Unrecognized request argument supplied: epochs",
        ),
        (
            json!({"model": "gpt-4o", "training_file": "f", "method": {"type": "magic"}}),
            "Invalid value: 'magic'. Supported values are: 'supervised', 'dpo', and \
             'reinforcement'.",
        ),
        (
            json!({"model": "gpt-4o", "training_file": "f", "hyperparameters": {"n_epochs": "all"}}),
            "Invalid value: 'all'. Supported values are: 'auto'.",
        ),
    ] {
        let answer = post(&emulator, JOBS, &body);
        assert_eq!(
            (answer.status, &answer.json()["error"]["message"]),
            (400, &json!(message))
        );
    }
}

#[tokio::test]
async fn the_dated_surface_says_it_in_its_own_words() {
    let emulator = start().await;
    let file = examples(&emulator, 10);
    let jobs = "/openai/fine_tuning/jobs";
    let body = json!({"model": "gpt-4o-mini", "training_file": file});
    let created = post(&emulator, &format!("{jobs}{DATED}"), &body);
    assert_eq!(created.status, 201);
    let job = created.json();
    assert_eq!(
        (&job["status"], &job["hyperparameters"]["n_epochs"]),
        (&json!("pending"), &json!(-1))
    );
    assert!(job.get("organization_id").is_none(), "{job}");
    let list = get(&emulator, &format!("{jobs}{DATED}"));
    let mut names: Vec<&String> = list.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["data", "has_more", "object"]);
    let line = format!("DELETE {jobs}/{}{DATED}", id(&job));
    assert_eq!(request(&emulator, &line).send().status, 409);
    emulator.advance(Duration::from_secs(70));
    let deleted = request(&emulator, &line).send();
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(request(&emulator, &line).send().status, 404);
    let v1 = request(&emulator, &format!("DELETE {JOBS}/{}", id(&job))).send();
    assert_eq!(v1.json()["error"]["message"], "Resource not found");
}

#[tokio::test]
async fn a_checkpoint_is_copied_with_the_header_of_the_preview() {
    let emulator = start().await;
    let job = begin(&emulator);
    after(70, &emulator, &job);
    let path = format!("{JOBS}/{}/checkpoints", id(&job));
    let checkpoint = get(&emulator, &path)["data"][0].clone();
    let copy = format!("{path}/{}/copy", id(&checkpoint));
    let body = json!({"destinationResourceId": "/subscriptions/0", "region": "swedencentral"});
    assert_eq!(
        post(&emulator, &copy, &body).json()["error"]["message"],
        "Resource not found"
    );
    let with_header = |line: &str| {
        let request = request(&emulator, line).header("aoai-copy-ft-checkpoints", "preview");
        request.json(&body).send()
    };
    let mut expected = json!({
        "checkpointedModelName": checkpoint["fine_tuned_model_checkpoint"],
        "copiedAccountDetails": [{
            "destinationResourceId": "/subscriptions/0",
            "region": "swedencentral",
            "status": "InProgress",
        }],
        "fineTuningJobId": job["id"],
    });
    assert_eq!(with_header(&format!("POST {copy}")).json(), expected);
    emulator.advance(Duration::from_secs(20));
    expected["copiedAccountDetails"][0]["status"] = json!("Completed");
    assert_eq!(with_header(&format!("GET {copy}")).json(), expected);
    let missing = with_header(&format!("GET {path}/ftchkpt-0/copy"));
    let message = "The specified checkpoint 'ftchkpt-0' was not found.";
    assert_kept_error(&missing, 404, "notFound", message);
}

#[tokio::test]
async fn graders_judge_a_sample() {
    let emulator = start().await;
    let run = |grader: Value, sample: &str| {
        let body = json!({"grader": grader, "model_sample": sample, "item": {"sky": "grey"}});
        let answer = post(&emulator, "/openai/v1/fine_tuning/alpha/graders/run", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let check = |operation: &str| {
        json!({
            "type": "string_check",
            "name": "same",
            "input": "{{sample.output_text}}",
            "reference": "{{ item.sky }}",
            "operation": operation,
        })
    };
    for (operation, sample, reward) in [
        ("eq", "grey", 1.0),
        ("eq", "Grey", 0.0),
        ("ne", "Grey", 1.0),
        ("like", "a grey sky", 1.0),
        ("like", "a Grey sky", 0.0),
        ("ilike", "a Grey sky", 1.0),
    ] {
        assert_eq!(
            run(check(operation), sample)["reward"],
            reward,
            "{operation} {sample}"
        );
    }
    let similar = json!({
        "type": "text_similarity",
        "name": "alike",
        "input": "{{sample.output_text}}",
        "reference": "a {{item.sky}} sky",
        "evaluation_metric": "rouge_l",
    });
    assert_eq!(
        run(similar.clone(), "the grey sky")["reward"],
        json!(4.0 / 6.0)
    );
    let multi = json!({
        "type": "multi",
        "name": "both",
        "graders": {"a": check("eq"), "b": similar},
        "calculate_output": "0.5 * a + 0.5 * b",
    });
    let both = run(multi.clone(), "grey");
    assert_eq!(both["reward"], 0.75);
    assert_eq!(both["sub_rewards"], json!({"a": 1.0, "b": 0.5}));
    let mut wrong = multi;
    wrong["calculate_output"] = json!("a + c");
    let wrong = run(wrong, "grey");
    assert_eq!(wrong["metadata"]["errors"]["invalid_variable_error"], true);
    let python =
        json!({"type": "python", "name": "p", "source": "def grade(sample, item): return 1"});
    let python = run(python, "grey");
    assert_eq!(
        python["metadata"]["errors"]["python_grader_server_error"],
        true
    );
    assert_eq!(python["metadata"]["errors"].as_object().unwrap().len(), 14);
    let asked = json!({
        "type": "score_model",
        "name": "score",
        "model": "chat",
        "input": [{"role": "user", "content": "Rate {{sample.output_text}} as 7."}],
        "range": [0, 10],
    });
    let scored = run(asked, "it");
    assert_eq!(
        (&scored["reward"], &scored["metadata"]["sampled_model_name"]),
        (&json!(7.0), &json!("chat"))
    );

    let validate = "/openai/v1/fine_tuning/alpha/graders/validate";
    let valid = post(&emulator, validate, &json!({"grader": check("eq")}));
    assert_eq!(valid.json(), json!({"grader": check("eq")}));
    let invalid = post(&emulator, validate, &json!({"grader": check("almost")}));
    assert_eq!(invalid.json()["error"]["param"], "grader.operation");
}

#[tokio::test]
async fn a_job_keeps_what_it_was_given() {
    let emulator = start().await;
    let (training, validation) = (examples(&emulator, 10), examples(&emulator, 1));
    let method = json!({
        "type": "supervised",
        "supervised": {"hyperparameters": {"n_epochs": 2.0, "batch_size": 4}},
    });
    let integrations = json!([{"type": "wandb", "wandb": {"project": "sky"}}]);
    let body = json!({
        "model": "gpt-4.1-mini-2025-04-14",
        "training_file": training,
        "validation_file": validation,
        "method": method,
        "integrations": integrations,
        "metadata": {"a": "b"},
    });
    let job = post(&emulator, JOBS, &body).json();
    for (name, expected) in [
        ("model", &json!("gpt-4.1-mini-2025-04-14")),
        ("validation_file", &json!(validation)),
        ("method", &method),
        ("integrations", &integrations),
        ("metadata", &json!({"a": "b"})),
        ("user_provided_suffix", &Value::Null),
    ] {
        assert_eq!(job[name], *expected, "{name}");
    }
    assert_eq!(
        job["hyperparameters"],
        json!({"batch_size": 4, "learning_rate_multiplier": "auto", "n_epochs": 2.0})
    );
    let done = after(50, &emulator, &job);
    assert_eq!(
        (&done["status"], &done["trained_tokens"]),
        (&json!("succeeded"), &json!(80))
    );
    let model = done["fine_tuned_model"].as_str().unwrap();
    let mark = model.strip_prefix("gpt-4.1-mini-2025-04-14.ft-").unwrap();
    assert!(mark.len() == 12 && !mark.contains('-'), "{model}");
    let path = format!("{JOBS}/{}/checkpoints", id(&job));
    let checkpoints = get(&emulator, &path);
    let names: Vec<&Value> = checkpoints["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|checkpoint| &checkpoint["fine_tuned_model_checkpoint"])
        .collect();
    let expected = [200, 100].map(|step| json!(format!("{model}:ckpt-step-{step}")));
    assert_eq!(names, expected.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_not_said_of_a_job_is_up_to_the_service() {
    let emulator = start().await;
    let file = examples(&emulator, 10);
    for (given, epochs, seconds) in [
        (json!({"n_epochs": "auto"}), json!("auto"), 70),
        (json!({"n_epochs": 1}), json!(1), 30),
        (json!({"n_epochs": -1}), json!(-1), 70),
    ] {
        let body = json!({
            "model": "gpt-4o", "training_file": file, "seed": 0, "hyperparameters": given,
        });
        let answer = post(&emulator, JOBS, &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let job = answer.json();
        let told = (&job["hyperparameters"]["n_epochs"], &job["seed"]);
        assert_eq!(told, (&epochs, &json!(0)));
        let done = after(seconds, &emulator, &job);
        assert_eq!(done["status"], "succeeded", "{given}");
    }
}

#[tokio::test]
async fn a_validation_file_is_looked_at_as_the_training_file_is() {
    let emulator = start().await;
    let training = examples(&emulator, 10);
    let batch = upload(&emulator, "batch", b"{}\n");
    let purpose = format!("The file '{}' has the purpose 'batch'.", id(&batch));
    for (validation, status, code, message) in [
        (id(&batch), 400, "invalidPayload", purpose.as_str()),
        (
            "file-0",
            404,
            "notFound",
            "The specified file 'file-0' was not found.",
        ),
    ] {
        let body = json!({
            "model": "gpt-4o", "training_file": training, "validation_file": validation,
        });
        assert_kept_error(&post(&emulator, JOBS, &body), status, code, message);
    }
    // The catalogue knows this one, but nothing can be made of it.
    let body = json!({"model": "gpt-5-mini", "training_file": training});
    let message = "The specified base model does not support fine-tuning.";
    assert_kept_error(
        &post(&emulator, JOBS, &body),
        400,
        "invalidPayload",
        message,
    );
}

#[tokio::test]
async fn blank_lines_are_no_examples_and_the_failure_is_an_event() {
    let emulator = start().await;
    let content = "{\"messages\":[]}\n".repeat(9) + "\n  \n";
    let file = upload(&emulator, "fine-tune", content.as_bytes());
    emulator.advance(Duration::from_secs(10));
    let body = json!({"model": "gpt-4o", "training_file": file["id"], "suffix": "sky"});
    let dated = format!("/openai/fine_tuning/jobs{DATED}");
    let job = post(&emulator, &dated, &body).json();
    assert_eq!(job["suffix"], "sky");
    let failed = after(10, &emulator, &job);
    let message = "Training file has 9 example(s), but must have at least 10 examples";
    assert_eq!(failed["error"]["message"], message);
    let path = format!("{JOBS}/{}/events", id(&job));
    let events = get(&emulator, &path);
    let told: Vec<(&str, &str)> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let text = |name: &str| event[name].as_str().unwrap();
            (text("level"), text("message"))
        })
        .collect();
    let failure = format!("Job failed: {message}");
    assert_eq!(
        told,
        [
            ("error", failure.as_str()),
            ("info", "Job enqueued. Waiting for jobs ahead to complete."),
        ]
    );
}

#[tokio::test]
async fn a_pause_is_an_event() {
    let emulator = start().await;
    let job = begin(&emulator);
    let path = format!("{JOBS}/{}", id(&job));
    after(15, &emulator, &job);
    for what in ["pause", "resume"] {
        request(&emulator, &format!("POST {path}/{what}")).send();
        emulator.advance(Duration::from_secs(10));
    }
    let events = get(&emulator, &format!("{path}/events"));
    let told: Vec<&Value> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["message"])
        .collect();
    assert_eq!(
        told,
        [
            "Job resumed.",
            "Job paused.",
            "Job started.",
            "Job enqueued. Waiting for jobs ahead to complete.",
        ]
    );
}

#[tokio::test]
async fn each_checkpoint_has_its_own_copies() {
    let emulator = start().await;
    let job = begin(&emulator);
    after(70, &emulator, &job);
    let path = format!("{JOBS}/{}/checkpoints", id(&job));
    let checkpoints = get(&emulator, &path);
    let body = json!({"destinationResourceId": "/subscriptions/0", "region": "swedencentral"});
    let send = |method: &str, checkpoint: &str| {
        let line = format!("{method} {path}/{checkpoint}/copy");
        request(&emulator, &line)
            .header("aoai-copy-ft-checkpoints", "preview")
            .json(&body)
            .send()
    };
    let [one, other] = [0, 1].map(|at| id(&checkpoints["data"][at]));
    for (checkpoint, copies) in [(one, 1), (one, 2), (other, 1)] {
        let told = send("POST", checkpoint).json();
        let details = told["copiedAccountDetails"].as_array().map(Vec::len);
        assert_eq!(details, Some(copies), "{told}");
    }
    let message = "The specified checkpoint 'ftchkpt-0' was not found.";
    assert_kept_error(&send("POST", "ftchkpt-0"), 404, "notFound", message);
    let kept = send("GET", one).json();
    assert_eq!(
        kept["copiedAccountDetails"].as_array().map(Vec::len),
        Some(2)
    );
}

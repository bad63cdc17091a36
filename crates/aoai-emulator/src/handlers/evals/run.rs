//! A run of an eval: each item is answered, and each answer judged.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::files;
use crate::handlers::grading::{self, Subject};
use crate::refusal::Refusal;
use crate::route::{self, Call};
use crate::store::{Kept, hex_id};

/// A run. It is worked out when it begins and told when it is time.
#[derive(Debug)]
pub(crate) struct Run {
    id: String,
    eval: String,
    created_at: u64,
    name: Value,
    metadata: Value,
    data_source: Value,
    items: Vec<Value>,
    usage: BTreeMap<String, Usage>,
    criteria: Vec<String>,
    cancelled_at: Option<u64>,
}

/// What a model was used for.
#[derive(Debug, Default)]
struct Usage {
    calls: u64,
    prompt: u64,
    completion: u64,
}

/// An item, and what a model made of it.
struct Sampled {
    item: Value,
    sample: Value,
    /// As output items tell it.
    told: Value,
    error: bool,
}

impl Kept for Run {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Run {
    /// Works a run of `eval` out; `criteria` are its graders.
    pub(super) fn begin(call: &Call<'_>, eval: &str, criteria: &[Value]) -> Result<Self, Refusal> {
        let member = |name: &str| call.body.get(name).cloned().unwrap_or_default();
        let name = |criterion: &Value| criterion["id"].as_str().unwrap_or_default().to_owned();
        let mut run = Self {
            id: hex_id("evalrun_"),
            eval: eval.to_owned(),
            created_at: call.now,
            name: member("name"),
            metadata: member("metadata"),
            data_source: member("data_source"),
            items: Vec::new(),
            usage: BTreeMap::new(),
            criteria: criteria.iter().map(name).collect(),
            cancelled_at: None,
        };
        for (number, entry) in entries(call, &run.data_source)?.into_iter().enumerate() {
            let sampled = run.sample(call, &entry);
            let item = run.judge(call, number, &sampled, criteria);
            run.items.push(item);
        }
        Ok(run)
    }

    pub(super) fn status(&self, now: u64) -> &'static str {
        if self.cancelled_at.is_some() {
            "canceled"
        } else if now < self.created_at + QUEUED {
            "queued"
        } else if now < self.created_at + QUEUED + WORKING {
            "in_progress"
        } else {
            "completed"
        }
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        matches!(self.status(now), "canceled" | "completed")
    }

    pub(super) fn cancel(&mut self, now: u64) {
        self.cancelled_at = Some(now);
    }

    /// The items that are judged so far.
    pub(super) fn items(&self, now: u64) -> &[Value] {
        match self.status(now) {
            "completed" => &self.items,
            _ => &[],
        }
    }

    pub(super) fn json(&self, now: u64) -> Value {
        let items = self.items(now);
        let count = |status: &str| items.iter().filter(|item| item["status"] == status).count();
        let errored = items
            .iter()
            .filter(|item| !item["sample"]["error"].is_null());
        let errored = errored.count();
        let criteria = self.criteria.iter().map(|name| {
            let results = items.iter().filter_map(|item| item["results"].as_array());
            let of_it = results
                .flatten()
                .filter(|result| result["criterion"] == **name);
            let (passed, failed): (Vec<_>, Vec<_>) = of_it.partition(|it| it["passed"] == true);
            json!({"failed": failed.len(), "passed": passed.len(), "testing_criteria": name})
        });
        let usage = self.usage.iter().map(|(model, usage)| {
            json!({
                "cached_tokens": 0,
                "completion_tokens": usage.completion,
                "invocation_count": usage.calls,
                "model_name": model,
                "prompt_tokens": usage.prompt,
                "total_tokens": usage.prompt + usage.completion,
            })
        });
        let done = self.status(now) == "completed";
        json!({
            "created_at": self.created_at,
            "data_source": self.data_source,
            "error": null,
            "eval_id": self.eval,
            "id": self.id,
            "metadata": self.metadata,
            "model": self.data_source["model"],
            "name": self.name,
            "object": "eval.run",
            "per_model_usage": if done { usage.collect() } else { Vec::new() },
            "per_testing_criteria_results": if done { criteria.collect() } else { Vec::new() },
            "report_url": format!("https://ai.azure.com/resource/evals/{}", self.id),
            "result_counts": {
                "errored": errored,
                "failed": count("fail") - errored,
                "passed": count("pass"),
                "total": items.len(),
            },
            "status": self.status(now),
        })
    }

    /// What a model says to an item, or what came with it.
    fn sample(&mut self, call: &Call<'_>, entry: &Value) -> Sampled {
        let item = entry.get("item").cloned().unwrap_or_else(|| json!({}));
        if self.data_source["type"] == "jsonl" {
            let sample = entry.get("sample").cloned().unwrap_or_else(|| json!({}));
            let told = self.told(&[], &sample["output_text"], &json!({}), &Value::Null);
            return Sampled {
                item,
                sample,
                told,
                error: false,
            };
        }
        let nothing = json!({});
        let subject = Subject {
            item: &item,
            sample: &nothing,
        };
        let messages = messages(&self.data_source["input_messages"], &subject);
        let model = self.data_source["model"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let mut body = sampling(&self.data_source["sampling_params"]);
        body.insert("model".to_owned(), model.as_str().into());
        let path = if self.data_source["type"] == "responses" {
            if let Some(most) = body.remove("max_completion_tokens") {
                body.insert("max_output_tokens".to_owned(), most);
            }
            if let Some(effort) = body.remove("reasoning_effort") {
                body.insert("reasoning".to_owned(), json!({"effort": effort}));
            }
            // Evals take one for either endpoint, and this one knows none.
            body.remove("seed");
            body.insert("input".to_owned(), messages.clone().into());
            "/responses"
        } else {
            body.insert("messages".to_owned(), messages.clone().into());
            "/chat/completions"
        };
        let (status, answer) = route::inner(call, path, body);
        let text = match &answer["choices"][0]["message"]["content"] {
            Value::Null => answer["output"][0]["content"][0]["text"].clone(),
            text => text.clone(),
        };
        let usage = &answer["usage"];
        let number = |names: [&str; 2]| names.iter().find_map(|name| usage[name].as_u64());
        let spent = self.usage.entry(model.clone()).or_default();
        spent.calls += 1;
        spent.prompt += number(["prompt_tokens", "input_tokens"]).unwrap_or(0);
        spent.completion += number(["completion_tokens", "output_tokens"]).unwrap_or(0);
        let failed = status != 200;
        let error = if failed {
            answer["error"].clone()
        } else {
            Value::Null
        };
        Sampled {
            item,
            sample: json!({"output_text": text}),
            told: self.told(&messages, &text, usage, &error),
            error: failed,
        }
    }

    /// A question and its answer, as output items tell them.
    fn told(&self, input: &[Value], output: &Value, usage: &Value, error: &Value) -> Value {
        let params = sampling(&self.data_source["sampling_params"]);
        let param = |name: &str, usual: Value| params.get(name).cloned().unwrap_or(usual);
        let number = |names: [&str; 2]| {
            let mut found = names.iter().filter_map(|name| usage[name].as_u64());
            found.next().unwrap_or_default()
        };
        json!({
            "error": error,
            "finish_reason": if error.is_null() { "stop" } else { "" },
            "input": input,
            "max_completion_tokens": param("max_completion_tokens", json!(2048)),
            "model": self.data_source["model"].as_str().unwrap_or_default(),
            "output": [{"content": output, "role": "assistant"}],
            "seed": param("seed", json!(42)),
            "temperature": param("temperature", json!(1.0)),
            "top_p": param("top_p", json!(1.0)),
            "usage": {
                "cached_tokens": 0,
                "completion_tokens": number(["completion_tokens", "output_tokens"]),
                "prompt_tokens": number(["prompt_tokens", "input_tokens"]),
                "total_tokens": number(["total_tokens", "total_tokens"]),
            },
        })
    }

    /// An output item: the item, the answer, and what each grader makes of it.
    fn judge(
        &mut self,
        call: &Call<'_>,
        number: usize,
        sampled: &Sampled,
        criteria: &[Value],
    ) -> Value {
        let subject = Subject {
            item: &sampled.item,
            sample: &sampled.sample,
        };
        let mut results = Vec::new();
        let mut passes = !sampled.error;
        for criterion in criteria.iter().filter(|_| !sampled.error) {
            let grade = grading::grade(call, criterion, &subject);
            if let Some(model) = grade.model {
                let spent = self.usage.entry(model).or_default();
                spent.calls += 1;
                spent.prompt += grade.tokens;
            }
            passes &= grade.passed;
            results.push(json!({
                "criterion": criterion["id"],
                "name": criterion["name"],
                "passed": grade.passed,
                "score": grade.score,
            }));
        }
        json!({
            "created_at": self.created_at + QUEUED,
            "datasource_item": sampled.item,
            "datasource_item_id": number,
            "eval_id": self.eval,
            "id": hex_id("outputitem_"),
            "object": "eval.run.output_item",
            "results": results,
            "run_id": self.id,
            "sample": sampled.told,
            "status": if passes { "pass" } else { "fail" },
        })
    }
}

/// The entries of a data source: `{"item": …}`, perhaps with a `sample`.
fn entries(call: &Call<'_>, data_source: &Value) -> Result<Vec<Value>, Refusal> {
    let source = &data_source["source"];
    if let Some(content) = source["content"].as_array() {
        return Ok(content.clone());
    }
    let id = source["id"].as_str().unwrap_or_default();
    let store = call.state.store();
    let file = store.files.get(id, call.now);
    let file = file.ok_or_else(|| files::missing(id))?;
    let lines = file.content.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.trim_ascii().is_empty());
    let entry = |line: &[u8]| {
        serde_json::from_slice::<Value>(line).map_err(|_| {
            let message = format!("The file '{id}' is no valid JSONL.");
            Refusal::invalid(message, Some("data_source"), Some("invalid_value"))
        })
    };
    lines.map(entry).collect()
}

/// What a model is asked, for one item.
fn messages(input: &Value, subject: &Subject<'_>) -> Vec<Value> {
    if let Some(path) = input["item_reference"].as_str() {
        let mut steps = path.split('.').skip(1);
        let found = steps.try_fold(subject.item, |value, step| value.get(step));
        let found = found.and_then(Value::as_array);
        return found.cloned().unwrap_or_default();
    }
    subject.messages(&input["template"])
}

/// What the model's own endpoint calls the parameters of sampling.
fn sampling(params: &Value) -> Map<String, Value> {
    let mut sampling = params.as_object().cloned().unwrap_or_default();
    if let Some(most) = sampling.remove("max_completions_tokens") {
        sampling.insert("max_completion_tokens".to_owned(), most);
    }
    sampling
}

/// Seconds in the queue.
const QUEUED: u64 = 5;

/// Seconds until all is judged.
const WORKING: u64 = 15;

//! `/fine_tuning/jobs`: from a file of examples to a model.

use http::StatusCode;
use serde_json::{Value, json};

use super::job::{Job, Pause};
use crate::catalog::CATALOG;
use crate::handlers::{Answer, files};
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Order, Page};
use crate::text;

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let member = |name: &str| call.body.get(name).cloned().unwrap_or_default();
    let named = member("model");
    let mut models = CATALOG.iter().filter(|model| model.tunes());
    let model = models.find(|model| named == model.name || named == model.wire);
    let model =
        model.ok_or_else(|| invalid("The specified base model does not support fine-tuning."))?;
    let training = member("training_file");
    let training = training.as_str().unwrap_or_default();
    let content = examples(call, training)?;
    if let Some(validation) = call.body.get("validation_file").and_then(Value::as_str) {
        examples(call, validation)?;
    }
    let method = match member("method") {
        Value::Null => json!({"type": "supervised"}),
        given => given,
    };
    let given = match member("hyperparameters") {
        Value::Null => {
            let kind = method["type"].as_str().unwrap_or_default();
            method[kind]["hyperparameters"].clone()
        }
        given => given,
    };
    let hyperparameter = |name: &str| match &given[name] {
        Value::Null => json!("auto"),
        given => given.clone(),
    };
    let mut job = Job::new(model.wire, training, call.now);
    job.epochs = super::super::arguments::whole(&given["n_epochs"])
        .unwrap_or(3)
        .clamp(1, 10);
    job.hyperparameters = json!({
        "batch_size": hyperparameter("batch_size"),
        "learning_rate_multiplier": hyperparameter("learning_rate_multiplier"),
        "n_epochs": hyperparameter("n_epochs"),
    });
    job.method = method;
    job.validation_file = member("validation_file");
    job.suffix = member("suffix");
    job.seed = super::super::arguments::number(&call.body, "seed")
        .unwrap_or_else(|| text::hash(job.id.as_bytes()) % 2_147_483_647);
    job.integrations = member("integrations");
    job.metadata = member("metadata");
    job.tokens = text::count(&content);
    job.error = too_few(&content);
    let answer = described(call, &job);
    let mut store = call.state.store();
    if let Some(results) = job.results() {
        store.files.put(results);
    }
    store.fine_tuning.put(job);
    Ok(if call.matched.v1 {
        answer
    } else {
        answer.created()
    })
}

/// The content of a file that can be trained on.
fn examples(call: &Call<'_>, id: &str) -> Result<String, Refusal> {
    let store = call.state.store();
    let file = store.files.get(id, call.now);
    let file = file.ok_or_else(|| files::missing(id))?;
    if file.purpose != "fine-tune" {
        let message = format!("The file '{id}' has the purpose '{}'.", file.purpose);
        return Err(invalid(&message));
    }
    if file.status(call.now) != "processed" {
        return Err(invalid(
            "Only files with status 'Processed' are accepted. Please wait until the file has been \
             processed.",
        ));
    }
    Ok(String::from_utf8_lossy(&file.content).into_owned())
}

fn too_few(content: &str) -> Option<Value> {
    let examples = content.lines().filter(|line| !line.trim().is_empty());
    let examples = examples.count();
    let message = format!(
        "Training file has {examples} example(s), but must have at least {FEWEST} examples"
    );
    (examples < FEWEST).then(
        || json!({"code": "invalid_n_examples", "message": message, "param": "training_file"}),
    )
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let jobs = store.fine_tuning.all(call.now).into_iter();
    let jobs = jobs.map(|job| json_of(call, job)).collect();
    paged(call, jobs)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |job| Ok(described(call, job)))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let mut store = call.state.store();
    let job = store.fine_tuning.get(id, call.now);
    let job = job.ok_or_else(|| missing(id))?;
    if !job.is_over(call.now) {
        return Err(not_now(job, "deleted", call.now));
    }
    store.fine_tuning.remove(id);
    Ok(Answer::nothing())
}

pub(super) fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    change(call, "cancelled", |job, now| {
        let may = !job.is_over(now);
        if may {
            job.cancelled_at = Some(now);
        }
        may
    })
}

pub(super) fn pause(call: &Call<'_>) -> Result<Answer, Refusal> {
    change(call, "paused", |job, now| {
        let may = job.status(now) == "running";
        if may {
            job.pauses.push(Pause {
                at: now,
                resumed_at: None,
            });
        }
        may
    })
}

pub(super) fn resume(call: &Call<'_>) -> Result<Answer, Refusal> {
    change(call, "resumed", |job, now| {
        let may = matches!(job.status(now), "pausing" | "paused");
        match job.pauses.last_mut() {
            Some(pause) if may => pause.resumed_at = Some(now),
            _ => {}
        }
        may
    })
}

pub(super) fn events(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |job| paged(call, job.events(call.now)))
}

/// Does to a job what it may not always be done to; `act` tells whether it may now.
fn change(
    call: &Call<'_>,
    what: &str,
    act: impl FnOnce(&mut Job, u64) -> bool,
) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let job = store.fine_tuning.get_mut(call.arg(0), call.now);
    let job = job.ok_or_else(|| missing(call.arg(0)))?;
    if !act(job, call.now) {
        return Err(not_now(job, what, call.now));
    }
    let answer = described(call, job);
    let (id, results) = (job.results_id(), job.results());
    // Its metrics are there when it ends, which may be another time now, or never.
    store.files.remove(&id);
    if let Some(results) = results {
        store.files.put(results);
    }
    Ok(answer)
}

/// Does something with the job that the path names.
pub(super) fn with(
    call: &Call<'_>,
    act: impl FnOnce(&mut Job) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let job = store.fine_tuning.get_mut(call.arg(0), call.now);
    act(job.ok_or_else(|| missing(call.arg(0)))?)
}

/// A page, without cursors on the dated surface.
pub(super) fn paged(call: &Call<'_>, entries: Vec<Value>) -> Result<Answer, Refusal> {
    let page = Page::of(entries, &call.query, Order::NewestFirst, 20)?;
    Ok(Answer::value(&if call.matched.v1 {
        page.json()
    } else {
        json!({"data": page.data, "has_more": page.has_more, "object": "list"})
    }))
}

fn described(call: &Call<'_>, job: &Job) -> Answer {
    Answer::value(&json_of(call, job))
}

fn json_of(call: &Call<'_>, job: &Job) -> Value {
    if call.matched.v1 {
        job.json(call.now)
    } else {
        job.dated_json(call.now)
    }
}

fn missing(id: &str) -> Refusal {
    Refusal::nothing_kept("fine-tuning job", id)
}

fn not_now(job: &Job, what: &str, now: u64) -> Refusal {
    let message = format!(
        "The fine-tuning job '{}' cannot be {what}: its status is '{}'.",
        job.id,
        job.status(now)
    );
    Refusal::kept(StatusCode::CONFLICT, "unexpectedEntityState", message)
}

fn invalid(message: &str) -> Refusal {
    Refusal::kept(StatusCode::BAD_REQUEST, "invalidPayload", message)
}

/// The fewest examples that a model learns from.
const FEWEST: usize = 10;

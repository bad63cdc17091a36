//! `/batches`: requests that are answered in the course of a day.

use aoai_types::ApiVersion;
use http::StatusCode;
use serde_json::{Map, Value, json};

use self::job::{Input, Job};
use super::files::{self, File};
use super::{Answer, Group, Handler};
use crate::check::batches;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page};

mod filter;
mod job;
mod lines;

pub(crate) use self::job::Job as Batch;

pub(super) const HANDLERS: Group = &[
    (
        "batches.create",
        Handler::new("Batch_Create", create).json(batches::CREATE),
    ),
    (
        "batches.list",
        Handler::new("Batch_List", list).query(batches::LIST),
    ),
    ("batches.get", Handler::new("Batch_Get", get)),
    ("batches.cancel", Handler::new("Batch_Cancel", cancel)),
];

fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let text = |name: &str| call.body.get(name).and_then(Value::as_str);
    let input = match (text("input_file_id"), text("input_blob")) {
        (Some(file), None) => Input::File {
            id: file.to_owned(),
            lines: lines::Lines::read(&input_file(call, file)?.content),
        },
        (None, Some(blob)) => Input::Blob {
            input: blob.to_owned(),
            folder: output_folder(call)?,
        },
        _ => return Err(invalid("Either input_file_id or input_blob is required.")),
    };
    if let Input::File { lines, .. } = &input {
        check_queue(call, lines.tokens(), lines.deployment())?;
    }
    let endpoint = text("endpoint").unwrap_or_default();
    // The lines are answered now and told later; no lock is held meanwhile.
    let job = Job::begin(call, input, endpoint);
    let answer = Answer::value(&styled(call, job.json(call.now)));
    let mut store = call.state.store();
    for file in job.results() {
        store.files.put(file);
    }
    store.batches.put(job);
    Ok(answer)
}

/// The file that a batch reads, if it is one for that and has been looked at.
fn input_file(call: &Call<'_>, id: &str) -> Result<File, Refusal> {
    let store = call.state.store();
    let file = store.files.get(id, call.now);
    let file = file.ok_or_else(|| files::missing(id))?;
    if file.purpose != "batch" {
        let message = format!("The file '{id}' has the purpose '{}'.", file.purpose);
        return Err(invalid(&message));
    }
    if file.status(call.now) != "processed" {
        return Err(invalid(
            "Only files with status 'Processed' are accepted. Please wait until the file has been \
             processed.",
        ));
    }
    Ok(file.clone())
}

fn output_folder(call: &Call<'_>) -> Result<String, Refusal> {
    if call.body.get("metadata").is_some_and(|it| !it.is_null()) {
        return Err(invalid("Metadata is not supported with input_blob."));
    }
    let folder = call.body.get("output_folder");
    let url = folder.and_then(|folder| folder["url"].as_str());
    url.map(str::to_owned)
        .ok_or_else(|| invalid("output_folder is required with input_blob."))
}

/// A deployment has only so many tokens in batches that have not come to their end.
fn check_queue(call: &Call<'_>, tokens: u64, deployment: Option<&str>) -> Result<(), Refusal> {
    let deployments = &call.state.config.deployments;
    let found = deployment.and_then(|name| deployments.get(name));
    let Some(found) = found else {
        return Ok(());
    };
    let store = call.state.store();
    let queued = store.batches.all(call.now).into_iter();
    let queued = queued.filter(|job| job.deployment() == deployment && !job.is_over(call.now));
    let queued: u64 = queued.map(Job::tokens).sum();
    if queued + tokens <= found.capacity.saturating_mul(1000) {
        return Ok(());
    }
    Err(Refusal::kept(
        StatusCode::BAD_REQUEST,
        "token_limit_exceeded",
        format!(
            "The number of enqueued tokens has surpassed the configured limit of {}K",
            found.capacity
        ),
    ))
}

fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let jobs = store.batches.all(call.now);
    let text = |name: &str| call.query.get(name).and_then(Value::as_str);
    let wanted = text("$filter").map(filter::Filter::read).transpose()?;
    let jobs = jobs.iter().map(|job| job.json(call.now));
    let jobs = jobs.filter(|job| wanted.as_ref().is_none_or(|wanted| wanted.takes(job)));
    let order = match text("$orderby") {
        Some("created_at asc") => Order::OldestFirst,
        _ => Order::NewestFirst,
    };
    let jobs = jobs.map(|job| styled(call, job)).collect();
    let page = Page::of(jobs, &call.query, order, 20)?;
    Ok(Answer::value(&page.json()))
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let job = store.batches.get(call.arg(0), call.now);
    let job = job.ok_or_else(|| missing(call.arg(0)))?;
    Ok(Answer::value(&styled(call, job.json(call.now))))
}

fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let job = store.batches.get_mut(call.arg(0), call.now);
    let job = job.ok_or_else(|| missing(call.arg(0)))?;
    if job.is_over(call.now) || job.is_cancelled() {
        let message = format!(
            "Cannot cancel a batch with status '{}'.",
            job.status(call.now)
        );
        return Err(Refusal::kept(StatusCode::CONFLICT, "conflict", message));
    }
    let planned: Vec<String> = job
        .results()
        .iter()
        .map(|file| file.id().to_owned())
        .collect();
    job.cancel(call.now);
    let answer = Answer::value(&styled(call, job.json(call.now)));
    let results = job.results();
    for id in planned {
        store.files.remove(&id);
    }
    for file in results {
        store.files.put(file);
    }
    Ok(answer)
}

/// The first api-version of batches writes times and words in a style of its own.
fn styled(call: &Call<'_>, mut job: Value) -> Value {
    if call.version != Some(ApiVersion::preview(2024, 7, 1)) {
        return job;
    }
    for (name, value) in job.as_object_mut().into_iter().flat_map(Map::iter_mut) {
        if let (true, Some(at)) = (name.ends_with("_at"), value.as_u64()) {
            *value = format!("{}.0000000+00:00", crate::store::iso(at)).into();
        }
    }
    let status = job["status"].as_str().unwrap_or_default();
    let (first, rest) = status.split_at(status.len().min(1));
    job["status"] = json!(format!("{}{rest}", first.to_uppercase()));
    if let Some(members) = job.as_object_mut() {
        members.remove("endpoint");
    }
    job
}

fn missing(id: &str) -> Refusal {
    Refusal::nothing_kept("batch", id)
}

fn invalid(message: &str) -> Refusal {
    Refusal::kept(StatusCode::BAD_REQUEST, "invalidPayload", message)
}

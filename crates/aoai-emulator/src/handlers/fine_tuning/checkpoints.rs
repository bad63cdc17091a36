//! The checkpoints of a job, and their way to other resources.

use serde_json::{Value, json};

use super::job::{Copy, Job};
use super::jobs::{paged, with};
use crate::handlers::Answer;
use crate::refusal::Refusal;
use crate::route::Call;

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |job| paged(call, job.checkpoints(call.now)))
}

pub(super) fn copy(call: &Call<'_>) -> Result<Answer, Refusal> {
    let text = |name: &str| call.body[name].as_str().unwrap_or_default().to_owned();
    with(call, |job| {
        checkpoint(call, job)?;
        job.copies.push(Copy {
            checkpoint: call.arg(1).to_owned(),
            resource: text("destinationResourceId"),
            region: text("region"),
            at: call.now,
        });
        copies(call, job)
    })
}

pub(super) fn get_copy(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |job| copies(call, job))
}

fn copies(call: &Call<'_>, job: &Job) -> Result<Answer, Refusal> {
    let checkpoint = checkpoint(call, job)?;
    let of_it = job
        .copies
        .iter()
        .filter(|copy| copy.checkpoint == call.arg(1));
    let details = of_it.map(|copy| {
        let done = copy.at + COPYING <= call.now;
        json!({
            "destinationResourceId": copy.resource,
            "region": copy.region,
            "status": if done { "Completed" } else { "InProgress" },
        })
    });
    Ok(Answer::value(&json!({
        "checkpointedModelName": checkpoint["fine_tuned_model_checkpoint"],
        "copiedAccountDetails": details.collect::<Vec<_>>(),
        "fineTuningJobId": job.id,
    })))
}

fn checkpoint(call: &Call<'_>, job: &Job) -> Result<Value, Refusal> {
    let mut all = job.checkpoints(call.now).into_iter();
    all.find(|checkpoint| checkpoint["id"] == call.arg(1))
        .ok_or_else(|| Refusal::nothing_kept("checkpoint", call.arg(1)))
}

/// Seconds until a copy is there.
const COPYING: u64 = 20;

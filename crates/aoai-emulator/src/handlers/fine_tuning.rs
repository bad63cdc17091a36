//! `/fine_tuning`: jobs that train models, their checkpoints, and graders.

use super::{Group, Handler};
use crate::check::{fine_tuning as check, graders as grader_check};

mod checkpoints;
mod graders;
mod job;
mod jobs;

pub(crate) use self::job::Job;

pub(super) const HANDLERS: Group = &[
    (
        "fine_tuning.jobs.create",
        Handler::new("FineTuning_Create", jobs::create).json(check::CREATE),
    ),
    (
        "fine_tuning.jobs.list",
        Handler::new("FineTuning_List", jobs::list).query(check::LIST),
    ),
    (
        "fine_tuning.jobs.get",
        Handler::new("FineTuning_Get", jobs::get),
    ),
    (
        "fine_tuning.jobs.delete",
        Handler::new("FineTuning_Delete", jobs::delete),
    ),
    (
        "fine_tuning.jobs.cancel",
        Handler::new("FineTuning_Cancel", jobs::cancel),
    ),
    (
        "fine_tuning.jobs.pause",
        Handler::new("FineTuning_Pause", jobs::pause),
    ),
    (
        "fine_tuning.jobs.resume",
        Handler::new("FineTuning_Resume", jobs::resume),
    ),
    (
        "fine_tuning.jobs.events.list",
        Handler::new("FineTuning_GetEvents", jobs::events).query(check::LIST),
    ),
    (
        "fine_tuning.jobs.checkpoints.list",
        Handler::new("FineTuning_GetCheckpoints", checkpoints::list).query(check::LIST),
    ),
    (
        "fine_tuning.checkpoints.copy",
        Handler::new("FineTuning_CopyCheckpoint", checkpoints::copy)
            .json(check::COPY)
            .header("aoai-copy-ft-checkpoints", "preview"),
    ),
    (
        "fine_tuning.checkpoints.get_copy",
        Handler::new("FineTuning_GetCheckpointCopy", checkpoints::get_copy)
            .header("aoai-copy-ft-checkpoints", "preview"),
    ),
    (
        "fine_tuning.graders.run",
        Handler::new("Graders_Run", graders::run).json(grader_check::RUN),
    ),
    (
        "fine_tuning.graders.validate",
        Handler::new("Graders_Validate", graders::validate).json(grader_check::VALIDATE),
    ),
];

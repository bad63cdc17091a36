//! The arguments of fine-tuning.

use super::graders::GRADER;
use super::{Field, METADATA, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::required("model", &Rule::Text),
    Field::required("training_file", &Rule::Text),
    Field::optional("hyperparameters", &Rule::Object(HYPERPARAMETERS)),
    Field::optional(
        "integrations",
        &Rule::List {
            of: &Rule::Map(&Rule::Any),
            min: 0,
            max: 5,
        },
    ),
    Field::optional("metadata", &METADATA),
    Field::optional("method", &METHOD),
    Field::optional("seed", &Rule::Integer(0, 2_147_483_647)),
    Field::optional("suffix", &Rule::TextUpTo(64)),
    Field::optional("trainingType", &Rule::Any),
    Field::optional("validation_file", &Rule::Text),
];

/// Of jobs, events and checkpoints.
pub(crate) const LIST: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
];

pub(crate) const COPY: &[Field] = &[
    Field::required("destinationResourceId", &Rule::Text),
    Field::required("region", &Rule::Text),
];

const METHOD: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        (
            "supervised",
            &[
                Field::required("type", &Rule::Text),
                Field::optional("supervised", &WITH_HYPERPARAMETERS),
            ],
        ),
        (
            "dpo",
            &[
                Field::required("type", &Rule::Text),
                Field::optional("dpo", &WITH_HYPERPARAMETERS),
            ],
        ),
        (
            "reinforcement",
            &[
                Field::required("type", &Rule::Text),
                Field::required("reinforcement", &Rule::Object(REINFORCEMENT)),
            ],
        ),
    ],
};

const WITH_HYPERPARAMETERS: Rule = Rule::Object(&[Field::optional(
    "hyperparameters",
    &Rule::Object(HYPERPARAMETERS),
)]);

const REINFORCEMENT: &[Field] = &[
    Field::required("grader", &GRADER),
    Field::optional("hyperparameters", &Rule::Object(HYPERPARAMETERS)),
    Field::optional("response_format", &Rule::Map(&Rule::Any)),
];

const HYPERPARAMETERS: &[Field] = &[
    Field::optional("batch_size", &COUNT),
    Field::optional("beta", &NUMBER),
    Field::optional("compute_multiplier", &NUMBER),
    Field::optional("eval_interval", &COUNT),
    Field::optional("eval_samples", &COUNT),
    Field::optional("learning_rate_multiplier", &NUMBER),
    Field::optional("n_epochs", &COUNT),
    Field::optional(
        "reasoning_effort",
        &Rule::Words(&["default", "low", "medium", "high"]),
    ),
];

/// -1 is what the dated surface writes for `auto`.
const COUNT: Rule = Rule::OneOf(&[&Rule::Words(&["auto"]), &Rule::Integer(-1, 10_000)]);

const NUMBER: Rule = Rule::OneOf(&[&Rule::Words(&["auto"]), &Rule::Number(0.0, 1e6)]);

//! The arguments of evals and their runs.

use super::graders::GRADER;
use super::{Field, METADATA, ORDER, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::required("data_source_config", &DATA_SOURCE_CONFIG),
    Field::optional("metadata", &METADATA),
    Field::optional("name", &Rule::Text),
    Field::required(
        "testing_criteria",
        &Rule::List {
            of: &GRADER,
            min: 0,
            max: 50,
        },
    ),
];

pub(crate) const UPDATE: &[Field] = &[
    Field::optional("metadata", &METADATA),
    Field::optional("name", &Rule::Text),
];

pub(crate) const LIST: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &ORDER),
    Field::optional("order_by", &Rule::Words(&["created_at", "updated_at"])),
];

pub(crate) const RUN: &[Field] = &[
    Field::required("data_source", &DATA_SOURCE),
    Field::optional("metadata", &METADATA),
    Field::optional("name", &Rule::Text),
];

pub(crate) const LIST_RUNS: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &ORDER),
    Field::optional(
        "status",
        &Rule::Words(&["queued", "in_progress", "completed", "canceled", "failed"]),
    ),
];

pub(crate) const LIST_ITEMS: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &ORDER),
    Field::optional("status", &Rule::Words(&["fail", "pass"])),
];

const DATA_SOURCE_CONFIG: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        (
            "custom",
            &[
                Field::required("type", &Rule::Text),
                Field::not_null("include_sample_schema", &Rule::Bool),
                Field::required("item_schema", &Rule::Map(&Rule::Any)),
            ],
        ),
        ("logs", WITH_METADATA),
        ("stored_completions", WITH_METADATA),
    ],
};

const WITH_METADATA: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::optional("metadata", &Rule::Map(&Rule::Any)),
];

const DATA_SOURCE: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        (
            "jsonl",
            &[
                Field::required("type", &Rule::Text),
                Field::required("source", &SOURCE),
            ],
        ),
        ("completions", ASKED),
        ("responses", ASKED),
    ],
};

/// Where a model is to be asked.
const ASKED: &[Field] = &[
    Field::required("type", &Rule::Text),
    Field::not_null("input_messages", &INPUT_MESSAGES),
    Field::not_null("model", &Rule::Text),
    Field::not_null("sampling_params", &Rule::Map(&Rule::Any)),
    Field::required("source", &SOURCE),
];

const SOURCE: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        (
            "file_content",
            &[
                Field::required("type", &Rule::Text),
                Field::required(
                    "content",
                    &Rule::List {
                        of: &Rule::Object(&[
                            Field::required("item", &Rule::Map(&Rule::Any)),
                            Field::optional("sample", &Rule::Map(&Rule::Any)),
                        ]),
                        min: 1,
                        max: 10_000,
                    },
                ),
            ],
        ),
        (
            "file_id",
            &[
                Field::required("type", &Rule::Text),
                Field::required("id", &Rule::Text),
            ],
        ),
    ],
};

const INPUT_MESSAGES: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        (
            "template",
            &[
                Field::required("type", &Rule::Text),
                Field::required(
                    "template",
                    &Rule::List {
                        of: &Rule::Map(&Rule::Any),
                        min: 1,
                        max: 100,
                    },
                ),
            ],
        ),
        (
            "item_reference",
            &[
                Field::required("type", &Rule::Text),
                Field::required("item_reference", &Rule::Text),
            ],
        ),
    ],
};

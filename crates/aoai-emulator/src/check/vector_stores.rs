//! The arguments of vector stores.

use super::{Field, METADATA, ORDER, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::not_null("chunking_strategy", &CHUNKING),
    Field::optional("description", &Rule::Text),
    Field::optional("expires_after", &EXPIRES_AFTER),
    Field::optional("file_ids", &FILE_IDS),
    Field::optional("metadata", &METADATA),
    Field::optional("name", &Rule::Text),
];

pub(crate) const UPDATE: &[Field] = &[
    Field::optional("expires_after", &EXPIRES_AFTER),
    Field::optional("metadata", &METADATA),
    Field::optional("name", &Rule::Text),
];

pub(crate) const LIST: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("before", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &ORDER),
];

pub(crate) const SEARCH: &[Field] = &[
    Field::required(
        "query",
        &Rule::OneOf(&[
            &Rule::Text,
            &Rule::List {
                of: &Rule::Text,
                min: 1,
                max: 100,
            },
        ]),
    ),
    Field::optional("filters", &Rule::Map(&Rule::Any)),
    Field::optional("max_num_results", &Rule::Integer(1, 50)),
    Field::optional("ranking_options", &RANKING),
    Field::optional("rewrite_query", &Rule::Bool),
];

pub(crate) const ADD_FILE: &[Field] = &[
    Field::optional("attributes", &ATTRIBUTES),
    Field::not_null("chunking_strategy", &CHUNKING),
    Field::required("file_id", &Rule::Text),
];

pub(crate) const UPDATE_FILE: &[Field] = &[Field::optional("attributes", &ATTRIBUTES)];

pub(crate) const LIST_FILES: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("before", &Rule::Text),
    Field::optional(
        "filter",
        &Rule::Words(&["in_progress", "completed", "failed", "cancelled"]),
    ),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &ORDER),
];

pub(crate) const ADD_FILES: &[Field] = &[
    Field::optional("attributes", &ATTRIBUTES),
    Field::not_null("chunking_strategy", &CHUNKING),
    Field::not_null("file_ids", &FILE_IDS),
    Field::not_null(
        "files",
        &Rule::List {
            of: &Rule::Object(ADD_FILE),
            min: 1,
            max: 500,
        },
    ),
];

const FILE_IDS: Rule = Rule::List {
    of: &Rule::Text,
    min: 0,
    max: 500,
};

const ATTRIBUTES: Rule = Rule::MapUpTo(
    16,
    &Rule::OneOf(&[
        &Rule::TextUpTo(512),
        &Rule::Bool,
        &Rule::Number(f64::MIN, f64::MAX),
    ]),
);

const CHUNKING: Rule = Rule::Tagged {
    tag: "type",
    variants: &[
        ("auto", &[Field::required("type", &Rule::Text)]),
        (
            "static",
            &[
                Field::required("type", &Rule::Text),
                Field::required(
                    "static",
                    &Rule::Object(&[
                        Field::required("chunk_overlap_tokens", &Rule::Integer(0, 2048)),
                        Field::required("max_chunk_size_tokens", &Rule::Integer(100, 4096)),
                    ]),
                ),
            ],
        ),
    ],
};

const EXPIRES_AFTER: Rule = Rule::Object(&[
    Field::required("anchor", &Rule::Words(&["last_active_at"])),
    Field::required("days", &Rule::Integer(1, 365)),
]);

const RANKING: Rule = Rule::Object(&[
    Field::not_null(
        "ranker",
        &Rule::Words(&["none", "auto", "default-2024-11-15"]),
    ),
    Field::not_null("score_threshold", &Rule::Number(0.0, 1.0)),
]);

//! The arguments of batches.

use super::files::EXPIRES_AFTER;
use super::{Field, METADATA, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::required("completion_window", &Rule::Words(&["24h"])),
    Field::required("endpoint", &Rule::Words(ENDPOINTS)),
    Field::optional("input_blob", &Rule::Text),
    Field::optional("input_file_id", &Rule::Text),
    Field::optional("metadata", &METADATA),
    Field::optional("output_expires_after", &EXPIRES_AFTER),
    Field::optional("output_folder", &OUTPUT_FOLDER),
];

pub(crate) const LIST: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("$filter", &Rule::Text),
    Field::optional(
        "$orderby",
        &Rule::Words(&["created_at asc", "created_at desc"]),
    ),
];

const OUTPUT_FOLDER: Rule = Rule::Object(&[
    Field::required("url", &Rule::Text),
    Field::optional("delimiter", &Rule::Text),
]);

/// With and without `/v1`, whichever surface is asked.
const ENDPOINTS: &[&str] = &[
    "/chat/completions",
    "/completions",
    "/embeddings",
    "/responses",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/responses",
];

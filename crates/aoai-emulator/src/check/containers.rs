//! The arguments of containers.

use super::{Field, ORDER, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::optional("expires_after", &EXPIRES_AFTER),
    Field::not_null(
        "file_ids",
        &Rule::List {
            of: &Rule::Text,
            min: 0,
            max: 100,
        },
    ),
    Field::not_null("memory_limit", &Rule::Words(&["1g", "4g", "16g", "64g"])),
    Field::required("name", &Rule::Text),
];

pub(crate) const LIST: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &ORDER),
];

pub(crate) const ADD_FILE: &[Field] = &[
    Field::not_null("file", &Rule::File),
    Field::not_null("file_id", &Rule::Text),
];

const EXPIRES_AFTER: Rule = Rule::Object(&[
    Field::required("anchor", &Rule::Words(&["last_active_at"])),
    Field::required("minutes", &Rule::Integer(1, 20)),
]);

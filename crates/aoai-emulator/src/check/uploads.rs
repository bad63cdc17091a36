//! The arguments of uploads.

use super::files::EXPIRES_AFTER;
use super::{Field, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::required("bytes", &Rule::Integer(1, 9 << 30)),
    Field::required("filename", &Rule::Text),
    Field::required("mime_type", &Rule::Text),
    Field::required("purpose", &Rule::Text),
    Field::not_null("expires_after", &EXPIRES_AFTER),
];

pub(crate) const PART: &[Field] = &[Field::required("data", &Rule::File)];

pub(crate) const COMPLETE: &[Field] = &[
    Field::required(
        "part_ids",
        &Rule::List {
            of: &Rule::Text,
            min: 1,
            max: 10_000,
        },
    ),
    Field::optional("md5", &Rule::Text),
];

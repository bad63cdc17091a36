//! The arguments of files.

use aoai_types::ApiVersion;

use super::{Field, Rule};

pub(crate) const UPLOAD: &[Field] = &[
    Field::required("file", &Rule::File),
    Field::required("purpose", &Rule::Text),
    Field::not_null("expires_after", &EXPIRES_AFTER).since(ApiVersion::preview(2024, 12, 1)),
];

pub(crate) const LIST: &[Field] = &[
    Field::optional("purpose", &Rule::Text),
    Field::optional("after", &Rule::Text),
    Field::optional("limit", &Rule::Integer(1, 10_000)),
    Field::optional("order", &super::ORDER),
];

/// When a file is to be removed: 14 to 30 days after it was made.
pub(crate) const EXPIRES_AFTER: Rule = Rule::Object(&[
    Field::required("anchor", &Rule::Words(&["created_at"])),
    Field::required("seconds", &Rule::Integer(1_209_600, 2_592_000)),
]);

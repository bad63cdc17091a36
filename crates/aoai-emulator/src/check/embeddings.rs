//! The arguments of embeddings.

use aoai_types::ApiVersion;

use super::{Field, Rule};

const SINCE_2024_03: ApiVersion = ApiVersion::preview(2024, 3, 1);

pub(crate) const FIELDS: &[Field] = &[
    Field::required("input", &INPUT),
    Field::optional("dimensions", &Rule::Integer(1, i64::MAX)).since(SINCE_2024_03),
    Field::optional("encoding_format", &Rule::Words(&["float", "base64"])).since(SINCE_2024_03),
    Field::optional("input_type", &Rule::Text),
    Field::optional("model", &Rule::Text),
    Field::optional("user", &Rule::Text),
];

const INPUT: Rule = Rule::OneOf(&[
    &Rule::Text,
    &Rule::List {
        of: &Rule::Text,
        min: 1,
        max: 2048,
    },
    &TOKENS,
    &Rule::List {
        of: &TOKENS,
        min: 1,
        max: 2048,
    },
]);

const TOKENS: Rule = Rule::List {
    of: &Rule::Integer(0, i64::MAX),
    min: 1,
    max: usize::MAX,
};

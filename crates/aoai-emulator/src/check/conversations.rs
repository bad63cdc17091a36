//! The arguments of conversations.

use super::responses::items::ITEM;
use super::{Field, METADATA, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::optional("items", &ITEMS),
    Field::optional("metadata", &METADATA),
];

pub(crate) const UPDATE: &[Field] = &[Field::required("metadata", &METADATA)];

pub(crate) const ADD_ITEMS: &[Field] = &[Field::required("items", &ITEMS)];

const ITEMS: Rule = Rule::List {
    of: &ITEM,
    min: 0,
    max: 20,
};

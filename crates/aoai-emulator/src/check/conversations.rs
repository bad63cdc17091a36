//! The arguments of conversations.

use super::responses::INCLUDE;
use super::responses::items::ITEM;
use super::{Field, METADATA, Rule};

pub(crate) const CREATE: &[Field] = &[
    Field::optional("items", &ITEMS),
    Field::optional("metadata", &METADATA),
];

pub(crate) const UPDATE: &[Field] = &[Field::required("metadata", &METADATA)];

pub(crate) const ADD_ITEMS: &[Field] = &[Field::required("items", &ITEMS)];

pub(crate) const LIST_ITEMS: &[Field] = &[
    Field::optional("after", &Rule::Text),
    Field::optional("include", &INCLUDE),
    Field::optional("limit", &Rule::Integer(1, 100)),
    Field::optional("order", &super::ORDER),
];

pub(crate) const GET_ITEM: &[Field] = &[Field::optional("include", &INCLUDE)];

const ITEMS: Rule = Rule::List {
    of: &ITEM,
    min: 0,
    max: 20,
};

//! Pages of lists.

use serde_json::{Value, json};

use super::query;
use crate::members::Members;
use crate::refusal::Refusal;
use crate::route::Call;

/// How many entries a page may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    default: usize,
    most: usize,
}

impl Limits {
    pub(super) const fn new(default: usize, most: usize) -> Self {
        Self { default, most }
    }
}

/// The page of `items`, which are in the order in which they were made, that the query asks for:
/// `limit`, `order`, `after` and `before`.
pub(super) fn of(call: &Call<'_>, items: &[Value], limits: Limits) -> Result<Members, Refusal> {
    let most = i64::try_from(limits.most).unwrap_or(i64::MAX);
    let limit = query::integer(call, "limit", 1, most)?;
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(limits.default);
    let order = query::word(call, "order", &["asc", "desc"])?;
    let mut items: Vec<&Value> = items.iter().collect();
    if order != Some("asc") {
        items.reverse();
    }
    let place = |name: &str| -> Result<Option<usize>, Refusal> {
        let Some(id) = call.matched.query.get(name) else {
            return Ok(None);
        };
        let found = items.iter().position(|item| item["id"] == id);
        found.map(Some).ok_or_else(|| Refusal::not_kept("Item", id))
    };
    let from = place("after")?.map_or(0, |at| at + 1);
    let to = place("before")?.unwrap_or(items.len()).max(from);
    let rest = &items[from..to];
    let data = &rest[..limit.min(rest.len())];
    Ok(list(data, data.len() < rest.len()))
}

/// A list as the service writes it.
pub(super) fn list(data: &[&Value], has_more: bool) -> Members {
    let id = |item: Option<&&Value>| item.map_or(Value::Null, |item| item["id"].clone());
    Members::new([
        ("object", json!("list")),
        ("data", json!(data)),
        ("first_id", id(data.first())),
        ("has_more", json!(has_more)),
        ("last_id", id(data.last())),
    ])
}

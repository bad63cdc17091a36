//! `POST /vector_stores/{vector_store_id}/search`: the pieces of files that share words with a query.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::with_active;
use crate::handlers::Answer;
use crate::handlers::arguments::size;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::Kept;

pub(super) fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let queries: Vec<&str> = match &call.body["query"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let filters = call.body.get("filters").filter(|it| !it.is_null());
    if let Some(filters) = filters {
        check(filters)?;
    }
    let ranking = call.body.get("ranking_options");
    let threshold = ranking.and_then(|it| it["score_threshold"].as_f64());
    let wanted: BTreeSet<String> = queries.iter().flat_map(|query| words(query)).collect();
    with_active(call, |store| {
        let mut found = Vec::new();
        for file in store.files.all(call.now) {
            let fits = filters.is_none_or(|filters| holds(filters, &file.attributes));
            if !fits || file.status(call.now) != "completed" {
                continue;
            }
            for chunk in file.chunks() {
                let score = score(&wanted, &chunk);
                if score > 0.0 && score >= threshold.unwrap_or(0.0) {
                    let result = json!({
                        "attributes": file.attributes,
                        "content": [{"text": chunk, "type": "text"}],
                        "file_id": file.id(),
                        "filename": file.name,
                        "score": score,
                    });
                    found.push((score, result));
                }
            }
        }
        // Of pieces that are as good as each other, the first stays the first.
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        found.truncate(size(&call.body, "max_num_results").unwrap_or(10));
        let data: Vec<Value> = found.into_iter().map(|(_, result)| result).collect();
        Ok(Answer::value(&json!({
            "data": data,
            "has_more": false,
            "next_page": null,
            "object": "vector_store.search_results.page",
            "search_query": queries,
        })))
    })
}

/// The share of the wanted words that a text has.
fn score(wanted: &BTreeSet<String>, text: &str) -> f64 {
    let there: BTreeSet<String> = words(text).collect();
    #[expect(clippy::cast_precision_loss, reason = "a query has few words")]
    let share = wanted.intersection(&there).count() as f64 / wanted.len().max(1) as f64;
    share
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Whether a filter is one: a comparison, or several of them joined.
fn check(filter: &Value) -> Result<(), Refusal> {
    let kind = filter["type"].as_str().unwrap_or_default();
    if let ("and" | "or", Some(filters)) = (kind, filter["filters"].as_array()) {
        return filters.iter().try_for_each(check);
    }
    if COMPARISONS.contains(&kind) && filter["key"].is_string() && !filter["value"].is_null() {
        return Ok(());
    }
    let message = format!("Invalid filter: {filter}.");
    Err(Refusal::invalid(
        message,
        Some("filters"),
        Some("invalid_value"),
    ))
}

fn holds(filter: &Value, attributes: &Value) -> bool {
    let filters = || filter["filters"].as_array().into_iter().flatten();
    let value = &filter["value"];
    let found = &attributes[filter["key"].as_str().unwrap_or_default()];
    let is_in = || {
        value
            .as_array()
            .is_some_and(|values| values.contains(found))
    };
    let order = match (found.as_f64(), value.as_f64()) {
        (Some(found), Some(value)) => found.partial_cmp(&value),
        _ => found
            .as_str()
            .zip(value.as_str())
            .map(|(found, value)| found.cmp(value)),
    };
    match filter["type"].as_str().unwrap_or_default() {
        "and" => filters().all(|filter| holds(filter, attributes)),
        "or" => filters().any(|filter| holds(filter, attributes)),
        "eq" => found == value || order.is_some_and(std::cmp::Ordering::is_eq),
        "ne" => found != value && !order.is_some_and(std::cmp::Ordering::is_eq),
        "in" => is_in(),
        "nin" => !is_in(),
        "gt" => order.is_some_and(std::cmp::Ordering::is_gt),
        "gte" => order.is_some_and(std::cmp::Ordering::is_ge),
        "lt" => order.is_some_and(std::cmp::Ordering::is_lt),
        _ => order.is_some_and(std::cmp::Ordering::is_le),
    }
}

const COMPARISONS: &[&str] = &["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"];

//! `/evals`: what a model is to be good at, and how good it is.

use serde_json::{Value, json};

use self::run::Run;
use super::{Answer, Group, Handler};
use crate::check::evals as check;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page, Shelf, hex_id};

mod output_items;
mod run;
mod runs;

pub(super) const HANDLERS: Group = &[
    (
        "evals.create",
        Handler::resource("Evals_Create", create).json(check::CREATE),
    ),
    (
        "evals.list",
        Handler::resource("Evals_List", list).query(check::LIST),
    ),
    ("evals.get", Handler::resource("Evals_Get", get)),
    (
        "evals.update",
        Handler::resource("Evals_Update", update).json(check::UPDATE),
    ),
    ("evals.delete", Handler::resource("Evals_Delete", delete)),
    (
        "evals.runs.create",
        Handler::resource("EvalRuns_Create", runs::create).json(check::RUN),
    ),
    (
        "evals.runs.list",
        Handler::resource("EvalRuns_List", runs::list).query(check::LIST_RUNS),
    ),
    (
        "evals.runs.get",
        Handler::resource("EvalRuns_Get", runs::get),
    ),
    (
        "evals.runs.cancel",
        Handler::resource("EvalRuns_Cancel", runs::cancel),
    ),
    (
        "evals.runs.delete",
        Handler::resource("EvalRuns_Delete", runs::delete),
    ),
    (
        "evals.runs.output_items.list",
        Handler::resource("EvalRunOutputItems_List", output_items::list).query(check::LIST_ITEMS),
    ),
    (
        "evals.runs.output_items.get",
        Handler::resource("EvalRunOutputItems_Get", output_items::get),
    ),
];

/// An eval.
#[derive(Debug)]
pub(crate) struct Eval {
    id: String,
    name: Value,
    created_at: u64,
    updated_at: u64,
    metadata: Value,
    data_source_config: Value,
    testing_criteria: Vec<Value>,
    runs: Shelf<Run>,
}

impl Kept for Eval {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Eval {
    fn json(&self) -> Value {
        json!({
            "created_at": self.created_at,
            "data_source_config": self.data_source_config,
            "id": self.id,
            "metadata": self.metadata,
            "name": self.name,
            "object": "eval",
            "testing_criteria": self.testing_criteria,
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let member = |name: &str| call.body.get(name).cloned().unwrap_or_default();
    let id = hex_id("eval_");
    let mut testing_criteria = Vec::new();
    for criterion in member("testing_criteria").as_array().into_iter().flatten() {
        let mut criterion = criterion.clone();
        let name = criterion["name"].as_str().unwrap_or("criterion");
        criterion["id"] = hex_id(&format!("{name}-")).into();
        testing_criteria.push(criterion);
    }
    let name = match member("name") {
        Value::Null => id.as_str().into(),
        given => given,
    };
    let eval = Eval {
        id,
        name,
        created_at: call.now,
        updated_at: call.now,
        metadata: match member("metadata") {
            Value::Null => json!({}),
            given => given,
        },
        data_source_config: configured(&member("data_source_config")),
        testing_criteria,
        runs: Shelf::default(),
    };
    let answer = Answer::value(&eval.json());
    call.state.store().evals.put(eval);
    Ok(answer)
}

/// A configuration as it is told: with the schema of all that a grader may look at.
fn configured(config: &Value) -> Value {
    let mut properties = json!({"item": config["item_schema"]});
    let kind = &config["type"];
    if *kind == "custom" && config["include_sample_schema"] != true {
        let schema = json!({"properties": properties, "required": ["item"], "type": "object"});
        return json!({"schema": schema, "type": kind});
    }
    properties["sample"] = json!({
        "properties": {"output_text": {"type": "string"}},
        "required": ["output_text"],
        "type": "object",
    });
    let schema = json!({
        "properties": properties, "required": ["item", "sample"], "type": "object",
    });
    match kind.as_str() {
        Some("custom") => json!({"schema": schema, "type": kind}),
        _ => json!({"metadata": config["metadata"], "schema": schema, "type": kind}),
    }
}

fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let mut evals = store.evals.all(call.now);
    if call
        .query
        .get("order_by")
        .is_some_and(|by| by == "updated_at")
    {
        evals.sort_by_key(|eval| eval.updated_at);
    }
    let evals = evals.into_iter().map(Eval::json).collect();
    let page = Page::of(evals, &call.query, Order::OldestFirst, 20)?;
    Ok(Answer::value(&page.json()))
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| Ok(Answer::value(&eval.json())))
}

fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |eval| {
        if let Some(name) = call.body.get("name") {
            eval.name = name.clone();
        }
        if let Some(metadata) = call.body.get("metadata") {
            eval.metadata = metadata.clone();
        }
        eval.updated_at = call.now;
        Ok(Answer::value(&eval.json()))
    })
}

fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let taken = call.state.store().evals.take(id, call.now);
    taken.ok_or_else(|| missing(id))?;
    Ok(Answer::value(&json!({
        "deleted": true, "eval_id": id, "object": "eval.deleted",
    })))
}

/// Does something with the eval that the path names.
fn with<T>(
    call: &Call<'_>,
    act: impl FnOnce(&mut Eval) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut store = call.state.store();
    let found = store.evals.get_mut(call.arg(0), call.now);
    act(found.ok_or_else(|| missing(call.arg(0)))?)
}

fn missing(id: &str) -> Refusal {
    Refusal::no_such(format!("Eval with id '{id}' not found."))
}

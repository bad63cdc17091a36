//! `GET /models` and `GET /models/{model}`: the catalogue, which tells nothing of deployments.

use serde_json::{Value, json};

use super::{Answer, Group, Handler};
use crate::catalog::{CATALOG, Model};
use crate::refusal::Refusal;
use crate::route::Call;

pub(super) const HANDLERS: Group = &[
    ("models.list", Handler::new("Models_List", list)),
    ("models.get", Handler::new("Models_Get", get)),
];

#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
fn list(_: &Call<'_>) -> Result<Answer, Refusal> {
    let data: Vec<Value> = CATALOG.iter().map(item).collect();
    let body = json!({"data": data, "object": "list"});
    Ok(Answer::json(body.to_string(), 0))
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.matched.args.first().map_or("", String::as_str);
    match CATALOG.iter().find(|model| model.wire == id) {
        Some(model) => Ok(Answer::json(item(model).to_string(), 0)),
        None => Err(Refusal::model_not_found(id)),
    }
}

fn item(model: &Model) -> Value {
    json!({
        "capabilities": {
            "chat_completion": model.chats(),
            "completion": model.completes(),
            "embeddings": model.embeds(),
            "fine_tune": model.tunes(),
            "inference": true,
        },
        "created_at": model.created,
        "deprecation": {"inference": model.retires},
        "id": model.wire,
        "lifecycle_status": "generally-available",
        "object": "model",
        "status": "succeeded",
    })
}

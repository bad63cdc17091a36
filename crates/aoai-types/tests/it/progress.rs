//! Work that goes on, and conversations that go on.

use aoai_types::batches::{Batch, BatchStatus};
use aoai_types::fine_tuning::checkpoints::CheckpointCopy;
use aoai_types::responses::item::Message;
use aoai_types::responses::{CreateResponse, Response};
use aoai_types::{LongRunning, Progress};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_copy_that_tells_of_no_destination_is_not_done() {
    let progress =
        |copies: Value| read::<CheckpointCopy>(json!({"copiedAccountDetails": copies})).progress();
    let at = |status: &str| json!({"region": "swedencentral", "status": status});
    assert_eq!(progress(json!([])), Progress::Pending);
    assert_eq!(progress(Value::Null), Progress::Pending);
    assert_eq!(
        progress(json!([at("Completed"), at("InProgress")])),
        Progress::Pending
    );
    assert_eq!(
        progress(json!([at("Completed"), at("Completed")])),
        Progress::Succeeded
    );
    assert_eq!(
        progress(json!([at("InProgress"), at("Failed")])),
        Progress::Failed
    );
}

#[test]
fn an_answer_is_done_when_its_status_says_so() {
    for (status, expected) in [
        (json!("queued"), Progress::Pending),
        (json!("in_progress"), Progress::Pending),
        (json!("pondering"), Progress::Pending),
        (Value::Null, Progress::Pending),
        (json!("completed"), Progress::Succeeded),
        (json!("incomplete"), Progress::Succeeded),
        (json!("failed"), Progress::Failed),
        (json!("cancelled"), Progress::Failed),
    ] {
        let answer: Response = read(json!({"id": "resp_1", "status": status}));
        assert_eq!(answer.progress(), expected, "{status}");
    }
}

#[test]
fn a_batch_is_done_when_its_status_says_so_in_either_spelling() {
    for (status, expected) in [
        ("validating", Progress::Pending),
        ("in_progress", Progress::Pending),
        ("finalizing", Progress::Pending),
        ("cancelling", Progress::Pending),
        ("pondering", Progress::Pending),
        ("completed", Progress::Succeeded),
        ("Completed", Progress::Succeeded),
        ("failed", Progress::Failed),
        ("expired", Progress::Failed),
        ("cancelled", Progress::Failed),
        ("canceled", Progress::Failed),
        ("Canceled", Progress::Failed),
    ] {
        let batch: Batch = read(json!({"id": "batch_1", "status": status}));
        assert_eq!(batch.progress(), expected, "{status}");
    }
    assert_eq!(
        BatchStatus::from("Canceled").normalised(),
        BatchStatus::Cancelled
    );
    let odd = BatchStatus::from("Pondering").normalised();
    assert_eq!(odd.as_str(), "pondering");
}

#[test]
fn without_store_what_is_but_an_id_is_left_out() {
    let thoughts = |more: Value| {
        let mut item = json!({"type": "reasoning", "id": "rs_1", "summary": []});
        item.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        item
    };
    let open = thoughts(json!({"content": [{"type": "reasoning_text", "text": "Hm."}]}));
    let sealed = thoughts(json!({"encrypted_content": "c2VhbGVk"}));
    let said = json!({"type": "message", "role": "assistant", "content": "OK"});
    let answer: Response = read(json!({"output": [
        thoughts(json!({})), thoughts(json!({"content": [], "encrypted_content": null})),
        open, sealed, said]}));
    let mut request = CreateResponse::new("gpt-5", "My name is Ada.");
    request.go_on_without_store(&answer, [Message::user("What is my name?").into()]);
    let input = serde_json::to_value(&request).unwrap()["input"].take();
    assert_eq!(input.as_array().unwrap()[1..4], [open, sealed, said]);
    assert_eq!(input.as_array().unwrap().len(), 5);
}

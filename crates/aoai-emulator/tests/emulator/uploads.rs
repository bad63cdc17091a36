//! Uploads: parts that become a file.

use std::time::Duration;

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

fn create(emulator: &Emulator, bytes: u64) -> Value {
    let body = json!({
        "filename": "a.jsonl", "purpose": "batch", "bytes": bytes, "mime_type": "application/jsonl",
    });
    let answer = request(emulator, "POST /openai/v1/uploads")
        .json(&body)
        .send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

fn add(emulator: &Emulator, upload: &str, content: &[u8]) -> Answer {
    let head = "\"data\"; filename=\"part\"\r\ncontent-type: application/octet-stream";
    let line = format!("POST /openai/v1/uploads/{upload}/parts");
    request(emulator, &line).form(&[(head, content)]).send()
}

fn complete(emulator: &Emulator, upload: &str, parts: &[&Value]) -> Answer {
    let line = format!("POST /openai/v1/uploads/{upload}/complete");
    request(emulator, &line)
        .json(&json!({"part_ids": parts}))
        .send()
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({"error": {"code": code, "message": message}})
    );
}

#[tokio::test]
async fn a_part_has_64_mib_beside_its_form() {
    let emulator = start().await;
    let whole = vec![b'a'; 64 << 20];
    let upload = create(&emulator, whole.len() as u64);
    let part = add(&emulator, id(&upload), &whole);
    assert_eq!(part.status, 200, "{part:?}");
    let file = complete(&emulator, id(&upload), &[&part.json()["id"]]).json();
    assert_eq!(file["file"]["bytes"], 64 << 20);
}

#[tokio::test]
async fn parts_become_a_file_in_the_order_that_is_asked_for() {
    let emulator = start().await;
    let upload = create(&emulator, 9);
    let at = upload["created_at"].as_u64().unwrap();
    let expected = json!({
        "bytes": 9,
        "created_at": at,
        "expires_at": at + 7200,
        "file": null,
        "filename": "a.jsonl",
        "id": upload["id"],
        "object": "upload",
        "purpose": "batch",
        "status": "pending",
    });
    assert_eq!(upload, expected);
    let one = add(&emulator, id(&upload), b"tail\n").json();
    let two = add(&emulator, id(&upload), b"head").json();
    assert_eq!(
        one,
        json!({
            "created_at": one["created_at"], "id": one["id"], "object": "upload.part", "upload_id": upload["id"],
        })
    );
    let done = complete(&emulator, id(&upload), &[&two["id"], &one["id"]]).json();
    assert_eq!(done["status"], "completed");
    assert_eq!(done["file"]["status"], "processed");
    assert_eq!(done["file"]["bytes"], 9);
    let content = format!("GET /openai/v1/files/{}/content", id(&done["file"]));
    assert_eq!(request(&emulator, &content).send().body, "headtail\n");
    let message = format!("The upload '{}' is completed.", id(&upload));
    let late = add(&emulator, id(&upload), b"x");
    assert_refused(&late, 409, "unexpectedEntityState", &message);
}

#[tokio::test]
async fn what_does_not_add_up_is_refused() {
    let emulator = start().await;
    let upload = create(&emulator, 4);
    let part = add(&emulator, id(&upload), b"abc").json();
    assert_refused(
        &add(&emulator, id(&upload), b"de"),
        400,
        "invalidPayload",
        "The parts have more bytes than the 4 that the upload was created for.",
    );
    assert_refused(
        &complete(&emulator, id(&upload), &[&part["id"]]),
        400,
        "invalidPayload",
        "The parts have 3 bytes together, but the upload was created for 4.",
    );
    assert_refused(
        &complete(&emulator, id(&upload), &[&json!("part_0")]),
        400,
        "invalidPayload",
        "The upload has no part 'part_0'.",
    );
    let whole = add(&emulator, id(&upload), b"d").json();
    let line = format!("POST /openai/v1/uploads/{}/complete", id(&upload));
    let with_md5 = |md5: &str| {
        let body = json!({"part_ids": [part["id"], whole["id"]], "md5": md5});
        request(&emulator, &line).json(&body).send()
    };
    assert_refused(
        &with_md5("0"),
        400,
        "invalidPayload",
        "The parts do not have the MD5 checksum that was given.",
    );
    let message = "The specified upload 'upload_0' was not found.";
    assert_refused(&add(&emulator, "upload_0", b"x"), 404, "notFound", message);
    let empty = complete(&emulator, id(&upload), &[]);
    assert_eq!(empty.json()["error"]["code"], "empty_array");
    let done = with_md5("E2FC714C4727EE9395F324CD2E7F331F").json();
    assert_eq!(done["status"], "completed");
}

#[tokio::test]
async fn an_upload_is_cancelled_or_expires() {
    let emulator = start().await;
    let cancelled = create(&emulator, 4);
    let path = format!("POST /openai/v1/uploads/{}/cancel", id(&cancelled));
    assert_eq!(
        request(&emulator, &path).send().json()["status"],
        "cancelled"
    );
    let message = format!("The upload '{}' is cancelled.", id(&cancelled));
    let again = request(&emulator, &path).send();
    assert_refused(&again, 409, "unexpectedEntityState", &message);

    let expired = create(&emulator, 4);
    emulator.advance(Duration::from_secs(7200));
    let message = format!("The upload '{}' is expired.", id(&expired));
    let late = add(&emulator, id(&expired), b"abcd");
    assert_refused(&late, 409, "unexpectedEntityState", &message);
}

#[tokio::test]
async fn the_dated_surface_tells_the_block() {
    let emulator = start().await;
    let upload = create(&emulator, 4);
    let line = format!(
        "POST /openai/uploads/{}/parts?api-version=2024-10-21",
        id(&upload)
    );
    let head = "\"data\"; filename=\"part\"";
    let part = request(&emulator, &line).form(&[(head, b"abcd")]).send();
    assert_eq!(part.json()["azure_block_id"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn an_upload_is_completed_once() {
    let emulator = start().await;
    let upload = create(&emulator, 4);
    let part = add(&emulator, id(&upload), b"abcd").json();
    let parts = [&part["id"]];
    assert_eq!(complete(&emulator, id(&upload), &parts).status, 200);
    let message = format!("The upload '{}' is completed.", id(&upload));
    let again = complete(&emulator, id(&upload), &parts);
    assert_refused(&again, 409, "unexpectedEntityState", &message);
    let path = format!("POST /openai/v1/uploads/{}/cancel", id(&upload));
    let late = request(&emulator, &path).send();
    assert_refused(&late, 409, "unexpectedEntityState", &message);
    for line in [
        "POST /openai/v1/uploads/upload_0/complete",
        "POST /openai/v1/uploads/upload_0/cancel",
    ] {
        let body = json!({"part_ids": ["part_0"]});
        let missing = request(&emulator, line).json(&body).send();
        let message = "The specified upload 'upload_0' was not found.";
        assert_refused(&missing, 404, "notFound", message);
    }
}

//! Containers and their files.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const CONTAINERS: &str = "/openai/v1/containers";

#[track_caller]
fn assert_missing(answer: &Answer, message: &str) {
    assert_eq!(answer.status, 404, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({"error": {
            "message": message, "type": "invalid_request_error", "param": null, "code": null,
        }})
    );
}

#[tokio::test]
async fn a_container_has_files() {
    let emulator = start().await;
    let kept = crate::files::upload(&emulator, "assistants", b"kept");
    let post = |path: &str, body: &Value| {
        request(&emulator, &format!("POST {CONTAINERS}{path}"))
            .json(body)
            .send()
    };
    let container = post("", &json!({"name": "box", "file_ids": [kept["id"]]})).json();
    let id = container["id"].as_str().unwrap();
    let at = container["created_at"].clone();
    assert_eq!(
        container,
        json!({
            "created_at": at,
            "expires_after": {"anchor": "last_active_at", "minutes": 20},
            "id": id,
            "last_active_at": at,
            "memory_limit": "1g",
            "name": "box",
            "object": "container",
            "status": "running",
        })
    );
    let files = format!("{CONTAINERS}/{id}/files");
    let head = "\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv";
    let line = format!("POST {files}");
    let added = request(&emulator, &line)
        .form(&[(head, b"1,2\n")])
        .send()
        .json();
    let file = added["id"].as_str().unwrap();
    assert_eq!(
        added,
        json!({
            "bytes": 4,
            "container_id": id,
            "created_at": added["created_at"],
            "id": file,
            "object": "container.file",
            "path": "/mnt/data/a.csv",
            "source": "user",
        })
    );
    let by_id = [("\"file_id\"", kept["id"].as_str().unwrap().as_bytes())];
    let copied = request(&emulator, &line).form(&by_id).send().json();
    assert_eq!(copied["path"], "/mnt/data/a.jsonl");
    let get = |path: &str| request(&emulator, &format!("GET {path}")).send();
    assert_eq!(get(&files).json()["data"].as_array().unwrap().len(), 3);
    assert_eq!(get(&format!("{files}/{file}")).json(), added);
    assert_eq!(get(&format!("{files}/{file}/content")).body, "1,2\n");
    let line = format!("DELETE {files}/{file}");
    assert_eq!(
        request(&emulator, &line).send().json(),
        json!({"deleted": true, "id": file, "object": "container.file.deleted"})
    );
    let message = format!("File {file} not found on container {id}.");
    assert_missing(&get(&format!("{files}/{file}")), &message);
    assert_missing(&get(&format!("{files}/{file}/content")), &message);

    let neither = request(&emulator, &format!("POST {files}"))
        .form(&[])
        .send();
    assert_eq!(
        neither.json()["error"]["code"],
        "missing_required_parameter"
    );
    assert_missing(
        &request(&emulator, &format!("POST {files}"))
            .form(&[("\"file_id\"", b"file-0")])
            .send(),
        "Files [file-0] were not found",
    );
}

#[tokio::test]
async fn five_minutes_may_be_written_as_a_decimal() {
    let emulator = start().await;
    let body = r#"{"name": "box", "expires_after": {"anchor": "last_active_at", "minutes": 5.0}}"#;
    let line = format!("POST {CONTAINERS}");
    let container = request(&emulator, &line).text(body).send().json();
    assert_eq!(container["expires_after"]["minutes"], 5);
}

#[tokio::test]
async fn a_container_expires_when_nobody_uses_it() {
    let emulator = start().await;
    let body = json!({"name": "box", "expires_after": {"anchor": "last_active_at", "minutes": 5}});
    let line = format!("POST {CONTAINERS}");
    let container = request(&emulator, &line).json(&body).send().json();
    let id = container["id"].as_str().unwrap();
    let get = |path: &str| request(&emulator, &format!("GET {CONTAINERS}/{id}{path}")).send();
    emulator.advance(Duration::from_secs(240));
    assert_eq!(get("/files").status, 200);
    emulator.advance(Duration::from_secs(240));
    assert_eq!(get("").json()["status"], "running");
    emulator.advance(Duration::from_secs(60));
    assert_eq!(get("").json()["status"], "expired");
    let late = get("/files");
    assert_eq!(
        (late.status, late.json()["error"]["message"].clone()),
        (400, json!("Container is expired."))
    );

    let list = request(&emulator, &format!("GET {CONTAINERS}?limit=1&order=asc"))
        .send()
        .json();
    assert_eq!(
        (&list["first_id"], &list["has_more"]),
        (&json!(id), &json!(false))
    );
    let line = format!("DELETE {CONTAINERS}/{id}");
    assert_eq!(
        request(&emulator, &line).send().json(),
        json!({"deleted": true, "id": id, "object": "container.deleted"})
    );
    assert_missing(&get(""), &format!("Container with id '{id}' not found."));
    let dated = request(&emulator, "GET /openai/containers?api-version=2024-10-21").send();
    assert_eq!(
        dated.body,
        r#"{"error":{"code":"404","message": "Resource not found"}}"#
    );
    let line = format!("POST {CONTAINERS}");
    let unknown = request(&emulator, &line).json(&json!({"name": "x", "size": 1}));
    assert_eq!(
        unknown.send().json()["error"]["message"],
        "Unknown parameter: 'size'."
    );
}

#[tokio::test]
async fn a_container_goes_once() {
    let emulator = start().await;
    let line = "POST /openai/v1/containers";
    let made = request(&emulator, line).json(&json!({"name": "a"})).send();
    let made = made.json();
    let line = format!(
        "DELETE /openai/v1/containers/{}",
        made["id"].as_str().unwrap()
    );
    assert_eq!(request(&emulator, &line).send().status, 200);
    assert_eq!(request(&emulator, &line).send().status, 404);
}

//! Forms, and the files that come in them.

use std::time::Duration;

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const V1: &str = "POST /openai/v1/files";
const DATED: &str = "POST /openai/files?api-version=2024-10-21";

const LINES: &[u8] = b"{\"a\":1}\n";
const FILE: &str = "\"file\"; filename=\"a.jsonl\"\r\ncontent-type: application/jsonl";
const PURPOSE: (&str, &[u8]) = ("\"purpose\"", b"batch");

/// Uploads a file for a purpose on the v1 surface; what is said of it.
pub(crate) fn upload(emulator: &Emulator, purpose: &str, content: &[u8]) -> Value {
    let parts = [("\"purpose\"", purpose.as_bytes()), (FILE, content)];
    let answer = request(emulator, V1).form(&parts).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn get(emulator: &Emulator, path: &str) -> Answer {
    request(emulator, &format!("GET {path}")).send()
}

#[track_caller]
fn assert_error(answer: &Answer, status: u16, error: &Value) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.json(), json!({ "error": error }));
}

#[tokio::test]
async fn a_file_is_kept_looked_at_and_deleted() {
    let emulator = start().await;
    let file = upload(&emulator, "batch", LINES);
    let id = file["id"].as_str().unwrap();
    assert_eq!((id.len(), &id[..5]), (37, "file-"));
    let mut expected = json!({
        "bytes": 8,
        "created_at": file["created_at"],
        "filename": "a.jsonl",
        "id": id,
        "object": "file",
        "purpose": "batch",
        "status": "pending",
    });
    assert_eq!(file, expected);
    assert_eq!(
        get(&emulator, &format!("/openai/v1/files/{id}")).json(),
        expected
    );
    emulator.advance(Duration::from_secs(10));
    expected["status"] = json!("processed");
    assert_eq!(
        get(&emulator, &format!("/openai/v1/files/{id}")).json(),
        expected
    );
    let dated = format!("/openai/files/{id}?api-version=2024-10-21");
    assert_eq!(get(&emulator, &dated).json(), expected);
    let content = get(&emulator, &format!("/openai/v1/files/{id}/content"));
    assert_eq!(content.headers["content-type"], "application/octet-stream");
    assert_eq!(content.body.as_bytes(), LINES);

    let deleted = request(&emulator, &format!("DELETE /openai/v1/files/{id}")).send();
    assert_eq!(
        deleted.json(),
        json!({"deleted": true, "id": id, "object": "file"})
    );
    for path in [
        format!("/openai/v1/files/{id}"),
        format!("/openai/v1/files/{id}/content"),
    ] {
        let message = format!("The specified file '{id}' was not found.");
        let error = json!({"code": "notFound", "message": message});
        assert_error(&get(&emulator, &path), 404, &error);
    }
}

#[tokio::test]
async fn the_dated_surface_answers_201_and_204() {
    let emulator = start().await;
    let created = request(&emulator, DATED)
        .form(&[PURPOSE, (FILE, LINES)])
        .send();
    assert_eq!((created.status, created.reason.as_str()), (201, "Created"));
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let line = format!("DELETE /openai/files/{id}?api-version=2024-10-21");
    let deleted = request(&emulator, &line).send();
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert!(!deleted.headers.contains_key("content-type"), "{deleted:?}");
    assert_eq!(request(&emulator, &line).send().status, 404);
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let emulator = start().await;
    let mut ids = Vec::new();
    for purpose in ["batch", "evals", "batch", "batch"] {
        let file = upload(&emulator, purpose, LINES);
        ids.push(file["id"].as_str().unwrap().to_owned());
        emulator.advance(Duration::from_secs(1));
    }
    let page = |query: &str| {
        let page = get(&emulator, &format!("/openai/v1/files?{query}")).json();
        let data = page["data"].as_array().unwrap();
        let places: Vec<usize> = data
            .iter()
            .map(|file| ids.iter().position(|id| file["id"] == **id).unwrap())
            .collect();
        let id = |place: Option<&usize>| place.map_or(Value::Null, |place| json!(ids[*place]));
        assert_eq!(page["first_id"], id(places.first()), "{query}");
        assert_eq!(page["last_id"], id(places.last()), "{query}");
        (places, page["has_more"].as_bool().unwrap())
    };
    assert_eq!(page(""), (vec![3, 2, 1, 0], false));
    assert_eq!(page("order=asc"), (vec![0, 1, 2, 3], false));
    assert_eq!(page("limit=2"), (vec![3, 2], true));
    assert_eq!(
        page(&format!("limit=2&after={}", ids[2])),
        (vec![1, 0], false)
    );
    assert_eq!(
        page(&format!("limit=1&order=asc&after={}", ids[0])),
        (vec![1], true)
    );
    assert_eq!(page("purpose=batch"), (vec![3, 2, 0], false));
    assert_eq!(page("purpose=fine-tune"), (vec![], false));

    let dated = get(
        &emulator,
        "/openai/files?api-version=2024-10-21&purpose=evals",
    )
    .json();
    assert_eq!(dated["data"][0]["id"], ids[1]);
    assert_eq!(dated.as_object().unwrap().len(), 2, "{dated}");
}

#[tokio::test]
async fn a_query_is_checked_as_a_body_is() {
    let emulator = start().await;
    for (query, message, param, code) in [
        (
            "limit=0",
            "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            json!("limit"),
            "integer_below_min_value",
        ),
        (
            "limit=many",
            "Invalid type for 'limit': expected an integer, but got a string instead.",
            json!("limit"),
            "invalid_type",
        ),
        (
            "order=up",
            "Invalid value: 'up'. Supported values are: 'asc' and 'desc'.",
            json!("order"),
            "invalid_value",
        ),
        (
            "purpos=batch",
            "Unrecognized request argument supplied: purpos",
            Value::Null,
            "",
        ),
        (
            "after=file-0",
            "Invalid 'after': there is no object with the id 'file-0'.",
            json!("after"),
            "invalid_value",
        ),
    ] {
        let answer = get(&emulator, &format!("/openai/v1/files?{query}"));
        let error = json!({
            "message": message, "type": "invalid_request_error", "param": param, "code": code,
        });
        assert_error(&answer, 400, &error);
    }
}

#[tokio::test]
async fn a_form_is_checked_as_a_body_is() {
    let emulator = start().await;
    let expiry = |value: &'static [u8]| {
        [
            ("\"expires_after[anchor]\"", b"created_at".as_slice()),
            ("\"expires_after.seconds\"", value),
            PURPOSE,
            (FILE, LINES),
        ]
    };
    for (parts, message, param, code) in [
        (
            vec![PURPOSE],
            "Missing required parameter: 'file'.",
            json!("file"),
            json!("missing_required_parameter"),
        ),
        (
            vec![(FILE, LINES)],
            "Missing required parameter: 'purpose'.",
            json!("purpose"),
            json!("missing_required_parameter"),
        ),
        (
            vec![PURPOSE, ("\"file\"", LINES)],
            "Invalid type for 'file': expected a file, but got a string instead.",
            json!("file"),
            json!("invalid_type"),
        ),
        (
            vec![("\"purpose\"; filename=\"p\"", b"batch"), (FILE, LINES)],
            "Invalid type for 'purpose': expected a string, but got a file instead.",
            json!("purpose"),
            json!("invalid_type"),
        ),
        (
            vec![PURPOSE, (FILE, LINES), ("\"puprose\"", b"batch")],
            "Unrecognized request argument supplied: puprose",
            Value::Null,
            json!(""),
        ),
        (
            vec![PURPOSE, (FILE, LINES), ("\"mask\"; filename=\"m\"", b"m")],
            "Unrecognized request argument supplied: mask",
            Value::Null,
            json!(""),
        ),
        (
            expiry(b"60").to_vec(),
            "Invalid 'expires_after.seconds': integer below minimum value. Expected a value >= \
             1209600, but got 60 instead.",
            json!("expires_after.seconds"),
            json!("integer_below_min_value"),
        ),
        (
            expiry(b"soon").to_vec(),
            "Invalid type for 'expires_after.seconds': expected an integer, but got a string \
             instead.",
            json!("expires_after.seconds"),
            json!("invalid_type"),
        ),
    ] {
        let answer = request(&emulator, V1).form(&parts).send();
        let error = json!({
            "message": message, "type": "invalid_request_error", "param": param, "code": code,
        });
        assert_error(&answer, 400, &error);
    }
    let kept = request(&emulator, V1)
        .form(&expiry(b"1209600"))
        .send()
        .json();
    let made = kept["created_at"].as_u64().unwrap();
    assert_eq!(kept["expires_at"], made + 1_209_600);
    emulator.advance(Duration::from_secs(1_209_600));
    let gone = get(
        &emulator,
        &format!("/openai/v1/files/{}", kept["id"].as_str().unwrap()),
    );
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn two_weeks_may_be_written_as_a_decimal() {
    let emulator = start().await;
    let parts = [
        ("\"expires_after.anchor\"", b"created_at".as_slice()),
        ("\"expires_after.seconds\"", b"1209600.0"),
        PURPOSE,
        (FILE, LINES),
    ];
    let file = request(&emulator, V1).form(&parts).send().json();
    let created = file["created_at"].as_u64().unwrap();
    assert_eq!(file["expires_at"], created + 1_209_600);
}

#[tokio::test]
async fn only_a_form_is_a_form() {
    let emulator = start().await;
    let unsupported = |sent: &str, taken: &str| {
        let message = format!(
            "Unsupported content type: '{sent}'. This API method only accepts '{taken}' requests, \
             but you specified the header 'Content-Type: {sent}'. Please try again with a \
             supported content type."
        );
        json!({
            "message": message,
            "type": "invalid_request_error",
            "param": null,
            "code": "unsupported_content_type",
        })
    };
    let (json, form) = ("application/json", "multipart/form-data");
    let sent = request(&emulator, V1)
        .header("content-type", json)
        .text("{}");
    assert_error(&sent.send(), 400, &unsupported(json, form));
    let chat = request(&emulator, crate::support::CHAT).form(&[PURPOSE]);
    assert_error(&chat.send(), 400, &unsupported(form, json));

    let broken = json!({
        "message": "Could not parse multipart form",
        "type": "invalid_request_error",
        "param": null,
        "code": null,
    });
    for (kind, body) in [
        (form, "--limit--"),
        ("multipart/form-data; boundary=limit", ""),
        (
            "multipart/form-data; boundary=limit",
            "--limit\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbat",
        ),
        (
            "multipart/form-data; boundary=limit",
            "{\"purpose\": \"batch\"}",
        ),
    ] {
        let sent = request(&emulator, V1)
            .header("content-type", kind)
            .text(body);
        assert_error(&sent.send(), 400, &broken);
    }
    let many: Vec<(&str, &[u8])> = vec![PURPOSE; 1001];
    assert_error(&request(&emulator, V1).form(&many).send(), 400, &broken);
}

#[tokio::test]
async fn a_media_type_is_written_in_any_case() {
    let emulator = start().await;
    let form = "--limit\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--limit\r\n\
                 content-disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\
                 content-type: application/jsonl\r\n\r\n{}\r\n--limit--\r\n";
    for (kind, status) in [
        ("Multipart/Form-Data; boundary=limit", 200),
        ("multipart/form-data;Boundary=\"limit\"", 200),
        ("multipart/form-database; boundary=limit", 400),
    ] {
        let sent = request(&emulator, V1).header("content-type", kind);
        let answer = sent.text(form).send();
        assert_eq!(answer.status, status, "{kind}: {answer:?}");
    }
}

#[tokio::test]
async fn files_that_the_service_does_not_take() {
    let emulator = start().await;
    let bare = "\"file\"; filename=\"a.jsonl\"";
    for (line, parts, message) in [
        (
            V1,
            [PURPOSE, (bare, LINES)],
            "The file has no or an empty content type specified.",
        ),
        (V1, [PURPOSE, (FILE, b"")], "The file is empty."),
        (
            V1,
            [("\"purpose\"", b"vision"), (FILE, LINES)],
            "Invalid value for purpose.",
        ),
        (
            "POST /openai/files?api-version=2024-06-01",
            [PURPOSE, (FILE, LINES)],
            "Invalid value for purpose.",
        ),
        (
            DATED,
            [("\"purpose\"", b"evals"), (FILE, LINES)],
            "Invalid value for purpose.",
        ),
    ] {
        let answer = request(&emulator, line).form(&parts).send();
        let error = json!({"code": "invalidPayload", "message": message});
        assert_error(&answer, 400, &error);
    }
}

#[tokio::test]
async fn training_data_that_is_no_json_turns_out_to_be_an_error() {
    let emulator = start().await;
    let file = upload(&emulator, "fine-tune", b"{\"messages\":[]}\n\nno json\n");
    assert_eq!(file["status"], "pending");
    emulator.advance(Duration::from_secs(10));
    let file = get(
        &emulator,
        &format!("/openai/v1/files/{}", file["id"].as_str().unwrap()),
    );
    let file = file.json();
    assert_eq!(file["status"], "error");
    assert_eq!(
        file["status_details"],
        "Validation of jsonl file failed: line 3 is not a valid JSON object."
    );
}

#[tokio::test]
async fn a_list_has_what_was_made_until_now_in_its_order() {
    let emulator = start().await;
    let uploaded = |call: &str| {
        let parts = [PURPOSE, (FILE, LINES)];
        let answer = request(&emulator, V1)
            .header("x-ms-client-request-id", call)
            .form(&parts)
            .send();
        answer.json()["id"].clone()
    };
    emulator.advance_for("later", Duration::from_secs(1000));
    let tomorrow = uploaded("later/1");
    let today = uploaded("now/1");
    let listed = |call: &str| {
        let list = request(&emulator, "GET /openai/v1/files?order=asc")
            .header("x-ms-client-request-id", call)
            .send()
            .json();
        let files = list["data"].as_array().unwrap().clone();
        files
            .iter()
            .map(|file| file["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed("later/2"), [today.clone(), tomorrow.clone()]);
    assert_eq!(listed("now/2"), [today]);
    let line = format!("GET /openai/v1/files/{}", tomorrow.as_str().unwrap());
    assert_eq!(request(&emulator, &line).send().status, 404);
}

#[tokio::test]
async fn a_purpose_is_known_from_its_version_on() {
    let emulator = start().await;
    for (purpose, before, first) in [
        ("assistants", "2024-02-01", "2024-02-15-preview"),
        ("batch", "2024-06-01", "2024-07-01-preview"),
        ("evals", "2025-03-01-preview", "2025-04-01-preview"),
    ] {
        let send = |version: &str| {
            let line = format!("POST /openai/files?api-version={version}");
            let parts = [("\"purpose\"", purpose.as_bytes()), (FILE, LINES)];
            request(&emulator, &line).form(&parts).send()
        };
        assert_error(
            &send(before),
            400,
            &json!({"code": "invalidPayload", "message": "Invalid value for purpose."}),
        );
        assert_eq!(send(first).status, 201, "{purpose}");
    }
}

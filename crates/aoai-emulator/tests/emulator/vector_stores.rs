//! Vector stores: counts, searches, batches of files, the end of them.

use std::time::Duration;

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const STORES: &str = "/openai/v1/vector_stores";

fn upload(emulator: &Emulator, name: &str, content: &str) -> String {
    let head = format!("\"file\"; filename=\"{name}\"\r\ncontent-type: text/plain");
    let parts = [
        ("\"purpose\"", b"assistants".as_slice()),
        (&head, content.as_bytes()),
    ];
    let answer = request(emulator, "POST /openai/v1/files")
        .form(&parts)
        .send();
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn send(emulator: &Emulator, line: &str, body: &Value) -> Answer {
    let request = request(emulator, line);
    if body.is_null() {
        request.send()
    } else {
        request.json(body).send()
    }
}

fn post(emulator: &Emulator, path: &str, body: &Value) -> Value {
    let answer = send(emulator, &format!("POST {STORES}{path}"), body);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn get(emulator: &Emulator, path: &str) -> Value {
    let answer = send(emulator, &format!("GET {STORES}{path}"), &Value::Null);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

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
async fn a_store_counts_its_files() {
    let emulator = start().await;
    let text = upload(&emulator, "tides.md", "Low tide is at six.");
    let data = upload(&emulator, "tides.csv", "1,2");
    let body = json!({"name": "tides", "file_ids": [text, data], "metadata": {"a": "b"}});
    let store = post(&emulator, "", &body);
    let id = store["id"].as_str().unwrap();
    let at = store["created_at"].as_u64().unwrap();
    let mut expected = json!({
        "created_at": at,
        "expires_after": null,
        "expires_at": null,
        "file_counts": {"cancelled": 0, "completed": 0, "failed": 0, "in_progress": 2, "total": 2},
        "id": id,
        "last_active_at": at,
        "metadata": {"a": "b"},
        "name": "tides",
        "object": "vector_store",
        "status": "in_progress",
        "usage_bytes": 0,
    });
    assert_eq!(store, expected);
    emulator.advance(Duration::from_secs(10));
    expected["file_counts"] =
        json!({"cancelled": 0, "completed": 1, "failed": 1, "in_progress": 0, "total": 2});
    expected["status"] = json!("completed");
    expected["usage_bytes"] = json!(19);
    assert_eq!(get(&emulator, &format!("/{id}")), expected);

    let file = get(&emulator, &format!("/{id}/files/{text}"));
    let chunking = json!({
        "static": {"chunk_overlap_tokens": 400, "max_chunk_size_tokens": 800}, "type": "static",
    });
    let described = json!({
        "attributes": {},
        "chunking_strategy": chunking,
        "created_at": at,
        "id": text,
        "last_error": null,
        "object": "vector_store.file",
        "status": "completed",
        "usage_bytes": 19,
        "vector_store_id": id,
    });
    assert_eq!(file, described);
    let failed = get(&emulator, &format!("/{id}/files?filter=failed"));
    assert_eq!(
        failed["data"][0]["last_error"],
        json!({
            "code": "unsupported_file",
            "message": "Files with extensions [.csv] are not supported.",
        })
    );
    assert_eq!(failed["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        get(&emulator, &format!("/{id}/files/{text}/content")),
        json!({
            "data": [{"text": "Low tide is at six.", "type": "text"}],
            "has_more": false,
            "next_page": null,
            "object": "vector_store.file_content.page",
        })
    );
}

#[tokio::test]
async fn a_search_finds_what_shares_words() {
    let emulator = start().await;
    let text = "Low tide is at six.\n\nHigh tide is at noon, and never before.";
    let one = upload(&emulator, "tides.md", text);
    let two = upload(&emulator, "moon.txt", "The moon makes the tide.");
    let store = post(&emulator, "", &json!({}));
    let id = store["id"].as_str().unwrap();
    let add = |file: &str, year: u64| {
        let body = json!({"file_id": file, "attributes": {"year": year}});
        post(&emulator, &format!("/{id}/files"), &body)
    };
    add(&one, 2023);
    add(&two, 2024);
    let search = |mut body: Value| {
        if body["query"].is_null() {
            body["query"] = json!("LOW tide?");
        }
        let found = post(&emulator, &format!("/{id}/search"), &body);
        let data = found["data"].as_array().unwrap().clone();
        data.iter()
            .map(|it| json!([it["filename"], it["score"], it["content"][0]["text"]]))
            .collect::<Vec<_>>()
    };
    assert!(
        search(json!({})).is_empty(),
        "nothing is found before it is ready"
    );
    emulator.advance(Duration::from_secs(10));
    let low = json!(["tides.md", 1.0, "Low tide is at six."]);
    let high = json!(["tides.md", 0.5, "High tide is at noon, and never before."]);
    let moon = json!(["moon.txt", 0.5, "The moon makes the tide."]);
    assert_eq!(search(json!({})), [low.clone(), high.clone(), moon.clone()]);
    let low_only = std::slice::from_ref(&low);
    assert_eq!(search(json!({"max_num_results": 1})), low_only);
    let strict = json!({"ranking_options": {"score_threshold": 0.6}});
    assert_eq!(search(strict), low_only);
    let year = |kind: &str, value: Value| json!({"type": kind, "key": "year", "value": value});
    for (filter, found) in [
        (year("eq", json!(2024)), vec![&moon]),
        (year("ne", json!(2024)), vec![&low, &high]),
        (year("gt", json!(2023)), vec![&moon]),
        (year("gte", json!(2023)), vec![&low, &high, &moon]),
        (year("lt", json!(2023)), vec![]),
        (year("lte", json!(2023)), vec![&low, &high]),
        (year("in", json!([2024])), vec![&moon]),
        (year("nin", json!([2024])), vec![&low, &high]),
        (
            json!({"type": "and", "filters": [year("gt", json!(2000)), year("lt", json!(2024))]}),
            vec![&low, &high],
        ),
        (
            json!({"type": "or", "filters": [year("eq", json!(1)), year("eq", json!(2024))]}),
            vec![&moon],
        ),
    ] {
        let results = search(json!({"filters": filter}));
        assert_eq!(results.iter().collect::<Vec<_>>(), found, "{filter}");
    }
    assert_eq!(search(json!({"query": ["moon", "sun"]})).len(), 1);

    let whole = post(
        &emulator,
        &format!("/{id}/search"),
        &json!({"query": "moon"}),
    );
    assert_eq!(
        whole,
        json!({
            "data": [{
                "attributes": {"year": 2024},
                "content": [{"text": "The moon makes the tide.", "type": "text"}],
                "file_id": two,
                "filename": "moon.txt",
                "score": 1.0,
            }],
            "has_more": false,
            "next_page": null,
            "object": "vector_store.search_results.page",
            "search_query": ["moon"],
        })
    );
    let wrong = json!({"query": "x", "filters": {"type": "like", "key": "year", "value": 1}});
    let wrong = send(&emulator, &format!("POST {STORES}/{id}/search"), &wrong);
    assert_eq!(
        (wrong.status, wrong.json()["error"]["param"].clone()),
        (400, json!("filters"))
    );
}

#[tokio::test]
async fn files_are_changed_and_taken_out() {
    let emulator = start().await;
    let file = upload(&emulator, "a.txt", "a");
    let store = post(&emulator, "", &json!({"file_ids": [file]}));
    let id = store["id"].as_str().unwrap();
    let path = format!("/{id}/files/{file}");
    let changed = post(&emulator, &path, &json!({"attributes": {"year": 2025}}));
    assert_eq!(changed["attributes"], json!({"year": 2025}));
    let cleared = post(&emulator, &path, &json!({"attributes": null}));
    assert_eq!(cleared["attributes"], json!({}));
    let deleted = send(&emulator, &format!("DELETE {STORES}{path}"), &Value::Null);
    assert_eq!(
        deleted.json(),
        json!({"deleted": true, "id": file, "object": "vector_store.file.deleted"})
    );
    let gone = send(&emulator, &format!("GET {STORES}{path}"), &Value::Null);
    assert_missing(
        &gone,
        &format!("No file found with id '{file}' in vector store '{id}'."),
    );
    // The file itself is still there.
    let kept = request(&emulator, &format!("GET /openai/v1/files/{file}")).send();
    assert_eq!(kept.status, 200);
}

#[tokio::test]
async fn files_come_together_and_are_called_off_together() {
    let emulator = start().await;
    let files: Vec<String> = ["a.txt", "b.txt", "c.csv"]
        .iter()
        .map(|name| upload(&emulator, name, "x"))
        .collect();
    let store = post(&emulator, "", &json!({}));
    let id = store["id"].as_str().unwrap();
    let batches = format!("/{id}/file_batches");
    let batch = post(&emulator, &batches, &json!({"file_ids": files[..2]}));
    let of = |batch: &Value| format!("{batches}/{}", batch["id"].as_str().unwrap());
    let mut expected = json!({
        "created_at": batch["created_at"],
        "file_counts": {"cancelled": 0, "completed": 0, "failed": 0, "in_progress": 2, "total": 2},
        "id": batch["id"],
        "object": "vector_store.files_batch",
        "status": "in_progress",
        "vector_store_id": id,
    });
    assert_eq!(batch, expected);
    emulator.advance(Duration::from_secs(10));
    expected["status"] = json!("completed");
    expected["file_counts"] =
        json!({"cancelled": 0, "completed": 2, "failed": 0, "in_progress": 0, "total": 2});
    assert_eq!(get(&emulator, &of(&batch)), expected);
    let listed = get(
        &emulator,
        &format!("{}/files?limit=1&order=asc", of(&batch)),
    );
    assert_eq!(
        (&listed["data"][0]["id"], &listed["has_more"]),
        (&json!(files[0]), &json!(true))
    );

    let entries = json!({"files": [{"file_id": files[2], "attributes": {"n": 1}}]});
    let second = post(&emulator, &batches, &entries);
    let cancelled = post(&emulator, &format!("{}/cancel", of(&second)), &Value::Null);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["file_counts"]["cancelled"], 1);
    let file = get(&emulator, &format!("/{id}/files/{}", files[2]));
    assert_eq!(
        (&file["status"], &file["attributes"]),
        (&json!("cancelled"), &json!({"n": 1}))
    );

    let none = send(&emulator, &format!("POST {STORES}{batches}"), &json!({}));
    assert_eq!(none.json()["error"]["code"], "missing_required_parameter");
    let missing = send(
        &emulator,
        &format!("GET {STORES}{batches}/vsfb_0"),
        &Value::Null,
    );
    let message = format!("No file batch found with id 'vsfb_0' in vector store '{id}'.");
    assert_missing(&missing, &message);
}

#[tokio::test]
async fn a_store_is_changed_expires_and_goes() {
    let emulator = start().await;
    let expiry = json!({"anchor": "last_active_at", "days": 1});
    let store = post(&emulator, "", &json!({"expires_after": expiry}));
    let id = store["id"].as_str().unwrap();
    let at = store["created_at"].as_u64().unwrap();
    assert_eq!(store["expires_at"], at + 86_400);
    let changed = post(&emulator, &format!("/{id}"), &json!({"name": "new"}));
    assert_eq!(changed["name"], "new");
    emulator.advance(Duration::from_secs(86_400));
    assert_eq!(get(&emulator, &format!("/{id}"))["status"], "expired");
    let late = send(
        &emulator,
        &format!("POST {STORES}/{id}/search"),
        &json!({"query": "x"}),
    );
    assert_eq!(
        late.json()["error"]["message"],
        format!("Vector store '{id}' is expired.")
    );
    let line = format!("DELETE {STORES}/{id}");
    let deleted = send(&emulator, &line, &Value::Null).json();
    assert_eq!(
        deleted,
        json!({"deleted": true, "id": id, "object": "vector_store.deleted"})
    );
    let again = send(&emulator, &line, &Value::Null);
    assert_missing(&again, &format!("Vector store with id '{id}' not found."));

    let unknown = json!({"file_ids": ["file-0", "file-1"]});
    let unknown = send(&emulator, &format!("POST {STORES}"), &unknown);
    assert_missing(&unknown, "Files [file-0, file-1] were not found");
    let metadata: Value = (0..17).map(|n| (n.to_string(), json!("x"))).collect();
    let many = send(
        &emulator,
        &format!("POST {STORES}"),
        &json!({"metadata": metadata}),
    );
    assert_eq!(
        many.json()["error"]["message"],
        "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, \
         but got an object with 17 properties instead."
    );
    let long = send(
        &emulator,
        &format!("POST {STORES}"),
        &json!({"metadata": {"a": "x".repeat(513)}}),
    );
    assert_eq!(long.json()["error"]["code"], "string_above_max_length");
}

#[tokio::test]
async fn three_days_may_be_written_as_a_decimal() {
    let emulator = start().await;
    let body = r#"{"expires_after": {"anchor": "last_active_at", "days": 3.0}}"#;
    let line = "POST /openai/v1/vector_stores";
    let store = request(&emulator, line).text(body).send().json();
    let created = store["created_at"].as_u64().unwrap();
    assert_eq!(store["expires_at"], created + 3 * 86_400);
}

#[tokio::test]
async fn stores_are_listed_between_others() {
    let emulator = start().await;
    let ids: Vec<String> = (0..4)
        .map(|_| {
            let store = post(&emulator, "", &json!({}));
            emulator.advance(Duration::from_secs(1));
            store["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let page = |query: &str| {
        let list = get(&emulator, query);
        let data = list["data"].as_array().unwrap().clone();
        let place = |it: &Value| ids.iter().position(|id| it["id"] == **id).unwrap();
        let places: Vec<usize> = data.iter().map(place).collect();
        (places, list["has_more"].as_bool().unwrap())
    };
    assert_eq!(page(""), (vec![3, 2, 1, 0], false));
    assert_eq!(page("?order=asc&limit=3"), (vec![0, 1, 2], true));
    assert_eq!(page(&format!("?before={}", ids[1])), (vec![3, 2], false));
    assert_eq!(
        page(&format!("?before={}&limit=1", ids[1])),
        (vec![2], true)
    );
    assert_eq!(
        page(&format!("?after={}&before={}", ids[3], ids[0])),
        (vec![2, 1], false)
    );
    assert_eq!(
        page(&format!("?after={}&before={}", ids[0], ids[3])),
        (vec![], false)
    );
}

#[tokio::test]
async fn what_is_changed_of_a_store_is_kept() {
    let emulator = start().await;
    let store = post(&emulator, "", &json!({"metadata": {"a": "b"}}));
    let path = format!("/{}", store["id"].as_str().unwrap());
    let at = store["last_active_at"].as_u64().unwrap();
    let expiry = json!({"anchor": "last_active_at", "days": 2});
    let changed = post(&emulator, &path, &json!({"expires_after": expiry}));
    assert_eq!(
        (&changed["expires_after"], &changed["expires_at"]),
        (&expiry, &json!(at + 2 * 86_400))
    );
    for (metadata, expected) in [
        (json!({"c": "d"}), json!({"c": "d"})),
        (Value::Null, json!({})),
    ] {
        let changed = post(&emulator, &path, &json!({"metadata": metadata}));
        assert_eq!(changed["metadata"], expected);
        assert_eq!(get(&emulator, &path), changed);
    }
}

#[tokio::test]
async fn a_store_that_is_used_stays() {
    let emulator = start().await;
    let expiry = json!({"anchor": "last_active_at", "days": 1});
    let store = post(&emulator, "", &json!({"expires_after": expiry}));
    let path = format!("/{}", store["id"].as_str().unwrap());
    for _ in 0..2 {
        emulator.advance(Duration::from_secs(50_000));
        post(&emulator, &format!("{path}/search"), &json!({"query": "x"}));
    }
    let used = get(&emulator, &path);
    let moved = used["last_active_at"].as_u64().unwrap() - store["created_at"].as_u64().unwrap();
    assert!((100_000..100_060).contains(&moved), "{used}");
    assert_eq!(used["status"], "completed");
}

#[tokio::test]
async fn a_file_is_cut_into_pieces_as_it_is_asked_for() {
    let emulator = start().await;
    let paragraph = "word ".repeat(100);
    let file = upload(&emulator, "a.txt", &paragraph);
    let cut = json!({
        "type": "static",
        "static": {"chunk_overlap_tokens": 0, "max_chunk_size_tokens": 100},
    });
    let usual = json!({
        "type": "static",
        "static": {"chunk_overlap_tokens": 400, "max_chunk_size_tokens": 800},
    });
    for (given, told, pieces) in [
        (Some(&cut), &cut, 2),
        (Some(&json!({"type": "auto"})), &usual, 1),
        (None, &usual, 1),
    ] {
        let store = post(&emulator, "", &json!({}));
        let path = format!("/{}", store["id"].as_str().unwrap());
        let mut body = json!({"file_id": file, "attributes": null});
        if let Some(strategy) = given {
            body["chunking_strategy"] = strategy.clone();
        }
        let added = post(&emulator, &format!("{path}/files"), &body);
        assert_eq!(added["chunking_strategy"], *told);
        assert_eq!(
            (&added["attributes"], &added["last_error"]),
            (&json!({}), &Value::Null)
        );
        emulator.advance(Duration::from_secs(10));
        let found = post(
            &emulator,
            &format!("{path}/search"),
            &json!({"query": "word"}),
        );
        assert_eq!(found["data"].as_array().unwrap().len(), pieces, "{told}");
    }
}

#[tokio::test]
async fn a_batch_ends_as_its_files_do() {
    let emulator = start().await;
    let [text, table] = ["a.txt", "b.csv"].map(|name| upload(&emulator, name, "x"));
    for (files, expected) in [
        (vec![&text], "completed"),
        (vec![&table], "failed"),
        (vec![&text, &table], "completed"),
    ] {
        let store = post(&emulator, "", &json!({}));
        let batches = format!("/{}/file_batches", store["id"].as_str().unwrap());
        let batch = post(&emulator, &batches, &json!({"file_ids": files}));
        let path = format!("{batches}/{}", batch["id"].as_str().unwrap());
        emulator.advance(Duration::from_secs(10));
        assert_eq!(get(&emulator, &path)["status"], expected, "{files:?}");
        // There is nothing left to be called off.
        let late = post(&emulator, &format!("{path}/cancel"), &Value::Null);
        assert_eq!(late["status"], expected, "{files:?}");
    }
}

#[tokio::test]
async fn a_file_is_in_a_store_once_and_in_the_batch_that_came_last() {
    let emulator = start().await;
    let [one, other] = ["a.txt", "b.txt"].map(|name| upload(&emulator, name, "x"));
    let store = post(&emulator, "", &json!({"file_ids": [one]}));
    let path = format!("/{}", store["id"].as_str().unwrap());
    let listed = |path: &str| {
        let list = get(&emulator, path);
        let files = list["data"].as_array().unwrap().clone();
        let mut ids: Vec<String> = files
            .iter()
            .map(|file| file["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let body = json!({"file_id": one, "attributes": {"n": 1}});
    let added = post(&emulator, &format!("{path}/files"), &body);
    assert_eq!(
        (&added["id"], &added["attributes"], &added["status"]),
        (&json!(one), &json!({"n": 1}), &json!("in_progress"))
    );
    assert_eq!(listed(&format!("{path}/files")), [one.as_str()]);
    let batches = format!("{path}/file_batches");
    let batch = post(&emulator, &batches, &json!({"file_ids": [other]}));
    let of_batch = format!("{batches}/{}/files", batch["id"].as_str().unwrap());
    assert_eq!(listed(&of_batch), [other.as_str()]);
    let mut both = [one.clone(), other.clone()];
    both.sort();
    assert_eq!(listed(&format!("{path}/files")), both);
    post(&emulator, &batches, &json!({"file_ids": [other]}));
    assert_eq!(listed(&of_batch), Vec::<String>::new());
    assert_eq!(listed(&format!("{path}/files")), both);
}

#[tokio::test]
async fn the_best_piece_comes_first_and_ten_come_at_most() {
    let emulator = start().await;
    let mut content = "red\n\nred blue\n\n".to_owned();
    content.push_str(&"green\n\n".repeat(11));
    let file = upload(&emulator, "a.txt", &content);
    let store = post(&emulator, "", &json!({"file_ids": [file]}));
    let path = format!("/{}/search", store["id"].as_str().unwrap());
    emulator.advance(Duration::from_secs(10));
    let search = |query: &str, more: &Value| {
        let mut body = json!({"query": query, "filters": null});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let found = post(&emulator, &path, &body);
        let results = found["data"].as_array().unwrap().clone();
        let results = results.iter().map(|result| {
            let text = result["content"][0]["text"].as_str().unwrap().to_owned();
            (text, result["score"].as_f64().unwrap())
        });
        results.collect::<Vec<_>>()
    };
    let none = json!({});
    let half = ("red".to_owned(), 0.5);
    let whole = ("red blue".to_owned(), 1.0);
    assert_eq!(search("blue red", &none), [whole.clone(), half.clone()]);
    for (threshold, expected) in [
        (0.5, vec![whole.clone(), half]),
        (0.51, vec![whole.clone()]),
        (1.0, vec![whole]),
    ] {
        let ranking = json!({"ranking_options": {"score_threshold": threshold}});
        assert_eq!(search("blue red", &ranking), expected, "{threshold}");
    }
    assert_eq!(search("green", &none).len(), 10);
    assert_eq!(search("green", &json!({"max_num_results": 11})).len(), 11);
    assert_eq!(search("?", &none), []);
}

#[tokio::test]
async fn a_filter_compares_numbers_however_they_are_written() {
    let emulator = start().await;
    let file = upload(&emulator, "a.txt", "tide");
    let store = post(&emulator, "", &json!({}));
    let path = format!("/{}", store["id"].as_str().unwrap());
    let attributes = json!({"year": 2024, "name": "moon", "full": true});
    let body = json!({"file_id": file, "attributes": attributes});
    post(&emulator, &format!("{path}/files"), &body);
    emulator.advance(Duration::from_secs(10));
    for (kind, key, value, found) in [
        ("eq", "year", json!(2024.0), true),
        ("eq", "year", json!(2025), false),
        ("ne", "year", json!(2024.0), false),
        ("ne", "year", json!(2025), true),
        ("eq", "name", json!("moon"), true),
        ("ne", "name", json!("moon"), false),
        ("eq", "full", json!(true), true),
        ("ne", "full", json!(true), false),
        ("eq", "full", json!(false), false),
        ("ne", "full", json!(false), true),
    ] {
        let filter = json!({"type": kind, "key": key, "value": value});
        let query = json!({"query": "tide", "filters": filter});
        let results = post(&emulator, &format!("{path}/search"), &query);
        let results = results["data"].as_array().map(Vec::len);
        assert_eq!(results, Some(usize::from(found)), "{filter}");
    }
}

#[tokio::test]
async fn a_batch_counts_its_own_files() {
    let emulator = start().await;
    let [one, other] = ["a.txt", "b.txt"].map(|name| upload(&emulator, name, "x"));
    let store = post(&emulator, "", &json!({"file_ids": [one]}));
    let batches = format!("/{}/file_batches", store["id"].as_str().unwrap());
    let batch = post(&emulator, &batches, &json!({"file_ids": [other]}));
    assert_eq!(batch["file_counts"]["total"], 1);
    let path = format!("{batches}/{}", batch["id"].as_str().unwrap());
    let cancelled = post(&emulator, &format!("{path}/cancel"), &Value::Null);
    assert_eq!(
        cancelled["file_counts"],
        json!({"cancelled": 1, "completed": 0, "failed": 0, "in_progress": 0, "total": 1})
    );
}

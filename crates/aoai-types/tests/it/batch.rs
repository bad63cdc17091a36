//! Batches: typed requests in, typed answers out.

use aoai_types::Surface;
use aoai_types::batches::{BatchLine, BatchResults};
use aoai_types::chat::{CreateChatCompletion, Message, ResponseFormat};
use aoai_types::embeddings::CreateEmbedding;
use aoai_types::files::{FilePurpose, UploadFile};
use aoai_types::operation::FilePart;
use aoai_types::{Json, Operation};

#[test]
fn requests_become_lines_of_their_surface() {
    let mut request = CreateChatCompletion::new("batch-dep", [Message::user("Hi.")]);
    request.response_format = Some(ResponseFormat::json_schema(
        "n",
        Json::parse("{\"z\": 1,\n \"a\": 2}").unwrap(),
    ));
    let line = |surface| BatchLine::new("a\n\"", &request, surface).unwrap();
    let lines = [line(Surface::V1), line(Surface::LATEST_DATED)];
    let body = r#""body":{"model":"batch-dep","messages":[{"role":"user","content":"Hi."}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"z": 1,  "a": 2},"strict":true}}}"#;
    assert_eq!(
        BatchLine::to_jsonl(&lines),
        format!(
            "{{\"custom_id\":\"a\\n\\\"\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",{body}}}\n\
             {{\"custom_id\":\"a\\n\\\"\",\"method\":\"POST\",\"url\":\"/chat/completions\",{body}}}\n"
        )
    );
}

#[test]
fn a_form_is_no_line() {
    let upload = UploadFile::new(FilePart::new("a", "b"), FilePurpose::Batch);
    let error = BatchLine::new("a", &upload, Surface::V1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "files.upload: only a request with a JSON body can be a line of a batch"
    );
}

#[test]
fn answers_are_joined_to_requests_by_their_names() {
    let answers = concat!(
        r#"{"custom_id":"c","response":{"status_code":200,"body":{"choices":[{"message":{"content":"C"}}]}},"error":null}"#,
        "\r\n\n",
        r#"{"id":"batch_req_1","custom_id":"a","response":{"status_code":200.0,"body":{"choices":[{"message":{"content":"A"}}]}}}"#,
        "\n",
        r#"{"custom_id":"d","response":{"status_code":200,"body":{"choices":7}}}"#,
    );
    let errors = concat!(
        r#"{"custom_id":"b","response":{"status_code":400,"body":{"error":{"code":"content_filter","message":"no"}}},"error":null}"#,
        "\n",
        r#"{"custom_id":null,"response":null,"error":{"code":"invalid_json_line","message":"not JSON"}}"#,
        "\n",
    );
    let mut results = BatchResults::read(&answers.into()).unwrap();
    results.extend(BatchResults::read(&errors.into()).unwrap());

    let texts = results
        .answers::<CreateChatCompletion>()
        .map(|(id, answer)| {
            let text = answer.map(|answer| answer.text().unwrap_or_default().to_owned());
            (id, text.map_err(|failure| failure.to_string()))
        });
    let failed = |text: &str| Err(text.to_owned());
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [
            ("a", Ok("A".to_owned())),
            (
                "b",
                failed(
                    "request \"b\" of the batch was answered with status 400: content_filter: no"
                )
            ),
            ("c", Ok("C".to_owned())),
            (
                "d",
                failed("request \"d\" of the batch has an answer of another form")
            ),
        ]
    );
    assert!(results.answer::<CreateEmbedding>("e").is_none());
    let failure = results
        .answer::<CreateChatCompletion>("b")
        .unwrap()
        .unwrap_err();
    assert!(failure.error.unwrap().content_filter_outcome().stopped);
    let unnamed: Vec<_> = results
        .unnamed
        .iter()
        .map(|line| line.error.clone().unwrap())
        .collect();
    assert_eq!(unnamed[0].to_string(), "invalid_json_line: not JSON");
    assert_eq!(CreateChatCompletion::ENDPOINT.id, "chat");
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let file = "{\"custom_id\":\"a\"}\n\n{\"custom_id\":7}\n";
    let error = BatchResults::read(&file.into()).unwrap_err();
    assert_eq!(error.path(), "line 3: custom_id");
    let error = BatchResults::read(&"nothing".into()).unwrap_err();
    assert_eq!(error.path(), "line 1");
}

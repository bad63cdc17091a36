//! Bodies under a status of success that are no answers.

use aoai_types::chat::CreateChatCompletion;
use aoai_types::completions::CreateCompletion;
use aoai_types::embeddings::CreateEmbedding;
use aoai_types::error::ErrorBody;
use aoai_types::files::ListFiles;
use aoai_types::images::GenerateImage;
use aoai_types::models::ListModels;
use aoai_types::responses::CreateResponse;
use aoai_types::{ENDPOINTS, Operation, Streaming, Visitor, visit};
use serde_json::json;

/// What the operation makes of a body that is no answer: `None` where it takes it for one.
struct Refusal(&'static str);

impl Visitor for Refusal {
    type Out = Option<String>;

    fn unary<O: Operation>(self) -> Self::Out {
        Some(O::answer(&self.0.into()).err()?.to_string())
    }

    fn streaming<O: Streaming>(self) -> Self::Out {
        self.unary::<O>()
    }
}

#[test]
fn a_body_that_is_no_answer_is_refused() {
    for body in [
        "{}",
        r#"{"hello": 1}"#,
        r#"{"statusCode": 429, "message": "Slow down."}"#,
        r#"{"error": {"code": "429", "message": "Slow down."}}"#,
        r#"{"object": "error", "message": "Slow down.", "code": 500}"#,
    ] {
        let ids = ENDPOINTS.iter().map(|endpoint| endpoint.id);
        let taken: Vec<_> = ids
            .filter(|id| visit(id, Refusal(body)).unwrap().is_none())
            .collect();
        assert_eq!(taken, TAKES_ANYTHING, "{body}");
    }
}

/// What answers with a file, with nothing, or with members that may all be missing.
const TAKES_ANYTHING: &[&str] = &[
    "audio.speech",
    "containers.delete",
    "containers.files.delete",
    "containers.files.content",
    "conversations.delete",
    "conversations.items.get",
    "evals.delete",
    "evals.runs.delete",
    "files.delete",
    "files.content",
    "fine_tuning.checkpoints.copy",
    "fine_tuning.checkpoints.get_copy",
    "fine_tuning.graders.run",
    "fine_tuning.graders.validate",
    "fine_tuning.jobs.delete",
    "models.get",
    "responses.delete",
    "vector_stores.delete",
    "vector_stores.files.content",
    "vector_stores.files.delete",
];

#[test]
fn a_refusal_names_what_is_missing() {
    for (id, member) in [
        ("chat", "choices"),
        ("completions", "choices"),
        ("embeddings", "data"),
        ("models.list", "data"),
        ("files.list", "data"),
        ("images.generate", "data"),
        ("images.edit", "data"),
        ("responses.create", "output"),
        ("responses.get", "output"),
        ("audio.transcriptions", "text"),
    ] {
        let refusal = visit(id, Refusal(r#"{"hello":1}"#)).unwrap();
        let refusal = refusal.unwrap_or_else(|| panic!("{id} takes it"));
        let expected = format!("missing field `{member}`");
        assert!(refusal.starts_with(&expected), "{id}: {refusal}");
    }
}

#[test]
fn an_answer_may_be_empty() {
    fn check<O: Operation>(body: &str) {
        let body = body.to_owned().into();
        assert!(O::answer(&body).is_ok(), "{}: {body:?}", O::ENDPOINT.id);
    }
    check::<CreateChatCompletion>(r#"{"choices": []}"#);
    check::<CreateChatCompletion>(r#"{"choices": null}"#);
    check::<CreateCompletion>(r#"{"choices": []}"#);
    check::<CreateCompletion>(r#"{"choices": null}"#);
    check::<CreateEmbedding>(r#"{"data": []}"#);
    check::<CreateEmbedding>(r#"{"data": null}"#);
    check::<ListModels>(r#"{"data": []}"#);
    check::<ListModels>(r#"{"data": null}"#);
    check::<ListFiles>(r#"{"data": null}"#);
    check::<GenerateImage>(r#"{"data": []}"#);
    // When the service itself holds images back.
    check::<GenerateImage>(r#"{"created": 1, "error": {"code": "contentFilter"}}"#);
    check::<CreateResponse>(r#"{"output": []}"#);
    check::<CreateResponse>(r#"{"id": "resp_1"}"#);
    check::<CreateResponse>(r#"{"status": "queued"}"#);
    check::<CreateResponse>(r#"{"output_text": "Hello"}"#);
    check::<CreateResponse>(r#"{"id": "resp_1", "status": "failed", "error": {"code": "x"}}"#);
}

#[test]
fn images_that_were_not_made_are_no_answer() {
    for error in [
        json!({"code": "429", "message": "slow down"}),
        json!({"code": null, "message": "no"}),
        json!({}),
    ] {
        let body = json!({"created": 1, "error": error}).to_string();
        let error = GenerateImage::answer(&body.into()).unwrap_err();
        assert_eq!(error.to_string(), "missing field `data`");
    }
}

#[test]
fn an_answer_that_tells_of_an_error_is_none() {
    for (body, message) in [
        (r#"{"error": {"message": "a"}}"#, Some("a")),
        (r#"{"error": "a"}"#, Some("a")),
        (
            "\u{feff}{\"statusCode\": 429, \"message\": \"a\"}",
            Some("a"),
        ),
        (
            r#"{"object": "error", "message": "a", "code": 500}"#,
            Some("a"),
        ),
        (r#"{"id": "ftjob-1", "error": {"message": "a"}}"#, None),
        (r#"{"hello": 1}"#, None),
        ("[]", None),
        ("<html>", None),
    ] {
        let error = ErrorBody::under_success(body.as_bytes());
        assert_eq!(
            error.as_ref().map(|error| &*error.message),
            message,
            "{body}"
        );
    }
}

//! Documents say things in many ways: what is meant is understood, what makes no sense is refused.

use aoai_conformance::{Document, Subject, check, instances};
use serde_json::{Value, json};

#[test]
fn a_document_in_the_manner_of_the_previews_is_understood() {
    let document = Document::parse(include_str!("../documents/preview.yaml")).unwrap();
    let report = check(&document, &Subject::all(), &[]).unwrap();
    let rows: Vec<&str> = report.rows.iter().map(|row| &*row.operation).collect();
    assert_eq!(rows, ["chat", "models.get", "errors"]);
    assert_eq!(report.unknown, ["GET /assistants/{assistant-id}"]);
    assert!(report.is_clean(), "{}", report.table(true));
    assert!(report.rows.iter().all(|row| row.instances > 5));
}

/// A document of one operation, which answers with the schema `Model`.
fn document(schemas: &Value) -> Result<Document, String> {
    let answer = json!({"schema": {"$ref": "#/components/schemas/Model"}});
    let text = json!({
        "openapi": "3.1.0",
        "info": {"title": "Test", "version": "1"},
        "paths": {"/models/{model}": {"get": {"responses": {
            "200": {"content": {"application/json": answer}},
        }}}},
        "components": {"schemas": schemas, "responses": {"Odd": {"type": "boolean"}}},
    });
    Document::parse(&text.to_string())
}

#[test]
fn a_reference_leads_to_a_schema_wherever_it_stands() {
    for reference in [
        "#/components/schemas/Flag",
        "#/components/schemas/a~1~0b",
        "#/components/schemas/a%20b",
        "#/components/schemas/a b",
        "#/components/schemas/a#b",
        "#/components/schemas/M%C3%BC",
        "#/components/schemas/Other/properties/flag",
        "#/components/schemas/Other/properties/list/items",
        "#/x-schemas/0",
    ] {
        let flag = json!({"type": "boolean"});
        let text = json!({
            "openapi": "3.0.3",
            "x-schemas": [flag],
            "components": {"schemas": {
                "Root": {"$ref": reference},
                "Flag": flag, "a/~b": flag, "a b": flag, "a#b": flag, "Mü": flag,
                "Other": {"properties": {"flag": flag, "list": {"items": flag}}},
            }},
        });
        let document = Document::parse(&text.to_string()).unwrap();
        let made = instances(&document, "Root");
        let made: Vec<Value> = made.into_iter().map(|instance| instance.value).collect();
        assert_eq!(made, [json!(true), json!(false)], "{reference}");
    }
}

#[test]
fn a_document_that_makes_no_sense_is_refused_with_the_place() {
    let property = |schema: Value| json!({"Model": {"properties": {"object": schema}}});
    let refer = |to: &str| property(json!({"$ref": to}));
    for (schemas, said) in [
        (
            json!({}),
            "it refers to `Model`, which the document does not have",
        ),
        (
            refer("#/components/schemas/Gone"),
            "it refers to `Gone`, which the document does not have",
        ),
        (
            refer("common.yaml#/components/schemas/S"),
            "it refers to `common.yaml#/components/schemas/S`, which the document does not have",
        ),
        (
            refer("#/components/schemas/Model/properties/gone"),
            "it refers to `#/components/schemas/Model/properties/gone`, which the document does not have",
        ),
        (
            property(json!("string")),
            r#"a schema of it makes no sense: "string" is not of types "boolean", "object""#,
        ),
        (
            json!({"Model": {"properties": ["id"]}}),
            r#"a schema of it makes no sense: ["id"] is not of type "object""#,
        ),
        (
            property(json!({"enum": "model"})),
            r#"a schema of it makes no sense: "model" is not of type "array""#,
        ),
    ] {
        let document = document(&schemas).unwrap();
        let error = check(&document, &Subject::all(), &[]).unwrap_err();
        assert_eq!(error, format!("GET /models/{{model}}: {said}"), "{schemas}");
    }
}

#[test]
fn a_document_without_an_operation_of_ours_proves_nothing() {
    let text = r#"{"openapi": 3.1, "paths": {"/assistants": {"get": {}}}}"#;
    let error = check(&Document::parse(text).unwrap(), &Subject::all(), &[]).unwrap_err();
    assert_eq!(error, "it has no operation that our types know");
}

#[test]
fn a_schema_without_end_does_not_fill_the_memory() {
    let long = 2_000_000_000_u64;
    for endless in [
        json!({"type": "string", "minLength": long}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": long}),
    ] {
        let document = document(&json!({"Model": endless})).unwrap();
        assert!(instances(&document, "Model").is_empty());
    }
}

#[test]
fn bytes_are_a_file_in_a_form_and_a_text_elsewhere() {
    let bytes = json!({"type": "string", "format": "binary"});
    let text = json!({
        "openapi": "3.0.3",
        "paths": {"/files": {"post": {"requestBody": {"content": {
            "multipart/form-data": {"schema": {"$ref": "#/components/schemas/Form"}},
        }}}}},
        "components": {"schemas": {
            "Form": {"type": "object", "properties": {"file": bytes}},
            "Answer": {"type": "object", "properties": {"file": bytes}},
        }},
    });
    let document = Document::parse(&text.to_string()).unwrap();
    let first = |name: &str| instances(&document, name).swap_remove(0).value;
    assert_eq!(
        first("Form"),
        json!({"file": {"name": "file.jsonl", "text": "content"}})
    );
    assert_eq!(first("Answer"), json!({"file": "text"}));
}

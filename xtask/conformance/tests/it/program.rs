//! What the program prints, and the status it exits with.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CLEAN: &str = r##"
openapi: 3.0.0
info: {title: Models, version: "1"}
paths:
  /models/{any}:
    get:
      responses:
        "200":
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Model"}
components:
  schemas:
    Model:
      type: object
      required: [id]
      properties:
        id: {type: string}
"##;

const PLANTED: &str = "
        shoe_size: {type: integer}
        object: {type: string, enum: [model, 7]}
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aoai-conformance"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let both = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8(both).unwrap()
}

#[test]
fn exits_with_0_where_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.yaml"), CLEAN).unwrap();
    let output = run(folder.path(), &["models.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("models.yaml: Models 1 (OpenAPI 3.0.0)"));
}

#[test]
fn exits_with_1_and_names_the_place_where_something_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let planted = format!("{}{PLANTED}", CLEAN.trim_end());
    fs::write(folder.path().join("models.yml"), planted).unwrap();
    let output = run(folder.path(), &[".", "--coverage"]);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("response lost shoe_size: 7 is gone"),
        "{text}"
    );
    assert!(
        text.contains("fields not known: 1\n  models.get response shoe_size"),
        "{text}"
    );
}

#[test]
fn exits_with_0_where_the_loss_is_a_listed_fault() {
    let folder = tempfile::tempdir().unwrap();
    let planted = format!("{}{PLANTED}", CLEAN.trim_end());
    fs::write(folder.path().join("models.yaml"), planted).unwrap();
    let faults = "[{document: Models 1, operations: [models.get], sides: [response], \
                  paths: [shoe_size], reason: planted}]";
    fs::write(folder.path().join("faults.yaml"), faults).unwrap();
    let output = run(folder.path(), &["--faults", "faults.yaml", "models.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn exits_with_2_where_a_document_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("swagger.json"), r#"{"swagger": "2.0"}"#).unwrap();
    for (arguments, said) in [
        (&["absent.yaml"][..], "absent.yaml: cannot read it"),
        (
            &["swagger.json"],
            "swagger.json: it is no OpenAPI 3 document",
        ),
        (&["--such"], "invalid option '--such'"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(said), "{}", text(&output));
    }
}

#[test]
fn without_paths_the_variable_names_the_documents() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.yaml"), CLEAN).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_aoai-conformance"))
        .env("AOAI_OPENAPI", folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("Models 1 (OpenAPI 3.0.0)"));
}

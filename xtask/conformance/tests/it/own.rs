//! The project's own description of the wire, written from what the service does: our types pass
//! it whole, on every machine.

use aoai_conformance::{Document, Subject, check};

#[test]
fn our_types_lose_nothing_of_our_own_document() {
    let document = Document::parse(include_str!("../documents/own.yaml")).unwrap();
    let report = check(&document, &Subject::all(), &[]).unwrap();
    assert_eq!(report.unknown, [""; 0]);
    // One row each, and one for the errors of all.
    assert_eq!(report.rows.len(), document.operations.len() + 1);
    assert!(report.is_clean(), "{}", report.table(true));
}

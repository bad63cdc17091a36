//! How the schemas of a document refer to each other.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

/// The name that the schemas have as a whole once they are normal.
pub(crate) const DOCUMENT: &str = "urn:document";

const SCHEMAS: &str = "#/components/schemas/";

/// The name of the schema that a document's reference leads to.
///
/// It is the name among the components; what stands elsewhere goes by the reference itself.
pub(crate) fn target(reference: &str) -> String {
    let reference = percent_decode_str(reference).decode_utf8_lossy();
    match reference.strip_prefix(SCHEMAS) {
        Some(name) if !name.contains('/') => unescaped(name),
        _ => reference.into_owned(),
    }
}

/// Whether a name is that of a schema which stands elsewhere than among the components.
pub(crate) fn stands_elsewhere(name: &str) -> bool {
    let is_other_component = name.starts_with("#/components/") && !name.starts_with(SCHEMAS);
    name.starts_with("#/") && !is_other_component
}

/// What a reference leads to within the document.
pub(crate) fn find<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    let reference = percent_decode_str(reference).decode_utf8_lossy();
    document.pointer(reference.strip_prefix('#')?)
}

/// A reference to the schema of this name.
pub(crate) fn refer_to(name: &str) -> Value {
    let pointer = name.replace('~', "~0").replace('/', "~1");
    let pointer = utf8_percent_encode(&pointer, FRAGMENT);
    json!({"$ref": format!("{DOCUMENT}#/$defs/{pointer}")})
}

/// The name in a reference that [`refer_to`] has made.
pub(crate) fn name_in(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    unescaped(&percent_decode_str(name).decode_utf8_lossy())
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

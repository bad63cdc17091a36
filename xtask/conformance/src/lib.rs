//! Proves the wire types against `OpenAPI` documents.
//!
//! For every operation that a document and the types have in common, instances of the document's
//! schemas are made ([`Instance`]), decoded and encoded by the types ([`Subject`]) and compared.
//! What came back different, what was refused, and what would be sent without being valid is
//! reported ([`Report`]), apart from the places where the document is known to be wrong
//! ([`Fault`]).

mod check;
mod compare;
mod document;
mod faults;
mod generate;
mod normal;
mod reference;
mod report;
mod scalar;
mod sent;
mod shape;
mod subject;
mod trips;

pub use self::check::check;
pub use self::document::{Document, Operation};
pub use self::faults::Fault;
pub use self::generate::{Instance, UNLISTED, instances, invalid_instances};
pub use self::report::{Detail, Key, Kind, Report, Row, Side};
pub use self::subject::Subject;

//! YAML request specs for Azure OpenAI, and their runner.

pub mod budget;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod error;
#[cfg(feature = "harness")]
pub mod harness;
pub mod model;
pub mod profile;
pub mod redact;
pub mod report;
pub mod result;
pub mod run;
pub mod source;
pub mod suite;

mod cassette;
mod cells;
mod duration;
mod from_curl;
mod parse;
mod pattern;
mod reference;
mod schema;
mod skeleton;
mod snapshot;
mod value;
mod vars;
mod wire;

pub use self::budget::{Budget, Price};
pub use self::error::Error;
pub use self::from_curl::from_curl;
#[cfg(feature = "harness")]
pub use self::harness::harness;
pub use self::model::{Spec, Via};
pub use self::pattern::Mismatch;
pub use self::profile::Profile;
pub use self::redact::{Artefacts, Redactor};
pub use self::reference::explain;
pub use self::result::StepResult;
pub use self::run::{CellReport, Event, Report, Runner, Shard, SpecReport, State, StepReport};
pub use self::schema::{fragment_schema, schema};
pub use self::skeleton::skeleton;
pub use self::snapshot::Snapshot;
pub use self::suite::Suite;

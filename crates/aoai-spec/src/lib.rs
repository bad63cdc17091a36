//! YAML request specs for Azure OpenAI, and their runner.
//!
//! A spec is a list of steps; a step makes one call and says what must come of it:
//!
//! ```yaml
//! name: capital
//! steps:
//!   - call: chat
//!     deployment: chat
//!     body: {messages: [{role: user, content: What is the capital of France?}]}
//!     expect: {text: {$contains: Paris}, usage: {total: {$lte: 60}}}
//! ```
//!
//! [`Runner`] runs a directory of them, against an emulator in this process (with the feature
//! `emulator`) or against the resource of a [`Profile`], and yields a [`Report`] that
//! renders in many forms. It prints nothing.
//!
//! ```no_run
//! # async fn example() -> Result<(), aoai_spec::Error> {
//! let report = aoai_spec::Runner::new("specs").filter("tag:smoke").run().await.into_result()?;
//! println!("{}", report.render(aoai_spec::report::Format::Markdown)?);
//! # Ok(()) }
//! ```
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `emulator` | runs against an emulator in this process |
//! | `identity` | credentials of Entra ID and keys in Key Vault, in profiles and from the emulator |
//! | `cli` | the command line, for programs that want one: `aoai_spec::cli::execute` |
//! | `harness` | specs as tests of their own, under `cargo test` and nextest |

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

mod aliases;
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
pub use self::run::{
    CellReport, Event, Interrupt, Report, Runner, Shard, SpecReport, State, StepReport,
};
pub use self::schema::{fragment_schema, schema};
pub use self::skeleton::skeleton;
pub use self::snapshot::Snapshot;
pub use self::suite::Suite;

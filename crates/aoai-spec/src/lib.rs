//! YAML request specs for Azure OpenAI, and their runner.

pub mod diagnostic;
pub mod error;
pub mod model;
pub mod profile;
pub mod redact;
pub mod result;
pub mod source;
pub mod suite;

mod cells;
mod duration;
mod parse;
mod pattern;
mod value;
mod vars;

pub use self::error::Error;
pub use self::model::Spec;
pub use self::profile::Profile;
pub use self::redact::Redactor;
pub use self::result::StepResult;
pub use self::suite::Suite;

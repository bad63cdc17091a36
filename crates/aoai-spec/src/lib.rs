//! YAML request specs for Azure OpenAI, and their runner.

pub mod diagnostic;
pub mod model;
pub mod source;
pub mod suite;

mod cells;
mod duration;
mod parse;
mod pattern;
mod result;
mod value;
mod vars;

pub use self::model::Spec;
pub use self::suite::Suite;

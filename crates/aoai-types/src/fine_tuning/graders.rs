//! Graders tried out before a training.

pub use self::run::{GraderRunMetadata, GraderScore, RunGrader};
pub use self::validate::{ValidateGrader, ValidatedGrader};

mod run;
mod validate;
